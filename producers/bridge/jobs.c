/* jobs.c — the table of jobs: their lines, their progress, their end.  Contract: jobs.h */
#include "bridge/jobs.h"
#include "base/escape.h"
#include "base/instant.h"
#include "json/json_read.h"
#include <stdio.h>
#include <string.h>

#define SCRATCH_BYTES 65536
#define CUT_LINE      "{\"text\":\"a line too long to be kept\"}"

const char *const job_kind_names[JOB_KINDS + 1] = { "audit", "redrive", "rebuild_compare", NULL };
static const char *const state_names[] = { "RUNNING", "DONE", "FOUND", "FAILED", "STOPPED" };

struct jobs {
    struct admin_job *kept[JOBS_KEPT_MAX]; /* newest first */
    uint32_t count, changed_count;
    struct arena *scratch; /* of one line */
    void (*changed)(void *owner, const struct admin_job *job);
    void *owner;
};

/* ---- memory ------------------------------------------------------------------------------------- */

static char *
copy(const char *text, size_t bytes)
{
    char *out = memory_new(bytes + 1);

    memcpy(out, text, bytes);
    out[bytes] = 0;
    return out;
}

static void
free_job(struct admin_job *job)
{
    for (uint32_t i = 0; i < job->line_count; i++)
        memory_free(job->lines[(job->first_line + i) % JOB_LINES_MAX].bytes);
    memory_free(job->by);
    memory_free(job->reason);
    memory_free(job->command);
    memory_free(job);
}

void
jobs_open(struct bridge *bridge)
{
    bridge->jobs = memory_new(sizeof *bridge->jobs);
    bridge->jobs->scratch = arena_new(SCRATCH_BYTES);
}

void
jobs_close(struct bridge *bridge)
{
    struct jobs *jobs = bridge->jobs;

    for (uint32_t i = 0; i < jobs->count; i++)
        free_job(jobs->kept[i]);
    arena_free(jobs->scratch);
    memory_free(jobs);
}

/* ---- telling on --------------------------------------------------------------------------------- */

static void
note_change(struct admin_job *job)
{
    if (!job->is_changed)
        job->jobs->changed_count++;
    job->is_changed = true;
}

static void
tell_on(struct admin_job *job, int64_t now_us)
{
    struct jobs *jobs = job->jobs;

    job->is_changed = false;
    jobs->changed_count--;
    job->told_us = now_us;
    if (jobs->changed != NULL)
        jobs->changed(jobs->owner, job);
}

void
jobs_on_change(struct bridge *bridge, void (*changed)(void *owner, const struct admin_job *job),
               void *owner)
{
    bridge->jobs->changed = changed;
    bridge->jobs->owner = owner;
}

static bool
is_due(const struct admin_job *job, int64_t now_us)
{
    return job->is_changed &&
           (job->state != JOB_RUNNING || now_us - job->told_us >= JOB_TOLD_US);
}

void
jobs_tick(struct bridge *bridge, int64_t now_us)
{
    struct jobs *jobs = bridge->jobs;

    for (uint32_t i = 0; i < jobs->count && jobs->changed_count > 0; i++)
        if (is_due(jobs->kept[i], now_us))
            tell_on(jobs->kept[i], now_us);
}

int
jobs_next_ms(const struct bridge *bridge, int64_t now_us)
{
    (void)now_us;
    return bridge->jobs->changed_count > 0 ? (int)(JOB_TOLD_US / 1000) : -1;
}

/* ---- lines -------------------------------------------------------------------------------------- */

static void
drop_first(struct admin_job *job)
{
    struct job_line *line = &job->lines[job->first_line];

    job->bytes -= line->count;
    memory_free(line->bytes);
    *line = (struct job_line){ NULL, 0 };
    job->first_line = (job->first_line + 1) % JOB_LINES_MAX;
    job->line_count--;
    job->lines_dropped++;
}

static void
keep_line(struct admin_job *job, const char *bytes, size_t count)
{
    while (job->line_count > 0 &&
           (job->line_count == JOB_LINES_MAX || job->bytes + count > JOB_BYTES_MAX))
        drop_first(job);
    job->lines[(job->first_line + job->line_count) % JOB_LINES_MAX] =
        (struct job_line){ copy(bytes, count), (uint32_t)count };
    job->line_count++;
    job->bytes += (uint32_t)count;
}

