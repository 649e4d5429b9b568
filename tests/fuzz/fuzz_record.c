/* fuzz_record.c — a record's headers as anybody may write them: identity, trace, and the JSON they are kept as.
 *
 * Input   lines of name=value; the value goes to the end of its line and may hold any other byte. */
#include "base/arena.h"
#include "json/json_write.h"
#include "runtime/loop_private.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        abort();
}

static uint32_t
read_headers(struct arena *arena, const char *at, const char *end, struct kafka_header *out)
{
    uint32_t count = 0;

    while (at < end && count < KAFKA_HEADERS_MAX) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        line_end = line_end ? line_end : end;
        const char *equals = memchr(at, '=', (size_t)(line_end - at));
        if (equals) {
            out[count].name = arena_text(arena, at, (size_t)(equals - at));
            out[count].value = arena_copy(arena, equals + 1, (size_t)(line_end - equals - 1));
            out[count++].value_bytes = (uint32_t)(line_end - equals - 1);
        }
        at = line_end + 1;
    }
    return count;
}

/* What is kept of a record's headers comes back as it was, where its names are text. */
static void
keep_and_bring_back(struct arena *arena, const struct kafka_header *headers, uint32_t count)
{
    struct kafka_header back[KAFKA_HEADERS_MAX];
    struct json_writer out;

    json_writer_init(&out, arena, 256);
    headers_to_json(&out, headers, count);
    uint32_t kept = headers_from_json(out.bytes, out.length, back, arena);
    must(kept <= count);
    for (uint32_t i = 0; kept == count && i < count; i++)
        must(back[i].value_bytes == headers[i].value_bytes &&
             memcmp(back[i].value, headers[i].value, back[i].value_bytes) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char cause[] = "OrderRequested/0/1";
    struct kafka_header headers[KAFKA_HEADERS_MAX], ignored[KAFKA_HEADERS_MAX];
    struct arena *arena = arena_new(8192);
    const char *text = arena_text(arena, (const char *)data, size);
    uint32_t count = read_headers(arena, text, text + size, headers);
    struct uuid id = headers_identity(headers, count, cause);

    must(uuid_equal(id, headers_identity(headers, count, cause)));
    (void)headers_trace(headers, count, id);
    keep_and_bring_back(arena, headers, count);
    (void)headers_from_json(text, size, ignored, arena);
    arena_free(arena);
    return 0;
}
