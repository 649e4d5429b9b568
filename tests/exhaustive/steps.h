/* steps.h — one domain, one event: the real decision, run once per different situation and remembered.
 *
 * A decision is a pure function of the rows it sees and of the event, so the search need not run it
 * again where both are the same.  Rows are told apart by their packed bytes (zeros left out); those of
 * the order and those that orders share (product, coupons, balance, feed) are numbered separately.
 *
 * Shapes   rows_no: the packed rows of one order in one domain, or of what its orders share; 0: none.
 *          step: what the event leaves behind and what is said.
 * Damage   for the proof that the search can fail: an event that is never published; a route whose
 *          effects on its order's rows are forgotten; a route that is deaf.
 * Threads  none. */
#pragma once
#include "exhaustive/facts.h"

typedef uint32_t rows_no;

#define SAID_MAX 8

struct step {
    rows_no rows, shared;
    uint8_t said_count;
    uint8_t dead_letters; /* bits of the topics whose messages became one: dead_letter_bit */
    event_no said[SAID_MAX];
};

enum damage_kind {
    UNDAMAGED,
    LOSES,
    FORGETS,
    IGNORES,
    /* of the runtime, seen where services die: */
    FORGETS_OUTBOX,  /* what was committed and not published is not published by the next owner */
    MOVES_FIRST,     /* the position has moved when the rows are not saved yet */
    PUBLISHES_FIRST, /* events are out before they are committed */
    DAMAGE_KINDS
};

struct damage {
    enum damage_kind kind;
    enum event_type event;
    enum domain domain; /* that forgets or ignores it */
};

uint8_t dead_letter_bit(enum event_type type);

void steps_init(struct damage damage); /* once */
/* Valid until the next call. */
const struct step *take_step(enum domain domain, rows_no rows, rows_no shared, event_no event);
enum damage_kind steps_damage(void);
uint32_t step_count(void); /* decisions really run */
uint32_t rows_count(enum domain domain);

/* A row out of packed rows, or NULL: for properties and for what other orders do. */
const void *rows_find(enum domain domain, rows_no rows, unsigned row_type, const char *key,
                      void *into);
rows_no rows_replace(enum domain domain, rows_no rows, unsigned row_type, const void *row);
