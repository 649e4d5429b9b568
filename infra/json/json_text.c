/* json_text.c — the inside of strings: UTF-8, escapes.  Contract: json_text.h */
#include "json/json_text.h"
#include "json/json_scan.h"

static bool
is_continuation(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

unsigned
json_utf8_length(const char *at, const char *end)
{
    const unsigned char *byte = (const unsigned char *)at;
    size_t left = (size_t)(end - at);
    if (byte[0] < 0xc2 || byte[0] > 0xf4)
        return 0;
    if (left < 2 || !is_continuation(byte[1]))
        return 0;
    if (byte[0] < 0xe0)
        return 2;
    bool overlong = (byte[0] == 0xe0 && byte[1] < 0xa0) || (byte[0] == 0xf0 && byte[1] < 0x90);
    bool beyond = (byte[0] == 0xed && byte[1] > 0x9f) || (byte[0] == 0xf4 && byte[1] > 0x8f);
    if (overlong || beyond || left < 3 || !is_continuation(byte[2]))
        return 0;
    if (byte[0] < 0xf0)
        return 3;
    return left >= 4 && is_continuation(byte[3]) ? 4 : 0;
}

/* The four digits after \u, or −1. */
static int32_t
hex4(const char *at, const char *end)
{
    int32_t value = 0;
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        int32_t digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

/* One escape; *at stands after the backslash and is moved behind it.  −1: not an escape. */
static int32_t
take_escape(const char **at, const char *end)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    if (*at == end)
        return -1;
    char c = *(*at)++;
    const char *found = c == '\0' ? NULL : strchr(names, c);
    if (found != NULL)
        return values[found - names];
    int32_t first = c == 'u' ? hex4(*at, end) : -1;
    if (first < 0 || (first >= 0xdc00 && first <= 0xdfff))
        return -1;
    *at += 4;
    if (first < 0xd800 || first > 0xdbff)
        return first;
    int32_t second =
        end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u' ? hex4(*at + 2, end) : -1;
    if (second < 0xdc00 || second > 0xdfff)
        return -1;
    *at += 6;
    return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

static enum json_status
status_of_byte(char c)
{
    if ((unsigned char)c < 0x20)
        return JSON_CONTROL_CHARACTER;
    return JSON_BAD_UTF8;
}

/* Finds the closing quote, checking all before it. */
enum json_status
json_text_scan(const char *start, const char *end, struct json_text *out)
{
    const char *at = start;
    uint32_t extra_bytes = 0; /* bytes that are no code point of their own */
    *out = (struct json_text){ 0 };
    for (;;) {
        at = json_plain_end(at, end);
        out->end = at;
        if (at == end)
            return JSON_SYNTAX;
        if (*at == '"')
            break;
        if (*at == '\\') {
            at++;
            const char *escape = at;
            int32_t value = take_escape(&at, end);
            if (value < 0)
                return JSON_BAD_ESCAPE;
            out->has_escapes = true;
            out->has_nul |= value == 0;
            extra_bytes += (uint32_t)(at - escape);
            continue;
        }
        do {
            unsigned bytes = (unsigned char)*at < 0x80 ? 0 : json_utf8_length(at, end);
            if (bytes == 0)
                return status_of_byte(*at);
            at += bytes;
            extra_bytes += bytes - 1;
        } while (at < end && (unsigned char)*at >= 0x80);
    }
    out->raw_bytes = (uint32_t)(at - start);
    out->code_points = out->raw_bytes - extra_bytes;
    return JSON_OK;
}

static size_t
put_utf8(char *out, int32_t value)
{
    uint32_t c = (uint32_t)value;
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

/* `raw` was scanned; an escape is never shorter than what it stands for. */
size_t
json_text_unescape(char *out, const char *raw, size_t raw_bytes)
{
    const char *at = raw, *end = raw + raw_bytes;
    size_t done = 0;
    while (at < end) {
        if (*at != '\\') {
            out[done++] = *at++;
            continue;
        }
        at++;
        done += put_utf8(out + done, take_escape(&at, end));
    }
    return done;
}
