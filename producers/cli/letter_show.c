/* letter_show.c — one letter, whole: headers, bytes, why it cannot be handed back.
 *
 * Original   the record is read where it lay, too: a letter of a request that waited in a row holds what was
 *            kept of it, encoded anew (docs/decisions/0006).
 * Contract   letters.h; letters_private.h */
#include "cli/letter_advice.h"
#include "cli/letters_private.h"
#include "runtime/base64.h"
#include <stdlib.h>
#include <string.h>

bool
letter_address(const char *text, int32_t *partition, int64_t *offset)
{
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return false;
    long first = strtol(text, &end, 10);
    if (*end != '/' || end[1] < '0' || end[1] > '9' || first > INT32_MAX)
        return false;
    *partition = (int32_t)first;
    *offset = strtoll(end + 1, &end, 10);
    return *end == '\0';
}

/* ---- reading one record ----------------------------------------------------------------------- */

struct bytes {
    const char *at; /* NULL: there are none */
    size_t count;
};

struct wanted {
    int64_t offset;
    bool is_found;
    int64_t at_us;
    struct bytes value;
};

static void
take_wanted(struct cli *cli, const struct kafka_record *record, void *context)
{
    struct wanted *wanted = context;
    if (record->offset != wanted->offset)
        return;
    wanted->is_found = true;
    wanted->at_us = record->at_ms * 1000;
    if (record->value)
        wanted->value = (struct bytes){ arena_text(cli->arena, record->value, record->value_bytes),
                                        record->value_bytes };
}

/* Nothing but the one partition, from the offset to behind it. */
static void
narrow(struct reading *reading, int32_t partition, int64_t offset)
{
    for (uint32_t i = 0; i < reading->count; i++) {
        struct reading_partition *at = &reading->items[i];
        bool is_there = at->partition == partition && offset >= at->first && offset < at->end;
        at->next = is_there ? offset : at->end;
        if (is_there)
            at->end = offset + 1;
    }
}

static bool
read_one(struct cli *cli, enum event_type type, int32_t partition, struct wanted *wanted,
         struct error *err)
{
    bool only[EV_COUNT] = { false };
    struct reading reading;
    only[type] = true;
    TRY(reading_open(cli, only, &reading, err));
    narrow(&reading, partition, wanted->offset);
    bool is_read = letters_read(cli, &reading, take_wanted, wanted, err);
    reading_close(&reading);
    return is_read;
}

static bool
read_letter(struct cli *cli, int32_t partition, int64_t offset, struct letter *out,
            struct error *err)
{
    struct wanted wanted = { .offset = offset };
    TRY(read_one(cli, EV_DEAD_LETTER, partition, &wanted, err));
    if (!wanted.value.at)
        return error_set(err, ERROR_REFUSED, "there is no letter %d/%lld", partition,
                         (long long)offset);
    *out = (struct letter){ partition, offset, wanted.at_us, wanted.value.at,
                            (uint32_t)wanted.value.count };
    return true;
}

static int64_t
number_of(const struct json_doc *doc, const char *name)
{
    uint32_t at = json_member(doc, 0, name);
    return at == JSON_NONE ? -1 : strtoll(doc->bytes + doc->nodes[at].start, NULL, 10);
}

/* Topics keep their records for good; one that was cut off leaves the letter's own bytes. */
static struct bytes
original_of(struct cli *cli, const struct json_doc *doc)
{
    struct error ignored = { 0 };
    struct wanted wanted = { .offset = number_of(doc, "offset") };
    enum event_type type = cli_event_of(cli, letter_text(cli, doc, "topic", false));
    if (type == EV_NONE ||
        !read_one(cli, type, (int32_t)number_of(doc, "partition"), &wanted, &ignored))
        return (struct bytes){ 0 };
    return wanted.value;
}

