/* lag.c — how far every service is behind, in messages and in seconds.
 *
 * The truth about a group's place is its service's consumer_position, not the offset committed to Kafka.
 * Seconds: the age of the oldest message that it has not handled. */
#include "base/instant.h"
#include "cli/positions.h"
#include "cli/reading.h"
#include <string.h>

#define OLDEST_WAIT_MS 5000
#define POLL_MS        100

struct lag_row {
    uint32_t service;
    struct reading_partition *at;
    int64_t messages;
    int64_t unpublished; /* offsets whose events are not all out yet */
    int64_t oldest_us;   /* time of the oldest message to go; 0: none */
};

struct lag {
    struct lag_row *rows;
    uint32_t count;
    const char *away[SERVICE_COUNT]; /* why a service's database could not be asked */
    int64_t members[SERVICE_COUNT];  /* processes that handle its messages; −1: not told */
    bool is_away;
};

/* ---- asking --------------------------------------------------------------------------------- */

static void
add_rows(struct cli *cli, uint32_t service, const struct positions *positions,
         struct reading *reading, struct lag *lag)
{
    for (uint32_t i = 0; i < reading->count; i++) {
        struct reading_partition *at = &reading->items[i];
        if (!(topics[at->type].consumers & services[service].party))
            continue;
        const struct position *position =
            positions_find(positions, service, at->type, at->partition);
        int64_t next = position ? position->next_offset : at->first;
        lag->rows = arena_resize(cli->arena, lag->rows, lag->count * sizeof *lag->rows,
                                 (lag->count + 1) * sizeof *lag->rows);
        lag->rows[lag->count++] = (struct lag_row){
            .service = service,
            .at = at,
            .messages = at->end > next ? at->end - next : 0,
            .unpublished = position ? position->next_offset - position->published_next : 0,
        };
    }
}

static bool
ask_services(struct cli *cli, struct reading *reading, struct lag *lag)
{
    struct error err = { 0 };
    for (uint32_t service = 0; service < SERVICE_COUNT; service++) {
        struct positions positions = { 0 };
        if (positions_read(cli, service, &positions, &err)) {
            add_rows(cli, service, &positions, reading, lag);
            continue;
        }
        lag->away[service] = arena_text(cli->arena, err.message, strlen(err.message));
        lag->is_away = true;
    }
    return !lag->is_away;
}

static const char *
group_of(struct cli *cli, uint32_t service)
{
    return arena_printf(cli->arena, "%sjumun-%s", cli->settings.topic_prefix,
                        services[service].name);
}

/* Nobody there is told, not judged: it may be that there is nothing to do. */
static void
ask_members(struct cli *cli, struct reading *reading, struct lag *lag)
{
    for (uint32_t service = 0; service < SERVICE_COUNT; service++) {
        struct error err = { 0 };
        uint32_t count = 0;
        bool is_told = kafka_group_members(reading->reader, group_of(cli, service), &count, &err);
        lag->members[service] = is_told ? (int64_t)count : -1;
    }
}

/* ---- the oldest message to go --------------------------------------------------------------- */

static int64_t
next_of(const struct lag_row *row)
{
    return row->at->end - row->messages;
}

static bool
all_oldest_known(const struct lag *lag, uint32_t service)
{
    for (uint32_t i = 0; i < lag->count; i++)
        if (lag->rows[i].service == service && lag->rows[i].messages && !lag->rows[i].oldest_us)
            return false;
    return true;
}

static void
learn_time(struct lag *lag, const struct reading_partition *at, const struct kafka_record *record)
{
    for (uint32_t i = 0; i < lag->count; i++) {
        struct lag_row *row = &lag->rows[i];
        if (row->at == at && row->messages && !row->oldest_us && record->offset >= next_of(row))
            row->oldest_us = record->at_ms * 1000;
    }
}

static bool
read_oldest(struct cli *cli, struct reading *reading, uint32_t service, struct lag *lag,
            struct error *err)
{
    struct kafka_record record;
    enum event_type type = EV_NONE;
    int64_t until_us = monotonic_now_us() + OLDEST_WAIT_MS * INT64_C(1000);
    TRY(reading_start(cli, reading, err));
    while (!all_oldest_known(lag, service) && monotonic_now_us() < until_us && !cli_stopped()) {
        enum kafka_polled polled = reading_poll(cli, reading, POLL_MS, &record, &type, err);
        if (polled == KAFKA_FAILED && err->class != ERROR_RETRY)
            return false;
        if (polled != KAFKA_RECORD)
            continue;
        learn_time(lag, reading_find(reading, type, record.partition), &record);
        kafka_record_release(&record);
    }
    return true;
}

/* Services stand at different places of one partition: so one service at a time. */
static bool
find_oldest(struct cli *cli, struct reading *reading, struct lag *lag, struct error *err)
{
    for (uint32_t service = 0; service < SERVICE_COUNT; service++) {
        for (uint32_t i = 0; i < reading->count; i++)
            reading->items[i].next = reading->items[i].end;
        for (uint32_t i = 0; i < lag->count; i++)
            if (lag->rows[i].service == service)
                lag->rows[i].at->next = next_of(&lag->rows[i]);
        if (!all_oldest_known(lag, service))
            TRY(read_oldest(cli, reading, service, lag, err));
    }
    return true;
}

