/* lookup.c — read, judge; where the verdict is no and may be stale: ask the ends, wait, read, judge. */
#include "bridge/lookup.h"
#include "bridge/asker.h"
#include "bridge/identity.h"
#include "bridge/positions.h"
#include <string.h>

struct pending_read {
    struct request *request;
    void (*done)(struct request *request, const struct job *job);
};

struct search {
    struct request *request;
    const char *order_id;
    struct uuid id;
    const struct lookup *lookup;
    bool is_sure;
    struct ask ask;
    struct position_wait wait;
};

/* ---- reads ----------------------------------------------------------------------------------- */

void
refuse_read_model(struct request *request)
{
    request_refuse_with(request, PROBLEM_READ_MODEL_UNAVAILABLE,
                        "What this call needs to know cannot be read at the moment");
}

static void
on_read(struct job *job)
{
    struct pending_read *read = job->owner;
    struct request *request = read->request;

    if (!request_is_over(request)) {
        if (job->ok)
            read->done(request, job);
        else
            refuse_read_model(request);
    }
    job_free(job);
    request_release(request);
}

struct job *
read_new(struct request *request, const char *sql, uint32_t column_count)
{
    struct pending_read *read = arena_take(request->arena, sizeof *read);

    read->request = request;
    return job_new(request->bridge, sql, column_count, on_read, read);
}

void
read_for(struct request *request, struct job *job,
         void (*done)(struct request *request, const struct job *job))
{
    struct pending_read *read = job->owner;

    read->done = done;
    request_hold(request);
    request_set_deadline(request, READ_US_MAX, refuse_read_model);
    job_submit(job);
}

/* ---- orders ---------------------------------------------------------------------------------- */

static void read_order(struct search *search);

enum lookup_verdict
judge_exists(struct request *request, const struct job *job, struct problem *why)
{
    (void)request;
    if (job->row_count > 0)
        return LOOKUP_YES;
    *why = problem_make(PROBLEM_ORDER_NOT_FOUND, "No order has this id");
    return LOOKUP_NO;
}

static void
end_search(struct request *request)
{
    struct search *search = request->search;

    positions_cancel(request->bridge, &search->wait);
}

static void
on_fresh(struct position_wait *wait)
{
    struct search *search = wait->owner;

    if (request_is_over(search->request))
        return;
    search->is_sure = true;
    read_order(search);
}

static void
refuse_stale(struct request *request)
{
    end_search(request);
    request_refuse_with(request, PROBLEM_READ_MODEL_UNAVAILABLE,
                        "The read model has not come past the requests that are already accepted");
}

static void
on_ends(struct ask *ask)
{
    struct search *search = ask->owner;
    struct request *request = search->request;

    if (!request_is_over(request) && !ask->ok)
        refuse_read_model(request);
    if (!request_is_over(request)) {
        for (unsigned i = 0; i < ASK_TOPICS; i++)
            positions_add(&search->wait,
                          (struct target_offset){ ASK_TYPES[i], ask->partition, ask->ends[i] });
        positions_wait(request->bridge, &search->wait);
    }
    request_release(request);
}

static void
make_sure(struct search *search)
{
    struct request *request = search->request;
    int32_t partitions = (int32_t)request->bridge->settings.partitions;

    search->ask = (struct ask){ .partition = identity_partition(search->order_id, partitions),
                                .done = on_ends,
                                .owner = search };
    search->wait = (struct position_wait){ .reached = on_fresh, .owner = search };
    request_hold(request);
    request_set_deadline(request, FRESH_US_MAX, refuse_stale);
    asker_ask(request->bridge, &search->ask);
}

static void
on_order(struct request *request, const struct job *job)
{
    struct search *search = request->search;
    struct problem *why = arena_take(request->arena, sizeof *why);
    enum lookup_verdict verdict = search->lookup->judge(request, job, why);

    if (verdict == LOOKUP_YES) {
        request->on_end = NULL;
        search->lookup->found(request, job);
    } else if (verdict == LOOKUP_NO_FINAL || search->is_sure) {
        request_refuse(request, why);
    } else {
        make_sure(search);
    }
}

static void
read_order(struct search *search)
{
    struct request *request = search->request;
    struct job *job = read_new(request, *search->lookup->sql, search->lookup->column_count);

    pg_param_uuid(&job->params, search->id);
    if (search->lookup->bind != NULL)
        search->lookup->bind(request, job);
    read_for(request, job, on_order);
}

void
lookup_order(struct request *request, const char *order_id, const struct lookup *lookup)
{
    struct search *search = arena_take(request->arena, sizeof *search);

    *search = (struct search){ .request = request, .order_id = order_id, .lookup = lookup };
    if (!uuid_parse(order_id, strlen(order_id), &search->id)) {
        request_refuse_with(request, PROBLEM_ORDER_NOT_FOUND,
                            "An order's id is a UUID in lower case");
        return;
    }
    request->search = search;
    request->on_end = end_search;
    read_order(search);
}
