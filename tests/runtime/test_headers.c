/* test_headers.c — identity and trace, from whatever headers a record has. */
#include "runtime/loop_private.h"
#include <criterion/criterion.h>
#include <string.h>

#define ID "0f0e0d0c-0b0a-4908-8706-050403020100"

static struct kafka_header
header(const char *name, const char *value)
{
    return (struct kafka_header){ name, value, value ? (uint32_t)strlen(value) : 0 };
}

static bool
identity_is(const struct kafka_header *headers, uint32_t count, struct uuid wanted)
{
    return uuid_equal(headers_identity(headers, count, "T/1/2"), wanted);
}

Test(headers, identity_is_ce_id_or_made_of_what_there_is)
{
    struct kafka_header own[] = { header("x", "y"), header("ce_id", ID) };
    struct kafka_header foreign[] = { header("ce_source", "/shop"), header("ce_id", "42") };
    struct kafka_header empty[] = { header("ce_id", "") };
    struct kafka_header null[] = { header("ce_id", NULL) };
    struct kafka_header upper[] = { header("ce_id", "0F0E0D0C-0B0A-4908-8706-050403020100") };
    struct uuid parsed, by_place = uuid_v5(UUID_NAMESPACE_RECORD, "T/1/2", 5);

    cr_assert(uuid_parse(ID, 36, &parsed));
    cr_expect(identity_is(own, 2, parsed));
    cr_expect(identity_is(foreign, 2, uuid_v5(UUID_NAMESPACE_FOREIGN, "/shop\0" "42", 8)));
    cr_expect(identity_is(&foreign[1], 1, uuid_v5(UUID_NAMESPACE_FOREIGN, "\0" "42", 3)));
    cr_expect(identity_is(empty, 1, by_place));
    cr_expect(identity_is(null, 1, by_place));
    cr_expect(identity_is(NULL, 0, by_place));
    cr_expect(!identity_is(upper, 1, by_place));
}

Test(headers, an_incoming_trace_goes_on_and_a_broken_one_starts_anew)
{
    static const char *const broken[] = {
        "", "00", "00-0123456789abcdef0123456789abcdef-00f067aa0ba902b7-0",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-0123456789abcdef0123456789abcdeg-00f067aa0ba902b7-01",
        "ff-0123456789abcdef0123456789abcdef-00f067aa0ba902b7-01",
        "00_0123456789abcdef0123456789abcdef_00f067aa0ba902b7_01",
    };
    struct uuid id = uuid_v5(UUID_NAMESPACE_RECORD, "T/1/2", 5);
    struct kafka_header good =
        header("traceparent", "00-0123456789abcdef0123456789abcdef-00f067aa0ba902b7-00");
    struct trace trace = headers_trace(&good, 1, id);

    cr_expect_eq(trace.id[0], 0x01);
    cr_expect_eq(trace.id[15], 0xef);
    cr_expect_eq(trace.flags, 0);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct kafka_header bad = header("traceparent", broken[i]);
        trace = headers_trace(&bad, 1, id);
        cr_expect_eq(memcmp(trace.id, id.bytes, 16), 0, "%s", broken[i]);
        cr_expect_eq(trace.flags, 1);
    }
}
