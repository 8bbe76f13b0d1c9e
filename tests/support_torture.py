"""Transfers over networks, stores and programs that fail by chance, and what must be true of them in the end.

Plain parts without pytest: tests/test_network_torture.py does some dozens of
faults, benchmarks/network_torture.py thousands. Each kind of round takes a
folder and a seed, moves files both ways, and returns how many faults there
were. A run may fail, and is run again as a user would; what may not be: an end
that is not true, or none.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import errno
import os
import random
import threading

from fault_proxy import Proxy, Schedule, faults
from support_farm import Farm
from support_upload import put, sources, stored, write_manifest

from rayvision_sync import compat, engines
from rayvision_sync.api import RayvisionAPI
from rayvision_sync.cancel import Cancel
from rayvision_sync.download import RayvisionDownload
from rayvision_sync.engines.folder import FolderEngine
from rayvision_sync.errors import SyncError
from rayvision_sync.fetch import Wanted
from rayvision_sync.session import Session
from rayvision_sync.settings import Settings
from rayvision_sync.upload import RayvisionUpload
from rayvision_sync.verify import verify

KINDS = ("answer", "cut", "delay", "flip", "garbage", "reset", "shorten")

#: A command is run so often at most. With as many faults as here, a single run may use up its attempts.
RUNS = 12

_LONGEST_PAUSE_S = 0.02

#: A program that says nothing for so long is ended.
_SILENCE_S = 3

#: Files that are sent to a farm.
_ASSETS = 8
_MB = 1 << 20


class Hurried(Cancel):
    """Makes short work of pauses."""

    def wait(self, seconds):
        super(Hurried, self).wait(min(seconds, _LONGEST_PAUSE_S))


class Provable(Schedule):
    """Faults by chance, but no other bytes where nothing in S3, or in the farm's API, could tell: TLS is for that."""

    def choose(self, method, target):
        fault = super(Provable, self).choose(method, target)
        if fault is None or fault.kind not in ("flip", "shorten"):
            return fault
        if "/api/" in target or "list-type=" in target or "uploads=" in target or method == "HEAD":
            return faults.cut(fault.after if fault.kind == "flip" else None, fault.side)
        return fault


@contextlib.contextmanager
def calm(proxy):
    """Let nothing happen for a while."""
    schedule, proxy.schedule = proxy.schedule, None
    try:
        yield
    finally:
        proxy.schedule = schedule


def until_it_ends(run, what):
    """Call something again until it says that all is well; returns how often it was called."""
    last = None
    for number in range(1, RUNS + 1):
        try:
            last = run()
            if getattr(last, "ok", last):
                return number
        except SyncError as error:  # Nothing else may come out.
            assert error.message
            last = error.message
    raise AssertionError("%s never came to its end: %s" % (what, getattr(last, "problems", last)))


