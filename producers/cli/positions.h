/* positions.h — how far every service has come, as its own tables say.
 *
 * Shapes   services: one row per service, with a connection as jumun_operator that is opened on demand.
 *          positions: what was read of consumer_position of all services, in memory.
 *          goals: offsets that the consumers of a topic are waited for.
 * Errors   ERROR_RETRY: a service's database does not answer (named).  goals_await: ERROR_REFUSED when
 *          the time is over; it names the service and where it stands.
 * Threads  none.
 * Source   architecture.md section 3: consumer_position. */
#pragma once
#include "cli/cli.h"
#include "runtime/pg.h"

#define SERVICE_COUNT 7

struct service_info {
    const char *name;
    uint32_t party; /* bit of enum party */
};

extern const struct service_info services[SERVICE_COUNT]; /* in the order of the saga */

struct position {
    uint8_t service;       /* index in services */
    enum event_type topic; /* EV_NONE: a source of its own, like timers */
    int32_t partition;
    int64_t next_offset, published_next;
};

struct positions {
    struct position *items;
    uint32_t count, capacity;
};

/* The service's connection, as jumun_operator, search_path jumun_<service>.  One per run of a command. */
bool service_connect(struct cli *cli, uint32_t service, struct pg **out,
                     struct error *err) MUST_USE;
void services_close(void);
/* Index of a service's name, or −1. */
int service_index(const char *name);

bool positions_read(struct cli *cli, uint32_t service, struct positions *out,
                    struct error *err) MUST_USE;
const struct position *positions_find(const struct positions *positions, uint32_t service,
                                      enum event_type topic, int32_t partition);

struct goals {
    struct {
        enum event_type topic;
        int32_t partition;
        int64_t offset; /* reached when next_offset ≥ this */
    } * items;
    uint32_t count, capacity;
};

/* Keeps the highest offset per partition. */
void goals_add(struct cli *cli, struct goals *goals, enum event_type topic, int32_t partition,
               int64_t offset);
bool goals_await(struct cli *cli, const struct goals *goals, int64_t wait_s,
                 struct error *err) MUST_USE;
