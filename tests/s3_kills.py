"""An upload to an S3 store that is killed again and again: what a store, a proxy and the last run can tell of it.

Plain parts without pytest: tests/test_s3_kills.py does it a few times,
benchmarks/kills.py often.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import random
import re
import subprocess
import sys
import threading
from collections import Counter, namedtuple

from fault_proxy import Proxy
from support_tree import native, text

#: What is left to judge. ``killed`` counts the kills that met a run; ``twice`` names the parts that were sent again
#: though the store had confirmed them; ``wrong`` the keys whose bytes differ; ``open`` the multipart uploads left.
Outcome = namedtuple("Outcome", "killed report requests parts twice wrong open")

#: A run: it says how it ended.
_RUN = """
from __future__ import unicode_literals
import io, json, sys
from rayvision_sync import compat, manifest, progress, record, stream, throttle, transfer
from rayvision_sync.cancel import Cancel
from rayvision_sync.engines import make_engine
asked = json.loads(compat.text(sys.argv[1]))
cancel = Cancel()
engine = make_engine("s3", asked["options"])
engine.open(cancel)
gear = stream.Gear(cancel, throttle.Throttle(), progress.Progress())
with record.Record(asked["record"]) as rows:
    report = transfer.Upload(engine, gear, rows, 8).run(lambda: manifest.read_assets(asked["manifest"]))
engine.close()
print(json.dumps(dict(report.as_dict(), problems=[problem.reason for problem in report.problems])))
"""


class Countdown(object):
    """Does no fault: kills a process when so many requests have come, of any kind or of parts."""

    def __init__(self):
        self.process = None
        self.is_started = threading.Event()
        self.left = 0
        self.of_parts = False

    def choose(self, method, target):
        """Count a request."""
        if self.of_parts and "partNumber=" not in target:
            return
        self.left -= 1
        if self.left == 0 and self.is_started.wait(60):
            self.process.kill()


def make_files(folder, sizes):
    """Write files and their manifest; return ``(manifest, {key: path})``."""
    paths, assets = {}, []
    for number, size in enumerate(sizes):
        key = "shot%d/file%05d" % (number % 7, number)
        path = os.path.join(folder, "source", *key.split("/"))
        if not os.path.isdir(os.path.dirname(path)):
            os.makedirs(os.path.dirname(path))
        with open(native(path), "wb") as out:
            while size > 0:
                out.write(os.urandom(min(size, 1 << 23)))
                size -= 1 << 23
        paths[key] = path
        assets.append({"local": path, "server": "/" + key})
    manifest = os.path.join(folder, "upload.json")
    with open(native(manifest), "wb") as out:
        out.write(json.dumps({"asset": assets}).encode("ascii"))
    return manifest, paths


def upload_and_kill(server, folder, sizes, kills, seed, say=None):
    """Upload files of these sizes, with kills at random requests; return the Outcome.

    Args:
        server (s3_servers.Server): Running.
        folder (str): For files and the record.
        sizes (list of int): Bytes.
        kills (int): How often.
        seed (int): Of the moments.
        say (callable, optional): Told a line for each run.
    """
    space, chance, countdown, killed = server.space(), random.Random(seed), Countdown(), 0
    manifest, paths = make_files(folder, sizes)
    # Most files are asked for first, and sent then.
    step = max(2, len(sizes) * 8 // 5 // (kills + 1))
    with Proxy(("127.0.0.1", server.port), countdown) as proxy:
        options = dict(space._asdict(), endpoint=proxy.url)
        asked = json.dumps({"options": options, "manifest": manifest, "record": os.path.join(folder, "record.sqlite")})
        for number in range(kills + 1):
            # Every other kill meets a part: among so many small files, few would by chance.
            countdown.of_parts = chance.random() < 0.5
            countdown.left = chance.randrange(1, 3 if countdown.of_parts else 2 * step)
            if number == kills:
                countdown.left = 0
            countdown.is_started.clear()
            process = subprocess.Popen([sys.executable, native("-c"), native(_RUN), native(asked)],
                                       stdout=subprocess.PIPE)
            countdown.process = process
            countdown.is_started.set()
            out = process.communicate()[0]
            proxy.settle()
            killed += process.returncode == -9
            if say:
                say("run %d: exit code %s after %d requests in all" % (number + 1, process.returncode,
                                                                       len(proxy.exchanges)))
        confirmed = Counter(one.target for one in proxy.exchanges
                            if "partNumber=" in one.target and one.status == 200 and one.done)
        requests = len(proxy.exchanges)
    assert process.returncode == 0, "the last run failed"
    client = server.client(space)
    wrong = sorted(set(client.keys()) ^ set(paths))
    for key, path in paths.items():
        with open(native(path), "rb") as source:
            if client.get(key) != source.read():
                wrong.append(key)
    outcome = Outcome(killed, json.loads(text(out)), requests, len(confirmed),
                      [re.sub("uploadId=[^&]*&?", "", target) for target, count in confirmed.items() if count > 1],
                      wrong, client.uploads())
    client.close()
    return outcome
