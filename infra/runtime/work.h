/* work.h — one attempt at a part of a batch: what it loads, decides, writes.  For work.c and gather.c.
 *
 * Lives in the loop's work arena, until the next attempt begins. */
#pragma once
#include "runtime/loop_private.h"

struct attempt {
    uint32_t begin, end; /* of the batch's records */
    struct keys keys;
    struct view view;
    struct store_waiting waiting;
    struct emitter emitter;
    uint32_t decided, refused;

    struct record **parked_records;
    uint32_t parked_count;

    struct frame *frames; /* in order of decision */
    struct position **frame_positions;
    uint32_t frame_count;
    uint32_t dead_letters;

    struct store_outbox *outbox;
    struct position **outbox_positions;
    uint32_t outbox_count;

    struct store_move *moves;
    struct position **move_positions;
    uint32_t move_count;

    struct store_parked *parked;
    uint32_t parked_row_count;
    int64_t *unparked;
    uint32_t unparked_count;
};

/* After the decisions: everything the commit needs. */
void gather(struct loop *loop, struct attempt *attempt);
