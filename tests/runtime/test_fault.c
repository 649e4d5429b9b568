/* test_fault.c — what JUMUN_FAULT may say.  The points themselves: tests/saga/fault_points.py. */
#include "runtime/fault.h"
#include <criterion/criterion.h>
#include <string.h>

static struct error err;

Test(fault, nothing_is_armed_by_nothing)
{
    cr_expect(fault_arm(NULL, &err));
    cr_expect(fault_arm("", &err));
}

Test(fault, what_cannot_be_meant_is_refused)
{
    static const struct {
        const char *text, *said;
    } bad[] = {
        { "nowhere:kill", "no fault point 'nowhere'" },
        { "after_load", "POINT:ACTION" },
        { "after_loa:kill", "no fault point 'after_loa'" },
        { "after_load:", "action ''" },
        { "after_load:killed", "action 'killed'" },
        { "after_load:kill:", "pass ''" },
        { "after_load:kill:0", "pass '0'" },
        { "after_load:kill:1x", "pass '1x'" },
        { "after_load:kill:99999999999999999999", "a whole number from 1" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_expect(!fault_arm(bad[i].text, &err), "%s", bad[i].text);
        cr_expect_eq(err.class, ERROR_REFUSED);
        cr_expect_not_null(strstr(err.message, bad[i].said), "%s: %s", bad[i].text, err.message);
    }
}

Test(fault, a_build_without_fault_points_says_so)
{
#ifdef JUMUN_FAULT_POINTS
    cr_expect(fault_arm("after_load:stop:3", &err), "%s", err.message);
#else
    cr_expect(!fault_arm("after_load:stop:3", &err));
    cr_expect_not_null(strstr(err.message, "without fault points"), "%s", err.message);
    cr_expect_eq(fault_option("test"), 2);
#endif
}

Test(fault, each_point_of_the_runtime_is_listed)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    fault_list(out);
    (void)fclose(out);
    cr_expect_not_null(strstr(text, "after_commit_before_publish "));
    cr_expect_not_null(strstr(text, "request_acknowledged "));
    free(text);
}
