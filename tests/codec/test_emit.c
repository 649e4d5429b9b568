/* emit_<event>: encodes at once, takes the key from the event, leaves nothing of its own in the arena. */
#include "emit.h"
#include "runtime/emitter.h"
#include <criterion/criterion.h>
#include <string.h>

Test(emit, appends_the_encoded_event_with_its_key)
{
    struct arena *arena = arena_new(1 << 16);
    struct event cause = { .type = EV_ORDER_CANCELLED };
    struct emitter out;
    struct payment_voided event = { { "0190f5a0-1b2c-7d3e-8f40-112233445566" }, { "c-1" } };
    emitter_init(&out, arena);
    out.cause = &cause;
    emit_payment_voided(&out, &event);
    memset(&event, 'x', sizeof(event));
    cr_assert_eq(out.count, 1);
    cr_assert_eq(out.items[0].type, EV_PAYMENT_VOIDED);
    cr_assert_eq(out.items[0].partition, -1);
    cr_assert_str_eq(out.items[0].key, "0190f5a0-1b2c-7d3e-8f40-112233445566");
    const char *json =
        "{\"order_id\":\"0190f5a0-1b2c-7d3e-8f40-112233445566\",\"customer_id\":\"c-1\"}";
    cr_assert_eq(out.items[0].value_bytes, strlen(json));
    cr_assert_eq(memcmp(out.items[0].value, json, strlen(json)), 0);
    arena_free(arena);
}

Test(emit, to_names_the_partition)
{
    struct arena *arena = arena_new(1 << 16);
    struct event cause = { .type = EV_ORDER_PAID };
    struct emitter out;
    struct export_acknowledged event = { { "o" }, 7, { "p" } };
    emitter_init(&out, arena);
    out.cause = &cause;
    emit_export_acknowledged_to(&out, &event, 3);
    cr_assert_eq(out.items[0].partition, 3);
    size_t used = arena_used_bytes(arena);
    emit_export_acknowledged_to(&out, &event, 3);
    cr_assert_lt(arena_used_bytes(arena), used + 100, "the rest of the buffer is given back");
    arena_free(arena);
}
