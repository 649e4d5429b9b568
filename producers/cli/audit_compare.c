/* audit_compare.c — the tables' sums and ends against the fold of the topics.  Contract: audit_tables.h */
#include "cli/audit_tables.h"
#include "jumun_cli_sql.h"
#include <stdio.h>
#include <string.h>

struct comparison {
    const struct topics_proof *fold;
    struct findings *out;
    uint64_t *compared;
    bool is_exact; /* the tables stand exactly where the fold ends */
    uint64_t orders;
};

typedef void compare_row(struct comparison *comparison, const struct pg_result *rows, uint32_t row);

static void
differ(struct comparison *comparison, enum promise promise, enum subject subject, const char *key,
       const char *what, int64_t tables, int64_t folded)
{
    if (tables != folded)
        findings_add(comparison->out, promise, subject, key,
                     "%s: %lld in the tables, %lld from the topics", what, (long long)tables,
                     (long long)folded);
}

static void
compare_product(struct comparison *comparison, const struct pg_result *rows, uint32_t row)
{
    static const struct audit_product none;
    const struct audit *audit = &comparison->fold->audit;
    const char *id = pg_text(rows, row, 0);
    uint32_t index = names_find(&audit->products, id);
    const struct audit_product *sum = index ? &audit->product_sums[index] : &none;
    differ(comparison, PROMISE_STOCK, SUBJECT_PRODUCT, id, "replenished", pg_int64(rows, row, 1),
           (int64_t)sum->replenished);
    differ(comparison, PROMISE_STOCK, SUBJECT_PRODUCT, id, "held", pg_int64(rows, row, 2),
           (int64_t)sum->held);
}

static void
compare_customer(struct comparison *comparison, const struct pg_result *rows, uint32_t row)
{
    static const struct audit_customer none;
    const struct audit *audit = &comparison->fold->audit;
    const char *id = pg_text(rows, row, 0);
    uint32_t index = names_find(&audit->customers, id);
    const struct audit_customer *sum = index ? &audit->customer_sums[index] : &none;
    differ(comparison, PROMISE_MONEY, SUBJECT_CUSTOMER, id, "credited", pg_int64(rows, row, 1),
           (int64_t)sum->credited);
    differ(comparison, PROMISE_MONEY, SUBJECT_CUSTOMER, id, "captured less refunded",
           pg_int64(rows, row, 2), (int64_t)(sum->captured - sum->refunded));
}

static void
compare_coupon(struct comparison *comparison, const struct pg_result *rows, uint32_t row)
{
    const struct audit *audit = &comparison->fold->audit;
    const char *code = pg_text(rows, row, 0);
    uint32_t index = names_find(&audit->coupons, code);
    uint32_t order = index ? audit->coupon_sums[index].order : 0;
    char in_tables[UUID_TEXT_BYTES] = "nobody", folded[UUID_TEXT_BYTES] = "nobody";
    if (!pg_is_null(rows, row, 1))
        uuid_format(pg_uuid(rows, row, 1), in_tables);
    if (order)
        audit_order_text(&audit->orders[order - 1], folded);
    if (strcmp(in_tables, folded) != 0)
        findings_add(comparison->out, PROMISE_COUPON, SUBJECT_COUPON, code,
                     "used by %s in the tables, by %s from the topics", in_tables, folded);
}

/* "": not known yet. */
static const char *
end_of(const struct audit *audit, const struct audit_order *order)
{
    if (!order)
        return "";
    if (audit_fact_of(audit, order, EV_ORDER_PAID))
        return "PAID";
    if (audit_fact_of(audit, order, EV_ORDER_CANCELLED))
        return "CANCELLED";
    if (audit_fact_of(audit, order, EV_STOCK_REJECTED))
        return "SOLD_OUT";
    if (audit_fact_of(audit, order, EV_ORDER_CREATED))
        return "PENDING";
    return audit_fact_of(audit, order, EV_STOCK_RESERVED) ? "RESERVED" : "";
}

static bool
is_end(const char *state)
{
    return strcmp(state, "PAID") == 0 || strcmp(state, "CANCELLED") == 0 ||
           strcmp(state, "SOLD_OUT") == 0;
}

