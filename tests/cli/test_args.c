/* Words and flags: what is accepted, and what the refusal says. */
#include "cli/args.h"
#include <criterion/criterion.h>
#include <string.h>

static const struct flag flags[] = {
    { "name", "NAME", "", false },
    { "item", "ITEM", "", true },
    { "pay", NULL, "", false },
    { NULL, NULL, NULL, false },
};

static struct args args;
static struct error err;

static bool
parse(const char *const *words)
{
    int count = 0;
    while (words[count])
        count++;
    memset(&err, 0, sizeof err);
    return args_parse(&args, flags, count, (char *const *)(uintptr_t)words, &err);
}

#define PARSE(...) parse((const char *const[]){ __VA_ARGS__, NULL })

Test(args, values_stand_apart_or_behind_an_equals_sign)
{
    cr_assert(PARSE("a", "--name", "x y", "--item=1", "--item", "2", "--pay", "b"), "%s",
              err.message);
    cr_expect_eq(args.word_count, 2);
    cr_expect_str_eq(args.words[1], "b");
    cr_expect_str_eq(args_text(&args, "name"), "x y");
    cr_expect_str_eq(args_text_at(&args, "item", 0), "1");
    cr_expect_str_eq(args_text_at(&args, "item", 1), "2");
    cr_expect_null(args_text_at(&args, "item", 2));
    cr_expect(args_has(&args, "pay"));
}

Test(args, two_dashes_end_the_flags)
{
    cr_assert(PARSE("--", "--name", "-x"));
    cr_expect_eq(args.word_count, 2);
    cr_expect_not(args_has(&args, "name"));
}

Test(args, a_negative_number_is_a_word)
{
    cr_assert(PARSE("-5"));
    cr_expect_str_eq(args.words[0], "-5");
}

Test(args, an_empty_value_is_a_value)
{
    cr_assert(PARSE("--name="));
    cr_expect_str_eq(args_text(&args, "name"), "");
}

Test(args, json_and_help_belong_to_every_command)
{
    cr_assert(PARSE("--json", "-h"));
    cr_expect(args.wants_json);
    cr_expect(args.wants_help);
}

Test(args, what_is_refused_is_named)
{
    cr_expect_not(PARSE("--nane", "x"));
    cr_expect(strstr(err.message, "--nane"), "%s", err.message);
    cr_expect_not(PARSE("--name"));
    cr_expect(strstr(err.message, "--name needs a value: NAME"), "%s", err.message);
    cr_expect_not(PARSE("--name", "a", "--name", "b"));
    cr_expect(strstr(err.message, "--name is given twice"), "%s", err.message);
    cr_expect_not(PARSE("--pay=1"));
    cr_expect(strstr(err.message, "--pay takes no value"), "%s", err.message);
    cr_expect_not(PARSE("-x"));
    cr_expect(strstr(err.message, "-x"), "%s", err.message);
}

Test(args, too_many_words_are_refused)
{
    const char *words[ARGS_WORDS_MAX + 2];
    for (int i = 0; i <= ARGS_WORDS_MAX; i++)
        words[i] = "w";
    words[ARGS_WORDS_MAX + 1] = NULL;
    cr_expect_not(parse(words));
}

Test(args, integers_are_whole_numbers_within_their_range)
{
    static const char *const bad[] = { "",
                                       " 1",
                                       "1 ",
                                       "1.0",
                                       "1e2",
                                       "0x1",
                                       "+1",
                                       "--1",
                                       "-",
                                       "x",
                                       "101",
                                       "-1",
                                       "99999999999999999999" };
    int64_t value = 7;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_expect_not(text_to_integer("N", bad[i], 0, 100, &value, &err), "%s", bad[i]);
        cr_expect(strstr(err.message, "from 0 to 100"), "%s", err.message);
    }
    cr_expect_eq(value, 7);
    cr_expect(text_to_integer("N", "100", 0, 100, &value, &err));
    cr_expect_eq(value, 100);
    cr_expect(text_to_integer("N", "-9223372036854775808", INT64_MIN, 0, &value, &err));
    cr_expect_eq(value, INT64_MIN);
}
