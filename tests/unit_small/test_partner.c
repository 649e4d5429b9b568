/* test_partner.c — what the example partner decides. */
#include "partner/partner.h"
#include "support/table.h"
#include "support/vocabulary.h"
#include "support/world.h"
#include <criterion/criterion.h>
#include <string.h>

static struct world *world;

static void
setup(void)
{
    world = world_new(&partner_service);
}

static void
teardown(void)
{
    world_free(world);
}

TestSuite(partner, .init = setup, .fini = teardown);

static struct event
send_order(int number, int32_t partition, int64_t feed_sequence)
{
    struct event in = { .type = EV_PARTNER_ORDER, .source.partition = partition };
    struct partner_order *order = &in.as.partner_order;
    order->order_id = order_no(number);
    order->feed_sequence = feed_sequence;
    order->customer_id = customer("c-1");
    order->items.count = 1;
    order->items.at[0] = (struct priced_line){ product("apple"), 2, 12900 };
    order->subtotal = 25800;
    order->amount = 25800;
    order->shipping = shipping_to("김하늘");
    order->paid_at_us = WORLD_NOW_US - 1000;
    return in;
}

static void
received(int number, int32_t partition, int64_t feed_sequence)
{
    struct event in = send_order(number, partition, feed_sequence);
    world_feed(world, &in);
}

static const struct partner_feed *
feed_row(const char *feed)
{
    return world_row(world, PARTNER_FEED, feed);
}

Test(partner, acknowledges_what_it_expects_next)
{
    for (int i = 1; i <= 5; i++) {
        received(i, 2, i);
        const struct export_acknowledged *said =
            &world_said(world, EV_EXPORT_ACKNOWLEDGED)->as.export_acknowledged;
        cr_expect_eq(said->feed_sequence, i);
        cr_expect_str_eq(said->order_id.text, order_no(i).text);
        cr_expect_str_eq(said->partner.text, PARTNER_NAME);
        cr_expect_eq(feed_row("2")->next_sequence, i + 1);
        world_feed_again(world);
    }
    cr_expect_eq(feed_row("2")->gap_count, 0);
    cr_expect_eq(world_row_count(world, PARTNER_GAP), 0);
    cr_expect_eq(world_row_count(world, PARTNER_ENTRY), 5);
}

Test(partner, feeds_are_counted_apart)
{
    received(1, 0, 1);
    received(2, 1, 1);
    received(3, 0, 2);
    cr_expect_eq(feed_row("0")->next_sequence, 3);
    cr_expect_eq(feed_row("1")->next_sequence, 2);
    cr_expect_eq(world_row_count(world, PARTNER_GAP), 0);
}

Test(partner, a_gap_is_recorded_and_does_not_hold_the_feed_up)
{
    received(1, 0, 1);
    received(5, 0, 5);
    cr_expect_eq(world_said_of(world, EV_EXPORT_ACKNOWLEDGED), 1);
    cr_assert_eq(world_row_count(world, PARTNER_GAP), 1);
    const struct partner_gap *gap = world_row(world, PARTNER_GAP, "0/2");
    cr_assert_not_null(gap);
    cr_expect_str_eq(gap->feed.text, "0");
    cr_expect_eq(gap->first_missing, 2);
    cr_expect_eq(gap->last_missing, 4);
    cr_expect_eq(gap->seen_at_us, WORLD_NOW_US);
    cr_expect_eq(feed_row("0")->gap_count, 1);
    cr_expect_eq(feed_row("0")->next_sequence, 6);
    received(6, 0, 6);
    cr_expect_eq(world_row_count(world, PARTNER_GAP), 1);
}

Test(partner, a_feed_that_does_not_start_at_one_has_a_gap_at_its_start)
{
    received(3, 0, 3);
    const struct partner_gap *gap = world_row(world, PARTNER_GAP, "0/1");
    cr_assert_not_null(gap);
    cr_expect_eq(gap->last_missing, 2);
}

Test(partner, what_was_missing_is_accepted_whenever_it_comes)
{
    received(1, 0, 1);
    received(3, 0, 3);
    received(2, 0, 2);
    cr_expect_eq(world_said_of(world, EV_EXPORT_ACKNOWLEDGED), 1);
    cr_expect_eq(feed_row("0")->next_sequence, 4);
    cr_expect_eq(feed_row("0")->gap_count, 1);
    world_feed_again(world);
}

Test(partner, a_repeat_that_differs_is_a_dead_letter)
{
    received(1, 0, 1);
    struct event in = send_order(1, 0, 1);
    in.as.partner_order.amount = 1;
    world_feed(world, &in);
    cr_expect_str_eq(world_dead_letter(world), "repeat_differs");
    received(1, 0, 2);
    cr_expect_str_eq(world_dead_letter(world), "repeat_differs");
    cr_expect_eq(feed_row("0")->next_sequence, 2);
    cr_expect_eq(world_row_count(world, PARTNER_ENTRY), 1);
}

Test(partner, a_batch_with_a_gap_and_repeats_is_counted_as_if_one_by_one)
{
    struct event batch[] = { send_order(1, 0, 1), send_order(1, 0, 1), send_order(4, 0, 4),
                             send_order(7, 0, 7), send_order(4, 0, 4) };
    world_feed_batch(world, batch, 5);
    cr_expect_eq(world_said_of(world, EV_EXPORT_ACKNOWLEDGED), 3);
    cr_expect_eq(world_row_count(world, PARTNER_GAP), 2);
    cr_expect_eq(feed_row("0")->next_sequence, 8);
    world_feed_again(world);
}

Test(partner, every_state_takes_every_event_as_its_table_says)
{
    cr_assert_eq(table_missing(&partner_service, KEY_ORDER), 0);
    received(1, 0, 1);
    const struct partner_entry *entry = world_row(world, PARTNER_ENTRY, order_no(1).text);
    cr_assert_eq(entry->state, ENTRY_ACCEPTED);
    cr_expect(table_allows(&partner_service, ENTRY_NONE, EV_PARTNER_ORDER, ENTRY_ACCEPTED));
    cr_expect(table_allows(&partner_service, ENTRY_ACCEPTED, EV_PARTNER_ORDER, ENTRY_ACCEPTED));
    world_feed_again(world);
}
