"""Sending: real files, real processes, and what comes in between."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import random
import signal
import sys
import threading

import pytest
from support_memory import PEAK, needs_peak
from support_upload import SECOND, THEN, UPLOAD, Counting, Slow, Wrapper, finish, folder_of, gear, get, has_leftovers
from support_upload import put, scene, send, sources, start, stored, write_manifest

from rayvision_sync import compat, transfer
from rayvision_sync.cancel import Cancel
from rayvision_sync.crew import LARGE_BYTES
from rayvision_sync.engines.folder import WORK, FolderEngine
from rayvision_sync.errors import Cancelled, StorageBusy, StorageError
from rayvision_sync.model import Stored
from rayvision_sync.record import Record
from rayvision_sync.tuner import Tuner

#: Costly ones run on one Python only.
ONCE = pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="runs on one Python only")


@pytest.fixture
def root(tmpdir):
    return folder_of(tmpdir, "storage")


@pytest.fixture
def record(tmpdir):
    with Record(folder_of(tmpdir, "record.sqlite")) as opened:
        yield opened


@pytest.fixture
def impatient(monkeypatch):
    """Whoever changes a file is done sooner here."""
    monkeypatch.setattr(transfer, "_SETTLE_S", 0.001)


def rows(record, root, pairs):
    return record.rows(record.storage(FolderEngine(root).identity), [server for _, server in pairs])


class Meanwhile(Wrapper):
    """Something happens to a source while it is sent: before, within or after."""

    def __init__(self, inner, before=None, within=None, after=None):
        super(Meanwhile, self).__init__(inner)
        self.before, self.within, self.after = before, within, after
        self.times = 0

    def send(self, source, target):
        self.times += 1
        path = source.item.source
        if self.before:
            self.before(path, self.times)
        if self.within:
            read = source.read

            class Reader(object):
                size, mtime, item = source.size, source.mtime, source.item
                done = property(lambda _: source.done)
                checksum = property(lambda _: source.checksum)

                @staticmethod
                def read():
                    block = read()
                    self.within(path, self.times)
                    return block
            stored_as = self.inner.send(Reader(), target)
        else:
            stored_as = self.inner.send(source, target)
        if self.after:
            self.after(path, self.times)
        return stored_as


def version(number, size):
    return ("%d" % number).encode("ascii") * size


def change(path, times, until=99):
    if times <= until:
        size = os.path.getsize(path)
        with io.open(compat.fs(path), "r+b") as target:  # In place, as a simulation writes its cache.
            target.write(version(times, size))
        compat.set_mtime_ns(path, THEN + times * SECOND)


SIZES = [100, 3 << 20]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("when", ["before", "within", "after"])
def test_a_file_that_changes_once_is_sent_again(root, record, tmpdir, impatient, size, when):
    path = put(folder_of(tmpdir, "file"), version(0, size), THEN)
    engine = Meanwhile(FolderEngine(root), **{str(when): lambda path, times: change(path, times, until=1)})
    report = send(engine, [(path, "/a")], record)
    assert (report.sent, report.failed) == (1, 0) and engine.times == 2
    assert stored(root) == {"/a": version(1, size)}
    assert rows(record, root, [(path, "/a")])["/a"][2] == THEN + SECOND


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("when", ["before", "within", "after"])
def test_a_file_that_keeps_changing_fails_and_is_not_recorded(root, record, tmpdir, impatient, size, when):
    path = put(folder_of(tmpdir, "file"), version(0, size), THEN)
    engine = Meanwhile(FolderEngine(root), **{str(when): change})
    report = send(engine, [(path, "/a")], record)
    assert (report.sent, report.failed) == (0, 1) and engine.times == transfer.CHANGES
    assert path in report.problems[0].reason and "3 times" in report.problems[0].reason
    assert rows(record, root, [(path, "/a")]) == {}
    whole = [version(number, size) for number in range(4)]
    assert not stored(root) or stored(root)["/a"] in whole, "never half of one version and half of another"


def test_a_file_that_grows_or_shrinks_is_not_recorded_as_it_was(root, record, tmpdir, impatient):
    for number, length in enumerate((10, 5000)):
        path = put(folder_of(tmpdir, "file%d" % number), b"x" * 1000, THEN)

        def resize(path, times, length=length):
            if times == 1:
                put(path, b"y" * length)
        server = "/%d" % number
        report = send(Meanwhile(FolderEngine(root), before=resize), [(path, server)], record)
        assert report.sent == 1 and report.bytes == length
        assert stored(root)[server] == b"y" * length and rows(record, root, [(path, server)])[server][1] == length


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("when", ["before", "within", "after"])
def test_a_file_that_vanishes_is_missing_and_not_recorded(root, record, tmpdir, size, when):
    if compat.WINDOWS:
        pytest.skip("an open file cannot be removed there")
    path = put(folder_of(tmpdir, "file"), version(0, size), THEN)

    def vanish(path, times):
        if os.path.exists(path):
            os.remove(path)
    report = send(Meanwhile(FolderEngine(root), **{str(when): vanish}), [(path, "/a")], record)
    assert (report.sent, report.missing, report.failed) == (0, 1, 0)
    assert rows(record, root, [(path, "/a")]) == {}
    assert stored(root) in ({}, {"/a": version(0, size)})


def test_a_file_that_is_replaced_while_it_is_sent_is_sent_again(root, record, tmpdir, impatient):
    path = put(folder_of(tmpdir, "file"), version(0, 3 << 20), THEN)

    def swap(path, times):
        if times == 1 and os.path.getsize(path) > 50:
            compat.replace(put(path + ".new", version(7, 50), THEN + SECOND), path)
    report = send(Meanwhile(FolderEngine(root), within=swap), [(path, "/a")], record)
    assert report.sent == 1 and stored(root) == {"/a": version(7, 50)}


def test_a_pipe_or_a_folder_that_takes_a_files_place_holds_nothing_up(root, tmpdir):
    if compat.WINDOWS:
        pytest.skip("there are no such pipes")
    pairs = scene(folder_of(tmpdir, "scene"), 3)

    class Swapping(Wrapper):
        def ask(self, targets):
            for (path, _), make in zip(pairs, (os.mkfifo, os.mkdir)):
                os.remove(path)
                make(path)
            return {}
    report = send(Swapping(FolderEngine(root)), pairs)
    assert (report.sent, report.failed) == (1, 2)
    assert all("not a file" in problem.reason for problem in report.problems)


# ---------------------------------------------------------------- faults of the storage

class Failing(Wrapper):
    """Fails the first `times` attempts of every third file."""

    def __init__(self, inner, error, times):
        super(Failing, self).__init__(inner)
        self.error, self.times = error, times
        self.attempts = {}

    def send(self, source, target):
        if int(target[-5]) % 3 == 0:
            self.attempts[target] = self.attempts.get(target, 0) + 1
            if self.attempts[target] <= self.times:
                source.read()
                raise self.error
        return self.inner.send(source, target)


class Hasty(Cancel):
    """Waits are noted, not waited."""

    def __init__(self):
        super(Hasty, self).__init__()
        self.waits = []

    def wait(self, seconds):
        self.waits.append(seconds)
        super(Hasty, self).wait(0)


def test_what_may_pass_is_tried_again_with_pauses(root, record, tmpdir):
    pairs = scene(folder_of(tmpdir, "scene"), 10)
    cancel = Hasty()
    report = send(Failing(FolderEngine(root), StorageBusy("busy"), 4), pairs, record, cancel=cancel)
    assert (report.sent, report.failed) == (10, 0) and stored(root) == sources(pairs)
    pauses = [seconds for seconds in cancel.waits if seconds > 0]
    assert len(pauses) == 4 * 4 and max(pauses) > 2 and min(pauses) >= 0.25


def test_what_does_not_pass_fails_after_five_tries(root, record, tmpdir):
    pairs = scene(folder_of(tmpdir, "scene"), 10)
    engine = Failing(FolderEngine(root), StorageBusy("busy"), 99)
    report = send(engine, pairs, record, cancel=Hasty())
    assert (report.sent, report.failed) == (6, 4) and set(engine.attempts.values()) == {5}
    assert len(rows(record, root, pairs)) == 6


def test_what_cannot_pass_is_tried_once(root, tmpdir):
    pairs = scene(folder_of(tmpdir, "scene"), 10)
    for error in (StorageError("no"), ZeroDivisionError("a defect")):
        engine = Failing(FolderEngine(root), error, 99)
        report = send(engine, pairs)
        assert report.failed == 4 and set(engine.attempts.values()) == {1}
        assert not has_leftovers(root)


# ---------------------------------------------------------------- cancel

class Leaving(Wrapper):
    """Cancels when so many files have begun."""

    def __init__(self, inner, cancel, after):
        super(Leaving, self).__init__(inner)
        self.cancel, self.after = cancel, after
        self.begun = []

    def send(self, source, target):
        self.begun.append(target)
        if len(self.begun) >= self.after:
            self.cancel.cancel()
        return self.inner.send(source, target)


def test_a_cancel_of_many_small_files_begins_no_other_one(root, record, tmpdir):
    pairs = scene(folder_of(tmpdir, "scene"), 1500)
    cancel = Cancel()
    engine = Leaving(Slow(FolderEngine(root), 0.03), cancel, 200)
    with pytest.raises(Cancelled) as caught:
        send(engine, pairs, record, threads=20, cancel=cancel)
    report = caught.value.report
    assert len(engine.begun) < 200 + 20 and 200 - 20 <= report.sent <= len(engine.begun)
    done = stored(root)
    assert not has_leftovers(root) and len(done) == report.sent == len(rows(record, root, pairs))
    assert all(done[server] == get(local) for local, server in pairs if server in done)
    counting = Counting(FolderEngine(root))
    assert send(counting, pairs, record).skipped == report.sent
    assert len(counting.sent) == 1500 - report.sent and stored(root) == sources(pairs)


def test_a_cancel_in_the_middle_of_a_large_file_leaves_nothing(root, tmpdir):
    path = put(folder_of(tmpdir, "file"), b"x" * (8 << 20))
    cancel = Cancel()
    engine = Meanwhile(FolderEngine(root), within=lambda *_: cancel.cancel())
    with pytest.raises(Cancelled):
        send(engine, [(path, "/a")], cancel=cancel)
    assert stored(root) == {} and not has_leftovers(root)


def test_a_cancel_ends_the_waits_too(root, tmpdir):
    pairs = scene(folder_of(tmpdir, "scene"), 3)
    cancel = Cancel()
    put(pairs[0][0], b"x" * (4 << 20))  # At that speed, it goes on for an hour.

    def listen(event):
        if event.kind == "tick":
            cancel.cancel()
    engine = Failing(FolderEngine(root), StorageBusy("busy"), 99)
    with pytest.raises(Cancelled):
        send(engine, pairs, cancel=cancel, listener=listen, max_speed_kb=1)


# ---------------------------------------------------------------- speed

class Crowded(Slow):
    """Notes how many files are under way whenever one begins; by its clock, a file takes 5 ms, however many there are.

    The machine's clock is not asked: how long a file takes there is a matter of what else runs.
    """

    def __init__(self, inner):
        super(Crowded, self).__init__(inner, 0.002)
        self.active, self.seen = [], []
        self.now, self.heard = 0.0, 0
        self._lock, self._pause = threading.Lock(), threading.Event()

    def hear(self, event):
        """Take note of what the run knows of."""
        self.heard += event.kind == "done"

    def send(self, source, target):
        while len(self.seen) - self.heard > 100:  # Nobody is faster than who tunes.
            self._pause.wait(0.002)
        with self._lock:
            self.active.append(target)
            self.seen.append(len(self.active))
        try:
            return super(Crowded, self).send(source, target)
        finally:
            with self._lock:
                self.now += 0.005 / len(self.active)
                self.active.remove(target)


def test_where_every_call_waits_many_threads_share_the_wait(root, tmpdir, monkeypatch):
    # How much faster that is, benchmarks/small_files.py shows: a busy machine proves nothing here.
    engine = Crowded(FolderEngine(root))
    monkeypatch.setattr(transfer, "Tuner", lambda first, most, fixed: Tuner(
        first, most, fixed, lambda: engine.now, lambda: 0.0))
    assert send(engine, scene(folder_of(tmpdir, "scene"), 2000), listener=engine.hear).sent == 2000
    assert engine.seen[0] == 1, "it begins with one"
    assert sum(engine.seen) / 2000 > 5


def test_large_files_take_the_other_lane(root, tmpdir):
    if not hasattr(os, "truncate"):
        pytest.skip("no way to make a sparse file here")
    pairs = scene(folder_of(tmpdir, "scene"), 200)
    for number in range(3):
        path = put(folder_of(tmpdir, "cache%d" % number))
        os.truncate(path, LARGE_BYTES)
        pairs.append((path, "/cache/%d" % number))
    engine = Counting(FolderEngine(root))
    assert send(engine, pairs, threads=2).sent == 203
    assert max(engine.sent.index("/cache/%d" % number) for number in range(1)) < 100


# ---------------------------------------------------------------- processes

def test_two_processes_on_one_record_and_storage(root, tmpdir):
    base = folder_of(tmpdir, "record.sqlite")
    pairs = scene(folder_of(tmpdir, "scene"), 600)
    lists = [pairs[:400], pairs[200:], pairs]
    children = [start(UPLOAD, write_manifest(folder_of(tmpdir, "%d.json" % number), some), root, base, "4")
                for number, some in enumerate(lists)]
    for child in children:
        child.stdout.readline()
    for child in children:
        child.stdin.write(b"\n")
        child.stdin.flush()
    reports = [json.loads(finish(child).splitlines()[0]) for child in children]
    assert [report["failed"] for report in reports] == [0, 0, 0]
    assert [report["sent"] + report["skipped"] for report in reports] == [400, 400, 600]
    assert stored(root) == sources(pairs) and not has_leftovers(root)
    with Record(base) as record:
        assert len(rows(record, root, pairs)) == 600
        assert send(root, pairs, record).sent == 0


def is_whole(content):
    """Tell whether a copy is one of the versions that the test below writes."""
    times = 2000 if content[5:10] == b".tex " else 200
    return len(content) > 0 and content == content[:len(content) // times] * times


def test_killed_uploads_lose_nothing_and_leave_nothing(root, tmpdir):
    base = folder_of(tmpdir, "record.sqlite")
    pairs = scene(folder_of(tmpdir, "scene"), 400, 20000)
    path = write_manifest(folder_of(tmpdir, "upload.json"), pairs)
    chance = random.Random(20)
    killed = 0
    for turn in range(20):
        for local, _ in chance.sample(pairs, 60):
            put(local, ("%d %s" % (turn, local)).encode("utf-8") * 200, THEN + (turn + 1) * 1000 * SECOND)
        begun = chance.randrange(50)
        # With others under way, but never all: it cannot end before it is killed.
        child = start(UPLOAD, path, root, base, "%d" % chance.choice((1, 4)), "%d" % (begun + 3))
        child.stdout.readline()
        child.stdin.write(b"\n")
        child.stdin.flush()
        for _ in range(begun):
            child.stdout.readline()
        child.kill()
        child.communicate()
        killed += child.returncode == -signal.SIGKILL if not compat.WINDOWS else 1
        done = dict((name, content) for name, content in stored(root).items() if not name.startswith("/" + WORK))
        assert all(is_whole(content) for content in done.values())
    assert killed == 20
    with Record(base) as record:
        report = send(root, pairs, record)
        assert report.ok and not has_leftovers(root)
        assert stored(root) == sources(pairs)
        assert send(root, pairs, record).sent == 0


HALF_MILLION = """
from __future__ import division, print_function, unicode_literals
import os, sys
from rayvision_sync import compat, stream
from rayvision_sync.cancel import Cancel
from rayvision_sync.model import Stored
from rayvision_sync.progress import Progress
from rayvision_sync.record import Record
from rayvision_sync.throttle import Throttle
from rayvision_sync.transfer import Upload
one, base = [compat.text(value) for value in sys.argv[1:3]]

