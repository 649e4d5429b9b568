/* form.c — reading fields, and the shapes they have.  Contract: form.h */
#include "bridge/form.h"
#include "base/escape.h"
#include "bridge/calls.h"
#include <stdlib.h>
#include <string.h>

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS  "0123456789"

/* ---- shapes ------------------------------------------------------------------------------------- */

static bool
is_of(const char *text, size_t bytes, const char *set, size_t least, size_t most)
{
    return bytes >= least && bytes <= most && strspn(text, set) == bytes;
}

bool
fits_id(const char *text, size_t bytes)
{
    return is_of(text, bytes, LETTERS DIGITS "._:-", 1, 64);
}

bool
fits_service(const char *text, size_t bytes)
{
    static const char *const services[] = { "stock",  "coupon",   "order",  "payment",
                                            "export", "timeline", "partner" };

    (void)bytes;
    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (strcmp(services[i], text) == 0)
            return true;
    return false;
}

bool
fits_services(const char *text, size_t bytes)
{
    return strcmp(text, "all") == 0 || fits_service(text, bytes);
}

bool
fits_topic(const char *text, size_t bytes)
{
    (void)bytes;
    return strcmp(text, "timer") == 0 || event_type_of(text) != EV_NONE;
}

bool
fits_sqlstate(const char *text, size_t bytes)
{
    return is_of(text, bytes, "ABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS, 2, 5);
}

bool
fits_event(const char *text, size_t bytes)
{
    size_t topic = strspn(text, LETTERS DIGITS "._$-");
    size_t partition = text[topic] == '/' ? strspn(text + topic + 1, DIGITS) : 0;
    size_t offset_at = topic + 1 + partition + 1;

    return bytes <= 120 && topic > 0 && partition > 0 && text[offset_at - 1] == '/' &&
           fits_digits(text + offset_at, bytes - offset_at);
}

bool
fits_time(const char *text, size_t bytes)
{
    return is_of(text, bytes, LETTERS DIGITS ":.+-", 2, 40) && text[0] != '-';
}

bool
fits_digits(const char *text, size_t bytes)
{
    return is_of(text, bytes, DIGITS, 1, 18);
}

static bool
fits_by(const char *text, size_t bytes)
{
    return text_is_line(text, bytes, FORM_BY_MAX);
}

static bool
fits_reason(const char *text, size_t bytes)
{
    return text_is_line(text, bytes, FORM_REASON_MAX);
}

/* ---- fields ------------------------------------------------------------------------------------- */

bool
form_begin(struct form *form, struct request *request, const struct body_schema *schema)
{
    *form = (struct form){ .request = request,
                           .problem = arena_take(request->arena, sizeof *form->problem) };
    if (!body_parse(request->arena, request->body, request->body_bytes, schema, &form->doc,
                    form->problem)) {
        request_refuse(request, form->problem);
        return false;
    }
    *form->problem = problem_make(PROBLEM_INVALID_REQUEST, "The body is not valid");
    return true;
}

void
form_begin_query(struct form *form, struct request *request)
{
    *form = (struct form){ .request = request,
                           .is_query = true,
                           .problem = arena_take(request->arena, sizeof *form->problem) };
    *form->problem = problem_make(PROBLEM_INVALID_REQUEST, "A query parameter is not valid");
}

void
form_wrong(struct form *form, const char *name, const char *code)
{
    problem_add_field(form->problem,
                      arena_printf(form->request->arena, "%s%s", form->is_query ? "?" : "/", name),
                      code);
}

bool
form_end(struct form *form)
{
    if (form->problem->field_count == 0)
        return true;
    request_refuse(form->request, form->problem);
    return false;
}

static const struct json_node *
member(const struct form *form, const char *name)
{
    uint32_t at = json_member(&form->doc, 0, name);

    return at != JSON_NONE ? &form->doc.nodes[at] : NULL;
}

/* As it came; *wrong: it is there, and no text. */
static const char *
raw_text(struct form *form, const char *name, bool *wrong)
{
    const struct json_node *node;

    *wrong = false;
    if (form->is_query)
        return target_query(&form->request->target, name);
    node = member(form, name);
    if (node == NULL)
        return NULL;
    *wrong = node->type != JSON_STRING || node->has_nul;
    return *wrong ? NULL : arena_text(form->request->arena, node->text, node->text_bytes);
}

const char *
form_text(struct form *form, const char *name, bool required, form_shape *fits)
{
    bool wrong;
    const char *text = raw_text(form, name, &wrong);

    if (wrong)
        form_wrong(form, name, "type");
    else if (text == NULL && required)
        form_wrong(form, name, "missing");
    else if (text != NULL && !fits(text, strlen(text)))
        form_wrong(form, name, "pattern");
    else
        return text;
    return NULL;
}

const char *
form_by(struct form *form, bool required)
{
    return form_text(form, "by", required, fits_by);
}

const char *
form_reason(struct form *form, bool required)
{
    return form_text(form, "reason", required, fits_reason);
}

bool
form_flag(struct form *form, const char *name)
{
    const struct json_node *node = member(form, name);

    if (node != NULL && node->type != JSON_TRUE && node->type != JSON_FALSE)
        form_wrong(form, name, "type");
    return node != NULL && node->type == JSON_TRUE;
}

int64_t
form_integer(struct form *form, const char *name, int64_t min, int64_t max)
{
    const struct json_node *node = form->is_query ? NULL : member(form, name);
    const char *text = form->is_query ? target_query(&form->request->target, name) : NULL;
    int64_t value = -1;

    if (node == NULL && text == NULL)
        return -1;
    if (node != NULL && node->type == JSON_INTEGER)
        value = node->integer;
    else if (text != NULL && fits_digits(text, strlen(text)))
        value = strtoll(text, NULL, 10);
    else {
        form_wrong(form, name, form->is_query ? "not_an_integer" : "type");
        return -1;
    }
    if (value >= min && value <= max)
        return value;
    form_wrong(form, name, "range");
    return -1;
}

const char *
form_number(struct form *form, const char *name, int64_t min, int64_t max)
{
    int64_t value = form_integer(form, name, min, max);

    return value < 0 ? NULL : arena_printf(form->request->arena, "%lld", (long long)value);
}

int
form_choice(struct form *form, const char *name, const char *const *names)
{
    bool wrong;
    const char *text = raw_text(form, name, &wrong);

    for (int i = 0; text != NULL && names[i] != NULL; i++)
        if (strcmp(names[i], text) == 0)
            return i;
    form_wrong(form, name, text == NULL && !wrong ? "missing" : "unknown_value");
    return -1;
}
