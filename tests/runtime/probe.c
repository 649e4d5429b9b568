/* probe.c — see probe.h */
#include "runtime/probe.h"
#include "emit.h"
#include <string.h>

enum { PROBE };

const char probe_tables[] =
    "CREATE TABLE probe (order_id uuid PRIMARY KEY, version bigint NOT NULL, customer_id text,\n"
    "  state text NOT NULL, seen bigint NOT NULL,\n"
    "  amount integer NOT NULL CONSTRAINT probe_amount_positive CHECK (amount >= 0)\n"
    "    CONSTRAINT probe_amount_small CHECK (amount < 1000000),\n"
    "  flag boolean NOT NULL, deadline_at timestamptz, partition integer NOT NULL,\n"
    "  digest bytea NOT NULL, shipping jsonb);\n"
    "CREATE INDEX probe_deadline ON probe (partition, deadline_at) WHERE state = 'open';\n";

static const char load_probes[] = "SELECT version, order_id, customer_id, state, seen, amount, "
                                  "flag, deadline_at, partition, digest,\n"
                                  "  shipping FROM probe WHERE order_id = ANY ($1::text[]::uuid[])";

static const char save_probes[] =
    "WITH given AS (SELECT * FROM unnest($1::probe[])),\n"
    "inserted AS (\n"
    "  INSERT INTO probe SELECT * FROM given WHERE version = 1\n"
    "  RETURNING 1),\n"
    "updated AS (\n"
    "  UPDATE probe AS p SET version = g.version, customer_id = g.customer_id, state = g.state,\n"
    "    seen = g.seen, amount = g.amount, flag = g.flag, deadline_at = g.deadline_at,\n"
    "    partition = g.partition, digest = g.digest, shipping = g.shipping\n"
    "  FROM given AS g\n"
    "  WHERE p.order_id = g.order_id AND p.version = g.version - 1 AND g.version > 1 RETURNING 1)\n"
    "SELECT expect_rows((SELECT count(*) FROM inserted) + (SELECT count(*) FROM updated),\n"
    "  cardinality($1))";

static const char next_deadline[] =
    "SELECT min(deadline_at) FROM probe WHERE partition = $1 AND state = 'open'";
static const char due_deadlines[] =
    "SELECT order_id, deadline_at FROM probe WHERE partition = $1 AND state = 'open'\n"
    "AND deadline_at <= $2 ORDER BY deadline_at LIMIT $3";

static const char *const states[] = { "none", "open", "closed", NULL };

static const struct column columns[] = {
    COLUMN(probe_row, order_id, COLUMN_UUID, true),
    COLUMN(probe_row, customer_id, COLUMN_TEXT, true),
    COLUMN_ENUM(probe_row, state, states, true),
    COLUMN(probe_row, seen, COLUMN_INT64, true),
    COLUMN(probe_row, amount, COLUMN_INT32, true),
    COLUMN(probe_row, flag, COLUMN_BOOL, true),
    COLUMN_INSTANT(probe_row, deadline_at, true),
    COLUMN(probe_row, partition, COLUMN_INT32, true),
    COLUMN(probe_row, digest, COLUMN_BYTES, true),
    COLUMN_STRUCT(probe_row, shipping, shipping, true),
};

static const struct row_type rows[] = {
    ROW_TYPE(probe_row, "probe", order_id, ROW_BY_VERSION, columns, load_probes, save_probes),
};

static void
key_of_event(const struct event *in, struct keys *keys)
{
    keys_add(keys, PROBE, event_key(in));
}

static struct probe_row *
seen(struct view *view, const struct event *in, const struct customer_id *customer)
{
    struct probe_row *row = view_row(view, PROBE, event_key(in));

    row->customer_id = *customer;
    row->seen++;
    row->flag = true;
    memcpy(row->digest, &in->at_us, sizeof row->digest);
    return row;
}

static void
refuse(struct emitter *out, const struct order_id *order_id, const struct customer_id *customer)
{
    struct cancel_refused refused = { .order_id = *order_id, .customer_id = *customer,
                                      .reason = CANCEL_REFUSED_ALREADY_PAID };
    emit_cancel_refused(out, &refused);
}

static void
on_voided(struct view *view, const struct event *in, struct emitter *out)
{
    const struct payment_voided *voided = &in->as.payment_voided;
    const char *customer = voided->customer_id.text;
    struct probe_row *row = seen(view, in, &voided->customer_id);
    int events = strcmp(customer, "mute") == 0 ? 0 : strcmp(customer, "many") == 0 ? 3 : 1;

    if (strncmp(customer, "poison", 6) == 0)
        row->amount = -1;
    if (strcmp(customer, "overflow") == 0)
        row->amount = 1000000;
    if (strcmp(customer, "letter") == 0) {
        emitter_dead_letter(out, "customer_mismatch", "another customer's order");
        return;
    }
    for (int i = 0; i < events; i++)
        refuse(out, &voided->order_id, &voided->customer_id);
}

static bool
wants_voided(const struct event *in)
{
    return strcmp(in->as.payment_voided.customer_id.text, "unwanted") != 0;
}

static void
on_restored(struct view *view, const struct event *in, struct emitter *out)
{
    const struct coupon_restored *restored = &in->as.coupon_restored;

    seen(view, in, &restored->customer_id);
    refuse(out, &restored->order_id, &restored->customer_id);
}

static void
on_reserved(struct view *view, const struct event *in, struct emitter *out)
{
    const struct stock_reserved *reserved = &in->as.stock_reserved;
    struct probe_row *row = seen(view, in, &reserved->customer_id);

    (void)out;
    row->state = PROBE_OPEN;
    row->deadline_at_us = reserved->deadline_at_us;
    row->partition = in->source.partition;
    row->shipping = reserved->shipping;
}

static void
on_deadline(struct view *view, const struct event *in, struct emitter *out)
{
    struct probe_row *row = view_row(view, PROBE, event_key(in));
    struct order_cancelled cancelled = { .order_id = row->order_id,
                                         .customer_id = row->customer_id,
                                         .reason = ORDER_CANCELLED_DEADLINE };

    if (row->state != PROBE_OPEN || row->deadline_at_us > in->at_us)
        return;
    row->state = PROBE_CLOSED;
    if (strncmp(row->customer_id.text, "poison", 6) == 0)
        row->amount = -1;
    emit_order_cancelled(out, &cancelled);
}

static const struct route routes[] = {
    { EV_PAYMENT_VOIDED, key_of_event, on_voided, wants_voided },
    { EV_COUPON_RESTORED, key_of_event, on_restored, NULL },
    { EV_STOCK_RESERVED, key_of_event, on_reserved, NULL },
    { EV_ORDER_DEADLINE_PASSED, key_of_event, on_deadline, NULL },
};

static const struct timer timer = { EV_ORDER_DEADLINE_PASSED, EV_STOCK_RESERVED, next_deadline,
                                    due_deadlines };

const struct service probe_service = {
    .name = "probe",
    .rows = rows,
    .row_type_count = COUNT_OF(rows),
    .routes = routes,
    .route_count = COUNT_OF(routes),
    .state_names = states,
    .timer = &timer,
};
