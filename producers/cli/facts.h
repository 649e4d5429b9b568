/* facts.h — publishing events from the command line, and waiting until they have taken effect.
 *
 * Shapes   fact: one event, checked, with its bytes and its identity.  facts: a growing list.
 * Identity ce_id = UUIDv5(key, type, what makes it one, the body), so that the same command, given the
 *          same ids, is a repeat.  A listing or a coupon without a revision has no such id: it is as new
 *          as its time, so it gets a UUIDv7.
 * Errors   ERROR_REFUSED: the body is not what the schema wants (pointer and code are named), or the
 *          broker refused it.  ERROR_RETRY: no answer within FACTS_ANSWER_S.
 * Threads  none.
 * Source   contract.md section 2 (headers), section 4. */
#pragma once
#include "cli/cli.h"

#define FACTS_ANSWER_S 10
#define FACTS_WAIT_S   30

struct fact {
    enum event_type type;
    const char *key;
    const char *value; /* JSON, in the arena */
    uint32_t value_bytes;
    struct uuid ce_id;
    int32_t to_partition; /* −1: by key */
    int32_t partition;    /* where it lies, once published */
    int64_t offset;
};

struct facts {
    struct fact *items;
    uint32_t count, capacity;
};

/* Decodes what was built; `which`: its own id, or its revision as text, or NULL. */
bool fact_make(struct cli *cli, enum event_type type, const char *json, size_t bytes,
               const char *which, struct fact *out, struct error *err) MUST_USE;
struct fact *facts_add(struct cli *cli, struct facts *facts, const struct fact *fact);
/* Sends all; returns when each has been acknowledged. */
bool facts_publish(struct cli *cli, struct facts *facts, struct error *err) MUST_USE;
/* Returns when every service that consumes them is past them. */
bool facts_await(struct cli *cli, const struct facts *facts, int64_t wait_s,
                 struct error *err) MUST_USE;
/* Prints one line each. */
void facts_tell(struct cli *cli, const struct facts *facts, bool awaited);
