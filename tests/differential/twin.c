/* twin.c — each call of the seam: memory, then PostgreSQL, then both answers side by side.  Contract: twin.h */
#include "differential/twin.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PRUNE_AGE_US (INT64_C(86400) * SECOND_US) /* what is old in memory is made this old there, and more */

struct twin_counts twin_counts;

static const struct store_ops *memory; /* what sessions in memory do */
void
twin_differ(struct sim *sim, const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    auditor_fail(sim->auditor, TWIN_INVARIANT, "%s", text);
}

/* ---- both answers ------------------------------------------------------------------------------------- */

/* NULL: PostgreSQL is not asked, for memory was not reached or something differs already. */
static struct twin *
second(struct session *session, bool is_done)
{
    struct twin *twin = session->twin;

    if (!is_done && !session->is_open) {
        twin->pg.ops->abandon(twin->store);
        pg_close(twin->store->pg);
    }
    if (!is_done || sim_has_failed(session->process->sim))
        return NULL;
    arena_reset(twin->arena, 1 << 20);
    twin_counts.answers++;
    return twin;
}

static void
differs(const struct session *session, const char *call, const char *how)
{
    twin_differ(session->process->sim, "%s, %s: %s", session->database->of->service->name, call,
                how);
}

static void
expect_number(const struct session *session, const char *call, const char *what, int64_t of_memory,
              int64_t of_postgres)
{
    if (of_memory != of_postgres)
        twin_differ(session->process->sim, "%s, %s of %s: %lld in memory, %lld in PostgreSQL",
                    session->database->of->service->name, call, what, (long long)of_memory,
                    (long long)of_postgres);
}

static bool
open_both(void *self, struct error *err)
{
    struct session *session = self;
    struct error other = { 0 };
    bool ok = memory->open(self, err);
    struct twin *twin = second(session, ok);

    if (twin && !twin->pg.ops->open(twin->store, &other))
        differs(session, "open", other.message);
    return ok;
}

static bool
identify_both(void *self, const char *cluster_id, const char *topic_prefix, struct error *err)
{
    struct error other = { 0 };
    bool ok = memory->identify(self, cluster_id, topic_prefix, err);
    struct twin *twin = second(self, ok);

    if (twin && !twin->pg.ops->identify(twin->store, cluster_id, topic_prefix, &other))
        differs(self, "identify", other.message);
    return ok;
}

static bool
take_both(void *self, const struct uuid *mine, struct uuid epoch, struct store_position *positions,
          uint32_t count, struct error *err)
{
    struct session *session = self;
    struct error other = { 0 };
    struct store_position *copy = memory_new(sizeof *copy * (count + 1));
    memcpy(copy, positions, sizeof *copy * count);
    bool ok = memory->take(self, mine, epoch, positions, count, err);
    struct twin *twin = second(session, ok || err->class == ERROR_FENCED);

    if (twin) {
        bool same = twin->pg.ops->take(twin->store, mine, epoch, copy, count, &other) == ok;
        if (!same || (!ok && other.class != ERROR_FENCED))
            differs(session, "take", ok ? other.message : "fenced in memory alone");
        for (uint32_t i = 0; ok && same && i < count; i++) {
            expect_number(session, "take", "next_offset", positions[i].next_offset,
                          copy[i].next_offset);
            expect_number(session, "take", "published_next", positions[i].published_next,
                          copy[i].published_next);
        }
    }
    memory_free(copy);
    return ok;
}

/* ---- the outbox, again -------------------------------------------------------------------------------- */

struct replay {
    bool (*each)(void *context, const struct store_outbox *row, struct error *err);
    void *context;
    struct session *session;
    struct store_outbox *rows;
    uint32_t count, capacity, compared;
};

static bool
note_row(void *self, const struct store_outbox *row, struct error *err)
{
    struct replay *replay = self;

    if (replay->count == replay->capacity) {
        replay->capacity = replay->capacity * 2 + 16;
        replay->rows = memory_grow(replay->rows, sizeof *row * replay->capacity);
    }
    replay->rows[replay->count++] = *row;
    return replay->each(replay->context, row, err);
}

static bool
compare_row(void *self, const struct store_outbox *row, struct error *err)
{
    struct replay *replay = self;
    uint32_t at = replay->compared++;
    const struct store_outbox *other = &replay->rows[at];

    (void)err;
    if (at >= replay->count) {
        differs(replay->session, "unpublished", "PostgreSQL has a row that memory does not have");
        return true;
    }
    expect_number(replay->session, "unpublished", "batch_no", other->batch_no, row->batch_no);
    expect_number(replay->session, "unpublished", "last_offset", other->last_offset,
                  row->last_offset);
    expect_number(replay->session, "unpublished", "event_count", other->event_count,
                  row->event_count);
    expect_number(replay->session, "unpublished", "bytes", other->frames_bytes, row->frames_bytes);
    if (other->frames_bytes == row->frames_bytes &&
        memcmp(other->frames, row->frames, row->frames_bytes) != 0)
        differs(replay->session, "unpublished", "other bytes");
    return true;
}

static bool
unpublished_both(void *self, const struct store_position *positions, uint32_t count,
                 bool (*each)(void *, const struct store_outbox *, struct error *), void *context,
                 struct error *err)
{
    struct replay replay = { .each = each, .context = context, .session = self };
    struct error other = { 0 };
    bool ok = memory->unpublished(self, positions, count, note_row, &replay, err);
    struct twin *twin = second(self, ok);

    if (twin) {
        if (!twin->pg.ops->unpublished(twin->store, positions, count, compare_row, &replay, &other))
            differs(self, "unpublished", other.message);
        expect_number(self, "unpublished", "rows", replay.count, replay.compared);
    }
    if (replay.rows)
        memory_free(replay.rows);
    return ok;
}

