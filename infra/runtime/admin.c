/* admin.c — the listening socket, the two answers, start and stop.  Contract: admin.h */
#include "runtime/admin.h"
#include "base/config.h"
#include "base/escape.h"
#include "base/logger.h"
#include "base/metrics.h"
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LISTEN_BACKLOG 32

struct admin {
    struct MHD_Daemon *server;
    health_check check;
    void *context;
    uint16_t port;
};

/* ---- answers -------------------------------------------------------------------------------- */

static enum MHD_Result
answer(struct MHD_Connection *connection, unsigned status, const char *type, char *body,
       enum MHD_ResponseMemoryMode mode)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(strlen(body), body, mode);
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result
answer_metrics(struct MHD_Connection *connection)
{
    char *body = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&body, &bytes);
    if (!out)
        return MHD_NO;
    metrics_write(out);
    fclose(out);
    return answer(connection, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", body,
                  MHD_RESPMEM_MUST_FREE);
}

static enum MHD_Result
answer_health(struct MHD_Connection *connection, const struct admin *admin)
{
    struct health health = { .healthy = true };
    char reason[6 * sizeof health.reason], body[sizeof reason + 64];
    if (admin->check)
        admin->check(admin->context, &health);
    escape_json(health.reason, strlen(health.reason), reason, sizeof reason, NULL);
    snprintf(body, sizeof body, "{\"status\":\"%s\",\"reason\":\"%s\"}\n",
             health.healthy ? "ok" : "failing", reason);
    return answer(connection, health.healthy ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE,
                  "application/json", body, MHD_RESPMEM_MUST_COPY);
}

static enum MHD_Result
on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
           const char *version, const char *upload, size_t *upload_bytes, void **request)
{
    static char not_found[] = "not here: /metrics, /healthz\n", not_allowed[] = "only GET\n";
    (void)version, (void)upload, (void)upload_bytes, (void)request;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain", not_allowed,
                      MHD_RESPMEM_PERSISTENT);
    if (strcmp(url, "/metrics") == 0)
        return answer_metrics(connection);
    if (strcmp(url, "/healthz") == 0)
        return answer_health(connection, context);
    return answer(connection, MHD_HTTP_NOT_FOUND, "text/plain", not_found, MHD_RESPMEM_PERSISTENT);
}

/* ---- start and stop ------------------------------------------------------------------------- */

static int
bound_socket(const struct addrinfo *at)
{
    int on = 1, fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, LISTEN_BACKLOG) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static bool
listen_on(const char *address, int *fd, struct error *err)
{
    char host[256], service[8];
    uint16_t port;
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE }, *found = NULL;
    if (!config_split_address(address, host, sizeof host, &port))
        return error_set(err, ERROR_REFUSED, "JUMUN_METRICS=%s is not host:port", address);
    snprintf(service, sizeof service, "%u", port);
    int status = getaddrinfo(host, service, &hints, &found);
    if (status != 0)
        return error_set(err, ERROR_REFUSED, "JUMUN_METRICS=%s: %s", address, gai_strerror(status));
    *fd = bound_socket(found);
    int why = errno;
    freeaddrinfo(found);
    if (*fd < 0)
        return error_set(err, ERROR_REFUSED,
                         "cannot serve metrics on %s: %s; set JUMUN_METRICS to another address",
                         address, strerror(why));
    return true;
}

static uint16_t
port_of(int fd)
{
    struct sockaddr_storage name;
    socklen_t bytes = sizeof name;
    char service[8] = "0";
    if (getsockname(fd, (struct sockaddr *)&name, &bytes) == 0)
        getnameinfo((struct sockaddr *)&name, bytes, NULL, 0, service, sizeof service,
                    NI_NUMERICSERV);
    return (uint16_t)strtoul(service, NULL, 10);
}

bool
admin_start(const char *address, health_check check, void *context, struct admin **out,
            struct error *err)
{
    int fd = -1;
    TRY(listen_on(address, &fd, err));
    struct admin *admin = memory_new(sizeof *admin);
    *admin = (struct admin){ .check = check, .context = context, .port = port_of(fd) };
    admin->server = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL, 0, NULL, NULL, on_request, admin,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)ADMIN_CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)ADMIN_IDLE_S, MHD_OPTION_END);
    if (!admin->server) {
        close(fd);
        memory_free(admin);
        return error_set(err, ERROR_REFUSED, "cannot start the metrics server on %s", address);
    }
    *out = admin;
    log_info("metrics and health", F_STR("address", address), F_INT("port", admin->port));
    return true;
}

uint16_t
admin_port(const struct admin *admin)
{
    return admin->port;
}

void
admin_stop(struct admin *admin)
{
    if (!admin)
        return;
    MHD_stop_daemon(admin->server); /* closes the socket too */
    memory_free(admin);
}
