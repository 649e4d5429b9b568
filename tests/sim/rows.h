/* rows.h — a service's rows as the auditor sees them: by the names of tables and columns. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct database;
struct row_type;

struct rows {
    const struct database *database;
};

struct row_seen {
    const struct row_type *type;
    const void *data;
};

/* Some event of this key is parked. */
bool rows_is_parked(const struct rows *rows, const char *key, uint32_t key_bytes);
uint32_t rows_count(const struct rows *rows, const char *table);
struct row_seen rows_at(const struct rows *rows, const char *table, uint32_t at);
int64_t row_number(struct row_seen row, const char *column);
/* Texts, and names of states. */
const char *row_text(struct row_seen row, const char *column);
