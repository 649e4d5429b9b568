/* damages.h — deliberate defects that the search must find.
 *
 * Shapes   a lost event is decided but never published; a forgotten one is consumed, but leaves its
 *          order's rows as they were; an ignored one does nothing at all.  Those of the runtime show only
 *          where services die.
 * Threads  none; every damage is tried in a process of its own. */
#pragma once
#include "exhaustive/steps.h"

/* From "lose", "forget" or "ignore", and EVENT or DOMAIN/EVENT; or from "runtime" and what it does wrong. */
bool damage_parse(const char *kind, const char *what, struct damage *damage);
/* Tries every damage in every world until one shows it; status 0: all were found. */
int damages_prove(uint64_t state_limit);
