/* json_shape.h — a C struct and the JSON value it stands for, as data: one reader and one writer for all.
 *
 * Shapes     json_shape: one type of value.  Objects have fields, lists have one element shape and start
 *            with `uint32_t count`.  The tables are generated from schemas/ (events.c).
 * Reading    strict: types, ranges, lengths, patterns, required members.  Unknown members are ignored;
 *            null is not "absent".  The order of members does not matter; the table's order is fastest.
 * Invariant  after a successful read every member is set: texts and lists are zero behind their end, and
 *            where has_<field> is false, <field> is zero.  Padding between members is not touched.
 * Writing    compact, in table order; what has_<field> says is absent is left out.  A count or enum value
 *            that cannot be is a bug: abort.
 * Errors     shape_error: JSON pointer (RFC 6901), a stable code, a sentence.  Codes: type missing range
 *            not_an_integer too_long blank contains_nul pattern unknown_value not_a_time too_few_items
 *            too_many_items duplicate_item exactly_one.
 * Threads    any. */
#pragma once
#include "json/json_read.h"
#include "json/json_write.h"

enum json_shape_kind {
    SHAPE_ID,     /* char[n]: 1–maximum of [A-Za-z0-9._:-] */
    SHAPE_UUID,   /* char[37]: lower case */
    SHAPE_TEXT,   /* char[n]: 1–maximum code points, not all white space */
    SHAPE_INT32,
    SHAPE_INT64,
    SHAPE_BOOL,
    SHAPE_TIME,   /* int64_t µs; never 0, which means "no time" in rows: the epoch is read as 1 µs */
    SHAPE_NAME,   /* an enum of 4 bytes, by its names */
    SHAPE_OBJECT,
    SHAPE_LIST,
};

#define SHAPE_NO_OFFSET UINT32_MAX

struct json_shape;

struct json_shape_field {
    char label[JSON_LABEL_BYTES]; /* `,"name":` as the writer needs it */
    uint8_t label_bytes;
    bool is_required;
    int32_t default_value; /* for a bool or enum that is absent and has no has_ member */
    uint32_t offset;
    uint32_t has_offset;   /* of `bool has_<field>`, or SHAPE_NO_OFFSET */
    const struct json_shape *shape;
};

struct json_shape {
    enum json_shape_kind kind;
    uint32_t bytes; /* of the member */
    int64_t minimum, maximum; /* of an integer, or a list's count; maximum: also of a
                                 text's code points */

    const char *const *names; /* SHAPE_NAME: NULL-terminated, index = value */
    bool is_open;             /* SHAPE_NAME: an unknown name is read as 0 */

    const struct json_shape_field *fields; /* SHAPE_OBJECT: at most 64 */
    uint32_t field_count;
    uint64_t required;    /* bit = index of a field */
    uint64_t exactly_one; /* of these fields; 0: no such rule */

    const struct json_shape *element; /* SHAPE_LIST */
    uint32_t elements_offset;
    uint32_t unique_offset; /* of the text in an element that must differ from all others */
};

struct shape_error {
    char pointer[128];
    char code[32];
    char detail[160];
};

bool shape_read(const struct json_shape *shape, const struct json_doc *doc, uint32_t node,
                void *member, struct shape_error *err);
/* The same, but behind the last element of one list may stand what stood there: the longest list is a hundred times
 * what most need, and zeros for it were half of all work of reading an event. */
bool shape_read_open(const struct json_shape *shape, const struct json_doc *doc, uint32_t node,
                     void *member, const void *open_list, struct shape_error *err);
void shape_write(const struct json_shape *shape, struct json_writer *out, const void *member);
/* Of a list: up to the end of its last element. */
size_t shape_list_bytes(const struct json_shape *shape, const void *list);
/* The elements, and zeros behind them; behind from's last element there need not be anything. */
void shape_copy_list(const struct json_shape *shape, void *to, const void *from);
/* Fills err and returns false. */
bool shape_fail(struct shape_error *err, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
