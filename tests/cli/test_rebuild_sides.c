/* Services side by side: what their processes tell, how they fail, and that a stop reaches all of them. */
#include "cli/rebuild.h"
#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static const bool everybody[SERVICE_COUNT] = { true, true, true, true, true, true, true };

static struct cli cli;
static struct sides sides;
static struct error err;
static pid_t test_pid;

static void
open_sides(void)
{
    cli.arena = arena_new(1 << 12);
    test_pid = getpid();
    cr_assert(sides_open(&sides, &err));
}

static void
close_sides(void)
{
    cr_expect_eq(sides.running, 0);
    sides_close(&sides);
    arena_free(cli.arena);
}

TestSuite(sides, .init = open_sides, .fini = close_sides);

static bool
reads_ten(struct cli *in, uint32_t service, struct side *side, struct error *wrong)
{
    (void)in;
    (void)wrong;
    side->done = 10;
    side->total = getpid() == test_pid ? -1 : (int64_t)service;
    return true;
}

Test(sides, each_service_that_is_wanted_is_done_in_a_process_of_its_own_and_no_other)
{
    bool wanted[SERVICE_COUNT] = { [1] = true, [4] = true };
    struct progress progress;
    progress_begin(&progress, "all", "messages", 20);
    sides.progress = &progress;
    cr_expect(sides_run(&cli, &sides, wanted, reads_ten, &err));
    for (uint32_t i = 0; i < SERVICE_COUNT; i++)
        cr_expect_eq(sides.items[i].done, wanted[i] ? 10 : 0);
    cr_expect_eq(sides.items[4].total, 4);
    cr_expect_eq(progress.done, 20, "what all of them read is one figure");
}

static bool
export_fails(struct cli *in, uint32_t service, struct side *side, struct error *wrong)
{
    (void)in;
    (void)side;
    return service != 4 || error_set(wrong, ERROR_RETRY, "export: no broker");
}

Test(sides, what_failed_in_one_is_told_as_it_was_there)
{
    cr_expect_not(sides_run(&cli, &sides, everybody, export_fails, &err));
    cr_expect_eq(err.class, ERROR_RETRY);
    cr_expect_str_eq(err.message, "export: no broker");
}

static bool
is_killed(struct cli *in, uint32_t service, struct side *side, struct error *wrong)
{
    (void)in;
    (void)side;
    (void)wrong;
    return service != 0 || raise(SIGKILL) != 0;
}

Test(sides, one_that_is_killed_is_no_success)
{
    cr_expect_not(sides_run(&cli, &sides, everybody, is_killed, &err));
    cr_expect_str_eq(err.message, "stock: ended before it was done (signal 9)");
}

/* Asks the whole run to stop, and goes on until it is asked itself. */
static bool
stops_everybody(struct cli *in, uint32_t service, struct side *side, struct error *wrong)
{
    (void)in;
    side->total = 1;
    if (service == 0)
        kill(getppid(), SIGTERM);
    while (!cli_stopped())
        usleep(1000);
    return error_set(wrong, ERROR_REFUSED, "stopped: nothing was changed");
}

Test(sides, a_stop_reaches_those_that_run_and_begins_no_other)
{
    unsetenv("JUMUN_PARENT");
    cli_catch_signals();
    cr_expect_not(sides_run(&cli, &sides, everybody, stops_everybody, &err));
    cr_expect_str_eq(err.message, "stopped: nothing was changed");
    cr_expect_not(sides_run(&cli, &sides, everybody, reads_ten, &err));
    for (uint32_t i = 0; i < SERVICE_COUNT; i++)
        cr_expect_eq(sides.items[i].done, 0);
}
