/* test_assignment.c — partitions change hands: nothing lost, nothing twice, and wrong worlds are refused. */
#include "runtime/fixture.h"
#include "runtime/instance.h"
#include "runtime/postgres.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct instance one, two;

TestSuite(assignment, .init = open_stage, .fini = close_stage, .timeout = 180);

static void
expect_fatal(const char *words)
{
    for (int i = 0; i < 600 && !one.failed; i++)
        instance_step(&one);
    cr_assert(one.failed, "it goes on");
    cr_expect_eq(one.err.class, ERROR_FATAL);
    cr_expect_not_null(strstr(one.err.message, words), "%s", one.err.message);
    instance_stop(&one);
}

static void
handle_and_stop(int orders)
{
    for (int order = 1; order <= orders; order++)
        stage_voided(&stage, order, "c");
    instance_open(&one, &stage, 100);
    cr_assert(instance_rest(&one, orders));
    instance_stop(&one);
}

Test(assignment, a_position_behind_the_committed_offset_is_a_database_that_went_back)
{
    handle_and_stop(8);
    stage_run(&stage, "UPDATE consumer_position SET next_offset = 0, published_next = 0");
    instance_open(&one, &stage, 100);
    expect_fatal("went back in time");
}

Test(assignment, a_lost_schema_is_noticed)
{
    handle_and_stop(8);
    stage_run(&stage, "DELETE FROM consumer_position");
    instance_open(&one, &stage, 100);
    expect_fatal("went back in time");
}

Test(assignment, a_position_beyond_the_end_is_refused_with_both_numbers)
{
    handle_and_stop(8);
    stage_run(&stage, "UPDATE consumer_position SET next_offset = 1000 WHERE topic = "
                      "'PaymentVoided' AND partition = 0");
    instance_open(&one, &stage, 100);
    expect_fatal("the position is 1000 but the topic ends at");
}

Test(assignment, another_cluster_is_refused)
{
    handle_and_stop(1);
    stage_run(&stage, "UPDATE cluster_identity SET cluster_id = 'elsewhere'");
    instance_open(&one, &stage, 100);
    expect_fatal("elsewhere");
}

Test(assignment, two_members_share_and_one_takes_all_when_the_other_leaves)
{
    struct instance *both[] = { &one, &two };

    for (int order = 1; order <= 40; order++)
        stage_voided(&stage, order, "c");
    instance_open(&one, &stage, 10);
    instance_open(&two, &stage, 10);
    cr_assert(instances_until(both, 2, "SELECT count(*) FROM probe WHERE seen = 1", 40));
    for (int order = 41; order <= 80; order++)
        stage_voided(&stage, order, "c");
    cr_assert(instances_until(both, 2, "SELECT count(*) FROM probe WHERE seen = 1", 80));
    instance_stop(&two);
    for (int order = 81; order <= 100; order++)
        stage_voided(&stage, order, "c");
    cr_assert(instance_rest(&one, 100), "%s", one.err.message);
    struct said_list *said = stage_said(&stage, EV_CANCEL_REFUSED);
    cr_expect_eq(said_distinct(said), 100);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM probe WHERE seen = 1"), 100);
    stage_forget(said);
    instance_stop(&one);
}

static void
send_ten(void)
{
    char value[200];

    for (int order = 1; order <= 10; order++) {
        snprintf(value, sizeof value, "{\"order_id\":\"%s\",\"customer_id\":\"c\"}",
                 stage_order(order));
        stage_send(&stage, EV_PAYMENT_VOIDED, 0, stage_order(order), value, NULL, 0);
    }
}

Test(assignment, a_record_that_the_client_skips_is_read_all_the_same)
{
    for (uint32_t times = 1; times <= 2; times++) {
        send_ten();
        instance_open(&one, &stage, 100);
        one.hidden_offset = times == 1 ? 0 : 14;
        one.hidden_times = times;
        cr_assert(instance_rest(&one, 10 * times), "%s", one.err.message);
        cr_expect_eq(one.hidden_times, 0);
        cr_expect_eq(stage_number(&stage, "SELECT sum(seen)::bigint FROM probe"), 10 * times);
        instance_stop(&one);
    }
}

Test(assignment, a_gap_that_stays_is_believed_in_the_end)
{
    send_ten();
    instance_open(&one, &stage, 100);
    one.hidden_offset = 4;
    one.hidden_times = UINT32_MAX;
    cr_assert(instance_rest(&one, 10), "%s", one.err.message);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM probe"), 9);
    instance_stop(&one);
}
