"""The README's examples do what the README says: they are run as they stand, in both languages."""
import json
import os
import re
import subprocess
import unittest

from support import BIN, HTTP, ROOT, new_id, quiesce

LASTING = ("jumun tail",)  # runs until it is stopped: a second of it is enough


def shell_examples(readme, heading):
    with open(os.path.join(ROOT, readme), encoding="utf-8") as file:
        text = file.read()
    return re.search(r"## %s\n\n```sh\n(.*?)```" % heading, text, re.S).group(1)


def commands(block):
    """One command an entry; a quoted body may go over several lines."""
    found, open_quote = [], False
    for line in block.splitlines():
        if open_quote:
            found[-1] += "\n" + line
        else:
            found.append(line)
        open_quote ^= line.count("'") % 2 == 1
    return found


class Readme(unittest.TestCase):
    def run_examples(self, readme, heading):
        environment = {**os.environ, "PATH": BIN + ":" + os.environ["PATH"]}
        code = new_id("WELCOME-")  # a coupon is used once, and both languages use it
        examples = [command.replace("WELCOME", code) for command in commands(shell_examples(readme, heading))]
        self.assertGreater(len(examples), 5)
        for example in examples:
            with self.subTest(example):
                command = example.replace("127.0.0.1:8080", HTTP)
                wanted = 0
                if example.startswith(LASTING):
                    command, wanted = "timeout -s INT 2 " + command, (0, 124, 130)
                if example.startswith("jumun audit"):
                    quiesce()
                done = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True)
                self.assertIn(done.returncode, wanted if isinstance(wanted, tuple) else (wanted,), done.stdout + done.stderr)
                if example.startswith("curl"):
                    self.assertEqual(json.loads(done.stdout)["status"], "PAID")

    def test_english_examples(self):
        self.run_examples("README.md", "Use it")

    def test_korean_examples(self):
        self.run_examples("README.ko.md", "사용하기")


if __name__ == "__main__":
    unittest.main()
