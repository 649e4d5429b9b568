/* order_text.h — an order and its events as lines for people.
 *
 * Shapes   the JSON that the bridge answers (contract.md section 3); members that are not there show "-".
 * Errors   false: it is not a JSON object, nothing is printed.
 * Threads  none. */
#pragma once
#include "cli/cli.h"

/* A whole order, or the short answer of a call that did not wait. */
bool order_text_answer(struct cli *cli, const char *json, size_t bytes) MUST_USE;
/* One element of a timeline. */
bool order_text_event(struct cli *cli, const char *json, size_t bytes) MUST_USE;
