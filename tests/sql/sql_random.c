/* sql_random.c — random rows through every save statement and back through every load statement.
 *
 *     sql_random CONNINFO        a database without constraints but primary keys
 *
 * Per row type: new rows, the same changed, and a stale version that must be refused.  The
 * statements' lists of columns are what is tried: a column at the wrong place, or forgotten, comes
 * back different. */
#include "sql/rows.h"
#include "json/json_read.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_COUNT 60

static uint64_t random_state = 20261122;

static uint64_t
next_random(void)
{
    uint64_t z = (random_state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* ---- values */

static void
random_uuid(char *text)
{
    struct uuid id;
    for (unsigned i = 0; i < sizeof id.bytes; i++)
        id.bytes[i] = (uint8_t)next_random();
    uuid_format(id, text);
}

/* Letters of one to four bytes, quotes, backslashes, commas and braces: what array literals trip
 * over. */
static void
random_text(char *text, uint32_t bytes)
{
    static const char *const letters[] = { "a", "Z",  "0", "\"", "\\", ",",  "{", "}", "'",
                                           " ", "\n", "é", "ß",  "한", "글", "€", "😀", "%" };
    uint32_t length = 0, wanted = (uint32_t)(next_random() % bytes);
    while (length < wanted) {
        const char *letter = letters[next_random() % (sizeof letters / sizeof letters[0])];
        if (length + strlen(letter) >= bytes)
            break;
        memcpy(text + length, letter, strlen(letter));
        length += (uint32_t)strlen(letter);
    }
}

static void
random_key(char *text, uint32_t bytes)
{
    (void)snprintf(text, bytes < 17 ? bytes : 17, "%016lx", (unsigned long)next_random());
}

static int64_t
random_integer(int64_t minimum, int64_t maximum)
{
    switch (next_random() % 6) {
    case 0:
        return minimum;
    case 1:
        return maximum;
    case 2:
        return 0;
    case 3:
        return -1;
    default:
        return (int64_t)(next_random() % 1000000007u);
    }
}

static int32_t
name_count(const struct column *column)
{
    int32_t count = 0;
    while (column->names[count] != NULL)
        count++;
    return count;
}

/* Where a row has nothing else to change; sql_driven.c has what decisions write. */
/* clang-format off */
static const struct {
    const char *column, *text;
} samples[] = {
    {"intents",    "[[\"CancelRequested\",1800000000000000,\"0190c1a0-0000-7000-8000-000000000001\","
                 "\"{\\\"reason\\\":\\\"한\\\\n\\\"}\"]]"                  },
    { "customers", "[{\"customer_id\":\"c-1\",\"codes\":[],\"cancels\":[{\"reason\":\"CUSTOMER\","
                   "\"source\":{\"partition\":3,\"offset\":9}}],\"revision\":0,"
                   "\"shipping_source\":{\"partition\":0,\"offset\":0}}]"},
};
/* clang-format on */

static void
sample_json(const struct column *column, char *member)
{
    struct arena *arena = arena_new(4096);
    struct json_doc doc;
    struct json_error err;
    for (size_t i = 0; i < COUNT_OF(samples); i++)
        if (strcmp(samples[i].column, column->name) == 0 &&
            (!json_parse(arena, samples[i].text, strlen(samples[i].text), &doc, &err) ||
             !column->read_json(&doc, 0, member)))
            abort();
    arena_free(arena);
}

static void
fill_member(const struct column *column, char *member)
{
    int64_t wide = random_integer(INT64_MIN, INT64_MAX);
    int32_t narrow = (int32_t)random_integer(INT32_MIN, INT32_MAX);
    memset(member, 0, column->bytes);
    switch (column->type) {
    case COLUMN_UUID:
        if (next_random() % 4 != 0)
            random_uuid(member);
        return;
    case COLUMN_TEXT:
        random_text(member, column->bytes);
        return;
    case COLUMN_INT32:
        memcpy(member, &narrow, sizeof narrow);
        return;
    case COLUMN_INT64:
        memcpy(member, &wide, sizeof wide);
        return;
    case COLUMN_BOOL:
        *(bool *)member = next_random() % 2 == 0;
        return;
    case COLUMN_TIME: /* 0 is NULL, else 1970 … 9999, to the microsecond */
        wide = next_random() % 4 == 0 ? 0 : (int64_t)(next_random() % 253402300799999999u);
        memcpy(member, &wide, sizeof wide);
        return;
    case COLUMN_NAME:
        narrow = (int32_t)(next_random() % (uint64_t)name_count(column));
        memcpy(member, &narrow, sizeof narrow);
        return;
    case COLUMN_BYTES:
        for (uint32_t i = 0; i < column->bytes; i++)
            member[i] = (char)next_random();
        return;
    case COLUMN_JSON:
        if (next_random() % 2 == 0)
            sample_json(column, member);
        return;
    }
}

/* What its save statement leaves as it was at first, on purpose: named here, so that a column which
 * a statement forgets is found out. */
static const struct {
    const char *row_type, *column;
} never_changed[] = {
    {"export",  "customer_id"  },
    { "export", "feed"         },
    { "export", "feed_sequence"},
    { "export", "amount"       },
    { "export", "sent_at"      },
};

static bool
is_changed(const struct row_type *type, const struct column *column)
{
    for (size_t i = 0; i < COUNT_OF(never_changed); i++)
        if (strcmp(never_changed[i].row_type, type->name) == 0 &&
            strcmp(never_changed[i].column, column->name) == 0)
            return false;
    return true;
}

static void
fill(const struct row_type *type, void *row, bool is_new)
{
    for (uint32_t i = 0; i < type->column_count; i++) {
        const struct column *column = &type->columns[i];
        if (column->offset != type->key_offset && !row_is_written_only(column) &&
            (is_new || is_changed(type, column)))
            fill_member(column, (char *)row + column->offset);
    }
}

/* ---- a row type */

struct trial {
    struct rows *rows;
    unsigned at;
    const struct row_type *type;
    struct arena *arena;
    char (*keys)[80];
};

static void
fail(const struct trial *trial, const char *what, const char *detail)
{
    (void)fprintf(stderr, "%s, %s: %s%s%s\n", trial->rows->service->name, trial->type->name, what,
                  *detail ? ": " : "", detail);
    exit(1);
}

static struct view
loaded(const struct trial *trial)
{
    struct keys keys;
    struct view view;
    keys_init(&keys, trial->rows->service, trial->arena);
    view_init(&view, trial->rows->service, trial->arena, (struct domain_settings){ 0 });
    for (uint32_t i = 0; i < ROWS_COUNT; i++)
        keys_add(&keys, trial->at, trial->keys[i]);
    rows_load(trial->rows, &keys, &view);
    return view;
}

static void *
row_at(const struct trial *trial, struct view *view, uint32_t i)
{
    return view_row(view, trial->at, view->tables[trial->at].rows[i].key);
}

static bool
save(const struct trial *trial, const struct view *view, struct error *err)
{
    *err = (struct error){ 0 };
    return rows_save(trial->rows, view, err);
}

static const struct row *
row_of(const struct trial *trial, const struct view *view, const char *key)
{
    const struct row_table *table = &view->tables[trial->at];
    for (uint32_t i = 0; i < table->count; i++)
        if (strcmp(table->rows[i].key, key) == 0)
            return &table->rows[i];
    fail(trial, "is not there", key);
    return NULL;
}

/* A row that happened to stay as it was is not saved. */
static void
check_loaded(const struct trial *trial, const struct view *saved)
{
    struct view again = loaded(trial);
    for (uint32_t i = 0; i < ROWS_COUNT; i++) {
        const struct row *row = &again.tables[trial->at].rows[i];
        const struct row *expected = row_of(trial, saved, row->key);
        const struct column *column =
            rows_differ(trial->arena, trial->type, row_at(trial, &again, i), expected->data);
        if (column != NULL)
            fail(trial, "comes back different", column->name);
        if (row->version != expected->version + row_changed(trial->type, expected))
            fail(trial, "comes back in another version", row->key);
    }
}

/* What is inserted once and never changed refuses a second version. */
static bool
is_updated(const struct row_type *type)
{
    return strstr(type->save_sql, "UPDATE ") != NULL;
}

/* Another row of the key is there, or another version of it. */
static bool
is_lost_race(const struct error *err)
{
    return err->class == ERROR_RETRY &&
           (strcmp(err->sqlstate, "23505") == 0 || strcmp(err->sqlstate, "JM001") == 0);
}

static void
round_trip(const struct trial *trial)
{
    struct error err;
    struct view first = loaded(trial);
    for (uint32_t i = 0; i < ROWS_COUNT; i++)
        fill(trial->type, row_at(trial, &first, i), true);
    if (!save(trial, &first, &err))
        fail(trial, "new rows are not saved", err.message);
    check_loaded(trial, &first);
    if (save(trial, &first, &err) || !is_lost_race(&err))
        fail(trial, "a lost race of inserts is not refused", err.message);

    struct view second = loaded(trial), stale = loaded(trial);
    for (uint32_t i = 0; i < ROWS_COUNT; i++) {
        fill(trial->type, row_at(trial, &second, i), false);
        fill(trial->type, row_at(trial, &stale, i), false);
    }
    bool is_saved = save(trial, &second, &err);
    if (is_saved != is_updated(trial->type))
        fail(trial, "changed rows", err.message);
    if (is_saved)
        check_loaded(trial, &second);
    if (save(trial, &stale, &err) || !is_lost_race(&err))
        fail(trial, "a stale version is not refused", err.message);
}

/* An appended row's key is made of several columns, none of which may be NULL, and no two alike. */
static void
fill_gaps(const struct row_type *type, char *row)
{
    for (uint32_t i = 0; i < type->column_count; i++)
        if (type->columns[i].type == COLUMN_TEXT)
            random_key(row + type->columns[i].offset, type->columns[i].bytes);
}

static void
append(const struct trial *trial)
{
    struct error err;
    struct view view;
    view_init(&view, trial->rows->service, trial->arena, (struct domain_settings){ 0 });
    for (uint32_t i = 0; i < ROWS_COUNT; i++) {
        char *row = view_append(&view, trial->at);
        memcpy(row + trial->type->key_offset, trial->keys[i], strlen(trial->keys[i]));
        fill(trial->type, row, true);
        fill_gaps(trial->type, row);
    }
    if (!save(trial, &view, &err))
        fail(trial, "appended rows are not saved", err.message);
}

static bool
is_keyed_by_uuid(const struct row_type *type)
{
    for (uint32_t i = 0; i < type->column_count; i++)
        if (type->columns[i].offset == type->key_offset)
            return type->columns[i].type == COLUMN_UUID;
    return false;
}

static void
try_type(struct rows *rows, unsigned at)
{
    struct trial trial = { .rows = rows, .at = at, .type = &rows->service->rows[at] };
    trial.arena = arena_new(1 << 20);
    trial.keys = arena_take(trial.arena, ROWS_COUNT * sizeof *trial.keys);
    for (uint32_t i = 0; i < ROWS_COUNT; i++)
        if (is_keyed_by_uuid(trial.type))
            random_uuid(trial.keys[i]);
        else
            random_key(trial.keys[i], trial.type->key_bytes);
    if (trial.type->guard == ROW_APPENDED)
        append(&trial);
    else
        round_trip(&trial);
    (void)printf("%s %s: %u columns\n", rows->service->name, trial.type->name,
                 trial.type->column_count);
    arena_free(trial.arena);
}

int
main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: sql_random CONNINFO\n");
        return 2;
    }
    for (uint32_t i = 0; i < all_services_count; i++) {
        struct rows rows = rows_open(all_services[i], argv[1]);
        for (unsigned at = 0; at < rows.service->row_type_count; at++)
            if (!rows.service->rows[at].has_no_table)
                try_type(&rows, at);
        rows_close(&rows);
    }
    return 0;
}
