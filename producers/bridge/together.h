/* together.h — one question to the read model for all who ask the same.
 *
 * Shapes   kind: the statement, what it binds, and what is done with an answer's rows; its first column is the
 *          place of the ask that a row belongs to, from 1, and the rows are in the order of the places.
 *          together: the queue of one kind.  ask: what one request asks; part of its owner's memory.
 * Flow     one question of a kind is under way at a time; who asks meanwhile is part of the next one.  Alone, one
 *          asks at once; a crowd shares: a question for each event and request was most of what a busy
 *          bridge and its database did.
 * Order    an answer is at least as new as what any answer before the asking said (readmodel.h).
 * Limits   TOGETHER_MAX asks in one question; JOBS_MAX questions (one of each kind, here).
 * Errors   rows->job->ok is false where nothing is known: whoever asks looks again later.
 * Threads  the loop's. */
#pragma once
#include "base/uuid.h"
#include "bridge/readmodel.h"
#include <stdbool.h>

#define TOGETHER_MAX 256

struct together;

/* The answer's rows from `first` on, `count` of them, belong to one ask. */
struct together_rows {
    const struct job *job;
    uint32_t first, count;
};

struct together_ask {
    struct uuid order_id;
    struct together *together; /* together.c's, from here */
    struct together_ask *next;
    bool asked, under_way, again;
    struct together_rows rows;
};

struct together_kind {
    const char *const *sql;
    uint32_t column_count;
    uint32_t asks_max; /* at most TOGETHER_MAX */
    void (*bind)(struct pg_params *params, struct together_ask *const *asks, uint32_t count);
    /* Called once for all that was asked since it was called last, and never from within together_ask.
     * again: it was asked once more while this question was under way, whose answer may be older than that. */
    void (*answered)(struct together_ask *ask, const struct together_rows *rows, bool again);
};

struct together *together_new(struct bridge *bridge, const struct together_kind *kind);
/* The memory must stay until answered has been called. */
void together_ask(struct together *together, struct together_ask *ask);
