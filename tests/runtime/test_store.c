/* test_store.c — libpq in pipeline mode: shapes, types, classes of errors, and staying in step. */
#include "runtime/pg.h"
#include "runtime/postgres.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct pg *pg;
static struct arena *arena;
static struct pg_params params;
static struct error err;

static void
open_pg(void)
{
    struct pg_settings settings = { .conninfo = postgres_conninfo(), .application = "store",
                                    .no_seqscan = true, .answer_ms_max = 5000 };
    pg = pg_new(&settings);
    arena = arena_new(4096);
    pg_params_init(&params, arena);
    cr_assert(pg_open(pg, &err), "%s", err.message);
}

static void
close_pg(void)
{
    pg_free(pg);
    arena_free(arena);
}

TestSuite(pg, .init = open_pg, .fini = close_pg, .timeout = 60);

Test(pg, gives_every_type_back)
{
    struct pg_result row PG_RESULT = { 0 };
    struct uuid id = uuid_v7(INT64_C(1800000000000000));

    pg_param_text(&params, "한글");
    pg_param_int32(&params, -5);
    pg_param_int64(&params, INT64_MIN);
    pg_param_bool(&params, true);
    pg_param_time(&params, INT64_C(1800000000123456));
    pg_param_uuid(&params, id);
    pg_param_bytes(&params, "\0\1\2", 3);
    pg_param_null_text(&params);
    cr_assert(pg_run(pg, "SELECT $1, $2, $3, $4, $5, $6, $7, $8, '{\"a\": 1}'::jsonb", &params,
                     PG_ROW, &row, &err), "%s", err.message);
    cr_expect_str_eq(pg_text(&row, 0, 0), "한글");
    cr_expect_eq(pg_int32(&row, 0, 1), -5);
    cr_expect_eq(pg_int64(&row, 0, 2), INT64_MIN);
    cr_expect(pg_bool(&row, 0, 3));
    cr_expect_eq(pg_time(&row, 0, 4), INT64_C(1800000000123456));
    cr_expect(uuid_equal(pg_uuid(&row, 0, 5), id));
    cr_expect_eq(pg_bytes(&row, 0, 6).count, 3);
    cr_expect(pg_is_null(&row, 0, 7));
    cr_expect_eq(memcmp(pg_bytes(&row, 0, 8).bytes, "{\"a\": 1}", 8), 0);
}

Test(pg, arrays_with_and_without_nulls_and_empty)
{
    struct pg_result row PG_RESULT = { 0 };
    const char *texts[] = { "a", NULL, "" };
    int64_t numbers[] = { 1, -2, 3 };

    pg_param_texts(&params, texts, 3);
    pg_param_int64s(&params, numbers, 3);
    pg_param_texts(&params, texts, 0);
    cr_assert(
        pg_run(pg,
               "SELECT array_to_string($1, ',', 'NULL'), (SELECT sum(n)::bigint FROM unnest($2) "
               "AS n), cardinality($3)",
               &params, PG_ROW, &row, &err),
        "%s", err.message);
    cr_expect_str_eq(pg_text(&row, 0, 0), "a,NULL,");
    cr_expect_eq(pg_int64(&row, 0, 1), 2);
    cr_expect_eq(pg_int32(&row, 0, 2), 0);
}

Test(pg, one_error_fails_the_segment_and_the_next_one_works)
{
    struct pg_result row PG_RESULT = { 0 };
    static const char good[] = "SELECT 1::bigint", bad[] = "SELECT 1 / (SELECT 0)";

    cr_assert(pg_queue(pg, good, NULL, PG_ROW, NULL, &err));
    cr_assert(pg_queue(pg, bad, NULL, PG_ROW, NULL, &err));
    cr_assert(pg_queue(pg, good, NULL, PG_ROW, &row, &err));
    cr_expect(!pg_sync(pg, &err));
    cr_expect_eq(err.class, ERROR_POISON);
    cr_expect_str_eq(err.sqlstate, "22012");
    cr_expect_null(row.handle);
    cr_assert(pg_queue(pg, good, NULL, PG_ROW, &row, &err));
    cr_expect(pg_sync(pg, &err), "%s", err.message);
    cr_expect_eq(pg_int64(&row, 0, 0), 1);
}

Test(pg, a_shape_that_is_not_expected_is_fatal)
{
    cr_expect(!pg_run(pg, "SELECT generate_series(1, 2)", NULL, PG_ROW, NULL, &err));
    cr_expect_eq(err.class, ERROR_FATAL);
    cr_expect(pg_run(pg, "SELECT 1 WHERE false", NULL, PG_ROW_OR_NONE, NULL, &err));
}

Test(pg, a_large_write_and_a_large_answer_at_once_do_not_block)
{
    struct pg_result rows PG_RESULT = { 0 };
    size_t bytes = 8u << 20;
    char *text = arena_take_raw(arena, bytes + 1);
    static const char echo[] = "SELECT $1::text FROM generate_series(1, 2)";

    memset(text, 'x', bytes);
    text[bytes] = '\0';
    pg_param_text(&params, text);
    for (int i = 0; i < 5; i++)
        cr_assert(pg_queue(pg, echo, &params, PG_ROWS, i == 4 ? &rows : NULL, &err));
    cr_assert(pg_sync(pg, &err), "%s", err.message);
    cr_expect_eq(strlen(pg_text(&rows, 1, 0)), bytes);
}

