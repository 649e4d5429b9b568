/* The generated codec: what events.h promises beyond single examples (those are in schemas/examples). */
#include "base/arena.h"
#include "events.h"
#include <criterion/criterion.h>
#include <string.h>

#define ORDER "\"order_id\":\"0190f5a0-1b2c-7d3e-8f40-112233445566\",\"customer_id\":\"c-1\""
#define LINE  "{\"product_id\":\"sku-1\",\"quantity\":2}"

static struct arena *arena;
static struct event event;
static struct event_error err;

static void
begin(void)
{
    arena = arena_new(1 << 16);
    memset(&event, 1, sizeof(event));
}

static void
end(void)
{
    arena_free(arena);
}

TestSuite(events, .init = begin, .fini = end);

static bool
decode(enum event_type type, const char *json)
{
    return event_decode(arena, type, json, strlen(json), &event, &err);
}

static void
assert_refused(enum event_type type, const char *json, const char *pointer, const char *code)
{
    cr_assert_not(decode(type, json), "%s", json);
    cr_assert_str_eq(err.pointer, pointer, "%s: %s", json, err.pointer);
    cr_assert_str_eq(err.code, code, "%s: %s", json, err.code);
    cr_assert_str_not_empty(err.detail);
}

Test(events, decode_fills_the_struct_and_borrows_the_bytes)
{
    const char *json =
        "{" ORDER ",\"items\":[" LINE "],\"coupon_code\":\"WELCOME\",\"auto_pay\":true}";
    cr_assert(decode(EV_ORDER_REQUESTED, json));
    const struct order_requested *order = &event.as.order_requested;
    cr_assert_eq(event.type, EV_ORDER_REQUESTED);
    cr_assert_eq(event.value, json);
    cr_assert_eq(event.value_bytes, strlen(json));
    cr_assert_str_eq(order->customer_id.text, "c-1");
    cr_assert_eq(order->items.count, 1);
    cr_assert_str_eq(order->items.at[0].product_id.text, "sku-1");
    cr_assert_eq(order->items.at[0].quantity, 2);
    cr_assert(order->has_coupon_code);
    cr_assert_str_eq(order->coupon_code.text, "WELCOME");
    cr_assert(order->auto_pay);
}

Test(events, what_is_absent_is_said_to_be_absent_and_is_zero)
{
    cr_assert(decode(EV_ORDER_REQUESTED, "{" ORDER ",\"items\":[" LINE "]}"));
    const struct order_requested *order = &event.as.order_requested;
    static const struct shipping nowhere;
    cr_assert_not(order->has_coupon_code || order->has_shipping || order->has_expected_amount ||
                  order->has_pay_within_s || order->has_request_digest);
    cr_assert_str_empty(order->coupon_code.text);
    cr_assert_eq(memcmp(&order->shipping, &nowhere, sizeof(nowhere)), 0);
    cr_assert_eq(order->expected_amount, 0);
    cr_assert_eq(order->pay_within_s, 0);
    cr_assert_not(order->auto_pay);
    cr_assert_eq(order->on_coupon_rejected, ON_COUPON_REJECTED_WAIT);
    cr_assert_eq(order->on_payment_failure, ON_PAYMENT_FAILURE_WAIT);
}

Test(events, equal_values_are_equal_bytes_whatever_the_memory_held_before)
{
    const char *json = "{" ORDER ",\"items\":[" LINE "],\"shipping\":{\"recipient\":\"김민지\","
                       "\"address\":\"서울\",\"contact\":\"010\"}}";
    struct event other;
    memset(&other, 0xaa, sizeof(other));
    cr_assert(decode(EV_ORDER_REQUESTED, json));
    cr_assert(event_decode(arena, EV_ORDER_REQUESTED, json, strlen(json), &other, &err));
    const struct order_requested *a = &event.as.order_requested, *b = &other.as.order_requested;
    cr_assert_eq(memcmp(&a->order_id, &b->order_id, sizeof(a->order_id)), 0);
    cr_assert_eq(memcmp(&a->items, &b->items, offsetof(struct order_lines, at[a->items.count])), 0);
    cr_assert_eq(memcmp(&a->shipping, &b->shipping, sizeof(a->shipping)), 0);
    cr_assert_eq(memcmp(&a->coupon_code, &b->coupon_code, sizeof(a->coupon_code)), 0);
}

