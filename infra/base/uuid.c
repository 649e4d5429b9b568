/* uuid.c — namespaces, making, reading, writing.  Contract: uuid.h */
#include "base/uuid.h"
#include "base/uuid_sha1.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

const struct uuid UUID_NAMESPACE_ORDER = { { 0x5f, 0x0c, 0x1b, 0x5e, 0x8a, 0x1d, 0x4c, 0x0e, 0x9b,
                                             0x7d, 0x2f, 0x64, 0x1a, 0x93, 0xd7, 0x01 } };
const struct uuid UUID_NAMESPACE_INTENT = { { 0x5f, 0x0c, 0x1b, 0x5e, 0x8a, 0x1d, 0x4c, 0x0e, 0x9b,
                                              0x7d, 0x2f, 0x64, 0x1a, 0x93, 0xd7, 0x02 } };
const struct uuid UUID_NAMESPACE_RECORD = { { 0x5f, 0x0c, 0x1b, 0x5e, 0x8a, 0x1d, 0x4c, 0x0e, 0x9b,
                                              0x7d, 0x2f, 0x64, 0x1a, 0x93, 0xd7, 0x03 } };
const struct uuid UUID_NAMESPACE_FOREIGN = { { 0x5f, 0x0c, 0x1b, 0x5e, 0x8a, 0x1d, 0x4c, 0x0e, 0x9b,
                                               0x7d, 0x2f, 0x64, 0x1a, 0x93, 0xd7, 0x04 } };

struct uuid
uuid_v5(struct uuid namespace, const void *name, size_t name_bytes)
{
    struct uuid id = { { 0 } };
    uuid_sha1(id.bytes, namespace.bytes, name, name_bytes);
    return id;
}

static void
fill_random(void *bytes, size_t count)
{
    size_t done = 0;
    while (done < count) {
        ssize_t got = getrandom((char *)bytes + done, count - done, 0);
        if (got < 0 && errno != EINTR) {
            perror("jumun: getrandom");
            abort();
        }
        done += got > 0 ? (size_t)got : 0;
    }
}

static void
set_version(struct uuid *id, unsigned version)
{
    id->bytes[6] = (uint8_t)((id->bytes[6] & 0x0fu) | (version << 4));
    id->bytes[8] = (uint8_t)((id->bytes[8] & 0x3fu) | 0x80u);
}

/* The twelve bits after the version hold the fraction of the millisecond (RFC 9562, method 3), so ids
 * made within one millisecond mostly sort by time too. */
struct uuid
uuid_v7(int64_t now_us)
{
    struct uuid id;
    fill_random(&id, sizeof(id));
    uint64_t now = now_us < 0 ? 0 : (uint64_t)now_us;
    uint64_t ms = now / 1000, fraction = now % 1000 * 4096 / 1000;
    for (unsigned i = 0; i < 6; i++)
        id.bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
    id.bytes[6] = (uint8_t)(fraction >> 8);
    id.bytes[7] = (uint8_t)fraction;
    set_version(&id, 7);
    return id;
}

struct uuid
uuid_v4(void)
{
    struct uuid id;
    fill_random(&id, sizeof(id));
    set_version(&id, 4);
    return id;
}

static int
hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static bool
is_dash_place(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

bool
uuid_parse(const char *text, size_t text_bytes, struct uuid *out)
{
    if (text_bytes != UUID_TEXT_BYTES - 1)
        return false;
    size_t done = 0;
    for (size_t i = 0; i < text_bytes; i += 2) {
        if (is_dash_place(i) && text[i++] != '-')
            return false;
        int high = hex_value(text[i]), low = hex_value(text[i + 1]);
        if (high < 0 || low < 0)
            return false;
        out->bytes[done++] = (uint8_t)(high << 4 | low);
    }
    return true;
}

void
uuid_format(struct uuid id, char out[UUID_TEXT_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    size_t at = 0;
    for (size_t i = 0; i < sizeof(id.bytes); i++) {
        if (is_dash_place(at))
            out[at++] = '-';
        out[at++] = digits[id.bytes[i] >> 4];
        out[at++] = digits[id.bytes[i] & 15];
    }
    out[at] = '\0';
}

bool
uuid_equal(struct uuid a, struct uuid b)
{
    return memcmp(&a, &b, sizeof(a)) == 0;
}

bool
uuid_is_nil(struct uuid id)
{
    return uuid_equal(id, (struct uuid){ { 0 } });
}