Test(pg, a_lost_connection_is_retry_and_opens_again)
{
    cr_expect(!pg_run(pg, "SELECT pg_terminate_backend(pg_backend_pid())", NULL, PG_ROWS, NULL,
                      &err));
    cr_expect_eq(err.class, ERROR_RETRY);
    cr_expect(!pg_run(pg, "SELECT 1", NULL, PG_ROW, NULL, &err));
    cr_assert(pg_open(pg, &err));
    cr_expect(pg_run(pg, "SELECT 1", NULL, PG_ROW, NULL, &err), "%s", err.message);
}

Test(pg, a_server_that_does_not_answer_is_given_up)
{
    struct pg_settings settings = { .conninfo = postgres_conninfo(), .answer_ms_max = 300 };
    struct pg *hasty = pg_new(&settings);

    cr_assert(pg_open(hasty, &err));
    cr_expect(!pg_run(hasty, "SELECT pg_sleep(5)", NULL, PG_ROW, NULL, &err));
    cr_expect_eq(err.class, ERROR_RETRY);
    cr_expect_str_eq(err.sqlstate, "57014");
    pg_free(hasty);
}

Test(pg, a_server_that_is_not_there_is_retry)
{
    struct pg_settings settings = { .conninfo = "host=127.0.0.1 port=1 dbname=x" };
    struct pg *nowhere = pg_new(&settings);

    cr_expect(!pg_open(nowhere, &err));
    cr_expect_eq(err.class, ERROR_RETRY);
    pg_free(nowhere);
}

Test(pg, rollback_ends_a_failed_transaction)
{
    cr_assert(pg_run(pg, "BEGIN", NULL, PG_NOTHING, NULL, &err));
    cr_expect(!pg_run(pg, "SELECT 1 / (SELECT 0)", NULL, PG_ROW, NULL, &err));
    pg_rollback(pg);
    cr_expect(pg_run(pg, "SELECT 1", NULL, PG_ROW, NULL, &err), "%s", err.message);
}

/* ---- told --------------------------------------------------------------------------------------- */

static char heard[256];

static void
hear(void *context, const char *payload)
{
    (void)context;
    size_t length = strlen(heard);

    snprintf(heard + length, sizeof heard - length, "%s;", payload);
}

static void
tell(struct pg *teller, const char *payload, const char *end)
{
    pg_params_init(&params, arena);
    pg_param_text(&params, payload);
    cr_assert(pg_queue(teller, "BEGIN", NULL, PG_NOTHING, NULL, &err));
    cr_assert(pg_queue(teller, "SELECT pg_notify('told', $1)", &params, PG_ROW, NULL, &err));
    cr_assert(pg_queue(teller, end, NULL, PG_NOTHING, NULL, &err));
    cr_assert(pg_sync(teller, &err), "%s", err.message);
}

Test(pg, what_a_commit_tells_is_heard_in_order_and_what_is_rolled_back_is_not)
{
    static const char commit[] = "COMMIT", rollback[] = "ROLLBACK";
    struct pg_settings settings = { .conninfo = postgres_conninfo() };
    struct pg *teller = pg_new(&settings);

    cr_assert(pg_open(teller, &err));
    cr_assert(pg_listen(pg, "told", &err), "%s", err.message);
    tell(teller, "one", commit);
    tell(teller, "never", rollback);
    tell(teller, "two", commit);
    while (strstr(heard, "two") == NULL)
        cr_assert(pg_notified(pg, 1000, hear, NULL, &err), "%s", err.message);
    cr_expect_str_eq(heard, "one;two;");
    heard[0] = '\0';
    tell(teller, "three", commit);
    cr_assert(pg_run(pg, "SELECT 1", NULL, PG_ROW, NULL, &err), "it can be asked meanwhile");
    while (heard[0] == '\0')
        cr_assert(pg_notified(pg, 1000, hear, NULL, &err), "%s", err.message);
    cr_expect_str_eq(heard, "three;");
    pg_free(teller);
}

Test(pg, who_listens_on_a_connection_that_is_lost_is_told_so)
{
    struct pg_settings settings = { .conninfo = postgres_conninfo() };
    struct pg *other = pg_new(&settings);

    cr_assert(pg_open(other, &err));
    cr_assert(pg_run(pg, "SET application_name = 'listener'", NULL, PG_NOTHING, NULL, &err));
    cr_assert(pg_listen(pg, "told", &err));
    cr_assert(pg_run(other,
                     "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                     "WHERE application_name = 'listener'",
                     NULL, PG_ROWS, NULL, &err), "%s", err.message);
    while (pg_notified(pg, 1000, hear, NULL, &err))
        ;
    cr_expect_eq(err.class, ERROR_RETRY);
    cr_expect(!pg_notified(pg, 0, hear, NULL, &err));
    pg_free(other);
}
