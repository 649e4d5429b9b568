/* children.c — starting, reading, ending the command line.  Contract: children.h
 *
 *   start    a free place, and a process in it (children_spawn.c)
 *   read     a turn of the loop takes at most READ_BYTES of each pipe; lines are told as they come
 *   end      the process is gone and its pipes are empty: told once */
#include "bridge/children_private.h"
#include "base/instant.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_BYTES 65536
#define LINE_FIRST 4096

#define EACH_CHILD(child, children)                                                                \
    for (struct child *child = (children)->items;                                                  \
         child < (children)->items + CHILD_KINDS * CHILDREN_MAX; child++)                          \
        if (child->pid != 0)

/* ---- open --------------------------------------------------------------------------------------- */

/* Beside this program, unless JUMUN_COMMAND says. */
static bool
find_program(struct children *children, const char *given, struct error *err)
{
    char own[CHILD_PATH_BYTES] = "";
    ssize_t bytes = readlink("/proc/self/exe", own, sizeof own - 1);
    char *slash = strrchr(own, '/');

    if (given[0] == 0 && (bytes < 0 || slash == NULL))
        return error_set(err, ERROR_REFUSED, "set JUMUN_COMMAND: it is not seen where jumun lies");
    if (slash != NULL)
        *slash = 0;
    if (given[0] != 0)
        snprintf(children->program, sizeof children->program, "%s", given);
    else
        snprintf(children->program, sizeof children->program, "%.4000s/jumun", own);
    return true;
}

bool
children_open(struct bridge *bridge, struct error *err)
{
    struct children *children = memory_new(sizeof *children);

    bridge->children = children;
    children->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    snprintf(children->parent, sizeof children->parent, "JUMUN_PARENT=%ld", (long)getpid());
    return find_program(children, bridge->settings.command, err);
}

int
children_fd(const struct bridge *bridge)
{
    return bridge->children->epoll_fd;
}

uint32_t
children_count(const struct bridge *bridge, enum child_kind kind)
{
    return bridge->children->counts[kind];
}

bool
children_is_full(const struct bridge *bridge, enum child_kind kind)
{
    return bridge->children->stopping || bridge->children->counts[kind] == CHILDREN_MAX;
}

/* ---- start -------------------------------------------------------------------------------------- */

static struct child *
free_place(struct children *children)
{
    for (uint32_t i = 0; i < CHILD_KINDS * CHILDREN_MAX; i++)
        if (children->items[i].pid == 0)
            return &children->items[i];
    return NULL;
}

struct child *
child_start(struct bridge *bridge, const struct arguments *arguments, const struct child_run *run,
            struct error *err)
{
    struct children *children = bridge->children;
    struct child *child = free_place(children);

    if (child == NULL || children_is_full(bridge, run->kind)) {
        error_set(err, ERROR_RETRY, "%d of these run already", CHILDREN_MAX);
        return NULL;
    }
    *child = (struct child){ .children = children,
                             .run = *run,
                             .deadline_us = monotonic_now_us() + run->us_max };
    if (!child_spawn(child, arguments, err))
        return NULL;
    children->counts[run->kind]++;
    return child;
}

/* ---- read --------------------------------------------------------------------------------------- */

static void
tell_line(struct child *child, int which)
{
    struct pipe *pipe = &child->pipes[which];

    child->run.on_line(child->run.owner, pipe->line != NULL ? pipe->line : "", pipe->bytes,
                       which == ERRORS, pipe->cut);
    pipe->bytes = 0;
    pipe->cut = false;
}

static void
keep(struct pipe *pipe, const char *bytes, size_t count)
{
    size_t room = CHILD_LINE_BYTES_MAX - pipe->bytes;

    if (count > room) {
        count = room;
        pipe->cut = true;
    }
    if (pipe->bytes + count > pipe->room) {
        pipe->room = pipe->room > 0 ? pipe->room : LINE_FIRST;
        while (pipe->room < pipe->bytes + count)
            pipe->room *= 2;
        pipe->line = memory_grow(pipe->line, pipe->room);
    }
    if (count > 0)
        memcpy(pipe->line + pipe->bytes, bytes, count);
    pipe->bytes += count;
}

