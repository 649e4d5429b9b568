/* postgres.c — see postgres.h */
#include "runtime/postgres.h"
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BIN "/usr/lib/postgresql/15/bin"

/* Tests run in processes of their own: what they need is in the environment. */
static const char *
folder(void)
{
    const char *path = getenv("JUMUN_TEST_PG");
    return path ? path : "";
}

static bool
run(const char *command)
{
    char line[2048];

    if (geteuid() == 0)
        snprintf(line, sizeof line, "cd / && runuser -u postgres -- sh -c '%s' >>%s/log 2>&1",
                 command, folder());
    else
        snprintf(line, sizeof line, "sh -c '%s' >>%s/log 2>&1", command, folder());
    return system(line) == 0;
}

static bool
make_folder(void)
{
    const char *tmp = getenv("TMPDIR");
    char path[256];

    snprintf(path, sizeof path, "%s/jumun-test-pg-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(path) || setenv("JUMUN_TEST_PG", path, 1) != 0)
        return false;
    struct passwd *owner = geteuid() == 0 ? getpwnam("postgres") : NULL;
    if (geteuid() == 0 && (!owner || chown(path, owner->pw_uid, owner->pw_gid) != 0))
        return false;
    return chmod(path, 0700) == 0;
}

bool
postgres_restart(void)
{
    char command[1024];

    snprintf(command, sizeof command,
             BIN "/pg_ctl -D %s/data -w -t 60 -l %s/server.log -o \"-k %s -h \\\"\\\" "
                 "-c fsync=off -c max_connections=100\" start",
             folder(), folder(), folder());
    return run(command);
}

bool
postgres_crash(void)
{
    char command[512];

    snprintf(command, sizeof command, BIN "/pg_ctl -D %s/data -m immediate -w stop", folder());
    return run(command);
}

bool
postgres_start(void)
{
    char command[512];

    if (*folder()) /* a child of the program that started it */
        return true;
    if (!make_folder())
        return perror("a folder for the database"), false;
    snprintf(command, sizeof command,
             BIN "/initdb -D %s/data -U jumun_admin -A trust -E UTF8 --locale=C.UTF-8 -N",
             folder());
    if (run(command) && postgres_restart())
        return true;
    fprintf(stderr, "PostgreSQL did not start: see %s/log\n", folder());
    return false;
}

void
postgres_stop(void)
{
    char command[512];

    snprintf(command, sizeof command, BIN "/pg_ctl -D %s/data -m immediate -w stop", folder());
    (void)run(command);
    snprintf(command, sizeof command, "rm -rf %s", folder());
    if (system(command) != 0)
        fprintf(stderr, "%s is still there\n", folder());
}

const char *
postgres_conninfo(void)
{
    static char text[512];

    snprintf(text, sizeof text, "host=%s dbname=postgres user=jumun_admin", folder());
    return text;
}
