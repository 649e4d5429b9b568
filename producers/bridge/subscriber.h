/* subscriber.h — hears what each commit of the read model tells (news.h), so that who waits need not ask.
 *
 * Flow     one connection listens; what is told goes to the loop, which learns how far the read model has come
 *          (positions.h) and tells who watches an order (watch.h).
 * Away     while it cannot listen, positions are asked for often and who waits looks by itself, as on a server that
 *          cannot tell (a standby).  When it can again everybody looks once: what was told meanwhile is lost.
 * Limits   SUBSCRIBER_MAILS_MAX payloads not yet taken by the loop; beyond, all who watch look once.
 * Errors   subscriber_start: no thread.
 * Threads  one of its own; subscriber_is_listening from any. */
#pragma once
#include "bridge/bridge.h"

#define SUBSCRIBER_MAILS_MAX 1024

bool subscriber_start(struct bridge *bridge, struct error *err) MUST_USE;
void subscriber_stop(struct bridge *bridge);
bool subscriber_is_listening(const struct subscriber *subscriber);
