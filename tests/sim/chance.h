/* chance.h — where every choice of a simulated world comes from: one number decides them all. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Choices that are given: each draw takes a byte, which is its upper one; then chance goes on. */
struct tape {
    const uint8_t *bytes;
    size_t count, at;
};

struct chance {
    uint64_t state;
    struct tape *tape; /* NULL: none */
};

/* The same seed and stream: the same choices.  Streams are independent of each other. */
struct chance chance_of(uint64_t seed, uint64_t stream);
uint64_t chance_next(struct chance *chance);
/* 0 … below − 1; 0 for below 0. */
uint32_t chance_below(struct chance *chance, uint32_t below);
int64_t chance_between(struct chance *chance, int64_t least, int64_t most);
bool chance_of_1000(struct chance *chance, uint32_t thousandths);
bool chance_half(struct chance *chance);
