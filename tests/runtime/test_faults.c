/* test_faults.c — a failure at every step of a batch: nothing is lost, nothing happens twice. */
#include "runtime/fixture.h"
#include "runtime/instance.h"
#include "runtime/postgres.h"
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORDERS 30

static struct instance one;

TestSuite(faults, .fini = close_stage, .timeout = 180);

static void
feed(int from, int to)
{
    for (int order = from; order <= to; order++)
        stage_voided(&stage, order, order % 3 == 0 ? "many" : "c");
}

static uint32_t
expected_events(int orders)
{
    return (uint32_t)(orders + orders / 3 * 2);
}

/* Every effect once; every event said, none invented; first occurrences in order. */
static void
expect_all(int orders)
{
    struct said_list *said = stage_said(&stage, EV_CANCEL_REFUSED);

    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM probe WHERE seen = 1"), orders);
    cr_expect_eq(said_distinct(said), expected_events(orders));
    cr_expect_eq(stage_number(&stage, "SELECT sum(event_count)::bigint FROM outbox"),
                 (int64_t)expected_events(orders));
    stage_forget(said);
}

struct case_of {
    enum trap_at at;
    int after;
    bool may_repeat; /* published events may be there twice */
    char name[32];
};

ParameterizedTestParameters(faults, survives_a_failure_at)
{
    static struct case_of cases[] = {
        { TRAP_OPEN, 0, false, "open" },
        { TRAP_TAKE, 0, false, "take" },
        { TRAP_OFFSETS, 0, false, "first offsets" },
        { TRAP_OFFSETS, 1, false, "end offsets" },
        { TRAP_UNPUBLISHED, 0, false, "unpublished" },
        { TRAP_BEGIN, 0, false, "begin" },
        { TRAP_BEGIN, 1, false, "second begin" },
        { TRAP_COMMIT_BEFORE, 0, false, "before commit" },
        { TRAP_COMMIT_BEFORE, 1, false, "before second commit" },
        { TRAP_COMMIT_AFTER, 0, false, "answer of commit lost" },
        { TRAP_COMMIT_AFTER, 1, false, "answer of second commit lost" },
        { TRAP_COMMIT_CUT, 0, false, "cut before commit" },
        { TRAP_SEND, 0, true, "first send" },
        { TRAP_SEND, 7, true, "eighth send" },
        { TRAP_SEND_OPEN, 0, true, "first send, then open" },
        { TRAP_SEND_OPEN, 7, true, "eighth send, then open" },
        { TRAP_REPORT, 0, true, "first report" },
        { TRAP_REPORT, 9, true, "tenth report" },
    };
    return cr_make_param_array(struct case_of, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(struct case_of *given, faults, survives_a_failure_at)
{
    stage_open(&stage);
    feed(1, ORDERS);
    instance_open(&one, &stage, 20);
    instance_set_trap(&one, given->at, given->after);
    cr_assert(instance_rest(&one, ORDERS), "%s: %s", given->name, one.err.message);
    cr_expect_eq(one.snapped, 1, "%s", given->name);
    expect_all(ORDERS);
    struct said_list *said = stage_said(&stage, EV_CANCEL_REFUSED);
    if (!given->may_repeat)
        cr_expect_eq(said->count, expected_events(ORDERS), "%s", given->name);
    stage_forget(said);
    feed(ORDERS + 1, ORDERS + 3);
    cr_assert(instance_rest(&one, ORDERS + 3), "%s: does not go on", given->name);
    instance_stop(&one);
}

/* Killed after the commit, before anything was sent. */
Test(faults, publishes_again_what_a_killed_member_committed)
{
    stage_open(&stage);
    feed(1, ORDERS);
    instance_open(&one, &stage, 1000);
    instance_set_trap(&one, TRAP_SEND, 0);
    cr_assert(instance_until(&one, "SELECT count(*) FROM outbox WHERE true", 4) ||
              stage_number(&stage, "SELECT count(*) FROM outbox") > 0);
    instance_kill(&one);
    instance_open(&one, &stage, 1000);
    cr_assert(instance_rest(&one, ORDERS));
    expect_all(ORDERS);
    instance_stop(&one);
}

Test(faults, a_member_whose_epoch_is_gone_commits_nothing_and_joins_again)
{
    stage_open(&stage);
    instance_open(&one, &stage, 100);
    stage_voided(&stage, 1, "c");
    cr_assert(instance_rest(&one, 1));
    stage_run(&stage, "UPDATE consumer_position SET epoch = gen_random_uuid()");
    uint32_t commits = one.commits;
    stage_voided(&stage, 2, "c");
    cr_assert(instance_rest(&one, 2), "it takes the partitions over again");
    cr_expect_eq(one.commits, commits + 1);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM probe WHERE seen = 1"), 2);
    instance_stop(&one);
}

/* As another member does that was frozen while it took them. */
Test(faults, an_idle_owner_whose_positions_were_taken_notices_by_itself)
{
    stage_open(&stage);
    instance_open(&one, &stage, 100);
    stage_voided(&stage, 1, "c");
    cr_assert(instance_rest(&one, 1));
    stage_run(&stage,
              "UPDATE consumer_position SET epoch = '00000000-0000-4000-8000-000000000000'");
    cr_expect(instance_until(&one, "SELECT count(*) FROM consumer_position WHERE epoch = "
                                   "'00000000-0000-4000-8000-000000000000'", 0));
    instance_stop(&one);
}

Test(faults, a_position_moved_by_someone_else_fences_too)
{
    stage_open(&stage);
    instance_open(&one, &stage, 100);
    stage_send(&stage, EV_PAYMENT_VOIDED, 0, stage_order(1),
               "{\"order_id\":\"00000000-0000-7000-8000-000000000001\",\"customer_id\":\"c\"}",
               NULL, 0);
    cr_assert(instance_rest(&one, 1));
    stage_send(&stage, EV_PAYMENT_VOIDED, 0, stage_order(2),
               "{\"order_id\":\"00000000-0000-7000-8000-000000000002\",\"customer_id\":\"c\"}",
               NULL, 0);
    stage_run(&stage, "UPDATE consumer_position SET next_offset = 2, published_next = 2 "
                      "WHERE topic = 'PaymentVoided' AND partition = 0");
    for (int i = 0; i < 40; i++)
        instance_step(&one);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM probe"), 1);
    instance_stop(&one);
}

Test(faults, a_terminated_connection_is_opened_again)
{
    stage_open(&stage);
    instance_open(&one, &stage, 5);
    feed(1, ORDERS);
    for (int i = 0; i < 6; i++) {
        instance_step(&one);
        stage_run(&stage, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                          "WHERE application_name = current_schema");
    }
    cr_assert(instance_rest(&one, ORDERS), "%s", one.err.message);
    expect_all(ORDERS);
    instance_stop(&one);
}

Test(faults, a_lost_version_is_tried_again_with_fresh_rows)
{
    stage_open(&stage);
    stage_voided(&stage, 1, "c");
    instance_open(&one, &stage, 100);
    cr_assert(instance_rest(&one, 1));
    /* the next write finds another version than it loaded, once */
    stage_run(&stage,
              "CREATE FUNCTION race() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
              "IF NEW.version = 2 AND nextval('races') <= 1 THEN RETURN NULL; END IF; RETURN NEW; "
              "END $$; CREATE SEQUENCE races;"
              "CREATE TRIGGER race BEFORE UPDATE ON probe FOR EACH ROW EXECUTE FUNCTION race()");
    stage_voided(&stage, 1, "d");
    cr_assert(instance_rest(&one, 2), "%s", one.err.message);
    cr_expect_eq(stage_number(&stage, "SELECT seen FROM probe"), 2);
    cr_expect_eq(stage_number(&stage, "SELECT last_value FROM races"), 2, "it was tried twice");
    instance_stop(&one);
}

static void
expect_start_refused(const char *change, const char *said)
{
    stage_open(&stage);
    stage_run(&stage, change);
    instance_open(&one, &stage, 100);
    for (int i = 0; i < 400 && !one.failed; i++)
        instance_step(&one);
    cr_assert(one.failed);
    cr_expect_eq(one.err.class, ERROR_FATAL);
    cr_expect_not_null(strstr(one.err.message, said), "%s", one.err.message);
    instance_stop(&one);
}

Test(faults, a_statement_that_is_wrong_stops_the_start)
{
    expect_start_refused("DROP FUNCTION expect_rows", "preparing the statements");
}

Test(faults, a_table_without_a_column_stops_the_start)
{
    expect_start_refused("ALTER TABLE probe RENAME COLUMN seen TO seen_before",
                         "table probe: no column seen");
}

Test(faults, a_column_of_another_type_stops_the_start)
{
    expect_start_refused("ALTER TABLE probe ALTER COLUMN seen TYPE text",
                         "table probe: no column seen");
}

Test(faults, a_table_that_is_missing_stops_the_start)
{
    expect_start_refused("DROP TABLE probe", "table probe: no column");
}

Test(faults, a_column_of_a_newer_migration_stays_empty_and_disturbs_nobody)
{
    stage_open(&stage);
    instance_open(&one, &stage, 100);
    feed(1, 20);
    cr_assert(instance_rest(&one, 20), "%s", one.err.message);
    stage_run(&stage, "ALTER TABLE probe ADD COLUMN newer xml"); /* a type that is not ours */
    feed(21, 40);
    cr_assert(instance_rest(&one, 40), "%s", one.err.message);
    expect_all(40);
    cr_expect_eq(stage_number(&stage, "SELECT count(newer) FROM probe"), 0);
    instance_stop(&one);
}

Test(faults, what_is_not_acknowledged_is_bounded)
{
    stage_open(&stage);
    instance_open(&one, &stage, 10);
    feed(1, 300);
    one.holds_reports = true;
    for (int i = 0; i < 300; i++)
        instance_step(&one);
    int64_t decided = stage_number(&stage, "SELECT sum(event_count)::bigint FROM outbox");
    cr_expect_geq(decided, INSTANCE_UNPUBLISHED_MAX);
    cr_expect_lt(decided, INSTANCE_UNPUBLISHED_MAX + 10 * 3, "no more than one batch beyond");
    one.holds_reports = false;
    cr_assert(instance_rest(&one, 300));
    expect_all(300);
    instance_stop(&one);
}

Test(faults, a_database_that_is_away_is_waited_for_and_said)
{
    char status[256], sql[256];

    stage_open(&stage);
    instance_open(&one, &stage, 10);
    feed(1, 3);
    cr_assert(instance_rest(&one, 3));
    snprintf(sql, sizeof sql, "ALTER ROLE %s NOLOGIN; SELECT pg_terminate_backend(pid) FROM "
             "pg_stat_activity WHERE usename = '%s'", stage.schema, stage.schema);
    stage_run(&stage, sql);
    feed(4, 30);
    for (int i = 0; i < 200; i++)
        instance_step(&one);
    cr_assert(!one.failed, "%s", one.err.message);
    loop_status(one.loop, status, sizeof status);
    cr_expect_not_null(strstr(status, "not permitted to log in"), "%s", status);
    snprintf(sql, sizeof sql, "ALTER ROLE %s LOGIN", stage.schema);
    stage_run(&stage, sql);
    cr_assert(instance_rest(&one, 30), "%s", one.err.message);
    expect_all(30);
    loop_status(one.loop, status, sizeof status);
    cr_expect_str_eq(status, "");
    instance_stop(&one);
}

Test(faults, a_start_without_a_database_waits)
{
    char status[256], sql[256];

    stage_open(&stage);
    snprintf(sql, sizeof sql, "ALTER ROLE %s NOLOGIN", stage.schema);
    stage_run(&stage, sql);
    feed(1, 3);
    instance_open(&one, &stage, 10);
    for (int i = 0; i < 200; i++)
        instance_step(&one);
    loop_status(one.loop, status, sizeof status);
    cr_expect_not_null(strstr(status, "not permitted to log in"), "%s", status);
    snprintf(sql, sizeof sql, "ALTER ROLE %s LOGIN", stage.schema);
    stage_run(&stage, sql);
    cr_assert(instance_rest(&one, 3), "%s", one.err.message);
    instance_stop(&one);
}
