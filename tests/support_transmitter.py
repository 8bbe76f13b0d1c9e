"""The stand-in for the vendor's transfer program, set up for a test."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import sys

import pytest
from support_farm import Farm, read, write
from support_jobs import until
from support_tree import native, text

from rayvision_sync import compat
from rayvision_sync.api import RayvisionAPI
from rayvision_sync.cancel import Cancel
from rayvision_sync.download import RayvisionDownload
from rayvision_sync.engines.transmitter import engine, run
from rayvision_sync.engines.transmitter.command import Route
from rayvision_sync.engines.transmitter.errand import Setup
from rayvision_sync.engines.transmitter.pool import Pool
from rayvision_sync.farm import views
from rayvision_sync.model import Item
from rayvision_sync.progress import Progress
from rayvision_sync.settings import Settings
from rayvision_sync.upload import RayvisionUpload

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(text(__file__))), "stand_in", "transmitter.py")
ROUTE = Route("aspera", "127.0.0.1", "10221", "20202", "10001", 0)

needs_posix = pytest.mark.skipif(os.name == "nt", reason="the stand-in is a POSIX program")


class StandIn(object):
    """A program, its storage and the files to send.

    Args:
        folder (str): For all of it.
        faults: What goes wrong: see the stand-in.
    """

    def __init__(self, folder, **faults):
        self.folder = folder
        self.root = os.path.join(folder, "storage")
        self.runs_folder = os.path.join(folder, "runs")
        self.local = os.path.join(folder, "project")
        self.logs = os.path.join(folder, "logs")
        self.program = os.path.join(folder, "program", "rayvision_transmitter")
        self.listener = []
        self.cancel = Cancel()
        for path in (self.root, self.runs_folder, self.local, os.path.dirname(self.program)):
            os.makedirs(native(path))
        self.config = dict(root=self.root, runs=self.runs_folder)
        self._config_path = path = os.path.join(folder, "config.json")
        self.write_config(**faults)
        with io.open(native(self.program), "w", encoding="utf-8") as target:
            words = ["'%s'" % word for word in (text(sys.executable), "-E", "-S", SCRIPT, path)]
            target.write("#!/bin/sh\nexec %s \"$@\"\n" % " ".join(words))
        os.chmod(native(self.program), 0o700)

    def write_config(self, **faults):
        """Let other things go wrong from now on; those that are not named stay as they are."""
        self.config.update(faults)
        with io.open(native(self._config_path), "w", encoding="utf-8") as target:
            target.write(text(json.dumps(self.config)))

    def runs(self):
        """Return the options of every run so far, in order."""
        found = []
        for number in range(1, len(os.listdir(native(self.runs_folder))) + 1):
            with io.open(native(os.path.join(self.runs_folder, "%d.json" % number)), encoding="utf-8") as source:
                found.append(json.load(source))
        return found

    def names_of_run(self, number):
        """Return the base names of the files that a run was given."""
        assets = json.loads(self.runs()[number]["list"])["asset"]
        return [os.path.basename(asset["local"]) for asset in assets]

    def item(self, name, content=b"bytes", server=None):
        """Write a file; return its item."""
        path = os.path.join(self.local, name)
        compat.make_folder(os.path.dirname(path))
        with io.open(compat.fs(path), "wb") as target:
            target.write(content)
        status = os.stat(compat.fs(path))
        return Item(path, server or "/" + "".join(c if c.isalnum() or c in "._" else "-" for c in name),
                    status.st_size, compat.mtime_ns(status))

    def stored(self, item):
        """Return the bytes that are stored for an item, None where nothing is."""
        path = os.path.join(self.root, ROUTE.storage, ROUTE.user, item.target.strip("/"))
        if not os.path.isfile(native(path)):
            return None
        with io.open(native(path), "rb") as source:
            return source.read()

    def setup(self, **changes):
        """Return the setup of a delivery."""
        values = {"progress": Progress(self.listener.append), "folder": None, "log_folder": self.logs,
                  "silence_s": 60.0, "attempts": 3, "pause_s": 0.01}
        values.update(changes)
        return Setup(self.program, ROUTE, **values)

    def send(self, parts, programs=2, max_speed_kb=None, least_weight=1 << 40, **changes):
        """Run a pool to its end; return {base name: error or None}."""
        pool = Pool(self.setup(**changes), self.cancel, programs, max_speed_kb, least_weight)
        found = {}
        for item, stored, error in pool.run(parts):
            name = os.path.basename(item.source)
            assert name not in found and (stored is None) == (error is not None)
            found[name] = error
        return found


@pytest.fixture
def stand_in(tmpdir):
    """Return a maker of stand-ins."""
    made = []

    def make(**faults):
        made.append(StandIn(os.path.join(text(tmpdir.strpath), "stand in %d" % len(made)), **faults))
        return made[-1]

    yield make
    for one in made:
        one.cancel.cancel()


def pids(path):
    """Return the numbers in a file, one a line."""
    if not os.path.isfile(native(path)):
        return []
    with io.open(native(path), encoding="ascii") as source:
        return [int(line) for line in source]


def are_gone(path):
    """Wait until none of the processes in a file runs any more; tell whether there were any."""
    until(lambda: not [pid for pid in pids(path) if compat.is_running(pid)], "something of it goes on", 120)
    return pids(path) != []


def leaping(monkeypatch, path):
    """Let the clock of all runs leap an hour when a program hangs and all that it said was heard.

    So a silence is one of the program's, not one of a machine that gives it no turn.

    Args:
        path (str): The stand-in's ``hung``.
    """
    ahead = [0.0]

    class Leaping(run.Run):
        def __init__(self, *arguments, **options):
            super(Leaping, self).__init__(*arguments, clock=self._leap, **options)
            self.heard = 0

        def _take(self, said):
            super(Leaping, self)._take(said)
            self.heard += len(said)

        def _leap(self):
            if os.path.exists(native(path)) and self.heard >= int(read(path)):
                os.remove(native(path))
                ahead[0] += 3600
            return compat.monotonic() + ahead[0]

    monkeypatch.setattr(run, "Run", Leaping)


def storages_of(farm):
    """Return the folders of a farm by the numbers of its storages."""
    return {views.INPUT_BID: farm.input.root, views.OUTPUT_BID: farm.output.root, views.CONFIG_BID: farm.config.root}


class Renderbus(object):
    """A farm on this machine whose files are reached through the stand-in only.

    Args:
        folder (str): For all of it.
        faults: What goes wrong: see the stand-in.
    """

    def __init__(self, folder, **faults):
        self.farm = Farm(os.path.join(folder, "farm"), line=("127.0.0.1", 10221))
        self.stand_in = StandIn(os.path.join(folder, "vendor"), storages=storages_of(self.farm.farm), **faults)
        self.work = os.path.join(folder, "work")

    def __enter__(self):
        self.farm.__enter__()
        return self

    def __exit__(self, *_):
        self.farm.__exit__()

    @property
    def kinds(self):
        """list of str: What each run of the program was to do, in order."""
        return [run["-T"] for run in self.stand_in.runs()]

    def api(self):
        """Log in."""
        farm = self.farm.farm
        return RayvisionAPI(farm.access_id, farm.access_key, farm.domain, "2", protocol="http")

    def settings(self, **values):
        """Return settings that name the program."""
        return Settings([("test", dict(values, transmitter_exe=self.stand_in.program))])

    def upload(self, **options):
        """Return the documented object."""
        return RayvisionUpload(self.api(), settings=self.settings(), **options)

    def download(self, **options):
        """Return the documented object."""
        return RayvisionDownload(self.api(), settings=self.settings(), **options)

    def manifest(self, pairs, name="upload.json"):
        """Write files and their upload.json.

        Args:
            pairs (dict): Server name -> bytes.
        """
        assets = []
        for index, (server, content) in enumerate(sorted(pairs.items())):
            local = os.path.join(self.work, "src", "%05d.tx" % index)
            write(local, content)
            assets.append({"local": local, "server": server})
        path = os.path.join(self.work, name)
        write(path, json.dumps({"asset": assets}).encode("ascii"))
        return path

    def stored(self, name):
        """Return what the input storage has under a name, None where there is nothing."""
        path = os.path.join(self.farm.farm.input.root, *name.strip("/").split("/"))
        return read(path) if os.path.isfile(compat.fs(path)) else None


@pytest.fixture
def renderbus(tmpdir, home, monkeypatch):
    """Return a maker of running farms behind the stand-in."""
    monkeypatch.setattr(engine, "PAUSE_S", 0.01)
    made = []

    def make(**faults):
        made.append(Renderbus(os.path.join(text(tmpdir.strpath), "renderbus %d" % len(made)), **faults))
        return made[-1].__enter__()

    yield make
    for one in made:
        one.__exit__()
