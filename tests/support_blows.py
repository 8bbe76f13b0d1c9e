"""Rounds in which processes are killed or stopped at random points, and what must be true after each.

Plain parts without pytest: tests/test_torture_kills.py does a few rounds,
benchmarks/torture.py hundreds. A round uploads to a local farm and fetches
what it renders; a worker, the farm or the S3 store is struck meanwhile. A run
may fail with a sentence, and is run again as a user would.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import os
import random
import sys
import threading
from collections import namedtuple

from support_download import put as put_whole
from support_farm import Farm
from support_torture import make_files
from support_upload import has_leftovers, put, sources, stored, write_manifest
from support_victims import HURRIED, JUMPING, LIMIT_S, Command, FarmProcess, Job, Store, interpreter, left_over, until

from rayvision_sync import compat
from rayvision_sync.api import RayvisionAPI
from rayvision_sync.cancel import Cancel
from rayvision_sync.engines.folder import WORK
from rayvision_sync.farm import identity
from rayvision_sync.record import Record
from rayvision_sync.session import Session
from rayvision_sync.settings import Settings
from rayvision_sync.verify import verify

#: A run is begun so often at most: what gives up after a second does so on a busy machine as well.
RUNS = 30

#: With `stall_s`, whatever says nothing for so long is given up; what is stopped stands still for longer.
STALL_S = 1.0
_STILL_S = 3.5

#: Frames of a task. They are drawn while they are fetched.
_FRAMES = 8
_FRAME_S = 0.05

_SCENE = "/show/city.ma"

#: What strikes: ``victim`` is "worker", "farm" or "store"; ``share`` of the files that are there by then, or None:
#: then ``after_s`` after the last one. ``down_s`` is how long it stays down, or stands still.
Blow = namedtuple("Blow", "victim share after_s down_s is_stop")

#: What came of a round: ``met`` are the blows that hit something which ran, ``files`` those on both sides.
Outcome = namedtuple("Outcome", "blows met files runs")


def choose_blows(chance, victim, is_stop):
    """Return the `Blow`s of one way: one or more, but for a clock."""
    found = []
    for _ in () if victim == "clock" else range(1 if is_stop else chance.choice((1, 1, 2, 3))):
        at = (chance.random() * 0.9, None) if chance.random() < 0.6 else (None, chance.random() * 1.2)
        down = (_STILL_S + chance.random()) if is_stop else chance.random()
        found.append(Blow(victim, at[0], at[1], down, is_stop))
    return found


class World(object):
    """A farm, files, and this user's home, all below one folder. Use it as ``with``.

    Args:
        folder (str): For everything; the home is ``RAYVISION_SYNC_HOME`` of the environment.
        chance (random.Random): For sizes.
        server (s3_servers.Server, optional): The farm keeps its files there; by default in folders.
        large (list of int): Sizes of more files.
        first (str): What the processes run first, see `support_victims.interpreter`.
    """

    def __init__(self, folder, chance, server=None, large=(), first=""):
        self.folder, self.server = folder, server
        self._chance, self._large = chance, list(large)
        self.python = interpreter(folder, first) if first else compat.text(sys.executable)
        self.landed = os.path.join(folder, "landed")
        self._space = server.space("blows-%s" % os.path.basename(folder)) if server else None
        options, environ = ["--frame-seconds", "%s" % _FRAME_S], {}
        if server:
            options += ["--s3", "%s/%s/%s" % (server.endpoint, self._space.bucket, self._space.prefix)]
            environ = {"AWS_ACCESS_KEY_ID": self._space.access_key, "AWS_SECRET_ACCESS_KEY": self._space.secret_key}
        # One of the two clocks goes right: whose, is the same for a signature.
        self.farm = FarmProcess(os.path.join(folder, "farm"), compat.text(sys.executable) if "jump" in first else
                                self.python, options, environ)
        self.victims = {"farm": self.farm, "store": Store(server) if server else None}
        self.works = []

    def __enter__(self):
        self.farm.start()
        try:
            self.farm.ready()
        except Exception:
            self.farm.kill()
            raise
        sizes = [self._chance.choice((0, 1, 100, 7000, 70000)) for _ in range(60)] + self._large
        self.manifest, self.pairs = make_files(self.folder, sizes, self._chance)
        scene = put(os.path.join(self.folder, "source", "city.ma"), b"//Maya ASCII")
        self.pairs.append((scene, _SCENE))
        self.manifest = write_manifest(self.manifest, self.pairs)
        return self

    def __exit__(self, kind, *_):
        try:
            for work in self.works:
                work.close()
            self.farm.end() if kind is None else self.farm.kill()
        finally:
            if self.server:
                self.server.wait()

    # -- the two ways

    def uploads(self, as_job):
        """Return what uploads the manifest."""
        if as_job:
            return self._job("upload", {"manifests": [self.manifest]}, len(self.pairs))
        return Command(self.folder, self.python, ["upload", "--farm", self.farm.root, self.manifest], len(self.pairs))

    def downloads(self, as_job, task, python=None):
        """Return what fetches a task's frames as they are rendered; `python` runs the command, by default our own."""
        total = _FRAMES + len(self._extra())
        if as_job:
            return self._job("watch", {"task_ids": [task], "local_path": self.landed, "keep": True}, total)
        return Command(self.folder, python or self.python, [
            "watch", "--farm", self.farm.root, "--interval", "0.2", "--local-path", self.landed, "%d" % task], total)

    def _job(self, kind, params, total):
        settings = Settings([("test", {"interpreter": self.python})])
        return Job(kind, dict(params, farm=self.farm.root), total, settings)

    def render(self):
        """Submit a task and put more files beside its frames; return its number."""
        client = Farm.__new__(Farm)
        client.client = self.farm.ready()
        task = client.task(_SCENE, "1-%d[1]" % _FRAMES, present=False, width="8", height="8")
        for name, content in self._extra():
            self.put_output("/%d_city/%s" % (task, name), content)
        return task

    def _extra(self):
        sizes = [0, 1, 70000, 300000] * 3 + self._large
        return [("beside/%02d.exr" % number, ("%05d" % number).encode("ascii") * (size // 5))
                for number, size in enumerate(sizes)]

    def put_output(self, name, content):
        """Put a file on the output storage, as a farm does."""
        if not self.server:
            return put_whole(os.path.join(self.farm.root, "output", *name[1:].split("/")), content)
        with contextlib.closing(self.server.client(self._space)) as client:
            client.put("output" + name, content)

    # -- strike, and go on

    def go(self, work, blows):
        """Run something to its end, whatever strikes; returns the `Outcome` without its files."""
        self.works.append(work)
        self.victims["worker"] = work
        work.start()
        met, runs = 0, 1
        for blow in blows:
            runs += self._await(work, blow, runs)
            if work.state() == "done":
                break
            met_it = self._strike(work, blow)
            met += met_it
            runs += met_it and blow.victim == "worker" and not blow.is_stop
        while work.state() != "done":
            runs += self._again(work, runs)
            until(lambda: work.state() is not None, "the end of %s" % work.name)
        work.check()
        return Outcome(len(blows), met, 0, runs)

    def _again(self, work, runs):
        state = work.state()
        if state in (None, "done"):
            return 0
        assert runs < RUNS, "%s never came to its end: %s" % (work.name, state)
        self.victims["farm"].ready()
        if self.server:
            self.server.wait()
        work.again()
        return 1

    def _await(self, work, blow, runs):
        """Wait for the moment of a blow; returns how often the work had to be begun again."""
        count, end = 0, compat.monotonic() + (LIMIT_S if blow.after_s is None else blow.after_s)
        pause = threading.Event()
        while work.state() != "done" and compat.monotonic() < end:
            if blow.share is not None and work.progress() >= blow.share:
                break
            count += self._again(work, runs + count)
            pause.wait(0.004)
        return count

    def _strike(self, work, blow):
        victim = self.victims[blow.victim]
        met = (victim.freeze if blow.is_stop else victim.kill)()
        if blow.victim == "worker" and not blow.is_stop:
            if met and isinstance(work, Command):
                work.start()
            return met
        threading.Event().wait(blow.down_s)  # Not for anything to happen: this is how long it is away.
        (victim.thaw if blow.is_stop else victim.start)()
        return met

    # -- what must be true

    def inputs(self):
        """Return what is on the input storage, by another client or from the disk."""
        return self._stored("input")

    def _stored(self, kind):
        if not self.server:
            return stored(os.path.join(self.farm.root, kind))
        with contextlib.closing(self.server.client(self._space)) as client:
            assert client.uploads() == [], "parts of an upload were left"
            return dict((name[len(kind):], content) for name, content in client.objects().items()
                        if name.startswith(kind + "/"))

    def check_upload(self):
        """Compare both sides, the record and a next run."""
        differ = _differing(self.inputs(), sources(self.pairs))
        assert differ == [], "these differ: %s" % differ
        session = self._session()
        found = verify(session, [self.manifest])
        assert found.report.ok and found.report.skipped == len(self.pairs), found
        assert (found.stale, found.unrecorded, found.unfinished) == (0, 0, 0), found
        report = session.upload([self.manifest])
        assert report.ok and (report.sent, report.skipped) == (0, len(self.pairs)), report
        engine = session.engine("input")
        with Record() as record:
            assert record.opened(record.storage(engine.identity)) == []

    def check_download(self, task):
        """Compare both sides, and a next run."""
        client = self.farm.ready()
        assert client.task(task)["taskStatus"] == 25, client.task(task)
        output = self._stored("output")
        assert len(output) == _FRAMES + len(self._extra())
        differ = _differing(stored(self.landed), output)
        assert differ == [], "these differ: %s" % differ
        # By a Python that neither hurries nor has a clock that jumps: it has no reason to be run twice.
        again = self.downloads(False, task, compat.text(sys.executable))
        assert self.go(again, []).runs == 1 and again.progress() == 0, "it was fetched again"

    def _session(self):
        client = self.farm.ready()
        return Session(RayvisionAPI(client.access_id, client.access_key, client.domain, "2", protocol="http"),
                       Settings([]), Cancel())

    def check_nothing_is_left(self):
        """End the farm, and look for whatever should not be there."""
        self.farm.end()
        identity.lock(self.farm.root).close()
        if not self.server:
            for kind in ("input", "output", "config"):
                root = os.path.join(self.farm.root, kind)
                assert not has_leftovers(root), "%s: %s" % (kind, os.listdir(os.path.join(root, WORK)))
        home = compat.environ("RAYVISION_SYNC_HOME")
        names = [name for top in (self.farm.root, home, self.landed) for name in stored(top)]
        left = [name for name in names if ".part" in name or "/unfinished/" in name or ".aside" in name]
        left += stored(os.path.join(self.farm.root, "work"))
        assert left == [], "these were left: %s" % left
        until(lambda: left_over(self.folder) == [], "the end of %s" % left_over(self.folder))


def _differing(found, wanted):
    """Return the names under which two storages differ."""
    return sorted(name for name in set(found) | set(wanted) if found.get(name) != wanted.get(name))


def play(folder, seed, victim, server=None, as_job=False, is_stop=False, large=(), both=True):
    """Do one round; return its `Outcome`.

    Args:
        folder (str): Empty, and its own.
        seed (int): Of the files and the blows.
        victim (str): "worker", "farm" or "store"; "clock" kills nothing, but the clock of the worker jumps.
        server (s3_servers.Server, optional): See `World`.
        as_job (bool): Jobs move the files; else commands.
        is_stop (bool): What is struck stands still for a while; else it is killed.
        large (list of int): See `World`.
        both (bool): Both ways are struck; else one blow strikes the upload alone.
    """
    chance = random.Random("blows %d %s %s %s %s" % (seed, victim, bool(server), as_job, is_stop))
    first = JUMPING.format(seed=seed) if victim == "clock" else HURRIED.format(stall=STALL_S) if is_stop else ""
    with World(folder, chance, server, large, first) as world:
        up = world.go(world.uploads(as_job), choose_blows(chance, victim, is_stop)[:None if both else 1])
        if server:
            server.wait()
        world.check_upload()
        task = world.render()
        down = world.go(world.downloads(as_job, task), choose_blows(chance, victim, is_stop) if both else [])
        if server:
            server.wait()
        world.check_download(task)
        world.check_nothing_is_left()
        return Outcome(up.blows + down.blows, up.met + down.met, len(world.pairs) + len(stored(world.landed)),
                       up.runs + down.runs)
