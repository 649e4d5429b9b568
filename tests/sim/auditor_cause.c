/* auditor_cause.c — because of what something was decided.  Contract: auditor_private.h */
#include "sim/auditor_private.h"
#include <string.h>

#define TIMER "$timer"

/* "topic/partition/offset"; NULL for a timer's. */
struct audited_record *
record_of_cause(struct auditor *auditor, struct text cause)
{
    struct text topic = { cause.at, 0 };

    while (topic.bytes < cause.bytes && topic.at[topic.bytes] != '/')
        topic.bytes++;
    if (topic.bytes == cause.bytes)
        return NULL;
    struct text rest = { topic.at + topic.bytes + 1, cause.bytes - topic.bytes - 1 };
    int64_t partition = text_number(rest);
    while (rest.bytes > 0 && *rest.at != '/')
        rest = (struct text){ rest.at + 1, rest.bytes - 1 };
    if (rest.bytes < 2)
        return NULL;
    rest = (struct text){ rest.at + 1, rest.bytes - 1 };
    return record_at(auditor, topic, partition, text_number(rest));
}

static bool
is_number(const char *at, const char *end)
{
    const char *digit = at;

    while (digit < end && *digit >= '0' && *digit <= '9')
        digit++;
    return digit > at && digit == end;
}

/* A deadline is no record: "$timer/partition/number". */
static bool
is_deadline(struct text cause)
{
    const char *at = cause.at, *end = cause.at + cause.bytes;
    size_t head = sizeof TIMER "/" - 1;

    if (cause.bytes < head || memcmp(at, TIMER "/", head) != 0)
        return false;
    const char *slash = memchr(at + head, '/', cause.bytes - head);
    return slash && is_number(at + head, slash) && is_number(slash + 1, end);
}

void
check_cause(const struct decision *decision)
{
    struct text cause = decision->frame.cause;

    if (!record_of_cause(decision->auditor, cause) && !is_deadline(cause))
        FAIL(decision, "P2", "%s decided a %.*s because of %.*s, which nobody knows",
             decision->service, (int)decision->frame.topic.bytes, decision->frame.topic.at,
             (int)cause.bytes, cause.at);
}
