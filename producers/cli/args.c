/* args.c — parsing, then looking up.  Contract: args.h */
#include "cli/args.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct flag *
find_flag(const struct flag *flags, const char *name, size_t bytes)
{
    for (; flags->name; flags++)
        if (strlen(flags->name) == bytes && memcmp(flags->name, name, bytes) == 0)
            return flags;
    return NULL;
}

static bool
is_given(const struct args *args, const struct flag *flag)
{
    for (uint32_t i = 0; i < args->given_count; i++)
        if (args->given[i].flag == flag)
            return true;
    return false;
}

static bool
add_flag(struct args *args, const struct flag *flag, const char *value, struct error *err)
{
    if (!flag->repeats && is_given(args, flag))
        return error_set(err, ERROR_REFUSED, "--%s is given twice", flag->name);
    if (args->given_count == ARGS_FLAGS_MAX)
        return error_set(err, ERROR_REFUSED, "too many options: at most %d", ARGS_FLAGS_MAX);
    args->given[args->given_count].flag = flag;
    args->given[args->given_count++].value = value;
    return true;
}

/* at: argv[*i] after its dashes. Takes the next word too where the value stands apart. */
static bool
parse_flag(struct args *args, const char *at, int argc, char *const *argv, int *i,
           struct error *err)
{
    size_t bytes = strcspn(at, "=");
    const struct flag *flag = find_flag(args->flags, at, bytes);
    const char *value = at[bytes] ? at + bytes + 1 : NULL;
    if (strcmp(at, "help") == 0)
        return args->wants_help = true;
    if (strcmp(at, "json") == 0)
        return args->wants_json = true;
    if (!flag)
        return error_set(err, ERROR_REFUSED, "there is no option --%.*s", (int)bytes, at);
    if (!flag->value && value)
        return error_set(err, ERROR_REFUSED, "--%s takes no value", flag->name);
    if (flag->value && !value && *i + 1 >= argc)
        return error_set(err, ERROR_REFUSED, "--%s needs a value: %s", flag->name, flag->value);
    if (flag->value && !value)
        value = argv[++*i];
    return add_flag(args, flag, value, err);
}

bool
args_parse(struct args *args, const struct flag *flags, int argc, char *const *argv,
           struct error *err)
{
    bool only_words = false;
    *args = (struct args){ .flags = flags };
    for (int i = 0; i < argc; i++) {
        const char *at = argv[i];
        if (!only_words && strcmp(at, "--") == 0) {
            only_words = true;
        } else if (!only_words && strcmp(at, "-h") == 0) {
            args->wants_help = true;
        } else if (!only_words && strncmp(at, "--", 2) == 0) {
            TRY(parse_flag(args, at + 2, argc, argv, &i, err));
        } else if (!only_words && at[0] == '-' && at[1] && !(at[1] >= '0' && at[1] <= '9')) {
            return error_set(err, ERROR_REFUSED, "there is no option %s", at);
        } else if (args->word_count == ARGS_WORDS_MAX) {
            return error_set(err, ERROR_REFUSED, "too many words: at most %d", ARGS_WORDS_MAX);
        } else {
            args->words[args->word_count++] = at;
        }
    }
    return true;
}

const char *
args_text_at(const struct args *args, const char *name, uint32_t index)
{
    for (uint32_t i = 0; i < args->given_count; i++)
        if (strcmp(args->given[i].flag->name, name) == 0 && index-- == 0)
            return args->given[i].value;
    return NULL;
}

const char *
args_text(const struct args *args, const char *name)
{
    return args_text_at(args, name, 0);
}

bool
args_has(const struct args *args, const char *name)
{
    const struct flag *flag = find_flag(args->flags, name, strlen(name));
    return flag && is_given(args, flag);
}

bool
text_to_integer(const char *what, const char *text, int64_t min, int64_t max, int64_t *out,
                struct error *err)
{
    char *end = NULL;
    errno = 0;
    bool starts_well =
        text[0] == '-' ? text[1] >= '0' && text[1] <= '9' : text[0] >= '0' && text[0] <= '9';
    long long value = starts_well ? strtoll(text, &end, 10) : 0;
    if (!starts_well || *end || errno || value < min || value > max)
        return error_set(err, ERROR_REFUSED,
                         "%s is %.60s; it must be a whole number from %lld to %lld", what, text,
                         (long long)min, (long long)max);
    *out = value;
    return true;
}

bool
args_integer(const struct args *args, const char *name, int64_t min, int64_t max, int64_t *out,
             struct error *err)
{
    char what[64];
    const char *text = args_text(args, name);
    if (!text)
        return true;
    snprintf(what, sizeof what, "--%s", name);
    return text_to_integer(what, text, min, max, out, err);
}
