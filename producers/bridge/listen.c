/* listen.c — the listening socket: made here and not by the library, so that what is wrong is said plainly. */
#include "bridge/server.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024

static bool
is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)address;

        return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
    }
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const void *)address;

        return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) != 0;
    }
    return false;
}

static bool
resolve(const char *address, struct addrinfo **out, struct error *err)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
                                    .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
    char host[256], service[8];
    uint16_t port;
    int code;

    if (!config_split_address(address, host, sizeof host, &port))
        return error_set(err, ERROR_REFUSED, "JUMUN_HTTP=%s: not host:port", address);
    snprintf(service, sizeof service, "%u", (unsigned)port);
    code = getaddrinfo(host, service, &hints, out);
    if (code != 0)
        return error_set(err, ERROR_REFUSED, "JUMUN_HTTP=%s: %s", address, gai_strerror(code));
    return true;
}

static uint16_t
port_of(int listening)
{
    struct sockaddr_storage bound;
    socklen_t bytes = sizeof bound;

    if (getsockname(listening, (struct sockaddr *)&bound, &bytes) != 0)
        return 0;
    return ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                             : ((struct sockaddr_in *)&bound)->sin_port);
}

static bool
bind_and_listen(const struct addrinfo *info, const char *address, int *out, struct error *err)
{
    const int on = 1;
    int listening = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (listening < 0)
        return error_set(err, ERROR_FATAL, "socket: %s", strerror(errno));
    setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listening, info->ai_addr, info->ai_addrlen) == 0 && listen(listening, BACKLOG) == 0) {
        *out = listening;
        return true;
    }
    if (errno == EADDRINUSE)
        error_set(err, ERROR_RETRY,
                  "JUMUN_HTTP=%s: the port is taken; stop who has it or choose another", address);
    else
        error_set(err, ERROR_RETRY, "JUMUN_HTTP=%s: %s", address, strerror(errno));
    close(listening);
    return false;
}

bool
server_listen(struct bridge *bridge, int *out_socket, struct error *err)
{
    const char *address = bridge->settings.http;
    struct addrinfo *info = NULL;
    bool ok;

    TRY(resolve(address, &info, err));
    if (is_loopback(info->ai_addr))
        ok = bind_and_listen(info, address, out_socket, err);
    else
        ok = error_set(
            err, ERROR_REFUSED,
            "JUMUN_HTTP=%s: authentication is off, so only a loopback address is served, such as "
            "127.0.0.1:8080",
            address);
    freeaddrinfo(info);
    if (ok)
        bridge->port = port_of(*out_socket);
    return ok;
}
