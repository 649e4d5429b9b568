/* The arena: pieces, growth, marks, reuse. */
#include "base/arena.h"
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

static bool
is_zero(const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

Test(arena, gives_zeroed_pieces_even_where_bytes_were_used_before)
{
    struct arena *arena = arena_new(4096);
    memset(arena_take_raw(arena, 3000), 0xff, 3000);
    arena_reset(arena, 4096);
    cr_assert(is_zero(arena_take(arena, 3000), 3000));
    arena_free(arena);
}

Test(arena, aligns_every_piece_to_16)
{
    struct arena *arena = arena_new(0);
    for (size_t bytes = 0; bytes < 300; bytes++)
        cr_assert_eq((uintptr_t)arena_take_raw(arena, bytes) % 16, 0);
    arena_free(arena);
}

Test(arena, keeps_pieces_apart_and_intact_while_chunks_are_added)
{
    enum { PIECES = 2000, BYTES = 77 };
    struct arena *arena = arena_new(4096);
    char *pieces[PIECES];
    for (int i = 0; i < PIECES; i++) {
        pieces[i] = arena_take(arena, BYTES);
        memset(pieces[i], i & 0xff, BYTES);
    }
    for (int i = 0; i < PIECES; i++)
        for (int k = 0; k < BYTES; k++)
            cr_assert_eq((unsigned char)pieces[i][k], i & 0xff);
    arena_free(arena);
}

Test(arena, gives_a_piece_larger_than_any_chunk)
{
    struct arena *arena = arena_new(4096);
    size_t bytes = (size_t)20 << 20;
    char *large = arena_take(arena, bytes);
    large[bytes - 1] = 'x';
    cr_assert(is_zero(large, bytes - 1));
    cr_assert_geq(arena_used_bytes(arena), bytes);
    arena_free(arena);
}

Test(arena, forgets_all_at_reset_and_keeps_one_chunk_that_fits_the_work)
{
    struct arena *arena = arena_new(4096);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 100; i++)
            (void)arena_take_raw(arena, 1000);
        cr_assert_geq(arena_used_bytes(arena), 100000u);
        arena_reset(arena, 1 << 20);
        cr_assert_eq(arena_used_bytes(arena), 0);
    }
    char *first = arena_take_raw(arena, 1000), *last = first;
    for (int i = 1; i < 100; i++)
        last = arena_take_raw(arena, 1000);
    cr_assert_eq(last - first, 99 * (1008 + ARENA_GAP_BYTES),
                 "all in one chunk after the first rounds");
    arena_free(arena);
}

Test(arena, resizes_the_newest_piece_in_place)
{
    struct arena *arena = arena_new(4096);
    char *piece = arena_take_raw(arena, 10);
    memcpy(piece, "0123456789", 10);
    cr_assert_eq(arena_resize(arena, piece, 10, 2000), piece);
    cr_assert_eq(arena_used_bytes(arena), 2000 + ARENA_GAP_BYTES);
    cr_assert_eq(arena_resize(arena, piece, 2000, 10), piece);
    cr_assert_eq(arena_used_bytes(arena), 16 + ARENA_GAP_BYTES);
    cr_assert_eq(memcmp(piece, "0123456789", 10), 0);
    arena_free(arena);
}

#if ARENA_GAP_BYTES > 0
#include <sanitizer/asan_interface.h>

Test(arena, the_sanitizer_knows_where_every_piece_ends)
{
    struct arena *arena = arena_new(4096);
    char *piece = arena_take_raw(arena, 10), *next = arena_take_raw(arena, 10);
    cr_assert_not(__asan_address_is_poisoned(piece + 9));
    cr_assert(__asan_address_is_poisoned(piece + 10));
    cr_assert_eq(arena_resize(arena, next, 10, 100), next);
    cr_assert_not(__asan_address_is_poisoned(next + 99));
    cr_assert(__asan_address_is_poisoned(next + 100));
    arena_reset(arena, 4096);
    cr_assert(__asan_address_is_poisoned(piece));
    arena_free(arena);
}
#endif

Test(arena, copies_an_older_piece_that_grows)
{
    struct arena *arena = arena_new(4096);
    char *piece = arena_take_raw(arena, 10);
    memcpy(piece, "0123456789", 10);
    char *other = arena_take_raw(arena, 16);
    memset(other, 'o', 16);
    char *longer = arena_resize(arena, piece, 10, 9000);
    memset(longer + 10, 'x', 8990);
    cr_assert_neq(longer, piece);
    cr_assert_eq(memcmp(longer, "0123456789", 10), 0);
    cr_assert_eq(memcmp(other, "oooooooooooooooo", 16), 0);
    arena_free(arena);
}

Test(arena, rewinds_to_a_mark_across_chunks)
{
    struct arena *arena = arena_new(4096);
    char *kept = arena_text(arena, "kept", 4);
    struct arena_mark mark = arena_mark(arena);
    size_t used = arena_used_bytes(arena);
    for (int i = 0; i < 100; i++)
        (void)arena_take(arena, 999);
    arena_rewind(arena, mark);
    cr_assert_eq(arena_used_bytes(arena), used);
    cr_assert_str_eq(kept, "kept");
    cr_assert_eq((char *)arena_take_raw(arena, 1), kept + 16 + ARENA_GAP_BYTES);
    arena_free(arena);
}

Test(arena, copies_texts_and_formats)
{
    struct arena *arena = arena_new(4096);
    cr_assert_str_eq(arena_text(arena, "abcdef", 3), "abc");
    cr_assert_str_eq(arena_text(arena, NULL, 0), "");
    cr_assert_str_eq(arena_printf(arena, "%s/%d", "topic", 7), "topic/7");
    cr_assert_str_eq(arena_printf(arena, "%5000s", "x") + 4999, "x");
    cr_assert_eq(memcmp(arena_copy(arena, "a\0b", 3), "a\0b", 3), 0);
    arena_free(arena);
    arena_free(NULL);
}

Test(memory, grows_and_keeps_its_content)
{
    char *memory = memory_new(4);
    cr_assert(is_zero(memory, 4));
    memcpy(memory, "abc", 4);
    memory = memory_grow(memory, 100000);
    cr_assert_str_eq(memory, "abc");
    memory_free(memory);
    memory_free(NULL);
}
