/* server.h — the HTTP library, behind four callbacks, driven by the bridge's own loop.
 *
 * Flow     request line → request_new; headers → policy, router; body → kept, or thrown away when refused;
 *          end of body → the refusal, or the handler.
 * Modes    external epoll: no thread of the library's own, none per connection.
 * Errors   server_listen: ERROR_REFUSED with one line that names the address.
 * Threads  the loop's.
 * Source   libmicrohttpd 0.9.75 and its traps: architecture.md section 5. */
#pragma once
#include "bridge/bridge.h"

/* Binds and listens; loopback only, since there is no authentication. */
bool server_listen(struct bridge *bridge, int *out_socket, struct error *err) MUST_USE;
bool server_start(struct bridge *bridge, int listening, struct error *err) MUST_USE;
/* The descriptor that is readable when server_run has something to do. */
int server_fd(struct bridge *bridge);
/* Milliseconds until server_run wants to be called anyway; −1: not at all. */
int server_next_ms(struct bridge *bridge);
void server_run(struct bridge *bridge);
/* No new connections from now on. */
void server_quiesce(struct bridge *bridge);
void server_stop(struct bridge *bridge);
