/* reader.c — see reader.h.  Reads only what our encoders write: compact JSON, valid UTF-8. */
#include "sim/reader.h"
#include <stdio.h>
#include <string.h>

/* ---- text -------------------------------------------------------------------------------------------- */

struct text
text_of(const char *text)
{
    return (struct text){ text, (uint32_t)strlen(text) };
}

bool
text_equals(struct text one, struct text other)
{
    return one.at && other.at && one.bytes == other.bytes &&
           memcmp(one.at, other.at, one.bytes) == 0;
}

bool
text_is(struct text text, const char *other)
{
    return text_equals(text, text_of(other));
}

bool
text_copy(struct text text, char *out, uint32_t out_bytes)
{
    uint32_t bytes = text.bytes < out_bytes ? text.bytes : out_bytes - 1;

    if (text.at)
        memcpy(out, text.at, bytes);
    out[text.at ? bytes : 0] = '\0';
    return text.at != NULL;
}

int64_t
text_number(struct text text)
{
    bool is_negative = text.bytes > 0 && text.at[0] == '-';
    int64_t number = 0;

    if (!text.at || text.bytes == 0)
        return -1;
    for (uint32_t i = is_negative; i < text.bytes && text.at[i] >= '0' && text.at[i] <= '9'; i++)
        number = number * 10 + (text.at[i] - '0');
    return is_negative ? -number : number;
}

/* ---- JSON -------------------------------------------------------------------------------------------- */

static const char *
skip_string(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\')
            at++;
    return at < end ? at + 1 : end;
}

static const char *
skip_value(const char *at, const char *end)
{
    int depth = 0;

    if (at < end && *at == '"')
        return skip_string(at, end);
    while (at < end) {
        if (*at == '"') {
            at = skip_string(at, end);
            continue;
        }
        if (*at == '{' || *at == '[')
            depth++;
        if (depth == 0 && (*at == ',' || *at == '}' || *at == ']'))
            return at;
        if (*at == '}' || *at == ']')
            if (--depth == 0)
                return at + 1;
        at++;
    }
    return end;
}

static struct text
value_at(const char *at, const char *end)
{
    bool is_string = at < end && *at == '"';

    if (is_string)
        return (struct text){ at + 1, (uint32_t)(end - at) - 2 };
    return (struct text){ at, (uint32_t)(end - at) };
}

struct text
reader_member(struct text object, const char *name)
{
    const char *at = object.at ? object.at + 1 : NULL, *end = object.at + object.bytes;
    size_t name_bytes = strlen(name);

    while (at && at < end && *at == '"') {
        const char *label = at + 1, *label_end = skip_string(at, end);
        const char *value = label_end + 1, *value_end = skip_value(value, end);
        if ((size_t)(label_end - 1 - label) == name_bytes && memcmp(label, name, name_bytes) == 0)
            return value_at(value, value_end);
        at = value_end + 1;
    }
    return (struct text){ NULL, 0 };
}

struct text
reader_element(struct text array, uint32_t wanted)
{
    const char *at = array.at ? array.at + 1 : NULL, *end = array.at + array.bytes;

    for (; at && at < end && *at != ']'; wanted--) {
        const char *value_end = skip_value(at, end);
        if (wanted == 0)
            return value_at(at, value_end);
        at = value_end + 1;
    }
    return (struct text){ NULL, 0 };
}

/* ---- frames ------------------------------------------------------------------------------------------ */

static uint64_t
big_endian(const char *at, int bytes)
{
    uint64_t number = 0;

    for (int i = 0; i < bytes; i++)
        number = number << 8 | (uint8_t)at[i];
    return number;
}

static void
write_id(char out[37], const char *bytes)
{
    static const char digits[] = "0123456789abcdef";

    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        *out++ = digits[(uint8_t)bytes[i] >> 4];
        *out++ = digits[(uint8_t)bytes[i] & 15];
    }
    *out = '\0';
}

bool
reader_frame(struct text *rest, struct frame_seen *out)
{
    const char *head = rest->at;

    if (rest->bytes < 64)
        return false;
    uint32_t length = (uint32_t)big_endian(head, 4) + 4, key = (uint32_t)big_endian(head + 56, 4);
    out->seq = (uint32_t)big_endian(head + 4, 4);
    out->at_us = (int64_t)big_endian(head + 8, 8);
    write_id(out->ce_id, head + 16);
    out->partition = (int32_t)big_endian(head + 49, 4);
    out->topic = (struct text){ head + 64, (uint8_t)head[53] };
    out->cause =
        (struct text){ out->topic.at + out->topic.bytes, (uint32_t)big_endian(head + 54, 2) };
    const char *body = out->cause.at + out->cause.bytes;
    out->key = key == UINT32_MAX ? (struct text){ NULL, 0 } : (struct text){ body, key };
    out->value = (struct text){ body + out->key.bytes, (uint32_t)big_endian(head + 60, 4) };
    *rest = (struct text){ rest->at + length, rest->bytes - length };
    return true;
}
