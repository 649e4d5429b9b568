/* cli.h — what every command of `jumun` is given, and what it gives back.
 *
 * Shapes   command: a row of the table in main.c.  cli: settings, where to write, memory of the run.
 * Output   results to standard output: for people, or with --json one JSON object a line.  Errors to
 *          standard error, one line each.
 * Status   CLI_DONE 0; CLI_REFUSED 1: refused, or something wrong was found; CLI_USAGE 2;
 *          CLI_UNREACHABLE 3: a server could not be reached.
 * Errors   a command returns cli_fail(cli, &err) for whatever the layers below told.
 * Threads  one.
 * Source   contract.md section 4. */
#pragma once
#include "base/settings.h"
#include "cli/args.h"
#include "events.h"
#include "runtime/kafka.h"
#include "json/json_write.h"
#include <stdio.h>

enum cli_status { CLI_DONE, CLI_REFUSED, CLI_USAGE, CLI_UNREACHABLE };

struct cli {
    struct settings settings;
    struct arena *arena; /* lives as long as the command */
    bool json;
    bool colour; /* a terminal that has not asked for none */
    const char *command;
};

struct command {
    const char *name;    /* "dead-letters" */
    const char *words;   /* "ORDER", "[TOPIC…]" for the usage line; NULL: none */
    const char *summary; /* one line */
    const char *details; /* for --help: what it does, examples */
    const struct flag *flags;
    uint32_t words_min, words_max;
    unsigned groups; /* settings that it uses */
    enum cli_status (*run)(struct cli *cli, const struct args *args);
};

/* ---- telling ------------------------------------------------------------------------------- */

/* Says what went wrong, and gives the exit status that fits its class. */
enum cli_status cli_fail(const struct cli *cli, const struct error *err);
/* Refused for a reason that programs know by its code. */
enum cli_status cli_refuse(const struct cli *cli, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Something is not as it should be, and the command goes on. */
void cli_warn(const struct cli *cli, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* What was said last of an error; "": nothing. */
const char *cli_said(void);
/* Bad usage: says why and where help is. */
enum cli_status cli_misused(const struct cli *cli, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A line on standard error that is no error: progress, hints.  Not with --json. */
void cli_note(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A member whose text came from outside: the writer takes valid UTF-8 only. */
bool cli_put_text(struct json_writer *json, const char *name, const char *text,
                  struct error *err) MUST_USE;
/* Writes what was built as one line of standard output. */
void cli_json_line(struct json_writer *json);
/* Text of others, safe for a terminal; lives in the arena. */
const char *cli_safe(struct cli *cli, const char *text);
/* Bytes of others as text, cut at bytes_max. */
const char *cli_safe_bytes(struct cli *cli, const char *bytes, size_t count, size_t bytes_max);
/* "1,234,567" */
const char *cli_number(struct cli *cli, int64_t number);
/* Columns that text takes on a terminal. */
int cli_width(const char *text);
/* Prints text and blanks up to `columns`. */
void cli_pad(const char *text, int columns);

/* ---- the parts that commands share ---------------------------------------------------------- */

struct kafka_settings cli_kafka(const struct cli *cli);
/* prefix + name of the event's topic; in the arena. */
const char *cli_topic(struct cli *cli, enum event_type type);
enum event_type cli_event_of(const struct cli *cli,
                             const char *topic); /* EV_NONE: not one of ours */
/* SIGINT and SIGTERM set cli_stopped: commands that go on for long look at it. */
void cli_catch_signals(void);
bool cli_stopped(void);

extern const struct flag no_flags[];
extern const struct command product_command, stock_command, coupon_command, credit_command;
extern const struct command order_command, show_command, watch_command, cancel_command;
extern const struct command tail_command, lag_command, publish_command, topics_command;
extern const struct command dead_letters_command, audit_command, rebuild_command, actions_command;
extern const struct command trace_command, waits_command;
