/* Errors: class, message, context; never longer than their room. */
#include "base/error.h"
#include <criterion/criterion.h>
#include <string.h>

Test(error, set_fills_class_and_message_and_forgets_what_was_there)
{
    struct error err = { .class = ERROR_RETRY, .message = "old", .sqlstate = "40001" };
    err.kafka_code = 7;
    cr_assert_not(error_set(&err, ERROR_FATAL, "no topic %s", "OrderPaid"));
    cr_assert_eq(err.class, ERROR_FATAL);
    cr_assert_str_eq(err.message, "no topic OrderPaid");
    cr_assert_str_empty(err.sqlstate);
    cr_assert_eq(err.kafka_code, 0);
}

Test(error, set_may_quote_the_message_it_replaces)
{
    struct error err = { .message = "inner" };
    (void)error_set(&err, ERROR_POISON, "outer of %s", err.message);
    cr_assert_str_eq(err.message, "outer of inner");
}

Test(error, wrap_puts_context_in_front_and_keeps_the_rest)
{
    struct error err;
    (void)error_set(&err, ERROR_RETRY, "connection lost");
    memcpy(err.sqlstate, "08006", 6);
    cr_assert_not(error_wrap(&err, "save %d rows", 3));
    cr_assert_str_eq(err.message, "save 3 rows: connection lost");
    cr_assert_eq(err.class, ERROR_RETRY);
    cr_assert_str_eq(err.sqlstate, "08006");
}

Test(error, a_message_that_is_too_long_is_cut)
{
    struct error err;
    (void)error_set(&err, ERROR_FATAL, "%2000s", "x");
    cr_assert_eq(strlen(err.message), ERROR_MESSAGE_BYTES - 1);
    (void)error_wrap(&err, "%2000s", "y");
    cr_assert_eq(strlen(err.message), ERROR_MESSAGE_BYTES - 1);
}

Test(error, every_class_has_a_name)
{
    cr_assert_str_eq(error_class_name(ERROR_NONE), "none");
    cr_assert_str_eq(error_class_name(ERROR_FENCED), "fenced");
    cr_assert_str_eq(error_class_name((enum error_class)99), "unknown");
}
