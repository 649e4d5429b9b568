/* play.h — stories in words: a domain is told one, and answers in words.
 *
 *     struct play *play = play_new(&order_language);
 *     play_tell(play, "reserve code=A ship; refused A; ship 2") → "OrderCreated(2 25800 -)"
 *     play_end(play);
 *
 * Shapes     story: steps parted by ";", each a verb and its words. · language: how a domain's
 *            test reads its steps and tells what is said.
 * Checks     play_end tells the whole story once more, event by event: it must say nothing and
 *            change nothing (what became a dead letter is left out); and tells it to another world
 *            as one batch: it must say the same and keep the same rows.  A breach aborts.
 * Threads    none. */
#pragma once
#include "support/world.h"

#define PLAY_WORDS_MAX 10
#define PLAY_STEPS_MAX 64

struct words {
    uint32_t count;
    char at[PLAY_WORDS_MAX][80];
};

bool words_have(const struct words *step, const char *word);
/* words_after(step, "by=") of "cancel by=c-9" is "c-9"; where there is none, otherwise. */
const char *words_after(const struct words *step, const char *label, const char *otherwise);
/* The number at this place; otherwise where there is none. */
int64_t words_number(const struct words *step, uint32_t position, int64_t otherwise);
/* The value of a name as the schemas spell it; aborts on an unknown one. */
int words_name(const char *word, const char *const *names);

struct language {
    const struct service *service;
    struct event (*read)(const struct words *step);
    void (*tell)(const struct event *said, char *text, size_t size);
};

struct play;

struct play *play_new(const struct language *language);
/* What the last step said: "OrderPaid(1 22800 A)", several parted by a space, "" for nothing.
 * Dead letters come last: "DeadLetter(customer_mismatch CancelRequested)". */
const char *play_tell(struct play *play, const char *story);
struct world *play_world(struct play *play);
/* The event of the last step. */
const struct event *play_last(const struct play *play);
void play_end(struct play *play);
/* Without its checks: where the story holds what no order ever brings. */
void play_drop(struct play *play);
