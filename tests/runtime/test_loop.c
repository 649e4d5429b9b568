/* test_loop.c — the loop as it should go: read, decided, committed, published, acknowledged. */
#include "runtime/fixture.h"
#include "runtime/instance.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct instance one;

static void
open_one(void)
{
    stage_open(&stage);
    instance_open(&one, &stage, 100);
}

TestSuite(loop, .init = open_one, .fini = close_stage, .timeout = 120);

Test(loop, answers_each_event_once_and_moves_every_position)
{
    for (int order = 1; order <= 20; order++)
        stage_voided(&stage, order, "c");
    cr_assert(instance_rest(&one, 20));
    struct said_list *said = stage_said(&stage, EV_CANCEL_REFUSED);
    cr_expect_eq(said->count, 20);
    cr_expect_eq(said_distinct(said), 20);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM probe WHERE seen = 1 AND version = 1"),
                 20);
    stage_forget(said);
    instance_stop(&one);
}

Test(loop, writes_the_headers_of_the_contract)
{
    struct kafka_header headers[] = {
        { "ce_id", "0f0e0d0c-0b0a-4908-8706-050403020100", 36 },
        { "traceparent", "00-0123456789abcdef0123456789abcdef-00f067aa0ba902b7-01", 55 },
    };
    char value[200];

    snprintf(value, sizeof value, "{\"order_id\":\"%s\",\"customer_id\":\"c\"}", stage_order(1));
    stage_send(&stage, EV_PAYMENT_VOIDED, 2, stage_order(1), value, headers, 2);
    cr_assert(instance_rest(&one, 1));
    struct said_list *said = stage_said(&stage, EV_CANCEL_REFUSED);
    cr_assert_eq(said->count, 1);
    cr_expect_str_eq(said->at[0].cause, "PaymentVoided/2/0");
    cr_expect_str_eq(said->at[0].key, stage_order(1));
    cr_expect(strncmp(said->at[0].traceparent, "00-0123456789abcdef0123456789abcdef-", 36) == 0);
    struct uuid cause, derived;
    cr_assert(uuid_parse(headers[0].value, 36, &cause));
    char id[UUID_TEXT_BYTES];
    derived = uuid_v5(cause, "CancelRefused/0", 15);
    uuid_format(derived, id);
    cr_expect_str_eq(said->at[0].id, id);
    stage_forget(said);
    instance_stop(&one);
}

Test(loop, says_the_same_when_the_same_event_comes_twice)
{
    struct kafka_header id = { "ce_id", "0f0e0d0c-0b0a-4908-8706-050403020100", 36 };
    char value[200];

    snprintf(value, sizeof value, "{\"order_id\":\"%s\",\"customer_id\":\"many\"}", stage_order(1));
    stage_send(&stage, EV_PAYMENT_VOIDED, -1, stage_order(1), value, &id, 1);
    stage_send(&stage, EV_PAYMENT_VOIDED, -1, stage_order(1), value, &id, 1);
    cr_assert(instance_rest(&one, 2));
    struct said_list *said = stage_said(&stage, EV_CANCEL_REFUSED);
    cr_expect_eq(said->count, 6);
    cr_expect_eq(said_distinct(said), 3);
    cr_expect_str_eq(said->at[0].id, said->at[3].id);
    cr_expect_str_eq(said->at[0].value, said->at[3].value);
    stage_forget(said);
    instance_stop(&one);
}

Test(loop, moves_past_what_is_not_wanted)
{
    stage_voided(&stage, 1, "unwanted");
    stage_voided(&stage, 2, "unwanted");
    cr_assert(instance_rest(&one, 2));
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM probe"), 0);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM outbox"), 0);
    instance_stop(&one);
}

Test(loop, keeps_one_outbox_row_per_batch_and_partition_and_shows_single_events)
{
    for (int order = 1; order <= 40; order++)
        stage_voided(&stage, order, "many");
    cr_assert(instance_rest(&one, 40));
    cr_expect_eq(stage_number(&stage, "SELECT sum(event_count)::bigint FROM outbox"), 120);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM outbox_event WHERE is_published"), 120);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM outbox_event WHERE topic = "
                                      "'CancelRefused' AND value ->> 'customer_id' = 'many'"),
                 120);
    cr_expect_lt(stage_number(&stage, "SELECT count(*) FROM outbox"), 40);
    instance_stop(&one);
}

