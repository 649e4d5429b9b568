/* arena.h — memory that follows the unit of work: taken in pieces, given back all at once.
 *
 * Shapes   arena: chunks of zeroed memory; a piece lives until arena_reset or arena_free.
 * Units    *_bytes are bytes; pieces are aligned to 16.
 * Errors   none: when the system has no memory the process stops with a message (abort).
 * Threads  one arena belongs to one thread.
 * Source   docs/decisions; style.md 10: malloc lives here alone. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define MUST_USE __attribute__((warn_unused_result))

/* Under AddressSanitizer every piece ends where it was asked to: what lies behind it is out of bounds. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_GAP_BYTES 16
#else
#define ARENA_GAP_BYTES 0
#endif

struct arena;

struct arena *arena_new(size_t first_chunk_bytes);
void arena_free(struct arena *arena);
/* Forgets every piece; keeps at most keep_bytes of chunks for the next unit of work. */
void arena_reset(struct arena *arena, size_t keep_bytes);
/* Zeroed. Never NULL. */
void *arena_take(struct arena *arena, size_t bytes) __attribute__((returns_nonnull, malloc));
/* Not zeroed: for buffers that are written whole. */
void *arena_take_raw(struct arena *arena, size_t bytes) __attribute__((returns_nonnull, malloc));
void *arena_copy(struct arena *arena, const void *bytes, size_t count)
    __attribute__((returns_nonnull));
/* NUL-terminated copy. */
char *arena_text(struct arena *arena, const char *text, size_t bytes)
    __attribute__((returns_nonnull));
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));
size_t arena_used_bytes(const struct arena *arena);
/* A longer or shorter piece with the same content: in place when it is the newest one, else copied.  What
 * is added is not zeroed. */
void *arena_resize(struct arena *arena, void *piece, size_t old_bytes, size_t new_bytes)
    __attribute__((returns_nonnull));

/* For scratch memory inside a unit of work: everything taken after the mark is given back. */
struct arena_mark {
    void *chunk;
    size_t used_bytes;
};
struct arena_mark arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);

/* Long-lived memory that is not tied to a unit of work (handles, tables of a process). */
void *memory_new(size_t bytes) __attribute__((returns_nonnull));
void *memory_grow(void *memory, size_t bytes) __attribute__((returns_nonnull));
void memory_free(void *memory);
