"""chaos-proxy: what is asked of it happens to the bytes, on that route alone, and ends when it is opened."""
import os
import socket
import subprocess
import threading
import time
import unittest

PROXY = os.environ["JUMUN_CHAOS_PROXY"]
ANSWER_S = 5
NEVER_S = 0.3  # what must not come is waited for so long


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Echo:
    """A server that answers every byte with itself."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.heard = 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection:
            try:
                while data := connection.recv(65536):
                    self.heard += len(data)
                    connection.sendall(data)
            except OSError:
                pass


class Proxy(unittest.TestCase):
    def setUp(self):
        self.echo, self.other = Echo(), Echo()
        self.control, self.port, self.other_port = free_port(), free_port(), free_port()
        self.proxy = subprocess.Popen([PROXY, str(self.control), "one=%d:%d" % (self.port, self.echo.port),
                                       "two=%d:%d" % (self.other_port, self.other.port)])
        self.addCleanup(self.proxy.wait)
        self.addCleanup(self.proxy.kill)
        self.addCleanup(self.echo.server.close)
        self.addCleanup(self.other.server.close)
        self.until("the proxy to listen", lambda: self.ask("stats"))

    def until(self, what, condition):
        end = time.monotonic() + ANSWER_S
        while not (seen := condition()):
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.01)
        return seen

    def ask(self, line):
        try:
            with socket.create_connection(("127.0.0.1", self.control), ANSWER_S) as connection:
                connection.sendall(line.encode() + b"\n")
                return connection.recv(4096).decode()
        except OSError:
            return None

    def order(self, line):
        self.assertEqual(self.ask(line), "done\n", line)

    def stats(self, route):
        line = [line for line in self.ask("stats").splitlines() if line.startswith(route + " ")][0]
        return {name: int(value) for name, value in (word.split("=") for word in line.split()[1:])}

    def client(self, port=None):
        connection = socket.create_connection(("127.0.0.1", port or self.port), ANSWER_S)
        self.addCleanup(connection.close)
        return connection

    def hears(self, connection, data):
        connection.sendall(data)
        return self.reads(connection, len(data)) == data

    @staticmethod
    def reads(connection, count):
        found = b""
        while len(found) < count:
            more = connection.recv(65536)
            if not more:
                break
            found += more
        return found

    def is_reset(self, connection):
        connection.settimeout(ANSWER_S)
        try:
            return connection.recv(1) == b""
        except ConnectionError:
            return True

    def comes_to_nothing(self):
        """A new connection is reset, at once or as soon as it is used."""
        try:
            return self.is_reset(self.client())
        except ConnectionError:
            return True

    def test_carries_every_byte_both_ways_though_a_pipe_holds_few_of_them(self):
        connection, sent = self.client(), os.urandom(3_000_000)
        threading.Thread(target=connection.sendall, args=(sent,), daemon=True).start()
        self.assertEqual(self.reads(connection, len(sent)), sent)
        stats = self.stats("one")
        self.assertEqual((stats["to_server"], stats["to_client"]), (len(sent), len(sent)))

    def test_does_not_read_on_when_nobody_takes_what_it_has(self):
        silent = socket.create_server(("127.0.0.1", self.free_target()))
        self.addCleanup(silent.close)
        connection = self.client(self.silent_port)
        connection.settimeout(1)
        with self.assertRaises(TimeoutError):
            connection.sendall(bytes(64 << 20))
        with open("/proc/%d/statm" % self.proxy.pid, encoding="ascii") as file:
            self.assertLess(int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"), 32 << 20)

    def free_target(self):
        """A third route, in a proxy of its own, to a server that never reads."""
        target, self.silent_port, control = free_port(), free_port(), free_port()
        self.proxy.kill()
        self.proxy.wait()
        self.proxy = subprocess.Popen([PROXY, str(control), "silent=%d:%d" % (self.silent_port, target)])
        self.addCleanup(self.proxy.wait)
        self.addCleanup(self.proxy.kill)
        self.control = control
        self.until("the proxy to listen", lambda: self.ask("stats"))
        return target

    def test_delays_each_byte_by_as_much_as_was_said(self):
        connection = self.client()
        self.assertTrue(self.hears(connection, b"warm"))
        self.order("one delay 200")
        began = time.monotonic()
        self.assertTrue(self.hears(connection, b"slow"))
        self.assertGreaterEqual(time.monotonic() - began, 0.4, "there and back")
        self.order("one open")
        began = time.monotonic()
        self.assertTrue(self.hears(connection, b"fast"))
        self.assertLess(time.monotonic() - began, 0.4)

    def test_cut_resets_who_is_there_and_who_comes(self):
        connection, elsewhere = self.client(), self.client(self.other_port)
        self.assertTrue(self.hears(connection, b"before"))
        self.assertTrue(self.hears(elsewhere, b"before"))
        self.order("one cut")
        self.assertTrue(self.is_reset(connection))
        self.assertTrue(self.comes_to_nothing())
        self.assertTrue(self.hears(elsewhere, b"the other route goes on"))
        self.order("one open")
        self.assertTrue(self.hears(self.client(), b"after"))
        self.assertGreaterEqual(self.stats("one")["resets"], 2)

    def test_a_lost_acknowledgement_the_server_did_it_and_the_client_never_knows(self):
        connection = self.client()
        self.assertTrue(self.hears(connection, b"before"))
        self.order("one lose to-client")
        connection.sendall(b"commit")
        self.until("the server to hear it", lambda: self.echo.heard == len(b"before" + b"commit"))
        self.until("the answer to be lost", lambda: self.stats("one")["lost_to_client"] == len(b"commit"))
        connection.settimeout(NEVER_S)
        with self.assertRaises(TimeoutError):
            connection.recv(1)
        self.order("one open")
        self.assertTrue(self.is_reset(connection), "a stream with a hole goes on as if nothing were missing")
        self.assertTrue(self.hears(self.client(), b"after"))

    def test_what_is_lost_to_the_server_is_never_heard(self):
        connection, quiet = self.client(), self.client()
        self.assertTrue(self.hears(connection, b"before"))
        self.assertTrue(self.hears(quiet, b"before"))
        self.order("one lose to-server")
        connection.sendall(b"gone")
        self.until("it to be lost", lambda: self.stats("one")["lost_to_server"] == len(b"gone"))
        self.order("one open")
        self.assertTrue(self.is_reset(connection))
        self.assertTrue(self.hears(quiet, b"who lost nothing goes on"))
        self.assertEqual(self.echo.heard, len(b"before" * 2 + b"who lost nothing goes on"))

    def test_passes_on_that_one_side_has_no_more_to_say(self):
        connection = self.client()
        connection.sendall(b"the end")
        connection.shutdown(socket.SHUT_WR)
        self.assertEqual(self.reads(connection, 100), b"the end")

    def test_a_server_that_is_away_is_a_reset(self):
        self.echo.server.shutdown(socket.SHUT_RDWR)  # close alone does not end the accept that waits there
        self.assertTrue(self.comes_to_nothing())

    def test_wrong_words_are_refused_and_change_nothing(self):
        for line in ("nobody cut", "one", "one burn", "one delay", "one delay -1", "one delay 5x", "one lose", "one open 1"):
            self.assertNotEqual(self.ask(line), "done\n", line)
        self.assertTrue(self.hears(self.client(), b"as before"))
        for words in ([], ["x"], [str(self.control)], [str(free_port()), "one=1"], [str(free_port()), "ONE=1:2"]):
            done = subprocess.run([PROXY, *words], capture_output=True, timeout=ANSWER_S, check=False)
            self.assertIn(done.returncode, (1, 2), words)


if __name__ == "__main__":
    unittest.main()
