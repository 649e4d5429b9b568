/* arguments.c — argument vectors of the command line, and how they are shown.  Contract: children.h */
#include "bridge/children.h"
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

static bool
is_plain(const char *text)
{
    return text[0] != 0 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                        "0123456789._:/@%+=-") == strlen(text);
}

/* In single quotes, where nothing has a meaning but the quote itself. */
static const char *
quoted(struct arena *arena, const char *text)
{
    char *out = arena_take(arena, strlen(text) * 4 + 3);
    size_t used = 0;

    if (is_plain(text))
        return text;
    out[used++] = '\'';
    for (; *text != 0; text++) {
        size_t bytes = *text == '\'' ? 4 : 1;

        memcpy(out + used, *text == '\'' ? "'\\''" : text, bytes);
        used += bytes;
    }
    out[used] = '\'';
    return out;
}

static const char *
shown(struct arena *arena, const char *argument)
{
    const char *value = strncmp(argument, "--", 2) == 0 ? strchr(argument, '=') : NULL;

    if (value == NULL)
        return quoted(arena, argument);
    return arena_printf(arena, "%.*s=%s", (int)(value - argument), argument,
                        quoted(arena, value + 1));
}

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
                            shown(arguments->arena, arguments->at[i]));
    }
    return line;
}
