/* form.h — an operator's body or query, field by field: every wrong one is named, then all are refused at once.
 *
 * Use      form_begin, form_…, form_end; what is read is NULL, false or the fallback where it is missing or wrong.
 * Values   become arguments of a command (children.h): each is checked here against its shape before that.
 * Errors   each bool is false after the request was refused.
 * Threads  the loop's. */
#pragma once
#include "bridge/body.h"
#include "bridge/request.h"

#define FORM_BY_MAX     100
#define FORM_REASON_MAX 1000

struct form {
    struct request *request;
    struct json_doc doc; /* of a body */
    bool is_query;
    struct problem *problem;
};

typedef bool form_shape(const char *text, size_t bytes);

bool form_begin(struct form *form, struct request *request,
                const struct body_schema *schema) MUST_USE;
void form_begin_query(struct form *form, struct request *request);
/* NULL: not there, or not of that shape. */
const char *form_text(struct form *form, const char *name, bool required, form_shape *fits);
/* Who and why, as the command line takes them: one line each. */
const char *form_by(struct form *form, bool required);
const char *form_reason(struct form *form, bool required);
bool form_flag(struct form *form, const char *name);
/* −1: not there.  The same number as text for an argument: form_number. */
int64_t form_integer(struct form *form, const char *name, int64_t min, int64_t max);
const char *form_number(struct form *form, const char *name, int64_t min, int64_t max);
/* One of the names; −1: missing or none of them. */
int form_choice(struct form *form, const char *name, const char *const *names);
void form_wrong(struct form *form, const char *name, const char *code);
bool form_end(struct form *form) MUST_USE;

/* ---- shapes ------------------------------------------------------------------------------------- */

bool fits_id(const char *text, size_t bytes);       /* contract.md section 2: ids */
bool fits_service(const char *text, size_t bytes);  /* a service of jumun */
bool fits_services(const char *text, size_t bytes); /* the same, or all */
bool fits_topic(const char *text, size_t bytes);    /* an event's name, or timer */
bool fits_sqlstate(const char *text, size_t bytes); /* 23514, or its class 23 */
bool fits_event(const char *text, size_t bytes);    /* TOPIC/PARTITION/OFFSET */
bool fits_time(const char *text, size_t bytes);     /* 2026-11-22T09:00:00Z, 2h */
bool fits_digits(const char *text, size_t bytes);   /* at most 18 */
