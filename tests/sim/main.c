/* main.c — sim: many worlds, or one that is told.  `sim --help` says how. */
#include "sim/quiet.h"
#include "sim/run.h"
#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BIG_RUN 10000 /* seeds: whatever such a run never reached is missing */

static const char usage[] =
    "usage: sim --seeds A..B [--jobs N] [--seconds S]   run many worlds\n"
    "       sim --seed N [what is left out]             tell one world\n"
    "\n"
    "  --seeds A..B       from seed A to seed B\n"
    "  --jobs N           so many at once (1)\n"
    "  --seconds S        begin no seed after so long\n"
    "  --seed N           exactly this world, told line by line\n"
    "  --salt N           the same world by another schedule\n"
    "  --without A,B      without these faults or acts of shoppers\n"
    "  --orders-off MASK  without these orders, a bit each\n"
    "  --instances N      at most so many processes of each service\n"
    "  --calm-after N     nothing fails after step N\n"
    "  --shrink           look for the shortest story of --seed first\n"
#ifdef JUMUN_MUTANTS
    "  --mutants N        look for every defect, each in at most N worlds; a table\n"
    "  --mutant NAME      with this defect\n"
#endif
    "  --log              with what the processes log\n"
    "exit status: 0 everything held, 1 something broke or was never reached, 2 bad usage\n";

struct request {
    struct run run;
    struct plan plan;
    bool is_told, is_shrunk;
    uint64_t mutants; /* worlds for each; 0: none */
};

/* ---- arguments --------------------------------------------------------------------------------------- */

static bool
take_number(const char *text, uint64_t *out)
{
    char *end;

    *out = strtoull(text, &end, 0);
    return end != text && *end == '\0';
}

static bool
take_small(const char *text, uint32_t *out)
{
    uint64_t wide;
    bool ok = take_number(text, &wide) && wide <= UINT32_MAX;

    *out = ok ? (uint32_t)wide : 0;
    return ok;
}

static bool
take_range(const char *text, struct run *run)
{
    char *end;

    run->first = strtoull(text, &end, 10);
    return end != text && strncmp(end, "..", 2) == 0 && take_number(end + 2, &run->last) &&
           run->first <= run->last;
}

static bool
leave_out(const char *name, size_t bytes, struct plan *plan)
{
    for (int i = 0; i < FAULT_COUNT; i++)
        if (strncmp(fault_names[i], name, bytes) == 0 && fault_names[i][bytes] == '\0') {
            plan->faults_off |= 1u << i;
            return true;
        }
    for (int i = 0; i < ACT_COUNT; i++)
        if (strncmp(act_names[i], name, bytes) == 0 && act_names[i][bytes] == '\0') {
            plan->acts_off |= 1u << i;
            return true;
        }
    return false;
}

static bool
take_names(const char *list, struct plan *plan)
{
    while (*list) {
        size_t bytes = strcspn(list, ",");
        if (!leave_out(list, bytes, plan))
            return false;
        list += bytes + (list[bytes] == ',');
    }
    return true;
}

static bool
take_option(int option, const char *value, struct request *request)
{
    switch (option) {
    case 'r':
        return take_range(value, &request->run);
    case 'j':
        return take_small(value, &request->run.jobs) && request->run.jobs > 0;
    case 't':
        return take_small(value, &request->run.seconds_max);
    case 's':
        request->is_told = true;
        return take_number(value, &request->plan.seed);
    case 'x':
        return take_number(value, &request->plan.salt);
    case 'w':
        return take_names(value, &request->plan);
    case 'o':
        return take_small(value, &request->plan.orders_off);
    case 'i':
        return take_small(value, &request->plan.instances_max);
    case 'c':
        return take_small(value, &request->plan.calm_after);
    case 'k':
        request->is_shrunk = true;
        return true;
#ifdef JUMUN_MUTANTS
    case 'm':
        return take_number(value, &request->mutants) && request->mutants > 0;
    case 'u':
        return mutant_choose(value);
#endif
    case 'l':
        quiet_is_loud = true;
        return true;
    default:
        return false;
    }
}

