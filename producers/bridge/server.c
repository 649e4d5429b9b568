/* server.c — from the library's callbacks to a request that is refused or handled. */
#include "bridge/server.h"
#include "base/logger.h"
#include "bridge/calls.h"
#include "bridge/connections.h"
#include "bridge/lookup.h"
#include "bridge/request.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define POOL_BYTES                                                                                 \
    (32 * 1024)   /* per connection: headers above this are answered 431 by the library */
#define IDLE_S 15 /* without a byte; connections.c bounds the rest */

/* ---- headers --------------------------------------------------------------------------------- */

static enum MHD_Result
add_header(void *context, enum MHD_ValueKind kind, const char *name, size_t name_bytes,
           const char *value, size_t value_bytes)
{
    struct request *request = context;

    (void)kind;
    headers_add(&request->headers, request->arena, name, name_bytes, value, value_bytes);
    return MHD_YES;
}

static bool
note_refusal(struct request *request, struct problem problem)
{
    request->refusal = arena_copy(request->arena, &problem, sizeof problem);
    return false;
}

static bool
is_known(const char *const *names, const char *name)
{
    while (names != NULL && *names != NULL && strcmp(*names, name) != 0)
        names++;
    return names != NULL && *names != NULL;
}

static bool
knows_query(struct request *request)
{
    struct target *target = &request->target;
    struct problem problem =
        problem_make(PROBLEM_INVALID_REQUEST, "This call does not know a query parameter");

    if (!target_parse_query(request->arena, request->raw_target, target))
        return note_refusal(request,
                            problem_make(PROBLEM_INVALID_REQUEST, "The query cannot be read"));
    for (uint32_t i = 0; i < target->query_count; i++) {
        const char *pointer = arena_printf(request->arena, "?%s", target->names[i]);

        if (!is_known(request->match.endpoint->query, target->names[i]))
            problem_add_field(&problem, pointer, "unknown_parameter");
        else if (target_query(target, target->names[i]) != target->values[i])
            problem_add_field(&problem, pointer, "repeated");
    }
    return problem.field_count == 0 || note_refusal(request, problem);
}

static enum router_result
find_endpoint(struct request *request)
{
    const struct target *target = &request->target;
    enum router_result found;

    if (!target_parse_path(request->arena, request->raw_target, &request->target))
        return ROUTER_NO_PATH;
    found = router_find(ENDPOINTS, ENDPOINT_COUNT, request->method, target, &request->match);
    if (found == ROUTER_NO_PATH)
        found = router_find(PAGES, PAGE_COUNT, request->method, target, &request->match);
    return found;
}

static bool
check_endpoint(struct request *request, enum router_result found)
{
    switch (found) {
    case ROUTER_FOUND:
        return (request->match.endpoint->traits & IS_PAGE) != 0 || knows_query(request);
    case ROUTER_OPTIONS:
        request_add_header(request, "Allow", request->match.allow);
        return true;
    case ROUTER_NO_METHOD:
        request_add_header(request, "Allow", request->match.allow);
        return note_refusal(
            request, problem_make(PROBLEM_METHOD_NOT_ALLOWED, "Allowed: %s", request->match.allow));
    case ROUTER_NO_PATH:
        break;
    }
    return note_refusal(request,
                        problem_make(PROBLEM_NOT_FOUND, "The path is not one of this API"));
}

static bool
check(struct request *request, uint64_t *body_bytes)
{
    enum router_result found = find_endpoint(request);
    const struct endpoint *endpoint = request->match.endpoint;
    bool is_page = endpoint != NULL && (endpoint->traits & IS_PAGE) != 0;
    struct problem problem;

    if (!policy_check_headers(&request->bridge->policy, &request->headers, is_page, body_bytes,
                              &problem))
        return note_refusal(request, problem);
    TRY(check_endpoint(request, found));
    if (endpoint != NULL && endpoint->produces != NULL &&
        !header_accepts(request->headers.value[HEADER_ACCEPT], endpoint->produces))
        return note_refusal(request, problem_make(PROBLEM_NOT_ACCEPTABLE, "This call answers in %s",
                                                  endpoint->produces));
    if (!policy_check_body(&request->headers, endpoint != NULL ? endpoint->body_rule : BODY_NONE,
                           *body_bytes, &problem))
        return note_refusal(request, problem);
    return true;
}

/* Whether the end of the body cannot be relied on, or is not worth waiting for. */
static bool
must_close(const struct request *request, uint64_t body_bytes)
{
    const struct headers *headers = &request->headers;

    return headers->lines[HEADER_TRANSFER_ENCODING] > 0 ||
           headers->lines[HEADER_CONTENT_LENGTH] > 1 ||
           (headers->lines[HEADER_EXPECT] > 0 && body_bytes > 0) ||
           body_bytes > BODY_DRAIN_BYTES_MAX;
}

