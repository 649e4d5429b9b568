/* steps.c — see steps.h
 *
 * Contents   packed rows · the load, the decision and the save · the memory of steps */
#include "exhaustive/steps.h"
#include "exhaustive/intern.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX       32
#define PACKED_MAX     (256u << 10)
#define RUN_BYTES      4 /* of the two counts before each run of bytes */
#define ROW_HEAD_BYTES 5 /* row type, packed size */

struct memo {
    rows_no rows, shared;
    event_no event;
    uint8_t domain;
    bool known;
    struct step step;
};

static struct intern *packed[DOMAINS];
static struct arena *scratch;
static struct damage damage;
static struct memo *memos;
static uint32_t memo_count, memo_capacity;

/* ---- packed rows */

struct rows {
    const struct service *service;
    uint32_t count;
    struct {
        unsigned type;
        void *data;
    } at[ROWS_MAX];
};

static const char *
key_in(const struct service *service, unsigned row_type, const void *data)
{
    return (const char *)data + service->rows[row_type].key_offset;
}

static uint32_t
put_run(uint8_t *to, uint32_t zeros, const uint8_t *bytes, uint32_t count)
{
    memcpy(to, &(uint16_t){ (uint16_t)zeros }, 2);
    memcpy(to + 2, &(uint16_t){ (uint16_t)count }, 2);
    memcpy(to + RUN_BYTES, bytes, count);
    return RUN_BYTES + count;
}

/* Runs of (zeros, bytes); rows are mostly zeros. */
static uint32_t
pack(const uint8_t *data, uint32_t bytes, uint8_t *to)
{
    uint32_t length = 0, at = 0;
    while (at < bytes) {
        uint32_t zeros = 0, count = 0;
        while (at + zeros < bytes && data[at + zeros] == 0)
            zeros++;
        while (at + zeros + count < bytes && data[at + zeros + count] != 0)
            count++;
        if (count > 0)
            length += put_run(to + length, zeros, data + at + zeros, count);
        at += zeros + count;
    }
    return length;
}

static void
unpack(const uint8_t *from, uint32_t length, uint8_t *data)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < length;) {
        uint16_t zeros, count;
        memcpy(&zeros, from + i, 2);
        memcpy(&count, from + i + 2, 2);
        memcpy(data + at + zeros, from + i + RUN_BYTES, count);
        at += (uint32_t)zeros + count;
        i += RUN_BYTES + count;
    }
}

static void
rows_add(struct rows *rows, unsigned type, void *data)
{
    if (rows->count == ROWS_MAX) {
        fprintf(stderr, "more than %d rows in one domain\n", ROWS_MAX);
        abort();
    }
    uint32_t at = rows->count++;
    while (at > 0 && (rows->at[at - 1].type > type ||
                      (rows->at[at - 1].type == type &&
                       strcmp(key_in(rows->service, type, rows->at[at - 1].data),
                              key_in(rows->service, type, data)) > 0))) {
        rows->at[at] = rows->at[at - 1];
        at--;
    }
    rows->at[at].type = type;
    rows->at[at].data = data;
}

static void
rows_unpack(enum domain domain, rows_no number, struct rows *rows)
{
    uint32_t length;
    const uint8_t *bytes = intern_get(packed[domain], number, &length);
    for (uint32_t i = 0; i < length;) {
        uint32_t count;
        memcpy(&count, bytes + i + 1, 4);
        void *data = arena_take(scratch, rows->service->rows[bytes[i]].row_bytes);
        unpack(bytes + i + ROW_HEAD_BYTES, count, data);
        rows_add(rows, bytes[i], data);
        i += ROW_HEAD_BYTES + count;
    }
}

static rows_no
rows_pack(enum domain domain, const struct rows *rows)
{
    uint8_t *bytes = arena_take_raw(scratch, PACKED_MAX);
    uint32_t length = 0;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row_bytes = rows->service->rows[rows->at[i].type].row_bytes;
        if (length + ROW_HEAD_BYTES + row_bytes * 3 > PACKED_MAX) {
            fprintf(stderr, "rows of %s are too large to pack\n", rows->service->name);
            abort();
        }
        uint32_t count = pack(rows->at[i].data, row_bytes, bytes + length + ROW_HEAD_BYTES);
        bytes[length] = (uint8_t)rows->at[i].type;
        memcpy(bytes + length + 1, &count, 4);
        length += ROW_HEAD_BYTES + count;
    }
    return intern_put(packed[domain], bytes, length);
}

