/* arrival.h — the same messages in every order of arrival.
 *
 * Threads  none. */
#pragma once
#include <stdint.h>

#define ARRIVAL_STEPS_MAX 8

/* Calls visit with every order of the steps; returns how many there were. */
uint32_t arrive_in_every_order(const char *const *steps, uint32_t count,
                               void (*visit)(const char *const *steps, uint32_t count));
/* How often a piece is in a text. */
uint32_t text_count(const char *text, const char *piece);
