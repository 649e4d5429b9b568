/* pg_params.c — parameters in PostgreSQL's binary form, results back out of it.  Contract: pg.h
 *
 *   scalars   pg_param_*
 *   arrays    pg_array_*, then pg_param_texts and its kin on top of them
 *   results   pg_bool … pg_bytes */
#include "runtime/pg_private.h"
#include <assert.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT4 = 23, OID_TEXT = 25, OID_TIME = 1184,
       OID_UUID = 2950 };

static const struct {
    uint32_t element, array;
} oids[] = {
    [PG_BOOL] = { OID_BOOL, 1000 },   [PG_INT32] = { OID_INT4, 1007 },
    [PG_INT64] = { OID_INT8, 1016 },  [PG_TEXT] = { OID_TEXT, 1009 },
    [PG_UUID] = { OID_UUID, 2951 },   [PG_TIME] = { OID_TIME, 1185 },
    [PG_BYTEA] = { OID_BYTEA, 1001 },
};

/* ---- scalars --------------------------------------------------------------------------------- */

void
pg_params_init(struct pg_params *params, struct arena *arena)
{
    params->arena = arena;
    params->count = 0;
}

static void
add(struct pg_params *params, uint32_t oid, const void *bytes, size_t count)
{
    assert(params->count < PG_PARAMS_MAX);
    params->types[params->count] = oid;
    params->values[params->count] = bytes;
    params->lengths[params->count] = (int)count;
    params->count++;
}

static void
add_copy(struct pg_params *params, uint32_t oid, const void *bytes, size_t count)
{
    add(params, oid, arena_copy(params->arena, bytes, count), count);
}

void
pg_param_null_text(struct pg_params *params)
{
    add(params, OID_TEXT, NULL, 0);
}

void
pg_param_text(struct pg_params *params, const char *text)
{
    add(params, OID_TEXT, text, text ? strlen(text) : 0);
}

void
pg_param_text_bytes(struct pg_params *params, const char *text, size_t bytes)
{
    add(params, OID_TEXT, text, bytes);
}

void
pg_param_uuid(struct pg_params *params, struct uuid id)
{
    add_copy(params, OID_UUID, id.bytes, sizeof id.bytes);
}

void
pg_param_bool(struct pg_params *params, bool value)
{
    add_copy(params, OID_BOOL, &(char){ value }, 1);
}

void
pg_param_int32(struct pg_params *params, int32_t value)
{
    add_copy(params, OID_INT4, &(uint32_t){ htobe32((uint32_t)value) }, 4);
}

void
pg_param_int64(struct pg_params *params, int64_t value)
{
    add_copy(params, OID_INT8, &(uint64_t){ htobe64((uint64_t)value) }, 8);
}

void
pg_param_time(struct pg_params *params, int64_t at_us)
{
    add_copy(params, OID_TIME, &(uint64_t){ htobe64((uint64_t)(at_us - PG_EPOCH_US)) }, 8);
}

void
pg_param_bytes(struct pg_params *params, const void *bytes, size_t count)
{
    add(params, OID_BYTEA, bytes ? bytes : "", count);
}

/* ---- arrays ---------------------------------------------------------------------------------- */

#define ARRAY_HEADER_BYTES 20 /* dimensions, has nulls, element type, elements, lower bound */

void
pg_array_begin(struct pg_array *array, struct arena *arena, enum pg_element element,
               uint32_t capacity_bytes)
{
    *array = (struct pg_array){ .arena = arena, .element = element,
                                .length = ARRAY_HEADER_BYTES,
                                .capacity = capacity_bytes + ARRAY_HEADER_BYTES };
    array->bytes = arena_take_raw(arena, array->capacity);
}

static char *
grow(struct pg_array *array, size_t count)
{
    assert(count < INT32_MAX / 4 && array->length + count < INT32_MAX / 2);
    if (array->length + count > array->capacity) {
        array->capacity = (array->length + (uint32_t)count) * 2;
        char *larger = arena_take_raw(array->arena, array->capacity);
        memcpy(larger, array->bytes, array->length);
        array->bytes = larger;
    }
    char *at = array->bytes + array->length;
    array->length += (uint32_t)count;
    return at;
}