static int64_t
integer_of(const struct json_doc *doc, uint32_t object, const char *name)
{
    uint32_t at = json_member(doc, object, name);

    return at != JSON_NONE && doc->nodes[at].type == JSON_INTEGER ? doc->nodes[at].integer : 0;
}

static const struct json_node *
text_of(const struct json_doc *doc, uint32_t object, const char *name)
{
    uint32_t at = json_member(doc, object, name);

    return at != JSON_NONE && doc->nodes[at].type == JSON_STRING ? &doc->nodes[at] : NULL;
}

static void
take_progress(struct admin_job *job, const struct json_doc *doc, uint32_t progress)
{
    const struct json_node *text = text_of(doc, progress, "text");

    job->done = integer_of(doc, progress, "done");
    job->total = integer_of(doc, progress, "total");
    job->per_second = integer_of(doc, progress, "per_second");
    if (text != NULL && text->text_bytes < JOB_TEXT_BYTES)
        snprintf(job->text, sizeof job->text, "%.*s", (int)text->text_bytes, text->text);
}

static void
take_redrive_id(struct admin_job *job, const struct json_doc *doc)
{
    const struct json_node *id = text_of(doc, 0, "job");

    if (job->kind == JOB_REDRIVE && id != NULL && id->text_bytes == UUID_TEXT_BYTES - 1)
        memcpy(job->redrive_id, id->text, id->text_bytes);
}

static void
keep_text(struct admin_job *job, const char *line, size_t bytes)
{
    struct json_writer json;
    char *safe = arena_take_raw(job->jobs->scratch, bytes * 6 + 1);
    size_t count = escape_terminal(line, bytes, safe, bytes * 6 + 1, NULL);

    json_writer_init(&json, job->jobs->scratch, (uint32_t)count + 32);
    json_begin_object(&json);
    json_name(&json, "text");
    json_text_bytes(&json, safe, count);
    json_end_object(&json);
    keep_line(job, json.bytes, json.length);
}

static void
on_line(void *owner, const char *line, size_t bytes, bool is_error, bool cut)
{
    struct admin_job *job = owner;
    struct json_doc doc;
    struct json_error wrong;
    uint32_t progress = JSON_NONE;
    bool is_object;

    (void)is_error;
    note_change(job);
    arena_reset(job->jobs->scratch, SCRATCH_BYTES);
    is_object = !cut && json_parse(job->jobs->scratch, line, bytes, &doc, &wrong) &&
                doc.nodes[0].type == JSON_OBJECT;
    if (is_object)
        progress = json_member(&doc, 0, "progress");
    if (is_object && progress != JSON_NONE && doc.nodes[progress].type == JSON_OBJECT)
        take_progress(job, &doc, progress);
    else if (is_object)
        keep_line(job, line, bytes);
    else if (cut)
        keep_line(job, CUT_LINE, sizeof CUT_LINE - 1);
    else if (bytes > 0)
        keep_text(job, line, bytes);
    if (is_object)
        take_redrive_id(job, &doc);
}

/* ---- life --------------------------------------------------------------------------------------- */

/* Who came to its end all the same has done it; but a redrive that is watched no longer ends well as well. */
static enum job_state
state_after(const struct admin_job *job, int status, bool stopped)
{
    if (status == 0 && !(stopped && job->kind == JOB_REDRIVE))
        return JOB_DONE;
    if (stopped)
        return JOB_STOPPED;
    return status == 1 ? JOB_FOUND : JOB_FAILED;
}

static void
on_end(void *owner, int status, bool stopped)
{
    struct admin_job *job = owner;

    job->child = NULL;
    job->exit_status = status;
    job->state = state_after(job, status, stopped);
    job->ended_at_us = instant_now_us();
    note_change(job);
}

/* The oldest that has ended makes room; CHILDREN_MAX run at most, so there is one. */
static void
make_room(struct jobs *jobs)
{
    uint32_t at = jobs->count;

    if (jobs->count < JOBS_KEPT_MAX)
        return;
    while (at > 0 && jobs->kept[at - 1]->child != NULL)
        at--;
    jobs->changed_count -= jobs->kept[at - 1]->is_changed;
    free_job(jobs->kept[at - 1]);
    memmove(&jobs->kept[at - 1], &jobs->kept[at], (jobs->count - at) * sizeof *jobs->kept);
    jobs->count--;
}

