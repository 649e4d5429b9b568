/* uuid_sha1.c — the one place that includes libuuid's header: it has an uuid_parse of its own, with
 * another type.  Contract: uuid_sha1.h */
#include "base/uuid_sha1.h"

#include <uuid/uuid.h>

void
uuid_sha1(uint8_t out[16], const uint8_t namespace[16], const void *name, size_t name_bytes)
{
    uuid_generate_sha1(out, namespace, name, name_bytes);
}
