/* mailbox.c — a locked list and an eventfd. */
#include "bridge/mailbox.h"
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

bool
mailbox_open(struct mailbox *box, struct error *err)
{
    box->first = NULL;
    box->last = &box->first;
    box->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (box->wake_fd < 0)
        return error_set(err, ERROR_FATAL, "eventfd: %s", strerror(errno));
    pthread_mutex_init(&box->lock, NULL);
    return true;
}

void
mailbox_close(struct mailbox *box)
{
    close(box->wake_fd);
    pthread_mutex_destroy(&box->lock);
}

void
mailbox_post(struct mailbox *box, struct mail *mail)
{
    const uint64_t one = 1;
    bool was_empty;

    mail->next = NULL;
    pthread_mutex_lock(&box->lock);
    was_empty = box->first == NULL;
    *box->last = mail;
    box->last = &mail->next;
    pthread_mutex_unlock(&box->lock);
    /* A full counter is readable all the same, so a failed write loses nothing. */
    if (was_empty && write(box->wake_fd, &one, sizeof one) < 0)
        return;
}

void
mailbox_deliver(struct mailbox *box)
{
    uint64_t count;
    struct mail *mail;

    if (read(box->wake_fd, &count, sizeof count) < 0)
        return;
    pthread_mutex_lock(&box->lock);
    mail = box->first;
    box->first = NULL;
    box->last = &box->first;
    pthread_mutex_unlock(&box->lock);
    while (mail != NULL) {
        struct mail *next = mail->next;
        mail->deliver(mail);
        mail = next;
    }
}