struct admin_job *
jobs_start(struct bridge *bridge, enum job_kind kind, const char *by, const char *reason,
           const struct arguments *arguments, struct error *err)
{
    struct jobs *jobs = bridge->jobs;
    struct admin_job *job = memory_new(sizeof *job);
    const struct child_run run = { .kind = CHILD_JOB, .us_max = JOB_US_MAX, .on_line = on_line,
                                   .on_end = on_end, .owner = job };
    const char *line = arguments_line(arguments);

    job->child = child_start(bridge, arguments, &run, err);
    if (job->child == NULL) {
        memory_free(job);
        return NULL;
    }
    job->jobs = jobs;
    job->kind = kind;
    job->started_at_us = instant_now_us();
    uuid_format(uuid_v7(job->started_at_us), job->id);
    job->by = copy(by, strlen(by));
    job->reason = reason != NULL ? copy(reason, strlen(reason)) : NULL;
    job->command = copy(line, strlen(line));
    make_room(jobs);
    memmove(&jobs->kept[1], &jobs->kept[0], jobs->count * sizeof *jobs->kept);
    jobs->kept[0] = job;
    jobs->count++;
    note_change(job);
    return job;
}

struct admin_job *
jobs_at(struct bridge *bridge, uint32_t index)
{
    return index < bridge->jobs->count ? bridge->jobs->kept[index] : NULL;
}

struct admin_job *
jobs_find(struct bridge *bridge, const char *id)
{
    for (uint32_t i = 0; i < bridge->jobs->count; i++)
        if (strcmp(bridge->jobs->kept[i]->id, id) == 0)
            return bridge->jobs->kept[i];
    return NULL;
}

void
jobs_stop(struct admin_job *job)
{
    if (job->child != NULL)
        child_stop(job->child);
}

/* ---- shown -------------------------------------------------------------------------------------- */

static void
put_text(struct json_writer *out, const char *name, const char *text)
{
    json_name(out, name);
    if (text != NULL)
        json_text(out, text);
    else
        json_null(out);
}

static void
put_integer(struct json_writer *out, const char *name, int64_t value)
{
    json_name(out, name);
    json_integer(out, value);
}

static void
put_end(struct json_writer *out, const struct admin_job *job)
{
    bool is_running = job->state == JOB_RUNNING;

    json_name(out, "started_at");
    json_instant(out, job->started_at_us);
    json_name(out, "ended_at");
    if (is_running)
        json_null(out);
    else
        json_instant(out, job->ended_at_us);
    json_name(out, "exit_status");
    if (is_running || job->exit_status < 0)
        json_null(out);
    else
        json_integer(out, job->exit_status);
}

static void
put_progress(struct json_writer *out, const struct admin_job *job)
{
    json_name(out, "progress");
    json_begin_object(out);
    put_integer(out, "done", job->done);
    put_integer(out, "total", job->total);
    put_integer(out, "per_second", job->per_second);
    put_text(out, "text", job->text);
    json_end_object(out);
}

void
job_write(struct json_writer *out, const struct admin_job *job, bool with_lines)
{
    json_begin_object(out);
    put_text(out, "job_id", job->id);
    put_text(out, "kind", job_kind_names[job->kind]);
    put_text(out, "by", job->by);
    put_text(out, "reason", job->reason);
    put_text(out, "command", job->command);
    put_text(out, "state", state_names[job->state]);
    put_text(out, "redrive_id", job->redrive_id[0] != 0 ? job->redrive_id : NULL);
    put_end(out, job);
    put_progress(out, job);
    put_integer(out, "line_count", (int64_t)(job->lines_dropped + job->line_count));
    if (with_lines) {
        json_name(out, "lines");
        json_begin_array(out);
        for (uint32_t i = 0; i < job->line_count; i++) {
            const struct job_line *line = &job->lines[(job->first_line + i) % JOB_LINES_MAX];

            json_raw(out, line->bytes, line->count);
        }
        json_end_array(out);
    }
    json_end_object(out);
}
