/* reader.h — the auditor's own eyes: finds members in the compact JSON of events, and frames of an outbox. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct text {
    const char *at; /* NULL: not there */
    uint32_t bytes;
};

/* The raw value of a member of an object; a string without its quotes. */
struct text reader_member(struct text object, const char *name);
struct text reader_element(struct text array, uint32_t at);
bool text_is(struct text text, const char *other);
bool text_equals(struct text one, struct text other);
bool text_copy(struct text text, char *out, uint32_t out_bytes);
int64_t text_number(struct text text); /* −1: none */
struct text text_of(const char *text);

/* As the column outbox.events is told to people: infra/runtime/sql/migrations, frame by frame. */
struct frame_seen {
    uint32_t seq;
    int64_t at_us;
    char ce_id[37];
    int32_t partition;
    struct text topic, cause, key, value;
    bool is_handed_back; /* what it answers had been parked */
};

bool reader_frame(struct text *rest, struct frame_seen *out);
