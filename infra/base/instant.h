/* instant.h — points in time.
 *
 * Units    *_us are microseconds since 1970-01-01 UTC.  Text: RFC 3339 UTC with milliseconds,
 *          "2026-11-22T09:00:00.000Z"; parsing accepts 0–9 fraction digits and a zone offset.
 * Errors   instant_parse returns false for anything else (leap second 60 included).
 * Threads  any. */
#pragma once
#include "base/arena.h"
#include <stdbool.h>

#define INSTANT_TEXT_BYTES 32

bool instant_parse(const char *text, size_t text_bytes, int64_t *out_us) MUST_USE;
void instant_format(int64_t at_us, char out[INSTANT_TEXT_BYTES]);
int64_t instant_now_us(void);   /* wall clock; never inside a decision */
int64_t monotonic_now_us(void); /* for waiting and measuring */
