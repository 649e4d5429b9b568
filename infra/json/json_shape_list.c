/* json_shape_list.c — how much of a list there is.  Contract: json_shape.h */
#include "json/json_shape.h"

#include <string.h>

size_t
shape_list_bytes(const struct json_shape *shape, const void *list)
{
    return shape->elements_offset + *(const uint32_t *)list * (size_t)shape->element->bytes;
}

void
shape_copy_list(const struct json_shape *shape, void *to, const void *from)
{
    size_t bytes = shape_list_bytes(shape, from);

    memcpy(to, from, bytes);
    memset((char *)to + bytes, 0, shape->bytes - bytes);
}
