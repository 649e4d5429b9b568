/* statements.c — what the services' SQL says beside "rows by key": a small table, to be kept as the .sql
 * files are.
 *
 *   via       lock_products.sql, lock_coupons.sql, timeline's load_early.sql
 *   columns   timeline's load_orders.sql and save_orders.sql: what is only shown stays where it is
 *   deadline  next_deadline.sql, due_orders.sql */
#include "coupon/coupon.h"
#include "order/order.h"
#include "sim/sim.h"
#include "stock/stock.h"
#include <string.h>

static void
held_products(const struct database *database, const char *order_id, add_key *add, void *context)
{
    const struct stored_row *row = table_find(&database->tables[STOCK_HOLD], order_id);
    const struct stock_hold *hold = row ? row->data : NULL;

    for (uint32_t i = 0; hold && hold->state == HOLD_HELD && i < hold->items.count; i++)
        add(context, hold->items.at[i].product_id.text);
}

static void
used_coupons(const struct database *database, const char *order_id, add_key *add, void *context)
{
    const struct stored_table *table = &database->tables[COUPON_COUPON];

    for (uint32_t i = 0; i < table->count; i++) {
        const struct coupon *coupon = table->rows[i]->data;
        if (strcmp(coupon->used_by.text, order_id) == 0)
            add(context, coupon->coupon_code.text);
    }
}

static void
itself(const struct database *database, const char *key, add_key *add, void *context)
{
    (void)database;
    add(context, key);
}

static const struct {
    const char *service, *table;
    void (*find)(const struct database *database, const char *via, add_key *add, void *context);
} via_statements[] = {
    { "stock", "product", held_products },
    { "coupon", "coupon", used_coupons },
    { "timeline", "order_early", itself },
};

void
statement_via(const struct database *database, uint32_t row_type, const char *via, add_key *add,
              void *context)
{
    const struct service *service = database->of->service;

    for (size_t i = 0; i < sizeof via_statements / sizeof *via_statements; i++)
        if (strcmp(via_statements[i].service, service->name) == 0 &&
            strcmp(via_statements[i].table, service->rows[row_type].name) == 0)
            via_statements[i].find(database, via, add, context);
}

/* ---- timeline: columns that are written and not read -------------------------------------------------- */

static bool
is_only_shown(const struct row_type *type, const struct column *column)
{
    static const char *const shown[] = { "shown", "items", "shipping", "rejection_lines" };

    if (strcmp(type->name, "order_view") != 0)
        return false;
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        if (strcmp(shown[i], column->name) == 0)
            return true;
    return false;
}

bool
statement_loads(const struct row_type *type, const struct column *column)
{
    return !is_only_shown(type, column);
}

bool
statement_only_writes(const struct row_type *type, const struct column *column)
{
    return is_only_shown(type, column) ||
           (type->guard == ROW_APPENDED && column->type == COLUMN_JSON);
}

/* The column shown is told from the whole row and read by nobody here. */
bool
statement_keeps(const struct row_type *type, const struct column *column, const void *given)
{
    static const char nothing[1 << 16];
    size_t bytes = column->bytes < sizeof nothing ? column->bytes : sizeof nothing;

    return is_only_shown(type, column) &&
           (strcmp(column->name, "shown") == 0 || memcmp(given, nothing, bytes) == 0);
}

/* ---- order: deadlines --------------------------------------------------------------------------------- */

int64_t
statement_deadline(const struct stored_row *row, int32_t partition)
{
    const struct order *order = row->data;
    bool is_open = order->state == ORDER_RESERVED || order->state == ORDER_PENDING;

    return is_open && order->timer_partition == partition ? order->deadline_at_us : 0;
}
