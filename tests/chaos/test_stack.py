"""Waiting, and programs that do not end: what a server that is away does to whoever asks it."""
import os
import unittest

os.environ.setdefault("JUMUN_RUN", "/nowhere")
os.environ.setdefault("JUMUN_BIN", "/nowhere")
import stack
from stack import Late


class Waiting(unittest.TestCase):
    def test_a_program_that_does_not_end_is_late(self):
        with self.assertRaisesRegex(Late, "sleep did not end within"):
            stack.run(["sleep", "60"], 0.05)

    def test_a_condition_that_cannot_be_asked_is_asked_again(self):
        asked = []

        def second_time():
            asked.append(1)
            if len(asked) == 1:
                raise Late("nobody answers")
            return "answer"
        self.assertEqual(stack.wait_until("an answer", second_time, 60, 0.01), "answer")

    def test_a_condition_that_can_never_be_asked_is_late_in_its_own_words(self):
        def never():
            raise Late("nobody answers")
        with self.assertRaisesRegex(Late, "waited 0 s for an answer"):
            stack.wait_until("an answer", never, 0.05, 0.01)


if __name__ == "__main__":
    unittest.main()
