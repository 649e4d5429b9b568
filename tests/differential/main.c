/* main.c — differential: simulated worlds with PostgreSQL under them.
 *
 *   differential CONNINFO [--seeds A..B] [--seconds S] [--damage NAME]
 *   differential CONNINFO --seed N       this world, told line by line
 *   differential --damages               what can be done wrong on purpose
 *
 * CONNINFO  server and database, without a user: every service connects as its own role.
 * Status    0 both stores did the same; 1 something differs, or a promise is broken; 2 bad usage, no server. */
#include "differential/twin.h"
#include "sim/quiet.h"
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct request {
    uint64_t first, last;
    uint32_t seconds_max; /* 0: until the last seed */
    bool lists_damages;
    const char *conninfo;
};

static int
usage(void)
{
    fprintf(stderr, "usage: differential CONNINFO [--seeds A..B | --seed N] [--seconds S] "
                    "[--damage NAME]\n       differential --damages\n");
    return 2;
}

static bool
take_seeds(const char *text, struct request *request)
{
    char *end;

    request->first = request->last = strtoull(text, &end, 10);
    if (end != text && strncmp(end, "..", 2) == 0)
        request->last = strtoull(end + 2, &end, 10);
    return end != text && *end == '\0' && request->first > 0 && request->first <= request->last;
}

static bool
take_option(int option, const char *value, struct request *request)
{
    switch (option) {
    case 's':
        story_is_told = true;
        return take_seeds(value, request);
    case 'r':
        return take_seeds(value, request);
    case 't':
        request->seconds_max = (uint32_t)strtoul(value, NULL, 10);
        return request->seconds_max > 0;
    case 'd':
        return twin_damage(value);
    case 'l':
        request->lists_damages = true;
        return true;
    default:
        return false;
    }
}

static bool
take_arguments(int argc, char **argv, struct request *request)
{
    static const struct option options[] = {
        { "seed", required_argument, NULL, 's' },    { "seeds", required_argument, NULL, 'r' },
        { "seconds", required_argument, NULL, 't' }, { "damage", required_argument, NULL, 'd' },
        { "damages", no_argument, NULL, 'l' },       { NULL, 0, NULL, 0 },
    };
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (!take_option(option, optarg, request))
            return false;
    if (optind < argc)
        request->conninfo = argv[optind++];
    return optind == argc && (request->lists_damages || request->conninfo);
}

/* True: both stores did the same. */
static bool
run_world(uint64_t seed)
{
    struct outcome outcome;

    twin_clear();
    sim_run(&(struct plan){ .seed = seed, .with_timeline = true }, &outcome);
    if (!outcome.invariant)
        return true;
    if (strcmp(outcome.invariant, TWIN_INVARIANT) == 0)
        printf("seed %" PRIu64 ": the stores differ: %s\n", seed, outcome.text);
    else
        printf("seed %" PRIu64 " breaks %s: %s\n", seed, outcome.invariant, outcome.text);
    return false;
}

static uint64_t
run_worlds(const struct request *request)
{
    time_t begun = time(NULL);
    uint64_t worlds = 0;

    for (uint64_t seed = request->first; seed <= request->last; seed++, worlds++) {
        if (request->seconds_max && time(NULL) - begun >= (time_t)request->seconds_max)
            break;
        if (!run_world(seed))
            return 0;
    }
    return worlds;
}

int
main(int argc, char **argv)
{
    struct request request = { .first = 1, .last = 20 };

    if (!take_arguments(argc, argv, &request))
        return usage();
    if (request.lists_damages) {
        twin_damages_list();
        return 0;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    twin_init(request.conninfo);
    uint64_t worlds = run_worlds(&request);
    if (worlds > 0)
        printf("%" PRIu64 " worlds from seed %" PRIu64 ": %" PRIu64 " commits, %" PRIu64
               " refused alike, %" PRIu64 " late ones, %" PRIu64 " answers, %" PRIu64
               " comparisons of all tables, %" PRIu64 " rows; digest %016" PRIx64 "\n",
               worlds, request.first, twin_counts.commits, twin_counts.refusals, twin_counts.late,
               twin_counts.answers, twin_counts.checks, twin_counts.rows, twin_counts.digest);
    twin_fini();
    return worlds > 0 ? 0 : 1;
}
