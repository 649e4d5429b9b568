/* fuzz_event.c — the validator and every decoder: whatever is accepted is encoded, decoded and encoded to itself,
 * and can be stored: no NUL, nothing that is not UTF-8 (the validator's promise).
 *
 * The first byte chooses the event. */
#include "base/arena.h"
#include "events.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct event first, second;

static struct json_writer
encoded(struct arena *arena, const struct event *event)
{
    struct json_writer out;
    json_writer_init(&out, arena, 256);
    event_write(&out, event);
    return out;
}

static void
check(struct arena *arena)
{
    struct event_error err;
    struct json_writer once = encoded(arena, &first);
    memset(&second, 0xff, sizeof(second));
    if (!event_decode(arena, first.type, once.bytes, once.length, &second, &err))
        abort();
    struct json_writer twice = encoded(arena, &second);
    if (once.length != twice.length || memcmp(once.bytes, twice.bytes, once.length) != 0)
        abort();
    if (strlen(event_key(&first)) == 0 || strcmp(event_key(&first), event_key(&second)) != 0)
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct arena *arena = arena_new(4096);
    struct event_error err;
    enum event_type type = (enum event_type)(data[0] % EV_COUNT);
    memset(&first, 1, sizeof(first));
    if (event_decode(arena, type, (const char *)data + 1, size - 1, &first, &err))
        check(arena);
    arena_free(arena);
    return 0;
}
