/* arena.c — chunks, pieces, marks; then the long-lived memory.  Contract: arena.h */
#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if ARENA_GAP_BYTES > 0
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, bytes)   ((void)(at), (void)(bytes))
#define ASAN_UNPOISON_MEMORY_REGION(at, bytes) ((void)(at), (void)(bytes))
#endif

#define PIECE_ALIGNMENT      16u
#define CHUNK_BYTES_MIN      4096u
#define CHUNK_BYTES_MAX      ((size_t)8 << 20) /* doubling stops here; a larger piece gets its own */
#define ALLOCATION_BYTES_MAX ((size_t)1 << 40)

struct chunk {
    struct chunk *older;
    size_t capacity_bytes;
    size_t used_bytes;
    _Alignas(PIECE_ALIGNMENT) char bytes[];
};

struct arena {
    struct chunk *newest;
    size_t older_used_bytes; /* in all chunks but the newest */
};

static _Noreturn void
out_of_memory(size_t bytes)
{
    (void)fprintf(stderr, "jumun: out of memory (%zu bytes more were needed)\n", bytes);
    abort();
}

static size_t
aligned(size_t bytes)
{
    if (bytes > ALLOCATION_BYTES_MAX)
        out_of_memory(bytes);
    return (bytes + PIECE_ALIGNMENT - 1) & ~(size_t)(PIECE_ALIGNMENT - 1);
}

static size_t
piece_bytes(size_t bytes)
{
    return aligned(bytes) + ARENA_GAP_BYTES;
}

static struct chunk *
chunk_new(struct chunk *older, size_t capacity_bytes)
{
    struct chunk *chunk = malloc(sizeof(*chunk) + capacity_bytes);
    if (chunk == NULL)
        out_of_memory(capacity_bytes);
    *chunk = (struct chunk){ .older = older, .capacity_bytes = capacity_bytes };
    ASAN_POISON_MEMORY_REGION(chunk->bytes, capacity_bytes);
    return chunk;
}

struct arena *
arena_new(size_t first_chunk_bytes)
{
    size_t bytes = aligned(first_chunk_bytes);
    struct arena *arena = memory_new(sizeof(*arena));
    arena->newest = chunk_new(NULL, bytes < CHUNK_BYTES_MIN ? CHUNK_BYTES_MIN : bytes);
    return arena;
}

/* What lies behind is nobody's any more. */
static void
cut(struct chunk *chunk, size_t used_bytes)
{
    ASAN_POISON_MEMORY_REGION(chunk->bytes + used_bytes, chunk->used_bytes - used_bytes);
    chunk->used_bytes = used_bytes;
}

static void
drop_newest(struct arena *arena)
{
    struct chunk *older = arena->newest->older;
    free(arena->newest);
    arena->newest = older;
    if (older != NULL)
        arena->older_used_bytes -= older->used_bytes;
}

void
arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    while (arena->newest != NULL)
        drop_newest(arena);
    free(arena);
}

/* One chunk remains: as large as the work just done needed, so that the next one fits without a second
 * chunk, but never larger than keep_bytes (the smallest chunk is always kept). */
void
arena_reset(struct arena *arena, size_t keep_bytes)
{
    size_t wanted = aligned(arena_used_bytes(arena));
    if (wanted > keep_bytes)
        wanted = aligned(keep_bytes);
    if (wanted < CHUNK_BYTES_MIN)
        wanted = CHUNK_BYTES_MIN;
    bool fits = arena->newest->older == NULL && arena->newest->capacity_bytes >= wanted &&
                (arena->newest->capacity_bytes <= keep_bytes ||
                 arena->newest->capacity_bytes <= CHUNK_BYTES_MIN);
    if (!fits) {
        while (arena->newest != NULL)
            drop_newest(arena);
        arena->newest = chunk_new(NULL, wanted);
    }
    cut(arena->newest, 0);
    arena->older_used_bytes = 0;
}

static void *
take_from_new_chunk(struct arena *arena, size_t bytes)
{
    size_t capacity = arena->newest->capacity_bytes * 2;
    if (capacity > CHUNK_BYTES_MAX)
        capacity = CHUNK_BYTES_MAX;
    if (capacity < bytes)
        capacity = bytes;
    arena->older_used_bytes += arena->newest->used_bytes;
    arena->newest = chunk_new(arena->newest, capacity);
    arena->newest->used_bytes = bytes;
    return arena->newest->bytes;
}

void *
arena_take_raw(struct arena *arena, size_t bytes)
{
    struct chunk *chunk = arena->newest;
    size_t needed = piece_bytes(bytes);
    bool fits = needed <= chunk->capacity_bytes - chunk->used_bytes;
    void *piece = chunk->bytes + chunk->used_bytes;
    if (fits)
        chunk->used_bytes += needed;
    else
        piece = take_from_new_chunk(arena, needed);
    ASAN_UNPOISON_MEMORY_REGION(piece, bytes);
    return piece;
}

void *
arena_take(struct arena *arena, size_t bytes)
{
    return memset(arena_take_raw(arena, bytes), 0, bytes);
}

void *
arena_copy(struct arena *arena, const void *bytes, size_t count)
{
    void *piece = arena_take_raw(arena, count);
    if (count > 0)
        memcpy(piece, bytes, count);
    return piece;
}

char *
arena_text(struct arena *arena, const char *text, size_t bytes)
{
    char *piece = arena_take_raw(arena, bytes + 1);
    if (bytes > 0)
        memcpy(piece, text, bytes);
    piece[bytes] = '\0';
    return piece;
}

char *
arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int bytes = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    size_t size = bytes < 0 ? 1 : (size_t)bytes + 1;
    char *piece = arena_take_raw(arena, size);
    piece[0] = '\0';
    (void)vsnprintf(piece, size, format, again);
    va_end(again);
    return piece;
}

size_t
arena_used_bytes(const struct arena *arena)
{
    return arena->older_used_bytes + arena->newest->used_bytes;
}

void *
arena_resize(struct arena *arena, void *piece, size_t old_bytes, size_t new_bytes)
{
    struct chunk *chunk = arena->newest;
    size_t old_size = piece_bytes(old_bytes), new_size = piece_bytes(new_bytes);
    char *end = chunk->bytes + chunk->used_bytes;
    if ((char *)piece + old_size == end &&
        new_size <= chunk->capacity_bytes - (chunk->used_bytes - old_size)) {
        chunk->used_bytes = chunk->used_bytes - old_size + new_size;
        ASAN_POISON_MEMORY_REGION(piece, old_bytes);
        ASAN_UNPOISON_MEMORY_REGION(piece, new_bytes);
        return piece;
    }
    if (new_size <= old_size)
        return piece;
    void *longer = arena_take_raw(arena, new_bytes);
    memcpy(longer, piece, old_bytes);
    return longer;
}

struct arena_mark
arena_mark(const struct arena *arena)
{
    return (struct arena_mark){ .chunk = arena->newest, .used_bytes = arena->newest->used_bytes };
}

void
arena_rewind(struct arena *arena, struct arena_mark mark)
{
    while (arena->newest != mark.chunk)
        drop_newest(arena);
    cut(arena->newest, mark.used_bytes);
}

void *
memory_new(size_t bytes)
{
    void *memory = calloc(1, bytes == 0 ? 1 : bytes);
    if (memory == NULL)
        out_of_memory(bytes);
    return memory;
}

void *
memory_grow(void *memory, size_t bytes)
{
    void *grown = realloc(memory, bytes == 0 ? 1 : bytes);
    if (grown == NULL)
        out_of_memory(bytes);
    return grown;
}

void
memory_free(void *memory)
{
    free(memory);
}
