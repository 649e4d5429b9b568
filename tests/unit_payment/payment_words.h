/* payment_words.h — the words of the tests of payment.
 *
 * Steps    credit 5000 [id=x]                 BalanceCredited
 *          created REVISION AMOUNT [auto]     OrderCreated
 *          pay ATTEMPT REVISION [expects=N] [partition=N]   PaymentRequested
 *          cancelled REVISION [REASON]        OrderCancelled
 *          each with [by=c-9], another customer than c-1
 * Told     PaymentCompleted(attempt revision amount) · PaymentFailed(attempt revision amount REASON) ·
 *          PaymentRefunded(amount REASON) · PaymentVoided() · DeadLetter(reason EventType)
 * Threads  none; `play` is made anew for every test. */
#pragma once
#include "payment/payment.h"
#include "support/play.h"
#include "support/table.h"
#include "support/vocabulary.h"

extern const struct language payment_language;
extern struct play *play;

void words_setup(void);
void words_teardown(void);
/* A new story; the one before is checked and ended. */
void anew(void);
/* What the last step of the story says. */
const char *said(const char *story);
const char *saidf(const char *format, ...) __attribute__((format(printf, 1, 2)));

const struct payment *payment_row(void); /* of the one order; zeros where there is none */
const struct balance *balance_of(const char *customer_id);
/* credited = balance + captured, and nothing below zero, for everybody. */
void expect_money_conserved(const char *story);
