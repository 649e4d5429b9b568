/* letter_advice.c — a sentence per reason of a dead letter.  Contract: letter_advice.h */
#include "cli/letter_advice.h"
#include <stddef.h>
#include <string.h>

static const char differs[] =
    "an id that was booked already came with another body: find out which of the two is right, "
    "and publish what is missing under an id of its own";
static const char bounded[] = "it was beyond a limit that a shop's own pages never reach: "
                              "whoever sends these is to be stopped or asked";

static const struct {
    const char *reason, *advice;
} advices[] = {
    { "no_value", "a record without a value says nothing: mend its publisher" },
    { "invalid_json",
      "it is no JSON, so no order knows of it: mend its publisher, then publish it anew" },
    { "key_mismatch", "its key is not the key in its value, so it belongs to no order's sequence: "
                      "mend its publisher, then publish it anew under its own key" },
    { "customer_mismatch", "somebody spoke of an order that belongs to another customer: handed "
                           "back, it would get the same answer for ever" },
    { "too_many_codes", bounded },
    { "too_many_customers", bounded },
    { "too_many_waiting", bounded },
    { "credit_id_reused", differs },
    { "replenishment_id_reused", differs },
    { "repeat_differs", differs },
    { "amount_too_large", "it would pass the largest amount that can be counted: nothing of it was "
                          "booked; publish a smaller one under an id of its own" },
    { "not_exported", "a partner acknowledged an order that it was never sent: ask the partner" },
    { "feed_sequence_mismatch", "a partner acknowledged an order under another number than it was "
                                "sent: ask the partner" },
};

const char *
letter_advice(const char *reason)
{
    for (size_t i = 0; i < sizeof advices / sizeof *advices; i++)
        if (strcmp(advices[i].reason, reason) == 0)
            return advices[i].advice;
    return "it does not fit the schema of its topic, so it never was an event: mend its publisher, "
           "then publish it anew";
}
