/* folds.h — every service with its fold, for `jumun rebuild`.
 *
 * Shapes   fold_target: a service, what folds its facts, and what a comparison leaves out.
 * Errors   none.
 * Threads  none.
 * Source   architecture.md section 4; docs/decisions/0009. */
#pragma once
#include "runtime/service.h"

#define FOLD_TARGETS 7

struct fold_target {
    const struct service *service;
    const struct service *fold; /* NULL: everything follows from the inputs */
    void (*refers_to)(const void *first_row_type, struct keys *keys); /* NULL: nothing */
    void (*comparable)(unsigned row_type, void *row);                 /* NULL: all of it */
    bool keeps_json; /* its JSON columns are the text of events, which jsonb writes otherwise: not compared */
};

/* In the order of the saga. */
extern const struct fold_target fold_targets[FOLD_TARGETS];
