/* problem.c — the table of refusals, and how one is written. */
#include "bridge/problem.h"
#include "base/escape.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct problem_info problem_infos[PROBLEM_CODE_COUNT] = {
#define X(name, text, http_status, sentence)                                                       \
    [PROBLEM_##name] = { .code = #text, .status = http_status, .title = sentence },
    PROBLEM_CODES(X)
#undef X
};

struct problem
problem_make(enum problem_code code, const char *format, ...)
{
    struct problem problem = { .code = code };
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(problem.detail, sizeof problem.detail, format, arguments);
    va_end(arguments);
    return problem;
}

/* The longest prefix of whole characters that fits; what is not UTF-8 ends it. */
static size_t
whole_characters(const char *text, size_t room)
{
    size_t bytes = strlen(text), used = 0;

    for (size_t step; used < bytes && (step = utf8_length(text + used, bytes - used)) > 0;
         used += step)
        if (used + step > room)
            break;
    return used;
}

void
problem_add_field(struct problem *problem, const char *pointer, const char *code)
{
    struct problem_field *field;

    if (problem->field_count == PROBLEM_ERRORS_MAX)
        return;
    field = &problem->fields[problem->field_count++];
    field->code = code;
    memcpy(field->pointer, pointer, whole_characters(pointer, sizeof field->pointer - 1));
}

static void
write_fields(struct json_writer *out, const struct problem *problem)
{
    json_name(out, "errors");
    json_begin_array(out);
    for (uint32_t i = 0; i < problem->field_count; i++) {
        json_begin_object(out);
        json_name(out, "pointer");
        json_text(out, problem->fields[i].pointer);
        json_name(out, "code");
        json_text(out, problem->fields[i].code);
        json_end_object(out);
    }
    json_end_array(out);
}

void
problem_write(struct json_writer *out, const struct problem *problem)
{
    const struct problem_info *info = &problem_infos[problem->code];

    json_begin_object(out);
    json_name(out, "type");
    json_text(out, arena_printf(out->arena, "urn:jumun:problem:%s", info->code));
    json_name(out, "title");
    json_text(out, info->title);
    json_name(out, "status");
    json_integer(out, info->status);
    json_name(out, "code");
    json_text(out, info->code);
    json_name(out, "detail");
    json_text_bytes(out, problem->detail,
                    whole_characters(problem->detail, sizeof problem->detail));
    if (problem->field_count > 0)
        write_fields(out, problem);
    json_end_object(out);
}
