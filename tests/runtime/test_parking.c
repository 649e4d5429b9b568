/* test_parking.c — an event whose transaction fails: found, set aside with all that follows it, handed back. */
#include "runtime/fixture.h"
#include "runtime/instance.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct instance one;

TestSuite(parking, .init = open_stage, .fini = close_stage, .timeout = 120);

static void
request_redrive(int order)
{
    char sql[200];
    snprintf(sql, sizeof sql, "INSERT INTO redrive_request (key_kind, key) VALUES ('order', '%s')",
             stage_order(order));
    stage_run(&stage, sql);
}

Test(parking, finds_the_one_culprit_in_a_batch)
{
    for (int order = 1; order <= 40; order++)
        stage_voided(&stage, order, order == 17 ? "poison" : "c");
    instance_open(&one, &stage, 100);
    cr_assert(instance_rest(&one, 40), "%s", one.err.message);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM probe WHERE seen = 1"), 39);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM parked WHERE reason = '23514' AND "
                                      "key LIKE '%17' AND key_kind = 'order'"), 1);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM parked"), 1);
    instance_stop(&one);
}

Test(parking, queues_what_follows_behind_it_and_lets_others_pass)
{
    stage_voided(&stage, 1, "poison");
    instance_open(&one, &stage, 100);
    cr_assert(instance_rest(&one, 1));
    stage_restored(&stage, 1, "c");
    stage_voided(&stage, 2, "c");
    stage_voided(&stage, 1, "c");
    cr_assert(instance_rest(&one, 4));
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM parked"), 3);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM parked WHERE reason = 'behind'"), 2);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM probe"), 1);
    struct said_list *said = stage_said(&stage, EV_CANCEL_REFUSED);
    cr_expect_eq(said->count, 1);
    stage_forget(said);
    instance_stop(&one);
}

Test(parking, a_redrive_handles_them_in_place_and_in_order)
{
    struct kafka_header id = { "ce_id", "0f0e0d0c-0b0a-4908-8706-050403020100", 36 };
    char value[200];

    instance_open(&one, &stage, 100);
    snprintf(value, sizeof value, "{\"order_id\":\"%s\",\"customer_id\":\"poison\"}",
             stage_order(1));
    stage_send(&stage, EV_PAYMENT_VOIDED, 3, stage_order(1), value, &id, 1);
    cr_assert(instance_rest(&one, 1));
    stage_voided(&stage, 1, "second");
    cr_assert(instance_rest(&one, 2));
    stage_restored(&stage, 1, "third");
    cr_assert(instance_rest(&one, 3));
    stage_run(&stage, "ALTER TABLE probe DROP CONSTRAINT probe_amount_positive");
    request_redrive(1);
    cr_assert(
        instance_until(&one, "SELECT count(*) FROM redrive_request WHERE outcome = 'done'", 1),
        "%s", one.err.message);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM parked"), 0);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM probe WHERE seen = 3 AND customer_id = "
                                      "'third'"), 1);
    cr_assert(instance_until(&one,
                             "SELECT count(*) FROM consumer_position WHERE topic = '$redrive' "
                             "AND published_next = 3",
                             1));
    struct said_list *said = stage_said(&stage, EV_CANCEL_REFUSED);
    cr_assert_eq(said->count, 3);
    cr_expect_not_null(strstr(said->at[0].value, "poison"));
    cr_expect_str_eq(said->at[0].cause, "PaymentVoided/3/0");
    cr_expect_not_null(strstr(said->at[1].value, "second"));
    cr_expect_not_null(strstr(said->at[2].value, "third"));
    struct uuid cause;
    char derived[UUID_TEXT_BYTES];
    cr_assert(uuid_parse(id.value, 36, &cause));
    uuid_format(uuid_v5(cause, "CancelRefused/0", 15), derived);
    cr_expect_str_eq(said->at[0].id, derived, "the same id as if it had never been parked");
    stage_forget(said);
    stage_voided(&stage, 1, "fourth");
    cr_assert(instance_rest(&one, 4));
    cr_expect_eq(stage_number(&stage, "SELECT seen FROM probe"), 4, "nothing waits any more");
    instance_stop(&one);
}

