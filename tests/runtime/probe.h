/* probe.h — a domain small enough to see the loop through it.
 *
 * Shapes     probe(order_id): counts what it saw; a column of every type.
 * Customers  say what is to happen: "mute" nothing is emitted, "many" three events, "letter" a dead letter,
 *            "unwanted" not wanted, "poison…" the row breaks a named constraint, "overflow" another one;
 *            every other is answered by one CancelRefused. */
#pragma once
#include "runtime/service.h"

enum probe_state { PROBE_NONE, PROBE_OPEN, PROBE_CLOSED };

struct probe_row {
    struct order_id order_id;
    struct customer_id customer_id;
    enum probe_state state;
    int64_t seen;
    int32_t amount;
    bool flag;
    int64_t deadline_at_us;
    int32_t partition;
    uint8_t digest[8];
    struct shipping shipping;
};

extern const struct service probe_service;
/* Tables of the domain, for a schema of its own. */
extern const char probe_tables[];
