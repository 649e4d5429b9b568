/* shell.c — quoting.  Contract: shell.h */
#include "base/shell.h"
#include <stdbool.h>
#include <string.h>

static bool
is_plain(const char *text)
{
    return *text && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                 "0123456789._:/@%+=-") == strlen(text);
}

/* In single quotes nothing has a meaning but the quote itself. */
const char *
shell_quoted(struct arena *arena, const char *text)
{
    size_t used = 0;
    if (is_plain(text))
        return text;
    char *out = arena_take(arena, strlen(text) * 4 + 3);
    out[used++] = '\'';
    for (; *text; text++) {
        size_t bytes = *text == '\'' ? 4 : 1;
        memcpy(out + used, *text == '\'' ? "'\\''" : text, bytes);
        used += bytes;
    }
    out[used] = '\'';
    return out;
}

const char *
shell_argument(struct arena *arena, const char *argument)
{
    const char *value = strncmp(argument, "--", 2) == 0 ? strchr(argument, '=') : NULL;
    if (!value)
        return shell_quoted(arena, argument);
    return arena_printf(arena, "%.*s=%s", (int)(value - argument), argument,
                        shell_quoted(arena, value + 1));
}
