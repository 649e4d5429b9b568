/* codec_tool.c — the codec for programs that are not C: the tests in Python.
 *
 * Reads frames from standard input, `<Event> <bytes>\n` and so many bytes; answers each with one line:
 *   ok <encoded JSON>   decoded, and encoded again
 *   bad <code> <pointer> <detail>
 * What was read before it was written shows as a difference: events are decoded into ones. */
#include "base/arena.h"
#include "events.h"

#include <stdio.h>
#include <string.h>

#define FRAME_BYTES_MAX (16u << 20)
#define NAME_BYTES_MAX  64

static enum event_type
type_of(const char *name)
{
    for (int type = EV_NONE + 1; type < EV_COUNT; type++)
        if (strcmp(topics[type].name, name) == 0)
            return (enum event_type)type;
    return EV_NONE;
}

static void
answer(struct arena *arena, enum event_type type, const char *bytes, size_t length)
{
    struct event *event = arena_take_raw(arena, sizeof(*event));
    struct event_error err;
    memset(event, 1, sizeof(*event)); /* every bool is true */
    if (!event_decode(arena, type, bytes, length, event, &err)) {
        (void)printf("bad %s %s %s\n", err.code, err.pointer[0] == '\0' ? "\"\"" : err.pointer,
                     err.detail);
        return;
    }
    struct json_writer out;
    json_writer_init(&out, arena, 64);
    event_write(&out, event);
    (void)printf("ok %.*s\n", (int)out.length, out.bytes);
}

int
main(void)
{
    char name[NAME_BYTES_MAX];
    size_t length;
    char *bytes = memory_new(FRAME_BYTES_MAX);
    struct arena *arena = arena_new(1u << 20);
    while (scanf("%63s %zu", name, &length) == 2) {
        if (getchar() != '\n' || length > FRAME_BYTES_MAX ||
            fread(bytes, 1, length, stdin) != length || type_of(name) == EV_NONE)
            return 2;
        answer(arena, type_of(name), bytes, length);
        (void)fflush(stdout);
        arena_reset(arena, 1u << 20);
    }
    arena_free(arena);
    memory_free(bytes);
    return 0;
}
