/* main.c — searches worlds, or proves that the search finds damage.
 *
 *   saga_search [--world NAME]… [--limit STATES]   every reachable state: 0 when all properties hold
 *               --all                              in every world, the large ones too
 *   saga_search --list                             the worlds
 *   saga_search --lose EVENT                       the same with a damage, and the story it leads to:
 *               --forget | --ignore DOMAIN/EVENT   1 when it shows
 *               --runtime forget-outbox | move-first | publish-first
 *   saga_search --damages                          every damage in turn: 0 when each shows
 *
 * Status   0 as expected, 1 not, 2 bad usage. */
#include "exhaustive/damages.h"
#include "exhaustive/search.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_LIMIT UINT64_MAX

struct options {
    const struct world *worlds[32];
    uint32_t world_count;
    uint64_t limit;
    struct damage damage;
    bool every_damage, every_world, list;
};

static int
usage(const char *problem, const char *what)
{
    fprintf(stderr, "saga_search: %s %s\n", problem, what);
    fprintf(stderr, "usage: saga_search [--list] [--all] [--world NAME]... [--limit STATES] "
                    "[--lose EVENT] [--forget|--ignore DOMAIN/EVENT] [--runtime DAMAGE] "
                    "[--damages]\n");
    return 2;
}

static bool
add_world(struct options *options, const char *name)
{
    const struct world *found = world_named(name);
    if (found == NULL || options->world_count == COUNT_OF(options->worlds))
        return false;
    options->worlds[options->world_count++] = found;
    return true;
}

static bool
parse_value(struct options *options, const char *name, const char *value)
{
    if (strcmp(name, "--world") == 0)
        return add_world(options, value);
    if (strcmp(name, "--limit") != 0)
        return strncmp(name, "--", 2) == 0 && damage_parse(name + 2, value, &options->damage);
    char *end;
    options->limit = strtoull(value, &end, 10);
    return *value != '\0' && *end == '\0';
}

static bool
parse(struct options *options, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--list") == 0)
            options->list = true;
        else if (strcmp(argv[i], "--damages") == 0)
            options->every_damage = true;
        else if (strcmp(argv[i], "--all") == 0)
            options->every_world = true;
        else if (i + 1 == argc || !parse_value(options, argv[i], argv[i + 1]))
            return usage("cannot use", argv[i]) == 0;
        else
            i++;
    }
    return true;
}

static void
print_worlds(void)
{
    for (uint32_t i = 0; i < world_count(); i++)
        printf("%-9s %s\n", world_at(i)->name, world_at(i)->text);
}

struct totals {
    uint64_t states, transitions, crashes;
    uint64_t rested[ORDER_STATES], said[TOPICS];
    bool cut;
};

static void
add(struct totals *totals, const struct search *search)
{
    totals->states += search->states;
    totals->transitions += search->transitions;
    totals->crashes += search->crashes;
    totals->cut |= search->cut;
    for (int i = 0; i < ORDER_STATES; i++)
        totals->rested[i] += search->rested[i];
    for (int i = 0; i < TOPICS; i++)
        totals->said[i] += search->said[i];
}

/* What never happened was never checked. */
static uint32_t
print_what_never_happened(const struct totals *totals)
{
    uint32_t never = 0;
    for (int i = NOTHING + 1; i < ORDER_STATES; i++)
        if (totals->rested[i] == 0 && ++never > 0)
            printf("no order ever rested as %s\n", order_is_names[i]);
    for (int i = EV_ORDER_REQUESTED; i < TOPICS; i++)
        if (totals->said[i] == 0 && ++never > 0)
            printf("%s was never said\n", topics[i].name);
    return never;
}

/* 0: all hold; 1: a breach, or the worlds of every day leave something out. */
static int
search_all(const struct options *options, bool every_day)
{
    struct totals totals = { 0 };
    steps_init(options->damage);
    for (uint32_t i = 0; i < options->world_count; i++) {
        struct search search = search_world(options->worlds[i], options->limit);
        search_print(&search);
        fflush(stdout);
        if (search.breach != NULL)
            return 1;
        add(&totals, &search);
    }
    printf("%llu states, %llu transitions, %llu of them crashes, %u decisions: every property "
           "holds%s\n",
           (unsigned long long)totals.states, (unsigned long long)totals.transitions,
           (unsigned long long)totals.crashes, step_count(),
           totals.cut ? " as far as was looked" : "");
    return every_day && !totals.cut && print_what_never_happened(&totals) > 0 ? 1 : 0;
}

int
main(int argc, char **argv)
{
    struct options options = { .limit = NO_LIMIT };
    if (!parse(&options, argc, argv))
        return 2;
    if (options.list) {
        print_worlds();
        return 0;
    }
    if (options.every_damage)
        return damages_prove(options.limit);
    bool every_day = options.world_count == 0;
    uint32_t most = options.every_world ? world_count() : WORLDS_OF_EVERY_DAY;
    for (uint32_t i = 0; every_day && i < most; i++)
        options.worlds[options.world_count++] = world_at(i);
    return search_all(&options, every_day);
}
