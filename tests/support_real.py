"""Start the vendor's own transfer program where no network is; print what came out as JSON.

    unshare --net python support_real.py FOLDER_OF_THE_SDK WORK

Started by tests/test_transmitter_real.py. It refuses to run where anything but this machine can be reached.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import fcntl
import functools
import io
import json
import os
import socket
import struct
import sys
import threading

from rayvision_sync import compat, landing, manifest
from rayvision_sync.cancel import Cancel
from rayvision_sync.engines.transmitter import command, program, run
from rayvision_sync.engines.transmitter.collection import Collection, Ground
from rayvision_sync.engines.transmitter.errand import Setup
from rayvision_sync.engines.transmitter.hideout import Hideout
from rayvision_sync.engines.transmitter.pool import Pool
from rayvision_sync.fetch import Wanted, _Job
from rayvision_sync.model import Item, Stored
from rayvision_sync.progress import Progress
from rayvision_sync.space import Space
from rayvision_sync.stream import Gear
from rayvision_sync.throttle import Throttle

NAMES = ["plain.ma", "with space.ma", "\"double\" 'single'.ma", "$(touch X).ma", "`touch Y`;touch Z.ma",
         "\u573a\u666f.ma", "two\nlines.ma", "-R.ma"]

_SET_FLAGS, _UP = 0x8914, 1
SILENCE_S = 8.0


def cut_off():
    """Make sure that there is only the loopback, and bring it up."""
    with io.open("/proc/self/net/dev", encoding="ascii") as lines:
        names = [line.split(":")[0].strip() for line in lines if ":" in line]
    assert names == ["lo"], names
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        fcntl.ioctl(one.fileno(), _SET_FLAGS, struct.pack(str("16sh14x"), b"lo", _UP))


class Bench(object):
    """The program, files to send, and a port that nobody listens on."""

    def __init__(self, sdk, work):
        self.work = work
        self.program = program.runnable(program.find(sdk, environ=lambda name: None))
        self.cancel = Cancel()
        self.items = []
        for number, name in enumerate(NAMES):
            path = os.path.join(work, "project", name)
            compat.make_folder(os.path.dirname(path))
            with io.open(path, "wb") as target:
                target.write(b"bytes")
            status = os.stat(path)
            self.items.append(Item(path, "/n/%d.ma" % number, 5, compat.mtime_ns(status)))
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.closed = "%d" % one.getsockname()[1]

    def route(self, port, protocol=0):
        return command.Route("aspera", "127.0.0.1", port, "20202", "10001", protocol)

    def orders(self):
        """Yield every kind of order, with what may differ in one."""
        listed = os.path.join(self.work, "upload $(touch X).json")
        manifest.write(listed, [(item.source, item.target) for item in self.items])
        names = os.path.join(self.work, "names.txt")
        with io.open(names, "w", encoding="utf-8") as target:
            target.write("/18_a/b c.exr\n/18_a/\u573a.exr\n")
        folder = os.path.join(self.work, "got")
        compat.make_folder(folder)
        yield command.Order("upload_json", listed, attempts=1)
        yield command.Order("upload_json", listed, speed_kb=1, attempts=1)
        yield command.Order("upload_json", listed, speed_kb=1048576)
        yield command.Order("download_list", folder, names, speed_kb=77, attempts=1)
        yield command.Order("upload_path", self.items[3].source, "/x/y.ma", attempts=1)
        yield command.Order("download_path", folder, "/18_a", keep=True, attempts=1)

    def try_orders(self):
        """Return [kind, exit code, summary] of each; all at a time, they wait most of theirs."""
        found = []

        def work(order, protocol):
            made = command.arguments(self.program, self.route(self.closed, protocol), order)
            outcome = run.Run(made, lambda said: None, self.cancel, silence_s=60.0).run()
            found.append([order.kind, outcome.code, outcome.summary])

        threads = [threading.Thread(target=work, args=(order, number % 3))
                   for number, order in enumerate(self.orders())]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(found)

    def setup(self, port):
        return Setup(self.program, self.route(port), Progress(), None, None, SILENCE_S, attempts=1)

    def send(self, port):
        """Return what is said of each file that is sent."""
        pool = Pool(self.setup(port), self.cancel, 1)
        return [error.message for _, _, error in pool.run([self.items])]

    def fetch(self):
        """Return what is said of each file that is fetched."""
        folder = os.path.join(self.work, "frames")
        gear = Gear(self.cancel, Throttle(), Progress())
        lander = landing.Lander(gear, lambda path: Space(self.work, gear))
        jobs = [_Job("/18_a/%d.exr" % number, os.path.join(folder, "%d.exr" % number), 5, Wanted(
            Stored("/18_a/%d.exr" % number, 5, None, None), folder, "x"), "", None) for number in range(3)]
        with Hideout(folder) as hideout:
            ground = Ground(lambda name: self.route(self.closed), lambda names: {}, lambda job: hideout, lander)
            pool = Pool(self.setup(self.closed), self.cancel, 1, errand=functools.partial(Collection, ground))
            return [error.message for _, _, error in pool.run([jobs])]

    def send_into_silence(self):
        """Return what is said of a port that accepts and says nothing, and how long that took."""
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen(8)
            began = compat.monotonic()
            return self.send("%d" % silent.getsockname()[1]), compat.monotonic() - began

    def processes(self):
        """Return the command lines of what still runs of the program."""
        found = []
        for name in os.listdir("/proc"):
            if name.isdigit() and name != "%d" % os.getpid():
                try:
                    with io.open("/proc/%s/cmdline" % name, "rb") as source:
                        line = source.read().decode("utf-8", "replace")
                except (IOError, OSError):
                    continue
                if os.path.dirname(self.program) in line:
                    found.append(line)
        return found


def main(sdk, work):
    """Run all of it."""
    cut_off()
    bench = Bench(sdk, work)
    outcomes = {}
    calls = {"orders": bench.try_orders, "sent": lambda: bench.send(bench.closed), "fetched": bench.fetch,
             "silence": bench.send_into_silence}
    threads = [threading.Thread(target=lambda name=name, call=call: outcomes.update({name: call()}))
               for name, call in calls.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcomes.update(left=bench.processes(), touched=[name for name in "XYZ" if os.path.exists(
        os.path.join(os.path.dirname(bench.program), name)) or os.path.exists(name)])
    print("\n" + json.dumps(outcomes))


if __name__ == "__main__":
    main(*sys.argv[1:])