/* A batch keeps no more of an event than that: lists are last, and are copied by their count. */
Test(events, a_copy_of_event_bytes_is_the_whole_event)
{
    cr_assert(decode(EV_ORDER_REQUESTED, "{" ORDER ",\"items\":[" LINE "],\"auto_pay\":true}"));
    size_t bytes = event_bytes(&event);
    cr_assert_eq(bytes, offsetof(struct order_requested, items.at) + sizeof(struct order_line));
    cr_assert_geq(offsetof(struct order_requested, items), sizeof(struct order_requested) -
                                                               sizeof(struct order_lines));

    const struct order_requested *kept = arena_copy(arena, &event.as, bytes);
    struct order_lines lines;
    struct order_lines expected = { .count = 1, .at[0] = event.as.order_requested.items.at[0] };
    memset(&lines, 1, sizeof lines);
    copy_order_lines(&lines, &kept->items);
    cr_assert_eq(memcmp(&lines, &expected, sizeof lines), 0);
    cr_assert(kept->auto_pay);

    cr_assert(decode(EV_PAYMENT_VOIDED, "{" ORDER "}"));
    cr_assert_eq(event_bytes(&event), sizeof(struct payment_voided));
}

Test(events, decode_gives_back_the_memory_it_needed_meanwhile)
{
    size_t used = arena_used_bytes(arena);
    for (int i = 0; i < 100; i++)
        cr_assert(
            decode(EV_ORDER_REQUESTED, "{\"\\u0078\":\"\\n\"," ORDER ",\"items\":[" LINE "]}"));
    cr_assert_not(decode(EV_ORDER_REQUESTED, "{" ORDER "}"));
    cr_assert_eq(arena_used_bytes(arena), used);
}

Test(events, members_may_come_in_any_order_and_unknown_ones_are_ignored)
{
    cr_assert(decode(EV_PAYMENT_VOIDED,
                     "{\"new\":{\"order_id\":7},\"customer_id\":\"c-1\",\"order_i\":0,"
                     "\"order_idx\":0,\"order\\u005fid\":\"0190f5a0-1b2c-7d3e-8f40-112233445566\","
                     "\"x\":[1.5,null]}"));
    cr_assert_str_eq(event.as.payment_voided.customer_id.text, "c-1");
}

Test(events, an_unknown_reason_is_read_as_other_but_not_an_unknown_choice)
{
    cr_assert(decode(EV_CANCEL_REFUSED, "{" ORDER ",\"reason\":\"FROM_A_LATER_VERSION\"}"));
    cr_assert_eq(event.as.cancel_refused.reason, CANCEL_REFUSED_OTHER);
    cr_assert(decode(EV_CANCEL_REFUSED, "{" ORDER ",\"reason\":\"SOLD_OUT\"}"));
    cr_assert_eq(event.as.cancel_refused.reason, CANCEL_REFUSED_SOLD_OUT);
    assert_refused(EV_CANCEL_REFUSED, "{" ORDER ",\"reason\":\"no space\"}", "/reason", "pattern");
    assert_refused(EV_ORDER_REQUESTED,
                   "{" ORDER ",\"items\":[" LINE "],\"on_payment_failure\":\"retry\"}",
                   "/on_payment_failure", "unknown_value");
    cr_assert_str_eq(err.detail, "one of these is possible: wait cancel");
}

Test(events, errors_point_at_the_innermost_place)
{
    assert_refused(EV_ORDER_REQUESTED,
                   "{" ORDER ",\"items\":[" LINE ",{\"product_id\":\"b\",\"quantity\":0}]}",
                   "/items/1/quantity", "range");
    cr_assert_str_eq(err.detail, "1 to 1000000 is possible");
    assert_refused(EV_ORDER_REQUESTED, "{" ORDER ",\"items\":[" LINE "," LINE "]}", "/items/1",
                   "duplicate_item");
    assert_refused(EV_ORDER_REQUESTED, "{" ORDER ",\"items\":[{\"quantity\":1}]}",
                   "/items/0/product_id", "missing");
    assert_refused(EV_ORDER_REQUESTED, "[]", "", "type");
    assert_refused(EV_ORDER_REQUESTED, "{\"order_id\":", "", "invalid_json");
    assert_refused(EV_COUPON_ISSUED, "{\"coupon_code\":\"A\",\"discount\":1,\"percent\":1}", "",
                   "exactly_one");
}

Test(events, what_could_not_be_stored_is_refused_in_unknown_members_too)
{
    assert_refused(EV_PAYMENT_VOIDED, "{" ORDER ",\"new\":\"\\u0000\"}", "", "contains_nul");
    assert_refused(EV_PAYMENT_VOIDED, "{" ORDER ",\"n\\u0000\":1}", "", "contains_nul");
    assert_refused(EV_PAYMENT_VOIDED, "{" ORDER ",\"new\":1e100000}", "", "number_too_wide");
    cr_assert(decode(EV_PAYMENT_VOIDED, "{" ORDER ",\"new\":[1e400,\"\\u0001\"]}"));
}

