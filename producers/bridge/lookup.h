/* lookup.h — finds the order a call is about, and is sure before it says no.
 *
 * Shapes   lookup: a question to the read model about one order, and a verdict on its answer.
 * Sure     a verdict of LOOKUP_NO that is not final is passed again on a read model that is past the end of the
 *          order's partition in OrderRequested and the intent topics, read after the call arrived.
 * Errors   503 read_model_unavailable: no answer, or not past those ends within FRESH_US_MAX.
 *          An id that is no UUID is an order that does not exist: 404 at once.
 * Threads  the loop's.
 * Source   contract.md section 3, "Read your writes". */
#pragma once
#include "bridge/readmodel.h"
#include "bridge/request.h"

#define READ_US_MAX  (2 * INT64_C(1000000))
#define FRESH_US_MAX (2 * INT64_C(1000000))

enum lookup_verdict {
    LOOKUP_YES,
    LOOKUP_NO,       /* as far as is known */
    LOOKUP_NO_FINAL, /* for ever: a terminal status is never stale */
};

struct lookup {
    const char *const *sql; /* of queries.h; $1 uuid */
    uint32_t column_count;
    void (*bind)(struct request *request, struct job *job); /* parameters from $2 on; NULL: none */
    /* job has one row, or none when there is no such order; why is filled for a no. */
    enum lookup_verdict (*judge)(struct request *request, const struct job *job,
                                 struct problem *why);
    void (*found)(struct request *request, const struct job *job);
};

/* order_id must live as long as the request.  Ends in an answer or in found. */
void lookup_order(struct request *request, const char *order_id, const struct lookup *lookup);
/* Any other read for this request: done is called unless the request is over by then; job is freed
 * after. */
void read_for(struct request *request, struct job *job,
              void (*done)(struct request *request, const struct job *job));
/* A job whose answer goes to read_for. */
struct job *read_new(struct request *request, const char *sql, uint32_t column_count);
void refuse_read_model(struct request *request);
/* The usual judge: there is a row. */
enum lookup_verdict judge_exists(struct request *request, const struct job *job,
                                 struct problem *why);
