/* tail.c — events as they are published, readable. */
#include "base/instant.h"
#include "cli/reading.h"
#include "json/json_read.h"
#include <stdlib.h>
#include <string.h>

#define POLL_MS         200
#define SHOWN_BYTES_MAX 400
#define HELD_EVENTS_MAX 200000 /* with --once: sorted by time, so many at once */
#define HELD_BYTES_MAX  (256u << 20)

struct tail {
    struct cli *cli;
    const char *order; /* NULL: all */
    struct held *held; /* --once: what waits to be sorted */
    uint32_t held_count, held_capacity;
    struct arena *kept;    /* bytes of what is held */
    struct arena *scratch; /* of one event */
};

struct held {
    enum event_type type;
    int32_t partition;
    int64_t offset, at_us;
    const char *key, *value;
    uint32_t key_bytes, value_bytes;
};

/* ---- one event ------------------------------------------------------------------------------ */

static void
print_member(struct cli *cli, const struct json_doc *doc, uint32_t name, uint32_t value)
{
    const struct json_node *label = &doc->nodes[name], *node = &doc->nodes[value];
    const char *text = node->type == JSON_STRING ? node->text : doc->bytes + node->start;
    size_t bytes = node->type == JSON_STRING ? node->text_bytes : node->bytes;
    bool quoted = node->type == JSON_STRING && memchr(text, ' ', bytes);
    printf(" %s=%s%s%s", cli_safe_bytes(cli, label->text, label->text_bytes, 64),
           quoted ? "\"" : "", cli_safe_bytes(cli, text, bytes, SHOWN_BYTES_MAX),
           quoted ? "\"" : "");
}

static void
print_fields(struct cli *cli, const struct held *event)
{
    struct json_doc doc;
    struct json_error wrong;
    if (!json_parse(cli->arena, event->value, event->value_bytes, &doc, &wrong) ||
        doc.nodes[0].type != JSON_OBJECT) {
        printf(" (not a JSON object) %s",
               cli_safe_bytes(cli, event->value, event->value_bytes, SHOWN_BYTES_MAX));
        return;
    }
    for (uint32_t i = 1, n = 0; n < doc.nodes[0].count; n++) {
        uint32_t value = doc.nodes[i].next;
        print_member(cli, &doc, i, value);
        i = doc.nodes[value].next;
    }
}

static void
print_line(struct cli *cli, const struct held *event)
{
    char at[INSTANT_TEXT_BYTES];
    const char *bold = cli->colour ? "\033[1m" : "", *plain = cli->colour ? "\033[0m" : "";
    instant_format(event->at_us, at);
    printf("%s %-36s %s%-18s%s %d/%-6lld", at,
           event->key ? cli_safe_bytes(cli, event->key, event->key_bytes, 64) : "(no key)", bold,
           topics[event->type].name, plain, event->partition, (long long)event->offset);
    print_fields(cli, event);
    putchar('\n');
}

static bool
is_utf8_json(struct cli *cli, const struct held *event)
{
    struct json_doc doc;
    struct json_error wrong;
    return json_parse(cli->arena, event->value, event->value_bytes, &doc, &wrong);
}

static void
print_json(struct cli *cli, const struct held *event)
{
    struct json_writer json;
    json_writer_init(&json, cli->arena, event->value_bytes + 256);
    json_begin_object(&json);
    json_name(&json, "at");
    json_instant(&json, event->at_us);
    json_name(&json, "event");
    json_text(&json, topics[event->type].name);
    json_name(&json, "key");
    if (event->key)
        json_text(&json, cli_safe_bytes(cli, event->key, event->key_bytes, 1024));
    else
        json_null(&json);
    json_name(&json, "partition");
    json_integer(&json, event->partition);
    json_name(&json, "offset");
    json_integer(&json, event->offset);
    json_name(&json, "data");
    if (is_utf8_json(cli, event))
        json_raw(&json, event->value, event->value_bytes);
    else
        json_text(&json, cli_safe_bytes(cli, event->value, event->value_bytes, EVENT_BYTES_MAX));
    json_end_object(&json);
    cli_json_line(&json);
}

static void
print_event(struct tail *tail, const struct held *event)
{
    struct cli here = *tail->cli;
    here.arena = tail->scratch;
    arena_reset(tail->scratch, 1u << 20);
    (here.json ? print_json : print_line)(&here, event);
    fflush(stdout);
}

/* ---- holding and sorting -------------------------------------------------------------------- */

