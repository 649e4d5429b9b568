/* pg_result.c — values out of PostgreSQL's binary form.  Contract: pg.h */
#include "runtime/pg_private.h"
#include <assert.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The value, with its type checked: a statement whose columns changed must not be misread. */
static const char *
value_at(const struct pg_result *result, uint32_t row, uint32_t column, uint32_t oid, int bytes)
{
    const PGresult *rows = result->handle;
    assert(row < result->row_count && (int)column < PQnfields(rows));
    if (oid && PQftype(rows, (int)column) != oid) {
        fprintf(stderr, "jumun: column %s has type %u, wanted %u\n", PQfname(rows, (int)column),
                PQftype(rows, (int)column), oid);
        abort();
    }
    if (PQgetisnull(rows, (int)row, (int)column))
        return NULL;
    assert(bytes < 0 || PQgetlength(rows, (int)row, (int)column) == bytes);
    return PQgetvalue(rows, (int)row, (int)column);
}

bool
pg_is_null(const struct pg_result *result, uint32_t row, uint32_t column)
{
    return value_at(result, row, column, 0, -1) == NULL;
}

bool
pg_bool(const struct pg_result *result, uint32_t row, uint32_t column)
{
    const char *value = value_at(result, row, column, OID_BOOL, 1);
    return value && *value;
}

int32_t
pg_int32(const struct pg_result *result, uint32_t row, uint32_t column)
{
    const char *value = value_at(result, row, column, OID_INT4, 4);
    uint32_t bits = 0;
    if (value)
        memcpy(&bits, value, 4);
    return (int32_t)be32toh(bits);
}

static int64_t
int64_of(const char *value)
{
    uint64_t bits = 0;
    if (value)
        memcpy(&bits, value, 8);
    return (int64_t)be64toh(bits);
}

int64_t
pg_int64(const struct pg_result *result, uint32_t row, uint32_t column)
{
    return int64_of(value_at(result, row, column, OID_INT8, 8));
}

int64_t
pg_time(const struct pg_result *result, uint32_t row, uint32_t column)
{
    const char *value = value_at(result, row, column, OID_TIME, 8);
    return value ? int64_of(value) + PG_EPOCH_US : 0;
}

struct uuid
pg_uuid(const struct pg_result *result, uint32_t row, uint32_t column)
{
    struct uuid id = { { 0 } };
    const char *value = value_at(result, row, column, OID_UUID, 16);
    if (value)
        memcpy(id.bytes, value, sizeof id.bytes);
    return id;
}

const char *
pg_text(const struct pg_result *result, uint32_t row, uint32_t column)
{
    const char *value = value_at(result, row, column, OID_TEXT, -1);
    return value ? value : "";
}

struct pg_bytes
pg_bytes(const struct pg_result *result, uint32_t row, uint32_t column)
{
    const PGresult *rows = result->handle;
    const char *value = value_at(result, row, column, 0, -1);
    if (!value)
        return (struct pg_bytes){ NULL, 0 };
    uint32_t count = (uint32_t)PQgetlength(rows, (int)row, (int)column);
    if (PQftype(rows, (int)column) == OID_JSONB)
        return (struct pg_bytes){ value + 1, count - 1 };
    return (struct pg_bytes){ value, count };
}

void
pg_result_clear(struct pg_result *result)
{
    PQclear(result->handle);
    *result = (struct pg_result){ 0 };
}
