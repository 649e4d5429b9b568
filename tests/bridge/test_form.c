/* What may become an argument of a command: every shape, at its limits and beyond. */
#include "base/escape.h"
#include "bridge/form.h"
#include <criterion/criterion.h>
#include <string.h>

struct fits {
    const char *text;
    bool fits;
};

static void
expect(form_shape *shape, const struct fits *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cr_expect_eq(shape(cases[i].text, strlen(cases[i].text)), cases[i].fits, "%s",
                     cases[i].text);
}

#define EXPECT(shape, ...)                                                                         \
    do {                                                                                           \
        const struct fits cases[] = { __VA_ARGS__ };                                               \
        expect(shape, cases, sizeof cases / sizeof *cases);                                        \
    } while (0)

#define S16 "aaaaaaaaaaaaaaaa"

Test(form, shapes_of_what_becomes_an_argument)
{
    EXPECT(fits_id, { "c-1", true }, { "-x", true }, { "--", true }, { "", false },
           { "a b", false }, { "a\nb", false }, { "a/b", false }, { "$(a)", false }, { "가", false },
           { S16 S16 S16 S16, true }, { S16 S16 S16 S16 "a", false });
    EXPECT(fits_service, { "stock", true }, { "all", false }, { "Stock", false }, { "", false });
    EXPECT(fits_services, { "all", true }, { "timeline", true }, { "bridge", false });
    EXPECT(fits_topic, { "StockReserved", true }, { "timer", true }, { "$timer", false },
           { "stockreserved", false }, { "", false });
    EXPECT(fits_sqlstate, { "23", true }, { "23514", true }, { "2", false }, { "235145", false },
           { "23p01", false }, { "--", false });
    EXPECT(fits_event, { "StockReserved/0/17", true }, { "$timer/3/0", true }, { "/0/1", false },
           { "A/0", false }, { "A/0/", false }, { "A//1", false }, { "A/0/1/2", false },
           { "A B/0/1", false }, { "A/-1/1", false }, { "", false });
    EXPECT(fits_time, { "2026-11-22T09:00:00Z", true }, { "2h", true }, { "-2h", false },
           { "2 h", false }, { "", false });
    EXPECT(fits_digits, { "0", true }, { "999999999999999999", true },
           { "1000000000000000000", false }, { "-1", false }, { "1e3", false }, { "", false });
}

Test(form, a_line_is_what_a_person_types)
{
    static const struct fits lines[] = {
        { "김 서준", true }, { "--help; rm -rf 'x' \"y\" $(z)", true }, { "", false },
        { " ", false },
        { "\xe3\x80\x80\xc2\xa0 ", false },              /* ideographic, no-break and plain blanks */
        { "a\nb", false },   { "a\tb", false },          { "a\x7f", false },
        { "a\xc2\x85", false },                          /* a C1 control */
        { "a\xe2\x80\xae" "b", false },                  /* turned round */
        { "a\xff", false },  { "\xed\xa0\x80", false },  { "123456789a", true },
    };
    char many[101];
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        cr_expect_eq(text_is_line(lines[i].text, strlen(lines[i].text), 100), lines[i].fits, "%zu",
                     i);
    memset(many, 'x', sizeof many);
    cr_expect(text_is_line(many, 100, 100));
    cr_expect_not(text_is_line(many, 101, 100));
    cr_expect(text_is_line("가나다", 9, 3), "characters count, not bytes");
}
