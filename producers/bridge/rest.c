/* rest.c — Contract: rest.h */
#include "bridge/rest.h"
#include "bridge/queries.h"
#include "bridge/readmodel.h"

struct rests {
    struct bridge *bridge;
    struct rest *first, **last; /* who asks next */
    struct rest *under_way[REST_TOGETHER];
    uint32_t under_way_count;
};

static void ask_next(struct rests *rests);

void
rests_open(struct bridge *bridge)
{
    struct rests *rests = memory_new(sizeof *rests);

    *rests = (struct rests){ .bridge = bridge, .last = &rests->first };
    bridge->rests = rests;
}

static void
queue(struct rests *rests, struct rest *rest)
{
    rest->asked = true;
    rest->under_way = rest->again = false;
    rest->next = NULL;
    *rests->last = rest;
    rests->last = &rest->next;
}

static void
mark(struct rests *rests, const struct job *job)
{
    for (uint32_t row = 0; job->ok && row < job->row_count; row++) {
        int64_t place = job_integer(job, row, 0);
        if (place >= 1 && place <= rests->under_way_count)
            rests->under_way[place - 1]->at_rest = true;
    }
}

static void
on_answer(struct job *job)
{
    struct rests *rests = job->owner;
    struct rest *answered[REST_TOGETHER];
    uint32_t count = rests->under_way_count;

    mark(rests, job);
    job_free(job);
    for (uint32_t i = 0; i < count; i++)
        answered[i] = rests->under_way[i];
    rests->under_way_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct rest *rest = answered[i];
        if (rest->again && !rest->at_rest) {
            queue(rests, rest);
            continue;
        }
        rest->asked = false;
        rest->answered(rest, rest->at_rest);
    }
    ask_next(rests);
}

static void
ask_next(struct rests *rests)
{
    struct uuid ids[REST_TOGETHER];
    struct job *job;

    if (rests->under_way_count > 0 || !rests->first)
        return;
    while (rests->first && rests->under_way_count < REST_TOGETHER) {
        struct rest *rest = rests->first;
        rests->first = rest->next;
        rest->at_rest = false;
        rest->under_way = true;
        ids[rests->under_way_count] = rest->id;
        rests->under_way[rests->under_way_count++] = rest;
    }
    if (!rests->first)
        rests->last = &rests->first;
    job = job_new(rests->bridge, QUERY_AT_REST, 1, on_answer, rests);
    pg_param_uuids(&job->params, ids, rests->under_way_count);
    job_submit(job);
}

void
rest_ask(struct bridge *bridge, struct rest *rest)
{
    if (rest->asked) {
        rest->again = rest->under_way; /* that answer may be older than what is asked for now */
        return;
    }
    queue(bridge->rests, rest);
    ask_next(bridge->rests);
}
