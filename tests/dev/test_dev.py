"""infra/dev with broker and database, as a person uses it: taken ports, twice up, killed servers, wrong words."""
import concurrent.futures
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Dev(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = pathlib.Path(tempfile.mkdtemp(prefix="jumun-dev-"))
        cls.run_folder = cls.home / "run"
        cls.taken = cls.listener()
        cls.port = cls.taken.getsockname()[1]

    @staticmethod
    def listener():
        """Below the ports that the kernel gives to connections: one of those would be taken while a broker starts."""
        for port in random.sample(range(21000, 27000), 100):
            try:
                return socket.create_server(("127.0.0.1", port))
            except OSError:
                continue
        raise OSError("no free port")

    @classmethod
    def tearDownClass(cls):
        cls.dev("reset", "--yes")
        cls.taken.close()
        shutil.rmtree(cls.home)

    @classmethod
    def dev(cls, *words, **environment):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("JUMUN_")}
        return subprocess.run([ROOT / "infra/dev", *words], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
                              env={**clean, "JUMUN_RUN": str(cls.run_folder), "JUMUN_KAFKA_PORT": str(cls.port),
                                   "JUMUN_PG_PORT": str(cls.port), **environment})

    def up(self):
        done = self.dev("up", "--only", "servers")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def pids(self):
        return {path.name: int(path.read_text().split()[0]) for path in (self.run_folder / "procs").iterdir()}

    def address(self, name):
        return re.search(r"export %s=(.*)" % name, (self.run_folder / "env").read_text()).group(1).replace("\\", "")

    def test_life_of_a_stack(self):
        said = self.up()
        self.assertIn("port %d is taken by" % self.port, said)
        self.assertNotIn(str(self.port), self.address("JUMUN_KAFKA"))
        self.assertNotIn(str(self.port), self.address("JUMUN_PG"))
        pids, addresses = self.pids(), (self.run_folder / "env").read_text()
        self.assertEqual(set(pids), {"broker", "database"})

        self.up()
        self.assertEqual((self.pids(), (self.run_folder / "env").read_text()), (pids, addresses), "up is idempotent")

        for name in pids:
            os.kill(pids[name], signal.SIGKILL)
        self.assertEqual(self.dev("status").returncode, 1)
        self.up()
        status = self.dev("status")
        self.assertEqual(status.returncode, 0, status.stdout)
        self.assertEqual(len(re.findall(r"\bwell\b", status.stdout)), 2)
        answer = subprocess.run(["psql", self.address("JUMUN_PG") + " user=jumun_operator", "-XAtc", "SHOW synchronous_commit"],
                                capture_output=True, text=True, check=True)
        self.assertEqual(answer.stdout, "on\n")

        refused = self.dev("up", "--only", "servers", "--brokers", "3")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("--brokers 1", refused.stderr)

        pids = self.pids()
        self.assertEqual(self.dev("down").returncode, 0)
        for name, pid in pids.items():
            self.assertFalse(pathlib.Path("/proc/%d/exe" % pid).exists(), name + " is still there")
        self.assertIn("nothing is running", self.dev("status").stdout)
        kept = self.dev("reset")
        self.assertEqual(kept.returncode, 1, "without a terminal reset wants --yes")
        self.assertTrue((self.run_folder / "kafka").exists())

    def test_a_port_that_a_connection_leaves_from_is_not_chosen(self):
        folder = self.home / "leaving"
        with self.listener() as wanted, socket.socket() as leaving:
            port = wanted.getsockname()[1]
            leaving.bind(("127.0.0.1", port + 1))
            leaving.connect(self.taken.getsockname())
            self.assertEqual(self.dev("up", "--only", "servers", JUMUN_RUN=str(folder), JUMUN_KAFKA_PORT=str(port)).returncode, 0)
            self.assertEqual((folder / "kept" / "JUMUN_KAFKA_PORT").read_text().strip(), str(port + 2))
            self.assertEqual(self.dev("reset", "--yes", JUMUN_RUN=str(folder)).returncode, 0)

    def test_a_reset_and_an_up_at_once_leave_nobody_unknown(self):
        """An `up` that waited for a reset starts anew: what runs afterwards is what the run folder names."""
        folder = self.home / "race"
        self.assertEqual(self.dev("up", "--only", "servers", JUMUN_RUN=str(folder)).returncode, 0)
        places = str(folder), (folder / "kept" / "pg_data").read_text().strip()
        words = ["reset", "--yes"], ["up", "--only", "servers"]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            done = list(pool.map(lambda w: self.dev(*w, JUMUN_RUN=str(folder)), words))
        self.assertEqual([d.returncode for d in done], [0, 0], [d.stderr for d in done])
        self.assertEqual(self.running_in(places), {int(path.read_text().split()[0]) for path in folder.glob("procs/*")})
        self.assertEqual(self.dev("reset", "--yes", JUMUN_RUN=str(folder)).returncode, 0)
        self.assertEqual(self.running_in(places), set())

    @staticmethod
    def running_in(places):
        """Servers that name one of these folders in their command line; PostgreSQL's children do not."""
        found = set()
        for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if any(word == place or word.startswith(place + "/") for word in words[1:] for place in places):
                found.add(int(path.parent.name))
        return found

    def test_a_process_that_only_has_the_number_is_left_alone(self):
        stranger = subprocess.Popen(["sleep", "60"])
        try:
            folder = self.home / "other" / "procs"
            folder.mkdir(parents=True)
            (folder / "broker").write_text("%d 1 19092\n" % stranger.pid)
            self.assertEqual(self.dev("down", JUMUN_RUN=str(self.home / "other")).returncode, 0)
            self.assertIsNone(stranger.poll())
        finally:
            stranger.kill()
            stranger.wait()

    def test_wrong_words_are_named(self):
        for words, named in ((["bake"], "bake"), (["up", "--speed"], "--speed"), (["up", "--only", "stonks"], "stonks"),
                             (["up", "--instances", "many"], "many"), (["up", "--brokers", "2"], "--brokers"),
                             (["test", "luck"], "luck"), (["build", "quick"], "quick"), (["down", "now"], "down")):
            with self.subTest(words=words):
                done = self.dev(*words, JUMUN_RUN=str(self.home / "words"))
                self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
                self.assertIn(named, done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1)

    def test_a_port_that_is_none_is_named(self):
        done = self.dev("up", "--only", "servers", JUMUN_RUN=str(self.home / "ports"), JUMUN_KAFKA_PORT="kafka")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("JUMUN_KAFKA_PORT is 'kafka'", done.stderr)


class Counting(unittest.TestCase):
    """What `infra/dev test` makes of a Python run's last words, in the shell options that infra/dev runs with."""

    def counted(self, words):
        with tempfile.NamedTemporaryFile("w") as log:
            log.write(words)
            log.flush()
            script = "set -euo pipefail; root=. ; . infra/dev.d/test.sh; bad=$(unittest_failures \"$1\"); echo \"$bad\""
            return subprocess.run(["bash", "-c", script, "-", log.name], cwd=ROOT, capture_output=True, text=True)

    def test_failures_and_errors_are_counted_and_skipped_ones_are_not(self):
        for words, bad in (("Ran 3 tests in 1s\n\nOK\n", 0), ("FAILED (failures=2)\n", 2),
                           ("FAILED (failures=2, errors=11, skipped=5)\n", 13), ("FAILED (errors=1)\n", 1), ("", 0)):
            done = self.counted(words)
            self.assertEqual((done.returncode, done.stdout), (0, "%d\n" % bad), words + done.stderr)


if __name__ == "__main__":
    unittest.main()
