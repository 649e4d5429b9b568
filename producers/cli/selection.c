/* selection.c — flags become what the database is asked for.  Contract: selection.h */
#include "cli/selection.h"
#include "base/instant.h"
#include "base/shell.h"
#include "runtime/seams.h"
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- times ---------------------------------------------------------------------------------- */

static int64_t
seconds_of_unit(const char *unit)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (unit[0] == units[i].unit && unit[1] == '\0')
            return units[i].seconds;
    return 0;
}

bool
selection_time(const char *text, int64_t now_us, int64_t *out_us)
{
    char *end;
    if (instant_parse(text, strlen(text), out_us))
        return true;
    if (text[0] < '0' || text[0] > '9')
        return false;
    long count = strtol(text, &end, 10);
    int64_t unit_s = seconds_of_unit(end);
    if (unit_s == 0 || count > 100000)
        return false;
    *out_us = now_us - count * unit_s * INT64_C(1000000);
    return true;
}

static bool
put_time(struct json_writer *json, const struct args *args, const char *name, struct error *err)
{
    int64_t at_us;
    const char *text = args_text(args, name);
    if (!text)
        return true;
    if (!selection_time(text, instant_now_us(), &at_us))
        return error_set(err, ERROR_REFUSED,
                         "--%s %.60s: give a time like 2026-11-22T09:00:00Z, or 30m, 2h, 3d ago",
                         name, text);
    json_name(json, name);
    json_instant(json, at_us);
    return true;
}

/* ---- what is wanted ------------------------------------------------------------------------- */

/* As the tables know it: an event's name without prefix, or the timers. */
static bool
put_topic(struct cli *cli, struct json_writer *json, const char *topic, struct error *err)
{
    if (!topic)
        return true;
    bool is_timer = strcmp(topic, "timer") == 0 || strcmp(topic, SOURCE_TIMER) == 0;
    enum event_type type = event_type_of(topic);
    if (type == EV_NONE)
        type = cli_event_of(cli, topic);
    if (!is_timer && type == EV_NONE)
        return error_set(err, ERROR_REFUSED, "there is no topic %.60s", topic);
    json_name(json, "topic");
    json_text(json, is_timer ? SOURCE_TIMER : topics[type].name);
    return true;
}

static bool
put_given(struct json_writer *json, const char *name, const char *text, struct error *err)
{
    return !text || cli_put_text(json, name, text, err);
}

bool
selection_read(struct cli *cli, const struct args *args, struct selection *out, struct error *err)
{
    struct json_writer json;
    json_writer_init(&json, cli->arena, 256);
    json_begin_object(&json);
    TRY(put_given(&json, "key", args->word_count > 1 ? args->words[1] : NULL, err));
    TRY(put_topic(cli, &json, args_text(args, "topic"), err));
    TRY(put_given(&json, "sqlstate", args_text(args, "sqlstate"), err));
    TRY(put_given(&json, "event", args_text(args, "event"), err));
    TRY(put_time(&json, args, "since", err));
    TRY(put_time(&json, args, "until", err));
    json_end_object(&json);
    out->json = arena_text(cli->arena, json.bytes, json.length);
    out->is_empty = strcmp(out->json, "{}") == 0;
    return true;
}

/* ---- what it says about itself -------------------------------------------------------------- */

static bool
only_looks(const char *flag)
{
    return strcmp(flag, "dry-run") == 0 || strcmp(flag, "no-wait") == 0;
}

const char *
selection_command(struct cli *cli, const struct args *args)
{
    const char *line = arena_printf(cli->arena, "jumun %s", cli->command);
    for (uint32_t i = 0; i < args->word_count; i++)
        line = arena_printf(cli->arena, "%s %s", line, shell_quoted(cli->arena, args->words[i]));
    for (uint32_t i = 0; i < args->given_count; i++) {
        const char *value = args->given[i].value;
        if (only_looks(args->given[i].flag->name))
            continue;
        line = arena_printf(cli->arena, "%s --%s%s%s", line, args->given[i].flag->name,
                            value ? " " : "", value ? shell_quoted(cli->arena, value) : "");
    }
    return line;
}

const char *
selection_by(struct cli *cli, const struct args *args)
{
    const char *given = args_text(args, "by");
    if (given)
        return given;
    const struct passwd *user = getpwuid(getuid());
    return user ? arena_text(cli->arena, user->pw_name, strlen(user->pw_name))
                : arena_printf(cli->arena, "uid %ld", (long)getuid());
}
