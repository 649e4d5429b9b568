/* news.h — what a commit tells at once those who wait for it, by PostgreSQL's NOTIFY.
 *
 * Shapes     a payload is lines of text:
 *              <key> moving                          a row that this commit changed
 *              <key> rest                            the same, and nothing more is on its way to it
 *              <event> <partition> <next_offset>     how far a topic has been read
 *            Offsets come last: who sees one has seen the rows of the records before it.
 * Why        whoever waits need not ask again and again, nor read the topics a second time.
 * Lost       news are a hint: a listener that was away hears nothing of what it missed and looks by itself.
 *            While half of the server's queue is full (a listener that has stood still for hours) none are told,
 *            so that no listener can stop a service.
 * Limits     NEWS_BYTES_MAX bytes in a payload (PostgreSQL takes 7,999); NEWS_PAYLOADS_MAX in one commit: what is
 *            beyond is not told.
 * Threads    none. */
#pragma once
#include "events.h"
#include "runtime/seams.h"

#define NEWS_BYTES_MAX    7900
#define NEWS_PAYLOADS_MAX 32

struct news_payloads {
    const char *at[NEWS_PAYLOADS_MAX];
    uint32_t count;
};

void news_write(const struct service *service, const struct store_commit *commit,
                struct arena *arena, struct news_payloads *out);

enum news_kind { NEWS_NONE, NEWS_ROW, NEWS_POSITION };

struct news_line {
    enum news_kind kind;
    char key[65];
    bool is_at_rest;
    enum event_type type;
    int32_t partition;
    int64_t next_offset;
};

/* The line at *at, which moves behind it; NEWS_NONE at the end.  What cannot be read is passed over: a newer
 * service may tell more. */
struct news_line news_next(const char **at);
