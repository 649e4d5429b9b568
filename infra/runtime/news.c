/* news.c — Contract: news.h */
#include "runtime/news.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES_MAX 128

/* ---- writing -------------------------------------------------------------------------------------- */

struct writer {
    struct arena *arena;
    struct news_payloads *out;
    char *bytes; /* of the last payload */
    uint32_t length;
};

static void
write_line(struct writer *writer, const char *line, uint32_t length)
{
    struct news_payloads *out = writer->out;

    if (out->count == 0 || writer->length + length > NEWS_BYTES_MAX) {
        if (out->count == NEWS_PAYLOADS_MAX)
            return;
        writer->bytes = arena_take_raw(writer->arena, NEWS_BYTES_MAX + 1);
        writer->length = 0;
        out->at[out->count++] = writer->bytes;
    }
    memcpy(writer->bytes + writer->length, line, length);
    writer->length += length;
    writer->bytes[writer->length] = '\0';
}

static void
write_rows(struct writer *writer, const struct service *service, const struct view *view)
{
    const struct news *news = service->news;
    const struct row_table *table = &view->tables[news->row_type];

    for (uint32_t i = 0; i < table->count; i++) {
        const struct row *row = &table->rows[i];
        char line[LINE_BYTES_MAX];

        if (!row_changed(&service->rows[news->row_type], row))
            continue;
        int length = snprintf(line, sizeof line, "%s %s\n", row->key,
                              news->is_at_rest(row->data) ? "rest" : "moving");
        assert(length > 0 && length < (int)sizeof line);
        write_line(writer, line, (uint32_t)length);
    }
}

static void
write_moves(struct writer *writer, const struct store_commit *commit)
{
    for (uint32_t i = 0; i < commit->move_count; i++) {
        const struct store_move *move = &commit->moves[i];
        char line[LINE_BYTES_MAX];

        if (move->next_offset == move->expected || event_type_of(move->name) == EV_NONE)
            continue;
        int length = snprintf(line, sizeof line, "%s %" PRId32 " %" PRId64 "\n", move->name,
                              move->partition, move->next_offset);
        assert(length > 0 && length < (int)sizeof line);
        write_line(writer, line, (uint32_t)length);
    }
}

void
news_write(const struct service *service, const struct store_commit *commit, struct arena *arena,
           struct news_payloads *out)
{
    struct writer writer = { .arena = arena, .out = out };

    out->count = 0;
    if (commit->view)
        write_rows(&writer, service, commit->view);
    write_moves(&writer, commit);
}

/* ---- reading -------------------------------------------------------------------------------------- */

static bool
read_position(const char *text, struct news_line *out)
{
    char name[64], rest;

    if (sscanf(text, "%63s %" SCNd32 " %" SCNd64 "%c", name, &out->partition, &out->next_offset,
               &rest) != 3 || out->partition < 0 || out->next_offset < 0)
        return false;
    out->type = event_type_of(name);
    return out->type != EV_NONE;
}

static bool
read_row(const char *text, struct news_line *out)
{
    char state[8], rest;

    if (sscanf(text, "%64s %7s%c", out->key, state, &rest) != 2)
        return false;
    out->is_at_rest = strcmp(state, "rest") == 0;
    return out->is_at_rest || strcmp(state, "moving") == 0;
}

struct news_line
news_next(const char **at)
{
    while (**at) {
        size_t length = strcspn(*at, "\n");
        char text[LINE_BYTES_MAX];
        struct news_line line = { .kind = NEWS_NONE };
        bool fits = length < sizeof text;

        if (fits) {
            memcpy(text, *at, length);
            text[length] = '\0';
        }
        *at += length + ((*at)[length] == '\n');
        if (fits && read_row(text, &line))
            line.kind = NEWS_ROW;
        else if (fits && read_position(text, &line))
            line.kind = NEWS_POSITION;
        if (line.kind != NEWS_NONE)
            return line;
    }
    return (struct news_line){ .kind = NEWS_NONE };
}
