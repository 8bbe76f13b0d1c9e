"""A storage that fails on order, a bench to download from it on, and folders for it."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import subprocess
import sys

from support_farm import read, tree, write
from support_tree import native, text

from rayvision_sync import compat, engines, landing
from rayvision_sync.cancel import Cancel
from rayvision_sync.engines.folder import FolderEngine
from rayvision_sync.fetch import Download, Wanted
from rayvision_sync.progress import Progress
from rayvision_sync.record import Record
from rayvision_sync.settings import Settings
from rayvision_sync.stream import Gear
from rayvision_sync.throttle import Throttle

#: A time in nanoseconds that every file system and Python can hold.
TIME = 1600000000 * 10 ** 9


class Storage(object):
    """The folder engine, counted, and with faults on order. Safe to open again and again.

    Attributes:
        fetched (list): Names, one for each time that a file was fetched.
        asked (list): Names that were compared by their bytes.
        faults (dict): Name -> list of functions ``(engine, stored, sink)``, one for each fetch to come.
        before_list (callable or None): Called with the prefix.
        listing (list or None): `Stored` tuples, instead of what the folder has.
    """

    def __init__(self, root):
        self.root = root
        self.engine = FolderEngine(root)
        self.fetched, self.asked, self.faults = [], [], {}
        self.before_list = self.listing = None
        for name in ("name", "identity", "first_threads", "most_threads", "open", "close", "send", "ask"):
            setattr(self, name, getattr(self.engine, name))

    def list(self, prefix):
        if self.before_list:
            self.before_list(prefix)
        return iter(self.listing) if self.listing is not None else self.engine.list(prefix)

    def fetch(self, stored, sink):
        self.fetched.append(stored.name)
        faults = self.faults.get(stored.name)
        (faults.pop(0) if faults else FolderEngine.fetch)(self.engine, stored, sink)

    def checksum(self, name, cancel=None):
        self.asked.append(name)
        return self.engine.checksum(name, cancel)

    def settings(self, **values):
        """Return `Settings` that lead to this very object."""
        engines.ENGINES["test"] = lambda options: self
        values["storage"] = {"engine": "test", "output": {}, "input": {}, "config": {}}
        return Settings([("test", values)])


class Bench(object):
    """A storage, a download folder and a record; runs downloads and remembers what was said."""

    def __init__(self, folder):
        self.storage = Storage(os.path.join(folder, "storage"))
        self.folder = os.path.join(folder, "images")
        self.record = os.path.join(folder, "record.sqlite")
        self.events = []
        self.listener = None
        self.cancel = Cancel()

    def put(self, name, content, mtime=None):
        """Put a frame on the storage, whole, as a farm does."""
        put(os.path.join(self.storage.root, name), content, mtime)

    def wanted(self, prefix="/"):
        """Yield all that is on the storage."""
        for stored in self.storage.list(prefix):
            yield Wanted(stored, self.folder, stored.name[1:])

    def download(self, wanted=None, speed_kb=None, **options):
        """Run a download; return its `Report`."""
        self.gear = Gear(self.cancel, Throttle(speed_kb), Progress(self._hear))
        with Record(self.record) as record:
            return Download(self.storage, self.gear, record, **options).run(
                self.wanted() if wanted is None else wanted)

    def _hear(self, event):
        self.events.append(event)
        if self.listener:
            self.listener(event)

    def said(self, kind):
        """Return the notes of the events of a kind."""
        return [event.note for event in self.events if event.kind == kind]

    def path(self, name):
        """Return the local path of a frame."""
        return os.path.join(self.folder, name)

    def here(self, name):
        """Return a landed frame's bytes."""
        return read(self.path(name))

    def names(self):
        """Return the names in the download folder."""
        return tree(self.folder) if os.path.isdir(compat.fs(self.folder)) else []

    def lose_record(self):
        """Remove the record."""
        for tail in ("", "-wal", "-shm"):
            compat.remove_file(self.record + tail)


def put(path, content, mtime=None):
    """Put a file into its place whole."""
    aside = path + ".aside"
    write(aside, content)
    if mtime is not None:
        compat.set_mtime_ns(aside, mtime)
    compat.replace(aside, path)


def parts(folder):
    """Return the names of unfinished files below a folder."""
    return [name for name in tree(folder) if name.endswith(landing.PART) or name.endswith(".part")]


def whole(engine, stored, sink):
    """Fetch as it should be."""
    FolderEngine.fetch(engine, stored, sink)


def after_first_block(change):
    """Return a fault: something happens when one half has been read."""
    def fetch(engine, stored, sink):
        path = os.path.join(engine.root, *stored.name.strip("/").split("/"))
        with open(compat.fs(path), "rb") as source:
            sink.write(source.read(stored.size // 2))
            change()
            sink.write(source.read())
    return fetch


def gives(content):
    """Return a fault: other bytes come than are stored."""
    return lambda engine, stored, sink: sink.write(content)


def fails(error):
    """Return a fault: half of the file comes, then an error."""
    def fetch(engine, stored, sink):
        sink.write(b"x" * (stored.size // 2))
        raise error
    return fetch


#: Runs a download in a process of its own; says every frame that has landed.
_CHILD = """\
import json, sys
sys.path.insert(0, sys.argv[1])
import support_download
support_download.run_child(json.loads(sys.argv[2]))
"""


def start_child(folder, speed_kb=None, threads=None):
    """Start a process that downloads what a `Bench` of that folder has."""
    options = {"folder": folder, "speed_kb": speed_kb, "threads": threads}
    here = os.path.dirname(os.path.abspath(__file__))
    return subprocess.Popen([sys.executable, native("-c"), native(_CHILD), here, native(json.dumps(options))],
                            stdout=subprocess.PIPE)


def run_child(options):
    """Be that process."""
    bench = Bench(options["folder"])

    def say(event):
        if event.kind == "done":
            sys.stdout.write("done\n")
            sys.stdout.flush()

    bench.listener = say
    report = bench.download(speed_kb=options["speed_kb"], threads=options["threads"])
    sys.stdout.write(text(json.dumps(report.as_dict())) if str is not bytes else native(json.dumps(report.as_dict())))
