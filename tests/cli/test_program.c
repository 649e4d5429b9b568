/* The program as a whole: exit status, what goes to which stream, help, and what it never shows. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static char out[1 << 16];

/* Runs jumun in a shell; out holds both streams. */
static int
run(const char *environment, const char *words)
{
    char command[2048];
    snprintf(command, sizeof command, "env -u JUMUN_LOG %s " JUMUN_PROGRAM " %s 2>&1 </dev/null",
             environment, words);
    FILE *pipe = popen(command, "r");
    size_t bytes = fread(out, 1, sizeof out - 1, pipe);
    out[bytes] = '\0';
    int status = pclose(pipe);
    cr_assert(WIFEXITED(status), "%s ended by a signal", words);
    return WEXITSTATUS(status);
}

static const char *const commands[] = {
    "product", "stock", "coupon", "credit", "order",        "show",    "watch",
    "cancel",  "tail",  "lag",    "audit",  "dead-letters", "publish", "topics",
};

#define COMMAND_COUNT (sizeof commands / sizeof *commands)

Test(program, help_lists_every_command_and_the_environment)
{
    cr_expect_eq(run("", "--help"), 0);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        cr_expect(strstr(out, commands[i]), "%s", commands[i]);
    cr_expect(strstr(out, "JUMUN_KAFKA"));
    cr_expect(strstr(out, "Exit status"));
}

Test(program, every_command_has_help_with_an_example)
{
    char words[64], example[64];
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        snprintf(words, sizeof words, "%s --help", commands[i]);
        snprintf(example, sizeof example, "jumun %s", commands[i]);
        cr_expect_eq(run("", words), 0, "%s", words);
        cr_expect(strstr(out, "Example"), "%s", words);
        cr_expect(strstr(out, example), "%s", words);
    }
}

Test(program, help_works_where_words_are_missing_or_settings_are_bad)
{
    cr_expect_eq(run("JUMUN_KAFKA=nonsense", "product --help"), 0);
}

Test(program, the_version_is_one_line)
{
    cr_expect_eq(run("", "--version"), 0);
    cr_expect_eq(strncmp(out, "jumun ", 6), 0);
}

struct usage {
    const char *words, *says;
};

static const struct usage bad_usage[] = {
    { "", "which command?" },
    { "prodct", "there is no command prodct" },
    { "product", "something is missing" },
    { "product tea", "--name and --price are needed" },
    { "product tea --name t --price -1", "--price is -1" },
    { "product tea --name t --price 1.5", "--price is 1.5" },
    { "product tea --name t --price 9007199254740992", "from 0 to 9007199254740991" },
    { "product tea --name t --price 1 --stock 1000001", "from 1 to 1000000" },
    { "product 'a b' --name t --price 1", "/product_id" },
    { "product tea --name ' ' --price 1", "/name" },
    { "product tea --name \"$(printf '\\377')\" --price 1", "name is not valid UTF-8" },
    { "product a b --name t --price 1", "one word too many: b" },
    { "stock tea", "--add is needed" },
    { "stock tea --add 0", "from 1 to 1000000" },
    { "coupon C", "either --discount or --percent" },
    { "coupon C --discount 1 --percent 1", "either --discount or --percent" },
    { "coupon C --percent 101", "from 1 to 100" },
    { "coupon C --percent 10 --expires tomorrow", "/expires_at" },
    { "credit kim", "something is missing" },
    { "credit kim 0", "AMOUNT is 0" },
    { "order", "--customer and at least one --item" },
    { "order --customer c --item tea:x", "the quantity in --item is x" },
    { "order --customer c --item tea --recipient r", "go together" },
    { "show 1", "1 is not an order's id" },
    { "show ../../v1/products", "is not an order's id" },
    { "watch X", "is not an order's id" },
    { "cancel X", "is not an order's id" },
    { "tail NoTopic", "there is no topic NoTopic" },
    { "publish NoTopic", "not a topic that can be published to" },
    { "publish DeadLetter", "not a topic that can be published to" },
    { "topics remove", "create or check" },
    { "dead-letters", "something is missing" },
    { "dead-letters mend", "list, show or redrive" },
    { "dead-letters redrive", "a key, or --all" },
    { "dead-letters list --service nobody", "there is no service nobody" },
    { "audit --tables --topics", "only one of" },
    { "lag --bogus", "there is no option --bogus" },
};

Test(program, bad_usage_is_named_and_ends_with_2)
{
    for (size_t i = 0; i < sizeof bad_usage / sizeof *bad_usage; i++) {
        cr_expect_eq(run("", bad_usage[i].words), 2, "%s", bad_usage[i].words);
        cr_expect(strstr(out, bad_usage[i].says), "%s: %s", bad_usage[i].words, out);
        cr_expect(strstr(out, "--help"), "%s", bad_usage[i].words);
    }
}

Test(program, a_bad_setting_is_named_and_ends_with_2)
{
    cr_expect_eq(run("JUMUN_KAFKA=nonsense", "lag"), 2);
    cr_expect(strstr(out, "JUMUN_KAFKA=nonsense is not allowed: host:port"), "%s", out);
}

Test(program, a_password_is_never_shown)
{
    cr_expect_eq(run("JUMUN_PG=\"$(printf 'host=a password=s3cret\\n.')\"", "lag"), 2);
    cr_expect(strstr(out, "password=***"), "%s", out);
    cr_expect_not(strstr(out, "s3cret"), "%s", out);
}

Test(program, a_server_that_is_away_ends_with_3_and_is_named)
{
    static const char *const words[] = { "topics check", "tail --once", "lag",
                                         "product tea --name t --price 1" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        cr_expect_eq(run("JUMUN_KAFKA=127.0.0.1:1", words[i]), 3, "%s", words[i]);
        cr_expect(strstr(out, "127.0.0.1:1"), "%s: %s", words[i], out);
        cr_expect_eq(strchr(out, '\n'), strrchr(out, '\n'), "more than one line: %s", out);
    }
}

Test(program, a_bridge_that_is_away_ends_with_3_and_is_named)
{
    static const char *const words[] = { "order --customer c --item tea",
                                         "show 00000000-0000-7000-8000-00000000000a",
                                         "watch 00000000-0000-7000-8000-00000000000a",
                                         "cancel 00000000-0000-7000-8000-00000000000a" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        cr_expect_eq(run("JUMUN_HTTP=127.0.0.1:1", words[i]), 3, "%s", words[i]);
        cr_expect(strstr(out, "127.0.0.1:1"), "%s", out);
    }
}

Test(program, errors_are_json_when_json_is_asked_for)
{
    cr_expect_eq(run("", "product tea --json"), 2);
    cr_expect_str_eq(out, "{\"error\":\"usage\",\"detail\":\"--name and --price are needed\"}\n");
}

Test(program, output_that_cannot_be_written_is_not_success)
{
    char command[512];
    snprintf(command, sizeof command, JUMUN_PROGRAM " --help >/dev/full 2>/dev/null");
    cr_expect_eq(WEXITSTATUS(system(command)), 1);
}
