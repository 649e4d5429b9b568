/* base64.c — see base64.h */
#include "runtime/base64.h"
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t
base64_encode(const void *bytes, size_t count, char *out)
{
    const uint8_t *in = bytes;
    char *at = out;

    for (size_t i = 0; i < count; i += 3) {
        uint32_t group = (uint32_t)in[i] << 16;
        if (i + 1 < count)
            group |= (uint32_t)in[i + 1] << 8;
        if (i + 2 < count)
            group |= in[i + 2];
        *at++ = alphabet[group >> 18];
        *at++ = alphabet[group >> 12 & 63];
        *at++ = i + 1 < count ? alphabet[group >> 6 & 63] : '=';
        *at++ = i + 2 < count ? alphabet[group & 63] : '=';
    }
    return (size_t)(at - out);
}

static bool
value_of(char c, uint32_t *out)
{
    const char *found = c ? strchr(alphabet, c) : NULL;
    *out = found ? (uint32_t)(found - alphabet) : 0;
    return found != NULL;
}

bool
base64_decode(const char *text, size_t count, void *out, size_t *out_count)
{
    uint8_t *at = out;

    *out_count = 0;
    if (count % 4)
        return false;
    for (size_t i = 0; i < count; i += 4) {
        bool is_last = i + 4 == count;
        unsigned padding = !is_last ? 0 : text[i + 2] == '=' ? 2 : text[i + 3] == '=' ? 1 : 0;
        uint32_t group = 0, value;
        for (unsigned j = 0; j < 4; j++) {
            if (!value_of(j < 4 - padding ? text[i + j] : 'A', &value))
                return false;
            group = group << 6 | value;
        }
        if (padding == 2 && text[i + 3] != '=')
            return false;
        for (unsigned j = 0; j < 3 - padding; j++)
            *at++ = (uint8_t)(group >> (16 - 8 * j));
    }
    *out_count = (size_t)(at - (uint8_t *)out);
    return true;
}
