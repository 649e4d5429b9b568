/* main.c — starts PostgreSQL once, runs the tests (each in a process of its own), stops it. */
#include "runtime/postgres.h"
#include <criterion/criterion.h>
#include <criterion/options.h>
#include <stdlib.h>

int
main(int argc, char **argv)
{
    bool is_child = getenv("JUMUN_TEST_PG") != NULL;
    struct criterion_test_set *tests = criterion_initialize();
    int result = 0;

    if (criterion_handle_args(argc, argv, true)) {
        if (!postgres_start())
            return 3;
        result = !criterion_run_all_tests(tests);
        if (!is_child)
            postgres_stop();
    }
    criterion_finalize(tests);
    return result;
}
