/* rebuild_sides.c — services side by side, a process for each.  Contract: rebuild.h
 *
 * Why        one that folds leaves the database idle, one that writes leaves the reader idle; and rows, arena
 *            and reader are one process's.  What they tell lies in memory that they share.
 * Forked     while this process has no thread: whatever talks to Kafka is done in a side.
 * Signals    the terminal's Ctrl-C reaches all; sides leave it to this process, which asks each once to stop. */
#include "cli/rebuild.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LOOK_AGAIN_MS 20
#define AT_ONCE_MIN   2 /* where there is one processor the database may have others */

bool
sides_open(struct sides *sides, struct error *err)
{
    size_t bytes = SERVICE_COUNT * sizeof *sides->items;
    void *shared = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return error_set(err, ERROR_FATAL, "memory for what is rebuilt side by side: %s",
                         strerror(errno));
    *sides = (struct sides){ .items = shared };
    return true;
}

void
sides_close(struct sides *sides)
{
    (void)munmap(sides->items, SERVICE_COUNT * sizeof *sides->items);
}

/* ---- in the side -------------------------------------------------------------------------------- */

static _Noreturn void
be_side(struct cli *cli, struct side *side, uint32_t service, side_step *step, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        raise(SIGTERM); /* it died before the line above */
    bool ok = step(cli, service, side, &side->err);
    fflush(NULL);
    _exit(ok ? CLI_DONE : CLI_REFUSED);
}

/* ---- beside them -------------------------------------------------------------------------------- */

/* A stop comes before the fork, and nothing is begun, or after it: a side is never born stopped. */
static void
hold_signals(sigset_t *before)
{
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigprocmask(SIG_BLOCK, &held, before);
}

static void
start(struct cli *cli, struct sides *sides, uint32_t service, side_step *step)
{
    struct side *side = &sides->items[service];
    pid_t parent = getpid(), child = 0;
    sigset_t before;
    fflush(NULL); /* or each side would say it once more */
    hold_signals(&before);
    bool is_wanted = !cli_stopped();
    if (is_wanted && (child = fork()) == 0) {
        signal(SIGINT, SIG_IGN);
        sigprocmask(SIG_SETMASK, &before, NULL);
        be_side(cli, side, service, step, parent);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    sides->has_failed |= child < 0;
    if (child < 0)
        error_set(&side->err, ERROR_FATAL, "%s cannot be started: %s", services[service].name,
                  strerror(errno));
    if (child <= 0)
        return;
    sides->pids[service] = child;
    sides->running++;
}

static void
note_end(struct sides *sides, uint32_t service, int status)
{
    struct error *err = &sides->items[service].err;
    sides->pids[service] = 0;
    sides->running--;
    sides->has_failed |= status != 0;
    if (status != 0 && err->class == ERROR_NONE)
        error_set(err, ERROR_FATAL, "%s: ended before it was done (%s %d)", services[service].name,
                  WIFSIGNALED(status) ? "signal" : "status",
                  WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static void
tell_progress(struct cli *cli, struct sides *sides)
{
    int64_t done = 0;
    for (uint32_t i = 0; i < SERVICE_COUNT; i++)
        done += __atomic_load_n(&sides->items[i].done, __ATOMIC_RELAXED);
    if (sides->progress)
        progress_add(cli, sides->progress, done - sides->progress->done);
}

static void
ask_to_stop(struct sides *sides)
{
    for (uint32_t i = 0; i < SERVICE_COUNT && !sides->is_stopping; i++)
        if (sides->pids[i])
            kill(sides->pids[i], SIGTERM);
    sides->is_stopping = true;
}

/* Whoever has ended; a moment's pause where nobody has. */
static void
look(struct cli *cli, struct sides *sides)
{
    bool has_ended = false;
    for (uint32_t i = 0; i < SERVICE_COUNT; i++) {
        int status = 0;
        if (!sides->pids[i] || waitpid(sides->pids[i], &status, WNOHANG) != sides->pids[i])
            continue;
        note_end(sides, i, status);
        has_ended = true;
    }
    tell_progress(cli, sides);
    if (cli_stopped())
        ask_to_stop(sides);
    if (!has_ended)
        nanosleep(&(struct timespec){ .tv_nsec = LOOK_AGAIN_MS * 1000000L }, NULL);
}

static uint32_t
at_once(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < AT_ONCE_MIN ? AT_ONCE_MIN : (uint32_t)processors;
}

/* Of several the first in the order of the saga. */
static bool
first_failure(const struct sides *sides, struct error *err)
{
    for (uint32_t i = 0; i < SERVICE_COUNT; i++)
        if (sides->items[i].err.class != ERROR_NONE) {
            *err = sides->items[i].err;
            return false;
        }
    return true;
}

bool
sides_run(struct cli *cli, struct sides *sides, const bool wanted[SERVICE_COUNT], side_step *step,
          struct error *err)
{
    uint32_t most = at_once();
    for (uint32_t i = 0; i < SERVICE_COUNT && !sides->has_failed && !cli_stopped(); i++) {
        if (!wanted[i])
            continue;
        start(cli, sides, i, step);
        while (sides->running >= most)
            look(cli, sides);
    }
    while (sides->running > 0)
        look(cli, sides);
    if (!first_failure(sides, err))
        return false;
    return !cli_stopped() || error_set(err, ERROR_REFUSED, "stopped");
}