static void
take(struct child *child, int which, const char *bytes, size_t count)
{
    while (count > 0) {
        const char *end = memchr(bytes, '\n', count);
        size_t part = end != NULL ? (size_t)(end - bytes) : count;

        keep(&child->pipes[which], bytes, part);
        if (end != NULL)
            tell_line(child, which);
        part += end != NULL;
        bytes += part;
        count -= part;
    }
}

static void
close_pipe(struct child *child, int which)
{
    struct pipe *pipe = &child->pipes[which];

    if (pipe->bytes > 0 || pipe->cut)
        tell_line(child, which);
    close(pipe->fd);
    pipe->fd = -1;
}

/* True when there may be more. */
static bool
read_pipe(struct child *child, int which)
{
    char bytes[READ_BYTES];
    ssize_t count;

    if (child->pipes[which].fd < 0)
        return false;
    count = read(child->pipes[which].fd, bytes, sizeof bytes);
    if (count > 0)
        take(child, which, bytes, (size_t)count);
    else if (count == 0 || (errno != EAGAIN && errno != EINTR))
        close_pipe(child, which);
    return count == (ssize_t)sizeof bytes;
}

/* ---- end ---------------------------------------------------------------------------------------- */

static void
look_whether_gone(struct child *child)
{
    siginfo_t info = { .si_pid = 0 };

    if (child->is_gone || waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG) != 0 ||
        info.si_pid == 0)
        return;
    child->is_gone = true;
    child->status = info.si_code == CLD_EXITED ? info.si_status : -info.si_status;
    close(child->pid_fd);
    child->pid_fd = -1;
}

static void
forget(struct child *child)
{
    for (int i = 0; i < PIPES; i++) {
        if (child->pipes[i].fd >= 0)
            close(child->pipes[i].fd);
        memory_free(child->pipes[i].line);
    }
    if (child->pid_fd >= 0)
        close(child->pid_fd);
    child->children->counts[child->run.kind]--;
    child->pid = 0;
}

/* What it wrote before it ended lies in the pipes, and is told first. */
static void
end(struct child *child)
{
    const struct child_run run = child->run;
    int status = child->status;
    bool stopped = child->kill_at_us != 0;

    for (int i = 0; i < PIPES; i++) {
        while (read_pipe(child, i))
            continue;
        if (child->pipes[i].fd >= 0)
            close_pipe(child, i);
    }
    forget(child);
    run.on_end(run.owner, status, stopped);
}

void
child_stop(struct child *child)
{
    if (child->is_gone || child->kill_at_us != 0)
        return;
    child->kill_at_us =
        monotonic_now_us() + (child->children->stopping ? CHILD_STOP_US : CHILD_KILL_US);
    kill(child->pid, SIGTERM);
}

static void
enforce(struct child *child, int64_t now_us)
{
    if (child->is_gone)
        return;
    if (child->kill_at_us != 0 && now_us >= child->kill_at_us)
        kill(child->pid, SIGKILL);
    else if (child->kill_at_us == 0 && now_us >= child->deadline_us)
        child_stop(child);
}

int
children_next_ms(const struct bridge *bridge, int64_t now_us)
{
    int64_t next_us = INT64_MAX;

    EACH_CHILD(child, bridge->children)
    {
        int64_t at_us = child->kill_at_us != 0 ? child->kill_at_us : child->deadline_us;

        next_us = at_us < next_us ? at_us : next_us;
    }
    if (next_us == INT64_MAX)
        return -1;
    return next_us <= now_us ? 1 : (int)((next_us - now_us + 999) / 1000);
}

void
children_tick(struct bridge *bridge, int64_t now_us)
{
    EACH_CHILD(child, bridge->children)
    {
        for (int i = 0; i < PIPES; i++)
            (void)read_pipe(child, i);
        look_whether_gone(child);
        enforce(child, now_us);
        if (child->is_gone)
            end(child);
    }
}

/* ---- stop --------------------------------------------------------------------------------------- */

void
children_stop(struct bridge *bridge)
{
    bridge->children->stopping = true;
    EACH_CHILD(child, bridge->children)
    {
        child_stop(child);
        child->kill_at_us = monotonic_now_us() + CHILD_STOP_US;
    }
}

void
children_close(struct bridge *bridge)
{
    EACH_CHILD(child, bridge->children)
    {
        kill(child->pid, SIGKILL);
        waitpid(child->pid, NULL, 0);
        forget(child);
    }
    close(bridge->children->epoll_fd);
}