static bool
take_arguments(int argc, char **argv, struct request *request)
{
    static const struct option options[] = {
        { "seeds", required_argument, NULL, 'r' },
        { "jobs", required_argument, NULL, 'j' },
        { "seconds", required_argument, NULL, 't' },
        { "seed", required_argument, NULL, 's' },
        { "salt", required_argument, NULL, 'x' },
        { "without", required_argument, NULL, 'w' },
        { "orders-off", required_argument, NULL, 'o' },
        { "instances", required_argument, NULL, 'i' },
        { "calm-after", required_argument, NULL, 'c' },
        { "shrink", no_argument, NULL, 'k' },
        { "log", no_argument, NULL, 'l' },
        { "help", no_argument, NULL, 'h' },
        { "mutants", required_argument, NULL, 'm' },
        { "mutant", required_argument, NULL, 'u' },
        { NULL, 0, NULL, 0 },
    };
    int option;

    request->run.jobs = 1;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(usage, stdout);
            exit(0);
        }
        if (!take_option(option, optarg, request))
            return false;
    }
    return optind == argc && (request->is_told || request->mutants || request->run.last > 0);
}

/* ---- telling ----------------------------------------------------------------------------------------- */

static void
write_names(const struct plan *plan)
{
    const char *before = " --without ";

    for (int i = 0; i < FAULT_COUNT; i++)
        if (plan->faults_off >> i & 1) {
            printf("%s%s", before, fault_names[i]);
            before = ",";
        }
    for (int i = 0; i < ACT_COUNT; i++)
        if (plan->acts_off >> i & 1) {
            printf("%s%s", before, act_names[i]);
            before = ",";
        }
}

static void
write_plan(const struct plan *plan)
{
    printf("sim --seed %llu", (unsigned long long)plan->seed);
    if (plan->salt)
        printf(" --salt %llu", (unsigned long long)plan->salt);
    if (plan->instances_max)
        printf(" --instances %u", plan->instances_max);
    if (plan->calm_after)
        printf(" --calm-after %u", plan->calm_after);
    if (plan->orders_off)
        printf(" --orders-off 0x%x", plan->orders_off);
    write_names(plan);
    putchar('\n');
}

static bool
tell(struct plan plan, bool is_shrunk)
{
    char invariant[16];

    if (is_shrunk) {
        run_trial(&plan, invariant);
        if (invariant[0])
            plan = run_shrink(&plan, invariant);
        printf("the shortest story found: ");
        write_plan(&plan);
    }
    return run_tell(&plan);
}

static uint32_t
write_table(const struct tally *tally)
{
    uint32_t never = 0;

    for (int i = 0; i < SOMETIMES_COUNT; i++) {
        never += tally->worlds[i] == 0;
        printf("  %9llu worlds  %s%s\n", (unsigned long long)tally->worlds[i], sometimes_texts[i],
               tally->worlds[i] ? "" : "   ← NEVER");
    }
    return never;
}

static double
seconds_since(const struct timespec *begun)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - begun->tv_sec) + (double)(now.tv_nsec - begun->tv_nsec) / 1e9;
}

static bool
run_many(const struct run *run)
{
    struct timespec begun;
    struct tally tally;

    clock_gettime(CLOCK_MONOTONIC, &begun);
    run_all(run, &tally);
    double seconds = seconds_since(&begun);
    uint32_t never = write_table(&tally);
    printf("seeds %llu..%llu: %llu worlds, %llu sagas, %llu events decided, %llu steps in %.1f s "
           "(%.0f sagas/s)\n",
           (unsigned long long)run->first, (unsigned long long)run->last,
           (unsigned long long)tally.seeds, (unsigned long long)tally.sagas,
           (unsigned long long)tally.events, (unsigned long long)tally.steps, seconds,
           (double)tally.sagas / seconds);
    for (uint32_t i = 0; i < tally.failures && i < RUN_FAILURES_MAX; i++)
        printf("FAILED: seed %llu breaks %s\n", (unsigned long long)tally.failed[i].seed,
               tally.failed[i].invariant);
    bool is_missing = never > 0 && tally.seeds >= BIG_RUN;
    if (is_missing)
        printf("FAILED: %u of the above never happened\n", never);
    if (tally.failures > 0)
        tell((struct plan){ .seed = tally.failed[0].seed }, true);
    return tally.failures > 0 || is_missing;
}

int
main(int argc, char **argv)
{
    struct request request = { 0 };

    /* arenas of a megabyte come and go by the thousand: they stay with the process */
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    if (!take_arguments(argc, argv, &request)) {
        fputs(usage, stderr);
        return 2;
    }
#ifdef JUMUN_MUTANTS
    if (request.mutants)
        return mutants_hunt(request.mutants) > 0;
#endif
    if (request.is_told)
        return tell(request.plan, request.is_shrunk);
    return run_many(&request.run);
}
