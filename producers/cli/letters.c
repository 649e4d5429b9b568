/* letters.c — reading the topic DeadLetter, telling, the list.  Contract: letters.h; letters_private.h */
#include "cli/letters.h"
#include "base/instant.h"
#include "cli/letters_private.h"
#include "runtime/base64.h"
#include <stdlib.h>
#include <string.h>

#define POLL_MS   200
#define SHOWN_MAX (64u * 1024)

struct letters {
    struct letter *items; /* a ring of the latest */
    uint64_t count;
    int64_t limit;
};

/* ---- reading -------------------------------------------------------------------------------- */

bool
letters_read(struct cli *cli, struct reading *reading, on_letter *each, void *context,
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

/* ---- telling -------------------------------------------------------------------------------- */

const char *
letter_text(struct cli *cli, const struct json_doc *doc, const char *name, bool in_base64)
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

bool
letter_parse(struct cli *cli, const char *value, size_t bytes, struct json_doc *doc)
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

void
letter_tell(struct cli *cli, const struct letter *letter)
{
    struct json_doc doc;
    char at[INSTANT_TEXT_BYTES];
    instant_format(letter->at_us, at);
    if (!letter_parse(cli, letter->value, letter->value_bytes, &doc)) {
        printf("letter  %d/%lld  %s  (not a DeadLetter)\n", letter->partition,
               (long long)letter->offset, at);
    } else if (cli->json) {
        tell_letter_json(cli, letter);
    } else {
        printf("letter  %d/%lld  %s  %s  %s/%s/%s key %s  %s: %s\n", letter->partition,
               (long long)letter->offset, at, letter_text(cli, &doc, "group", false),
               letter_text(cli, &doc, "topic", false), letter_text(cli, &doc, "partition", false),
               letter_text(cli, &doc, "offset", false), letter_text(cli, &doc, "key", true),
               letter_text(cli, &doc, "reason", false), letter_text(cli, &doc, "detail", false));
    }
}

/* ---- list ----------------------------------------------------------------------------------- */

static const bool dead_letters_only[EV_COUNT] = { [EV_DEAD_LETTER] = true };

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
    if (!letter_parse(cli, record->value, record->value_bytes, &doc))
        return false;
    const char *group = letter_text(cli, &doc, "group", false);
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
        letter_tell(cli, &letters->items[i]);
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
    TRY(reading_open(cli, dead_letters_only, &reading, err));
    bool is_read = letters_read(cli, &reading, keep_letter, &listing, err);
    reading_close(&reading);
    if (is_read)
        tell_letters(cli, &listing.letters);
    return is_read;
}
