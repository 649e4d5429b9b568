/* jobs.h — what an operator has asked for and takes a while: the command line as a child, with its progress.
 *
 * Shapes   admin_job: one run, kept after its end with its last lines; the JOBS_KEPT_MAX latest are known.
 * States   RUNNING → DONE (0) | FOUND (1: refused, or something wrong was found) | FAILED | STOPPED (somebody asked,
 *          or JOB_US_MAX was over).
 * Lines    JSON objects as the command printed them; {"progress":…} moves the progress and is not kept.  What is no
 *          JSON becomes {"text":…}.
 * Limits   CHILDREN_MAX at once; JOB_LINES_MAX lines and JOB_BYTES_MAX of each.
 * Lasting  nothing: this table is the bridge's memory.  What was done is in the log of actions, by the command itself.
 * Threads  the loop's.
 * Source   schemas/openapi.yaml, /v1/admin/jobs. */
#pragma once
#include "base/uuid.h"
#include "bridge/children.h"
#include "json/json_write.h"

#define JOBS_KEPT_MAX     32
#define JOB_LINES_MAX     200
#define JOB_BYTES_MAX     (1024 * 1024)
#define JOB_US_MAX        (15 * 60 * INT64_C(1000000))
#define JOB_TOLD_US       (250 * INT64_C(1000)) /* progress is told on so often; an end at once */
#define JOB_TEXT_BYTES    128

enum job_kind { JOB_AUDIT, JOB_REDRIVE, JOB_REBUILD_COMPARE, JOB_KINDS };
enum job_state { JOB_RUNNING, JOB_DONE, JOB_FOUND, JOB_FAILED, JOB_STOPPED };

extern const char *const job_kind_names[JOB_KINDS + 1]; /* "audit" …, NULL */

struct job_line {
    char *bytes;
    uint32_t count;
};

struct admin_job {
    struct jobs *jobs;
    struct child *child; /* NULL: it has ended */
    char id[UUID_TEXT_BYTES];
    char redrive_id[UUID_TEXT_BYTES]; /* of a redrive, once it is known; "": none */
    enum job_kind kind;
    enum job_state state;
    bool is_changed;
    int exit_status; /* minus a signal */
    int64_t started_at_us, ended_at_us, told_us;
    int64_t done, total, per_second;
    char text[JOB_TEXT_BYTES];  /* of the progress */
    char *by, *reason, *command; /* reason: NULL where none was given */
    struct job_line lines[JOB_LINES_MAX];
    uint32_t first_line, line_count, bytes;
    uint64_t lines_dropped;
};

void jobs_open(struct bridge *bridge);
void jobs_close(struct bridge *bridge);

/* NULL with err filled: it could not be started (children.h).  reason may be NULL. */
struct admin_job *jobs_start(struct bridge *bridge, enum job_kind kind, const char *by,
                             const char *reason, const struct arguments *arguments,
                             struct error *err);
struct admin_job *jobs_find(struct bridge *bridge, const char *id);
/* Newest first; index from 0; NULL: no more. */
struct admin_job *jobs_at(struct bridge *bridge, uint32_t index);
/* Ends the command; of a redrive, only that it is watched. */
void jobs_stop(struct admin_job *job);
/* One object: all of it, or without `lines` (for lists and streams). */
void job_write(struct json_writer *out, const struct admin_job *job, bool with_lines);

/* changed is called on the loop when what job_write tells has changed; NULL: nobody looks any more. */
void jobs_on_change(struct bridge *bridge,
                    void (*changed)(void *owner, const struct admin_job *job), void *owner);
/* Tells on what has changed and was not told yet. */
void jobs_tick(struct bridge *bridge, int64_t now_us);
int jobs_next_ms(const struct bridge *bridge, int64_t now_us);
