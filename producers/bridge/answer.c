/* answer.c — how a request is answered: one door, with the headers every answer has. */
#include "bridge/connections.h"
#include "bridge/metering.h"
#include "bridge/request.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define RETRY_AFTER_S "1"

/* A page may load and ask what comes from here, and nothing else; nothing inline. */
#define PAGE_POLICY                                                                                \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "              \
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; "                  \
    "form-action 'none'; frame-ancestors 'none'"

static void
add_page_headers(struct MHD_Response *response)
{
    MHD_add_response_header(response, "Cache-Control", "no-cache");
    MHD_add_response_header(response, "Content-Security-Policy", PAGE_POLICY);
    MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    MHD_add_response_header(response, "Cross-Origin-Opener-Policy", "same-origin");
}

static void
add_api_headers(struct MHD_Response *response)
{
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "Content-Security-Policy",
                            "default-src 'none'; frame-ancestors 'none'");
}

static void
add_common_headers(struct request *request, struct MHD_Response *response)
{
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
    if (request->shows_page)
        add_page_headers(response);
    else
        add_api_headers(response);
    for (uint32_t i = 0; i < request->answer_header_count; i++)
        MHD_add_response_header(response, request->answer_headers[i].name,
                                request->answer_headers[i].value);
    if (request->closes || request->bridge->stopping_at_us != 0)
        MHD_add_response_header(response, "Connection", "close");
}

/* The answer may be queued while the connection sleeps; waking it sends it. */
static void
give(struct request *request, unsigned status, struct MHD_Response *response)
{
    assert(!request->answered);
    request->answered = true;
    request->deadline_us = request->timer_us = 0;
    metering_answered(request, status);
    if (request->connection != NULL) {
        add_common_headers(request, response);
        connections_sending(request->connection);
        MHD_queue_response(request->connection, status, response);
        if (request->sleeping)
            MHD_resume_connection(request->connection);
        request->sleeping = false;
    }
    MHD_destroy_response(response);
}

void
request_add_header(struct request *request, const char *name, const char *value)
{
    assert(request->answer_header_count < REQUEST_HEADERS_MAX);
    request->answer_headers[request->answer_header_count++] = (struct answer_header){ name, value };
}

void
request_answer(struct request *request, unsigned status, const char *media_type, const char *bytes,
               size_t length)
{
    /* PERSISTENT: the bytes are constant or lie in the request's arena, which outlives the sending. */
    struct MHD_Response *response =
        MHD_create_response_from_buffer(length, (void *)(uintptr_t)bytes, MHD_RESPMEM_PERSISTENT);

    MHD_add_response_header(response, "Content-Type", media_type);
    give(request, status, response);
}

void
request_answer_json(struct request *request, unsigned status, const struct json_writer *json)
{
    request_answer(request, status, "application/json", json->bytes, json->length);
}

void
request_answer_empty(struct request *request, unsigned status)
{
    give(request, status,
         MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT));
}

void
request_answer_stream(struct request *request, struct MHD_Response *response)
{
    give(request, MHD_HTTP_OK, response);
}

void
request_refuse(struct request *request, const struct problem *problem)
{
    unsigned status = problem_infos[problem->code].status;
    struct json_writer json;

    json_writer_init(&json, request->arena, 512);
    problem_write(&json, problem);
    if (status == 429 || status == 503)
        request_add_header(request, "Retry-After", RETRY_AFTER_S);
    metering_refused(problem->code);
    request_answer(request, status, "application/problem+json", json.bytes, json.length);
}

void
request_refuse_with(struct request *request, enum problem_code code, const char *format, ...)
{
    struct problem problem = { .code = code };
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(problem.detail, sizeof problem.detail, format, arguments);
    va_end(arguments);
    request_refuse(request, &problem);
}
