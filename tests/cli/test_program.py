"""The program as a whole: exit status, what goes to which stream, help, and what it never shows.

JUMUN_PROGRAM is the program.  No server is needed.
"""
import os
import pathlib
import re
import shlex
import subprocess
import unittest

COMMANDS = ("product", "stock", "coupon", "credit", "order", "show", "watch", "cancel", "tail", "lag", "audit",
            "dead-letters", "publish", "topics", "rebuild", "actions")
ORDER = "00000000-0000-7000-8000-00000000000a"

# Words, and what the refusal says.
BAD_USAGE = (
    ("", "which command?"),
    ("prodct", "there is no command prodct"),
    ("product", "something is missing"),
    ("product tea", "--name and --price are needed"),
    ("product tea --name t --price -1", "--price is -1"),
    ("product tea --name t --price 1.5", "--price is 1.5"),
    ("product tea --name t --price 9007199254740992", "from 0 to 9007199254740991"),
    ("product tea --name t --price 1 --stock 1000001", "from 1 to 1000000"),
    ("product 'a b' --name t --price 1", "/product_id"),
    ("product tea --name ' ' --price 1", "/name"),
    ("product a b --name t --price 1", "one word too many: b"),
    ("stock tea", "--add is needed"),
    ("stock tea --add 0", "from 1 to 1000000"),
    ("coupon C", "either --discount or --percent"),
    ("coupon C --discount 1 --percent 1", "either --discount or --percent"),
    ("coupon C --percent 101", "from 1 to 100"),
    ("coupon C --percent 10 --expires tomorrow", "/expires_at"),
    ("credit kim", "something is missing"),
    ("credit kim 0", "AMOUNT is 0"),
    ("order", "--customer and at least one --item"),
    ("order --customer c --item tea:x", "the quantity in --item is x"),
    ("order --customer c --item tea --recipient r", "go together"),
    ("show 1", "1 is not an order's id"),
    ("cancel %s --by kim" % ORDER, "why? --reason TEXT"),
    ("cancel %s --reason ' '" % ORDER, "--reason must be one line of 1 to 1000 characters"),
    ("cancel %s --reason 'a\nb'" % ORDER, "--reason must be one line"),
    ("cancel %s --reason %s" % (ORDER, "x" * 10_000), "--reason must be one line of 1 to 1000 characters"),
    ("cancel %s --reason x --by %s" % (ORDER, "x" * 101), "--by must be one line of 1 to 100 characters"),
    ("cancel %s --reason x --by 'a\u202eb'" % ORDER, "--by must be one line"),
    ("audit --by ''", "--by must be one line"),
    ("actions show", "only `note` can follow"),
    ("actions note", "note what?"),
    ("show ../../v1/products", "is not an order's id"),
    ("watch X", "is not an order's id"),
    ("cancel X", "is not an order's id"),
    ("tail NoTopic", "there is no topic NoTopic"),
    ("publish NoTopic", "not a topic that can be published to"),
    ("publish DeadLetter", "not a topic that can be published to"),
    ("topics remove", "create, check or list"),
    ("dead-letters", "something is missing"),
    ("dead-letters mend", "list, show, preview, redrive"),
    ("dead-letters redrive", "a key, a selection, or --all"),
    ("dead-letters redrive k --all", "a key, a selection, or --all"),
    ("dead-letters redrive k", "--reason TEXT"),
    ("dead-letters stop nothing --reason x", "which job?"),
    ("dead-letters list --service nobody", "there is no service nobody"),
    ("audit --tables --topics", "only one of"),
    ("lag --bogus", "there is no option --bogus"),
)


def run(words, **settings):
    env = {name: value for name, value in os.environ.items() if not name.startswith("JUMUN_")}
    words = shlex.split(words) if isinstance(words, str) else words
    return subprocess.run([os.environ["JUMUN_PROGRAM"], *words], env={**env, **settings}, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=60)