class Nowhere(object):
    name, identity, first_threads, most_threads = "nowhere", "nowhere:", 1, 8
    there = False
    def send(self, source, target):
        while source.done < source.size:
            source.read()
        return Stored(target, source.size, source.mtime, source.checksum)
    def ask(self, targets):
        return dict((target, Stored(target, SIZE, TIME, None)) for target in targets) if self.there else {}
    def fold(self, targets):
        return targets

SIZE, TIME = os.path.getsize(one), compat.mtime_ns(os.stat(one))
def read():
    for first in range(0, 500000, 1000):
        yield [(one, "/D/a/rather/long/folder/of/a/project/sequence_%06d.exr" % number)
               for number in range(first, first + 1000)]

"""
RUN_HALF_MILLION = """
engine = Nowhere()
with Record(base) as record:
    for there in (False, True):
        engine.there = there
        gear = stream.Gear(Cancel(), Throttle(), Progress())
        report = Upload(engine, gear, record).run(read)
        print(report.sent, report.skipped, report.failed, peak_mb())
"""


@ONCE
@needs_peak
def test_memory_does_not_grow_with_the_number_of_assets(tmpdir):
    child = start(HALF_MILLION + PEAK + RUN_HALF_MILLION,
                  put(folder_of(tmpdir, "one"), b"x"), folder_of(tmpdir, "record.sqlite"))
    lines = finish(child).splitlines()
    first, second = [[int(word) for word in line.split()] for line in lines]
    assert first[:3] == [500000, 0, 0] and second[:3] == [0, 500000, 0]
    assert max(first[3], second[3]) < 120, "MB"


class Measuring(Wrapper):
    """Reads what it gets and keeps the last bytes: the disk need not hold it all."""

    def send(self, source, target):
        self.got = 0
        while source.done < source.size:
            block = source.read()
            self.got += len(block)
        self.last = block[-4:]
        return Stored(target, source.done, source.mtime, source.checksum)


@ONCE
def test_a_sparse_file_of_five_gigabytes_is_sent_whole(root, record, tmpdir):
    path = put(folder_of(tmpdir, "cache.abc"))
    size = (5 << 30) + 17
    os.truncate(path, size)
    with io.open(path, "r+b") as target:
        target.seek(size - 4)
        target.write(b"tail")
    heard = []
    engine = Measuring(FolderEngine(root))
    report = send(engine, [(path, "/cache.abc")], record, listener=heard.append)
    assert (report.sent, report.bytes) == (1, size) and (engine.got, engine.last) == (size, b"tail")
    assert rows(record, root, [(path, "/cache.abc")])["/cache.abc"][1] == size
    assert any(0 < event.note.bytes < size for event in heard if event.kind == "tick")


def test_gear_is_what_a_run_needs():
    assert gear()._fields == ("cancel", "throttle", "progress")
