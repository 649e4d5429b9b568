/* audit.c — findings.  Contract: audit.h */
#include "cli/audit.h"
#include <stdarg.h>
#include <stdio.h>

const char *const promise_names[PROMISE_COUNT] = {
    "P2 once", "P3 stock", "P4 coupons", "P5 money", "P6 one end", "P7 export",
};

const char *const subject_names[] = { "order", "product", "coupon", "customer", "feed" };

void
findings_add(struct findings *findings, enum promise promise, enum subject subject, const char *key,
             const char *format, ...)
{
    va_list arguments;
    findings->counts[promise]++;
    if (findings->kept == FINDINGS_KEPT_MAX)
        return;
    if (findings->kept == findings->capacity) {
        findings->capacity = findings->capacity ? findings->capacity * 2 : 16;
        findings->items =
            memory_grow(findings->items, findings->capacity * sizeof *findings->items);
    }
    struct finding *finding = &findings->items[findings->kept++];
    *finding = (struct finding){ .promise = promise, .subject = subject };
    snprintf(finding->key, sizeof finding->key, "%s", key);
    va_start(arguments, format);
    vsnprintf(finding->text, sizeof finding->text, format, arguments);
    va_end(arguments);
}

uint64_t
findings_total(const struct findings *findings)
{
    uint64_t total = 0;
    for (unsigned promise = 0; promise < PROMISE_COUNT; promise++)
        total += findings->counts[promise];
    return total;
}

void
findings_free(struct findings *findings)
{
    memory_free(findings->items);
    *findings = (struct findings){ 0 };
}
