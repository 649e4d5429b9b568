/* children_spawn.c — posix_spawn of the command line: its pipes, and nothing else of the bridge's.
 * Contract: children.h */
#include "bridge/children_private.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENVIRONMENT_MAX 512
#define FIRST_OTHER_FD  3

static bool
is_named(const char *variable, const char *name)
{
    size_t bytes = strlen(name);

    return strncmp(variable, name, bytes) == 0 && variable[bytes] == '=';
}

/* The bridge's own environment, with a voice that a program reads. */
static void
environment_of(struct children *children, char *out[ENVIRONMENT_MAX + 1])
{
    static char quiet[] = "JUMUN_LOG=error", json[] = "JUMUN_LOG_FORMAT=json";
    uint32_t count = 0;

    for (char **at = environ; *at != NULL && count < ENVIRONMENT_MAX - 3; at++)
        if (!is_named(*at, "JUMUN_PARENT") && !is_named(*at, "JUMUN_LOG") &&
            !is_named(*at, "JUMUN_LOG_FORMAT"))
            out[count++] = *at;
    out[count++] = children->parent;
    out[count++] = quiet;
    out[count++] = json;
    out[count] = NULL;
}

static void
set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, ours;

    sigemptyset(&none);
    sigemptyset(&ours);
    sigaddset(&ours, SIGPIPE);
    sigaddset(&ours, SIGTERM);
    sigaddset(&ours, SIGINT);
    posix_spawnattr_init(attributes);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &ours);
    posix_spawnattr_setpgroup(attributes, 0); /* Ctrl-C is the bridge's to hand on */
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                             POSIX_SPAWN_SETPGROUP);
}

static int
spawn(struct children *children, const struct arguments *arguments, const int write_fds[PIPES],
      pid_t *pid)
{
    char *environment[ENVIRONMENT_MAX + 1];
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int code;

    environment_of(children, environment);
    set_attributes(&attributes);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, write_fds[OUTPUT], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, write_fds[ERRORS], STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, FIRST_OTHER_FD);
    code = posix_spawn(pid, children->program, &actions, &attributes,
                       (char *const *)(uintptr_t)arguments->at, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return code;
}

static void
watch(struct children *children, int fd)
{
    struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

    epoll_ctl(children->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static bool
start_with_pipes(struct child *child, const struct arguments *arguments, const int write_fds[PIPES],
                 struct error *err)
{
    struct children *children = child->children;
    pid_t pid = 0;
    int code = spawn(children, arguments, write_fds, &pid);

    if (code != 0)
        return error_set(err, ERROR_FATAL, "%s cannot be started: %s", children->program,
                         strerror(code));
    child->pid = pid;
    child->pid_fd = pidfd_open(pid, 0);
    if (child->pid_fd < 0) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        child->pid = 0;
        return error_set(err, ERROR_FATAL, "pidfd_open: %s", strerror(errno));
    }
    for (int i = 0; i < PIPES; i++) {
        fcntl(child->pipes[i].fd, F_SETFL, O_NONBLOCK);
        watch(children, child->pipes[i].fd);
    }
    watch(children, child->pid_fd);
    return true;
}

static void
close_pair(const int fds[2])
{
    close(fds[0]);
    close(fds[1]);
}

bool
child_spawn(struct child *child, const struct arguments *arguments, struct error *err)
{
    int output[2], errors[2];
    bool ok;

    if (pipe2(output, O_CLOEXEC) != 0)
        return error_set(err, ERROR_RETRY, "no pipe: %s", strerror(errno));
    if (pipe2(errors, O_CLOEXEC) != 0) {
        close_pair(output);
        return error_set(err, ERROR_RETRY, "no pipe: %s", strerror(errno));
    }
    child->pipes[OUTPUT].fd = output[0];
    child->pipes[ERRORS].fd = errors[0];
    ok = start_with_pipes(child, arguments, (const int[]){ output[1], errors[1] }, err);
    close(output[1]);
    close(errors[1]);
    if (!ok) {
        close(output[0]);
        close(errors[0]);
    }
    return ok;
}
