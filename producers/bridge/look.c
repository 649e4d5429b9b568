/* look.c — a run of the command line whose lines become an answer.  Contract: look.h */
#include "bridge/look.h"
#include "base/logger.h"
#include "json/json_read.h"
#include <stdio.h>
#include <string.h>

#define CODE_BAD_USAGE "usage"

/* ---- lines -------------------------------------------------------------------------------------- */

static void
copy_member(const struct json_doc *doc, const char *name, char *out, size_t out_bytes)
{
    uint32_t at = json_member(doc, 0, name);

    if (at != JSON_NONE && doc->nodes[at].type == JSON_STRING)
        snprintf(out, out_bytes, "%.*s", (int)doc->nodes[at].text_bytes, doc->nodes[at].text);
}

static void
take_error(struct look *look, const struct json_doc *doc)
{
    if (json_member(doc, 0, "error") == JSON_NONE)
        return;
    copy_member(doc, "error", look->code, sizeof look->code);
    copy_member(doc, "detail", look->detail, sizeof look->detail);
}

void
look_take(struct look *look, const char *line, size_t bytes, bool is_error, bool cut)
{
    struct arena *arena = look->lines.arena;
    struct json_error wrong;
    struct json_doc doc;
    const char *own;

    if (look->is_truncated)
        return;
    look->is_truncated = !is_error && (cut || look->lines.length + bytes > LOOK_BYTES_MAX);
    own = arena_text(arena, line, look->is_truncated ? 0 : bytes);
    if (look->is_truncated || !json_parse(arena, own, bytes, &doc, &wrong) ||
        doc.nodes[0].type != JSON_OBJECT)
        return;
    if (is_error) {
        take_error(look, &doc);
        return;
    }
    if (look->line_count++ > 0)
        text_add(&look->lines, ",", 1);
    text_add(&look->lines, own, bytes);
}

static void
on_line(void *owner, const char *line, size_t bytes, bool is_error, bool cut)
{
    struct look *look = owner;

    if (!request_is_over(look->request))
        look_take(look, line, bytes, is_error, cut);
}

/* ---- end ---------------------------------------------------------------------------------------- */

static enum problem_code
problem_named(const char *code, enum problem_code otherwise)
{
    for (int i = 0; i < PROBLEM_CODE_COUNT; i++)
        if (strcmp(problem_infos[i].code, code) == 0)
            return (enum problem_code)i;
    return otherwise;
}

static void
refuse(struct look *look, int status, bool stopped)
{
    struct request *request = look->request;

    if (stopped)
        request_refuse_with(request, PROBLEM_SERVER_UNAVAILABLE, "No answer within %lld s",
                            (long long)(LOOK_US_MAX / 1000000));
    else if (status == 1)
        request_refuse_with(request, problem_named(look->code, PROBLEM_NOT_FOUND), "%s",
                            look->detail);
    else if (status == 2 && strcmp(look->code, CODE_BAD_USAGE) == 0)
        request_refuse_with(request, PROBLEM_INVALID_REQUEST, "%s", look->detail);
    else
        request_refuse_with(request, PROBLEM_SERVER_UNAVAILABLE, "%s",
                            look->detail[0] != 0 ? look->detail : "The command ended unexpectedly");
}

static void
on_end(void *owner, int status, bool stopped)
{
    struct look *look = owner;
    bool is_accepted = status == 0 || (status == 1 && look->accepts != NULL &&
                                       strcmp(look->code, look->accepts) == 0);

    look->child = NULL;
    if (status < 0 && !stopped)
        log_error("a command was ended by a signal", F_INT("signal", -status));
    if (!request_is_over(look->request)) {
        if (is_accepted && !stopped)
            look->answer(look);
        else
            refuse(look, status, stopped);
    }
    request_release(look->request);
}

/* Nobody waits for it any more. */
static void
give_up(struct request *request)
{
    struct look *look = request->state;

    if (look->child != NULL)
        child_stop(look->child);
}

void
look_run(struct request *request, const struct arguments *arguments,
         void (*answer)(struct look *look), const char *accepts, void *context)
{
    struct look *look = arena_take(request->arena, sizeof *look);
    const struct child_run run = { .kind = CHILD_CALL, .us_max = LOOK_US_MAX, .on_line = on_line,
                                   .on_end = on_end, .owner = look };
    struct error err = { .class = ERROR_NONE };

    *look = (struct look){ .request = request, .answer = answer, .accepts = accepts,
                           .context = context, .lines.arena = request->arena };
    look->child = child_start(request->bridge, arguments, &run, &err);
    if (look->child == NULL) {
        request_refuse_with(request,
                            err.class == ERROR_RETRY ? PROBLEM_TOO_MANY_REQUESTS
                                                     : PROBLEM_SERVER_UNAVAILABLE,
                            "%s", err.message);
        return;
    }
    request->state = look;
    request->on_end = give_up;
    request_hold(request);
}

/* ---- answers ------------------------------------------------------------------------------------ */

void
look_put_list(const struct look *look, const char *name, struct json_writer *json)
{
    json_begin_object(json);
    json_name(json, name);
    json_begin_array(json);
    if (look->line_count > 0)
        json_raw(json, look->lines.bytes, look->lines.length);
    json_end_array(json);
    json_name(json, "truncated");
    json_bool(json, look->is_truncated);
    json_end_object(json);
}

bool
look_put_page(const struct look *look, const char *name, int64_t limit, struct json_writer *json)
{
    struct arena *arena = look->lines.arena;
    const char *all = arena_printf(arena, "[%.*s]", (int)look->lines.length,
                                   look->lines.bytes != NULL ? look->lines.bytes : "");
    uint32_t at = 1, last = JSON_NONE;
    struct json_error wrong;
    struct json_doc doc;

    if (look->is_truncated || !json_parse(arena, all, strlen(all), &doc, &wrong))
        return false;
    json_begin_object(json);
    json_name(json, name);
    json_begin_array(json);
    for (int64_t shown = 0; shown < limit && at < doc.node_count; shown++) {
        json_raw(json, doc.bytes + doc.nodes[at].start, doc.nodes[at].bytes);
        last = json_member(&doc, at, "id");
        at = doc.nodes[at].next;
    }
    json_end_array(json);
    json_name(json, "next");
    if (at < doc.node_count && last != JSON_NONE)
        json_text(json, arena_printf(arena, "%lld", (long long)doc.nodes[last].integer));
    else
        json_null(json);
    json_end_object(json);
    return true;
}

void
look_answer_list(struct look *look, const char *name)
{
    struct json_writer json;

    json_writer_init(&json, look->request->arena, (uint32_t)look->lines.length + 64);
    look_put_list(look, name, &json);
    request_answer_json(look->request, MHD_HTTP_OK, &json);
}

void
look_answer_object(struct look *look, unsigned status)
{
    if (look->line_count == 1)
        request_answer(look->request, status, "application/json", look->lines.bytes,
                       look->lines.length);
    else
        request_refuse_with(look->request, PROBLEM_SERVER_UNAVAILABLE,
                            "The command printed %u answers", look->line_count);
}
