/* world.c — a batch without a database: keys, load, decide, save.  Contract: world.h */
#include "support/world.h"
#include "support/columns.h"
#include "json/json_write.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 4096

struct stored_row {
    void *data;
    int64_t version;
};

struct stored_table {
    uint32_t count;
    struct stored_row rows[ROWS_MAX];
};

struct world {
    const struct service *service;
    struct domain_settings settings;
    struct arena *kept;  /* rows and the last batch */
    struct arena *arena; /* of the batch */
    struct stored_table *tables;
    int64_t next_offset;
    struct event *last;
    uint32_t last_count;
    uint32_t changed_rows; /* in the last feed */
    uint32_t said_count;
    struct event *said;
    int32_t said_partition[WORLD_SAID_MAX];
    const char *dead_letter;
    uint32_t dead_letter_count;
    struct event *dead_letters;
};

__attribute__((noreturn, format(printf, 1, 2))) static void
breach(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "world: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    abort();
}

struct world *
world_new(const struct service *service)
{
    struct arena *kept = arena_new(1 << 20);
    struct world *world = arena_take(kept, sizeof *world);
    world->service = service;
    world->settings.order_deadline_us = INT64_C(900000000);
    world->kept = kept;
    world->arena = arena_new(1 << 20);
    world->tables = arena_take(kept, service->row_type_count * sizeof *world->tables);
    world->said = arena_take(kept, WORLD_SAID_MAX * sizeof *world->said);
    world->dead_letters = arena_take(kept, WORLD_SAID_MAX * sizeof *world->dead_letters);
    return world;
}

void
world_free(struct world *world)
{
    arena_free(world->arena);
    arena_free(world->kept);
}

struct domain_settings *
world_settings(struct world *world)
{
    return &world->settings;
}

/* ---- events through the codec */

static void
encode(struct arena *arena, struct event *event)
{
    struct json_writer out;
    json_writer_init(&out, arena, 1024);
    event_write(&out, event);
    event->value = out.bytes;
    event->value_bytes = out.length;
}

static void
decode(struct arena *arena, enum event_type type, const char *value, uint32_t value_bytes,
       struct event *event)
{
    struct event_error err = { "", "", "" };
    if (!event_decode(arena, type, value, value_bytes, event, &err))
        breach("%s is not what its schema says: %s %s (%s): %.*s", topics[type].name, err.pointer,
               err.code, err.detail, (int)value_bytes, value);
}

/* Every event but the internal one goes through its bytes, as it would on a topic. */
static struct event *
delivered(struct world *world, const struct event *in)
{
    struct event *event = arena_copy(world->arena, in, sizeof *in);
    if (topics[in->type].has_topic) {
        encode(world->arena, event);
        decode(world->arena, in->type, event->value, event->value_bytes, event);
    }
    event->at_us = in->at_us != 0 ? in->at_us : WORLD_NOW_US;
    event->source.topic = in->type;
    event->source.partition = in->source.partition;
    event->source.offset = world->next_offset++;
    return event;
}

/* ---- the store */

static const char *
key_of(const struct row_type *type, const void *data)
{
    return (const char *)data + type->key_offset;
}

static struct stored_row *
stored(const struct world *world, unsigned row_type, const char *key)
{
    struct stored_table *table = &world->tables[row_type];
    for (uint32_t i = 0; i < table->count; i++)
        if (strcmp(key_of(&world->service->rows[row_type], table->rows[i].data), key) == 0)
            return &table->rows[i];
    return NULL;
}

static void
load_row(struct view *view, unsigned row_type, const struct stored_row *from)
{
    struct row *row = view_add_row(view, row_type, from->version);
    memcpy(row->data, from->data, view->service->rows[row_type].row_bytes);
    view_loaded(view, row_type, row);
}

/* Where there are via keys the whole table is loaded: what the SQL would find is among it. */
static void
load_table(struct world *world, struct view *view, const struct keys *keys, unsigned row_type)
{
    const struct stored_table *table = &world->tables[row_type];
    if (world->service->rows[row_type].guard == ROW_APPENDED)
        return;
    if (keys->via[row_type].count > 0) {
        for (uint32_t i = 0; i < table->count; i++)
            load_row(view, row_type, &table->rows[i]);
        return;
    }
    for (uint32_t i = 0; i < keys->own[row_type].count; i++) {
        const struct stored_row *found = stored(world, row_type, keys->own[row_type].keys[i]);
        if (found != NULL)
            load_row(view, row_type, found);
    }
}

static void
save_row(struct world *world, unsigned row_type, const struct row *row)
{
    const struct row_type *type = &world->service->rows[row_type];
    struct stored_table *table = &world->tables[row_type];
    if (!row_changed(type, row))
        return;
    columns_check(world->arena, type, row->data);
    world->changed_rows++;
    struct stored_row *place = row->version > 0 ? stored(world, row_type, row->key) : NULL;
    if (place == NULL) {
        if (table->count == ROWS_MAX)
            breach("more than %d rows of %s", ROWS_MAX, type->name);
        place = &table->rows[table->count++];
        place->data = arena_take(world->kept, type->row_bytes);
    }
    memcpy(place->data, row->data, type->row_bytes);
    place->version = row->version + 1;
}

/* ---- a batch */

/* The bit of the service in topics.json. */
static uint32_t
party_of(const struct service *service)
{
    static const char *const names[] = { "stock",  "coupon",   "order",  "payment",
                                         "export", "timeline", "partner" };
    for (uint32_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(names[i], service->name) == 0)
            return 1u << i;
    return UINT32_MAX;
}

