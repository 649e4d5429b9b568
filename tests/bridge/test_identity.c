/* Ids follow from requests, for ever: expected values were computed with other programs. */
#include "bridge/identity.h"
#include <criterion/criterion.h>
#include <string.h>

static const char *
text_of(struct uuid id)
{
    static char text[UUID_TEXT_BYTES];
    uuid_format(id, text);
    return text;
}

Test(identity, sha_256_is_sha_256)
{
    static const struct {
        size_t count; /* of the letter a */
        const char *hex;
    } table[] = {
        {0,     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        { 1,    "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"},
        { 55,   "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"},
        { 56,   "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"},
        { 63,   "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"},
        { 64,   "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"},
        { 1000, "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"},
    };
    static char letters[1000];
    memset(letters, 'a', sizeof letters);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char hex[DIGEST_TEXT_BYTES];
        digest_format(digest_of(letters, table[i].count), hex);
        cr_expect_str_eq(hex, table[i].hex, "%zu letters", table[i].count);
    }
}

Test(identity, an_order_is_named_by_its_customer_and_key)
{
    struct uuid one = identity_order("c-1", "k1");
    cr_expect(uuid_equal(one, identity_order("c-1", "k1")));
    cr_expect_not(uuid_equal(one, identity_order("c-1", "k2")));
    cr_expect_not(uuid_equal(one, identity_order("c-2", "k1")));
    cr_expect_not(uuid_equal(identity_order("c-1", "2"), identity_order("c-12", "")),
                  "the zero byte parts them");
    cr_expect_str_eq(text_of(uuid_v5(UUID_NAMESPACE_ORDER, "c-1\0k1", 6)), text_of(one));
}

Test(identity, an_intent_is_named_by_what_it_asks)
{
    struct digest a = digest_of("a", 1), b = digest_of("b", 1);
    struct uuid one = identity_intent("o", "PaymentRequested", "1", a);
    cr_expect(uuid_equal(one, identity_intent("o", "PaymentRequested", "1", a)));
    cr_expect_not(uuid_equal(one, identity_intent("o", "PaymentRequested", "2", a)));
    cr_expect_not(uuid_equal(one, identity_intent("o", "CancelRequested", "1", a)));
    cr_expect_not(uuid_equal(one, identity_intent("p", "PaymentRequested", "1", a)));
    cr_expect_not(uuid_equal(one, identity_intent("o", "PaymentRequested", "1", b)));
}

Test(identity, a_credit_is_named_by_its_customer_and_key_and_is_no_order)
{
    char one[UUID_TEXT_BYTES], two[UUID_TEXT_BYTES];
    identity_credit("c-1", "k1", one);
    identity_credit("c-1", "k1", two);
    cr_expect_str_eq(one, two);
    identity_credit("c-2", "k1", two);
    cr_expect_str_neq(one, two);
    cr_expect_str_neq(one, text_of(identity_order("c-1", "k1")));
}

/* Values of org.apache.kafka.common.utils.Utils.murmur2, from its own tests. */
Test(identity, a_key_lies_where_kafka_puts_it)
{
    static const struct {
        const char *key;
        int32_t hash;
    } table[] = {
        {"21",                                                -973932308 },
        { "foobar",                                           -790332482 },
        { "a-little-bit-long-string",                         -985981536 },
        { "a-little-bit-longer-string",                       -1486304829},
        { "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971  },
        { "abc",                                              479470107  },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        uint32_t positive = (uint32_t)table[i].hash & 0x7fffffff;
        cr_expect_eq(identity_partition(table[i].key, 4), (int32_t)(positive % 4), "%s",
                     table[i].key);
        cr_expect_eq(identity_partition(table[i].key, 1009), (int32_t)(positive % 1009), "%s",
                     table[i].key);
    }
}