/* Ends never change: two different ones are wrong at any time.  The rest must agree when all is quiet. */
static void
compare_order(struct comparison *comparison, const struct pg_result *rows, uint32_t row)
{
    char id[UUID_TEXT_BYTES];
    struct uuid order_id = pg_uuid(rows, row, 0);
    const char *in_tables = pg_text(rows, row, 1);
    const struct audit *audit = &comparison->fold->audit;
    const char *folded = end_of(audit, audit_order_find(audit, order_id));
    comparison->orders++;
    if (strcmp(in_tables, folded) == 0)
        return;
    if (!comparison->is_exact && !(is_end(in_tables) && is_end(folded)))
        return;
    uuid_format(order_id, id);
    findings_add(comparison->out, PROMISE_END, SUBJECT_ORDER, id,
                 "%s in the tables, %s from the topics", in_tables, folded[0] ? folded : "unknown");
}

static bool
compare_all(struct comparison *comparison, struct pg *pg, const char *sql, compare_row *each,
            struct error *err)
{
    PG_RESULT struct pg_result rows = { 0 };
    TRY(pg_run(pg, sql, NULL, PG_ROWS, &rows, err));
    for (uint32_t row = 0; row < rows.row_count; row++)
        each(comparison, &rows, row);
    *comparison->compared += rows.row_count;
    return true;
}

/* Orders that the topics know and the tables do not. */
static void
compare_totals(struct comparison *comparison)
{
    uint64_t folded = 0;
    const struct audit *audit = &comparison->fold->audit;
    for (uint32_t i = 0; i < audit->order_count; i++)
        folded += end_of(audit, &audit->orders[i])[0] != '\0';
    differ(comparison, PROMISE_END, SUBJECT_ORDER, "all", "orders", (int64_t)comparison->orders,
           (int64_t)folded);
}

/* Nothing has moved since the topics were read, and nothing was parked: equal to the last piece. */
static bool
stands_where_fold_ends(const struct topics_proof *fold, struct pg *pg, bool *out, struct error *err)
{
    PG_RESULT struct pg_result rows = { 0 };
    *out = fold->is_quiet && fold->parked.count == 0;
    TRY(pg_run(pg, SQL_COMPARE_POSITIONS, NULL, PG_ROWS, &rows, err));
    for (uint32_t row = 0; row < rows.row_count && *out; row++) {
        struct reading *reading = (struct reading *)(uintptr_t)&fold->reading;
        enum event_type type = event_type_of(pg_text(&rows, row, 1));
        int service = service_index(pg_text(&rows, row, 0));
        const struct reading_partition *at = reading_find(reading, type, pg_int32(&rows, row, 2));
        if (at && service >= 0)
            *out =
                fold->next[(uint32_t)service * reading->count + (uint32_t)(at - reading->items)] ==
                pg_int64(&rows, row, 3);
    }
    return true;
}

static bool
compare_in_snapshot(struct comparison *comparison, struct pg *pg, struct error *err)
{
    TRY(stands_where_fold_ends(comparison->fold, pg, &comparison->is_exact, err));
    TRY(compare_all(comparison, pg, SQL_COMPARE_ORDERS, compare_order, err));
    if (!comparison->is_exact)
        return true;
    compare_totals(comparison);
    TRY(compare_all(comparison, pg, SQL_COMPARE_PRODUCTS, compare_product, err));
    TRY(compare_all(comparison, pg, SQL_COMPARE_CUSTOMERS, compare_customer, err));
    return compare_all(comparison, pg, SQL_COMPARE_COUPONS, compare_coupon, err);
}

bool
tables_compare(struct cli *cli, const struct topics_proof *fold, struct findings *out,
               uint64_t *compared, bool *was_exact, struct error *err)
{
    struct pg *pg;
    struct comparison comparison = { .fold = fold, .out = out, .compared = compared };
    TRY(service_connect(cli, 0, &pg, err));
    TRY(pg_run(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", NULL, PG_NOTHING, NULL, err));
    bool is_good = compare_in_snapshot(&comparison, pg, err);
    *was_exact = comparison.is_exact;
    return is_good && pg_run(pg, "ROLLBACK", NULL, PG_NOTHING, NULL, err);
}
