/* children_private.h — what children.c (their life) and children_spawn.c (their birth) share.  Contract: children.h */
#pragma once
#include "bridge/children.h"
#include <sys/types.h>

#define CHILD_PATH_BYTES 4096

enum { OUTPUT, ERRORS, PIPES };

struct pipe {
    int fd; /* −1: at its end */
    char *line;
    size_t bytes, room;
    bool cut;
};

struct child {
    struct children *children;
    struct child_run run;
    pid_t pid; /* 0: this place is free */
    int pid_fd, status;
    bool is_gone;
    int64_t deadline_us, kill_at_us; /* kill_at_us 0: not asked to end */
    struct pipe pipes[PIPES];
};

struct children {
    int epoll_fd;
    uint32_t counts[CHILD_KINDS];
    bool stopping;
    char program[CHILD_PATH_BYTES];
    char parent[64]; /* JUMUN_PARENT=… */
    struct child items[CHILD_KINDS * CHILDREN_MAX];
};

/* The process with its pipes, watched; false with err filled: there is none. */
bool child_spawn(struct child *child, const struct arguments *arguments,
                 struct error *err) MUST_USE;
