/* waits_tell.c — what an order waits for, as JSON and in words.  Contract: waits.h */
#include "cli/waits.h"
#include "base/instant.h"

int64_t
wait_behind(const struct wait *wait)
{
    if (wait->next_offset < 0 || !wait->cause || !wait->cause->is_found)
        return -1;
    int64_t to_go = wait->cause->offset - wait->next_offset + 1;
    return to_go > 0 ? to_go : 0;
}

const char *
wait_says(const struct wait *wait)
{
    if (!wait->answer)
        return "shopper";
    if (wait->is_parked)
        return "parked";
    if (wait->members == 0)
        return "no_members";
    return wait_behind(wait) == 0 ? "read" : "not_read";
}

static void
put_number(struct json_writer *json, const char *name, int64_t number)
{
    json_name(json, name);
    number < 0 ? json_null(json) : json_integer(json, number);
}

static void
put_text(struct json_writer *json, const char *name, const char *text)
{
    json_name(json, name);
    text ? json_text(json, text) : json_null(json);
}

static void
put_time(struct json_writer *json, const char *name, int64_t at_us)
{
    json_name(json, name);
    at_us ? json_instant(json, at_us) : json_null(json);
}

static bool
put_cause(struct json_writer *json, struct cli *cli, const struct traced *cause, struct error *err)
{
    json_name(json, "caused_by");
    if (!cause) {
        json_null(json);
        return true;
    }
    json_begin_object(json);
    put_text(json, "event", topics[cause->type].name);
    put_text(json, "topic", cause->is_found ? cli_topic(cli, cause->type) : NULL);
    put_number(json, "partition", cause->is_found ? cause->partition : -1);
    put_number(json, "offset", cause->is_found ? cause->offset : -1);
    TRY(cli_put_text(json, "event_id", cause->event_id, err));
    json_end_object(json);
    return true;
}

static void
put_position(struct json_writer *json, const struct wait *wait)
{
    json_name(json, "position");
    json_begin_object(json);
    put_number(json, "next_offset", wait->next_offset);
    put_number(json, "end_offset", wait->end_offset);
    put_number(json, "behind", wait_behind(wait));
    put_number(json, "members", wait->members);
    json_end_object(json);
}

static void
put_answers(struct json_writer *json, const struct answer *answer)
{
    put_text(json, "event", answer ? topics[answer->events[0]].name : NULL);
    json_name(json, "events");
    json_begin_array(json);
    for (uint32_t i = 0; answer && i < NAMES_MAX && answer->events[i] != EV_NONE; i++)
        json_text(json, topics[answer->events[i]].name);
    json_end_array(json);
    put_text(json, "service", answer ? answer->service : NULL);
}

static bool
put_wait(struct json_writer *json, struct cli *cli, const struct wait *wait, int64_t deadline_us,
         struct error *err)
{
    json_begin_object(json);
    put_answers(json, wait->answer);
    put_text(json, "group",
             wait->answer ? arena_printf(cli->arena, "%sjumun-%s", cli->settings.topic_prefix,
                                         wait->answer->service)
                          : NULL);
    put_text(json, "says", wait_says(wait));
    json_name(json, "parked");
    json_bool(json, wait->is_parked);
    put_time(json, "since", wait->since_us);
    TRY(put_cause(json, cli, wait->cause, err));
    if (wait->answer)
        put_position(json, wait);
    else
        put_text(json, "position", NULL);
    put_time(json, "deadline_at", deadline_us);
    json_end_object(json);
    return true;
}

bool
waits_put(struct json_writer *json, struct cli *cli, const struct waits *waits, struct error *err)
{
    json_begin_object(json);
    put_text(json, "order_id", waits->trace.order_id);
    json_name(json, "at_rest");
    json_bool(json, waits->open.is_at_rest);
    json_name(json, "waits_for");
    json_begin_array(json);
    for (uint32_t i = 0; i < waits->count; i++)
        TRY(put_wait(json, cli, &waits->items[i], waits->open.deadline_us, err));
    json_end_array(json);
    json_end_object(json);
    return true;
}

static void
tell_people(struct cli *cli, const struct waits *waits, const struct wait *wait)
{
    char deadline[INSTANT_TEXT_BYTES] = "none";
    if (waits->open.deadline_us)
        instant_format(waits->open.deadline_us, deadline);
    if (!wait->answer) {
        printf("for its shopper, until %s\n", deadline);
        return;
    }
    printf("for %s", topics[wait->answer->events[0]].name);
    for (uint32_t i = 1; i < NAMES_MAX && wait->answer->events[i] != EV_NONE; i++)
        printf(" or %s", topics[wait->answer->events[i]].name);
    printf(" of %s: %s", wait->answer->service, wait_says(wait));
    if (wait->cause && wait->cause->is_found)
        printf("; its cause is %s/%d/%lld, it stands at %s", topics[wait->cause->type].name,
               wait->cause->partition, (long long)wait->cause->offset,
               wait->next_offset < 0 ? "?" : cli_number(cli, wait->next_offset));
    printf("\n");
}

bool
waits_tell(struct cli *cli, const struct waits *waits, struct error *err)
{
    struct json_writer json;

    if (cli->json) {
        json_writer_init(&json, cli->arena, 1024);
        TRY(waits_put(&json, cli, waits, err));
        cli_json_line(&json);
        return true;
    }
    for (uint32_t i = 0; i < waits->count; i++)
        tell_people(cli, waits, &waits->items[i]);
    if (waits->is_over)
        printf("for nothing: it is over\n");
    return true;
}
