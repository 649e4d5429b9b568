/* saga_doc.h — the services' tables as a page for people, and held against the choreography.
 *
 * Shapes   docs/saga.md: the topics, then each service with its machine as a diagram and as a table.
 * Checks   every consumer that topics.json names has a route for the topic, and no other has one; every
 *          event of a transition has a route.
 * Threads  none. */
#pragma once
#include <stdint.h>
#include <stdio.h>

void saga_doc_print(FILE *out);
/* The number of disagreements; each is a line of complaints. */
uint32_t saga_doc_check(FILE *complaints);
