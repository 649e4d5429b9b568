/* columns.c — see columns.h */
#include "support/columns.h"
#include "json/json_read.h"
#include "json/json_write.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((noreturn, format(printf, 1, 2))) static void
breach(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "columns: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    abort();
}

static const char *
key_of(const struct row_type *type, const void *data)
{
    return (const char *)data + type->key_offset;
}

static bool
is_zero(const char *bytes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

/* A member as the database gives it back. */
static void
through_column(struct arena *arena, const struct column *column, const void *data, void *copy)
{
    const char *from = (const char *)data + column->offset;
    char *to = (char *)copy + column->offset;
    if (column->type != COLUMN_JSON) {
        memcpy(to, from, column->bytes);
        return;
    }
    if (is_zero(from, column->bytes)) /* NULL */
        return;
    struct json_writer out;
    struct json_doc doc;
    struct json_error err;
    json_writer_init(&out, arena, 256);
    column->write_json(&out, from);
    if (!json_parse(arena, out.bytes, out.length, &doc, &err))
        breach("column %s is no JSON: %.*s", column->name, (int)out.length, out.bytes);
    if (!column->read_json(&doc, 0, to))
        breach("column %s cannot be read: %.*s", column->name, (int)out.length, out.bytes);
}

void
columns_check(struct arena *arena, const struct row_type *type, const void *data)
{
    char *copy = arena_take(arena, type->row_bytes);
    for (uint32_t i = 0; i < type->column_count; i++)
        through_column(arena, &type->columns[i], data, copy);
    const char *bytes = data;
    for (uint32_t i = 0; i < type->row_bytes; i++)
        if (copy[i] != bytes[i] &&
            !(i >= type->key_offset && i < type->key_offset + type->key_bytes))
            breach("%s(%s): byte %u is lost on its way through the columns", type->name,
                   key_of(type, data), i);
}
