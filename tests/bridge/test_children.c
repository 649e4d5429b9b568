/* Children of the bridge, with real processes: a shell script stands where the command line does. */
#include "base/instant.h"
#include "bridge/children.h"
#include "bridge/jobs.h"
#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_US (30 * INT64_C(1000000))
#define OURS        (1u << (SIGPIPE - 1) | 1u << (SIGTERM - 1) | 1u << (SIGINT - 1))

/* What it does is its first argument. */
static const char script[] =
    "#!/bin/sh\n"
    "case $2 in\n"
    "  say) shift; for word; do printf '%s\\n' \"$word\"; done; echo oops >&2; exit 7 ;;\n"
    "  own) ls /proc/self/fd | tr '\\n' ' '; echo; grep -E 'SigBlk|SigIgn' /proc/self/status\n"
    "       echo \"parent=$JUMUN_PARENT log=$JUMUN_LOG_FORMAT\"; wc -c; exit 0 ;;\n"
    "  long) head -c 3000000 /dev/zero | tr '\\0' x; echo; echo end ;;\n"
    "  many) i=0; while [ $i -lt 500 ]; do echo \"{\\\"n\\\":$i}\"; i=$((i+1)); done ;;\n"
    "  tell) echo '{\"progress\":{\"text\":\"t: u\",\"done\":3,\"total\":9,\"per_second\":2}}'\n"
    "        echo '{\"a\":1}'; printf 'not \\033 json\\n'; exit 1 ;;\n"
    "  last) printf unended; exit 0 ;;\n"
    "  wait) echo ready; while :; do sleep 0.05; done ;;\n"
    "  deaf) trap '' TERM; echo ready; while :; do sleep 0.05; done ;;\n"
    "esac\n";

static struct bridge bridge;
static char path[] = "/tmp/jumun-children-XXXXXX";
static struct arena *arena;

static struct {
    char text[8192];
    uint32_t lines, cut, ended;
    size_t longest;
    int status;
    bool stopped;
} seen;

static void
on_line(void *owner, const char *line, size_t bytes, bool is_error, bool cut)
{
    size_t used = strlen(seen.text);
    (void)owner;
    seen.lines++;
    seen.cut += cut;
    seen.longest = bytes > seen.longest ? bytes : seen.longest;
    if (bytes < 1000 && used + bytes + 4 < sizeof seen.text)
        snprintf(seen.text + used, sizeof seen.text - used, "%s%.*s|", is_error ? "!" : "",
                 (int)bytes, line);
}

static void
on_end(void *owner, int status, bool stopped)
{
    (void)owner;
    seen.ended++;
    seen.status = status;
    seen.stopped = stopped;
}

static void
setup(void)
{
    struct error err = { .class = ERROR_NONE };
    sigset_t set;
    int fd = mkstemp(path);
    cr_assert(fd >= 0 && write(fd, script, sizeof script - 1) == sizeof script - 1);
    fchmod(fd, 0700);
    close(fd);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL); /* as in the bridge */
    signal(SIGPIPE, SIG_IGN);
    arena = arena_new(4096);
    snprintf(bridge.settings.command, sizeof bridge.settings.command, "%s", path);
    cr_assert(children_open(&bridge, &err), "%s", err.message);
    jobs_open(&bridge);
}

static void
teardown(void)
{
    children_close(&bridge);
    jobs_close(&bridge);
    arena_free(arena);
    unlink(path);
}

TestSuite(children, .init = setup, .fini = teardown, .timeout = 60);

static struct child *
begin(const char *what, const char *word, int64_t us_max)
{
    struct error err = { .class = ERROR_NONE };
    struct arguments arguments;
    const struct child_run run = { CHILD_JOB, us_max, on_line, on_end, NULL };
    arguments_init(&arguments, arena);
    arguments_add(&arguments, "--json");
    arguments_add(&arguments, what);
    if (word)
        arguments_word(&arguments, word);
    return child_start(&bridge, &arguments, &run, &err);
}

static void
turn(void)
{
    struct pollfd fd = { .fd = children_fd(&bridge), .events = POLLIN };
    int64_t now_us = monotonic_now_us();
    int ms = children_next_ms(&bridge, now_us);
    poll(&fd, 1, ms < 0 || ms > 100 ? 100 : ms);
    children_tick(&bridge, monotonic_now_us());
    jobs_tick(&bridge, monotonic_now_us());
}

