/* letters.c — reading the topic DeadLetter, telling.  Contract: letters.h */
#include "cli/letters.h"
#include "base/instant.h"
#include "cli/letter_advice.h"
#include "cli/reading.h"
#include "json/json_read.h"
#include "runtime/base64.h"
#include <stdlib.h>
#include <string.h>

#define POLL_MS   200
#define SHOWN_MAX (64u * 1024)

struct letter {
    int32_t partition;
    int64_t offset, at_us;
    const char *value; /* the JSON of DeadLetter */
    uint32_t value_bytes;
};

struct letters {
    struct letter *items; /* a ring of the latest */
    uint64_t count;
    int64_t limit;
};

/* ---- reading -------------------------------------------------------------------------------- */

typedef void on_letter(struct cli *cli, const struct kafka_record *record, void *context);

static bool
read_letters(struct cli *cli, struct reading *reading, on_letter *each, void *context,
             struct error *err)
{
    struct kafka_record record;
    enum event_type type;
    TRY(reading_start(cli, reading, err));
    while (!reading_is_done(reading) && !cli_stopped()) {
        enum kafka_polled polled = reading_poll(cli, reading, POLL_MS, &record, &type, err);
        if (polled == KAFKA_FAILED)
            return false;
        if (polled != KAFKA_RECORD)
            continue;
        each(cli, &record, context);
        kafka_record_release(&record);
    }
    return true;
}

static bool
open_letters(struct cli *cli, struct reading *reading, struct error *err)
{
    const bool wanted[EV_COUNT] = { [EV_DEAD_LETTER] = true };
    return reading_open(cli, wanted, reading, err);
}

/* ---- telling -------------------------------------------------------------------------------- */

static const char *
text_member(struct cli *cli, const struct json_doc *doc, const char *name, bool in_base64)
{
    uint32_t at = json_member(doc, 0, name);
    if (at == JSON_NONE || doc->nodes[at].type == JSON_NULL)
        return "-";
    const struct json_node *node = &doc->nodes[at];
    if (node->type != JSON_STRING)
        return cli_safe_bytes(cli, doc->bytes + node->start, node->bytes, SHOWN_MAX);
    if (!in_base64)
        return cli_safe_bytes(cli, node->text, node->text_bytes, SHOWN_MAX);
    size_t count;
    char *bytes = arena_take(cli->arena, node->text_bytes + 1);
    return base64_decode(node->text, node->text_bytes, bytes, &count)
               ? cli_safe_bytes(cli, bytes, count, SHOWN_MAX) : "(not base64)";
}

static bool
parse_letter(struct cli *cli, const char *value, size_t bytes, struct json_doc *doc)
{
    struct json_error wrong;
    return json_parse(cli->arena, value, bytes, doc, &wrong) && doc->nodes[0].type == JSON_OBJECT;
}

static void
tell_letter_json(struct cli *cli, const struct letter *letter)
{
    struct json_writer json;
    json_writer_init(&json, cli->arena, letter->value_bytes + 128);
    json_begin_object(&json);
    json_name(&json, "kind");
    json_text(&json, "letter");
    json_name(&json, "partition");
    json_integer(&json, letter->partition);
    json_name(&json, "offset");
    json_integer(&json, letter->offset);
    json_name(&json, "at");
    json_instant(&json, letter->at_us);
    json_name(&json, "letter");
    json_raw(&json, letter->value, letter->value_bytes);
    json_end_object(&json);
    cli_json_line(&json);
}

static void
tell_letter(struct cli *cli, const struct letter *letter)
{
    struct json_doc doc;
    char at[INSTANT_TEXT_BYTES];
    instant_format(letter->at_us, at);
    if (!parse_letter(cli, letter->value, letter->value_bytes, &doc)) {
        printf("letter  %d/%lld  %s  (not a DeadLetter)\n", letter->partition,
               (long long)letter->offset, at);
    } else if (cli->json) {
        tell_letter_json(cli, letter);
    } else {
        printf("letter  %d/%lld  %s  %s  %s/%s/%s key %s  %s: %s\n", letter->partition,
               (long long)letter->offset, at, text_member(cli, &doc, "group", false),
               text_member(cli, &doc, "topic", false), text_member(cli, &doc, "partition", false),
               text_member(cli, &doc, "offset", false), text_member(cli, &doc, "key", true),
               text_member(cli, &doc, "reason", false), text_member(cli, &doc, "detail", false));
    }
}

