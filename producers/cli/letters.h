/* letters.h — the records of the topic DeadLetter, with their original bytes.
 *
 * Shapes   an address is PARTITION/OFFSET on the topic DeadLetter.
 * Errors   ERROR_RETRY: Kafka does not answer.  ERROR_REFUSED: there is no such letter.
 * Threads  none.
 * Source   schemas/events/DeadLetter.schema.json. */
#pragma once
#include "cli/cli.h"

/* service: NULL for all.  Tells the latest `limit` letters, oldest first. */
bool letters_list(struct cli *cli, const char *service, int64_t limit, struct error *err) MUST_USE;
bool letter_address(const char *text, int32_t *partition, int64_t *offset);
bool letter_show(struct cli *cli, int32_t partition, int64_t offset, struct error *err) MUST_USE;

/* Returns the bytes written, at most bytes * 3 / 4, or SIZE_MAX: not base64. */
size_t base64_decode(const char *text, size_t bytes, char *out);
