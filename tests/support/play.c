/* play.c — see play.h */
#include "support/play.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_BYTES 4096

struct play {
    const struct language *language;
    struct world *world;
    uint32_t count;
    struct event told[PLAY_STEPS_MAX];
    bool became_dead_letter[PLAY_STEPS_MAX];
    char said[TEXT_BYTES];     /* by the last step */
    char said_all[TEXT_BYTES]; /* without dead letters */
    char story[TEXT_BYTES];
};

/* ---- words */

bool
words_have(const struct words *step, const char *word)
{
    for (uint32_t i = 1; i < step->count; i++)
        if (strcmp(step->at[i], word) == 0)
            return true;
    return false;
}

const char *
words_after(const struct words *step, const char *label, const char *otherwise)
{
    for (uint32_t i = 1; i < step->count; i++)
        if (strncmp(step->at[i], label, strlen(label)) == 0)
            return step->at[i] + strlen(label);
    return otherwise;
}

int64_t
words_number(const struct words *step, uint32_t position, int64_t otherwise)
{
    bool is_number = position < step->count && strspn(step->at[position], "-0123456789") > 0;
    return is_number ? strtoll(step->at[position], NULL, 10) : otherwise;
}

int
words_name(const char *word, const char *const *names)
{
    for (int i = 0; names[i] != NULL; i++)
        if (strcmp(names[i], word) == 0)
            return i;
    fprintf(stderr, "play: no name %s\n", word);
    abort();
}

static struct words
words_of(const char *step, size_t length)
{
    struct words words = { 0 };
    size_t at = 0;
    while (at < length) {
        size_t end = at;
        while (end < length && step[end] != ' ')
            end++;
        if (end > at) {
            assert(words.count < PLAY_WORDS_MAX && end - at < sizeof words.at[0]);
            memcpy(words.at[words.count++], step + at, end - at);
        }
        at = end + 1;
    }
    return words;
}

/* ---- telling */

struct play *
play_new(const struct language *language)
{
    struct play *play = calloc(1, sizeof *play);
    play->language = language;
    play->world = world_new(language->service);
    return play;
}

static void
append(char *text, const char *more)
{
    size_t length = strlen(text);
    snprintf(text + length, TEXT_BYTES - length, "%s%s", length > 0 ? " " : "", more);
}

static void
append_said(const struct play *play, const struct world *world, char *text)
{
    for (uint32_t i = 0; i < world_said_count(world); i++) {
        char one[256] = "";
        play->language->tell(world_said_at(world, i), one, sizeof one);
        append(text, one);
    }
}

static void
append_dead_letters(const struct world *world, char *text)
{
    for (uint32_t i = 0; i < world_dead_letter_count(world); i++) {
        char one[256];
        snprintf(one, sizeof one, "DeadLetter(%s %s)", world_dead_letter(world),
                 topics[world_dead_letter_at(world, i)->type].name);
        append(text, one);
    }
}

static void
tell_step(struct play *play, const struct words *step)
{
    assert(play->count < PLAY_STEPS_MAX);
    struct event *in = &play->told[play->count];
    *in = play->language->read(step);
    world_feed(play->world, in);
    play->said[0] = '\0';
    append_said(play, play->world, play->said);
    append_said(play, play->world, play->said_all);
    append_dead_letters(play->world, play->said);
    for (uint32_t i = 0; i < world_dead_letter_count(play->world); i++)
        play->became_dead_letter[world_dead_letter_at(play->world, i)->source.offset] = true;
    play->count++;
}

const char *
play_tell(struct play *play, const char *story)
{
    append(play->story, story);
    while (*story != '\0') {
        size_t length = strcspn(story, ";");
        struct words step = words_of(story, length);
        if (step.count > 0)
            tell_step(play, &step);
        story += length + (story[length] == ';');
    }
    return play->said;
}

struct world *
play_world(struct play *play)
{
    return play->world;
}

const struct event *
play_last(const struct play *play)
{
    assert(play->count > 0);
    return &play->told[play->count - 1];
}

/* ---- the checks at the end */

__attribute__((noreturn)) static void
breach(const struct play *play, const char *what, const char *more)
{
    fprintf(stderr, "play: %s: %s\n      %s\n", play->story, what, more);
    abort();
}

static void
check_repeats(struct play *play)
{
    for (uint32_t i = 0; i < play->count; i++) {
        if (play->became_dead_letter[i])
            continue;
        world_feed(play->world, &play->told[i]);
        play->said[0] = '\0';
        append_said(play, play->world, play->said);
        append_dead_letters(play->world, play->said);
        if (play->said[0] != '\0')
            breach(play, "a repeat speaks", play->said);
        if (world_changed_rows(play->world) > 0)
            breach(play, "a repeat changes a row", topics[play->told[i].type].name);
    }
}

static void
check_rows(struct play *play, struct world *other)
{
    const struct service *service = play->language->service;
    for (uint32_t i = 0; i < play->count; i++)
        for (unsigned type = 0; type < service->row_type_count; type++) {
            const char *key = event_key(&play->told[i]);
            const void *one = world_row(play->world, type, key);
            const void *two = world_row(other, type, key);
            if (one != NULL && two != NULL && memcmp(one, two, service->rows[type].row_bytes) != 0)
                breach(play, "as one batch it keeps another row", service->rows[type].name);
        }
}

static void
check_batch(struct play *play)
{
    char said[TEXT_BYTES] = "";
    struct world *other = world_new(play->language->service);
    world_feed_batch(other, play->told, play->count);
    append_said(play, other, said);
    if (strcmp(said, play->said_all) != 0)
        breach(play, "as one batch it says something else", said);
    check_rows(play, other);
    world_free(other);
}

void
play_drop(struct play *play)
{
    world_free(play->world);
    free(play);
}

void
play_end(struct play *play)
{
    if (play->count > 0) {
        check_batch(play);
        check_repeats(play);
    }
    play_drop(play);
}
