/* positions.c — connections, reading, waiting.  Contract: positions.h */
#include "cli/positions.h"
#include "base/instant.h"
#include "jumun_cli_sql.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

#define LOOK_AGAIN_MS 20
#define NO_SUCH_TABLE "42P01"

const struct service_info services[SERVICE_COUNT] = {
    { "stock", PARTY_STOCK },       { "coupon", PARTY_COUPON }, { "order", PARTY_ORDER },
    { "payment", PARTY_PAYMENT },   { "export", PARTY_EXPORT }, { "partner", PARTY_PARTNER },
    { "timeline", PARTY_TIMELINE },
};

static struct pg *connections[SERVICE_COUNT];

int
service_index(const char *name)
{
    for (int i = 0; i < SERVICE_COUNT; i++)
        if (strcmp(services[i].name, name) == 0)
            return i;
    return -1;
}

bool
service_connect(struct cli *cli, uint32_t service, struct pg **out, struct error *err)
{
    static char conninfo[SERVICE_COUNT][SETTING_TEXT_BYTES], schema[SERVICE_COUNT][64];
    const char *name = services[service].name;
    if (!connections[service]) {
        if (!settings_pg(&cli->settings, name, "jumun_operator", true, conninfo[service]))
            return error_set(err, ERROR_REFUSED, "the connection string for %s is too long", name);
        snprintf(schema[service], sizeof schema[service], "jumun_%s", name);
        const struct pg_settings settings = {
            .conninfo = conninfo[service],
            .search_path = schema[service],
            .application = "jumun",
        };
        connections[service] = pg_new(&settings);
    }
    if (!pg_open(connections[service], err))
        return error_wrap(err, "database of %s", name);
    *out = connections[service];
    return true;
}

void
services_close(void)
{
    for (uint32_t i = 0; i < SERVICE_COUNT; i++) {
        if (connections[i])
            pg_free(connections[i]);
        connections[i] = NULL;
    }
}

/* ---- reading -------------------------------------------------------------------------------- */

static struct position *
positions_grow(struct cli *cli, struct positions *positions)
{
    if (positions->count == positions->capacity) {
        uint32_t capacity = positions->capacity ? positions->capacity * 2 : 256;
        struct position *items = arena_take_raw(cli->arena, capacity * sizeof *items);
        if (positions->count)
            memcpy(items, positions->items, positions->count * sizeof *items);
        positions->items = items;
        positions->capacity = capacity;
    }
    return &positions->items[positions->count++];
}

bool
positions_read(struct cli *cli, uint32_t service, struct positions *out, struct error *err)
{
    struct pg *pg;
    PG_RESULT struct pg_result rows = { 0 };
    TRY(service_connect(cli, service, &pg, err));
    if (!pg_run(pg, SQL_POSITIONS, NULL, PG_ROWS, &rows, err)) {
        if (strcmp(err->sqlstate, NO_SUCH_TABLE) == 0)
            return error_set(err, ERROR_REFUSED,
                             "the tables of %s are not there: migrate its database",
                             services[service].name);
        return error_wrap(err, "positions of %s", services[service].name);
    }
    for (uint32_t i = 0; i < rows.row_count; i++)
        *positions_grow(cli, out) = (struct position){
            .service = (uint8_t)service,
            .topic = event_type_of(pg_text(&rows, i, 0)),
            .partition = pg_int32(&rows, i, 1),
            .next_offset = pg_int64(&rows, i, 2),
            .published_next = pg_int64(&rows, i, 3),
        };
    return true;
}

const struct position *
positions_find(const struct positions *positions, uint32_t service, enum event_type topic,
               int32_t partition)
{
    for (uint32_t i = 0; i < positions->count; i++) {
        const struct position *at = &positions->items[i];
        if (at->service == service && at->topic == topic && at->partition == partition)
            return at;
    }
    return NULL;
}

/* ---- waiting -------------------------------------------------------------------------------- */

void
goals_add(struct cli *cli, struct goals *goals, enum event_type topic, int32_t partition,
          int64_t offset)
{
    for (uint32_t i = 0; i < goals->count; i++)
        if (goals->items[i].topic == topic && goals->items[i].partition == partition) {
            if (goals->items[i].offset < offset)
                goals->items[i].offset = offset;
            return;
        }
    if (goals->count == goals->capacity) {
        uint32_t capacity = goals->capacity ? goals->capacity * 2 : 16;
        void *items = arena_take_raw(cli->arena, capacity * sizeof *goals->items);
        if (goals->count)
            memcpy(items, goals->items, goals->count * sizeof *goals->items);
        goals->items = items;
        goals->capacity = capacity;
    }
    goals->items[goals->count].topic = topic;
    goals->items[goals->count].partition = partition;
    goals->items[goals->count++].offset = offset;
}

/* The first goal of this service that is not reached, or −1. */
static int
first_open(const struct goals *goals, uint32_t service, const struct positions *positions)
{
    for (uint32_t i = 0; i < goals->count; i++) {
        if (!(topics[goals->items[i].topic].consumers & services[service].party))
            continue;
        const struct position *at =
            positions_find(positions, service, goals->items[i].topic, goals->items[i].partition);
        if (!at || at->next_offset < goals->items[i].offset)
            return (int)i;
    }
    return -1;
}

static bool
out_of_time(const struct goals *goals, uint32_t service, int goal, int64_t wait_s,
            struct error *err)
{
    return error_set(err, ERROR_REFUSED,
                     "published, but jumun-%s has not reached %s/%d/%lld within %lld s: is it "
                     "running? (`jumun lag` shows every service; --no-wait does not wait)",
                     services[service].name, topics[goals->items[goal].topic].name,
                     goals->items[goal].partition, (long long)goals->items[goal].offset,
                     (long long)wait_s);
}

static bool
await_service(struct cli *cli, const struct goals *goals, uint32_t service, int64_t until_us,
              int64_t wait_s, struct error *err)
{
    const struct timespec pause = { .tv_nsec = LOOK_AGAIN_MS * 1000000L };
    for (;;) {
        struct positions positions = { 0 };
        struct arena_mark mark = arena_mark(cli->arena);
        TRY(positions_read(cli, service, &positions, err));
        int goal = first_open(goals, service, &positions);
        arena_rewind(cli->arena, mark);
        if (goal < 0)
            return true;
        if (monotonic_now_us() > until_us || cli_stopped())
            return out_of_time(goals, service, goal, wait_s, err);
        nanosleep(&pause, NULL);
    }
}

bool
goals_await(struct cli *cli, const struct goals *goals, int64_t wait_s, struct error *err)
{
    int64_t until_us = monotonic_now_us() + wait_s * INT64_C(1000000);
    uint32_t wanted = 0;
    for (uint32_t i = 0; i < goals->count; i++)
        wanted |= topics[goals->items[i].topic].consumers;
    for (uint32_t i = 0; i < SERVICE_COUNT; i++)
        if (wanted & services[i].party)
            TRY(await_service(cli, goals, i, until_us, wait_s, err));
    return true;
}