Test(loop, turns_what_it_cannot_read_into_dead_letters_that_block_nobody)
{
    struct kafka_header odd = { "trace", NULL, 0 };

    stage_send(&stage, EV_PAYMENT_VOIDED, 1, stage_order(1), "{not json", &odd, 1);
    stage_send(&stage, EV_PAYMENT_VOIDED, 1, "another", "{\"order_id\":\"00000000-0000-7000-8000-"
                                                        "000000000001\",\"customer_id\":\"c\"}",
               NULL, 0);
    stage_send(&stage, EV_PAYMENT_VOIDED, 1, stage_order(1), NULL, NULL, 0);
    stage_send(&stage, EV_PAYMENT_VOIDED, 1, NULL, "{}", NULL, 0);
    stage_voided(&stage, 2, "letter");
    stage_voided(&stage, 3, "c");
    cr_assert(instance_rest(&one, 6));
    struct said_list *letters = stage_said(&stage, EV_DEAD_LETTER);
    cr_expect_eq(letters->count, 5);
    cr_expect_eq(said_distinct(letters), 5);
    static const char *const reasons[] = { "invalid_json", "key_mismatch", "no_value", "missing",
                                           "customer_mismatch" };
    for (size_t i = 0; i < 5; i++) {
        uint32_t found = 0;
        char wanted[80];
        snprintf(wanted, sizeof wanted, "\"reason\":\"%s\"", reasons[i]);
        for (uint32_t j = 0; j < letters->count; j++)
            found += strstr(letters->at[j].value, wanted) != NULL;
        cr_expect_eq(found, 1, "%s", reasons[i]);
    }
    struct said_list *said = stage_said(&stage, EV_CANCEL_REFUSED);
    cr_expect_eq(said->count, 1);
    cr_expect_eq(stage_number(&stage, "SELECT count(*) FROM parked"), 0);
    stage_forget(letters);
    stage_forget(said);
    instance_stop(&one);
}

Test(loop, gives_every_column_type_back_as_it_was)
{
    stage_reserved(&stage, 1, "c", INT64_C(1900000000000000));
    cr_assert(instance_rest(&one, 1));
    stage_voided(&stage, 1, "d");
    cr_assert(instance_rest(&one, 2));
    cr_expect_eq(stage_number(&stage,
                              "SELECT count(*) FROM probe WHERE version = 2 AND state = 'open' AND "
                              "seen = 2 AND customer_id = 'd' AND flag AND deadline_at = "
                              "'2030-03-17T17:46:40Z' AND shipping ->> 'recipient' = '김' AND "
                              "length(digest) = 8"),
                 1);
    instance_stop(&one);
}

Test(loop, goes_on_where_it_stopped)
{
    stage_voided(&stage, 1, "c");
    cr_assert(instance_rest(&one, 1));
    instance_stop(&one);
    stage_voided(&stage, 1, "c");
    stage_voided(&stage, 2, "c");
    instance_open(&one, &stage, 100);
    cr_assert(instance_rest(&one, 3));
    struct said_list *said = stage_said(&stage, EV_CANCEL_REFUSED);
    cr_expect_eq(said->count, 3, "a stop in order sends nothing twice");
    stage_forget(said);
    instance_stop(&one);
}

Test(loop, forgets_published_outbox_rows_by_age)
{
    for (int order = 1; order <= 10; order++)
        stage_voided(&stage, order, "c");
    cr_assert(instance_rest(&one, 10));
    stage_run(&stage, "UPDATE outbox SET written_at = written_at - interval '2 hours'");
    stage_voided(&stage, 11, "c");
    cr_expect(instance_until(&one, "SELECT count(*) FROM outbox", 1));
    instance_stop(&one);
}
