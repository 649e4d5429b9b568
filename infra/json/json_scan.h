/* json_scan.h — what reader and writer share: where plain text ends, eight bytes at a time.
 *
 * Plain      a byte from 0x20 to 0x7f that is neither quote nor backslash.
 * Unescaped  the same, or a byte from 0x80 on.
 * Threads    any. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define JSON_EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

static inline bool
json_is_plain(char c)
{
    unsigned char byte = (unsigned char)c;
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

static inline bool
json_is_unescaped(char c)
{
    return (unsigned char)c >= 0x80 || json_is_plain(c);
}

/* The high bit of the first byte that is not plain (a borrow may mark later ones wrongly). */
static inline uint64_t
json_not_plain(uint64_t eight)
{
    uint64_t quote = eight ^ JSON_EACH_BYTE('"'), backslash = eight ^ JSON_EACH_BYTE('\\');
    uint64_t found = (eight - JSON_EACH_BYTE(0x20)) | (quote - JSON_EACH_BYTE(1)) |
                     (backslash - JSON_EACH_BYTE(1)) | eight;
    return found & JSON_EACH_BYTE(0x80);
}

static inline uint64_t
json_not_unescaped(uint64_t eight)
{
    uint64_t quote = eight ^ JSON_EACH_BYTE('"'), backslash = eight ^ JSON_EACH_BYTE('\\');
    uint64_t found = ((eight - JSON_EACH_BYTE(0x20)) & ~eight) |
                     ((quote - JSON_EACH_BYTE(1)) & ~quote) |
                     ((backslash - JSON_EACH_BYTE(1)) & ~backslash);
    return found & JSON_EACH_BYTE(0x80);
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define JSON_SKIP_EIGHT_BYTES(at, end, found_in)                                                   \
    for (; (end) - (at) >= 8; (at) += 8) {                                                         \
        uint64_t eight;                                                                            \
        memcpy(&eight, at, sizeof(eight));                                                         \
        uint64_t found = found_in(eight);                                                          \
        if (found != 0)                                                                            \
            return (at) + (__builtin_ctzll(found) >> 3);                                           \
    }
#else
#define JSON_SKIP_EIGHT_BYTES(at, end, found_in)
#endif

static inline const char *
json_plain_end(const char *at, const char *end)
{
    JSON_SKIP_EIGHT_BYTES(at, end, json_not_plain)
    while (at < end && json_is_plain(*at))
        at++;
    return at;
}

static inline const char *
json_unescaped_end(const char *at, const char *end)
{
    JSON_SKIP_EIGHT_BYTES(at, end, json_not_unescaped)
    while (at < end && json_is_unescaped(*at))
        at++;
    return at;
}

/* Length of the UTF-8 sequence that starts with a byte ≥ 0x80, or 0 when it is not well-formed (RFC 3629). */
unsigned json_utf8_length(const char *at, const char *end);
