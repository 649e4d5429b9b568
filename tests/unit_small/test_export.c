/* test_export.c — what export decides. */
#include "export/export.h"
#include "support/table.h"
#include "support/vocabulary.h"
#include "support/world.h"
#include <criterion/criterion.h>
#include <string.h>

static struct world *world;

static void
setup(void)
{
    world = world_new(&export_service);
}

static void
teardown(void)
{
    world_free(world);
}

TestSuite(export, .init = setup, .fini = teardown);

static struct event
pay(int number, int32_t partition)
{
    struct event in = { .type = EV_ORDER_PAID, .source.partition = partition };
    struct order_paid *paid = &in.as.order_paid;
    paid->order_id = order_no(number);
    paid->customer_id = customer("c-1");
    paid->revision = 2;
    paid->items.count = 1;
    paid->items.at[0] = (struct priced_line){ product("apple"), 2, 12900 };
    paid->subtotal = 25800;
    paid->discount = 3000;
    paid->amount = 22800;
    paid->shipping = shipping_to("김하늘");
    paid->paid_at_us = WORLD_NOW_US - 1000;
    return in;
}

static void
paid(int number, int32_t partition)
{
    struct event in = pay(number, partition);
    world_feed(world, &in);
}

static void
acknowledged(int number, int64_t feed_sequence)
{
    world_feed(world, &(struct event){
                          .type = EV_EXPORT_ACKNOWLEDGED,
                          .as.export_acknowledged = {.order_id = order_no(number),
                                                     .feed_sequence = feed_sequence,
                                                     .partner = { "example-partner" }}
    });
}

static const struct partner_order *
sent(void)
{
    return &world_said(world, EV_PARTNER_ORDER)->as.partner_order;
}

static enum export_state
state_of(int number)
{
    const struct export_order *row = world_row(world, EXPORT_ORDER, order_no(number).text);
    return row == NULL ? EXPORT_NONE : row->state;
}

Test(export, sends_what_was_paid_for)
{
    struct event in = pay(1, 0);
    in.as.order_paid.has_coupon_code = true;
    in.as.order_paid.coupon_code = code("WELCOME");
    world_feed(world, &in);
    cr_expect_str_eq(sent()->order_id.text, order_no(1).text);
    cr_expect_str_eq(sent()->customer_id.text, "c-1");
    cr_expect_eq(sent()->items.count, 1);
    cr_expect_eq(sent()->items.at[0].unit_price, 12900);
    cr_expect_eq(sent()->subtotal, 25800);
    cr_expect_eq(sent()->discount, 3000);
    cr_expect_eq(sent()->amount, 22800);
    cr_expect_eq(sent()->currency, CURRENCY_KRW);
    cr_expect(sent()->has_coupon_code);
    cr_expect_str_eq(sent()->coupon_code.text, "WELCOME");
    cr_expect_str_eq(sent()->shipping.recipient.text, "김하늘");
    cr_expect_eq(sent()->paid_at_us, WORLD_NOW_US - 1000);
}

Test(export, numbers_each_feed_from_one_without_gaps)
{
    const struct {
        int32_t partition;
        int64_t sequence;
    } cases[] = {
        {0,  1},
        { 3, 1},
        { 0, 2},
        { 0, 3},
        { 3, 2},
        { 1, 1},
        { 0, 4}
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        paid((int)i + 1, cases[i].partition);
        cr_expect_eq(sent()->feed_sequence, cases[i].sequence, "case %zu", i);
        cr_expect_eq(world_said_partition(world, 0), cases[i].partition, "case %zu", i);
        world_feed_again(world);
    }
}

Test(export, a_batch_is_numbered_in_the_order_of_its_arrival)
{
    struct event batch[] = { pay(1, 0), pay(2, 1), pay(3, 0), pay(1, 0), pay(4, 0) };
    world_feed_batch(world, batch, 5);
    cr_assert_eq(world_said_count(world), 4);
    const int64_t expected[] = { 1, 1, 2, 3 };
    for (uint32_t i = 0; i < 4; i++)
        cr_expect_eq(world_said_at(world, i)->as.partner_order.feed_sequence, expected[i]);
    world_feed_again(world);
}

Test(export, a_repeat_from_another_partition_sends_nothing)
{
    paid(1, 0);
    paid(1, 2);
    cr_expect_eq(world_said_count(world), 0);
    paid(2, 2);
    cr_expect_eq(sent()->feed_sequence, 1);
}

Test(export, records_who_acknowledged_and_when)
{
    paid(1, 0);
    acknowledged(1, 1);
    const struct export_order *row = world_row(world, EXPORT_ORDER, order_no(1).text);
    cr_expect_str_eq(row->partner.text, "example-partner");
    cr_expect_eq(row->acknowledged_at_us, WORLD_NOW_US);
    cr_expect_eq(world_said_count(world), 0);
    cr_expect_null(world_dead_letter(world));
}

Test(export, an_acknowledgement_of_another_number_is_a_dead_letter)
{
    paid(1, 0);
    acknowledged(1, 2);
    cr_expect_str_eq(world_dead_letter(world), "feed_sequence_mismatch");
    cr_expect_eq(state_of(1), EXPORT_SENT);
    acknowledged(1, 1);
    acknowledged(1, 2);
    cr_expect_str_eq(world_dead_letter(world), "feed_sequence_mismatch");
    cr_expect_eq(state_of(1), EXPORT_ACKNOWLEDGED);
}

struct journey {
    enum export_state from;
    enum event_type on;
    enum export_state to;
    enum event_type says;
    const char *dead_letter;
};

Test(export, every_state_takes_every_event_as_its_table_says)
{
    /* clang-format off */
    const struct journey cases[] = {
        { EXPORT_NONE,         EV_ORDER_PAID,          EXPORT_SENT,         EV_PARTNER_ORDER, NULL           },
        { EXPORT_NONE,         EV_EXPORT_ACKNOWLEDGED, EXPORT_NONE,         EV_NONE,          "not_exported" },
        { EXPORT_SENT,         EV_ORDER_PAID,          EXPORT_SENT,         EV_NONE,          NULL           },
        { EXPORT_SENT,         EV_EXPORT_ACKNOWLEDGED, EXPORT_ACKNOWLEDGED, EV_NONE,          NULL           },
        { EXPORT_ACKNOWLEDGED, EV_ORDER_PAID,          EXPORT_ACKNOWLEDGED, EV_NONE,          NULL           },
        { EXPORT_ACKNOWLEDGED, EV_EXPORT_ACKNOWLEDGED, EXPORT_ACKNOWLEDGED, EV_NONE,          NULL           },
    };
    /* clang-format on */
    cr_assert_eq(table_missing(&export_service, KEY_ORDER), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct journey *c = &cases[i];
        int number = (int)i + 1;
        int32_t feed = (int32_t)i;
        if (c->from != EXPORT_NONE)
            paid(number, feed);
        if (c->from == EXPORT_ACKNOWLEDGED)
            acknowledged(number, 1);
        cr_assert_eq(state_of(number), c->from);
        if (c->on == EV_ORDER_PAID)
            paid(number, feed);
        else
            acknowledged(number, 1);
        cr_expect_eq(state_of(number), c->to, "case %zu", i);
        cr_expect(table_allows(&export_service, (uint8_t)c->from, c->on, (uint8_t)c->to));
        cr_expect_eq(world_said_count(world), c->says == EV_NONE ? 0 : 1, "case %zu", i);
        if (c->dead_letter != NULL)
            cr_expect_str_eq(world_dead_letter(world), c->dead_letter);
        else
            cr_expect_null(world_dead_letter(world));
        world_feed_again(world);
    }
}
