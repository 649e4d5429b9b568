/* order_codes.c — the coupon codes of one order, each with what has been told of it. */
#include "timeline/timeline_parts.h"
#include "json/json_read.h"
#include <string.h>

static bool
is_code(const struct order_code *entry, const struct coupon_code *code)
{
    return strcmp(entry->code.text, code->text) == 0;
}

struct order_code *
order_code_find(struct order_codes *codes, const struct coupon_code *code)
{
    for (uint32_t i = 0; i < codes->count; i++)
        if (is_code(&codes->at[i], code))
            return &codes->at[i];
    return NULL;
}

/* In order of the codes, not of arrival: the row is the same whichever came first. */
struct order_code *
order_code_add(struct order_codes *codes, const struct coupon_code *code)
{
    struct order_code *entry = order_code_find(codes, code);
    if (entry != NULL || codes->count == ORDER_CODES_MAX)
        return entry;
    uint32_t at = codes->count++;
    for (; at > 0 && strcmp(codes->at[at - 1].code.text, code->text) > 0; at--)
        codes->at[at] = codes->at[at - 1];
    codes->at[at] = (struct order_code){ .code = *code };
    return &codes->at[at];
}

/* True when this had not been told of the code before. */
bool
order_code_mark(struct order_view *order, const struct coupon_code *code, enum code_fact fact,
                int64_t at_us)
{
    struct order_code *entry = order_code_add(&order->codes, code);
    if (entry == NULL || (entry->facts & fact) != 0)
        return false;
    entry->facts = (uint16_t)(entry->facts | fact);
    if (at_us > entry->at_us)
        entry->at_us = at_us;
    return true;
}

bool
order_code_is_answered(const struct order_code *code)
{
    return (code->facts & (CODE_APPLIED | CODE_REJECTED | CODE_PRICED)) != 0;
}

/* A code that only an overtaken revision named is nobody's request any more. */
bool
order_code_is_open(const struct order_code *code)
{
    return (code->facts & (CODE_CARRIED | CODE_SELECTED | CODE_ASKED | CODE_NAMED)) != 0 &&
           !order_code_is_answered(code);
}

const struct order_code *
order_code_applied(const struct order_codes *codes)
{
    for (uint32_t i = 0; i < codes->count; i++)
        if ((codes->at[i].facts & (CODE_APPLIED | CODE_PRICED)) != 0)
            return &codes->at[i];
    return NULL;
}

/* ---- as JSON: [[code, facts, reason, discount, at_us], …] */

void
json_write_order_codes(struct json_writer *out, const void *member)
{
    const struct order_codes *codes = member;
    json_begin_array(out);
    for (uint32_t i = 0; i < codes->count; i++) {
        const struct order_code *code = &codes->at[i];
        json_begin_array(out);
        json_text(out, code->code.text);
        json_integer(out, code->facts);
        json_text(out, coupon_rejected_reason_names[code->reason]);
        json_integer(out, code->discount);
        json_integer(out, code->at_us);
        json_end_array(out);
    }
    json_end_array(out);
}

static enum coupon_rejected_reason
reason_named(const struct json_node *text)
{
    for (int i = 0; coupon_rejected_reason_names[i] != NULL; i++)
        if (strlen(coupon_rejected_reason_names[i]) == text->text_bytes &&
            memcmp(coupon_rejected_reason_names[i], text->text, text->text_bytes) == 0)
            return (enum coupon_rejected_reason)i;
    return COUPON_REJECTED_OTHER;
}

static bool
read_code(const struct json_doc *doc, uint32_t node, struct order_code *code)
{
    static const uint8_t shape[] = { JSON_STRING, JSON_INTEGER, JSON_STRING, JSON_INTEGER,
                                     JSON_INTEGER };
    const struct json_node *part = &doc->nodes[node];
    if (part->type != JSON_ARRAY || part->count != sizeof shape)
        return false;
    for (unsigned i = 0; i < sizeof shape; i++)
        if (part[1 + i].type != shape[i])
            return false;
    if (part[1].text_bytes >= sizeof code->code.text)
        return false;
    memcpy(code->code.text, part[1].text, part[1].text_bytes);
    code->facts = (uint16_t)part[2].integer;
    code->reason = reason_named(&part[3]);
    code->discount = part[4].integer;
    code->at_us = part[5].integer;
    return true;
}

bool
json_read_order_codes(const struct json_doc *doc, uint32_t node, void *member)
{
    struct order_codes *codes = member;
    const struct json_node *list = &doc->nodes[node];
    if (list->type != JSON_ARRAY || list->count > ORDER_CODES_MAX)
        return false;
    uint32_t at = node + 1;
    for (uint32_t i = 0; i < list->count; i++, at = doc->nodes[at].next)
        if (!read_code(doc, at, &codes->at[i]))
            return false;
    codes->count = list->count;
    return true;
}
