/* world.h — one service over a store in memory: feed it events, read what it says and what it
 * keeps.
 *
 *     struct world *world = world_new(&stock_service);
 *     world_feed(world, &(struct event){ .type = EV_STOCK_REPLENISHED, … });
 *     const struct stock_reserved *said = &world_said(world, EV_STOCK_RESERVED)->as.stock_reserved;
 *
 * Shapes     world: the rows of one service, by key. · said: the events of the last feed, decoded
 *            again.
 * Checks     what is fed and what is said is encoded and decoded by the schemas' own codec; every
 *            changed row must survive the way through its columns (JSON ones through their text)
 *            byte for byte; a repeat (world_feed_again) must say nothing and change nothing.  A
 *            breach aborts with a message.
 * Time       at_us of a fed event, or WORLD_NOW_US where it is 0.
 * Threads    none.  Not for the hot path. */
#pragma once
#include "emit.h"
#include "runtime/service.h"

#define WORLD_NOW_US   INT64_C(1800000000000000)
#define WORLD_SAID_MAX 64

struct world;

struct world *world_new(const struct service *service);
void world_free(struct world *world);
struct domain_settings *world_settings(struct world *world); /* order_deadline_us: 900 s at first */

/* One event, as a batch of its own: keys, load, wants, decide, save.  The source is partition 0
 * of the event's topic unless in->source.partition says otherwise; offsets count up. */
void world_feed(struct world *world, const struct event *in);
/* Several events as one batch: one load, one save. */
void world_feed_batch(struct world *world, const struct event *in, uint32_t count);
/* The last fed event (or batch) once more. */
void world_feed_again(struct world *world);

/* What the last feed said, in order; dead letters are not among them. */
uint32_t world_said_count(const struct world *world);
const struct event *world_said_at(const struct world *world, uint32_t position);
int32_t world_said_partition(const struct world *world, uint32_t position);
uint32_t world_said_of(const struct world *world, enum event_type type);
/* The one event of this type in the last feed; aborts when there is none or more than one. */
const struct event *world_said(const struct world *world, enum event_type type);
/* The reason of the last feed's last dead letter, or NULL. */
const char *world_dead_letter(const struct world *world);
/* Every dead letter of the last feed: the message as its letter tells it, with its source. */
uint32_t world_dead_letter_count(const struct world *world);
const struct event *world_dead_letter_at(const struct world *world, uint32_t position);
/* Rows that the last feed wrote. */
uint32_t world_changed_rows(const struct world *world);

/* A stored row, or NULL. */
void *world_row(const struct world *world, unsigned row_type, const char *key);
uint32_t world_row_count(const struct world *world, unsigned row_type);