const void *
rows_find(enum domain domain, rows_no number, unsigned row_type, const char *key, void *into)
{
    arena_reset(scratch, 1 << 22);
    struct rows rows = { .service = domains[domain] };
    rows_unpack(domain, number, &rows);
    for (uint32_t i = 0; i < rows.count; i++)
        if (rows.at[i].type == row_type &&
            strcmp(key_in(rows.service, row_type, rows.at[i].data), key) == 0)
            return memcpy(into, rows.at[i].data, rows.service->rows[row_type].row_bytes);
    return NULL;
}

rows_no
rows_replace(enum domain domain, rows_no number, unsigned row_type, const void *row)
{
    arena_reset(scratch, 1 << 22);
    struct rows rows = { .service = domains[domain] };
    rows_unpack(domain, number, &rows);
    for (uint32_t i = 0; i < rows.count; i++)
        if (rows.at[i].type == row_type && strcmp(key_in(rows.service, row_type, rows.at[i].data),
                                                  key_in(rows.service, row_type, row)) == 0)
            memcpy(rows.at[i].data, row, rows.service->rows[row_type].row_bytes);
    return rows_pack(domain, &rows);
}

/* ---- one decision */

static bool
list_holds(const struct key_list *list, const char *key)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (strcmp(list->keys[i], key) == 0)
            return true;
    return false;
}

/* What the load statement would find: rows by key, and with a via key every row of the type. */
static void
load(struct view *view, const struct keys *keys, const struct rows *rows)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        unsigned type = rows->at[i].type;
        if (keys->via[type].count == 0 &&
            !list_holds(&keys->own[type], key_in(rows->service, type, rows->at[i].data)))
            continue;
        struct row *row = view_add_row(view, type, 1);
        memcpy(row->data, rows->at[i].data, rows->service->rows[type].row_bytes);
        view_loaded(view, type, row);
    }
}

static void *
loaded(const struct view *view, unsigned type, const char *key)
{
    for (uint32_t i = 0; i < view->tables[type].count; i++)
        if (strcmp(view->tables[type].rows[i].key, key) == 0)
            return view->tables[type].rows[i].data;
    return NULL;
}

/* The rows afterwards, those of the order apart from those that orders share. */
static void
save(const struct view *view, const struct rows *before, const char *order, struct rows *own,
     struct rows *shared)
{
    const struct service *service = before->service;
    for (unsigned type = 0; type < service->row_type_count; type++)
        for (uint32_t i = 0; i < view->tables[type].count; i++) {
            const struct row *row = &view->tables[type].rows[i];
            if (row->version > 0 || row_changed(&service->rows[type], row))
                rows_add(strcmp(row->key, order) == 0 ? own : shared, type, row->data);
        }
    for (uint32_t i = 0; i < before->count; i++) {
        const char *key = key_in(service, before->at[i].type, before->at[i].data);
        if (loaded(view, before->at[i].type, key) == NULL)
            rows_add(strcmp(key, order) == 0 ? own : shared, before->at[i].type,
                     before->at[i].data);
    }
}

/* A bit for each request of a shopper; what was derived shares one. */
uint8_t
dead_letter_bit(enum event_type type)
{
    return (uint8_t)(1u << (type <= EV_CANCEL_REQUESTED ? type : 7));
}

static void
hear(struct step *step, enum domain domain, const struct emitter *out)
{
    for (uint32_t i = 0; i < out->count; i++) {
        const struct emitted *item = &out->items[i];
        if (item->dead_letter_reason != NULL) {
            step->dead_letters |=
                dead_letter_bit(item->waited != NULL ? item->waited->type : item->cause->type);
            continue;
        }
        if (damage.kind == LOSES && item->type == damage.event)
            continue;
        if (!(topics[item->type].producers & 1u << domain)) {
            fprintf(stderr, "%s says %s, which is not its to say\n", domain_names[domain],
                    topics[item->type].name);
            abort();
        }
        if (step->said_count == SAID_MAX) {
            fprintf(stderr, "more than %d events said at once\n", SAID_MAX);
            abort();
        }
        step->said[step->said_count++] =
            event_told(domain, item->type, item->value, item->value_bytes);
    }
}

