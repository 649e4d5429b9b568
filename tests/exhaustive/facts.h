/* facts.h — events as numbers, with what the properties ask of them at hand.
 *
 * Shapes   event_no: one event of one producer, told apart by its bytes; 0 is no event.
 *          facts: the same as small integers.  Codes are bits (C1 = 1, C2 = 2).
 * Threads  none. */
#pragma once
#include "runtime/service.h"

typedef uint16_t event_no;

enum domain { STOCK, COUPON, ORDER, PAYMENT, EXPORT, DOMAINS, SHOPPER = DOMAINS };

enum { C1 = 1, C2 = 2 };

#define PRICE     INT64_C(2000) /* of the one thing that is sold */
#define DISCOUNT  INT64_C(1000) /* of both coupons */
#define NOW_US    INT64_C(1800000000000000)
#define TO_PAY_US INT64_C(900000000) /* from the reservation to the deadline */
#define STRANGER  "stranger"
#define CUSTOMER  "customer"
#define PRODUCT   "thing"
#define EVENT_MAX 4096

struct facts {
    enum event_type type;
    enum domain producer;
    int order;
    bool stranger; /* customer_id is not the order's */
    uint8_t code;  /* the code that it is about or that it names */
    uint8_t codes; /* OrderCancelled.coupon_codes */
    uint8_t revision, attempt, reason;
    bool has_shipping, auto_pay, goes_on, cancels_on_failure, has_expected_amount;
    int64_t amount, discount, subtotal, expected_amount;
};

extern const struct service *const domains[DOMAINS];
extern const char *const domain_names[];

struct order_id order_id_of(int order);
const char *code_text(uint8_t code);

void facts_init(void);
/* The number of an event as its bytes say it; decodes it when it is new. */
event_no event_told(enum domain producer, enum event_type type, const char *value,
                    uint32_t value_bytes);
/* The same for an event that is not encoded yet. */
event_no event_new(enum domain producer, const struct event *event);
const struct event *numbered_event(event_no number);
const struct facts *facts_of(event_no number);
uint32_t event_count(void);