static void
put32(char *at, uint32_t value)
{
    value = htobe32(value);
    memcpy(at, &value, 4);
}

void
pg_array_bytes(struct pg_array *array, const void *bytes, size_t count)
{
    char *at = grow(array, 4 + count);
    put32(at, (uint32_t)count);
    memcpy(at + 4, bytes, count);
    array->count++;
}

void
pg_array_null(struct pg_array *array)
{
    put32(grow(array, 4), UINT32_MAX);
    array->has_null = true;
    array->count++;
}

void
pg_array_bool(struct pg_array *array, bool value)
{
    pg_array_bytes(array, &(char){ value }, 1);
}

void
pg_array_int32(struct pg_array *array, int32_t value)
{
    pg_array_bytes(array, &(uint32_t){ htobe32((uint32_t)value) }, 4);
}

void
pg_array_int64(struct pg_array *array, int64_t value)
{
    if (array->element == PG_TIME)
        value -= PG_EPOCH_US;
    pg_array_bytes(array, &(uint64_t){ htobe64((uint64_t)value) }, 8);
}

void
pg_param_array(struct pg_params *params, struct pg_array *array)
{
    put32(array->bytes, array->count ? 1 : 0);
    put32(array->bytes + 4, array->has_null);
    put32(array->bytes + 8, oids[array->element].element);
    put32(array->bytes + 12, array->count);
    put32(array->bytes + 16, 1);
    /* an empty array has no dimensions, and nothing behind the element type */
    add(params, oids[array->element].array, array->bytes, array->count ? array->length : 12);
}

void
pg_param_texts(struct pg_params *params, const char *const *texts, uint32_t count)
{
    struct pg_array array;
    pg_array_begin(&array, params->arena, PG_TEXT, count * 44);
    for (uint32_t i = 0; i < count; i++)
        if (texts[i])
            pg_array_bytes(&array, texts[i], strlen(texts[i]));
        else
            pg_array_null(&array);
    pg_param_array(params, &array);
}

void
pg_param_uuids(struct pg_params *params, const struct uuid *ids, uint32_t count)
{
    struct pg_array array;
    pg_array_begin(&array, params->arena, PG_UUID, count * 20);
    for (uint32_t i = 0; i < count; i++)
        pg_array_bytes(&array, ids[i].bytes, sizeof ids[i].bytes);
    pg_param_array(params, &array);
}

void
pg_param_int32s(struct pg_params *params, const int32_t *values, uint32_t count)
{
    struct pg_array array;
    pg_array_begin(&array, params->arena, PG_INT32, count * 8);
    for (uint32_t i = 0; i < count; i++)
        pg_array_int32(&array, values[i]);
    pg_param_array(params, &array);
}

static void
add_int64s(struct pg_params *params, enum pg_element element, const int64_t *values, uint32_t count)
{
    struct pg_array array;
    pg_array_begin(&array, params->arena, element, count * 12);
    for (uint32_t i = 0; i < count; i++)
        pg_array_int64(&array, values[i]);
    pg_param_array(params, &array);
}

void
pg_param_int64s(struct pg_params *params, const int64_t *values, uint32_t count)
{
    add_int64s(params, PG_INT64, values, count);
}

void
pg_param_times(struct pg_params *params, const int64_t *at_us, uint32_t count)
{
    add_int64s(params, PG_TIME, at_us, count);
}

void
pg_param_byteas(struct pg_params *params, const struct pg_bytes *values, uint32_t count)
{
    struct pg_array array;
    pg_array_begin(&array, params->arena, PG_BYTEA, count * 64);
    for (uint32_t i = 0; i < count; i++)
        if (values[i].bytes)
            pg_array_bytes(&array, values[i].bytes, values[i].count);
        else
            pg_array_null(&array);
    pg_param_array(params, &array);
}

/* ---- results --------------------------------------------------------------------------------- */

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

#define OID_JSONB 3802

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
