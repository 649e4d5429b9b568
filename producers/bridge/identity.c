/* identity.c — names joined with NUL bytes, hashed by UUIDv5; and where a key lies. */
#include "bridge/identity.h"
#include <string.h>

#define NAME_BYTES_MAX 512

struct name {
    char bytes[NAME_BYTES_MAX];
    size_t used;
};

/* What is joined is bounded by the API; longer text would be cut the same way every time. */
static void
join(struct name *name, const char *text)
{
    size_t bytes = strlen(text), room = sizeof name->bytes - name->used - 1;

    if (bytes > room)
        bytes = room;
    memcpy(name->bytes + name->used, text, bytes);
    name->used += bytes;
    name->bytes[name->used++] = 0;
}

struct uuid
identity_order(const char *customer_id, const char *key)
{
    struct name name = { .used = 0 };

    join(&name, customer_id);
    join(&name, key);
    return uuid_v5(UUID_NAMESPACE_ORDER, name.bytes, name.used - 1);
}

void
identity_credit(const char *customer_id, const char *key, char out[UUID_TEXT_BYTES])
{
    struct name name = { .used = 0 };

    join(&name, "credit");
    join(&name, customer_id);
    join(&name, key);
    uuid_format(uuid_v5(UUID_NAMESPACE_INTENT, name.bytes, name.used - 1), out);
}

struct uuid
identity_intent(const char *subject, const char *type, const char *which, struct digest content)
{
    struct name name = { .used = 0 };
    char hex[DIGEST_TEXT_BYTES];

    digest_format(content, hex);
    join(&name, subject);
    join(&name, type);
    join(&name, which);
    join(&name, hex);
    return uuid_v5(UUID_NAMESPACE_INTENT, name.bytes, name.used - 1);
}

static uint32_t
murmur2(const uint8_t *key, size_t bytes)
{
    const uint32_t m = 0x5bd1e995;
    uint32_t h = 0x9747b28c ^ (uint32_t)bytes, k;

    for (; bytes >= 4; key += 4, bytes -= 4) {
        k = (uint32_t)key[0] | (uint32_t)key[1] << 8 | (uint32_t)key[2] << 16 |
            (uint32_t)key[3] << 24;
        k *= m;
        k ^= k >> 24;
        h = (h * m) ^ (k * m);
    }
    if (bytes > 0) {
        for (k = 0; bytes > 0; bytes--)
            k = k << 8 | key[bytes - 1];
        h = (h ^ k) * m;
    }
    h = (h ^ h >> 13) * m;
    return h ^ h >> 15;
}

int32_t
identity_partition(const char *key, int32_t partitions)
{
    uint32_t positive = murmur2((const uint8_t *)key, strlen(key)) & 0x7fffffff;

    return (int32_t)(positive % (uint32_t)partitions);
}