static void
begin(struct request *request, const char *method)
{
    uint64_t body_bytes = 0;

    request->begun = true;
    request->method = arena_text(request->arena, method, strlen(method));
    MHD_get_connection_values_n(request->connection, MHD_HEADER_KIND, add_header, request);
    if (check(request, &body_bytes)) {
        request->body_expected = (uint32_t)body_bytes;
        request->body = arena_take_raw(request->arena, body_bytes + 1);
    } else if (must_close(request, body_bytes)) {
        request->closes = true;
        request_refuse(request, request->refusal);
    }
}

/* ---- body and end ---------------------------------------------------------------------------- */

static void
take_body(struct request *request, const char *bytes, size_t count)
{
    size_t room = request->body_expected - request->body_bytes;

    if (request->refusal != NULL || request->body == NULL)
        return; /* read, so that the answer arrives; and forgotten */
    if (count > room)
        count = room;
    memcpy(request->body + request->body_bytes, bytes, count);
    request->body_bytes += (uint32_t)count;
}

static void
handle(struct request *request)
{
    const struct endpoint *endpoint = request->match.endpoint;

    connections_handling(request->connection);
    if (request->refusal != NULL)
        request_refuse(request, request->refusal);
    else if (endpoint == NULL)
        request_answer_empty(request, MHD_HTTP_NO_CONTENT); /* OPTIONS */
    else if ((endpoint->traits & NEEDS_READ_MODEL) != 0 &&
             !readmodel_is_up(request->bridge->readmodel))
        refuse_read_model(request);
    else
        endpoint->handle(request);
    if (!request->answered)
        request_sleep(request);
}

static enum MHD_Result
on_access(void *context, struct MHD_Connection *connection, const char *url, const char *method,
          const char *version, const char *upload_data, size_t *upload_bytes,
          void **request_context)
{
    struct request *request = *request_context;

    (void)context;
    (void)connection;
    (void)url;
    (void)version;
    if (request == NULL)
        return MHD_NO;
    if (!request->begun) {
        begin(request, method);
        return MHD_YES;
    }
    if (*upload_bytes > 0) {
        take_body(request, upload_data, *upload_bytes);
        *upload_bytes = 0;
    } else if (!request->answered) {
        handle(request);
    }
    return MHD_YES;
}

static void *
on_request_line(void *context, const char *target, struct MHD_Connection *connection)
{
    return request_new(context, connection, target != NULL ? target : "");
}

static void
on_completed(void *context, struct MHD_Connection *connection, void **request_context,
             enum MHD_RequestTerminationCode code)
{
    struct request *request = *request_context;

    (void)context;
    (void)code;
    connections_receiving(connection);
    if (request != NULL)
        request_end(request);
    *request_context = NULL;
}

/* Targets are taken apart and decoded by target.c, from the raw request line. */
static size_t
keep_escaped(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

static void __attribute__((format(printf, 2, 0)))
on_library_message(void *context, const char *format, va_list arguments)
{
    char message[256];

    (void)context;
    vsnprintf(message, sizeof message, format, arguments);
    message[strcspn(message, "\n")] = 0;
    log_debug("libmicrohttpd", F_STR("message", message));
}

/* ---- life ------------------------------------------------------------------------------------ */

bool
server_start(struct bridge *bridge, int listening, struct error *err)
{
    bridge->connections = connections_new();
    bridge->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
        on_access, bridge, MHD_OPTION_EXTERNAL_LOGGER, on_library_message, NULL,
        MHD_OPTION_LISTEN_SOCKET, listening, MHD_OPTION_URI_LOG_CALLBACK, on_request_line, bridge,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escaped, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
        bridge, MHD_OPTION_NOTIFY_CONNECTION, connections_notify, bridge->connections,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)POOL_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (bridge->daemon != NULL)
        return true;
    close(listening);
    return error_set(err, ERROR_FATAL, "the HTTP library did not start");
}

int
server_fd(struct bridge *bridge)
{
    return MHD_get_daemon_info(bridge->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

int
server_next_ms(struct bridge *bridge)
{
    MHD_UNSIGNED_LONG_LONG ms;

    if (MHD_get_timeout(bridge->daemon, &ms) != MHD_YES)
        return -1;
    return ms > 1000 ? 1000 : (int)ms;
}

void
server_run(struct bridge *bridge)
{
    MHD_run(bridge->daemon);
}

void
server_quiesce(struct bridge *bridge)
{
    MHD_socket listening = MHD_quiesce_daemon(bridge->daemon);

    if (listening != MHD_INVALID_SOCKET)
        close(listening);
}

void
server_stop(struct bridge *bridge)
{
    MHD_stop_daemon(bridge->daemon);
}
