/* Identities: the versions' bits, the text form, the known answer for version 5. */
#include "base/uuid.h"
#include <criterion/criterion.h>
#include <string.h>

static struct uuid
parsed(const char *text)
{
    struct uuid id;
    cr_assert(uuid_parse(text, strlen(text), &id), "%s", text);
    return id;
}

static void
assert_text(struct uuid id, const char *expected)
{
    char text[UUID_TEXT_BYTES];
    uuid_format(id, text);
    cr_assert_str_eq(text, expected);
}

Test(uuid, version_5_gives_the_known_answer)
{
    struct uuid dns = parsed("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    assert_text(uuid_v5(dns, "www.example.com", 15), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

Test(uuid, version_5_takes_zero_bytes_as_part_of_the_name)
{
    struct uuid a = uuid_v5(UUID_NAMESPACE_ORDER, "c-1\0key", 7);
    struct uuid b = uuid_v5(UUID_NAMESPACE_ORDER, "c-1\0kex", 7);
    cr_assert_not(uuid_equal(a, b));
}

/* Ids that were given depend on them: a failure here means that every retry becomes a new order. */
Test(uuid, the_namespaces_never_change)
{
    assert_text(UUID_NAMESPACE_ORDER, "5f0c1b5e-8a1d-4c0e-9b7d-2f641a93d701");
    assert_text(UUID_NAMESPACE_INTENT, "5f0c1b5e-8a1d-4c0e-9b7d-2f641a93d702");
    assert_text(UUID_NAMESPACE_RECORD, "5f0c1b5e-8a1d-4c0e-9b7d-2f641a93d703");
    assert_text(UUID_NAMESPACE_FOREIGN, "5f0c1b5e-8a1d-4c0e-9b7d-2f641a93d704");
}

Test(uuid, version_7_starts_with_the_time_and_sorts_by_it)
{
    struct uuid older = uuid_v7(1795338000000000), newer = uuid_v7(1795338000000500);
    cr_assert_eq(memcmp(older.bytes, (uint8_t[]){ 0x01, 0xa2, 0x02, 0x7b, 0xd6, 0x80 }, 6), 0);
    cr_assert_eq(older.bytes[6] >> 4, 7);
    cr_assert_eq(older.bytes[8] >> 6, 2);
    cr_assert_lt(memcmp(&older, &newer, 8), 0, "half a millisecond apart");
    cr_assert_not(uuid_equal(uuid_v7(0), uuid_v7(0)));
}

Test(uuid, version_4_is_random_with_its_bits_set)
{
    struct uuid id = uuid_v4();
    cr_assert_eq(id.bytes[6] >> 4, 4);
    cr_assert_eq(id.bytes[8] >> 6, 2);
    cr_assert_not(uuid_equal(id, uuid_v4()));
    cr_assert_not(uuid_is_nil(id));
}

Test(uuid, reads_only_the_lower_case_form)
{
    static const char *const refused[] = {
        "", "0190f5a0-1b2c-7d3e-8f40-11223344556", "0190f5a0-1b2c-7d3e-8f40-1122334455667",
        "0190F5A0-1b2c-7d3e-8f40-112233445566", "0190f5a0x1b2c-7d3e-8f40-112233445566",
        "0190f5a01b2c-7d3e-8f40-112233445566-", "{190f5a0-1b2c-7d3e-8f40-112233445566",
        "0190f5a0-1b2c-7d3e-8f40-11223344556g", "0190f5a01b2c7d3e8f40112233445566",
    };
    struct uuid unused;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        cr_assert_not(uuid_parse(refused[i], strlen(refused[i]), &unused), "%s", refused[i]);
    assert_text(parsed("0190f5a0-1b2c-7d3e-8f40-112233445566"),
                "0190f5a0-1b2c-7d3e-8f40-112233445566");
    cr_assert(uuid_is_nil(parsed("00000000-0000-0000-0000-000000000000")));
}
