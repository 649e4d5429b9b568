/* tables_memory.c — tables of the databases in memory, as text.  Contract: tables.h */
#include "differential/tables.h"
#include "json/json_write.h"
#include "runtime/store_pg_private.h"
#include <string.h>

/* ---- cells -------------------------------------------------------------------------------------------- */

static const char *
hex_of(struct arena *arena, const void *bytes, uint32_t count)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *at = bytes;
    char *text = arena_take(arena, 2 * (size_t)count + 1);

    if (!bytes)
        return "";
    for (uint32_t i = 0; i < count; i++) {
        text[2 * i] = digits[at[i] >> 4];
        text[2 * i + 1] = digits[at[i] & 15];
    }
    return text;
}

static const char *
number_of(struct arena *arena, int64_t number)
{
    return arena_printf(arena, "%lld", (long long)number);
}

static bool
is_zero(const char *member, uint32_t bytes)
{
    return bytes == 0 || (member[0] == 0 && memcmp(member, member + 1, bytes - 1) == 0);
}

static const char *
json_of(struct arena *arena, const struct column *column, const void *member)
{
    struct json_writer out;

    if (is_zero(member, column->bytes))
        return "";
    json_writer_init(&out, arena, 256);
    column->write_json(&out, member);
    return arena_text(arena, out.bytes, out.length);
}

static const char *
integer_of(struct arena *arena, const struct column *column, const void *member)
{
    int64_t wide = 0;
    int32_t narrow = 0;

    if (column->bytes == sizeof wide)
        memcpy(&wide, member, sizeof wide);
    else
        memcpy(&narrow, member, sizeof narrow);
    return number_of(arena, wide + narrow);
}

const char *
cell_of(struct arena *arena, const struct column *column, const void *member)
{
    int32_t value;

    switch (column->type) {
    case COLUMN_UUID:
    case COLUMN_TEXT:
        return member;
    case COLUMN_INT32:
    case COLUMN_INT64:
    case COLUMN_TIME:
        return integer_of(arena, column, member);
    case COLUMN_BOOL:
        return *(const char *)member ? "true" : "false";
    case COLUMN_NAME:
        memcpy(&value, member, sizeof value);
        return column->names[value];
    case COLUMN_BYTES:
        return hex_of(arena, member, column->bytes);
    case COLUMN_JSON:
        return json_of(arena, column, member);
    }
    return "";
}

/* ---- a service's own tables ---------------------------------------------------------------------------- */

const struct column *
table_key(const struct row_type *type)
{
    for (uint32_t i = 0; i < type->column_count; i++)
        if (type->columns[i].offset == type->key_offset)
            return &type->columns[i];
    return NULL;
}

static void
name_columns(const struct row_type *type, struct table *out)
{
    out->columns[out->column_count++] = "key";
    if (type->guard != ROW_APPENDED)
        out->columns[out->column_count++] = "version";
    for (uint32_t i = 0; i < type->column_count; i++)
        out->columns[out->column_count++] = type->columns[i].name;
}

static const char *
own_cell(struct arena *arena, const struct row_type *type, const struct stored_row *row,
         uint32_t at)
{
    const struct column *column = &type->columns[at];

    if (!statement_only_writes(type, column))
        return cell_of(arena, column, (const char *)row->data + column->offset);
    return row->texts[at] ? row->texts[at] : "";
}

static void
own_table(struct arena *arena, const struct stored_table *table, struct table *out)
{
    const struct row_type *type = table->type;

    if (type->has_no_table)
        return;
    for (uint32_t i = 0; i < table->count; i++) {
        const char **cells = table_row(arena, out);
        *cells++ = table_key(type) ? table->rows[i]->key : "";
        if (type->guard != ROW_APPENDED)
            *cells++ = number_of(arena, table->rows[i]->version);
        for (uint32_t j = 0; j < type->column_count; j++)
            *cells++ = own_cell(arena, type, table->rows[i], j);
    }
}

/* ---- the loop's ---------------------------------------------------------------------------------------- */

