/* log_questions.h — what an order's logs say, in a word.
 *
 * Threads  none. */
#pragma once
#include "exhaustive/saga.h"

#define ANY (-1)

/* The number of events of a topic with this code, attempt or reason (ANY: whatever it is). */
int count_code(const struct order_log *order, enum event_type topic, int code);
int count_attempt(const struct order_log *order, enum event_type topic, int attempt);
int count_reason(const struct order_log *order, enum event_type topic, int reason);

uint8_t codes_in(const struct order_log *order, enum event_type topic);
uint8_t codes_refused_by_coupon(const struct order_log *order);
/* Codes that are owed an answer, attempts too (bit = attempt). */
uint8_t codes_wanted(const struct order_log *order);
uint8_t attempts_wanted(const struct order_log *order);
uint8_t codes_named_by(const struct order_log *order, int revision);

bool was_requested(const struct order_log *order,
                   enum event_type topic);                 /* by the order's customer */
uint8_t strangers_requests(const struct order_log *order); /* dead_letter_bit of each */
/* The first of its topic; all zeros, EV_NONE, where there is none. */
const struct facts *placed(const struct order_log *order);    /* its OrderRequested */
const struct facts *cancelled(const struct order_log *order); /* its OrderCancelled */
const struct facts *created(const struct order_log *order);   /* its first OrderCreated */
int highest_created(const struct order_log *order);
