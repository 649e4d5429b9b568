/* test_base64.c — RFC 4648 section 10, and what is not base64. */
#include "runtime/base64.h"
#include <criterion/criterion.h>
#include <string.h>

static const char *const pairs[][2] = { { "", "" },         { "f", "Zg==" },     { "fo", "Zm8=" },
                                        { "foo", "Zm9v" },  { "foob", "Zm9vYg==" },
                                        { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" } };

Test(base64, encodes_and_decodes_the_vectors_of_the_standard)
{
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char text[32] = "", bytes[32] = "";
        size_t count;
        size_t length = base64_encode(pairs[i][0], strlen(pairs[i][0]), text);
        text[length] = '\0';
        cr_expect_str_eq(text, pairs[i][1]);
        cr_assert(base64_decode(text, length, bytes, &count));
        cr_expect_eq(count, strlen(pairs[i][0]));
        cr_expect_eq(memcmp(bytes, pairs[i][0], count), 0);
    }
}

Test(base64, refuses_what_is_not_base64)
{
    static const char *const wrong[] = { "Zg=", "Zg", "Z===", "Zm9v=", "Zm9\n", "Zg==Zg==", "Z=9v",
                                         "Zm9v\x80mFy" };
    char bytes[32];
    size_t count;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect(!base64_decode(wrong[i], strlen(wrong[i]), bytes, &count), "%s", wrong[i]);
}

Test(base64, every_byte_survives)
{
    unsigned char all[256], back[260];
    char text[BASE64_BYTES(256)];
    size_t count;

    for (int i = 0; i < 256; i++)
        all[i] = (unsigned char)i;
    size_t length = base64_encode(all, sizeof all, text);
    cr_assert(base64_decode(text, length, back, &count));
    cr_expect_eq(count, 256);
    cr_expect_eq(memcmp(all, back, 256), 0);
}
