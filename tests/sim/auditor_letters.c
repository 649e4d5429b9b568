/* auditor_letters.c — P9: dead letters hold their records' bytes, are said once by each group, and only about
 * what is no event or another customer's. */
#include "runtime/base64.h"
#include "sim/auditor_private.h"
#include <stdio.h>
#include <string.h>

static bool
is_same_bytes(struct auditor *auditor, struct text encoded, const struct seen_record *seen)
{
    if (!seen->value)
        return text_is(encoded, "null");
    char *expected = arena_take(auditor->arena, BASE64_BYTES((size_t)seen->value_bytes) + 4);
    size_t bytes = base64_encode(seen->value, seen->value_bytes, expected);
    return text_equals(encoded, (struct text){ expected, (uint32_t)bytes });
}

static void
keep_letter(struct decision *decision, struct text topic, int64_t partition, int64_t offset)
{
    struct auditor *auditor = decision->auditor;
    struct text group = member(decision, "group");

    for (const struct audited_letter *at = auditor->letters; at; at = at->next)
        if (at->offset == offset && at->partition == partition && text_equals(at->topic, topic) &&
            text_equals(at->group, group))
            FAIL(decision, "P9", "two dead letters of %s about one record", decision->service);
    struct audited_letter *letter = arena_take(auditor->arena, sizeof *letter);
    *letter = (struct audited_letter){ topic,     group,  member(decision, "reason"),
                                       partition, offset, auditor->letters };
    auditor->letters = letter;
}

static bool
is_a_strangers(struct auditor *auditor, const struct seen_record *seen)
{
    struct text value = { seen->value, seen->value_bytes };
    struct text customer = reader_member(value, "customer_id");
    struct audited_order *order = order_named(auditor, reader_member(value, "order_id"));

    return order && customer.at && (!order->is_requested || !text_is(customer, order->customer));
}

void
on_letter_decided(struct decision *decision)
{
    struct text topic = member(decision, "topic");
    int64_t partition = number(decision, "partition"), offset = number(decision, "offset");
    struct audited_record *record = record_at(decision->auditor, topic, partition, offset);

    if (!record) {
        FAIL(decision, "P9", "a dead letter about a record that is not there");
        return;
    }
    keep_letter(decision, topic, partition, offset);
    record->letters++;
    if (!is_same_bytes(decision->auditor, member(decision, "value"), &record->seen))
        FAIL(decision, "P9", "a dead letter of %s does not hold its record's bytes",
             decision->service);
    if (record->is_bad)
        SOMETIMES(BAD_RECORD_REFUSED);
    else if (is_a_strangers(decision->auditor, &record->seen))
        SOMETIMES(STRANGER_REFUSED);
    else
        FAIL(decision, "P9", "%s refuses %s/%lld/%lld, which is good: %.*s", decision->service,
             record->seen.topic, (long long)partition, (long long)offset,
             (int)member(decision, "reason").bytes, member(decision, "reason").at);
}

void
check_letters(struct auditor *auditor)
{
    for (uint32_t i = 0; i < AUDITED_BUCKETS; i++)
        for (const struct audited_record *at = auditor->records[i]; at; at = at->next)
            if (at->is_bad && at->letters != at->letters_due)
                auditor_fail(auditor, "P9", "%s/%d/%lld is no event: %u dead letters instead of %u",
                             at->seen.topic, (int)at->seen.partition, (long long)at->seen.offset,
                             at->letters, at->letters_due);
}
