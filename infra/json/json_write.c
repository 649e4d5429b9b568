/* json_write.c — appending; the growing buffer is below.  Contract: json_write.h */
#include "json/json_write.h"
#include "base/instant.h"
#include "json/json_scan.h"

#include <stdio.h>
#include <stdlib.h>

#define CAPACITY_MAX  ((size_t)1 << 30)
#define ESCAPE_BYTES  6 /* \u001f */
#define INTEGER_BYTES 20

void
json_writer_init(struct json_writer *out, struct arena *arena, uint32_t first_capacity)
{
    uint32_t capacity = first_capacity < 64 ? 64 : first_capacity;
    *out = (struct json_writer){ .arena = arena, .capacity = capacity };
    out->bytes = arena_take_raw(arena, capacity);
}

void
json_writer_grow(struct json_writer *out, size_t bytes)
{
    size_t wanted = out->length + bytes, capacity = (size_t)out->capacity * 2;
    if (bytes > CAPACITY_MAX || wanted > CAPACITY_MAX) {
        (void)fputs("jumun: a JSON text would pass 1 GiB\n", stderr);
        abort();
    }
    if (capacity < wanted)
        capacity = wanted;
    out->bytes = arena_resize(out->arena, out->bytes, out->capacity, capacity);
    out->capacity = (uint32_t)capacity;
}

void
json_writer_finish(struct json_writer *out)
{
    out->bytes = arena_resize(out->arena, out->bytes, out->capacity, out->length);
    out->capacity = out->length;
}

static void
append(struct json_writer *out, const char *bytes, size_t count)
{
    if (count == 0)
        return;
    memcpy(json_room(out, count), bytes, count);
    out->length += (uint32_t)count;
}

static void
append_char(struct json_writer *out, char c)
{
    *json_room(out, 1) = c;
    out->length++;
}

/* Before every value or name: the comma that is due; after a value one is due again. */
static void
begin_item(struct json_writer *out)
{
    if (out->needs_comma)
        append_char(out, ',');
    out->needs_comma = true;
}

static void
open_container(struct json_writer *out, char bracket)
{
    begin_item(out);
    append_char(out, bracket);
    out->needs_comma = false;
}

static void
close_container(struct json_writer *out, char bracket)
{
    append_char(out, bracket);
    out->needs_comma = true;
}

void
json_begin_object(struct json_writer *out)
{
    open_container(out, '{');
}

void
json_end_object(struct json_writer *out)
{
    close_container(out, '}');
}

void
json_begin_array(struct json_writer *out)
{
    open_container(out, '[');
}

void
json_end_array(struct json_writer *out)
{
    close_container(out, ']');
}

void
json_name(struct json_writer *out, const char *name)
{
    begin_item(out);
    append_char(out, '"');
    append(out, name, strlen(name));
    append(out, "\":", 2);
    out->needs_comma = false;
}

static void
append_escape(struct json_writer *out, char c)
{
    static const char digits[] = "0123456789abcdef";
    static const char names[] = "\"\\\b\f\n\r\t", values[] = "\"\\bfnrt";
    const char *found = c == '\0' ? NULL : strchr(names, c);
    char *room = json_room(out, ESCAPE_BYTES);
    room[0] = '\\';
    if (found != NULL) {
        room[1] = values[found - names];
        out->length += 2;
        return;
    }
    memcpy(room + 1, "u00", 3);
    room[4] = digits[(unsigned char)c >> 4];
    room[5] = digits[(unsigned char)c & 15];
    out->length += ESCAPE_BYTES;
}

/* Nearly all text needs no escape and goes out in one piece. */
void
json_text_bytes(struct json_writer *out, const char *text, size_t bytes)
{
    const char *at = text, *end = text + bytes;
    begin_item(out);
    append_char(out, '"');
    for (;;) {
        const char *special = json_unescaped_end(at, end);
        append(out, at, (size_t)(special - at));
        if (special == end)
            break;
        append_escape(out, *special);
        at = special + 1;
    }
    append_char(out, '"');
}

void
json_text(struct json_writer *out, const char *text)
{
    json_text_bytes(out, text, strlen(text));
}

void
json_integer(struct json_writer *out, int64_t value)
{
    char digits[INTEGER_BYTES];
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0)
        digits[--at] = '-';
    begin_item(out);
    append(out, digits + at, sizeof(digits) - at);
}

static void
append_word(struct json_writer *out, const char *word, size_t bytes)
{
    begin_item(out);
    append(out, word, bytes);
}

void
json_bool(struct json_writer *out, bool value)
{
    append_word(out, value ? "true" : "false", value ? 4 : 5);
}

void
json_null(struct json_writer *out)
{
    append_word(out, "null", 4);
}

void
json_instant(struct json_writer *out, int64_t at_us)
{
    char text[INSTANT_TEXT_BYTES];
    instant_format(at_us, text);
    json_text(out, text);
}

void
json_raw(struct json_writer *out, const char *json, size_t bytes)
{
    append_word(out, json, bytes);
}
