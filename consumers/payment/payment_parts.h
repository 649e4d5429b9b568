/* payment_parts.h — what payment's own files share; no one else includes it.
 *
 * Files    payment.c table, the order's events · payment_attempt.c one attempt's outcome · payment_waiting.c
 *          requests that wait · payment_credit.c credits · payment_rows.c columns.
 * Threads  none. */
#pragma once
#include "payment/payment.h"

extern const char *const payment_states[];
extern const struct row_type payment_rows[PAYMENT_ROW_TYPES];

/* payment.c */
void payment_enter(struct payment *payment, enum payment_state to, const struct event *in);

/* payment_attempt.c */
bool payment_is_cancelled(const struct payment *payment);
bool attempt_is_decided(const struct payment *payment, int32_t attempt);
/* True: neither its revision nor anything that ends every attempt is known yet. */
bool payment_must_wait(const struct payment *payment, const struct payment_request *request);
/* Decides what can be decided, by attempt; what a capture makes decidable, right behind it. */
void payment_settle(struct view *view, struct payment *payment, const struct event *in,
                    struct emitter *out);

/* payment_credit.c */
void keys_of_credit(const struct event *in, struct keys *keys);
void on_balance_credited(struct view *view, const struct event *in, struct emitter *out);

/* payment_waiting.c */
struct payment_request request_of(const struct event *in);
/* False: there is no room, and the message became a dead letter. */
bool waiting_admit(struct payment *payment, const struct payment_request *request,
                   struct emitter *out);
void waiting_add(struct payment *payment, const struct payment_request *request);
struct payment_request *waiting_find(struct payment *payment, const struct customer_id *customer_id,
                                     int32_t attempt);
/* The owner is known now: every other customer's request becomes a dead letter. */
void waiting_expel_strangers(struct payment *payment, struct emitter *out);
