/* dead_letter.c — a record that could not be handled, told with its original bytes.
 *
 * Goes out through the outbox like every event, so it is exactly as durable.  The id comes from where the
 * record lay and who refused it: two records with one forged ce_id are two dead letters.
 * Source     contract.md section 2; schemas/events/DeadLetter.schema.json. */
#include "base/escape.h"
#include "json/json_read.h"
#include "json/json_write.h"
#include "runtime/base64.h"
#include "runtime/loop_private.h"
#include "runtime/mutant.h"
#include <string.h>

#define ENCODED_MAX (3u << 20) /* of value and headers together; the topic takes 4 MiB */
#define DETAIL_MAX  900        /* bytes, so surely below 1000 code points */

static void
write_base64(struct json_writer *out, const void *bytes, size_t count)
{
    if (!bytes) {
        json_null(out);
        return;
    }
    char *text = arena_take_raw(out->arena, BASE64_BYTES(count) + 1);
    json_text_bytes(out, text, base64_encode(bytes, count, text));
}

/* Header names and details may hold any bytes: what is not UTF-8 is replaced. */
static void
write_unsure_text(struct json_writer *out, const char *text, size_t bytes)
{
    char *escaped = arena_take_raw(out->arena, bytes * 6 + 16);
    size_t length = escape_json(text, bytes, escaped + 1, bytes * 6 + 8, NULL);

    escaped[0] = '"';
    escaped[length + 1] = '"';
    json_raw(out, escaped, length + 2);
}

void
headers_to_json(struct json_writer *out, const struct kafka_header *headers, uint32_t count)
{
    json_begin_array(out);
    for (uint32_t i = 0; i < count; i++) {
        json_begin_object(out);
        json_name(out, "name");
        write_unsure_text(out, headers[i].name, strlen(headers[i].name));
        json_name(out, "value");
        write_base64(out, headers[i].value, headers[i].value_bytes);
        json_end_object(out);
    }
    json_end_array(out);
}

static uint32_t
fitting_headers(const struct kafka_header *headers, uint32_t count, size_t *room)
{
    for (uint32_t i = 0; i < count; i++) {
        size_t bytes =
            BASE64_BYTES((size_t)headers[i].value_bytes) + strlen(headers[i].name) * 6 + 32;
        if (bytes > *room)
            return i;
        *room -= bytes;
    }
    return count;
}

static void
write_body(struct json_writer *out, struct loop *loop, struct record *record, const char *reason,
           const char *detail)
{
    struct kafka_header headers[KAFKA_HEADERS_MAX];
    size_t room = ENCODED_MAX;
    const struct kafka_record *raw = &record->raw;
    uint32_t count = record_headers(loop, record, headers);
    uint32_t fitting = fitting_headers(headers, count, &room);
    size_t value_bytes = raw->value_bytes < room / 4 * 3 ? raw->value_bytes : room / 4 * 3;

    json_begin_object(out);
    json_name(out, "topic");
    json_text(out, raw->topic);
    json_name(out, "partition");
    json_integer(out, raw->partition);
    json_name(out, "offset");
    json_integer(out, raw->offset);
    json_name(out, "group");
    json_text(out, loop->settings.group);
    json_name(out, "reason");
    json_text(out, reason);
    json_name(out, "detail");
    write_unsure_text(out, detail, strnlen(detail, DETAIL_MAX));
    json_name(out, "key");
    write_base64(out, raw->key, raw->key_bytes);
    json_name(out, "headers");
    headers_to_json(out, headers, fitting);
    json_name(out, "value");
    write_base64(out, raw->value, MUTANT(LETTER_CUT, value_bytes, value_bytes - (value_bytes > 0)));
    json_name(out, "truncated");
    json_bool(out, fitting < count || value_bytes < raw->value_bytes);
    json_end_object(out);
}

void
dead_letter_write(struct loop *loop, struct record *record, const char *reason,
                  const char *detail, struct arena *arena, struct frame *out)
{
    struct json_writer writer;
    const char *cause = record_cause(loop, record, arena);
    struct uuid place = uuid_v5(UUID_NAMESPACE_RECORD, cause, strlen(cause));
    const char *name = arena_printf(arena, "DeadLetter/0/%s", loop->settings.group);

    json_writer_init(&writer, arena, 512 + record->raw.value_bytes * 2);
    write_body(&writer, loop, record, reason, detail);
    json_writer_finish(&writer);
    out->id = uuid_v5(place, name, strlen(name));
    out->key = record->raw.key;
    out->key_bytes = record->raw.key_bytes;
    out->value = writer.bytes;
    out->value_bytes = writer.length;
}

/* ---- headers back from JSON (parked events) --------------------------------------------------------- */

static bool
header_from(const struct json_doc *doc, uint32_t node, struct kafka_header *out,
            struct arena *arena)
{
    uint32_t name = json_member(doc, node, "name"), value = json_member(doc, node, "value");
    size_t bytes = 0;

    if (name == JSON_NONE || value == JSON_NONE || doc->nodes[name].type != JSON_STRING)
        return false;
    *out = (struct kafka_header){ .name = arena_text(arena, doc->nodes[name].text,
                                                     doc->nodes[name].text_bytes) };
    if (doc->nodes[value].type == JSON_NULL)
        return true;
    char *decoded = arena_take_raw(arena, doc->nodes[value].text_bytes + 1);
    if (!base64_decode(doc->nodes[value].text, doc->nodes[value].text_bytes, decoded, &bytes))
        return false;
    out->value = decoded;
    out->value_bytes = (uint32_t)bytes;
    return true;
}

uint32_t
headers_from_json(const char *json, size_t bytes, struct kafka_header *out, struct arena *arena)
{
    struct json_doc doc;
    struct json_error ignored;
    uint32_t count = 0;

    if (!json_parse(arena, json, bytes, &doc, &ignored) || doc.nodes[0].type != JSON_ARRAY)
        return 0;
    for (uint32_t node = 1; node < doc.node_count && count < KAFKA_HEADERS_MAX;
         node = doc.nodes[node].next)
        if (header_from(&doc, node, &out[count], arena))
            count++;
    return count;
}