Test(events, the_epoch_is_not_no_time)
{
    cr_assert(decode(EV_COUPON_ISSUED, "{\"coupon_code\":\"A\",\"percent\":1,"
                                       "\"expires_at\":\"1970-01-01T00:00:00Z\"}"));
    cr_assert_eq(event.as.coupon_issued.expires_at_us, 1);
}

Test(events, a_dead_letter_and_nothing_have_no_codec)
{
    assert_refused(EV_DEAD_LETTER, "{}", "", "no_codec");
    assert_refused(EV_NONE, "{}", "", "no_codec");
}

Test(events, more_bytes_than_a_record_may_have_are_refused_unread)
{
    size_t length = EVENT_BYTES_MAX + 1;
    char *json = arena_take(arena, length);
    memset(json, ' ', length);
    cr_assert_not(event_decode(arena, EV_PAYMENT_VOIDED, json, length, &event, &err));
    cr_assert_str_eq(err.code, "too_large");
}

Test(events, keys_are_the_text_of_the_key_field)
{
    cr_assert(decode(EV_PAYMENT_VOIDED, "{" ORDER "}"));
    cr_assert_str_eq(event_key(&event), "0190f5a0-1b2c-7d3e-8f40-112233445566");
    cr_assert(decode(EV_STOCK_REPLENISHED,
                     "{\"replenishment_id\":\"r\",\"product_id\":\"p\",\"quantity\":1}"));
    cr_assert_str_eq(event_key(&event), "p");
    cr_assert(decode(EV_BALANCE_CREDITED,
                     "{\"credit_id\":\"x\",\"customer_id\":\"c\",\"amount\":0}"));
    cr_assert_str_eq(event_key(&event), "c");
    cr_assert_str_eq(event_key_of(EV_BALANCE_CREDITED, &event.as.balance_credited), "c");
}

Test(events, every_type_is_in_the_topic_table)
{
    for (int type = EV_NONE + 1; type < EV_COUNT; type++) {
        const struct topic_info *topic = &topics[type];
        enum event_type expected = topic->has_topic ? (enum event_type)type : EV_NONE;
        cr_assert_eq(event_type_of(topic->name), expected);
        cr_assert(topic->producers != 0 && topic->consumers != 0, "%s", topic->name);
        cr_assert_eq(event_shapes[type] == NULL, type == EV_DEAD_LETTER);
    }
    cr_assert_eq(event_type_of("orderpaid"), EV_NONE);
    cr_assert_eq(event_type_of(""), EV_NONE);
    cr_assert_eq(topics[EV_DEAD_LETTER].max_message_bytes, 4u << 20);
    cr_assert_eq(topics[EV_ORDER_CANCELLED].consumers,
                 PARTY_STOCK | PARTY_COUPON | PARTY_PAYMENT | PARTY_TIMELINE);
    cr_assert_eq(topics[EV_STOCK_REPLENISHED].key, KEY_PRODUCT);
}

Test(events, shared_types_go_to_json_and_back)
{
    struct priced_lines lines = { .count = 2, .at[0] = { { "a" }, 1, MONEY_MAX_WON } };
    struct priced_lines back;
    struct json_writer out;
    struct json_doc doc;
    struct json_error syntax;
    lines.at[1] = (struct priced_line){ { "b" }, QUANTITY_MAX, 0 };
    memset(&back, 0x77, sizeof(back));
    json_writer_init(&out, arena, 16);
    json_write_priced_lines(&out, &lines);
    cr_assert(json_parse(arena, out.bytes, out.length, &doc, &syntax));
    cr_assert(json_read_priced_lines(&doc, 0, &back));
    cr_assert_eq(memcmp(&lines, &back, sizeof(lines)), 0);
    cr_assert_not(json_read_shipping(&doc, 0, &back));
}

Test(events, the_largest_event_fits_a_record)
{
    struct stock_reserved largest = { .has_coupon_code = true, .has_shipping = true,
                                      .has_expected_amount = true, .has_request_digest = true };
    struct json_writer out;
    memset(largest.shipping.recipient.text, '\1', 100); /* six bytes each, when escaped */
    memset(largest.shipping.address.text, '\1', 500);
    memset(largest.shipping.contact.text, '\1', 50);
    largest.subtotal = largest.expected_amount = MONEY_MAX_WON;
    largest.items.count = ORDER_ITEMS_MAX;
    for (unsigned i = 0; i < ORDER_ITEMS_MAX; i++) {
        memset(largest.items.at[i].product_id.text, 'x', 64);
        largest.items.at[i].quantity = QUANTITY_MAX;
        largest.items.at[i].unit_price = MONEY_MAX_WON;
    }
    json_writer_init(&out, arena, 64);
    write_stock_reserved(&out, &largest);
    cr_assert_lt(out.length, EVENT_BYTES_MAX / 8);
}
