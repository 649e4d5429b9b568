/* cli.c — signals, and names as Kafka knows them.  Contract: cli.h */
#include "cli/cli.h"
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define STOP_S_MAX   10
#define ORPHAN_S_MAX 2 /* to say in the log that it was stopped */

const struct flag no_flags[] = { { NULL, NULL, NULL, false } };

static volatile sig_atomic_t stopped;

static pid_t parent; /* 0: whoever started it may go */

static void
on_signal(int number)
{
    (void)number;
    if (stopped++)
        _exit(CLI_REFUSED); /* asked twice: now */
    if (parent) /* nobody is there who would ask twice */
        alarm(getppid() == parent ? STOP_S_MAX : ORPHAN_S_MAX);
}

/* Where memory is short the kernel takes this one, and not the bridge or a service beside it. */
static void
offer_itself(void)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)!write(fd, "1000", 4); /* where that is not allowed, it stays as it was */
    close(fd);
}

/* JUMUN_PARENT: the process that started this one, and without which it has nothing to do. */
static void
die_with_parent(void)
{
    const char *given = getenv("JUMUN_PARENT");
    parent = given ? (pid_t)strtol(given, NULL, 10) : 0;
    if (parent <= 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    offer_itself();
    if (getppid() != parent)
        raise(SIGTERM); /* it died before the line above */
}

void
cli_catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal };
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    die_with_parent();
}

bool
cli_stopped(void)
{
    return stopped != 0;
}

struct kafka_settings
cli_kafka(const struct cli *cli)
{
    return (struct kafka_settings){ .bootstrap = cli->settings.kafka,
                                    .config_file = cli->settings.kafka_config,
                                    .client_id = "jumun-cli" };
}

const char *
cli_topic(struct cli *cli, enum event_type type)
{
    return arena_printf(cli->arena, "%s%s", cli->settings.topic_prefix, topics[type].name);
}

enum event_type
cli_event_of(const struct cli *cli, const char *topic)
{
    size_t prefix = strlen(cli->settings.topic_prefix);
    return strncmp(topic, cli->settings.topic_prefix, prefix) == 0 ? event_type_of(topic + prefix)
                                                                   : EV_NONE;
}