static struct bytes
kept_of(struct cli *cli, const struct json_doc *doc)
{
    struct bytes kept = { 0 };
    uint32_t at = json_member(doc, 0, "value");
    if (at == JSON_NONE || doc->nodes[at].type != JSON_STRING)
        return kept;
    char *bytes = arena_take(cli->arena, doc->nodes[at].text_bytes + 1);
    if (base64_decode(doc->nodes[at].text, doc->nodes[at].text_bytes, bytes, &kept.count))
        kept.at = bytes;
    return kept;
}

static bool
is_same(struct bytes a, struct bytes b)
{
    return a.count == b.count && memcmp(a.at, b.at, a.count) == 0;
}

/* ---- telling ---------------------------------------------------------------------------------- */

static void
show_headers(struct cli *cli, const struct json_doc *doc)
{
    uint32_t list = json_member(doc, 0, "headers");
    bool is_list = list != JSON_NONE && doc->nodes[list].type == JSON_ARRAY;
    for (uint32_t n = 0, at = list + 1; is_list && n < doc->nodes[list].count; n++) {
        struct json_doc header;
        const struct json_node *node = &doc->nodes[at];
        if (letter_parse(cli, doc->bytes + node->start, node->bytes, &header))
            printf("  header    %s: %s\n", letter_text(cli, &header, "name", false),
                   letter_text(cli, &header, "value", true));
        at = node->next;
    }
}

static void
tell_original(struct cli *cli, const struct json_doc *doc)
{
    struct bytes original = original_of(cli, doc), kept = kept_of(cli, doc);
    if (!original.at || (kept.at && is_same(original, kept)))
        return;
    printf("  original  %s\n"
           "            (as it lies in its topic; the letter has it encoded anew, or in part)\n",
           cli_safe_bytes(cli, original.at, original.count, 64 * 1024));
}

static void
tell_advice(struct cli *cli, const struct letter *letter, const struct json_doc *doc)
{
    printf("  redrive   no: %s\n", letter_advice(letter_text(cli, doc, "reason", false)));
    printf("  instead   jumun dead-letters show %d/%lld --value gives its bytes; mended, they go\n"
           "            to jumun publish %s\n",
           letter->partition, (long long)letter->offset, letter_text(cli, doc, "topic", false));
}

/* The bytes themselves, and nothing else: for a file, or a pipe. */
static void
tell_value(struct cli *cli, const struct json_doc *doc)
{
    struct bytes original = original_of(cli, doc);
    struct bytes told = original.at ? original : kept_of(cli, doc);
    if (told.at)
        fwrite(told.at, 1, told.count, stdout);
}

bool
letter_show(struct cli *cli, int32_t partition, int64_t offset, bool only_value, struct error *err)
{
    struct letter letter;
    struct json_doc doc;
    TRY(read_letter(cli, partition, offset, &letter, err));
    bool is_letter = letter_parse(cli, letter.value, letter.value_bytes, &doc);
    if (is_letter && only_value) {
        tell_value(cli, &doc);
        return true;
    }
    letter_tell(cli, &letter);
    if (cli->json || !is_letter)
        return true;
    show_headers(cli, &doc);
    printf("  truncated %s\n  value     %s\n", letter_text(cli, &doc, "truncated", false),
           letter_text(cli, &doc, "value", true));
    tell_original(cli, &doc);
    tell_advice(cli, &letter, &doc);
    return true;
}

enum cli_status
letter_refuse_redrive(struct cli *cli, int32_t partition, int64_t offset)
{
    struct error err = { 0 };
    struct letter letter;
    struct json_doc doc;
    const char *reason = "unreadable";
    if (!read_letter(cli, partition, offset, &letter, &err))
        return cli_fail(cli, &err);
    if (letter_parse(cli, letter.value, letter.value_bytes, &doc))
        reason = letter_text(cli, &doc, "reason", false);
    (void)!error_set(&err, ERROR_REFUSED,
                     "letter %d/%lld (%s) parked nothing, so there is nothing to hand back: %s",
                     partition, (long long)offset, reason, letter_advice(reason));
    return cli_fail(cli, &err);
}
