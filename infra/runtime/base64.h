/* base64.h — RFC 4648 with padding, for dead letters and parked headers.
 *
 * Errors   base64_decode returns false for anything else than whole, padded groups. */
#pragma once
#include "base/arena.h"
#include <stdbool.h>

#define BASE64_BYTES(count) (((count) + 2) / 3 * 4)

/* out has room for BASE64_BYTES(count); returns how many were written (no NUL). */
size_t base64_encode(const void *bytes, size_t count, char *out);
/* out has room for count / 4 * 3. */
bool base64_decode(const char *text, size_t count, void *out, size_t *out_count) MUST_USE;