/* ---- list ----------------------------------------------------------------------------------- */

struct listing {
    const char *group_end; /* "jumun-stock", or NULL */
    struct letters letters;
};

static bool
is_of_group(struct cli *cli, const struct listing *listing, const struct kafka_record *record)
{
    struct json_doc doc;
    if (!listing->group_end)
        return true;
    if (!parse_letter(cli, record->value, record->value_bytes, &doc))
        return false;
    const char *group = text_member(cli, &doc, "group", false);
    size_t bytes = strlen(group), end = strlen(listing->group_end);
    return bytes >= end && strcmp(group + bytes - end, listing->group_end) == 0;
}

static void
keep_letter(struct cli *cli, const struct kafka_record *record, void *context)
{
    struct listing *listing = context;
    struct arena_mark mark = arena_mark(cli->arena);
    bool is_wanted = record->value && is_of_group(cli, listing, record);
    arena_rewind(cli->arena, mark);
    if (!is_wanted)
        return;
    struct letters *letters = &listing->letters;
    struct letter *slot = &letters->items[letters->count++ % (uint64_t)letters->limit];
    memory_free((void *)(uintptr_t)slot->value);
    char *copy = memory_new(record->value_bytes + 1);
    memcpy(copy, record->value, record->value_bytes);
    *slot = (struct letter){ record->partition, record->offset, record->at_ms * 1000, copy,
                             record->value_bytes };
}

