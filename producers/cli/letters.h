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
/* only_value: its original bytes, and nothing else. */
bool letter_show(struct cli *cli, int32_t partition, int64_t offset, bool only_value,
                 struct error *err) MUST_USE;
/* Says why a letter cannot be handed back, and what to do instead. */
enum cli_status letter_refuse_redrive(struct cli *cli, int32_t partition, int64_t offset);
