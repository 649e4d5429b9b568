"""Simulated worlds on the databases in memory and on PostgreSQL at once: both do the same, and a difference is told.

JUMUN_PG_ADMIN is the administrator's connection string without a database, as `. JUMUN_RUN/env` sets it; DIFFERENTIAL is
the program of this folder.
"""
import os
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ADMIN = os.environ.get("JUMUN_PG_ADMIN")
PROGRAM = os.environ["DIFFERENTIAL"]
DATABASE = "differential_%d" % os.getpid()
SECONDS = "25"


def psql(text):
    subprocess.run(["psql", ADMIN + " dbname=postgres", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", text], check=True)


def run(*options):
    base = re.sub(r"user=\S+ ?", "", ADMIN) + " dbname=" + DATABASE
    return subprocess.run([PROGRAM, base, *options], capture_output=True, text=True)


class Differential(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        assert ADMIN, "no server: `infra/dev up --only servers`, then `. .run/env`"
        cls.addClassCleanup(psql, 'DROP DATABASE IF EXISTS "%s"' % DATABASE)
        subprocess.run([ROOT / "infra/postgres/migrate"], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "JUMUN_PG_DATABASE": DATABASE})
        psql('ALTER DATABASE "%s" SET synchronous_commit = off' % DATABASE)  # nothing here outlives the server

    def test_both_stores_do_the_same(self):
        done = run("--seeds", "1..1000000", "--seconds", SECONDS)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        told = re.match(r"(\d+) worlds from seed 1: (\d+) commits", done.stdout)
        self.assertGreaterEqual(int(told.group(1)), 3, done.stdout)
        self.assertGreaterEqual(int(told.group(2)), 500, done.stdout)
        print(done.stdout, end="")

    def test_the_same_seeds_end_in_the_same_digest(self):
        self.assertEqual(run("--seeds", "1..2").stdout, run("--seeds", "1..2").stdout)

    def test_whatever_goes_wrong_in_postgresql_alone_is_found(self):
        damages = [line.split()[0] for line in run("--damages").stdout.splitlines()]
        self.assertGreaterEqual(len(damages), 7)
        for damage in damages:
            with self.subTest(damage=damage):
                done = run("--seeds", "1..20", "--damage", damage)
                self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                self.assertRegex(done.stdout, r"^seed \d+: the stores differ: ")

    def test_a_difference_is_told_with_its_place_and_both_values(self):
        done = run("--seed", "1", "--damage", "cell")
        self.assertRegex(done.stdout, r"(?m)^seed 1: the stores differ: jumun_stock\.product, \S+, unit_price: "
                                      r"'\d+' in memory, '\d+' in PostgreSQL$")


if __name__ == "__main__":
    unittest.main()
