/* json_shape_write.c — values by kind; objects in table order.  Contract: json_shape.h */
#include "json/json_shape.h"

#include <assert.h>

static void
write_object(const struct json_shape *shape, struct json_writer *out, const char *object)
{
    json_begin_object(out);
    for (uint32_t i = 0; i < shape->field_count; i++) {
        const struct json_shape_field *field = &shape->fields[i];
        if (field->has_offset != SHAPE_NO_OFFSET && !*(const bool *)(object + field->has_offset))
            continue;
        json_label(out, field->label, field->label_bytes);
        shape_write(field->shape, out, object + field->offset);
    }
    json_end_object(out);
}

static void
write_list(const struct json_shape *shape, struct json_writer *out, const char *list)
{
    const char *element = list + shape->elements_offset;
    uint32_t count = *(const uint32_t *)list;
    assert(count <= shape->maximum);
    json_begin_array(out);
    for (uint32_t i = 0; i < count; i++, element += shape->element->bytes)
        shape_write(shape->element, out, element);
    json_end_array(out);
}

static void
write_name(const struct json_shape *shape, struct json_writer *out, uint32_t value)
{
    for (uint32_t i = 0; i <= value; i++)
        assert(shape->names[i] != NULL);
    json_text(out, shape->names[value]);
}

void
shape_write(const struct json_shape *shape, struct json_writer *out, const void *member)
{
    switch (shape->kind) {
    case SHAPE_ID:
    case SHAPE_UUID:
    case SHAPE_TEXT:
        return json_text(out, member);
    case SHAPE_INT32:
        return json_integer(out, *(const int32_t *)member);
    case SHAPE_INT64:
        return json_integer(out, *(const int64_t *)member);
    case SHAPE_BOOL:
        return json_bool(out, *(const bool *)member);
    case SHAPE_TIME:
        return json_instant(out, *(const int64_t *)member);
    case SHAPE_NAME:
        return write_name(shape, out, *(const uint32_t *)member);
    case SHAPE_OBJECT:
        return write_object(shape, out, member);
    case SHAPE_LIST:
        return write_list(shape, out, member);
    }
}