static void
hear_dead_letter(struct world *world, const struct emitted *item)
{
    const struct event *of = item->waited != NULL ? item->waited : item->cause;
    if (world->dead_letter_count == WORLD_SAID_MAX)
        breach("more than %d dead letters at once", WORLD_SAID_MAX);
    struct event *letter = &world->dead_letters[world->dead_letter_count++];
    decode(world->arena, of->type, item->value, item->value_bytes, letter);
    letter->source = of->source;
    if (strcmp(event_key(letter), item->key) != 0)
        breach("a dead letter of %s lies under the key %s", topics[of->type].name, item->key);
    world->dead_letter = item->dead_letter_reason;
}

static void
hear(struct world *world, const struct emitter *out)
{
    world->said_count = 0;
    world->dead_letter = NULL;
    world->dead_letter_count = 0;
    for (uint32_t i = 0; i < out->count; i++) {
        const struct emitted *item = &out->items[i];
        if (item->dead_letter_reason != NULL) {
            hear_dead_letter(world, item);
            continue;
        }
        if (world->said_count == WORLD_SAID_MAX)
            breach("more than %d events said at once", WORLD_SAID_MAX);
        if (!(topics[item->type].producers & party_of(world->service)))
            breach("%s says %s, which is not its to say", world->service->name,
                   topics[item->type].name);
        struct event *event = &world->said[world->said_count];
        decode(world->arena, item->type, item->value, item->value_bytes, event);
        if (strcmp(event_key(event), item->key) != 0)
            breach("%s is said under the key %s", topics[item->type].name, item->key);
        world->said_partition[world->said_count++] = item->partition;
    }
}

static void
run_batch(struct world *world, struct event *const *batch, uint32_t count)
{
    struct keys keys;
    struct view view;
    struct emitter out;
    keys_init(&keys, world->service, world->arena);
    view_init(&view, world->service, world->arena, world->settings);
    emitter_init(&out, world->arena);
    for (uint32_t i = 0; i < count; i++)
        service_route(world->service, batch[i]->type)->keys(batch[i], &keys);
    for (unsigned type = 0; type < world->service->row_type_count; type++)
        load_table(world, &view, &keys, type);
    view_complete(&view, &keys);
    for (uint32_t i = 0; i < count; i++) {
        out.cause = batch[i];
        service_route(world->service, batch[i]->type)->decide(&view, batch[i], &out);
    }
    world->changed_rows = 0;
    for (unsigned type = 0; type < world->service->row_type_count; type++)
        for (uint32_t i = 0; i < view.tables[type].count; i++)
            save_row(world, type, &view.tables[type].rows[i]);
    hear(world, &out);
}

static void
feed(struct world *world, const struct event *in, uint32_t count)
{
    arena_reset(world->arena, 1 << 20);
    struct event **batch = arena_take(world->arena, count * sizeof *batch);
    uint32_t wanted = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct route *route = service_route(world->service, in[i].type);
        if (route == NULL)
            breach("%s has no route for %s", world->service->name, topics[in[i].type].name);
        struct event *event = delivered(world, &in[i]);
        if (route->wants == NULL || route->wants(event))
            batch[wanted++] = event;
    }
    run_batch(world, batch, wanted);
}

void
world_feed_batch(struct world *world, const struct event *in, uint32_t count)
{
    world->last = arena_copy(world->kept, in, count * sizeof *in);
    world->last_count = count;
    feed(world, in, count);
}

void
world_feed(struct world *world, const struct event *in)
{
    world_feed_batch(world, in, 1);
}

void
world_feed_again(struct world *world)
{
    feed(world, world->last, world->last_count);
    if (world->said_count > 0)
        breach("a repeat of %s says %s", topics[world->last->type].name,
               topics[world->said[0].type].name);
    if (world->changed_rows > 0)
        breach("a repeat of %s changes a row", topics[world->last->type].name);
}

/* ---- what was said, what is kept */

uint32_t
world_said_count(const struct world *world)
{
    return world->said_count;
}

const struct event *
world_said_at(const struct world *world, uint32_t position)
{
    return &world->said[position];
}

int32_t
world_said_partition(const struct world *world, uint32_t position)
{
    return world->said_partition[position];
}

uint32_t
world_said_of(const struct world *world, enum event_type type)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < world->said_count; i++)
        if (world->said[i].type == type)
            count++;
    return count;
}

const struct event *
world_said(const struct world *world, enum event_type type)
{
    if (world_said_of(world, type) != 1)
        breach("%u × %s was said", world_said_of(world, type), topics[type].name);
    for (uint32_t i = 0; i < world->said_count; i++)
        if (world->said[i].type == type)
            return &world->said[i];
    breach("unreachable");
}

const char *
world_dead_letter(const struct world *world)
{
    return world->dead_letter;
}

uint32_t
world_dead_letter_count(const struct world *world)
{
    return world->dead_letter_count;
}

const struct event *
world_dead_letter_at(const struct world *world, uint32_t position)
{
    return &world->dead_letters[position];
}

uint32_t
world_changed_rows(const struct world *world)
{
    return world->changed_rows;
}

void *
world_row(const struct world *world, unsigned row_type, const char *key)
{
    struct stored_row *row = stored(world, row_type, key);
    return row == NULL ? NULL : row->data;
}

uint32_t
world_row_count(const struct world *world, unsigned row_type)
{
    return world->tables[row_type].count;
}