Test(parking, a_redrive_that_fails_says_so_and_leaves_all_parked)
{
    stage_voided(&stage, 1, "poison");
    instance_open(&one, &stage, 100);
    cr_assert(instance_rest(&one, 1));
    request_redrive(1);
    cr_assert(instance_until(&one, "SELECT count(*) FROM redrive_request WHERE outcome = 'failed' "
                                   "AND detail LIKE '%probe_amount_positive%'", 1));
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM parked"), 1);
    stage_voided(&stage, 2, "c");
    cr_assert(instance_rest(&one, 2), "others go on");
    instance_stop(&one);
}

Test(parking, a_redrive_of_nothing_says_so)
{
    instance_open(&one, &stage, 100);
    request_redrive(7);
    cr_assert(instance_until(&one, "SELECT count(*) FROM redrive_request WHERE outcome = "
                                   "'nothing_parked'", 1));
    instance_stop(&one);
}

Test(parking, two_culprits_of_different_constraints_are_two_culprits)
{
    stage_send(&stage, EV_PAYMENT_VOIDED, 0, stage_order(1), "{\"order_id\":\"00000000-0000-7000-"
               "8000-000000000001\",\"customer_id\":\"poison\"}", NULL, 0);
    stage_send(&stage, EV_PAYMENT_VOIDED, 0, stage_order(2), "{\"order_id\":\"00000000-0000-7000-"
               "8000-000000000002\",\"customer_id\":\"overflow\"}", NULL, 0);
    instance_open(&one, &stage, 100);
    cr_assert(instance_rest(&one, 2), "%s", one.err.message);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM parked"), 2);
    instance_stop(&one);
}

Test(parking, two_in_a_row_that_fail_alike_stop_the_service)
{
    stage_send(&stage, EV_PAYMENT_VOIDED, 0, stage_order(1), "{\"order_id\":\"00000000-0000-7000-"
               "8000-000000000001\",\"customer_id\":\"poison\"}", NULL, 0);
    stage_send(&stage, EV_PAYMENT_VOIDED, 0, stage_order(2), "{\"order_id\":\"00000000-0000-7000-"
               "8000-000000000002\",\"customer_id\":\"poison\"}", NULL, 0);
    instance_open(&one, &stage, 100);
    cr_expect(!instance_rest(&one, 2));
    cr_assert(one.failed);
    cr_expect_eq(one.err.class, ERROR_FATAL);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM parked"), 1);
    instance_stop(&one);
}

Test(parking, a_culprit_read_again_before_it_was_parked_is_no_second_one)
{
    stage_voided(&stage, 1, "poison");
    instance_open(&one, &stage, 100);
    instance_set_trap(&one, TRAP_BEGIN, 1); /* convicted, and about to be parked */
    for (int i = 0; i < 2000 && one.snapped == 0; i++)
        instance_step(&one);
    cr_assert_eq(one.snapped, 1);
    stage_run(&stage, "UPDATE consumer_position SET epoch = gen_random_uuid()");
    cr_assert(instance_rest(&one, 1), "%s", one.err.message);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM parked"), 1);
    instance_stop(&one);
}

Test(parking, survives_a_lost_answer_while_parking)
{
    for (int order = 1; order <= 10; order++)
        stage_voided(&stage, order, order == 4 ? "poison" : "c");
    instance_open(&one, &stage, 100);
    instance_set_trap(&one, TRAP_COMMIT_AFTER, 1);
    cr_assert(instance_rest(&one, 10), "%s", one.err.message);
    cr_expect_eq(one.snapped, 1);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM probe WHERE seen = 1"), 9);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM parked"), 1);
    instance_stop(&one);
}
