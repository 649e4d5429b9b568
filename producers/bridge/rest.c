/* rest.c — Contract: rest.h */
#include "bridge/rest.h"
#include "bridge/queries.h"

static void
bind_orders(struct pg_params *params, struct together_ask *const *asks, uint32_t count)
{
    struct uuid ids[REST_TOGETHER];

    for (uint32_t i = 0; i < count; i++)
        ids[i] = asks[i]->order_id;
    pg_param_uuids(params, ids, count);
}

/* A row stands for an order at rest; the answer "not yet" may be older than what is asked for now. */
static void
on_answer(struct together_ask *ask, const struct together_rows *rows, bool again)
{
    struct rest *rest = (struct rest *)ask;
    bool at_rest = rows->count > 0;

    if (again && !at_rest)
        together_ask(ask->together, ask);
    else
        rest->answered(rest, at_rest);
}

void
rests_open(struct bridge *bridge)
{
    static const struct together_kind KIND = { .sql = &QUERY_AT_REST,
                                               .column_count = 1,
                                               .asks_max = REST_TOGETHER,
                                               .bind = bind_orders,
                                               .answered = on_answer };

    bridge->rests = together_new(bridge, &KIND);
}

void
rest_ask(struct bridge *bridge, struct rest *rest)
{
    together_ask(bridge->rests, &rest->ask);
}
