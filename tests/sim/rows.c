/* rows.c — see rows.h */
#include "sim/rows.h"
#include "sim/sim.h"
#include <stdlib.h>
#include <string.h>

static const struct stored_table *
table_named(const struct rows *rows, const char *name)
{
    const struct service *service = rows->database->of->service;

    for (uint32_t i = 0; i < service->row_type_count; i++)
        if (strcmp(service->rows[i].name, name) == 0)
            return &rows->database->tables[i];
    abort(); /* the auditor asks for a table that is not there */
}

uint32_t
rows_count(const struct rows *rows, const char *table)
{
    return table_named(rows, table)->count;
}

struct row_seen
rows_at(const struct rows *rows, const char *table, uint32_t at)
{
    const struct stored_table *found = table_named(rows, table);

    return (struct row_seen){ found->type, found->rows[at]->data };
}

static const struct column *
column_named(const struct row_type *type, const char *name)
{
    for (uint32_t i = 0; i < type->column_count; i++)
        if (strcmp(type->columns[i].name, name) == 0)
            return &type->columns[i];
    abort();
}

int64_t
row_number(struct row_seen row, const char *name)
{
    const struct column *column = column_named(row.type, name);
    int64_t number = 0;
    int32_t narrow = 0;

    if (column->type == COLUMN_BOOL)
        return *((const char *)row.data + column->offset) != 0;
    if (column->bytes == sizeof number) {
        memcpy(&number, (const char *)row.data + column->offset, sizeof number);
        return number;
    }
    memcpy(&narrow, (const char *)row.data + column->offset, sizeof narrow);
    return narrow;
}

const char *
row_text(struct row_seen row, const char *name)
{
    const struct column *column = column_named(row.type, name);
    const char *member = (const char *)row.data + column->offset;

    if (column->type != COLUMN_NAME)
        return member;
    int32_t value;
    memcpy(&value, member, sizeof value);
    return column->names[value];
}

bool
rows_is_parked(const struct rows *rows, const char *key, uint32_t key_bytes)
{
    for (uint32_t i = 0; i < rows->database->parked_count; i++) {
        const struct stored_parked *parked = &rows->database->parked[i];
        if (!parked->is_gone && strlen(parked->row.key) == key_bytes &&
            memcmp(parked->row.key, key, key_bytes) == 0)
            return true;
    }
    return false;
}
