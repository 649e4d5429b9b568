/* job_calls.c — /v1/admin/jobs: started, looked at, stopped.
 *
 * A job is the command line with arguments that were checked field by field; it records itself (jumun actions). */
#include "bridge/calls.h"
#include "bridge/form.h"
#include "bridge/jobs.h"
#include "bridge/look.h"
#include <string.h>

#define KEYS_MAX       1000000
#define PER_SECOND_MAX 1000

/* ---- what each kind takes ----------------------------------------------------------------------- */

static void
add_given(struct arguments *arguments, const char *name, const char *value)
{
    if (value != NULL)
        arguments_option(arguments, name, value);
}

static void
add_flag(struct arguments *arguments, struct form *form, const char *field, const char *name)
{
    if (form_flag(form, field))
        arguments_option(arguments, name, NULL);
}

/* Who and why stand in every vector, and are looked at by the log. */
static void
add_person(struct arguments *arguments, const char *by, const char *reason)
{
    add_given(arguments, "by", by);
    add_given(arguments, "reason", reason);
}

struct wish {
    const char *by, *reason;
    bool is_dry_run;
};

static void
audit_arguments(struct arguments *out, struct form *form, struct wish *wish)
{
    static const char *const ways[] = { "tables", "topics", NULL };
    bool has_way = json_member(&form->doc, 0, "only") != JSON_NONE;
    int way = has_way ? form_choice(form, "only", ways) : -1;

    wish->reason = form_reason(form, false);
    arguments_add(out, "audit");
    arguments_add(out, "--json");
    if (way >= 0)
        arguments_option(out, ways[way], NULL);
    add_person(out, wish->by, wish->reason);
}

static void
rebuild_arguments(struct arguments *out, struct form *form, struct wish *wish)
{
    const char *service = form_text(form, "service", false, fits_services);

    wish->reason = form_reason(form, false);
    arguments_add(out, "rebuild");
    arguments_add(out, "--json");
    arguments_add(out, "--compare");
    add_person(out, wish->by, wish->reason);
    arguments_word(out, service != NULL ? service : "all");
}

/* A selection, or all of it; never nothing said and everything meant. */
static void
redrive_arguments(struct arguments *out, struct form *form, struct wish *wish)
{
    const char *key = form_text(form, "key", false, fits_id);
    uint32_t before;

    wish->reason = form_reason(form, !wish->is_dry_run);
    arguments_add(out, "dead-letters");
    arguments_add(out, "redrive");
    arguments_add(out, "--json");
    add_given(out, "service", form_text(form, "service", false, fits_service));
    before = out->count;
    add_given(out, "topic", form_text(form, "topic", false, fits_topic));
    add_given(out, "sqlstate", form_text(form, "sqlstate", false, fits_sqlstate));
    add_given(out, "event", form_text(form, "event", false, fits_event));
    add_given(out, "since", form_text(form, "since", false, fits_time));
    add_given(out, "until", form_text(form, "until", false, fits_time));
    if ((key != NULL || out->count > before) == form_flag(form, "all"))
        form_wrong(form, "all", "exactly_one");
    add_flag(out, form, "all", "all");
    add_flag(out, form, "force", "force");
    if (wish->is_dry_run)
        arguments_option(out, "dry-run", NULL);
    add_given(out, "limit", form_number(form, "limit", 1, KEYS_MAX));
    add_given(out, "per-second", form_number(form, "per_second", 1, PER_SECOND_MAX));
    add_person(out, wish->by, wish->reason);
    if (key != NULL)
        arguments_word(out, key);
}

static const struct {
    const struct body_schema *body;
    void (*arguments)(struct arguments *out, struct form *form, struct wish *wish);
} kinds[JOB_KINDS] = {
    [JOB_AUDIT] = { &BODY_JOB_AUDIT, audit_arguments },
    [JOB_REDRIVE] = { &BODY_JOB_REDRIVE, redrive_arguments },
    [JOB_REBUILD_COMPARE] = { &BODY_JOB_REBUILD, rebuild_arguments },
};

/* ---- start -------------------------------------------------------------------------------------- */

static void
answer_started(struct request *request, const struct admin_job *job)
{
    struct json_writer json;

    request_add_header(request, "Location",
                       arena_printf(request->arena, "/v1/admin/jobs/%s", job->id));
    json_writer_init(&json, request->arena, 64);
    json_begin_object(&json);
    json_name(&json, "job_id");
    json_text(&json, arena_text(request->arena, job->id, strlen(job->id)));
    json_end_object(&json);
    request_answer_json(request, MHD_HTTP_ACCEPTED, &json);
}

