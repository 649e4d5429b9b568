/* recent.h — what this bridge published lately and the read model may not show yet.
 *
 * Shapes   memory: per order the digest of its request, its last revision, attempt and coupon.
 * Use      makes answers better, never right: a double click gets the same revision and attempt though the
 *          first is not folded yet; a key used for another request is noticed at once.
 * Kept     also when a publication was not acknowledged: it may have arrived, so its number is used.
 * Limits   RECENT_MAX orders, the longest unused leaves first.
 * Threads  the loop's. */
#pragma once
#include "bridge/bridge.h"
#include "bridge/digest.h"
#include "bridge/positions.h"

#define RECENT_MAX 32768

struct memory {
    bool has_request;
    struct digest request;
    int32_t revision; /* 0: none */
    struct digest revision_content;
    int32_t attempt; /* 0: none */
    struct target_offset last; /* where the last acknowledged event of the order lies; next_offset 0: none */
    char coupon[65];           /* selected last; "": none */
    struct target_offset coupon_at;
};

void recent_open(struct bridge *bridge);
/* NULL: nothing is remembered. */
struct memory *recent_find(struct recent *recent, const char *order_id);
/* Finds or begins; the order that was not used for the longest time makes room. */
struct memory *recent_keep(struct recent *recent, const char *order_id);
