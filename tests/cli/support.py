"""A database and topics of a test's own, on the servers that `. JUMUN_RUN/env` names."""
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
ADMIN = os.environ.get("JUMUN_PG_ADMIN")


class Place:
    def __init__(self, name):
        assert ADMIN, "no server: `infra/dev up --only servers`, then `. .run/env`"
        self.name = "%s_%d" % (name, os.getpid())

    def conninfo(self, user):
        return re.sub(r"user=\S+", "user=" + user, ADMIN) + " dbname=" + self.name

    def make_database(self):
        subprocess.run([ROOT / "infra/postgres/migrate"], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "JUMUN_PG_DATABASE": self.name})

    def drop_database(self):
        subprocess.run(["psql", ADMIN + " dbname=postgres", "-Xq", "-c", 'DROP DATABASE "%s" WITH (FORCE)' % self.name])

    def psql(self, text, user="jumun_admin"):
        done = subprocess.run(["psql", self.conninfo(user), "-XAtq", "-F", "|", "-v", "ON_ERROR_STOP=1", "-f", "-"],
                              input=text, capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(done.stderr.strip() + "\n" + text[:1000])
        return done.stdout.strip()

    def environment(self, topics="", **more):
        return {**os.environ, "JUMUN_PG": re.sub(r"user=\S+ ?", "", ADMIN) + " dbname=" + self.name,
                "JUMUN_TOPIC_PREFIX": "%s.%s" % (self.name, topics), **more}

    def jumun(self, *words, topics="", stdin="", **more):
        return subprocess.run([os.environ["JUMUN_PROGRAM"], *words], env=self.environment(topics, **more), input=stdin,
                              capture_output=True, text=True)
