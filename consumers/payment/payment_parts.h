/* payment_parts.h — what payment's own files share; no one else includes it.
 *
 * Shapes   payment_rows (payment_rows.c) · the decisions on credits (payment_credit.c) · requests that wait
 *          (payment_waiting.c).
 * Threads  none. */
#pragma once
#include "payment/payment.h"

extern const char *const payment_states[];
extern const struct row_type payment_rows[PAYMENT_ROW_TYPES];

void keys_of_credit(const struct event *in, struct keys *keys);
void on_balance_credited(struct view *view, const struct event *in, struct emitter *out);

struct payment_request request_of(const struct event *in);
/* False: there is no room, and the message became a dead letter. */
bool waiting_admit(struct payment *payment, const struct payment_request *request, struct emitter *out);
void waiting_add(struct payment *payment, const struct payment_request *request);
struct payment_request *waiting_find(struct payment *payment, const struct customer_id *customer_id,
                                     int32_t attempt);
/* The owner is known now: every other customer's request becomes a dead letter. */
void waiting_expel_strangers(struct payment *payment, struct emitter *out);
