/* error.h — what went wrong and, above all, what the loop has to do about it.
 *
 * Shapes   error: one class, one message for people, and the facts that machines compare.
 * Rule     a function that can fail returns bool and takes `struct error *err` last; false means err is
 *          filled.  Lower layers add context with error_wrap; only the top logs it, once.
 * Threads  values only. */
#pragma once
#include "base/arena.h"
#include <stdbool.h>

enum error_class {
    ERROR_NONE,
    ERROR_RETRY,   /* the same again after a pause: connection, deadlock, lost version */
    ERROR_POISON,  /* one message of the batch is to blame: bisect and park it */
    ERROR_FENCED,  /* another owner has these partitions: drop everything, rejoin */
    ERROR_REFUSED, /* a person gave something wrong: say it, exit 1 or 2 */
    ERROR_FATAL,   /* stop with the message; a person has to look */
};

#define ERROR_MESSAGE_BYTES 768

struct error {
    enum error_class class;
    char message[ERROR_MESSAGE_BYTES];
    char sqlstate[6];    /* "" unless the database said it */
    char constraint[64]; /* "" unless a named constraint was broken */
    int kafka_code;      /* rd_kafka_resp_err_t, 0 unless the broker said it */
};

/* The one control-flow macro. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        if (!(call))                                                                               \
            return false;                                                                          \
    } while (0)

/* Both return false, so that `return error_set(…)` reads well. */
bool error_set(struct error *err, enum error_class class, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Puts "context: " before the message that is there. */
bool error_wrap(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *error_class_name(enum error_class class);
