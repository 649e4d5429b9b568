/* together.c — Contract: together.h */
#include "bridge/together.h"
#include <assert.h>

struct together {
    struct bridge *bridge;
    const struct together_kind *kind;
    struct together_ask *first, **last; /* who asks next */
    struct together_ask *under_way[TOGETHER_MAX];
    uint32_t under_way_count;
};

static void ask_next(struct together *together);

struct together *
together_new(struct bridge *bridge, const struct together_kind *kind)
{
    struct together *together = memory_new(sizeof *together);

    assert(kind->asks_max <= TOGETHER_MAX);
    *together = (struct together){ .bridge = bridge, .kind = kind, .last = &together->first };
    return together;
}

/* Each ask's share of the rows, which are in the order of the places. */
static void
share_out(struct together *together, const struct job *job)
{
    uint32_t row = 0;

    for (uint32_t i = 0; i < together->under_way_count; i++) {
        struct together_rows *rows = &together->under_way[i]->rows;

        *rows = (struct together_rows){ .job = job, .first = row };
        while (job->ok && row < job->row_count && job_integer(job, row, 0) == (int64_t)i + 1)
            row++;
        rows->count = row - rows->first;
    }
    assert(!job->ok || row == job->row_count);
}

/* Whoever is answered may ask again at once: that is part of the next question. */
static void
on_answer(struct job *job)
{
    struct together *together = job->owner;
    struct together_ask *answered[TOGETHER_MAX];
    uint32_t count = together->under_way_count;

    share_out(together, job);
    for (uint32_t i = 0; i < count; i++)
        answered[i] = together->under_way[i];
    for (uint32_t i = 0; i < count; i++) {
        bool again = answered[i]->again;

        answered[i]->asked = answered[i]->under_way = answered[i]->again = false;
        together->kind->answered(answered[i], &answered[i]->rows, again);
    }
    together->under_way_count = 0;
    job_free(job);
    ask_next(together);
}

static void
ask_next(struct together *together)
{
    struct job *job;

    if (together->under_way_count > 0 || !together->first)
        return;
    while (together->first && together->under_way_count < together->kind->asks_max) {
        struct together_ask *ask = together->first;

        together->first = ask->next;
        ask->under_way = true;
        together->under_way[together->under_way_count++] = ask;
    }
    if (!together->first)
        together->last = &together->first;
    job = job_new(together->bridge, *together->kind->sql, together->kind->column_count, on_answer,
                  together);
    together->kind->bind(&job->params, together->under_way, together->under_way_count);
    job_submit(job);
}

void
together_ask(struct together *together, struct together_ask *ask)
{
    if (ask->asked) {
        ask->again = ask->again || ask->under_way;
        return;
    }
    ask->together = together;
    ask->asked = true;
    ask->next = NULL;
    *together->last = ask;
    together->last = &ask->next;
    ask_next(together);
}