#define UNTIL(condition)                                                                           \
    for (int64_t until_us = monotonic_now_us() + PATIENCE_US; !(condition); turn())                \
    cr_assert(monotonic_now_us() < until_us, #condition)

Test(children, what_is_said_is_told_line_by_line_with_the_exit_status)
{
    cr_assert(begin("say", "$(id); 'x' --help\"", PATIENCE_US) != NULL);
    UNTIL(seen.ended);
    cr_expect_eq(seen.status, 7);
    cr_expect_not(seen.stopped);
    cr_expect(strstr(seen.text, "say|--|$(id); 'x' --help\"|") != NULL, "%s", seen.text);
    cr_expect(strstr(seen.text, "!oops|") != NULL, "%s", seen.text);
    cr_expect_eq(children_count(&bridge, CHILD_JOB), 0);
}

Test(children, a_last_line_needs_no_end)
{
    cr_assert(begin("last", NULL, PATIENCE_US) != NULL);
    UNTIL(seen.ended);
    cr_expect_str_eq(seen.text, "unended|");
}

/* Even a descriptor that somebody forgot to mark does not reach it; no signal is blocked or ignored. */
Test(children, it_has_nothing_of_the_bridge_but_its_environment)
{
    char parent[64];
    int leak = open("/dev/null", O_RDONLY); /* deliberately without O_CLOEXEC */
    cr_assert(fcntl(leak, F_DUPFD, 40) == 40);
    setenv("JUMUN_LOG_FORMAT", "text", 1);
    cr_assert(begin("own", NULL, PATIENCE_US) != NULL);
    UNTIL(seen.ended);
    cr_expect(strstr(seen.text, " 40 ") == NULL, "%s", seen.text);
    cr_expect(strstr(seen.text, "SigBlk:\t0000000000000000|") != NULL, "%s", seen.text);
    const char *ignored = strstr(seen.text, "SigIgn:\t");
    cr_assert_not_null(ignored);
    cr_expect_eq(strtoull(ignored + 8, NULL, 16) & OURS, 0, "%s", ignored);
    snprintf(parent, sizeof parent, "parent=%ld log=json|0|", (long)getpid());
    cr_expect(strstr(seen.text, parent) != NULL, "%s", seen.text);
}

Test(children, a_line_that_is_too_long_is_told_as_cut_and_the_next_one_whole)
{
    cr_assert(begin("long", NULL, PATIENCE_US) != NULL);
    UNTIL(seen.ended);
    cr_expect_eq(seen.lines, 2);
    cr_expect_eq(seen.cut, 1);
    cr_expect_eq(seen.longest, CHILD_LINE_BYTES_MAX);
    cr_expect_str_eq(seen.text, "end|");
}

Test(children, so_many_at_once_and_no_more)
{
    struct child *running[CHILDREN_MAX];
    for (int i = 0; i < CHILDREN_MAX; i++)
        cr_assert((running[i] = begin("wait", NULL, PATIENCE_US)) != NULL);
    cr_expect(children_is_full(&bridge, CHILD_JOB));
    cr_expect_not(children_is_full(&bridge, CHILD_CALL));
    cr_expect_null(begin("wait", NULL, PATIENCE_US));
    child_stop(running[0]);
    UNTIL(seen.ended == 1);
    cr_expect(seen.stopped);
    cr_expect_eq(seen.status, -SIGTERM);
    cr_expect(begin("last", NULL, PATIENCE_US) != NULL, "a place is free again");
}

Test(children, whose_time_is_over_is_asked_to_end)
{
    cr_assert(begin("wait", NULL, 200 * 1000) != NULL);
    UNTIL(seen.ended);
    cr_expect(seen.stopped);
}

Test(children, who_does_not_listen_is_killed_when_the_bridge_stops)
{
    cr_assert(begin("deaf", NULL, PATIENCE_US) != NULL);
    UNTIL(seen.lines == 1);
    children_stop(&bridge);
    cr_expect(children_is_full(&bridge, CHILD_CALL), "nothing begins any more");
    UNTIL(seen.ended);
    cr_expect_eq(seen.status, -SIGKILL);
    cr_expect(seen.stopped);
}

Test(children, a_program_that_is_not_there_is_an_error_and_no_child)
{
    unlink(path);
    cr_expect_null(begin("say", NULL, PATIENCE_US));
    cr_expect_eq(children_count(&bridge, CHILD_JOB), 0);
}

/* ---- jobs ----------------------------------------------------------------------------------------- */

static uint32_t told;

static void
count_told(void *owner, const struct admin_job *job)
{
    (void)owner;
    (void)job;
    told++;
}

static struct admin_job *
job(const char *what)
{
    struct error err = { .class = ERROR_NONE };
    struct arguments arguments;
    arguments_init(&arguments, arena);
    arguments_add(&arguments, "--json");
    arguments_add(&arguments, what);
    return jobs_start(&bridge, JOB_AUDIT, "kim", NULL, &arguments, &err);
}

static const char *
written(const struct admin_job *about)
{
    struct json_writer json;
    json_writer_init(&json, arena, 4096);
    job_write(&json, about, true);
    return arena_text(arena, json.bytes, json.length);
}

Test(children, a_job_keeps_lines_and_tells_progress)
{
    jobs_on_change(&bridge, count_told, NULL);
    struct admin_job *about = job("tell");
    cr_assert(about != NULL);
    UNTIL(about->state != JOB_RUNNING && !about->is_changed);
    cr_expect_eq(about->state, JOB_FOUND);
    cr_expect_geq(told, 1);
    const char *text = written(about);
    cr_expect(strstr(text, "\"progress\":{\"done\":3,\"total\":9,\"per_second\":2,"
                           "\"text\":\"t: u\"}"),
              "%s", text);
    cr_expect(strstr(text, "\"lines\":[{\"a\":1},{\"text\":\"not \\\\x1b json\"}]"), "%s", text);
    cr_expect(strstr(text, "\"command\":\"jumun tell\""), "%s", text);
}

Test(children, a_job_keeps_its_last_lines)
{
    struct admin_job *about = job("many");
    UNTIL(about->state != JOB_RUNNING);
    cr_expect_eq(about->line_count, JOB_LINES_MAX);
    cr_expect_eq(about->lines_dropped, 500 - JOB_LINES_MAX);
    cr_expect(strstr(written(about), "\"lines\":[{\"n\":300},{\"n\":301}"));
}

Test(children, the_latest_jobs_are_known_and_those_that_run_are_never_forgotten)
{
    struct admin_job *first = job("wait");
    char id[UUID_TEXT_BYTES];
    memcpy(id, first->id, sizeof id);
    for (int i = 0; i < JOBS_KEPT_MAX + 5; i++) {
        struct admin_job *about = job("many");
        UNTIL(about->state != JOB_RUNNING);
    }
    cr_expect_eq(jobs_find(&bridge, id), first);
    cr_expect_not_null(jobs_at(&bridge, JOBS_KEPT_MAX - 1));
    cr_expect_null(jobs_at(&bridge, JOBS_KEPT_MAX));
    jobs_stop(first);
    UNTIL(first->state == JOB_STOPPED);
}

/* ---- arguments ------------------------------------------------------------------------------------ */

Test(arguments, the_line_for_a_shell_means_the_same)
{
    struct arguments arguments;
    struct arena *own = arena_new(4096);
    arguments_init(&arguments, own);
    arguments_add(&arguments, "audit");
    arguments_add(&arguments, "--json");
    arguments_option(&arguments, "tables", NULL);
    arguments_option(&arguments, "by", "--json");
    arguments_option(&arguments, "reason", "it's $(late); 새벽");
    arguments_word(&arguments, "-key");
    cr_expect_str_eq(arguments_line(&arguments),
                     "jumun audit --tables --by=--json --reason='it'\\''s $(late); 새벽' -- -key");
    cr_expect_str_eq(arguments.at[4], "--by=--json");
    cr_expect_str_eq(arguments.at[5], "--reason=it's $(late); 새벽");
    cr_expect_null(arguments.at[arguments.count]);
    arena_free(own);
}