static int
by_time(const void *a, const void *b)
{
    const struct letter *x = a, *y = b;
    if (x->at_us != y->at_us)
        return x->at_us < y->at_us ? -1 : 1;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

static void
tell_letters(struct cli *cli, struct letters *letters)
{
    uint64_t kept =
        letters->count < (uint64_t)letters->limit ? letters->count : (uint64_t)letters->limit;
    qsort(letters->items, kept, sizeof *letters->items, by_time);
    for (uint64_t i = 0; i < kept; i++) {
        tell_letter(cli, &letters->items[i]);
        memory_free((void *)(uintptr_t)letters->items[i].value);
    }
    if (letters->count > kept)
        cli_note(cli, "%llu older letters are not shown (--limit)",
                 (unsigned long long)(letters->count - kept));
}

bool
letters_list(struct cli *cli, const char *service, int64_t limit, struct error *err)
{
    struct reading reading;
    struct listing listing = { .letters = { .limit = limit } };
    if (service)
        listing.group_end = arena_printf(cli->arena, "jumun-%s", service);
    listing.letters.items = arena_take(cli->arena, (size_t)limit * sizeof *listing.letters.items);
    TRY(open_letters(cli, &reading, err));
    bool is_read = read_letters(cli, &reading, keep_letter, &listing, err);
    reading_close(&reading);
    if (is_read)
        tell_letters(cli, &listing.letters);
    return is_read;
}

/* ---- show ----------------------------------------------------------------------------------- */

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

struct wanted {
    int32_t partition;
    int64_t offset;
    void (*tell)(struct cli *cli, const struct letter *letter);
    bool found;
};

static void
show_headers(struct cli *cli, const struct json_doc *doc)
{
    uint32_t list = json_member(doc, 0, "headers");
    bool is_list = list != JSON_NONE && doc->nodes[list].type == JSON_ARRAY;
    for (uint32_t n = 0, at = list + 1; is_list && n < doc->nodes[list].count; n++) {
        struct json_doc header;
        const struct json_node *node = &doc->nodes[at];
        if (parse_letter(cli, doc->bytes + node->start, node->bytes, &header))
            printf("  header    %s: %s\n", text_member(cli, &header, "name", false),
                   text_member(cli, &header, "value", true));
        at = node->next;
    }
}

static const char *
reason_of(struct cli *cli, const struct letter *letter)
{
    struct json_doc doc;
    return parse_letter(cli, letter->value, letter->value_bytes, &doc)
               ? text_member(cli, &doc, "reason", false) : "";
}

static void
tell_all(struct cli *cli, const struct letter *letter)
{
    struct json_doc doc;
    tell_letter(cli, letter);
    if (cli->json || !parse_letter(cli, letter->value, letter->value_bytes, &doc))
        return;
    show_headers(cli, &doc);
    printf("  truncated %s\n  value     %s\n", text_member(cli, &doc, "truncated", false),
           text_member(cli, &doc, "value", true));
    printf("  redrive   no: %s\n", letter_advice(reason_of(cli, letter)));
    printf("  instead   jumun dead-letters show %d/%lld --value gives its bytes; mended, they go\n"
           "            to jumun publish %s\n",
           letter->partition, (long long)letter->offset, text_member(cli, &doc, "topic", false));
}

/* The bytes themselves, and nothing else: for a file, or a pipe. */
static void
tell_value(struct cli *cli, const struct letter *letter)
{
    struct json_doc doc;
    size_t count;
    if (!parse_letter(cli, letter->value, letter->value_bytes, &doc))
        return;
    uint32_t at = json_member(&doc, 0, "value");
    if (at == JSON_NONE || doc.nodes[at].type != JSON_STRING)
        return;
    char *bytes = arena_take(cli->arena, doc.nodes[at].text_bytes + 1);
    if (base64_decode(doc.nodes[at].text, doc.nodes[at].text_bytes, bytes, &count))
        fwrite(bytes, 1, count, stdout);
}

static void
tell_refusal(struct cli *cli, const struct letter *letter)
{
    struct error err;
    const char *reason = reason_of(cli, letter);
    (void)!error_set(&err, ERROR_REFUSED,
                     "letter %d/%lld (%s) parked nothing, so there is nothing to hand back: %s",
                     letter->partition, (long long)letter->offset, reason, letter_advice(reason));
    (void)cli_fail(cli, &err);
}

static void
take_wanted(struct cli *cli, const struct kafka_record *record, void *context)
{
    struct wanted *wanted = context;
    const struct letter letter = { record->partition, record->offset, record->at_ms * 1000,
                                   record->value, record->value_bytes };
    if (wanted->found || record->offset != wanted->offset || !record->value)
        return;
    wanted->found = true;
    wanted->tell(cli, &letter);
}

static bool
find_letter(struct cli *cli, int32_t partition, int64_t offset,
            void (*tell)(struct cli *, const struct letter *), struct error *err)
{
    struct reading reading;
    struct wanted wanted = { partition, offset, tell, false };
    TRY(open_letters(cli, &reading, err));
    for (uint32_t i = 0; i < reading.count; i++) {
        struct reading_partition *at = &reading.items[i];
        bool is_there = at->partition == partition && offset >= at->first && offset < at->end;
        at->next = is_there ? offset : at->end;
        if (is_there)
            at->end = offset + 1;
    }
    bool is_read = read_letters(cli, &reading, take_wanted, &wanted, err);
    reading_close(&reading);
    if (is_read && !wanted.found)
        return error_set(err, ERROR_REFUSED, "there is no letter %d/%lld", partition,
                         (long long)offset);
    return is_read;
}

bool
letter_show(struct cli *cli, int32_t partition, int64_t offset, bool only_value, struct error *err)
{
    return find_letter(cli, partition, offset, only_value ? tell_value : tell_all, err);
}

enum cli_status
letter_refuse_redrive(struct cli *cli, int32_t partition, int64_t offset)
{
    struct error err = { 0 };
    return find_letter(cli, partition, offset, tell_refusal, &err) ? CLI_REFUSED
                                                                   : cli_fail(cli, &err);
}
