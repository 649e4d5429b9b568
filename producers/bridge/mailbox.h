/* mailbox.h — how other threads hand results to the loop, which alone owns all requests.
 *
 * Shapes   mail: the first member of whatever is handed over; deliver is called on the loop's thread.
 * Order    mails are delivered in the order they were posted.
 * Memory   a mail belongs to its sender until it is posted, to the mailbox until it is delivered.
 * Errors   mailbox_open: no file descriptor left.
 * Threads  mailbox_post from any; the rest from the loop. */
#pragma once
#include "base/error.h"
#include <pthread.h>

struct mail {
    struct mail *next;
    void (*deliver)(struct mail *mail);
};

struct mailbox {
    pthread_mutex_t lock;
    struct mail *first, **last;
    int wake_fd; /* readable while there is mail */
};

bool mailbox_open(struct mailbox *box, struct error *err) MUST_USE;
void mailbox_close(struct mailbox *box);
void mailbox_post(struct mailbox *box, struct mail *mail);
void mailbox_deliver(struct mailbox *box);
