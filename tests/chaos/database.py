"""Two PostgreSQL servers: a primary, and a standby that every commit waits for.

Every server is told the name of the standby it waits for, a promoted one too: after a failover nothing is
committed until the former primary is back as a standby.  So whatever a client was told to be committed is
on both, and a failover loses nothing.
"""
import os
import shutil
import signal

from stack import RUN, Process, Late, run, wait_until

PG_BIN = "/usr/lib/postgresql/15/bin"
STANDBY = "jumun_standby"
SERVICE_CONNECTIONS = ("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                       "WHERE usename LIKE 'jumun\\_%' AND usename NOT IN ('jumun_admin', 'jumun_operator')")


def as_database_user(args):
    if os.getuid() != 0:
        return args
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] + args


class Node:
    """One server: its folder, its port, its process."""

    def __init__(self, name, data, port):
        self.name, self.data, self.port, self.process = name, data, port, None

    def sql(self, text, timeout_s=15):
        conninfo = "host=127.0.0.1 port=%d user=jumun_admin dbname=postgres connect_timeout=5" % self.port
        done = run(["psql", conninfo, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", text], timeout_s, text=True)
        if done.returncode:
            raise Late(done.stderr.strip())
        return done.stdout.strip()

    def says(self, text, wanted):
        try:
            return self.sql(text) == wanted
        except (Late, OSError, ValueError):
            return False

    def args(self, follows=None):
        args = [os.path.join(PG_BIN, "postgres"), "-D", self.data, "-p", str(self.port),
                "-c", "config_file=%s/postgresql.conf" % self.data,
                "-c", "synchronous_standby_names=" + STANDBY, "-c", "max_wal_size=512MB"]
        if follows:
            args += ["-c", "primary_conninfo=host=127.0.0.1 port=%d user=jumun_admin application_name=%s"
                     % (follows.port, STANDBY)]
        return as_database_user(args)

    def start(self, follows=None):
        run(as_database_user(["rm", "-f", os.path.join(self.data, "postmaster.pid")]))
        self.process = Process(self.name, self.args(follows), self.port)
        self.process.start()

    def is_idle(self):
        """No process is at work in its folder any more."""
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.readlink("/proc/%s/cwd" % pid) == self.data:
                    return False
            except OSError:
                continue
        return True

    def stop_now(self):
        self.process.end(signal.SIGQUIT)
        wait_until(self.name + " to be idle", self.is_idle, 30)


class Databases:
    def __init__(self, first_data, second_data, second_port):
        started = Process.adopt("database")
        first = Node("database", first_data, started.port)
        first.process = started
        self.first, self.primary = first, first
        self.standby = Node("standby", second_data, second_port)
        self.attach_standby()
        # from now on a commit waits for the standby
        self.primary.sql("ALTER SYSTEM SET synchronous_standby_names = '%s'" % STANDBY)
        self.primary.sql("ALTER SYSTEM SET max_wal_size = '512MB'")
        self.primary.sql("SELECT pg_reload_conf()")
        self.wait_synchronous(30)

    def attach_standby(self):
        """The other server begins anew, as a copy of the primary."""
        node = self.standby
        if os.path.isdir(node.data):
            shutil.rmtree(node.data)
        done = run(as_database_user([os.path.join(PG_BIN, "pg_basebackup"), "-D", node.data, "-R", "-X", "stream",
                                     "-c", "fast", "-h", "127.0.0.1", "-p", str(self.primary.port),
                                     "-U", "jumun_admin"]), 180, text=True, cwd="/")
        if done.returncode:
            raise Late("pg_basebackup: " + done.stderr.strip())
        node.start(follows=self.primary)

    def wait_synchronous(self, timeout_s):
        """The standby is synchronous and has all that lies on the primary's disk now."""
        def now_on_disk():
            try:
                return self.primary.sql("SELECT pg_current_wal_flush_lsn()")
            except Late:
                return None
        position = wait_until("the primary to answer", now_on_disk, timeout_s, 0.3)
        question = ("SELECT count(*) FROM pg_stat_replication WHERE application_name = '%s' AND sync_state = 'sync' "
                    "AND state = 'streaming' AND flush_lsn >= '%s'" % (STANDBY, position))
        wait_until("the synchronous standby", lambda: self.primary.says(question, "1"), timeout_s, 0.3)

    def start_primary(self):
        self.primary.start()
        wait_until("the primary to answer", lambda: self.primary.says("SELECT 1", "1"), 60, 0.2)

    def terminate_backends(self):
        return int(self.primary.sql(SERVICE_CONNECTIONS))

    def fail_over(self):
        """Only to a standby that has everything: that is what is promised."""
        self.wait_synchronous(60)
        self.primary.stop_now()
        self.primary, self.standby = self.standby, self.primary
        wait_until("the promotion", lambda: self.primary.says("SELECT pg_promote(true, 30)", "t"), 60, 0.2)
        self.attach_standby()
        self.wait_synchronous(90)

    def revive(self):
        """After a full disk: whoever is down is started as what it was."""
        if not self.primary.process.is_alive():
            self.start_primary()
        if not self.standby.process.is_alive():
            self.standby.start(follows=self.primary)
        self.wait_synchronous(90)

    def stop(self):
        for node in (self.primary, self.standby):
            if node.process and node.process.is_alive():
                node.process.end(signal.SIGINT)