/* ---- batches ------------------------------------------------------------------------------------------ */

static bool
begin_both(void *self, const struct keys *keys, struct view *view, struct store_waiting *waiting,
           struct error *err)
{
    struct session *session = self;
    struct error other = { 0 };
    bool ok = memory->begin(self, keys, view, waiting, err);
    struct twin *twin = second(session, ok);

    if (!twin)
        return ok;
    struct view seen;
    struct store_waiting same = *waiting;
    view_init(&seen, view->service, twin->arena, view->settings);
    same.is_parked = arena_take(twin->arena, waiting->count + 1);
    if (!twin->pg.ops->begin(twin->store, keys, &seen, &same, &other)) {
        differs(session, "begin", other.message);
        return ok;
    }
    for (uint32_t i = 0; i < waiting->count; i++)
        expect_number(session, "who is parked", waiting->keys[i], waiting->is_parked[i],
                      same.is_parked[i]);
    (void)twin_same_view(session, view, &seen);
    return ok;
}

static bool
commit_both(void *self, const struct store_commit *all, struct error *err)
{
    twin_committing(self);
    bool ok = memory->commit(self, all, err);
    twin_committing(NULL);
    (void)second(self, ok);
    return ok;
}

/* ---- timers, parked events ---------------------------------------------------------------------------- */

static bool
next_deadline_both(void *self, const struct timer *timer, int32_t partition, int64_t *out_us,
                   struct error *err)
{
    struct error other = { 0 };
    int64_t same_us = 0;
    bool ok = memory->next_deadline(self, timer, partition, out_us, err);
    struct twin *twin = second(self, ok);

    if (!twin)
        return ok;
    if (!twin->pg.ops->next_deadline(twin->store, timer, partition, &same_us, &other))
        differs(self, "next deadline", other.message);
    expect_number(self, "next deadline", "the partition", *out_us, same_us);
    return ok;
}

static bool
due_both(void *self, const struct timer *timer, int32_t partition, int64_t until_us,
         struct store_due *out, uint32_t capacity, uint32_t *count, struct error *err)
{
    struct error other = { 0 };
    bool ok = memory->due(self, timer, partition, until_us, out, capacity, count, err);
    struct twin *twin = second(self, ok);

    if (!twin)
        return ok;
    uint32_t found = 0;
    struct store_due *same = arena_take(twin->arena, sizeof *same * (capacity + 1));
    if (!twin->pg.ops->due(twin->store, timer, partition, until_us, same, capacity, &found, &other))
        differs(self, "due", other.message);
    expect_number(self, "due", "the partition", *count, found);
    for (uint32_t i = 0; i < found && i < *count; i++) {
        expect_number(self, "due at", out[i].order_id, out[i].deadline_us, same[i].deadline_us);
        if (memcmp(out[i].order_id, same[i].order_id, UUID_TEXT_BYTES) != 0)
            differs(self, "due", "another order");
    }
    return ok;
}

/* seq is each store's own: who is first is the same. */
static bool
parked_both(void *self, enum key_kind kind, const char *key, struct arena *arena,
            struct store_parked *out, uint32_t capacity, uint32_t *count, struct error *err)
{
    struct session *session = self;
    struct error other = { 0 };
    bool ok = memory->parked(self, kind, key, arena, out, capacity, count, err);
    struct twin *twin = second(self, ok);

    if (!twin)
        return ok;
    uint32_t found = 0;
    struct store_parked *same = arena_take(twin->arena, sizeof *same * (capacity + 1));
    if (!twin->pg.ops->parked(twin->store, kind, key, twin->arena, same, capacity, &found, &other))
        differs(self, "parked", other.message);
    expect_number(self, "parked", key, *count, found);
    for (uint32_t i = 0; i < found && i < *count; i++) {
        expect_number(self, "parked offset", key, out[i].offset, same[i].offset);
        twin_seq_is(session->database->of, out[i].seq, same[i].seq);
    }
    return ok;
}

/* The server's clock is not the world's: what memory takes for old is made so. */
static bool
prune_both(void *self, const struct store_position *positions, uint32_t count,
           int64_t older_than_us, uint32_t *deleted, struct error *err)
{
    struct session *session = self;
    struct error other = { 0 };
    uint32_t some = 1, all = 0;

    twin_make_old(session, session->process->sim->now_us - older_than_us);
    bool ok = memory->prune(self, positions, count, older_than_us, deleted, err);
    struct twin *twin = second(session, ok);
    for (; twin && some > 0; all += some) /* a few at once */
        if (!twin->pg.ops->prune(twin->store, positions, count, PRUNE_AGE_US, &some, &other)) {
            differs(session, "prune", other.message);
            return ok;
        }
    if (twin)
        expect_number(session, "prune", "the outbox", *deleted, all);
    return ok;
}

/* ---- the seam ----------------------------------------------------------------------------------------- */

/* Redrive requests are memory's alone. */
struct store
twin_store(struct session *session)
{
    static struct store_ops ops;
    struct store store = session_store(session);

    memory = store.ops;
    ops = *memory;
    ops.open = open_both;
    ops.identify = identify_both;
    ops.take = take_both;
    ops.unpublished = unpublished_both;
    ops.begin = begin_both;
    ops.commit = commit_both;
    ops.next_deadline = next_deadline_both;
    ops.due = due_both;
    ops.parked = parked_both;
    ops.prune = prune_both;
    session->twin = twin_take(session->database->of);
    return (struct store){ &ops, session };
}
