/* operator_calls.c — what an operator looks at, and the cancel: each call is one run of the command line.
 *
 *   dead letters, one letter, history    jumun dead-letters list | show | history
 *   what is parked for a key             jumun dead-letters preview
 *   an order's events and their places   jumun trace
 *   what an order waits for              jumun waits
 *   topics                               jumun topics list
 *   actions                              jumun actions
 *   cancel and compensate                jumun cancel --reason */
#include "base/uuid.h"
#include "bridge/calls.h"
#include "bridge/form.h"
#include "bridge/look.h"
#include <stdio.h>
#include <string.h>

#define LIST_DEFAULT  50
#define LIST_MAX      500
#define ACTIONS_MAX   200
#define HISTORY_MAX   1000

static void
begin(struct arguments *arguments, struct request *request, const char *command, const char *verb)
{
    arguments_init(arguments, request->arena);
    arguments_add(arguments, command);
    if (verb != NULL)
        arguments_add(arguments, verb);
    arguments_add(arguments, "--json");
}

static void
add_given(struct arguments *arguments, const char *name, const char *value)
{
    if (value != NULL)
        arguments_option(arguments, name, value);
}

static void
answer_one(struct look *look)
{
    look_answer_object(look, MHD_HTTP_OK);
}

static void
refuse_path(struct request *request)
{
    request_refuse_with(request, PROBLEM_NOT_FOUND, "There is nothing of this name");
}

/* ---- dead letters ------------------------------------------------------------------------------- */

static void
answer_letters(struct look *look)
{
    look_answer_list(look, "dead_letters");
}

void
call_list_dead_letters(struct request *request)
{
    struct arguments arguments;
    struct form form;
    const char *limit;

    form_begin_query(&form, request);
    begin(&arguments, request, "dead-letters", "list");
    add_given(&arguments, "service", form_text(&form, "service", false, fits_service));
    add_given(&arguments, "topic", form_text(&form, "topic", false, fits_topic));
    add_given(&arguments, "sqlstate", form_text(&form, "sqlstate", false, fits_sqlstate));
    add_given(&arguments, "since", form_text(&form, "since", false, fits_time));
    add_given(&arguments, "until", form_text(&form, "until", false, fits_time));
    limit = form_number(&form, "limit", 1, LIST_MAX);
    arguments_option(&arguments, "limit", limit != NULL ? limit : "50");
    if (form_end(&form))
        look_run(request, &arguments, answer_letters, NULL, NULL);
}

void
call_show_dead_letter(struct request *request)
{
    const char *partition = request->match.params[0], *offset = request->match.params[1];
    struct arguments arguments;

    if (!fits_digits(partition, strlen(partition)) || strlen(partition) > 9 ||
        !fits_digits(offset, strlen(offset))) {
        refuse_path(request);
        return;
    }
    begin(&arguments, request, "dead-letters", "show");
    arguments_word(&arguments, arena_printf(request->arena, "%s/%s", partition, offset));
    look_run(request, &arguments, answer_one, NULL, NULL);
}

static void
answer_history(struct look *look)
{
    look_answer_list(look, "history");
}

void
call_redrive_history(struct request *request)
{
    struct arguments arguments;
    struct form form;
    const char *about, *limit;

    form_begin_query(&form, request);
    begin(&arguments, request, "dead-letters", "history");
    add_given(&arguments, "service", form_text(&form, "service", false, fits_service));
    add_given(&arguments, "since", form_text(&form, "since", false, fits_time));
    limit = form_number(&form, "limit", 1, HISTORY_MAX);
    arguments_option(&arguments, "limit", limit != NULL ? limit : "50");
    about = form_text(&form, "about", false, fits_id);
    if (about != NULL)
        arguments_word(&arguments, about);
    if (form_end(&form))
        look_run(request, &arguments, answer_history, NULL, NULL);
}

/* ---- parked ------------------------------------------------------------------------------------- */

static void
answer_parked(struct look *look)
{
    look_answer_list(look, "events");
}

