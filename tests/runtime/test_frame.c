/* test_frame.c — frames: what goes in comes out, and bytes that are none are refused. */
#include "runtime/loop_private.h"
#include <criterion/criterion.h>
#include <string.h>

static struct frame
example(void)
{
    return (struct frame){ .seq = 7, .at_us = INT64_C(1800000000123456),
                           .id = uuid_v5(UUID_NAMESPACE_RECORD, "x", 1),
                           .trace = { { 1, 2, 3 }, 1 }, .partition = -1, .type = EV_ORDER_PAID,
                           .cause = "PaymentCompleted/3/41", .cause_bytes = 21, .key = "k",
                           .key_bytes = 1, .value = "{}", .value_bytes = 2 };
}

Test(frame, comes_out_as_it_went_in)
{
    char bytes[512];
    struct frame in = example(), out;
    const char *at = bytes;
    char *end = frame_write(&in, bytes);

    cr_assert_eq((size_t)(end - bytes), frame_bytes(&in));
    cr_assert(frame_read(&out, &at, end));
    cr_expect_eq(at, end);
    cr_expect_eq(out.seq, in.seq);
    cr_expect_eq(out.at_us, in.at_us);
    cr_expect(uuid_equal(out.id, in.id));
    cr_expect_eq(memcmp(&out.trace, &in.trace, sizeof in.trace), 0);
    cr_expect_eq(out.partition, -1);
    cr_expect_eq(out.type, EV_ORDER_PAID);
    cr_expect_eq(strncmp(out.cause, in.cause, 21), 0);
    cr_expect_eq(out.key_bytes, 1);
    cr_expect_eq(strncmp(out.value, "{}", 2), 0);
}

Test(frame, no_key_is_not_an_empty_key)
{
    char bytes[512];
    struct frame in = example(), out;
    const char *at = bytes;

    in.key = NULL;
    in.key_bytes = 0;
    char *end = frame_write(&in, bytes);
    cr_assert(frame_read(&out, &at, end));
    cr_expect_null(out.key);
    in.key = "";
    at = bytes;
    end = frame_write(&in, bytes);
    cr_assert(frame_read(&out, &at, end));
    cr_expect_not_null(out.key);
    cr_expect_eq(out.key_bytes, 0);
}

Test(frame, cut_or_bent_bytes_are_refused)
{
    char bytes[512];
    struct frame in = example(), out;
    const char *at;
    char *end = frame_write(&in, bytes);

    for (const char *cut = bytes; cut < end; cut++) {
        at = bytes;
        cr_expect(!frame_read(&out, &at, cut), "cut at %td", cut - bytes);
    }
    for (size_t byte = 0; byte < 4; byte++) {
        bytes[byte] ^= 0x40;
        at = bytes;
        cr_expect(!frame_read(&out, &at, end), "length bent at %zu", byte);
        bytes[byte] ^= 0x40;
    }
}
