/* tables.c — every table of a service, from both stores.  Contract: tables.h, twin.h */
#include "differential/tables.h"
#include "differential/twin.h"
#include <stdlib.h>
#include <string.h>

static struct pg *admin;
static struct arena *arena;
static uint32_t sorted_columns;

void
tables_init(struct pg *own)
{
    admin = own;
    arena = arena_new(4 << 20);
}

/* ---- rows --------------------------------------------------------------------------------------------- */

const char **
table_row(struct arena *of, struct table *table)
{
    if (table->row_count == table->row_capacity) {
        uint32_t larger = table->row_capacity * 2 + 32;
        const char ***rows = arena_take(of, sizeof *rows * larger);
        if (table->row_count)
            memcpy(rows, table->rows, sizeof *rows * table->row_count);
        table->rows = rows;
        table->row_capacity = larger;
    }
    const char **cells = arena_take(of, sizeof *cells * table->column_count);
    table->rows[table->row_count++] = cells;
    return cells;
}

static int
by_cells(const void *left, const void *right)
{
    const char *const *one = *(const char *const *const *)left;
    const char *const *other = *(const char *const *const *)right;
    int order = 0;

    for (uint32_t i = 0; i < sorted_columns && order == 0; i++)
        order = strcmp(one[i], other[i]);
    return order;
}

void
table_sort(struct table *table)
{
    sorted_columns = table->column_count;
    if (table->row_count)
        qsort(table->rows, table->row_count, sizeof *table->rows, by_cells);
}

static uint64_t
digest_text(const char *text, uint64_t digest)
{
    do
        digest = (digest ^ (uint8_t)*text) * UINT64_C(1099511628211);
    while (*text++);
    return digest;
}

uint64_t
table_digest(const struct table *table, uint64_t seed)
{
    uint64_t digest = digest_text(table->name, seed ^ UINT64_C(14695981039346656037));

    for (uint32_t i = 0; i < table->row_count; i++)
        for (uint32_t j = 0; j < table->column_count; j++)
            digest = digest_text(table->rows[i][j], digest);
    return digest;
}

/* ---- telling ------------------------------------------------------------------------------------------ */

static void
tell_row(struct sim *sim, const struct table *table, const char *const *one,
         const char *const *other)
{
    for (uint32_t i = 1; i < table->column_count; i++)
        if (strcmp(one[i], other[i]) != 0) {
            twin_differ(sim, "%s, %s, %s: '%.150s' in memory, '%.150s' in PostgreSQL", table->name,
                        one[0], table->columns[i], one[i], other[i]);
            return;
        }
}

/* The first row that is not the same; with one key for both, the first column. */
static void
tell_difference(struct sim *sim, const struct table *memory, const struct table *postgres)
{
    uint32_t at = 0;

    while (at < memory->row_count && at < postgres->row_count &&
           by_cells(&memory->rows[at], &postgres->rows[at]) == 0)
        at++;
    const char *const *one = at < memory->row_count ? memory->rows[at] : NULL;
    const char *const *other = at < postgres->row_count ? postgres->rows[at] : NULL;
    int order = one && other ? strcmp(one[0], other[0]) : one ? -1 : 1;
    if (order == 0)
        tell_row(sim, memory, one, other);
    else if (order < 0)
        twin_differ(sim, "%s, %s: in memory alone", memory->name, one[0]);
    else
        twin_differ(sim, "%s, %s: in PostgreSQL alone", memory->name, other ? other[0] : "?");
}

/* ---- one service -------------------------------------------------------------------------------------- */

static bool
compare_table(struct sim *sim, struct database *database, uint32_t at, bool is_last)
{
    const struct service *service = database->of->service;
    struct table memory = { 0 }, postgres = { 0 };
    struct error err = { 0 };

    arena_reset(arena, 4 << 20);
    table_from_memory(arena, database, at, &memory);
    if (!table_print_json(admin, arena, service, at, &memory, &err) ||
        !table_from_postgres(admin, arena, service, at, &postgres, &err)) {
        twin_differ(sim, "%s: %s", memory.name, err.message);
        return false;
    }
    table_sort(&memory);
    table_sort(&postgres);
    uint64_t digest = table_digest(&memory, 0);
    twin_counts.rows += memory.row_count;
    if (digest == table_digest(&postgres, 0)) {
        twin_counts.digest = table_digest(&memory, is_last ? twin_counts.digest : 0);
        return true;
    }
    tell_difference(sim, &memory, &postgres);
    return false;
}

bool
tables_compare(struct sim *sim, struct database *database, bool is_last)
{
    twin_counts.checks++;
    for (uint32_t i = 0; i < database->of->service->row_type_count + TABLES_OF_LOOP; i++)
        TRY(compare_table(sim, database, i, is_last));
    return true;
}
