/* audit_store.c — where the fold keeps orders, facts and sums.  Contract: audit_fold.h, audit_store.h */
#include "cli/audit_store.h"
#include <string.h>

/* ---- memory --------------------------------------------------------------------------------- */

void *
audit_grown(void *items, uint32_t *capacity, uint32_t needed, size_t item_bytes)
{
    uint32_t before = *capacity;
    if (needed <= before)
        return items;
    *capacity = needed < 512 ? 1024 : needed * 2;
    char *all = memory_grow(items, *capacity * item_bytes);
    memset(all + before * item_bytes, 0, (*capacity - before) * item_bytes);
    return all;
}

static uint32_t
hash_of_id(struct uuid id)
{
    return (uint32_t)hash_bytes(id.bytes, sizeof id.bytes);
}

static uint32_t
slot_of(const struct audit *audit, struct uuid id)
{
    uint32_t slot = hash_of_id(id) & (audit->slot_count - 1);
    while (audit->slots[slot] && !uuid_equal(audit->orders[audit->slots[slot] - 1].id, id))
        slot = (slot + 1) & (audit->slot_count - 1);
    return slot;
}

static void
grow_slots(struct audit *audit)
{
    memory_free(audit->slots);
    audit->slot_count = audit->slot_count ? audit->slot_count * 2 : 4096;
    audit->slots = memory_new(audit->slot_count * sizeof *audit->slots);
    memset(audit->slots, 0, audit->slot_count * sizeof *audit->slots);
    for (uint32_t i = 0; i < audit->order_count; i++)
        audit->slots[slot_of(audit, audit->orders[i].id)] = i + 1;
}

struct audit_order *
audit_order_of(struct audit *audit, const char *order_id)
{
    struct uuid id;
    if (!uuid_parse(order_id, strlen(order_id), &id))
        return NULL; /* cannot be: the decoder has checked it */
    if (audit->order_count * 2 >= audit->slot_count)
        grow_slots(audit);
    uint32_t slot = slot_of(audit, id);
    if (!audit->slots[slot]) {
        audit->orders = audit_grown(audit->orders, &audit->order_capacity, audit->order_count + 1,
                                    sizeof *audit->orders);
        audit->orders[audit->order_count++].id = id;
        audit->slots[slot] = audit->order_count;
    }
    return &audit->orders[audit->slots[slot] - 1];
}

const struct audit_order *
audit_order_find(const struct audit *audit, struct uuid id)
{
    uint32_t found = audit->slot_count ? audit->slots[slot_of(audit, id)] : 0;
    return found ? &audit->orders[found - 1] : NULL;
}

void
audit_order_text(const struct audit_order *order, char out[UUID_TEXT_BYTES])
{
    uuid_format(order->id, out);
}

struct audit_product *
audit_product_of(struct audit *audit, const char *product_id)
{
    uint32_t index = names_index(&audit->products, product_id);
    audit->product_sums = audit_grown(audit->product_sums, &audit->product_room, index + 1,
                                      sizeof *audit->product_sums);
    return &audit->product_sums[index];
}

uint32_t
audit_customer_of(struct audit *audit, const char *customer_id)
{
    uint32_t index = names_index(&audit->customers, customer_id);
    audit->customer_sums = audit_grown(audit->customer_sums, &audit->customer_room, index + 1,
                                       sizeof *audit->customer_sums);
    return index;
}

uint32_t
audit_coupon_of(struct audit *audit, const char *code)
{
    uint32_t index = names_index(&audit->coupons, code);
    audit->coupon_sums =
        audit_grown(audit->coupon_sums, &audit->coupon_room, index + 1, sizeof *audit->coupon_sums);
    return index;
}

void
audit_free(struct audit *audit)
{
    for (uint32_t i = 0; i < audit->feed_count; i++)
        memory_free(audit->feeds[i].orders);
    memory_free(audit->feeds);
    memory_free(audit->orders);
    memory_free(audit->slots);
    memory_free(audit->facts);
    memory_free(audit->lines);
    memory_free(audit->product_sums);
    memory_free(audit->customer_sums);
    memory_free(audit->coupon_sums);
    memory_free(audit->single_hashes);
    names_free(&audit->products);
    names_free(&audit->customers);
    names_free(&audit->coupons);
    names_free(&audit->singles);
    findings_free(&audit->findings);
    *audit = (struct audit){ 0 };
}

/* ---- facts ---------------------------------------------------------------------------------- */

const struct audit_fact *
audit_fact_find(const struct audit *audit, const struct audit_order *order, enum event_type type,
                uint32_t which)
{
    for (uint32_t at = order->facts; at; at = audit->facts[at].next)
        if (audit->facts[at].type == (uint8_t)type && audit->facts[at].which == which)
            return &audit->facts[at];
    return NULL;
}

const struct audit_fact *
audit_fact_of(const struct audit *audit, const struct audit_order *order, enum event_type type)
{
    for (uint32_t at = order->facts; at; at = audit->facts[at].next)
        if (audit->facts[at].type == (uint8_t)type)
            return &audit->facts[at];
    return NULL;
}

struct audit_feed *
audit_feed_of(struct audit *audit, int32_t partition)
{
    uint32_t needed = (uint32_t)partition + 1;
    if (needed > audit->feed_count) {
        audit->feeds = memory_grow(audit->feeds, needed * sizeof *audit->feeds);
        memset(audit->feeds + audit->feed_count, 0,
               (needed - audit->feed_count) * sizeof *audit->feeds);
        audit->feed_count = needed;
    }
    return &audit->feeds[partition];
}
