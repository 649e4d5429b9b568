/* twin_answers.c — the rows that a batch begins with, side by side.  Contract: twin.h */
#include "differential/twin.h"
#include "json/json_write.h"
#include <string.h>

static bool
same_json(struct arena *arena, const struct column *column, const void *one, const void *other)
{
    struct json_writer left, right;

    json_writer_init(&left, arena, 256);
    json_writer_init(&right, arena, 256);
    column->write_json(&left, one);
    column->write_json(&right, other);
    return left.length == right.length && memcmp(left.bytes, right.bytes, left.length) == 0;
}

static bool
same_member(struct arena *arena, const struct column *column, const void *one, const void *other)
{
    if (memcmp(one, other, column->bytes) == 0)
        return true;
    if (column->type == COLUMN_JSON)
        return same_json(arena, column, one, other);
    return column->type == COLUMN_TEXT && strcmp(one, other) == 0;
}

static const struct row *
row_of(const struct row_table *table, const char *key)
{
    for (uint32_t i = 0; i < table->count; i++)
        if (strcmp(table->rows[i].key, key) == 0)
            return &table->rows[i];
    return NULL;
}

static bool
same_row(struct session *session, const struct row_type *type, const struct row *one,
         const struct row *other)
{
    struct sim *sim = session->process->sim;
    const char *service = session->database->of->service->name;
    struct arena *arena = ((struct twin *)session->twin)->arena;

    if (!other) {
        twin_differ(sim, "%s, begin: %s %s is loaded from memory alone", service, type->name,
                    one->key);
        return false;
    }
    if (one->version != other->version)
        twin_differ(sim, "%s, begin: %s %s has version %lld in memory, %lld in PostgreSQL", service,
                    type->name, one->key, (long long)one->version, (long long)other->version);
    for (uint32_t i = 0; i < type->column_count; i++) {
        const struct column *column = &type->columns[i];
        const char *left = (const char *)one->data + column->offset;
        const char *right = (const char *)other->data + column->offset;
        if (!statement_loads(type, column) || same_member(arena, column, left, right))
            continue;
        twin_differ(sim, "%s, begin: %s %s, %s: '%s' in memory, '%s' in PostgreSQL", service,
                    type->name, one->key, column->name, cell_of(arena, column, left),
                    cell_of(arena, column, right));
        return false;
    }
    return one->version == other->version;
}

static bool
same_table(struct session *session, uint32_t at, const struct row_table *memory,
           const struct row_table *postgres)
{
    const struct row_type *type = &session->database->of->service->rows[at];

    for (uint32_t i = 0; i < memory->count; i++)
        if (!same_row(session, type, &memory->rows[i], row_of(postgres, memory->rows[i].key)))
            return false;
    for (uint32_t i = 0; i < postgres->count; i++)
        if (!row_of(memory, postgres->rows[i].key)) {
            twin_differ(session->process->sim, "%s, begin: %s %s is loaded from PostgreSQL alone",
                        session->database->of->service->name, type->name, postgres->rows[i].key);
            return false;
        }
    twin_counts.rows += memory->count;
    return true;
}

bool
twin_same_view(struct session *session, const struct view *memory, const struct view *postgres)
{
    for (uint32_t i = 0; i < memory->service->row_type_count; i++)
        TRY(same_table(session, i, &memory->tables[i], &postgres->tables[i]));
    return true;
}
