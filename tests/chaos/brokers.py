"""Three brokers: which leads what, and when all of them have everything again."""
import json

from stack import Process, run, wait_until


class Brokers:
    def __init__(self, names, bootstrap):
        self.processes = {name: Process.adopt(name) for name in names}
        self.bootstrap = bootstrap  # past the proxy; what they advertise is the proxy

    def metadata(self, topic=None):
        args = ["kcat", "-b", self.bootstrap, "-L", "-J", "-m", "5"] + (["-t", topic] if topic else [])
        done = run(args, 20)
        return json.loads(done.stdout) if done.returncode == 0 and done.stdout else None

    def leader(self, topic, partition):
        """The broker's name, or None."""
        seen = self.metadata(topic)
        for part in seen["topics"][0]["partitions"] if seen and seen["topics"] else ():
            if part["partition"] == partition and part["leader"] > 0:
                return "broker-%d" % part["leader"]
        return None

    def is_whole(self):
        """Every partition has a leader and all its replicas in sync."""
        seen = self.metadata()
        if not seen or len(seen["brokers"]) < len(self.processes):
            return False
        parts = [part for topic in seen["topics"] for part in topic["partitions"]]
        return bool(parts) and all(
            part["leader"] > 0 and len(part["isrs"]) == len(part["replicas"]) for part in parts)

    def wait_whole(self, timeout_s):
        wait_until("all replicas to be in sync", self.is_whole, timeout_s, 0.5)

    def revive(self):
        for process in self.processes.values():
            if not process.is_alive():
                process.start()

    def stop(self):
        for process in self.processes.values():
            process.send(15)
        for process in self.processes.values():
            process.end(15, 30)