static bool
is_damaged(enum damage_kind kind, enum domain domain, const struct event *in)
{
    return damage.kind == kind && damage.domain == domain && damage.event == in->type;
}

static struct step
run(enum domain domain, rows_no rows_before, rows_no shared_before, const struct event *in)
{
    arena_reset(scratch, 1 << 22);
    const struct service *service = domains[domain];
    const struct route *route = service_route(service, in->type);
    struct step step = { .rows = rows_before, .shared = shared_before };
    if ((route->wants != NULL && !route->wants(in)) || is_damaged(IGNORES, domain, in))
        return step;

    struct rows before = { .service = service };
    rows_unpack(domain, rows_before, &before);
    rows_unpack(domain, shared_before, &before);
    struct keys keys;
    struct view view;
    struct emitter out;
    keys_init(&keys, service, scratch);
    view_init(&view, service, scratch, (struct domain_settings){ TO_PAY_US });
    emitter_init(&out, scratch);
    route->keys(in, &keys);
    load(&view, &keys, &before);
    view_complete(&view, &keys);
    out.cause = in;
    route->decide(&view, in, &out);

    struct rows own = { .service = service }, shared = { .service = service };
    const char *order = topics[in->type].key == KEY_ORDER ? event_key(in) : "";
    save(&view, &before, order, &own, &shared);
    if (!is_damaged(FORGETS, domain, in))
        step.rows = rows_pack(domain, &own);
    step.shared = rows_pack(domain, &shared);
    hear(&step, domain, &out);
    return step;
}

/* ---- memory */

static struct memo *
memo_slot(rows_no rows, rows_no shared, event_no event, enum domain domain)
{
    uint64_t key[2] = { (uint64_t)rows << 32 | shared, (uint64_t)event << 8 | (uint64_t)domain };
    uint32_t at = (uint32_t)hash_bytes(key, sizeof key) & (memo_capacity - 1);
    while (memos[at].known && (memos[at].rows != rows || memos[at].shared != shared ||
                               memos[at].event != event || memos[at].domain != domain))
        at = (at + 1) & (memo_capacity - 1);
    return &memos[at];
}

static void
memo_grow(void)
{
    struct memo *old = memos;
    uint32_t old_capacity = memo_capacity;
    memo_capacity = old_capacity == 0 ? 1 << 14 : old_capacity * 2;
    memos = memory_new(memo_capacity * sizeof *memos);
    memset(memos, 0, memo_capacity * sizeof *memos);
    for (uint32_t i = 0; i < old_capacity; i++)
        if (old[i].known)
            *memo_slot(old[i].rows, old[i].shared, old[i].event, (enum domain)old[i].domain) =
                old[i];
    if (old != NULL)
        memory_free(old);
}

const struct step *
take_step(enum domain domain, rows_no rows, rows_no shared, event_no event)
{
    struct memo *memo = memo_slot(rows, shared, event, domain);
    if (memo->known)
        return &memo->step;
    if (memo_count * 2 >= memo_capacity) {
        memo_grow();
        memo = memo_slot(rows, shared, event, domain);
    }
    *memo = (struct memo){ rows,  shared,
                           event, (uint8_t)domain,
                           true,  run(domain, rows, shared, numbered_event(event)) };
    memo_count++;
    return &memo->step;
}

void
steps_init(struct damage new_damage)
{
    facts_init();
    damage = new_damage;
    scratch = arena_new(1 << 22);
    for (int i = 0; i < DOMAINS; i++) {
        packed[i] = intern_new();
        intern_put(packed[i], "", 0); /* 0: no rows */
    }
    memo_grow();
}

enum damage_kind
steps_damage(void)
{
    return damage.kind;
}

uint32_t
step_count(void)
{
    return memo_count;
}

uint32_t
rows_count(enum domain domain)
{
    return intern_count(packed[domain]);
}
