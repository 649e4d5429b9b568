/* catalogue.c — the facts that the shop's own people publish, and publishing itself.  Contract: sim.h */
#include "base/uuid.h"
#include "sim/sim.h"
#include "json/json_write.h"
#include <stdio.h>
#include <string.h>

/* ---- publishing -------------------------------------------------------------------------------------- */

static void
add_header(struct sim *sim, struct envelope *what, const char *name, const char *value)
{
    uint32_t bytes = (uint32_t)strlen(value);

    what->headers[what->header_count++] =
        (struct kafka_header){ name, arena_text(sim->arena, value, bytes), bytes };
}

static struct envelope *
envelope_of(struct sim *sim, enum event_type type, const char *key, const struct json_writer *value)
{
    struct envelope *what = arena_take(sim->arena, sizeof *what);
    char id[UUID_TEXT_BYTES];

    what->type = type;
    what->key_bytes = (uint32_t)strlen(key);
    what->key = arena_text(sim->arena, key, what->key_bytes);
    what->value_bytes = value->length;
    what->value = arena_text(sim->arena, value->bytes, value->length);
    what->partition = broker_partition_of(sim, key, what->key_bytes);
    if (sim_suffers(sim, FAULT_FOREIGN)) {
        SOMETIMES(FOREIGN_PARTITION);
        what->partition = (int32_t)chance_below(&sim->chance, sim->swarm.partitions);
    }
    struct uuid content = uuid_v5(UUID_NAMESPACE_INTENT, what->value, what->value_bytes);
    uuid_format(uuid_v5(content, topics[type].name, strlen(topics[type].name)), id);
    add_header(sim, what, "ce_id", id);
    return what;
}

bool
publish(struct sim *sim, enum event_type type, const char *key, const struct json_writer *value)
{
    struct envelope *what = envelope_of(sim, type, key, value);

    if (sim_suffers(sim, FAULT_SEND))
        return false;
    broker_append(sim, what, "shopper");
    if (sim_suffers(sim, FAULT_LOST_ACK)) /* asked again, for no 202 was seen */
        broker_append(sim, arena_copy(sim->arena, what, sizeof *what), "shopper");
    return true;
}

/* Without 202 the same again. */
static void
insist(struct sim *sim, enum event_type type, const char *key, const struct json_writer *value)
{
    while (!publish(sim, type, key, value))
        continue;
}

/* ---- facts ------------------------------------------------------------------------------------------- */

static int64_t
draw_price(struct sim *sim)
{
    static const int64_t prices[] = { 0, 1000, 12900, 700000001, INT64_C(3000000019) };

    return prices[chance_below(&sim->chance, sizeof prices / sizeof *prices)];
}

static void
list(struct sim *sim, uint32_t product)
{
    struct product_listed listed = {
        .unit_price = draw_price(sim), .has_revision = true, .revision = 1, .name = { "product" }
    };
    struct json_writer value;

    snprintf(listed.product_id.text, sizeof listed.product_id.text, "p-%u", product);
    json_writer_init(&value, sim->arena, 256);
    write_product_listed(&value, &listed);
    insist(sim, EV_PRODUCT_LISTED, listed.product_id.text, &value);
}

static void
replenish(struct sim *sim, uint32_t product, int32_t quantity)
{
    struct stock_replenished more = { .quantity = quantity };
    struct json_writer value;

    snprintf(more.product_id.text, sizeof more.product_id.text, "p-%u", product);
    snprintf(more.replenishment_id.text, sizeof more.replenishment_id.text, "r-%u",
             ++sim->replenishments);
    json_writer_init(&value, sim->arena, 256);
    write_stock_replenished(&value, &more);
    insist(sim, EV_STOCK_REPLENISHED, more.product_id.text, &value);
}

static void
issue(struct sim *sim, uint32_t number)
{
    struct coupon_issued issued = { .has_revision = true, .revision = 1 };
    struct chance *chance = &sim->chance;
    struct json_writer value;

    snprintf(issued.coupon_code.text, sizeof issued.coupon_code.text, "K-%u", number);
    issued.has_percent = chance_half(chance);
    issued.has_discount = !issued.has_percent;
    if (issued.has_percent)
        issued.percent = 1 + (int32_t)chance_below(chance, 100);
    else
        issued.discount = chance_between(chance, 0, 20000);
    issued.has_minimum_amount = chance_of_1000(chance, 200);
    issued.minimum_amount = issued.has_minimum_amount ? 5000 : 0;
    issued.has_customer_id = chance_of_1000(chance, 200);
    if (issued.has_customer_id)
        memcpy(issued.customer_id.text, "c-0", 4);
    json_writer_init(&value, sim->arena, 256);
    write_coupon_issued(&value, &issued);
    insist(sim, EV_COUPON_ISSUED, issued.coupon_code.text, &value);
}

void
catalogue_credit(struct sim *sim, struct chance *chance, const char *customer_id)
{
    static const int64_t amounts[] = {
        1000, 13000, 50000, INT64_C(2000000000), INT64_C(20000000000), INT64_C(20000000000)
    };
    struct balance_credited more = {
        .amount = amounts[chance_below(chance, sizeof amounts / sizeof *amounts)]
    };
    struct json_writer value;

    snprintf(more.customer_id.text, sizeof more.customer_id.text, "%s", customer_id);
    snprintf(more.credit_id.text, sizeof more.credit_id.text, "m-%u", ++sim->credits);
    json_writer_init(&value, sim->arena, 256);
    write_balance_credited(&value, &more);
    insist(sim, EV_BALANCE_CREDITED, more.customer_id.text, &value);
}

void
catalogue_publish(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->swarm.products; i++) {
        int32_t units = (int32_t)chance_below(&sim->chance, 6);
        if (chance_of_1000(&sim->chance, 950))
            list(sim, i);
        if (units > 0)
            replenish(sim, i, units);
    }
    for (uint32_t i = 0; i < sim->swarm.coupons; i++)
        if (chance_of_1000(&sim->chance, 900))
            issue(sim, i);
    for (uint32_t i = 0; i < sim->swarm.customers; i++) {
        char customer_id[16];
        snprintf(customer_id, sizeof customer_id, "c-%u", i);
        for (uint32_t n = chance_below(&sim->chance, 4); n > 0; n--)
            catalogue_credit(sim, &sim->chance, customer_id);
    }
}

void
catalogue_more(struct sim *sim)
{
    replenish(sim, chance_below(&sim->chance, sim->swarm.products),
              1 + (int32_t)chance_below(&sim->chance, 3));
}
