"""Files, engines with faults, and runs of an upload for the tests."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager

from support_tree import native

from rayvision_sync import compat, stream
from rayvision_sync.cancel import Cancel
from rayvision_sync.engines.folder import WORK, FolderEngine
from rayvision_sync.progress import Progress
from rayvision_sync.throttle import Throttle
from rayvision_sync.transfer import Upload

#: A time in nanoseconds that every Python and every disk keeps.
SECOND = 10 ** 9
THEN = 1600000000 * SECOND


class Wrapper(object):
    """An engine around another one. Subclasses put a fault in the way."""

    def __init__(self, inner):
        self.inner = inner

    def __getattr__(self, name):
        return getattr(self.inner, name)


class Counting(Wrapper):
    """Counts what is sent and asked, of a storage that asks to be spared."""

    sample = 32

    def __init__(self, inner):
        super(Counting, self).__init__(inner)
        self.sent, self.asked = [], []

    def send(self, source, target):
        self.sent.append(target)
        return self.inner.send(source, target)

    def ask(self, targets):
        self.asked.extend(targets)
        return self.inner.ask(targets)


class Slow(Wrapper):
    """Every file takes its time, as on a network; `waits` is how long, in seconds."""

    def __init__(self, inner, waits):
        super(Slow, self).__init__(inner)
        self._waits = waits

    def send(self, source, target):
        threading.Event().wait(self._waits)
        return self.inner.send(source, target)


def folder_of(tmpdir, *names):
    """Return a path under pytest's tmpdir as text."""
    return os.path.join(compat.text(tmpdir.strpath), *names)


def put(path, content=b"", mtime=None):
    """Write a file and its folders; return its path."""
    compat.make_folder(os.path.dirname(path))
    with io.open(compat.fs(path), "wb") as target:
        target.write(content)
    if mtime is not None:
        compat.set_mtime_ns(path, mtime)
    return path


def get(path):
    """Return a file's bytes."""
    with io.open(compat.fs(path), "rb") as source:
        return source.read()


def scene(folder, count, size=100, server="/D/tex"):
    """Write `count` different files; return ``(local, server)`` pairs."""
    pairs = []
    for number in range(count):
        name = "%05d.tex" % number
        put(os.path.join(folder, name), ("%s " % name).encode("ascii") * (size // 10), THEN + number * SECOND)
        pairs.append((os.path.join(folder, name), "%s/%s" % (server, name)))
    return pairs


def stored(root):
    """Return ``{server name: bytes}`` of a storage folder, leftovers included."""
    found, pending = {}, [root] if os.path.isdir(compat.fs(root)) else []
    while pending:
        folder = pending.pop()
        for name in os.listdir(compat.fs(folder)):
            path = os.path.join(folder, compat.from_fs(name))
            if os.path.isdir(compat.fs(path)):
                pending.append(path)
            else:
                found[path[len(root):].replace(os.sep, "/")] = get(path)
    return found


def has_leftovers(root):
    """Tell whether our own folder still stands in a storage."""
    return os.path.lexists(compat.fs(os.path.join(root, WORK)))


def sources(pairs):
    """Return what `stored` must be for these pairs."""
    return dict((server, get(local)) for local, server in pairs)


def gear(listener=None, cancel=None, max_speed_kb=None):
    return stream.Gear(cancel or Cancel(), Throttle(max_speed_kb), Progress(listener))


def send(engine, pairs, record=None, threads=None, attempts=5, **options):
    """Run an upload of ``(local, server)`` pairs; return its report."""
    if not hasattr(engine, "send"):
        engine = FolderEngine(engine)
    engine.open()
    try:
        return Upload(engine, gear(**options), record, threads, attempts).run(lambda: iter([list(pairs)]))
    finally:
        engine.close()


def write_manifest(path, pairs):
    """Write an upload.json."""
    assets = [{"local": local, "server": server} for local, server in pairs]
    return put(path, json.dumps({"asset": assets}).encode("ascii"))


def start(script, *values):
    """Start a script in a process of its own; it reads its values from ``sys.argv``."""
    return subprocess.Popen([sys.executable, native("-c"), native(script)] + [native(value) for value in values],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(process):
    """Wait for a process; return its output as text, and fail if it failed."""
    out, err = process.communicate()
    assert process.returncode == 0, err.decode("utf-8", "replace")
    return out.decode("utf-8")


#: A child that uploads: manifest, storage, record or "", threads or "". Given a number, it says a line before each
#: file, and begins no more files than that: it waits to be killed.
UPLOAD = """
from __future__ import unicode_literals
import itertools, json, os, sys, threading
from rayvision_sync import compat, manifest, stream
from rayvision_sync.cancel import Cancel
from rayvision_sync.engines.folder import FolderEngine
from rayvision_sync.progress import Progress
from rayvision_sync.record import Record
from rayvision_sync.throttle import Throttle
from rayvision_sync.transfer import Upload
path, root, base, threads = [compat.text(value) for value in sys.argv[1:5]]
numbers = itertools.count(1)
class Telling(FolderEngine):
    def send(self, source, target):
        if next(numbers) > int(sys.argv[5]):
            threading.Event().wait(600)
        os.write(1, b".\\n")
        return FolderEngine.send(self, source, target)
record = Record(base).open() if base else None
engine = Telling(root) if sys.argv[5:] else FolderEngine(root)
engine.open()
print("ready")
sys.stdout.flush()
sys.stdin.readline()
gear = stream.Gear(Cancel(), Throttle(), Progress())
report = Upload(engine, gear, record, int(threads) if threads else None).run(lambda: manifest.read_assets(path))
engine.close()
print(json.dumps(report.as_dict()))
print(json.dumps([problem.reason for problem in report.problems]))
"""


@contextmanager
def nobody():
    """Be nobody for a while, where the tests run as root: root may read and write everything."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
