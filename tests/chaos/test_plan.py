"""The plan: the same seed is the same plan, and each kind comes early in its lane."""
import itertools
import re
import unittest

import plan


def beginning(seed, lane, count=200):
    return list(itertools.islice(plan.lane_steps(seed, lane), count))


class Plan(unittest.TestCase):
    def test_the_same_seed_is_the_same_plan_and_another_is_another(self):
        for lane in plan.LANES:
            self.assertEqual(beginning(7, lane), beginning(7, lane))
            self.assertNotEqual(beginning(7, lane), beginning(8, lane))

    def test_a_first_round_has_each_kind_of_its_lane_once(self):
        for lane in plan.LANES:
            kinds = plan.kinds_of(lane)
            self.assertEqual(sorted(step.kind for step in beginning(7, lane, len(kinds))), sorted(kinds))

    def test_every_lane_has_kinds_and_the_nemesis_knows_each(self):
        with open(plan.__file__.replace("plan.py", "nemesis.py"), encoding="utf-8") as file:
            nemesis = file.read()
        for kind in plan.KINDS:
            name = kind.replace("-", "_")
            self.assertTrue(re.search(r"\bdef %s\(|^    (\w+, |kill_service = )*%s\b.* = " % (name, name), nemesis, re.M), kind)

    def test_a_frozen_process_sleeps_longer_than_its_session(self):
        frozen = [step for step in beginning(7, "processes") if step.kind.startswith("freeze")]
        self.assertTrue(frozen)
        self.assertTrue(all(step.hold_s >= plan.SESSION_S + 2 for step in frozen))

    def test_the_session_is_as_long_as_the_services_say(self):
        path = plan.__file__.replace("tests/chaos/plan.py", "infra/runtime/kafka_config.c")
        with open(path, encoding="utf-8") as file:
            said = re.search(r'"session\.timeout\.ms",\s*"(\d+)"', file.read()).group(1)
        self.assertEqual(int(said), plan.SESSION_S * 1000)

    def test_targets_are_what_runs(self):
        names = set(plan.consumers()) | set(plan.instances("bridge"))
        for step in beginning(7, "processes"):
            self.assertIn(step.target, names)
            if step.point == "event_sent":
                self.assertFalse(step.target.startswith("timeline"), "timeline says nothing")


if __name__ == "__main__":
    unittest.main()
