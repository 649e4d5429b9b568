/* run.c — workers, trials, and the shortest story.  Contract: run.h */
#include "sim/run.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define JOBS_MAX        64
#define TRIALS_MAX      1500
#define SALTS           6
#define TRIAL_SECONDS   20
#define FAILURES_ENOUGH 3

/* Memory that a child writes and its parent reads. */
static void *
shared_new(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        abort();
    return memory;
}

/* ---- workers ----------------------------------------------------------------------------------------- */

struct worker {
    struct tally tally;
    uint64_t seed; /* in hand; 0: none */
};

static void
note_failure(struct tally *tally, uint64_t seed, const char *invariant)
{
    if (tally->failures < RUN_FAILURES_MAX) {
        tally->failed[tally->failures].seed = seed;
        snprintf(tally->failed[tally->failures].invariant, 16, "%s", invariant);
    }
    tally->failures++;
}

static void
run_seed(struct worker *worker, uint64_t seed)
{
    struct outcome outcome;

    worker->seed = seed;
    sim_run(&(struct plan){ .seed = seed }, &outcome);
    worker->seed = 0;
    worker->tally.seeds++;
    worker->tally.sagas += outcome.sagas;
    worker->tally.events += outcome.events;
    worker->tally.steps += outcome.steps;
    for (int i = 0; i < SOMETIMES_COUNT; i++)
        worker->tally.worlds[i] += sometimes_seen[i] > 0;
    if (outcome.invariant)
        note_failure(&worker->tally, seed, outcome.invariant);
}

static bool
is_late(const struct run *run, time_t begun)
{
    return run->seconds_max && time(NULL) - begun >= (time_t)run->seconds_max;
}

static void
work(const struct run *run, struct worker *worker, uint32_t at)
{
    time_t begun = time(NULL);

    for (uint64_t seed = run->first + at; seed <= run->last && !is_late(run, begun);
         seed += run->jobs) {
        run_seed(worker, seed);
        if (worker->tally.failures >= FAILURES_ENOUGH)
            return;
    }
}

static void
add_tally(struct tally *out, const struct tally *more)
{
    out->seeds += more->seeds;
    out->sagas += more->sagas;
    out->events += more->events;
    out->steps += more->steps;
    for (int i = 0; i < SOMETIMES_COUNT; i++)
        out->worlds[i] += more->worlds[i];
    for (uint32_t i = 0; i < more->failures && i < RUN_FAILURES_MAX; i++)
        note_failure(out, more->failed[i].seed, more->failed[i].invariant);
}

void
run_all(const struct run *run, struct tally *out)
{
    uint32_t jobs = run->jobs < JOBS_MAX ? run->jobs : JOBS_MAX;
    struct worker *workers = shared_new(sizeof *workers * jobs);
    pid_t children[JOBS_MAX];

    memset(out, 0, sizeof *out);
    fflush(stdout);
    for (uint32_t i = 0; i < jobs; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            work(run, &workers[i], i);
            _exit(0);
        }
    }
    for (uint32_t i = 0; i < jobs; i++) {
        int status = 0;
        (void)waitpid(children[i], &status, 0);
        if (status != 0)
            note_failure(&workers[i].tally, workers[i].seed, "abort");
        add_tally(out, &workers[i].tally);
    }
    (void)munmap(workers, sizeof *workers * jobs);
}

/* ---- trials ------------------------------------------------------------------------------------------ */

void
run_trial(const struct plan *plan, char invariant[16])
{
    char *told = shared_new(16);
    int status = 0;

    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct outcome outcome;
        (void)!freopen("/dev/null", "w", stderr); /* what an abort says is told once, at the end */
        alarm(TRIAL_SECONDS);
        sim_run(plan, &outcome);
        if (outcome.invariant)
            snprintf(told, 16, "%s", outcome.invariant);
        _exit(0);
    }
    (void)waitpid(child, &status, 0);
    snprintf(invariant, 16, "%s", status != 0 ? "abort" : told);
    (void)munmap(told, 16);
}

struct shrinking {
    struct plan best;
    const char *invariant;
    uint32_t trials;
};

/* With one thing less the schedule is another one: a few are tried. */
static bool
still_fails(struct shrinking *shrinking, struct plan candidate)
{
    char invariant[16];

    for (uint64_t salt = 0; salt < SALTS && shrinking->trials < TRIALS_MAX; salt++) {
        candidate.salt = (shrinking->best.salt + salt) % (SALTS * 4);
        shrinking->trials++;
        run_trial(&candidate, invariant);
        if (strcmp(invariant, shrinking->invariant) == 0) {
            shrinking->best = candidate;
            return true;
        }
    }
    return false;
}

static bool
try_without_bits(struct shrinking *shrinking, size_t offset, int count)
{
    bool is_shorter = false;

    for (int i = 0; i < count; i++) {
        struct plan candidate = shrinking->best;
        uint32_t *bits = (uint32_t *)((char *)&candidate + offset);
        if (*bits >> i & 1)
            continue;
        *bits |= 1u << i;
        is_shorter |= still_fails(shrinking, candidate);
    }
    return is_shorter;
}

static bool
try_calmer(struct shrinking *shrinking)
{
    struct plan candidate = shrinking->best;
    uint32_t steps = swarm_of(&candidate).steps_max;

    candidate.calm_after = steps / 2;
    if (candidate.calm_after > 20 && still_fails(shrinking, candidate))
        return true;
    candidate.calm_after = steps - steps / 8;
    return candidate.calm_after > 20 && candidate.calm_after < steps &&
           still_fails(shrinking, candidate);
}

static bool
try_fewer_instances(struct shrinking *shrinking)
{
    struct plan candidate = shrinking->best;

    for (uint32_t most = 1; most < (candidate.instances_max ? candidate.instances_max : 4);
         most++) {
        candidate.instances_max = most;
        if (still_fails(shrinking, candidate))
            return true;
        candidate = shrinking->best;
    }
    return false;
}

struct plan
run_shrink(const struct plan *plan, const char *invariant)
{
    struct shrinking shrinking = { .best = *plan, .invariant = invariant };
    bool is_shorter = true;

    while (is_shorter && shrinking.trials < TRIALS_MAX) {
        is_shorter = try_fewer_instances(&shrinking);
        is_shorter |= try_calmer(&shrinking);
        is_shorter |= try_without_bits(&shrinking, offsetof(struct plan, orders_off),
                                       (int)swarm_of(plan).orders);
        is_shorter |= try_without_bits(&shrinking, offsetof(struct plan, faults_off), FAULT_COUNT);
        is_shorter |= try_without_bits(&shrinking, offsetof(struct plan, acts_off), ACT_COUNT);
    }
    return shrinking.best;
}

/* ---- telling ----------------------------------------------------------------------------------------- */

bool
run_tell(const struct plan *plan)
{
    struct outcome outcome;

    story_is_told = true;
    setvbuf(stdout, NULL, _IOLBF, 0); /* an abort leaves nothing untold */
    sim_run(plan, &outcome);
    story_is_told = false;
    if (outcome.invariant)
        printf("\n%s is broken: %s\n", outcome.invariant, outcome.text);
    else
        printf("\neverything held: %llu sagas, %llu steps\n", (unsigned long long)outcome.sagas,
               (unsigned long long)outcome.steps);
    return outcome.invariant != NULL;
}
