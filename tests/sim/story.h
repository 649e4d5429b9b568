/* story.h — what happened, in words, for the one world that is told. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

extern bool story_is_told;

void story_write(int64_t at_us, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define STORY(sim, ...)                                                                            \
    do {                                                                                           \
        if (story_is_told)                                                                         \
            story_write((sim)->now_us, __VA_ARGS__);                                               \
    } while (0)
