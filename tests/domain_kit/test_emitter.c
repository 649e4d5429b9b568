/* test_emitter.c — what decisions say is kept in order, with its cause and its ordinal. */
#include "runtime/emitter.h"
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

static struct arena *arena;
static struct emitter out;
static const struct event first_cause = { .type = EV_STOCK_REPLENISHED,
                                          .value = "{\"first\":1}",
                                          .value_bytes = 11,
                                          .as.stock_replenished.product_id.text = "sku-1" };
static const struct event second_cause = { .type = EV_STOCK_REPLENISHED };

static void
setup(void)
{
    arena = arena_new(1 << 16);
    emitter_init(&out, arena);
    out.cause = &first_cause;
}

static void
teardown(void)
{
    arena_free(arena);
}

TestSuite(emitter, .init = setup, .fini = teardown);

static void
say(enum event_type type)
{
    emitter_add(&out, type, "key", "{}", 2, -1);
}

Test(emitter, ordinals_count_per_cause_and_type_from_zero)
{
    say(EV_COUPON_RESTORED);
    say(EV_ORDER_CANCELLED);
    say(EV_COUPON_RESTORED);
    out.cause = &second_cause;
    say(EV_COUPON_RESTORED);
    cr_assert_eq(out.count, 4);
    cr_assert_eq(out.items[0].ordinal, 0);
    cr_assert_eq(out.items[1].ordinal, 0);
    cr_assert_eq(out.items[2].ordinal, 1);
    cr_assert_eq(out.items[3].ordinal, 0);
    cr_assert_eq(out.items[2].cause, &first_cause);
    cr_assert_eq(out.items[3].cause, &second_cause);
}

Test(emitter, keeps_key_value_and_partition)
{
    emitter_add(&out, EV_PARTNER_ORDER, "o-1", "{\"a\":1}", 7, 3);
    cr_assert_eq(out.items[0].type, EV_PARTNER_ORDER);
    cr_assert_str_eq(out.items[0].key, "o-1");
    cr_assert_str_eq(out.items[0].value, "{\"a\":1}");
    cr_assert_eq(out.items[0].value_bytes, 7);
    cr_assert_eq(out.items[0].partition, 3);
    cr_assert_null(out.items[0].dead_letter_reason);
}

Test(emitter, a_dead_letter_holds_the_original_bytes_and_key)
{
    emitter_dead_letter(&out, "amount_too_large", "the sum would pass the maximum");
    cr_assert_eq(out.items[0].type, EV_DEAD_LETTER);
    cr_assert_str_eq(out.items[0].key, "sku-1");
    cr_assert_eq(out.items[0].value, first_cause.value);
    cr_assert_eq(out.items[0].value_bytes, 11);
    cr_assert_str_eq(out.items[0].dead_letter_reason, "amount_too_large");
}

Test(emitter, keeps_thousands_in_order)
{
    static struct event causes[1000];
    for (int i = 0; i < 1000; i++) {
        out.cause = &causes[i];
        say(EV_STOCK_RESERVED);
        say(EV_STOCK_RELEASED);
    }
    cr_assert_eq(out.count, 2000);
    for (int i = 0; i < 2000; i++) {
        cr_assert_eq(out.items[i].cause, &causes[i / 2]);
        cr_assert_eq(out.items[i].type, i % 2 == 0 ? EV_STOCK_RESERVED : EV_STOCK_RELEASED);
    }
}

Test(emitter, an_event_without_a_cause_is_a_bug, .signal = SIGABRT)
{
    out.cause = NULL;
    say(EV_STOCK_RESERVED);
}