void
call_show_parked(struct request *request)
{
    const char *service = request->match.params[0], *key = request->match.params[1];
    struct arguments arguments;

    if (!fits_service(service, strlen(service)) || !fits_id(key, strlen(key))) {
        refuse_path(request);
        return;
    }
    begin(&arguments, request, "dead-letters", "preview");
    arguments_option(&arguments, "service", service);
    arguments_word(&arguments, key);
    look_run(request, &arguments, answer_parked, "nothing_parked", NULL);
}

/* ---- an order ----------------------------------------------------------------------------------- */

static void
answer_events(struct look *look)
{
    look_answer_list(look, "events");
}

static void
run_for_order(struct request *request, const char *command, void (*answer)(struct look *look))
{
    const char *order_id = request->match.params[0];
    struct arguments arguments;
    struct uuid id;

    if (!uuid_parse(order_id, strlen(order_id), &id)) {
        request_refuse_with(request, PROBLEM_ORDER_NOT_FOUND, "%s", "No order has this id");
        return;
    }
    begin(&arguments, request, command, NULL);
    arguments_word(&arguments, order_id);
    look_run(request, &arguments, answer, NULL, NULL);
}

void
call_trace_order(struct request *request)
{
    run_for_order(request, "trace", answer_events);
}

void
call_order_waits(struct request *request)
{
    run_for_order(request, "waits", answer_one);
}

/* ---- topics ------------------------------------------------------------------------------------- */

static void
answer_topics(struct look *look)
{
    look_answer_list(look, "topics");
}

void
call_list_topics(struct request *request)
{
    struct arguments arguments;

    begin(&arguments, request, "topics", "list");
    look_run(request, &arguments, answer_topics, NULL, NULL);
}

/* ---- actions ------------------------------------------------------------------------------------ */

struct page {
    int64_t limit;
};

/* One more than is shown was asked for: then there is a next page, behind the last that is shown. */
static void
answer_actions(struct look *look)
{
    const struct page *page = look->context;
    struct json_writer json;

    json_writer_init(&json, look->request->arena, (uint32_t)look->lines.length + 64);
    if (look_put_page(look, "actions", page->limit, &json))
        request_answer_json(look->request, MHD_HTTP_OK, &json);
    else
        request_refuse_with(look->request, PROBLEM_SERVER_UNAVAILABLE, "More than can be shown");
}

void
call_list_actions(struct request *request)
{
    struct page *page = arena_take(request->arena, sizeof *page);
    struct arguments arguments;
    struct form form;

    form_begin_query(&form, request);
    begin(&arguments, request, "actions", NULL);
    page->limit = form_integer(&form, "limit", 1, ACTIONS_MAX);
    page->limit = page->limit < 0 ? LIST_DEFAULT : page->limit;
    arguments_option(&arguments, "limit",
                     arena_printf(request->arena, "%lld", (long long)page->limit + 1));
    add_given(&arguments, "before", form_number(&form, "after", 1, INT64_MAX));
    add_given(&arguments, "target", form_text(&form, "target", false, fits_id));
    if (form_end(&form))
        look_run(request, &arguments, answer_actions, NULL, page);
}

/* ---- cancel ------------------------------------------------------------------------------------- */

static void
answer_cancel(struct look *look)
{
    look_answer_object(look, MHD_HTTP_ACCEPTED);
}

/* It waits for the broker and not for the order's rest: whoever asked follows the order's events. */
void
call_cancel_as_operator(struct request *request)
{
    const char *order_id = request->match.params[0];
    struct arguments arguments;
    struct uuid id;
    struct form form;

    if (!form_begin(&form, request, &BODY_OPERATOR_CANCEL))
        return;
    begin(&arguments, request, "cancel", NULL);
    arguments_add(&arguments, "--no-wait");
    add_given(&arguments, "reason", form_reason(&form, true));
    add_given(&arguments, "by", form_by(&form, true));
    add_given(&arguments, "customer", form_text(&form, "customer_id", false, fits_id));
    if (!form_end(&form))
        return;
    if (!uuid_parse(order_id, strlen(order_id), &id)) {
        request_refuse_with(request, PROBLEM_ORDER_NOT_FOUND,
                            "An order's id is a UUID in lower case");
        return;
    }
    arguments_word(&arguments, order_id);
    look_run(request, &arguments, answer_cancel, NULL, NULL);
}