def make_files(folder, sizes, chance, name="file"):
    """Write files and their manifest; return ``(manifest, pairs)``."""
    pairs = []
    for number, size in enumerate(sizes):
        block = bytearray(chance.randrange(256) for _ in range(min(size, 251)))
        content = (bytes(block) * (size // len(block) + 1))[:size] if size else b""
        server = "/tex%d/%s%03d" % (number % 3, name, number)
        pairs.append((put(os.path.join(folder, "source", *server[1:].split("/")), content), server))
    return write_manifest(os.path.join(folder, name + ".json"), pairs), pairs


def check_record(session, manifest, count):
    """Compare what the record says with what the storage has: all of it, and nothing else."""
    found = verify(session, [manifest])
    assert found.report.ok and found.report.skipped == count, found
    assert (found.stale, found.unrecorded) == (0, 0), found


class _Storage(object):
    """One storage that is uploaded to and downloaded from, with a record, as a user does."""

    def __init__(self, folder, storage):
        self.landed = os.path.join(folder, "landed")
        self.session = Session(None, Settings([("test", {"storage": storage})]), Hurried(),
                               record_path=os.path.join(folder, "record.sqlite"))

    def upload(self, manifest):
        until_it_ends(lambda: self.session.upload([manifest]), "the upload")

    def download(self, listed):
        compat.make_folder(self.landed)
        until_it_ends(lambda: self.session.download(
            lambda _: [Wanted(one, self.landed, one.name[1:]) for one in listed]), "the download")

    def list(self):
        engine = self.session.engine("output")
        engine.open(self.session.cancel)
        try:
            return list(engine.list("/"))
        finally:
            engine.close()


def _everywhere(engine, options):
    return {"engine": engine, "input": options, "output": options, "config": options}


# ---------------------------------------------------------------- a bucket

def bucket(server, folder, seed, share=0.3, kinds=KINDS, sizes=None):
    """Up to a bucket and down again, every byte through the fault proxy."""
    chance = random.Random("bucket %d" % seed)
    sizes = [chance.choice((0, 1, 100, 7000, 70000, 2 * _MB)) for _ in range(40)] if sizes is None else sizes
    manifest, pairs = make_files(folder, sizes, chance)
    space = server.space("torture-%d" % seed)
    with Proxy(("127.0.0.1", server.port), Provable(seed, share, kinds)) as proxy:
        world = _Storage(folder, _everywhere("s3", dict(space._asdict(), endpoint=proxy.url)))
        world.upload(manifest)
        with calm(proxy):
            check_record(world.session, manifest, len(pairs))
            listed = world.list()
        world.download(listed)
        count = proxy.faults()
    client = server.client(space)
    try:
        assert client.objects() == dict((name[1:], content) for name, content in sources(pairs).items())
        assert client.uploads() == []
    finally:
        client.close()
    assert stored(world.landed) == sources(pairs)  # Unfinished files would be among them.
    return count


# ---------------------------------------------------------------- a folder on a disk that fails

class _Failing(FolderEngine):
    """Errors of a disk by chance: the nth time that a name is touched, the same for a seed."""

    def __init__(self, root, schedule):
        super(_Failing, self).__init__(root)
        self._schedule = schedule
        self._choosing = threading.Lock()
        self._now = threading.local()

    def _may_fail(self, step, target):
        with self._choosing:
            fault = self._schedule.choose(step, target)
        if fault is not None:
            # What the network's fault would be does not matter here, only that and where there is one.
            number = (errno.EIO, errno.ENOSPC, errno.ESTALE, errno.EACCES)[hash_of(fault) % 4]
            raise OSError(number, os.strerror(number))

    def send(self, source, target):
        self._now.target = target
        return super(_Failing, self).send(_Reading(source, lambda: self._may_fail("write", target)), target)

    def _create(self, temp):
        self._may_fail("create", self._now.target)
        return super(_Failing, self)._create(temp)

    def _publish(self, temp, final, item):
        self._may_fail("before the replace", item.target)
        super(_Failing, self)._publish(temp, final, item)
        self._may_fail("after the replace", item.target)

    def fetch(self, stored, sink):
        try:
            self._may_fail("open", stored.name)
            super(_Failing, self).fetch(stored, _Writing(sink, lambda: self._may_fail("read", stored.name)))
        except (IOError, OSError) as error:
            raise self._error(error, stored.name)


def hash_of(fault):
    """Return a number of a fault that is the same in every session."""
    return sum(bytearray(repr((fault.kind, fault.side)).replace("u'", "'").encode("ascii")))


class _Through(object):
    """Passes everything on, and calls `before` before each block."""

    def __init__(self, inner, before):
        self._inner, self._before = inner, before

    def __getattr__(self, name):
        return getattr(self._inner, name)


class _Reading(_Through):
    def read(self):
        self._before()
        return self._inner.read()


class _Writing(_Through):
    def write(self, block):
        self._inner.write(block)
        self._before()


def disk(folder, seed, share=0.15):
    """Up to a folder and down again, on a disk whose calls fail."""
    chance = random.Random("disk %d" % seed)
    sizes = [chance.choice((0, 1, 100, 7000, 70000, 2 * _MB)) for _ in range(40)]
    manifest, pairs = make_files(folder, sizes, chance)
    root, schedule = os.path.join(folder, "storage"), Schedule(seed, share)
    engines.ENGINES["failing"] = lambda options: _Failing(root, schedule)
    try:
        world = _Storage(folder, _everywhere("failing", {}))
        world.upload(manifest)
        world.download(world.list())
    finally:
        del engines.ENGINES["failing"]
    assert stored(root) == sources(pairs) and stored(world.landed) == sources(pairs)
    quiet = _Storage(folder, _everywhere("folder", {"root": root}))
    check_record(quiet.session, manifest, len(pairs))
    return schedule.count


# ---------------------------------------------------------------- a farm

def farm(folder, seed, share=0.3, kinds=KINDS, timeout=60):
    """Documented calls against a local farm in folders, its API behind the fault proxy."""
    manifest, pairs = _assets(folder, seed)
    with Farm(os.path.join(folder, "farm")) as running:
        put(os.path.join(running.farm.input.root, "show", "city.ma"), b"//Maya ASCII")
        task, count = _use_farm(running, folder, manifest, Provable(seed, share, kinds), timeout)
        output = stored(running.farm.output.root)
        assert stored(running.farm.input.root) == dict(sources(pairs), **{"/show/city.ma": b"//Maya ASCII"})
    assert output and all(name.startswith("/%d_" % task) for name in output)
    assert stored(os.path.join(folder, "landed")) == output
    return count


def farm_in_bucket(server, folder, seed, share=0.3, kinds=KINDS, timeout=60):
    """The same with a farm whose files are in a bucket: both ways of the client and the farm's own fail."""
    manifest, pairs = _assets(folder, seed)
    space = server.space("torture-farm-%d" % seed)
    client = server.client(space)
    client.put("input/show/city.ma", b"//Maya ASCII")
    with contextlib.closing(client), Proxy(("127.0.0.1", server.port)) as way:
        keys = {"access_key": space.access_key, "secret_key": space.secret_key}
        with Farm(os.path.join(folder, "farm"), s3="%s/%s/%s" % (way.url, space.bucket, space.prefix),
                  s3_keys=keys) as running:
            way.schedule = Provable(seed, share / 2, kinds)
            task, count = _use_farm(running, folder, manifest, Provable(seed, share, kinds), timeout, way)
            way.schedule = None
        count += way.faults()
        objects = client.objects()
        assert client.uploads() == []
    assert dict((name[5:], content) for name, content in objects.items() if name.startswith("input/")) == dict(
        sources(pairs), **{"/show/city.ma": b"//Maya ASCII"})
    output = dict((name[6:], content) for name, content in objects.items() if name.startswith("output/"))
    assert output and all(name.startswith("/%d_" % task) for name in output)
    assert stored(os.path.join(folder, "landed")) == output
    return count


def _assets(folder, seed):
    chance = random.Random("farm %d" % seed)
    return make_files(folder, [chance.choice((0, 1, 7000, 70000)) for _ in range(_ASSETS)], chance)


@contextlib.contextmanager
def _nothing():
    yield


def _use_farm(running, folder, manifest, schedule, timeout, way=None):
    """Upload, render and auto-download; returns ``(task, faults)``."""
    cancel, found = Hurried(), running.farm
    with Proxy(("127.0.0.1", found.port), schedule) as proxy:
        def login():
            return RayvisionAPI(found.access_id, found.access_key, proxy.url[7:], "2", protocol="http",
                                timeout=timeout, cancel=cancel)
        until_it_ends(lambda: RayvisionUpload(login(), cancel=cancel).upload_asset(manifest), "the upload")
        with calm(proxy), calm(way) if way else _nothing():
            check_record(Session(login(), cancel=cancel), manifest, _ASSETS)
        with calm(way) if way else _nothing():  # This is another client, which does not try again.
            task = running.task(present=False, width="8", height="8")
        until_it_ends(lambda: RayvisionDownload(login(), cancel=cancel).auto_download(
            [task], local_path=os.path.join(folder, "landed"), sleep_time=0.1), "the auto-download")
        state = running.client.task(task)
        assert state["taskStatus"] == 25, state
        return task, proxy.faults()


# ---------------------------------------------------------------- the vendor's program

def program(world, folder, seed):
    """Lists through the vendor's program, whose stand-in fails, hangs, crashes and lies.

    Args:
        world (support_transmitter.Renderbus): Running; its programs are new.
        folder (str): For frames.
        seed (int): Of the faults.
    """
    chance = random.Random("program %d" % seed)
    contents = dict(("/D/%d-%03d.tx" % (seed, number), b"%d " % number * chance.choice((0, 1, 500)))
                    for number in range(12))
    manifest = world.manifest(contents, "upload %d.json" % seed)
    names = ["%05d.tx" % number for number in range(12)]
    faults_before = _misbehave(world, chance, names)
    settings = world.settings(transmitter_silence_s=_SILENCE_S)
    until_it_ends(lambda: RayvisionUpload(world.api(), settings=settings, cancel=Hurried()).upload_asset(manifest),
                  "the upload")
    assert dict((name, world.stored(name)) for name in contents) == contents
    count = _bad_runs(world, faults_before)
    world.stand_in.write_config(bad_runs=0)
    again = world.upload(cancel=Hurried())
    assert again.upload_asset(manifest) and again.report.sent == 0, "the record was not true"
    task = world.farm.task(width="8", height="8")
    world.farm.wait(task)
    frames = [name for name in world.farm.outputs() if name.startswith("%d_" % task)]
    before = _misbehave(world, chance, [name.rpartition("/")[2] for name in frames], cut=True)
    until_it_ends(lambda: RayvisionDownload(world.api(), settings=settings, cancel=Hurried()).download(
        [task], local_path=folder, print_log=False), "the download")
    count += _bad_runs(world, before)
    output = stored(world.farm.farm.output.root)
    landed = stored(folder)
    assert landed == dict((name, output[name]) for name in landed) and sorted(landed) == sorted(
        name for name in output if name.startswith("/%d_" % task))
    return count


def _misbehave(world, chance, names, cut=False):
    """Choose what goes wrong in the next runs; returns how many there were and the number of the last bad one."""
    wrong = {"fail": {}, "interrupt": {}, "silent": [], "cut": [], "lies": chance.random() < 0.3}
    for name in chance.sample(names, 3):
        kind = chance.choice(("fail", "interrupt", "silent") + (("cut",) if cut else ()))
        if kind in ("silent", "cut"):
            wrong[kind].append(name)
        else:
            wrong[kind][name] = [chance.choice((5, 47)), "by chance"]
    # A number beyond the files never comes.
    wrong["crash_at"], wrong["hang_at"] = [chance.randrange(len(names)) if chance.random() < 0.4 else -1, -1]
    if chance.random() < 0.15:
        wrong["hang_at"] = chance.randrange(len(names))
    wrong["exit"] = chance.choice((0, 1, 255)) if chance.random() < 0.3 else 0
    done = len(world.stand_in.runs())
    last = done + chance.randrange(1, 5)
    if not wrong["exit"]:
        del wrong["exit"]
        world.stand_in.config.pop("exit", None)
    world.stand_in.write_config(bad_runs=last, **wrong)
    return done, last


def _bad_runs(world, before):
    """Return how many runs went wrong since: each counts as one fault, whatever it did."""
    done, last = before
    return min(len(world.stand_in.runs()), last) - done
