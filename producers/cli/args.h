/* args.h — the words after a command, checked against its table of flags.
 *
 * Shapes   flag: --name VALUE, --name=VALUE, or a switch.  args: what was given, borrowed from argv.
 *          "--" ends the flags.  --json, --help and --version belong to every command.
 * Errors   ERROR_REFUSED: a sentence for the user; the caller adds where help is and exits 2.
 * Threads  none. */
#pragma once
#include "base/error.h"

#define ARGS_WORDS_MAX 64
#define ARGS_FLAGS_MAX 128 /* given, repeats included */

struct flag {
    const char *name;  /* without dashes; a table ends with NULL */
    const char *value; /* what --help calls its value; NULL: a switch */
    const char *meaning;
    bool repeats; /* may be given several times */
};

struct args {
    const struct flag *flags;
    const char *words[ARGS_WORDS_MAX];
    uint32_t word_count;
    struct {
        const struct flag *flag;
        const char *value;
    } given[ARGS_FLAGS_MAX];
    uint32_t given_count;
    bool wants_help, wants_json;
};

bool args_parse(struct args *args, const struct flag *flags, int argc, char *const *argv,
                struct error *err) MUST_USE;
bool args_has(const struct args *args, const char *name);
/* The last value given, or NULL. */
const char *args_text(const struct args *args, const char *name);
/* The index-th value of a flag that repeats, or NULL. */
const char *args_text_at(const struct args *args, const char *name, uint32_t index);
/* Leaves *out as it is when the flag was not given. */
bool args_integer(const struct args *args, const char *name, int64_t min, int64_t max, int64_t *out,
                  struct error *err) MUST_USE;
/* what: "PRICE", "--price" …, for the message. */
bool text_to_integer(const char *what, const char *text, int64_t min, int64_t max, int64_t *out,
                     struct error *err) MUST_USE;
