/* test_pg_errors.c — what each SQLSTATE asks of us, case by case. */
#include "runtime/pg.h"
#include <criterion/criterion.h>

/* The table is private: it is asked through results made by libpq itself. */
#define pg_int64 libpq_int64
#include <libpq-fe.h>
#undef pg_int64
#include "runtime/pg_private.h"

static const struct {
    const char *sqlstate, *constraint, *table;
    enum error_class wanted;
} cases[] = {
    { "JM001", NULL, NULL, ERROR_RETRY },
    { "JM002", NULL, NULL, ERROR_FENCED },
    { "08006", NULL, NULL, ERROR_RETRY },
    { "40001", NULL, NULL, ERROR_RETRY },
    { "40P01", NULL, NULL, ERROR_RETRY },
    { "53100", NULL, NULL, ERROR_RETRY },
    { "55P03", NULL, NULL, ERROR_RETRY },
    { "55006", NULL, NULL, ERROR_FATAL },
    { "57P01", NULL, NULL, ERROR_RETRY },
    { "57014", NULL, NULL, ERROR_RETRY },
    { "25006", NULL, NULL, ERROR_RETRY },
    { "25P02", NULL, NULL, ERROR_FATAL },
    { "22003", NULL, NULL, ERROR_POISON },
    { "22021", NULL, NULL, ERROR_POISON },
    { "23514", "probe_amount", "probe", ERROR_POISON },
    { "23505", "probe_pkey", "probe", ERROR_RETRY },
    { "23505", "probe_numbered_once", "probe", ERROR_POISON },
    { "23505", "probe_pkey", "", ERROR_POISON },
    { "23502", NULL, "probe", ERROR_FATAL },
    { "23514", "consumer_position_check", "consumer_position", ERROR_FATAL },
    { "23505", "outbox_pkey", "outbox", ERROR_FATAL },
    { "42P01", NULL, NULL, ERROR_FATAL },
    { "42501", NULL, NULL, ERROR_FATAL },
    { "XX000", NULL, NULL, ERROR_FATAL },
};

Test(pg_errors, every_class_by_its_table)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(pg_class_of(cases[i].sqlstate, cases[i].constraint ? cases[i].constraint : "",
                                 cases[i].table ? cases[i].table : ""),
                     cases[i].wanted, "%s %s", cases[i].sqlstate,
                     cases[i].table ? cases[i].table : "");
}
