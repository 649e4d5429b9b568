/* identity.h — ids that follow from what was asked, so that asking again is a repeat and nothing new.
 *
 * Ids      order_id = UUIDv5(order namespace, customer_id NUL key), or UUIDv7 without a key;
 *          credit_id = the same of the credit, prefixed; ce_id of an intent = UUIDv5(intent namespace,
 *          order_id NUL type NUL which NUL digest), `which` being its attempt, revision, code or "".
 * Stable   forever: ids that were given out depend on every byte of these names.
 * Threads  any. */
#pragma once
#include "base/uuid.h"
#include "bridge/digest.h"

struct uuid identity_order(const char *customer_id, const char *key);
void identity_credit(const char *customer_id, const char *key, char out[UUID_TEXT_BYTES]);
struct uuid identity_intent(const char *subject, const char *type, const char *which,
                            struct digest content);
/* Kafka's murmur2 over the key, as the Java client and librdkafka's murmur2 partitioners place it. */
int32_t identity_partition(const char *key, int32_t partitions);
