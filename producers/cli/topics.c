/* topics.c — makes the topics of the contract, or checks those that are there. */
#include "runtime/topics.h"
#include "cli/cli.h"
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

static enum cli_status
run_topics(struct cli *cli, const struct args *args)
{
    static struct topic_plan plans[EV_COUNT];
    struct error err = { 0 };
    struct kafka_settings kafka = cli_kafka(cli);
    bool creates = strcmp(args->words[0], "create") == 0;
    if (!creates && strcmp(args->words[0], "check") != 0)
        return cli_misused(cli, "create or check, not %.60s", args->words[0]);
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
    .words = "create|check",
    .summary = "make the topics, or check those that are there",
    .details =
        "create makes what is missing and checks all; a topic with another partition count or\n"
        "time stamp type is refused, never changed.\n\nExamples:\n"
        "  jumun topics create\n"
        "  JUMUN_PARTITIONS=16 JUMUN_REPLICATION=3 jumun topics create\n"
        "  jumun topics check",
    .flags = no_flags,
    .words_min = 1,
    .words_max = 1,
    .groups = SETTINGS_KAFKA | SETTINGS_TOPICS,
    .run = run_topics,
};