static int
by_time(const void *a, const void *b)
{
    const struct held *x = a, *y = b;
    if (x->at_us != y->at_us)
        return x->at_us < y->at_us ? -1 : 1;
    if (x->type != y->type)
        return x->type < y->type ? -1 : 1;
    if (x->partition != y->partition)
        return x->partition < y->partition ? -1 : 1;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

static void
print_held(struct tail *tail)
{
    if (tail->held_count)
        qsort(tail->held, tail->held_count, sizeof *tail->held, by_time);
    for (uint32_t i = 0; i < tail->held_count; i++)
        print_event(tail, &tail->held[i]);
    tail->held_count = 0;
    arena_reset(tail->kept, 1u << 20);
}

static void
hold(struct tail *tail, const struct held *event)
{
    if (tail->held_count == tail->held_capacity) {
        tail->held_capacity = tail->held_capacity ? tail->held_capacity * 2 : 1024;
        tail->held = memory_grow(tail->held, tail->held_capacity * sizeof *tail->held);
    }
    struct held *copy = &tail->held[tail->held_count++];
    *copy = *event;
    copy->key = event->key ? arena_text(tail->kept, event->key, event->key_bytes) : NULL;
    copy->value = arena_text(tail->kept, event->value, event->value_bytes);
    if (tail->held_count == HELD_EVENTS_MAX || arena_used_bytes(tail->kept) > HELD_BYTES_MAX)
        print_held(tail); /* more than can be sorted at once: piece by piece */
}

/* ---- the command ---------------------------------------------------------------------------- */

/* An order's events are those with its key; DeadLetter keeps the key of the original. */
static bool
is_wanted(const struct tail *tail, const struct kafka_record *record)
{
    if (!tail->order)
        return true;
    return record->key && record->key_bytes == strlen(tail->order) &&
           memcmp(record->key, tail->order, record->key_bytes) == 0;
}

static void
on_record(struct tail *tail, const struct kafka_record *record, enum event_type type, bool holds)
{
    const struct held event = {
        .type = type,
        .partition = record->partition,
        .offset = record->offset,
        .at_us = record->at_ms * 1000,
        .key = record->key,
        .key_bytes = record->key_bytes,
        .value = record->value ? record->value : "",
        .value_bytes = record->value_bytes,
    };
    if (!is_wanted(tail, record))
        return;
    if (holds)
        hold(tail, &event);
    else
        print_event(tail, &event);
}

static bool
follow(struct tail *tail, struct reading *reading, bool once, struct error *err)
{
    struct kafka_record record;
    enum event_type type = EV_NONE;
    while (!cli_stopped() && !(once && reading_is_done(reading)) && !ferror(stdout)) {
        switch (reading_poll(tail->cli, reading, POLL_MS, &record, &type, err)) {
        case KAFKA_RECORD:
            on_record(tail, &record, type, once);
            kafka_record_release(&record);
            break;
        case KAFKA_FAILED:
            if (err->class != ERROR_RETRY || once)
                return false;
            cli_note(tail->cli, "waiting for Kafka: %s", err->message);
            break;
        case KAFKA_NOTHING:
        case KAFKA_END:
            break;
        }
    }
    return true;
}

static bool
choose_topics(const struct args *args, bool wanted[EV_COUNT], struct error *err)
{
    for (unsigned type = 0; type < EV_COUNT; type++)
        wanted[type] = args->word_count == 0 && topics[type].has_topic;
    for (uint32_t i = 0; i < args->word_count; i++) {
        enum event_type type = event_type_of(args->words[i]);
        if (type == EV_NONE)
            return error_set(err, ERROR_REFUSED, "there is no topic %.60s (names without prefix)",
                             args->words[i]);
        wanted[type] = true;
    }
    return true;
}

static enum cli_status
tail_topics(struct cli *cli, const struct args *args, const bool wanted[EV_COUNT])
{
    struct error err = { 0 };
    struct reading reading;
    bool once = args_has(args, "once");
    struct tail tail = { .cli = cli, .order = args_text(args, "order") };
    if (!reading_open(cli, wanted, &reading, &err))
        return cli_fail(cli, &err);
    for (uint32_t i = 0; i < reading.count && !once && !args_has(args, "from-beginning"); i++)
        reading.items[i].next = reading.items[i].end;
    tail.kept = arena_new(1u << 20);
    tail.scratch = arena_new(1u << 20);
    bool is_good = reading_start(cli, &reading, &err) && follow(&tail, &reading, once, &err);
    print_held(&tail);
    reading_close(&reading);
    arena_free(tail.kept);
    arena_free(tail.scratch);
    memory_free(tail.held);
    return is_good ? CLI_DONE : cli_fail(cli, &err);
}

static enum cli_status
run_tail(struct cli *cli, const struct args *args)
{
    bool wanted[EV_COUNT];
    struct error err = { 0 };
    if (!choose_topics(args, wanted, &err))
        return cli_misused(cli, "%s", err.message);
    return tail_topics(cli, args, wanted);
}

static const struct flag tail_flags[] = {
    { "from-beginning", NULL, "everything there is, then what comes", false },
    { "once", NULL, "everything there is now, sorted by time, then stop", false },
    { "order", "ORDER", "only events with this key (any key: a product, a customer …)", false },
    { NULL, NULL, NULL, false },
};

const struct command tail_command = {
    .name = "tail",
    .words = "[TOPIC…]",
    .summary = "follow events: time, key, event, partition/offset, fields",
    .details = "Without topics: all of them.  Stops with ctrl-c.\n\nExamples:\n"
               "  jumun tail\n"
               "  jumun tail OrderPaid OrderCancelled --json\n"
               "  jumun tail --once --order 0190f3c2-0000-7000-8000-000000000000",
    .flags = tail_flags,
    .words_max = ARGS_WORDS_MAX,
    .groups = SETTINGS_KAFKA,
    .run = run_tail,
};
