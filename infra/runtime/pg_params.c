/* pg_params.c — parameters in PostgreSQL's binary form.  Contract: pg.h
 *
 *   scalars   pg_param_*
 *   arrays    pg_array_*, then pg_param_texts and its kin on top of them
 *   records   pg_record_*: elements of an array of rows */
#include "runtime/pg_private.h"
#include <assert.h>
#include <endian.h>
#include <string.h>

static const struct {
    uint32_t element, array;
} oids[] = {
    [PG_BOOL] = { OID_BOOL, 1000 },   [PG_INT32] = { OID_INT4, 1007 },
    [PG_INT64] = { OID_INT8, 1016 },  [PG_TEXT] = { OID_TEXT, 1009 },
    [PG_UUID] = { OID_UUID, 2951 },   [PG_TIME] = { OID_TIME, 1185 },
    [PG_BYTEA] = { OID_BYTEA, 1001 }, [PG_JSON] = { OID_JSON, 199 },
    [PG_JSONB] = { OID_JSONB, 3807 },
};

enum pg_element
pg_element_of(uint32_t oid)
{
    enum pg_element element = 0;

    while (element < PG_ELEMENTS && oids[element].element != oid)
        element++;
    return element;
}

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
                                .element_oid = oids[element].element,
                                .array_oid = oids[element].array,
                                .length = ARRAY_HEADER_BYTES,
                                .capacity = capacity_bytes + ARRAY_HEADER_BYTES };
    array->bytes = arena_take_raw(arena, array->capacity);
}

void
pg_array_begin_records(struct pg_array *array, struct arena *arena, uint32_t record_oid,
                       uint32_t records_oid, uint32_t capacity_bytes)
{
    pg_array_begin(array, arena, PG_BYTEA, capacity_bytes);
    array->element_oid = record_oid;
    array->array_oid = records_oid;
    array->has_records = true;
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

/* Room for one value behind its length: an element, or a field of a record. */
static char *
add_value(struct pg_array *array, size_t count)
{
    char *at = grow(array, 4 + count);

    put32(at, (uint32_t)count);
    if (!array->has_records)
        array->count++;
    return at + 4;
}

void
pg_array_bytes(struct pg_array *array, const void *bytes, size_t count)
{
    bool has_version = array->element == PG_JSONB;
    char *at = add_value(array, count + has_version);

    if (has_version)
        *at++ = 1;
    memcpy(at, bytes, count);
}

void
pg_array_null(struct pg_array *array)
{
    put32(grow(array, 4), UINT32_MAX);
    if (array->has_records)
        return;
    array->has_null = true;
    array->count++;
}

uint32_t
pg_record_begin(struct pg_array *array, uint32_t field_count)
{
    uint32_t begun = array->length;

    put32(grow(array, 8) + 4, field_count);
    array->count++;
    return begun;
}

void
pg_record_field(struct pg_array *array, uint32_t oid, enum pg_element element)
{
    put32(grow(array, 4), oid);
    array->element = element;
}

void
pg_record_end(struct pg_array *array, uint32_t begun)
{
    put32(array->bytes + begun, array->length - begun - 4);
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
    put32(array->bytes + 8, array->element_oid);
    put32(array->bytes + 12, array->count);
    put32(array->bytes + 16, 1);
    /* an empty array has no dimensions, and nothing behind the element type */
    add(params, array->array_oid, array->bytes, array->count ? array->length : 12);
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
