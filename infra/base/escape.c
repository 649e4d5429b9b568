/* escape.c — UTF-8 scanning, then the two ways of escaping.  Contract: escape.h */
#include "base/escape.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define PIECE_BYTES_MAX 16

static uint32_t
utf8_value(const unsigned char *at, size_t length)
{
    static const unsigned char first_mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
    uint32_t value = at[0] & first_mask[length];
    for (size_t i = 1; i < length; i++)
        value = value << 6 | (at[i] & 0x3fu);
    return value;
}

static size_t
utf8_announced(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first < 0xe0)
        return 2;
    if (first >= 0xe0 && first < 0xf0)
        return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

size_t
utf8_length(const char *text, size_t bytes)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned char *at = (const unsigned char *)text;
    size_t length = bytes ? utf8_announced(at[0]) : 0;
    if (length == 0 || length > bytes)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    uint32_t value = utf8_value(at, length);
    bool surrogate = value >= 0xd800 && value <= 0xdfff;
    return value < smallest[length] || surrogate || value > 0x10ffff ? 0 : length;
}

/* Each piece function writes one character's text into piece and says how many bytes. */
typedef size_t (*piece_of)(const char *at, size_t length, char piece[PIECE_BYTES_MAX]);

static size_t
escape(const char *text, size_t bytes, char *out, size_t out_bytes, bool *complete,
       piece_of to_piece)
{
    size_t used = 0, i = 0;
    char piece[PIECE_BYTES_MAX];
    while (i < bytes) {
        size_t length = utf8_length(text + i, bytes - i);
        size_t piece_bytes = to_piece(text + i, length, piece);
        if (used + piece_bytes + 1 > out_bytes)
            break;
        memcpy(out + used, piece, piece_bytes);
        used += piece_bytes;
        i += length ? length : 1;
    }
    if (out_bytes > 0)
        out[used] = '\0';
    if (complete)
        *complete = i >= bytes;
    return used;
}

static size_t
piece_copy(const char *from, size_t length, char piece[PIECE_BYTES_MAX])
{
    memcpy(piece, from, length);
    return length;
}

static size_t
piece_print(char piece[PIECE_BYTES_MAX], const char *format, unsigned value)
{
    /* one of three constant formats of this file, each at most 6 characters */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    return (size_t)snprintf(piece, PIECE_BYTES_MAX, format, value);
#pragma GCC diagnostic pop
}

static size_t
piece_json(const char *at, size_t length, char piece[PIECE_BYTES_MAX])
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *special = length == 1 && *at ? strchr(from, *at) : NULL;
    if (length == 0)
        return piece_copy("\xef\xbf\xbd", 3, piece);
    if (special) {
        const char pair[2] = { '\\', to[special - from] };
        return piece_copy(pair, 2, piece);
    }
    if (length == 1 && ((unsigned char)*at < 0x20 || *at == 0x7f))
        return piece_print(piece, "\\u%04x", (unsigned char)*at);
    return piece_copy(at, length, piece);
}

/* Bidirectional overrides, isolates and marks, line separators, the C1 controls. */
static bool
disturbs_terminal(uint32_t c)
{
    return (c >= 0x80 && c < 0xa0) || c == 0x61c || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static size_t
piece_terminal(const char *at, size_t length, char piece[PIECE_BYTES_MAX])
{
    if (length == 0)
        return piece_print(piece, "\\x%02x", (unsigned char)*at);
    uint32_t value = utf8_value((const unsigned char *)at, length);
    if (value < 0x20 || value == 0x7f)
        return piece_print(piece, "\\x%02x", value);
    if (disturbs_terminal(value))
        return piece_print(piece, "\\u%04x", value);
    return piece_copy(at, length, piece);
}

size_t
escape_json(const char *text, size_t bytes, char *out, size_t out_bytes, bool *complete)
{
    return escape(text, bytes, out, out_bytes, complete, piece_json);
}

size_t
escape_terminal(const char *text, size_t bytes, char *out, size_t out_bytes, bool *complete)
{
    return escape(text, bytes, out, out_bytes, complete, piece_terminal);
}

bool
text_is_line(const char *text, size_t bytes, size_t points_max)
{
    size_t points = 0, blanks = 0, length;
    for (size_t i = 0; i < bytes; i += length, points++) {
        length = utf8_length(text + i, bytes - i);
        uint32_t value = length ? utf8_value((const unsigned char *)text + i, length) : 0;
        if (value < 0x20 || value == 0x7f || disturbs_terminal(value))
            return false;
        blanks += value == ' ' || value == 0xa0 || value == 0x3000;
    }
    return points > blanks && points <= points_max;
}