void
call_start_job(struct request *request)
{
    struct arguments arguments;
    struct error err = { .class = ERROR_NONE };
    struct admin_job *job;
    struct wish wish;
    struct form form;
    int kind;

    if (!form_begin(&form, request, &BODY_JOB))
        return;
    kind = form_choice(&form, "kind", job_kind_names);
    if (!form_end(&form) || !form_begin(&form, request, kinds[kind].body))
        return;
    arguments_init(&arguments, request->arena);
    wish = (struct wish){ .by = form_by(&form, true),
                          .is_dry_run = form_flag(&form, "dry_run") };
    kinds[kind].arguments(&arguments, &form, &wish);
    if (!form_end(&form))
        return;
    job = jobs_start(request->bridge, (enum job_kind)kind, wish.by, wish.reason, &arguments, &err);
    if (job != NULL)
        answer_started(request, job);
    else
        request_refuse_with(request,
                            err.class == ERROR_RETRY ? PROBLEM_TOO_MANY_REQUESTS
                                                     : PROBLEM_SERVER_UNAVAILABLE,
                            "%s", err.message);
}

/* ---- look --------------------------------------------------------------------------------------- */

void
call_list_jobs(struct request *request)
{
    const struct admin_job *job;
    struct json_writer json;

    json_writer_init(&json, request->arena, 4096);
    json_begin_object(&json);
    json_name(&json, "jobs");
    json_begin_array(&json);
    for (uint32_t i = 0; (job = jobs_at(request->bridge, i)) != NULL; i++)
        job_write(&json, job, false);
    json_end_array(&json);
    json_end_object(&json);
    request_answer_json(request, MHD_HTTP_OK, &json);
}

/* NULL after it has refused the request. */
static struct admin_job *
job_of(struct request *request)
{
    struct admin_job *job = jobs_find(request->bridge, request->match.params[0]);

    if (job == NULL)
        request_refuse_with(request, PROBLEM_NOT_FOUND,
                            "No job has this id; a bridge knows the latest %d of its own",
                            JOBS_KEPT_MAX);
    return job;
}

static void
answer_job(struct request *request, unsigned status, const struct admin_job *job)
{
    struct json_writer json;

    json_writer_init(&json, request->arena, 4096);
    job_write(&json, job, true);
    request_answer_json(request, status, &json);
}

void
call_show_job(struct request *request)
{
    const struct admin_job *job = job_of(request);

    if (job != NULL)
        answer_job(request, MHD_HTTP_OK, job);
}

/* ---- stop --------------------------------------------------------------------------------------- */

/* The job may have been forgotten while its stop was recorded. */
static void
answer_stopped(struct look *look)
{
    const struct admin_job *job = job_of(look->request);

    if (job != NULL)
        answer_job(look->request, MHD_HTTP_ACCEPTED, job);
}

/* A redrive goes on in the services' databases: there it is stopped, and that is recorded.  Of all others the
 * command itself ends; who did that is a note in the log. */
static void
stop_arguments(struct arguments *out, const struct admin_job *job, const char *by,
               const char *reason)
{
    bool is_redrive = job->redrive_id[0] != 0;

    arguments_add(out, is_redrive ? "dead-letters" : "actions");
    arguments_add(out, is_redrive ? "stop" : "note");
    arguments_add(out, "--json");
    arguments_option(out, "by", by != NULL ? by : "console");
    if (reason != NULL || is_redrive)
        arguments_option(out, "reason", reason != NULL ? reason : "not said");
    if (!is_redrive)
        arguments_option(out, "target", job->id);
    arguments_word(out, is_redrive ? arena_text(out->arena, job->redrive_id, UUID_TEXT_BYTES - 1)
                                   : arena_printf(out->arena, "stopped: %s", job->command));
}

void
call_stop_job(struct request *request)
{
    struct admin_job *job = job_of(request);
    struct arguments arguments;
    const char *by, *reason;
    struct form form;

    if (job == NULL)
        return;
    form_begin_query(&form, request);
    by = form_by(&form, false);
    reason = form_reason(&form, false);
    if (!form_end(&form))
        return;
    if (job->child == NULL) {
        answer_job(request, MHD_HTTP_ACCEPTED, job);
        return;
    }
    jobs_stop(job);
    arguments_init(&arguments, request->arena);
    stop_arguments(&arguments, job, by, reason);
    look_run(request, &arguments, answer_stopped, NULL, NULL);
}
