/* json_scan.h — what reader and writer share: where plain text ends, eight bytes at a time.
 *
 * Plain    a byte from 0x20 to 0x7f that is neither quote nor backslash.
 * Threads  any. */
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

/* The high bit of the first byte that is not plain (a borrow may mark later ones wrongly). */
static inline uint64_t
json_special_bits(uint64_t eight)
{
    uint64_t quote = eight ^ JSON_EACH_BYTE('"'), backslash = eight ^ JSON_EACH_BYTE('\\');
    uint64_t found = (eight - JSON_EACH_BYTE(0x20)) | (quote - JSON_EACH_BYTE(1)) |
                     (backslash - JSON_EACH_BYTE(1)) | eight;
    return found & JSON_EACH_BYTE(0x80);
}

static inline const char *
json_plain_end(const char *at, const char *end)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    for (; end - at >= 8; at += 8) {
        uint64_t eight;
        memcpy(&eight, at, sizeof(eight));
        uint64_t special = json_special_bits(eight);
        if (special != 0)
            return at + (__builtin_ctzll(special) >> 3);
    }
#endif
    while (at < end && json_is_plain(*at))
        at++;
    return at;
}

/* Length of the UTF-8 sequence that starts with a byte ≥ 0x80, or 0 when it is not well-formed (RFC 3629). */
unsigned json_utf8_length(const char *at, const char *end);