class Help(unittest.TestCase):
    def test_it_lists_every_command_and_the_environment(self):
        done = run("--help")
        text = done.stdout.decode()
        self.assertEqual(done.returncode, 0)
        for word in (*COMMANDS, "JUMUN_KAFKA", "Exit status"):
            self.assertIn(word, text)

    def test_every_command_has_it_with_an_example(self):
        for command in COMMANDS:
            with self.subTest(command=command):
                done = run([command, "--help"])
                self.assertEqual((done.returncode, done.stderr), (0, b""))
                self.assertRegex(done.stdout.decode(), "(?s)Example.*jumun " + command)

    def test_it_works_where_words_are_missing_or_settings_are_bad(self):
        self.assertEqual(run("product --help", JUMUN_KAFKA="nonsense").returncode, 0)

    def test_the_version_is_one_line(self):
        self.assertRegex(run("--version").stdout, rb"^jumun [0-9.]+\n$")


class BadUsage(unittest.TestCase):
    def test_it_is_named_and_ends_with_2(self):
        for words, says in BAD_USAGE:
            with self.subTest(words=words):
                done = run(words)
                self.assertEqual((done.returncode, done.stdout), (2, b""))
                self.assertIn(says, done.stderr.decode())
                self.assertIn("--help", done.stderr.decode())

    def test_text_that_is_not_utf8_is_refused(self):
        done = run(["product", "tea", "--name", b"\xff", "--price", "1"])
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"name is not valid UTF-8", done.stderr)

    def test_a_bad_setting_is_named(self):
        done = run("lag", JUMUN_KAFKA="nonsense")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"JUMUN_KAFKA=nonsense is not allowed: host:port", done.stderr)

    def test_a_password_is_never_shown(self):
        done = run("lag", JUMUN_PG="host=a password=s3cret\n.")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"password=***", done.stderr)
        self.assertNotIn(b"s3cret", done.stderr)

    def test_errors_are_json_when_json_is_asked_for(self):
        done = run("product tea --json")
        self.assertEqual((done.returncode, done.stderr),
                         (2, b'{"error":"usage","detail":"--name and --price are needed"}\n'))


class Servers(unittest.TestCase):
    def test_one_that_is_away_ends_with_3_and_is_named_in_one_line(self):
        for words in ("topics check", "tail --once", "lag", "dead-letters show 0/0", "product tea --name t --price 1",
                      "order --customer c --item tea", "show " + ORDER, "watch " + ORDER, "cancel " + ORDER,
                      "cancel %s --reason x" % ORDER):
            with self.subTest(words=words):
                done = run(words, JUMUN_KAFKA="127.0.0.1:1", JUMUN_HTTP="127.0.0.1:1",
                           JUMUN_PG="host=127.0.0.1 port=1 connect_timeout=2")
                self.assertEqual((done.returncode, done.stdout), (3, b""), done.stderr)
                self.assertIn(b"127.0.0.1:1", done.stderr)
                self.assertEqual(done.stderr.count(b"\n"), 1, done.stderr)

    def test_a_database_that_is_away_is_named(self):
        for words, says in (("dead-letters list", b"database of stock"), ("audit", b"database of stock"),
                            ("rebuild all --compare", b"database of stock"), ("actions", b"database of the operator")):
            with self.subTest(words=words):
                done = run(words, JUMUN_PG="host=127.0.0.1 port=1 connect_timeout=2")
                self.assertEqual((done.returncode, done.stderr.count(b"\n")), (3, 1), done.stderr)
                self.assertIn(says, done.stderr)

    def test_checking_lines_needs_no_server(self):
        done = subprocess.run([os.environ["JUMUN_PROGRAM"], "publish", "BalanceCredited", "--check"], capture_output=True,
                              input=b'{"credit_id":"a","customer_id":"kim","amount":5}\n\n'
                                    b'{"credit_id":"b","customer_id":"kim","amount":"5"}\n')
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"line 3: BalanceCredited /amount", done.stderr)


class Output(unittest.TestCase):
    def test_what_cannot_be_written_is_not_success(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([os.environ["JUMUN_PROGRAM"], "--help"], stdout=full, stderr=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 1)


class Advice(unittest.TestCase):
    def test_each_reason_of_a_domain_has_its_own(self):
        root = pathlib.Path(__file__).resolve().parents[2]
        advice = (root / "producers/cli/letter_advice.c").read_text()
        given = set()
        for source in (root / "consumers").glob("*/*.c"):
            given |= set(re.findall(r'emitter_dead_letter\([^,]+,\s*"(\w+)"', source.read_text()))
        self.assertGreater(len(given), 8)
        self.assertEqual([reason for reason in sorted(given) if '{ "%s",' % reason not in advice], [])


if __name__ == "__main__":
    unittest.main()
