/* children.h — the command line, run beside the bridge: what an operator asks for by HTTP is what `jumun` does.
 *
 * Shapes   arguments: a fixed vector, made by the functions below; values never become options, and no shell is near.
 *          child: one run; its lines of output and its end are told on the loop.
 * Bounds   CHILDREN_MAX at once of each kind; CHILD_LINE_BYTES_MAX a line (a longer one is told as cut); a time that
 *          the caller gives, then SIGTERM, then SIGKILL.
 * Bridge   a child has none of the bridge's descriptors and signals; it ends when the bridge does, however that ends.
 * Errors   child_start: the kind is full, or the program cannot be started.
 * Threads  the loop's.
 * Source   docs/decisions (0010); producers/cli. */
#pragma once
#include "bridge/bridge.h"

#define CHILDREN_MAX         4 /* at once, of each kind */
#define CHILD_LINE_BYTES_MAX (1024 * 1024)
#define CHILD_KILL_US        (10 * INT64_C(1000000)) /* from SIGTERM to SIGKILL */
#define CHILD_STOP_US        (3 * INT64_C(1000000))  /* the same while the bridge stops */
#define ARGUMENTS_MAX        32

enum child_kind { CHILD_JOB, CHILD_CALL, CHILD_KINDS };

/* ---- arguments ---------------------------------------------------------------------------------- */

struct arguments {
    struct arena *arena;
    const char *at[ARGUMENTS_MAX + 1];
    uint32_t count;
};

/* The program's name; --json stands in every vector and is not shown. */
void arguments_init(struct arguments *out, struct arena *arena);
/* A word of ours. */
void arguments_add(struct arguments *out, const char *word);
/* --name=value, or --name where value is NULL: whatever value is, it is that option's. */
void arguments_option(struct arguments *out, const char *name, const char *value);
/* -- value: the last. */
void arguments_word(struct arguments *out, const char *value);
/* What a person types to do the same; in the arena. */
const char *arguments_line(const struct arguments *arguments);

/* ---- children ----------------------------------------------------------------------------------- */

struct child;

struct child_run {
    enum child_kind kind;
    int64_t us_max;
    /* One line without its end; valid until it returns.  cut: it was longer. */
    void (*on_line)(void *owner, const char *line, size_t bytes, bool is_error, bool cut);
    /* Once, last: the exit status, or minus the signal that ended it; stopped: it was asked to end, or its time was
     * over.  The child is gone. */
    void (*on_end)(void *owner, int status, bool stopped);
    void *owner;
};

bool children_open(struct bridge *bridge, struct error *err) MUST_USE;
/* Readable while something is to be done in children_tick. */
int children_fd(const struct bridge *bridge);
int children_next_ms(const struct bridge *bridge, int64_t now_us);
void children_tick(struct bridge *bridge, int64_t now_us);
uint32_t children_count(const struct bridge *bridge, enum child_kind kind);
/* Asks all to end; those that have not by CHILD_STOP_US are killed. */
void children_stop(struct bridge *bridge);
/* Kills what is left and forgets it, without on_end. */
void children_close(struct bridge *bridge);

bool children_is_full(const struct bridge *bridge, enum child_kind kind);
/* NULL with err filled: nothing was started, and on_end is not called. */
struct child *child_start(struct bridge *bridge, const struct arguments *arguments,
                          const struct child_run *run, struct error *err);
/* SIGTERM; asked again it does nothing. */
void child_stop(struct child *child);
