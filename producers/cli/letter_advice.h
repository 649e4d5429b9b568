/* letter_advice.h — why a dead letter cannot be handed back, and what can be done instead.
 *
 * Threads  any. */
#pragma once

/* One sentence, for the reason that the letter bears; for one that is not known, of what holds for all. */
const char *letter_advice(const char *reason);
