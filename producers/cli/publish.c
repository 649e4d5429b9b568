/* publish.c — JSON lines from standard input, checked against the schema, to a topic. */
#include "cli/action.h"
#include "cli/facts.h"
#include "cli/positions.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_LINES 2000 /* acknowledged together, then their memory is given back */

struct input {
    enum event_type type;
    int32_t to_partition;
    bool only_checks;
    const struct args *args;
    int64_t line_number, accepted;
    char *line; /* getline's */
    size_t line_room;
};

static size_t
trimmed(const char *line, ssize_t bytes)
{
    while (bytes > 0 && strchr(" \t\r\n", line[bytes - 1]))
        bytes--;
    return (size_t)bytes;
}

/* Adds the next line that is not blank; *more is false at the end of the input. */
static bool
read_fact(struct cli *cli, struct input *in, struct facts *facts, bool *more, struct error *err)
{
    struct fact fact;
    ssize_t bytes = getline(&in->line, &in->line_room, stdin);
    *more = bytes >= 0;
    if (!*more)
        return !ferror(stdin) || error_set(err, ERROR_REFUSED, "standard input cannot be read");
    in->line_number++;
    size_t length = trimmed(in->line, bytes);
    if (length == 0)
        return true;
    if (length > EVENT_BYTES_MAX)
        return error_set(err, ERROR_REFUSED, "line %lld: longer than %u bytes",
                         (long long)in->line_number, EVENT_BYTES_MAX);
    char *json = arena_text(cli->arena, in->line, length);
    if (!fact_make(cli, in->type, json, length, NULL, &fact, err))
        return error_wrap(err, "line %lld", (long long)in->line_number);
    fact.to_partition = in->to_partition;
    facts_add(cli, facts, &fact);
    return true;
}

static bool
read_chunk(struct cli *cli, struct input *in, struct facts *facts, bool *more, struct error *err)
{
    for (*more = true; *more && facts->count < CHUNK_LINES && !cli_stopped();)
        TRY(read_fact(cli, in, facts, more, err));
    return true;
}

/* Lines are published chunk by chunk; of a chunk with a bad line nothing is. */
static bool
publish_chunk(struct cli *cli, struct cli *scratch, struct input *in, struct goals *goals,
              bool *more, struct error *err)
{
    struct facts facts = { 0 };
    TRY(read_chunk(scratch, in, &facts, more, err));
    if (facts.count == 0 || in->only_checks) {
        in->accepted += facts.count;
        return true;
    }
    TRY(facts_publish(scratch, &facts, err));
    action_took_effect();
    action_begin(cli, in->args, "publish", topics[in->type].name);
    in->accepted += facts.count;
    for (uint32_t i = 0; i < facts.count; i++)
        goals_add(cli, goals, facts.items[i].type, facts.items[i].partition,
                  facts.items[i].offset + 1);
    if (cli->json)
        facts_tell(scratch, &facts, false);
    return true;
}

static bool
publish_input(struct cli *cli, struct input *in, struct goals *goals, struct error *err)
{
    struct cli scratch = *cli;
    bool more = true, is_good = true;
    scratch.arena = arena_new(1u << 20);
    while (more && is_good && !cli_stopped()) {
        arena_reset(scratch.arena, 1u << 20);
        is_good = publish_chunk(cli, &scratch, in, goals, &more, err);
    }
    arena_free(scratch.arena);
    memory_free(in->line); /* getline took it */
    return is_good;
}

static bool
await_all(struct cli *cli, const struct args *args, const struct goals *goals, struct error *err)
{
    int64_t wait_s = FACTS_WAIT_S;
    if (args_has(args, "no-wait") || args_has(args, "check"))
        return true;
    TRY(args_integer(args, "wait-s", 0, 3600, &wait_s, err));
    return goals_await(cli, goals, wait_s, err);
}

static void
tell_total(const struct cli *cli, const struct input *in)
{
    cli_note(cli, "%s %lld %s", topics[in->type].name, (long long)in->accepted,
             in->only_checks ? "checked, nothing published" : "published");
}

static enum cli_status
run_publish(struct cli *cli, const struct args *args)
{
    struct error err = { 0 };
    struct goals goals = { 0 };
    struct input in = { .type = event_type_of(args->words[0]),
                        .only_checks = args_has(args, "check"),
                        .args = args };
    int64_t partition = -1;
    if (in.type == EV_NONE || !topics[in.type].has_topic || topics[in.type].key == KEY_ORIGINAL)
        return cli_misused(cli, "%.60s is not a topic that can be published to", args->words[0]);
    if (!args_integer(args, "partition", 0, 1 << 20, &partition, &err))
        return cli_misused(cli, "%s", err.message);
    in.to_partition = (int32_t)partition;
    bool is_good = publish_input(cli, &in, &goals, &err);
    tell_total(cli, &in);
    if (!is_good || !await_all(cli, args, &goals, &err))
        return cli_fail(cli, &err);
    return CLI_DONE;
}

static const struct flag publish_flags[] = {
    { "check", NULL, "only check the lines", false },
    { "partition", "N", "into this partition, whatever the key; default: by key", false },
    { "no-wait", NULL, "return as soon as Kafka has all", false },
    { "wait-s", "SECONDS", "wait at most this long (30)", false },
    ACTION_FLAGS,
    { NULL, NULL, NULL, false },
};

const struct command publish_command = {
    .name = "publish",
    .words = "TOPIC",
    .summary = "publish JSON lines from standard input",
    .details =
        "Every line is checked against the schema of TOPIC (its name without prefix); the first\n"
        "bad one is named and stops the command.  Lines are published in pieces of 2,000: of the\n"
        "piece with the bad line nothing is.\n\nExamples:\n"
        "  echo '{\"product_id\":\"tea\",\"name\":\"tea\",\"unit_price\":100}' |\n"
        "    jumun publish ProductListed\n"
        "  jumun publish --check OrderRequested < orders.jsonl",
    .flags = publish_flags,
    .words_min = 1,
    .words_max = 1,
    .groups = SETTINGS_KAFKA | SETTINGS_PG,
    .run = run_publish,
};
