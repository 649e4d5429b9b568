/* topics.c — makes the topics of the contract, checks those that are there, or tells what they mean. */
#include "runtime/topics.h"
#include "cli/reading.h"
#include "topic_docs.h"
#include <string.h>

static void
tell_json(struct cli *cli, const struct topic_plan *plan)
{
    struct json_writer json;
    json_writer_init(&json, cli->arena, 128);
    json_begin_object(&json);
    json_name(&json, "topic");
    json_text(&json, plan->name);
    json_name(&json, "partitions");
    json_integer(&json, plan->partitions);
    json_name(&json, "replication");
    json_integer(&json, plan->replication);
    json_name(&json, "max_message_bytes");
    json_integer(&json, plan->message_bytes_max);
    json_end_object(&json);
    cli_json_line(&json);
}

static void
tell_topics(struct cli *cli, const struct topic_plan *plans, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (cli->json)
            tell_json(cli, &plans[i]);
        else
            printf("%-28s %d partitions, %d copies\n", plans[i].name, plans[i].partitions,
                   plans[i].replication);
}

/* ---- what they mean, and how far they go ---------------------------------------------------- */

static void
put_partitions(struct json_writer *json, const struct reading *reading, enum event_type type)
{
    json_name(json, "partitions");
    json_begin_array(json);
    for (uint32_t p = 0; p < reading->partitions_of[type]; p++) {
        const struct reading_partition *at = &reading->items[reading->first_of[type] + p];
        json_begin_object(json);
        json_name(json, "partition");
        json_integer(json, at->partition);
        json_name(json, "first_offset");
        json_integer(json, at->first);
        json_name(json, "end_offset");
        json_integer(json, at->end);
        json_end_object(json);
    }
    json_end_array(json);
}

static void
list_json(struct cli *cli, const struct reading *reading, enum event_type type)
{
    struct json_writer json;
    const char *doc = arena_printf(cli->arena, "{%s,", topic_docs[type]);

    json_writer_init(&json, cli->arena, 4096);
    json_begin_object(&json);
    json_name(&json, "topic");
    json_text(&json, cli_topic(cli, type));
    put_partitions(&json, reading, type);
    json_end_object(&json);
    printf("%s%.*s\n", doc, (int)(json.length - 1), json.bytes + 1);
}

static void
list_people(struct cli *cli, const struct reading *reading, enum event_type type)
{
    int64_t records = 0;

    for (uint32_t p = 0; p < reading->partitions_of[type]; p++)
        records += reading->items[reading->first_of[type] + p].end -
                   reading->items[reading->first_of[type] + p].first;
    printf("%-28s %2u partitions %14s records\n", cli_topic(cli, type),
           reading->partitions_of[type], cli_number(cli, records));
}

static enum cli_status
list_topics(struct cli *cli)
{
    bool wanted[EV_COUNT] = { false };
    struct error err = { 0 };
    struct reading reading;

    for (unsigned type = 0; type < EV_COUNT; type++)
        wanted[type] = topics[type].has_topic;
    if (!reading_open(cli, wanted, &reading, &err))
        return cli_fail(cli, &err);
    for (unsigned type = 0; type < EV_COUNT; type++)
        if (wanted[type])
            (cli->json ? list_json : list_people)(cli, &reading, (enum event_type)type);
    reading_close(&reading);
    return CLI_DONE;
}

static enum cli_status
run_topics(struct cli *cli, const struct args *args)
{
    static struct topic_plan plans[EV_COUNT];
    struct error err = { 0 };
    struct kafka_settings kafka = cli_kafka(cli);
    bool creates = strcmp(args->words[0], "create") == 0;
    if (strcmp(args->words[0], "list") == 0)
        return list_topics(cli);
    if (!creates && strcmp(args->words[0], "check") != 0)
        return cli_misused(cli, "create, check or list, not %.60s", args->words[0]);
    uint32_t count =
        topics_plan(plans, EV_COUNT, cli->settings.topic_prefix, (int32_t)cli->settings.partitions,
                    (int32_t)cli->settings.replication);
    bool is_good = creates ? topics_ensure(&kafka, plans, count, &err)
                           : topics_check(&kafka, plans, count, &err);
    if (!is_good)
        return cli_fail(cli, &err);
    tell_topics(cli, plans, count);
    return CLI_DONE;
}

const struct command topics_command = {
    .name = "topics",
    .words = "create|check|list",
    .summary = "make the topics, check those that are there, or tell what they mean",
    .details =
        "create makes what is missing and checks all; a topic with another partition count or\n"
        "time stamp type is refused, never changed.  list tells how far each goes; with --json\n"
        "also what it means, its fields, who publishes and who reads it.\n\nExamples:\n"
        "  jumun topics create\n"
        "  JUMUN_PARTITIONS=16 JUMUN_REPLICATION=3 jumun topics create\n"
        "  jumun topics check\n"
        "  jumun topics list",
    .flags = no_flags,
    .words_min = 1,
    .words_max = 1,
    .groups = SETTINGS_KAFKA | SETTINGS_TOPICS,
    .run = run_topics,
};
