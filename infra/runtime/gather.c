/* gather.c — from what was decided to what is written: frames, outbox rows, moves, parked rows.
 *
 * published_next of a position is the lowest offset whose events are not acknowledged: of an older unit, or
 * of this very attempt's outbox row, or else simply the new next_offset.
 * Contract  work.h */
#include "runtime/mutant.h"
#include "runtime/work.h"
#include <assert.h>

struct heap { /* of one position: what this attempt caused there */
    size_t bytes;
    uint32_t events;
    int64_t first, last;
    int64_t next; /* −1: untouched */
    char *frames, *at;
};

/* ---- frames and outbox ---------------------------------------------------------------------------- */

static const struct record *
record_of(const struct event *cause)
{
    return (const struct record *)((uintptr_t)cause - offsetof(struct record, event));
}

static void
add_to_heap(struct heap *heap, const struct record *record, const struct frame *frame)
{
    if (heap->events == 0)
        heap->first = record->offset;
    heap->last = record->offset;
    heap->events++;
    heap->bytes += frame_bytes(frame);
}

static void
make_frames(struct loop *loop, struct attempt *attempt, struct heap *heaps)
{
    uint32_t count = attempt->emitter.count;

    attempt->frames = arena_take_raw(loop->work, sizeof *attempt->frames * (count + 1));
    attempt->frame_positions =
        arena_take_raw(loop->work, sizeof *attempt->frame_positions * (count + 1));
    attempt->frame_count = count;
    for (uint32_t i = 0; i < count; i++) {
        const struct emitted *item = &attempt->emitter.items[i];
        const struct record *record = record_of(item->cause);
        frame_from(loop, &attempt->frames[i], item, i, loop->work);
        attempt->frame_positions[i] = record->position;
        attempt->dead_letters += item->dead_letter_reason != NULL;
        add_to_heap(&heaps[record->position - loop->positions], record, &attempt->frames[i]);
    }
}

static void
write_frames(struct loop *loop, struct attempt *attempt, struct heap *heaps)
{
    for (uint32_t i = 0; i < loop->position_count; i++)
        if (heaps[i].events)
            heaps[i].frames = heaps[i].at = arena_take_raw(loop->work, heaps[i].bytes);
    for (uint32_t i = 0; i < attempt->frame_count; i++) {
        struct heap *heap = &heaps[attempt->frame_positions[i] - loop->positions];
        heap->at = frame_write(&attempt->frames[i], heap->at);
    }
}

static void
make_outbox(struct loop *loop, struct attempt *attempt, const struct heap *heaps)
{
    uint32_t most = loop->position_count + 1;

    attempt->outbox = arena_take(loop->work, sizeof *attempt->outbox * most);
    attempt->outbox_positions = arena_take(loop->work, sizeof *attempt->outbox_positions * most);
    for (uint32_t i = 0; i < loop->position_count; i++) {
        struct position *position = &loop->positions[i];
        const struct heap *heap = &heaps[i];
        if (!heap->events)
            continue;
        assert(heap->at == heap->frames + heap->bytes && heap->bytes < INT32_MAX);
        attempt->outbox_positions[attempt->outbox_count] = position;
        attempt->outbox[attempt->outbox_count++] = (struct store_outbox){
            .name = position->name, .partition = position->partition,
            .first_offset = heap->first, .last_offset = heap->last,
            .event_count = heap->events,
            .frames = heap->frames, .frames_bytes = (uint32_t)heap->bytes,
        };
    }
}

/* ---- moves ---------------------------------------------------------------------------------------- */

/* The whole rest of a batch moves every position to where it was read; a part of it only as far as its
 * own records go. */
static void
find_next(struct loop *loop, const struct attempt *attempt, struct heap *heaps)
{
    bool is_rest = MUTANT(OFFSETS_AHEAD, attempt->end == loop->batch.count, true) &&
                   loop->batch.kind == BATCH_LOG;

    for (uint32_t i = 0; i < loop->position_count; i++)
        heaps[i].next = is_rest && loop->positions[i].topic ? loop->positions[i].read_next
                                                            : loop->positions[i].next_offset;
    for (uint32_t i = attempt->begin; i < attempt->end; i++) {
        const struct record *record = loop->batch.records[i];
        struct heap *heap = &heaps[record->position - loop->positions];
        if (heap->next <= record->offset)
            heap->next = record->offset + 1;
    }
}

static int64_t
published_after(const struct position *position, const struct heap *heap)
{
    if (position->oldest)
        return position_published_next(position);
    return heap->events ? MUTANT(PUBLISHED_AT_ONCE, heap->first, heap->next) : heap->next;
}

static void
make_moves(struct loop *loop, struct attempt *attempt, const struct heap *heaps)
{
    uint32_t most = loop->position_count + 1;

    attempt->moves = arena_take(loop->work, sizeof *attempt->moves * most);
    attempt->move_positions = arena_take(loop->work, sizeof *attempt->move_positions * most);
    for (uint32_t i = 0; i < loop->position_count; i++) {
        struct position *position = &loop->positions[i];
        int64_t published = published_after(position, &heaps[i]);
        if (heaps[i].next == position->next_offset && published == position->published_stored)
            continue;
        attempt->move_positions[attempt->move_count] = position;
        attempt->moves[attempt->move_count++] = (struct store_move){
            position->name, position->partition, position->next_offset, heaps[i].next, published,
        };
    }
}

/* ---- parked --------------------------------------------------------------------------------------- */

static void
make_parked(struct loop *loop, struct attempt *attempt)
{
    attempt->parked_row_count = attempt->parked_count;
    attempt->parked = arena_take(loop->work, sizeof *attempt->parked * (attempt->parked_count + 1));
    for (uint32_t i = 0; i < attempt->parked_count; i++)
        parking_row(loop, attempt->parked_records[i], &attempt->parked[i], loop->work);
    if (loop->batch.kind != BATCH_REDRIVE)
        return;
    uint32_t count = attempt->end - attempt->begin;
    attempt->unparked = arena_take(loop->work, sizeof *attempt->unparked * (count + 1));
    attempt->unparked_count = MUTANT(REDRIVEN_KEPT, count, 0);
    for (uint32_t i = 0; i < count; i++)
        attempt->unparked[i] = loop->batch.records[attempt->begin + i]->parked->seq;
}

void
gather(struct loop *loop, struct attempt *attempt)
{
    struct heap *heaps = arena_take(loop->work, sizeof *heaps * (loop->position_count + 1));

    make_frames(loop, attempt, heaps);
    write_frames(loop, attempt, heaps);
    make_outbox(loop, attempt, heaps);
    find_next(loop, attempt, heaps);
    make_moves(loop, attempt, heaps);
    make_parked(loop, attempt);
}