static void
positions(struct arena *arena, const struct database *database, struct table *out)
{
    for (uint32_t i = 0; i < database->position_count; i++) {
        const struct stored_position *position = &database->positions[i];
        const char **cells = table_row(arena, out);
        char *epoch = arena_take(arena, UUID_TEXT_BYTES);
        uuid_format(position->epoch, epoch);
        cells[0] = arena_printf(arena, "%s/%d", position->at.name, (int)position->at.partition);
        cells[1] = epoch;
        cells[2] = number_of(arena, position->at.next_offset);
        cells[3] = number_of(arena, position->at.published_next);
    }
}

static void
counters(struct arena *arena, const struct database *database, struct table *out)
{
    for (int p = 0; p < PARTITIONS_MAX; p++)
        if (database->batch_no[p] > 0) {
            const char **cells = table_row(arena, out);
            cells[0] = number_of(arena, p);
            cells[1] = number_of(arena, database->batch_no[p]);
        }
}

static void
outbox(struct arena *arena, const struct database *database, struct table *out)
{
    for (uint32_t i = database->outbox_kept_from; i < database->outbox_count; i++) {
        const struct store_outbox *row = &database->outbox[i].row;
        if (database->outbox[i].is_gone)
            continue;
        const char **cells = table_row(arena, out);
        cells[0] = arena_printf(arena, "%s/%d/%lld", row->name, (int)row->partition,
                                (long long)row->last_offset);
        cells[1] = number_of(arena, row->first_offset);
        cells[2] = number_of(arena, row->batch_no);
        cells[3] = number_of(arena, row->event_count);
        cells[4] = hex_of(arena, row->frames, row->frames_bytes);
    }
}

/* How many of its key are parked before it. */
static uint32_t
place_of(const struct database *database, uint32_t at)
{
    uint32_t before = 1;

    for (uint32_t i = 0; i < at; i++)
        before += !database->parked[i].is_gone &&
                  database->parked[i].row.kind == database->parked[at].row.kind &&
                  strcmp(database->parked[i].row.key, database->parked[at].row.key) == 0;
    return before;
}

static void
parked(struct arena *arena, const struct database *database, struct table *out)
{
    for (uint32_t i = 0; i < database->parked_count; i++) {
        const struct store_parked *row = &database->parked[i].row;
        if (database->parked[i].is_gone)
            continue;
        const char **cells = table_row(arena, out);
        cells[0] = arena_printf(arena, "%s/%d/%lld", row->name, (int)row->partition,
                                (long long)row->offset);
        cells[1] = store_key_kinds[row->kind];
        cells[2] = row->key;
        cells[3] = number_of(arena, place_of(database, i));
        cells[4] = number_of(arena, row->at_us);
        cells[5] = arena_text(arena, row->headers, row->headers_bytes);
        cells[6] = hex_of(arena, row->record_key, row->record_key_bytes);
        cells[7] = hex_of(arena, row->record_value, row->record_value_bytes);
        cells[8] = row->reason;
        cells[9] = row->detail;
    }
}

static const struct {
    const char *name;
    void (*fill)(struct arena *arena, const struct database *database, struct table *out);
    const char *columns[CELLS_MAX];
} of_loop[TABLES_OF_LOOP] = {
    { "consumer_position", positions, { "key", "epoch", "next_offset", "published_next" } },
    { "batch_counter", counters, { "key", "batch_no" } },
    { "outbox", outbox, { "key", "first_offset", "batch_no", "event_count", "events" } },
    { "parked", parked,
      { "key", "key_kind", "its key", "place", "recorded_at", "headers", "record_key",
        "record_value", "reason", "detail" } },
};

void
table_named(struct arena *arena, const struct service *service, uint32_t at, struct table *out)
{
    if (at < service->row_type_count) {
        out->name = arena_printf(arena, "jumun_%s.%s", service->name, service->rows[at].name);
        name_columns(&service->rows[at], out);
        return;
    }
    at -= service->row_type_count;
    out->name = arena_printf(arena, "jumun_%s.%s", service->name, of_loop[at].name);
    while (of_loop[at].columns[out->column_count]) {
        out->columns[out->column_count] = of_loop[at].columns[out->column_count];
        out->column_count++;
    }
}

void
table_from_memory(struct arena *arena, struct database *database, uint32_t at, struct table *out)
{
    const struct service *service = database->of->service;

    table_named(arena, service, at, out);
    if (at < service->row_type_count)
        own_table(arena, &database->tables[at], out);
    else
        of_loop[at - service->row_type_count].fill(arena, database, out);
}
