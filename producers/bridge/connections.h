/* connections.h — absolute deadlines for connections, because the HTTP library only counts inactivity.
 *
 * Shapes   one entry per open connection: its socket, what it is at, and since when.
 * Phases   RECEIVING (also idle between requests) → HANDLING → SENDING → RECEIVING.  A byte a second
 *          does not prolong RECEIVING; a reader that never reads ends SENDING.  STREAMING is left to stream.c.
 * Limits   RECEIVE_US_MAX, SEND_US_MAX; CONNECTIONS_MAX entries.
 * Closing  shutdown(2) of the socket: the library notices and closes; the descriptor is never closed here.
 * Threads  the loop's. */
#pragma once
#include "bridge/bridge.h"

#define RECEIVE_US_MAX (20 * INT64_C(1000000))
#define SEND_US_MAX    (30 * INT64_C(1000000))

struct connections *connections_new(void);
void connections_free(struct connections *connections);
/* MHD_NotifyConnectionCallback */
void connections_notify(void *context, struct MHD_Connection *connection, void **socket_context,
                        enum MHD_ConnectionNotificationCode code);
void connections_receiving(struct MHD_Connection *connection);
void connections_handling(struct MHD_Connection *connection);
void connections_sending(struct MHD_Connection *connection);
void connections_streaming(struct MHD_Connection *connection);
/* Ends one connection now. */
void connections_cut(struct MHD_Connection *connection);
/* The other side has closed, or the connection is broken; for one that sleeps, which the library does not watch. */
bool connections_is_gone(struct MHD_Connection *connection);
/* Cuts all that are over their deadline. */
void connections_check(struct connections *connections, int64_t now_us);
uint32_t connections_count(const struct connections *connections);
