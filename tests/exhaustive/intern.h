/* intern.h — equal bytes, one number.
 *
 * Shapes   intern: byte strings numbered from 0 in the order of their first appearance.
 * Errors   none.
 * Threads  none. */
#pragma once
#include "base/arena.h"
#include <stdbool.h>

struct intern;

struct intern *intern_new(void);
uint32_t intern_put(struct intern *intern, const void *bytes, uint32_t count);
const void *intern_get(const struct intern *intern, uint32_t number, uint32_t *count);
uint32_t intern_count(const struct intern *intern);

uint64_t hash_bytes(const void *bytes, size_t count);
