/* test_timers.c — deadlines: when they fire, when they must not, and what their events look like. */
#include "base/instant.h"
#include "runtime/fixture.h"
#include "runtime/instance.h"
#include <criterion/criterion.h>
#include <string.h>

static struct instance one;

TestSuite(timers, .init = open_stage, .fini = close_stage, .timeout = 120);

#define SECOND INT64_C(1000000)

Test(timers, fires_once_with_the_deadline_as_its_time)
{
    int64_t deadline_us = instant_now_us() / SECOND * SECOND + 2 * SECOND;

    stage_reserved(&stage, 1, "c", deadline_us);
    stage_reserved(&stage, 2, "c", deadline_us + 3600 * SECOND);
    instance_open(&one, &stage, 100);
    cr_assert(instance_rest(&one, 2));
    cr_assert(instance_until(&one, "SELECT count(*) FROM probe WHERE state = 'closed'", 1));
    cr_expect_geq(instant_now_us(), deadline_us);
    cr_assert(instance_until(&one,
                             "SELECT sum(published_next)::bigint FROM consumer_position WHERE "
                             "topic = '$timer'",
                             1));
    struct said_list *said = stage_said(&stage, EV_ORDER_CANCELLED);
    cr_assert_eq(said->count, 1);
    cr_expect_str_eq(said->at[0].key, stage_order(1));
    cr_expect_not_null(strstr(said->at[0].cause, "$timer/"));
    stage_forget(said);
    instance_stop(&one);
}

Test(timers, what_was_read_late_wins_against_a_deadline_that_passed_meanwhile)
{
    /* nobody was there when both the deadline passed and the event came */
    stage_reserved(&stage, 1, "c", instant_now_us() - 10 * SECOND);
    for (int i = 0; i < 50; i++)
        stage_restored(&stage, 1, "c");
    instance_open(&one, &stage, 5);
    cr_assert(instance_until(&one, "SELECT count(*) FROM probe WHERE state = 'closed'", 1));
    cr_expect_eq(stage_number(&stage, "SELECT seen FROM probe"), 51,
                 "all that lay in the topics when the deadline was found passed was read first");
    instance_stop(&one);
}

Test(timers, a_killed_member_leaves_its_deadlines_to_the_next)
{
    stage_reserved(&stage, 1, "c", instant_now_us() + 2 * SECOND);
    instance_open(&one, &stage, 100);
    cr_assert(instance_rest(&one, 1));
    instance_kill(&one);
    instance_open(&one, &stage, 100);
    cr_assert(instance_until(&one, "SELECT count(*) FROM probe WHERE state = 'closed'", 1));
    instance_stop(&one);
}

Test(timers, a_deadline_waits_behind_a_parked_order_once)
{
    stage_voided(&stage, 1, "c");
    instance_open(&one, &stage, 100);
    cr_assert(instance_rest(&one, 1));
    stage_reserved(&stage, 1, "c", instant_now_us() + 3 * SECOND);
    cr_assert(instance_rest(&one, 2)); /* else the two topics may come the other way round */
    stage_voided(&stage, 1, "poison");
    cr_assert(instance_rest(&one, 3));
    cr_assert(instance_until(&one, "SELECT count(*) FROM parked WHERE topic = '$timer'", 1));
    for (int i = 0; i < 30; i++)
        instance_step(&one);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM parked WHERE topic = '$timer'"), 1);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM probe WHERE state = 'open'"), 1);
    stage_run(&stage, "ALTER TABLE probe DROP CONSTRAINT probe_amount_positive");
    stage_run(&stage,
              "INSERT INTO redrive_request (key_kind, key) SELECT key_kind, key FROM parked "
              "LIMIT 1");
    cr_assert(
        instance_until(&one, "SELECT count(*) FROM redrive_request WHERE outcome = 'done'", 1));
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM probe WHERE state = 'closed'"), 1);
    instance_stop(&one);
}

Test(timers, many_deadlines_at_once_fire_all)
{
    int64_t deadline_us = instant_now_us() + SECOND;

    for (int order = 1; order <= 60; order++)
        stage_reserved(&stage, order, "c", deadline_us);
    instance_open(&one, &stage, 7);
    cr_assert(instance_until(&one, "SELECT count(*) FROM probe WHERE state = 'closed'", 60));
    cr_assert(instance_until(&one,
                             "SELECT sum(published_next)::bigint FROM consumer_position WHERE "
                             "topic = '$timer'",
                             60));
    struct said_list *said = stage_said(&stage, EV_ORDER_CANCELLED);
    cr_expect_eq(said_distinct(said), 60);
    stage_forget(said);
    instance_stop(&one);
}
