/* Points in time: every text that is accepted, every one that is refused, both ends of the calendar. */
#include "base/instant.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *text;
    int64_t at_us;
    const char *written;
} accepted[] = {
    { "1970-01-01T00:00:00Z",                0,                   "1970-01-01T00:00:00.000Z" },
    { "1970-01-01T00:00:00.000001Z",         1,                   "1970-01-01T00:00:00.000Z" },
    { "1969-12-31T23:59:59.999Z",            -1000,               "1969-12-31T23:59:59.999Z" },
    { "1969-12-31T23:59:59.999999Z",         -1,                  "1969-12-31T23:59:59.999Z" },
    { "2026-11-22T09:00:00.000Z",            1795338000000000,    "2026-11-22T09:00:00.000Z" },
    { "2026-11-22T18:00:00+09:00",           1795338000000000,    "2026-11-22T09:00:00.000Z" },
    { "2026-11-21T23:30:00.5-09:30",         1795338000500000,    "2026-11-22T09:00:00.500Z" },
    { "2026-11-22T09:00:00.123456789Z",      1795338000123456,    "2026-11-22T09:00:00.123Z" },
    { "2024-02-29T12:00:00-00:00",           1709208000000000,    "2024-02-29T12:00:00.000Z" },
    { "2000-02-29T00:00:00Z",                951782400000000,     "2000-02-29T00:00:00.000Z" },
    { "0001-01-01T00:00:00Z",                -62135596800000000,  "0001-01-01T00:00:00.000Z" },
    { "9999-12-31T23:59:59.999999Z",         253402300799999999,  "9999-12-31T23:59:59.999Z" },
};

static const char *const refused[] = {
    "", "2026", "2026-11-22", "2026-11-22T09:00", "2026-11-22T09:00:00", "2026-11-22 09:00:00Z",
    "2026-11-22T09:00:00z", "2026-11-22t09:00:00Z", "2026-11-22T09:00:00.Z",
    "2026-11-22T09:00:00.1234567890Z", "2026-11-22T09:00:00Zx", " 2026-11-22T09:00:00Z",
    "2026-00-22T09:00:00Z", "2026-13-22T09:00:00Z", "2026-11-00T09:00:00Z", "2026-11-31T09:00:00Z",
    "2026-02-29T09:00:00Z", "1900-02-29T09:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T09:60:00Z",
    "2026-11-22T09:00:60Z", "2026-11-22T09:00:00+24:00", "2026-11-22T09:00:00+09:60",
    "2026-11-22T09:00:00+0900", "2026-11-22T09:00:00+09", "0000-12-31T23:59:59Z",
    "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "10000-01-01T00:00:00Z",
    "-026-11-22T09:00:00Z", "2026-1a-22T09:00:00Z", "+026-11-22T09:00:00Z",
};

Test(instant, reads_and_writes_rfc_3339)
{
    for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
        int64_t at_us = INT64_MIN;
        char text[INSTANT_TEXT_BYTES];
        cr_assert(instant_parse(accepted[i].text, strlen(accepted[i].text), &at_us), "%s",
                  accepted[i].text);
        cr_assert_eq(at_us, accepted[i].at_us, "%s: %ld", accepted[i].text, at_us);
        instant_format(at_us, text);
        cr_assert_str_eq(text, accepted[i].written);
    }
}

Test(instant, refuses_all_else)
{
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        int64_t unused;
        cr_assert_not(instant_parse(refused[i], strlen(refused[i]), &unused), "%s", refused[i]);
    }
}

Test(instant, refuses_every_prefix_of_a_time)
{
    const char *text = "2026-11-22T09:00:00.000+09:00";
    for (size_t bytes = 0; bytes < strlen(text); bytes++) {
        int64_t unused;
        char *exact = malloc(bytes + 1); /* so that a sanitizer sees a byte too many */
        memcpy(exact, text, bytes);
        cr_assert_not(instant_parse(exact, bytes, &unused), "%zu bytes", bytes);
        free(exact);
    }
}

Test(instant, agrees_with_the_c_library_on_every_day_of_400_years)
{
    for (int64_t day = -73000; day < 73100; day++) {
        time_t seconds = (time_t)(day * 86400 + 45296);
        struct tm parts;
        char expected[64], text[INSTANT_TEXT_BYTES];
        int64_t at_us;
        cr_assert_not_null(gmtime_r(&seconds, &parts));
        cr_assert_neq(strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S.007Z", &parts), 0);
        instant_format((int64_t)seconds * 1000000 + 7999, text);
        cr_assert_str_eq(text, expected);
        cr_assert(instant_parse(text, strlen(text), &at_us));
        cr_assert_eq(at_us, (int64_t)seconds * 1000000 + 7000);
    }
}

Test(instant, shows_what_has_no_four_digit_year_as_the_nearest_that_has)
{
    char text[INSTANT_TEXT_BYTES];
    instant_format(INT64_MIN, text);
    cr_assert_str_eq(text, "0001-01-01T00:00:00.000Z");
    instant_format(INT64_MAX, text);
    cr_assert_str_eq(text, "9999-12-31T23:59:59.999Z");
}

Test(instant, the_clocks_go_forward)
{
    int64_t wall_us = instant_now_us(), since_us = monotonic_now_us();
    cr_assert_gt(wall_us, 1700000000000000);
    cr_assert_geq(monotonic_now_us(), since_us);
}
