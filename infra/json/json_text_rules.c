/* json_text_rules.c — ids, blanks, digits.  Contract: json_text_rules.h */
#include "json/json_text_rules.h"

#include <stdint.h>

static const bool id_characters[256] = {
    ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['.'] = true,
    ['_'] = true,         [':'] = true,         ['-'] = true,
};

bool
text_is_id(const char *text, size_t bytes)
{
    bool all = true;
    for (size_t i = 0; i < bytes; i++)
        all &= id_characters[(unsigned char)text[i]];
    return all;
}

static bool
is_white_space(uint32_t c)
{
    return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

/* White space has at most three bytes; what has four counts as ink. */
static size_t
decode(const unsigned char *at, uint32_t *c)
{
    if (at[0] < 0x80) {
        *c = at[0];
        return 1;
    }
    if (at[0] < 0xe0) {
        *c = (at[0] & 0x1fu) << 6 | (at[1] & 0x3fu);
        return 2;
    }
    if (at[0] < 0xf0) {
        *c = (at[0] & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
        return 3;
    }
    *c = 0x10000;
    return 4;
}

bool
text_is_blank(const char *text, size_t bytes)
{
    const unsigned char *at = (const unsigned char *)text, *end = at + bytes;
    while (at < end) {
        uint32_t c;
        at += decode(at, &c);
        if (!is_white_space(c))
            return false;
    }
    return true;
}

bool
text_is_whole_number(const char *text, size_t bytes)
{
    for (size_t i = bytes > 0 && text[0] == '-'; i < bytes; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}
