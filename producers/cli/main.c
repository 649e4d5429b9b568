/* main.c — the table of commands, help, and the way to each.  Contract: cli.h, contract.md section 4 */
#include "cli/action.h"
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUMMARY_COLUMN 14

static const struct command *const commands[] = {
    &product_command,      &stock_command, &coupon_command,  &credit_command, &order_command,
    &show_command,         &watch_command, &cancel_command,  &tail_command,   &lag_command,
    &dead_letters_command, &audit_command, &publish_command, &topics_command, &rebuild_command,
    &actions_command,      &trace_command, &waits_command,  NULL,
};

/* ---- help ----------------------------------------------------------------------------------- */

static void
print_flags(const struct flag *flags)
{
    char left[64];
    printf("\nOptions:\n");
    for (; flags->name; flags++) {
        snprintf(left, sizeof left, "--%s%s%s", flags->name, flags->value ? " " : "",
                 flags->value ? flags->value : "");
        printf("  %-28s %s%s\n", left, flags->meaning, flags->repeats ? " (repeats)" : "");
    }
    printf("  %-28s %s\n  %-28s %s\n", "--json", "JSON, one object a line", "--help", "this text");
}

static enum cli_status
print_command_help(const struct command *command)
{
    struct config config = settings_config("*", command->groups | SETTINGS_LOG);
    printf("Usage: jumun %s %s%s[options]\n\n%s\n\n%s\n", command->name,
           command->words ? command->words : "", command->words ? " " : "", command->summary,
           command->details);
    print_flags(command->flags);
    putchar('\n');
    config_print_help(&config, stdout);
    return CLI_DONE;
}

static enum cli_status
print_help(void)
{
    struct config config = settings_config("*", ~0u);
    printf("jumun — the command line of the order saga\n\n"
           "Usage: jumun COMMAND [words] [options]\n\nCommands:\n");
    for (const struct command *const *at = commands; *at; at++)
        printf("  %-*s %s\n", SUMMARY_COLUMN, (*at)->name, (*at)->summary);
    printf("\nEvery command knows --help, with examples, and --json.\n"
           "Exit status: 0 done; 1 refused, or something wrong was found; 2 bad usage;\n"
           "             3 a server could not be reached.\n\n"
           "Examples:\n"
           "  jumun product tea --name '녹차' --price 12900 --stock 100\n"
           "  jumun credit kim 50000\n"
           "  jumun order --customer kim --item tea:2\n"
           "  jumun audit\n\n");
    config_print_help(&config, stdout);
    return CLI_DONE;
}

/* ---- the way to a command ------------------------------------------------------------------- */

static const struct command *
find_command(const char *name)
{
    for (const struct command *const *at = commands; *at; at++)
        if (strcmp((*at)->name, name) == 0)
            return *at;
    return NULL;
}

static enum cli_status
check_words(const struct cli *cli, const struct command *command, const struct args *args)
{
    if (args->word_count < command->words_min)
        return cli_misused(cli, "something is missing: jumun %s %s", command->name, command->words);
    if (args->word_count > command->words_max)
        return cli_misused(cli, "one word too many: %s", args->words[command->words_max]);
    return CLI_DONE;
}

static enum cli_status
run_command(struct cli *cli, const struct command *command, int argc, char **argv)
{
    struct args args;
    struct error err = { 0 };
    struct config config = settings_config("*", command->groups | SETTINGS_LOG);
    bool is_good = args_parse(&args, command->flags, argc, argv, &err);
    cli->json = args.wants_json;
    if (args.wants_help)
        return print_command_help(command);
    if (!is_good)
        return cli_misused(cli, "%s", err.message);
    enum cli_status status = check_words(cli, command, &args);
    if (status != CLI_DONE)
        return status;
    if (!action_check(&args, &err) || !settings_load(&config, &cli->settings, &err))
        return cli_misused(cli, "%s", err.message);
    log_init("jumun", getenv("JUMUN_LOG") ? (enum log_level)cli->settings.log_level : LOG_ERROR,
             (enum log_format)cli->settings.log_format);
    status = command->run(cli, &args);
    action_end(cli, &args, status);
    return status;
}

static enum cli_status
run(struct cli *cli, int argc, char **argv)
{
    if (argc < 2)
        return cli_misused(cli, "which command?");
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0)
        return print_help();
    if (strcmp(argv[1], "--version") == 0) {
        puts("jumun " JUMUN_VERSION);
        return CLI_DONE;
    }
    const struct command *command = find_command(argv[1]);
    if (!command)
        return cli_misused(cli, "there is no command %.60s", argv[1]);
    cli->command = command->name;
    return run_command(cli, command, argc - 2, argv + 2);
}

int
main(int argc, char **argv)
{
    struct cli cli = { .arena = arena_new(64 * 1024),
                       .colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR") };
    setlocale(LC_CTYPE, "C.UTF-8"); /* column widths of Hangul, whatever the user's locale */
    cli_catch_signals();
    enum cli_status status = run(&cli, argc, argv);
    log_flush();
    arena_free(cli.arena);
    bool is_written = fflush(stdout) == 0 && !ferror(stdout);
    return is_written || status != CLI_DONE ? (int)status : CLI_REFUSED;
}
