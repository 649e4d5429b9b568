/* codec_bench.c — what decoding and encoding one event costs.  Not a test: run it by hand.
 *
 *   codec_bench EVENT FILE [ROUNDS]
 *
 * Decodes into one of 512 events in turn, as a batch does, so the caches are as cold as in service. */
#include "base/arena.h"
#include "base/instant.h"
#include "events.h"

#include <stdio.h>
#include <stdlib.h>

#define BATCH_EVENTS  512
#define FILE_BYTES_MAX (1u << 20)

static size_t
read_file(const char *path, char *out)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(2);
    }
    size_t bytes = fread(out, 1, FILE_BYTES_MAX, file);
    (void)fclose(file);
    return bytes;
}

static double
per_round_ns(int64_t started_us, long rounds)
{
    return (double)(monotonic_now_us() - started_us) * 1000.0 / (double)rounds;
}

static bool
decode_all(struct arena *arena, enum event_type type, const char *json, size_t bytes,
           struct event *events, long rounds)
{
    struct event_error err;
    for (long i = 0; i < rounds; i++)
        if (!event_decode(arena, type, json, bytes, &events[i % BATCH_EVENTS], &err)) {
            (void)fprintf(stderr, "refused: %s %s: %s\n", err.pointer, err.code, err.detail);
            return false;
        }
    return true;
}

static size_t
encode_all(struct arena *arena, const struct event *events, long rounds)
{
    size_t bytes = 0;
    struct arena_mark mark = arena_mark(arena);
    for (long i = 0; i < rounds; i++) {
        struct json_writer out;
        if (i % BATCH_EVENTS == 0)
            arena_rewind(arena, mark);
        json_writer_init(&out, arena, 1024);
        event_write(&out, &events[i % BATCH_EVENTS]);
        json_writer_finish(&out);
        bytes = out.length;
    }
    return bytes;
}

static bool
parse_all(struct arena *arena, const char *json, size_t bytes, long rounds)
{
    struct arena_mark mark = arena_mark(arena);
    struct json_doc doc;
    struct json_error err;
    bool all = true;
    for (long i = 0; i < rounds; i++) {
        all &= json_parse(arena, json, bytes, &doc, &err);
        arena_rewind(arena, mark);
    }
    return all;
}

int
main(int argc, char **argv)
{
    enum event_type type = argc < 3 ? EV_NONE : event_type_of(argv[1]);
    long rounds = argc > 3 ? strtol(argv[3], NULL, 10) : 200000;
    if (type == EV_NONE || rounds < BATCH_EVENTS) {
        (void)fprintf(stderr, "usage: codec_bench EVENT FILE [ROUNDS ≥ %d]\n", BATCH_EVENTS);
        return 2;
    }
    char *json = memory_new(FILE_BYTES_MAX);
    size_t bytes = read_file(argv[2], json);
    struct event *events = memory_new(BATCH_EVENTS * sizeof(*events));
    struct arena *arena = arena_new(4u << 20);
    if (!decode_all(arena, type, json, bytes, events, BATCH_EVENTS))
        return 1;
    int64_t started_us = monotonic_now_us();
    (void)parse_all(arena, json, bytes, rounds);
    double parse_ns = per_round_ns(started_us, rounds);
    started_us = monotonic_now_us();
    (void)decode_all(arena, type, json, bytes, events, rounds);
    double decode_ns = per_round_ns(started_us, rounds);
    started_us = monotonic_now_us();
    size_t encoded = encode_all(arena, events, rounds);
    double encode_ns = per_round_ns(started_us, rounds);
    (void)printf("%s: %zu bytes in, %zu out; ns: parse %.0f, decode with parse %.0f, encode %.0f\n",
                 argv[1], bytes, encoded, parse_ns, decode_ns, encode_ns);
    arena_free(arena);
    memory_free(events);
    memory_free(json);
    return 0;
}
