/* arguments.c — argument vectors of the command line, and how they are shown.  Contract: children.h */
#include "bridge/children.h"
#include "base/shell.h"
#include <assert.h>
#include <string.h>

#define HIDDEN "--json"

void
arguments_init(struct arguments *out, struct arena *arena)
{
    *out = (struct arguments){ .arena = arena };
    arguments_add(out, "jumun");
}

void
arguments_add(struct arguments *out, const char *word)
{
    assert(out->count < ARGUMENTS_MAX);
    out->at[out->count++] = word;
}

void
arguments_option(struct arguments *out, const char *name, const char *value)
{
    arguments_add(out, arena_printf(out->arena, "--%s%s%s", name, value != NULL ? "=" : "",
                                    value != NULL ? value : ""));
}

void
arguments_word(struct arguments *out, const char *value)
{
    arguments_add(out, "--");
    arguments_add(out, value);
}

/* ---- shown -------------------------------------------------------------------------------------- */

const char *
arguments_line(const struct arguments *arguments)
{
    const char *line = arguments->at[0];

    for (uint32_t i = 1; i < arguments->count; i++) {
        bool is_last_pair = strcmp(arguments->at[i], "--") == 0 && i + 1 < arguments->count;

        if (strcmp(arguments->at[i], HIDDEN) == 0)
            continue;
        if (is_last_pair && arguments->at[i + 1][0] != '-')
            continue; /* only a program has to be that careful */
        line = arena_printf(arguments->arena, "%s %s", line,
                            shell_argument(arguments->arena, arguments->at[i]));
    }
    return line;
}
