/* uuid.h — identities (RFC 9562).
 *
 * Shapes   uuid: 16 bytes, network order.  Text form: 36 lower-case characters and a NUL.
 * Errors   uuid_parse returns false for anything but that form (upper case is refused too).
 * Threads  all functions may be called from any thread.
 * Source   libuuid (SHA-1 for version 5), getrandom for versions 4 and 7. */
#pragma once
#include "base/arena.h"
#include <stdbool.h>

#define UUID_TEXT_BYTES 37

struct uuid {
    uint8_t bytes[16];
};

/* Fixed namespaces of jumun. They never change: ids already given depend on them. */
extern const struct uuid UUID_NAMESPACE_ORDER;  /* order_id = v5(this, customer_id NUL idempotency key) */
extern const struct uuid UUID_NAMESPACE_INTENT; /* ce_id of an intent = v5(this, order NUL type NUL which NUL digest) */
extern const struct uuid UUID_NAMESPACE_RECORD; /* a record without ce_id = v5(this, "topic/partition/offset") */
extern const struct uuid UUID_NAMESPACE_FOREIGN; /* a ce_id that is not a UUID = v5(this, source NUL id) */

struct uuid uuid_v5(struct uuid namespace, const void *name, size_t name_bytes);
struct uuid uuid_v7(int64_t now_us);
struct uuid uuid_v4(void);
bool uuid_parse(const char *text, size_t text_bytes, struct uuid *out) MUST_USE;
void uuid_format(struct uuid id, char out[UUID_TEXT_BYTES]);
bool uuid_equal(struct uuid a, struct uuid b);
bool uuid_is_nil(struct uuid id);
