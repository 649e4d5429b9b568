/* sometimes.c — the counters and their names.  Contract: sometimes.h */
#include "sim/sometimes.h"

uint64_t sometimes_seen[SOMETIMES_COUNT];

#define SOMETIMES_NAME(name, text) #name,
const char *const sometimes_names[SOMETIMES_COUNT] = { SOMETIMES_LIST(SOMETIMES_NAME) };
#undef SOMETIMES_NAME

#define SOMETIMES_TEXT(name, text) text,
const char *const sometimes_texts[SOMETIMES_COUNT] = { SOMETIMES_LIST(SOMETIMES_TEXT) };
#undef SOMETIMES_TEXT
