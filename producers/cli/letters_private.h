/* letters_private.h — what letters.c (list) and letter_show.c (one of them) share. */
#pragma once
#include "cli/letters.h"
#include "cli/reading.h"
#include "json/json_read.h"

struct letter {
    int32_t partition;
    int64_t offset, at_us;
    const char *value; /* the JSON of DeadLetter */
    uint32_t value_bytes;
};

typedef void on_letter(struct cli *cli, const struct kafka_record *record, void *context);

/* Reads to the end that the partitions had when they were opened. */
bool letters_read(struct cli *cli, struct reading *reading, on_letter *each, void *context,
                  struct error *err) MUST_USE;
bool letter_parse(struct cli *cli, const char *value, size_t bytes, struct json_doc *doc);
/* A member as text that is safe to show. */
const char *letter_text(struct cli *cli, const struct json_doc *doc, const char *name,
                        bool in_base64);
/* One line. */
void letter_tell(struct cli *cli, const struct letter *letter);
