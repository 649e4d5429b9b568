/* connections.c — a list, walked a few times a second. */
#include "bridge/connections.h"
#include "base/instant.h"
#include "bridge/metering.h"
#include <errno.h>
#include <sys/socket.h>

enum phase { RECEIVING, HANDLING, SENDING, STREAMING };

struct entry {
    struct entry *previous, *next;
    int socket;
    enum phase phase;
    int64_t since_us;
};

struct connections {
    struct entry *first;
    uint32_t count;
};

struct connections *
connections_new(void)
{
    return memory_new(sizeof(struct connections));
}

void
connections_free(struct connections *connections)
{
    memory_free(connections);
}

static struct entry *
opened(struct connections *connections, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct entry *entry = memory_new(sizeof *entry);

    entry->socket = info != NULL ? info->connect_fd : -1;
    entry->since_us = monotonic_now_us();
    entry->next = connections->first;
    if (entry->next != NULL)
        entry->next->previous = entry;
    connections->first = entry;
    connections->count++;
    return entry;
}

static void
closed(struct connections *connections, struct entry *entry)
{
    if (entry->next != NULL)
        entry->next->previous = entry->previous;
    if (entry->previous != NULL)
        entry->previous->next = entry->next;
    else
        connections->first = entry->next;
    connections->count--;
    memory_free(entry);
}

void
connections_notify(void *context, struct MHD_Connection *connection, void **socket_context,
                   enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *socket_context = opened(context, connection);
    } else if (*socket_context != NULL) {
        closed(context, *socket_context);
        *socket_context = NULL;
    }
}

static void
enter(struct MHD_Connection *connection, enum phase phase)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct entry *entry = info != NULL ? info->socket_context : NULL;

    if (entry == NULL)
        return;
    entry->phase = phase;
    entry->since_us = monotonic_now_us();
}

void
connections_receiving(struct MHD_Connection *connection)
{
    enter(connection, RECEIVING);
}

void
connections_handling(struct MHD_Connection *connection)
{
    enter(connection, HANDLING);
}

void
connections_sending(struct MHD_Connection *connection)
{
    enter(connection, SENDING);
}

void
connections_streaming(struct MHD_Connection *connection)
{
    enter(connection, STREAMING);
}

static int
socket_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    return info != NULL ? info->connect_fd : -1;
}

void
connections_cut(struct MHD_Connection *connection)
{
    shutdown(socket_of(connection), SHUT_RDWR);
}

bool
connections_is_gone(struct MHD_Connection *connection)
{
    char byte;
    ssize_t count = recv(socket_of(connection), &byte, 1, MSG_PEEK | MSG_DONTWAIT);

    return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
}

static bool
is_overdue(const struct entry *entry, int64_t now_us)
{
    int64_t age_us = now_us - entry->since_us;

    return (entry->phase == RECEIVING && age_us > RECEIVE_US_MAX) ||
           (entry->phase == SENDING && age_us > SEND_US_MAX);
}

void
connections_check(struct connections *connections, int64_t now_us)
{
    for (struct entry *entry = connections->first; entry != NULL; entry = entry->next) {
        if (!is_overdue(entry, now_us))
            continue;
        shutdown(entry->socket, SHUT_RDWR);
        metering_cut();
    }
}

uint32_t
connections_count(const struct connections *connections)
{
    return connections->count;
}
