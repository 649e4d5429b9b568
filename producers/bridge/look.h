/* look.h — one call of an operator that is one short run of the command line: what it prints is the answer.
 *
 * Shapes   look: the run, its lines as valid JSON objects, and what it said on standard error.
 * Limits   LOOK_US_MAX; LOOK_BYTES_MAX of lines, more are left out (is_truncated).
 * Errors   429 CHILDREN_MAX run already.  Exit status 1: the problem of the code that was said, else 404; 2: 400;
 *          else, or when it takes too long: 503 server_unavailable.
 * Threads  the loop's. */
#pragma once
#include "bridge/children.h"
#include "bridge/request.h"
#include "bridge/text.h"

#define LOOK_US_MAX     (30 * INT64_C(1000000))
#define LOOK_BYTES_MAX  (4 * 1024 * 1024)
#define LOOK_CODE_BYTES 64

struct look {
    struct request *request;
    struct child *child;
    struct text lines; /* with a comma between two */
    uint32_t line_count;
    bool is_truncated;
    char code[LOOK_CODE_BYTES]; /* of the last {"error": …}; "": none */
    char detail[PROBLEM_DETAIL_BYTES];
    /* Called for exit status 0, and for 1 where code is `accepts`, unless the request is over. */
    void (*answer)(struct look *look);
    const char *accepts;
    void *context;
};

void look_run(struct request *request, const struct arguments *arguments,
              void (*answer)(struct look *look), const char *accepts, void *context);
/* A line that it printed: what goes into an answer is checked first, whoever printed it. */
void look_take(struct look *look, const char *line, size_t bytes, bool is_error, bool cut);
/* {"name": [lines], "truncated"}. */
void look_put_list(const struct look *look, const char *name, struct json_writer *json);
/* {"name": [the first limit lines], "next": the id of the last of them, where more were printed}.  False: too much. */
bool look_put_page(const struct look *look, const char *name, int64_t limit,
                   struct json_writer *json) MUST_USE;
/* Answers with that list; or with the only line. */
void look_answer_list(struct look *look, const char *name);
void look_answer_object(struct look *look, unsigned status);
