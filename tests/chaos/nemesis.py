"""Does what the plan says, heals it again, and counts only what really happened.

Each kind is a method that returns what was seen of it ("" when nothing came of it, which is not counted).
"""
import collections
import random
import signal
import threading
import time

import plan
import records
from stack import Late, wait_until

REACH_S = 45      # for a process to come to its fault point, a byte to a route
FIRST_ROUND_TRIES = 5
RETURN_S = 120    # for what was killed to be whole again


class Nemesis:
    def __init__(self, seed, services, brokers, databases, proxy, disks):
        self.seed, self.services, self.brokers = seed, services, brokers
        self.databases, self.proxy, self.disks = databases, proxy, disks
        self.injected, self.in_vain = collections.Counter(), collections.Counter()
        self.impossible, self.troubles, self.story, self.poisoned = {}, [], [], []
        self.database_turn = threading.Lock()
        self.tally = threading.Lock()

    # ---- the lanes ---------------------------------------------------------------------------

    def run(self, seconds):
        self.began = time.monotonic()
        lanes = [threading.Thread(target=self.run_lane, args=(lane, self.began + seconds), daemon=True)
                 for lane in plan.LANES]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()

    def run_lane(self, lane, end):
        """At least once round, however long that takes."""
        first_round = len(plan.kinds_of(lane))
        for index, step in enumerate(plan.lane_steps(self.seed, lane)):
            if index >= first_round and time.monotonic() > end:
                return
            time.sleep(step.pause_s)
            tries = FIRST_ROUND_TRIES if index < first_round else 1
            for _ in range(tries):
                if self.take(step):
                    break
                self.wait_for_brokers()  # a route to a broker that is away carries nothing to lose

    def wait_for_brokers(self):
        try:
            self.brokers.wait_whole(RETURN_S)
        except Late:
            pass  # whoever took them down says so

    def take(self, step):
        """True when there is nothing to try again."""
        at_s = time.monotonic() - self.began
        try:
            seen = getattr(self, step.kind.replace("-", "_"))(step)
        except Late as trouble:
            seen = ""
            with self.tally:
                self.troubles.append("%s of %s at %.0f s: %s" % (step.kind, step.target, at_s, trouble))
        if seen is None:
            return True
        with self.tally:
            (self.injected if seen else self.in_vain)[step.kind] += 1
            self.story.append((at_s, step.kind, step.target, step.point, seen or "nothing came of it"))
        return bool(seen)

    # ---- processes ---------------------------------------------------------------------------

    def held(self, name):
        process = self.services.processes[name]
        with process.turn:
            process.is_held = True
        return process

    def kill(self, step):
        process = self.held(step.target)
        try:
            was_alive = process.is_alive()
            process.end()
            time.sleep(step.hold_s)
            process.start()
        finally:
            process.is_held = False
        return "killed" if was_alive else ""

    kill_service = kill_bridge = kill

    def freeze(self, step):
        process = self.held(step.target)
        try:
            process.send(signal.SIGSTOP)
            time.sleep(step.hold_s)
            was_frozen = process.state() == "T"
            process.send(signal.SIGCONT)
        finally:
            process.is_held = False
        return "frozen for %.0f s" % step.hold_s if was_frozen else ""

    def armed(self, step, action):
        """Started anew, to do that at its fault point; True when it came there in time."""
        process = self.services.processes[step.target]
        process.end(signal.SIGTERM)
        process.start(JUMUN_FAULT="%s:%s:%d" % (step.point, action, step.number))
        try:
            wait_until("the fault point", lambda: process.state() in (None, "T"), REACH_S, 0.02)
        except Late:
            return False
        return True

    def kill_at_fault_point(self, step):
        process = self.held(step.target)
        try:
            died = self.armed(step, "kill") and process.child.returncode == -signal.SIGKILL
            process.end(signal.SIGTERM)
            process.start()
        finally:
            process.is_held = False
        return "died there" if died else ""

    def freeze_at_fault_point(self, step):
        process = self.held(step.target)
        try:
            frozen = self.armed(step, "stop") and process.state() == "T"
            if frozen:
                time.sleep(step.hold_s)
                process.send(signal.SIGCONT)
            else:  # it must not freeze later, when nobody looks
                process.end(signal.SIGTERM)
                process.start()
        finally:
            process.is_held = False
        return "frozen there for %.0f s" % step.hold_s if frozen else ""

    # ---- brokers -----------------------------------------------------------------------------

    def kill_one_broker(self, name, hold_s):
        process = self.brokers.processes[name]
        was_alive = process.is_alive()
        process.end()
        time.sleep(hold_s)
        process.start()
        self.brokers.wait_whole(RETURN_S)
        return was_alive

    def kill_broker(self, step):
        return "killed" if self.kill_one_broker(step.target, step.hold_s) else ""

    def leader_of(self, step):
        topic, partition = step.target.split("/")
        return wait_until("a leader of " + step.target, lambda: self.brokers.leader(topic, int(partition)), 30, 0.5)

    def kill_leader(self, step):
        topic, partition = step.target.split("/")
        leader = self.leader_of(step)
        self.kill_one_broker(leader, step.hold_s)
        after = self.brokers.leader(topic, int(partition))
        return "it was %s, then %s" % (leader, after)

    def fill_broker_disk(self, step):
        disk, process = self.disks["broker"], self.brokers.processes[step.target]
        if not disk.is_mounted:
            return self.cannot(step.kind, "mounting is not permitted here")
        size = process.log_size()
        disk.fill()
        try:
            wait_until("the broker to notice", lambda: "No space left" in process.log_since(size), 40)
            time.sleep(step.hold_s)
        finally:
            disk.free()
            has_stopped = not process.is_alive()
            process.end()
            process.start()
            self.brokers.wait_whole(RETURN_S)
        return "it stopped" if has_stopped else "it went on without its log"

    # ---- the database ------------------------------------------------------------------------

    def stop_database(self, step):
        with self.database_turn:
            self.databases.primary.stop_now()
            time.sleep(step.hold_s)
            self.databases.start_primary()
            self.databases.wait_synchronous(60)
        return "stopped"

    def fail_over(self, _):
        with self.database_turn:
            self.databases.fail_over()
        return "%s is the primary now" % self.databases.primary.name

    def terminate_backends(self, _):
        with self.database_turn:
            ended = self.databases.terminate_backends()
        return "%d connections" % ended if ended else ""

    def fill_database_disk(self, step):
        disk, node = self.disks["database"], self.databases.first
        if not disk.is_mounted:
            return self.cannot(step.kind, "mounting is not permitted here")
        with self.database_turn:
            role = "primary" if node is self.databases.primary else "standby"
            size = node.process.log_size()
            disk.fill()
            try:
                wait_until("the database to notice", lambda: "No space left" in node.process.log_since(size), 40)
                time.sleep(step.hold_s)
            finally:
                disk.free()
                self.databases.revive()
        return "noticed by the " + role

    # ---- the network -------------------------------------------------------------------------

    def route(self, step):
        """A broker that has come back leads nothing for a while, and nobody asks it anything: so a leader's."""
        if step.target == "primary":
            return "pg-1" if self.databases.primary is self.databases.first else "pg-2"
        return self.leader_of(step)

    def on_route(self, step, fault, counter):
        """Something is wrong with a route for a while, and until it mattered: the proxy's counter says so."""
        route = self.route(step)
        before = self.proxy.stats(route)[counter]

        def bitten():
            return self.proxy.stats(route)[counter] - before
        self.proxy.order("%s %s" % (route, fault))
        try:
            time.sleep(step.hold_s)
            wait_until("a byte on " + route, bitten, REACH_S)
            done = bitten()
        finally:
            self.proxy.order(route + " open")
        return "%s: %d %s" % (route, done, counter.replace("_", " ")) if done else ""

    def delay_broker(self, step):
        return self.on_route(step, "delay %d" % step.number, "to_client")

    def cut_broker(self, step):
        return self.on_route(step, "cut", "resets")

    def lose_broker_acks(self, step):
        return self.on_route(step, "lose to-client", "lost_to_client")

    delay_database, cut_database, lose_database_acks = delay_broker, cut_broker, lose_broker_acks

    # ---- records -----------------------------------------------------------------------------

    def duplicates(self, step):
        topic, partition = step.target.split("/")
        chance = random.Random("%d %r" % (self.seed, step))
        again = records.publish_again(self.brokers.bootstrap, topic, int(partition), step.number, chance)
        return "%d records" % again if again else ""

    def poison(self, step):
        seed = "%d %r" % (self.seed, step)
        sent = records.publish_poison(self.brokers.bootstrap, step.target, step.number, seed)
        self.poisoned += sent
        return "%d records" % len(sent) if sent else ""

    def cannot(self, kind, why):
        self.impossible[kind] = why

    # ---- the end of it -----------------------------------------------------------------------

    def heal(self):
        """Everything runs and nothing is in anybody's way."""
        for disk in self.disks.values():
            disk.free()
        for route in [name for name in self.brokers.processes] + ["pg-1", "pg-2"]:
            self.proxy.order(route + " open")
        self.brokers.revive()
        self.databases.revive()
        self.brokers.wait_whole(RETURN_S)
        for process in self.services.processes.values():
            process.is_held = False
            process.send(signal.SIGCONT)
        self.services.wait_well(60)