/* ---- telling -------------------------------------------------------------------------------- */

static double
seconds_since(int64_t at_us)
{
    int64_t age_us = at_us ? instant_now_us() - at_us : 0;
    return age_us > 0 ? (double)age_us / 1e6 : 0;
}

static void
sum_up(const struct lag *lag, uint32_t service, struct lag_row *sum)
{
    *sum = (struct lag_row){ .service = service };
    for (uint32_t i = 0; i < lag->count; i++) {
        const struct lag_row *row = &lag->rows[i];
        if (row->service != service)
            continue;
        sum->messages += row->messages;
        sum->unpublished += row->unpublished;
        if (row->oldest_us && (!sum->oldest_us || row->oldest_us < sum->oldest_us))
            sum->oldest_us = row->oldest_us;
    }
}

static void
tell_members(struct json_writer *json, int64_t members)
{
    json_name(json, "members");
    members < 0 ? json_null(json) : json_integer(json, members);
    json_name(json, "up");
    members < 0 ? json_null(json) : json_bool(json, members > 0);
}

static void
tell_json(struct cli *cli, const struct lag_row *row, const char *away, int64_t members)
{
    struct json_writer json;
    json_writer_init(&json, cli->arena, 256);
    json_begin_object(&json);
    json_name(&json, "group");
    json_text(&json, group_of(cli, row->service));
    json_name(&json, "service");
    json_text(&json, services[row->service].name);
    if (row->at) {
        json_name(&json, "topic");
        json_text(&json, topics[row->at->type].name);
        json_name(&json, "partition");
        json_integer(&json, row->at->partition);
    }
    json_name(&json, "messages");
    away ? json_null(&json) : json_integer(&json, row->messages);
    json_name(&json, "seconds");
    const char *seconds = arena_printf(cli->arena, "%.3f", seconds_since(row->oldest_us));
    away ? json_null(&json) : json_raw(&json, seconds, strlen(seconds));
    json_name(&json, "unpublished");
    away ? json_null(&json) : json_integer(&json, row->unpublished);
    if (!row->at)
        tell_members(&json, members);
    json_end_object(&json);
    cli_json_line(&json);
}

static void
tell_row(struct cli *cli, const struct lag *lag, const struct lag_row *row, const char *name,
         const char *away)
{
    if (cli->json)
        tell_json(cli, row, away, lag->members[row->service]);
    else if (away)
        printf("%-34s %s\n", name, cli_safe(cli, away));
    else
        printf("%-34s %12s %10.1f %12s\n", name, cli_number(cli, row->messages),
               seconds_since(row->oldest_us), cli_number(cli, row->unpublished));
}

static void
tell(struct cli *cli, const struct lag *lag, bool by_partition)
{
    if (!cli->json)
        printf("%-34s %12s %10s %12s\n", by_partition ? "group topic/partition" : "group",
               "messages", "seconds", "unpublished");
    for (uint32_t service = 0; !by_partition && service < SERVICE_COUNT; service++) {
        struct lag_row sum;
        sum_up(lag, service, &sum);
        tell_row(cli, lag, &sum, group_of(cli, service), lag->away[service]);
    }
    for (uint32_t i = 0; by_partition && i < lag->count; i++)
        tell_row(cli, lag, &lag->rows[i],
                 arena_printf(cli->arena, "jumun-%s %s/%d", services[lag->rows[i].service].name,
                              topics[lag->rows[i].at->type].name, lag->rows[i].at->partition),
                 NULL);
}

/* ---- the command ---------------------------------------------------------------------------- */

static enum cli_status
run_lag(struct cli *cli, const struct args *args)
{
    bool wanted[EV_COUNT] = { false };
    struct error err = { 0 };
    struct reading reading;
    struct lag lag = { .rows = arena_take(cli->arena, 1) };
    for (unsigned type = 0; type < EV_COUNT; type++)
        wanted[type] = topics[type].has_topic && topics[type].key != KEY_ORIGINAL;
    if (!reading_open(cli, wanted, &reading, &err))
        return cli_fail(cli, &err);
    bool all_asked = ask_services(cli, &reading, &lag);
    if (cli->json && !args_has(args, "partitions"))
        ask_members(cli, &reading, &lag);
    bool is_good = find_oldest(cli, &reading, &lag, &err);
    reading_close(&reading);
    services_close();
    if (!is_good)
        return cli_fail(cli, &err);
    tell(cli, &lag, args_has(args, "partitions"));
    return all_asked ? CLI_DONE : CLI_UNREACHABLE;
}

static const struct flag lag_flags[] = {
    { "partitions", NULL, "one line per group, topic and partition", false },
    { NULL, NULL, NULL, false },
};

const struct command lag_command = {
    .name = "lag",
    .words = NULL,
    .summary = "how far every group is behind, in messages and seconds",
    .details = "messages: published, not handled yet.  seconds: the age of the oldest of them.\n"
               "unpublished: handled, but what they caused is not acknowledged by Kafka yet.\n\n"
               "Examples:\n  jumun lag\n  jumun lag --partitions --json",
    .flags = lag_flags,
    .groups = SETTINGS_KAFKA | SETTINGS_PG,
    .run = run_lag,
};
