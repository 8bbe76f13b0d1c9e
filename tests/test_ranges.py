"""Large files are fetched in ranges, by many threads at once: they land whole, go on after a break, mix no versions."""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import os
import re
import subprocess
import sys
import threading
import zlib

import pytest
from fault_proxy import faults
from support_network import Line
from support_upload import folder_of, gear, get, stored

from rayvision_sync import fetch, landing, marks, mosaic, ranged, stream, words
from rayvision_sync.cancel import Cancel
from rayvision_sync.engines.s3 import multipart
from rayvision_sync.errors import Cancelled, Incomplete, LandingError, Outdated, StorageBusy
from rayvision_sync.model import Item, Stored
from rayvision_sync.progress import Progress
from rayvision_sync.record import Record
from rayvision_sync.throttle import Throttle

KB, MB = 1 << 10, 1 << 20
RANGE = MB
SIZE = 7 * MB + 11
CONTENT = os.urandom(SIZE)
CRC = stream.checksum_text(zlib.crc32(CONTENT))
NAME = "/big.exr"
PATIENCE_S = 120

#: A program that is killed when two ranges are whole and a third has begun.
KILLED = """
import os, signal, sys
sys.path[:0] = %r
from rayvision_sync import marks, mosaic
from rayvision_sync.model import Item
from support_upload import gear
part, source = sys.argv[1:]
marks.STEP_BYTES = 1 << 18
mark = marks.Mark(part, "memory:/big.exr", "v1", %d)
item = Item("/big.exr", "big", %d, None)
with mosaic.Mosaic(part, item, gear(), mark, 1 << 20) as whole, open(source, "rb") as opened:
    for number, size in ((5, 1 << 20), (1, 1 << 20), (3, 600 << 10)):
        opened.seek(number << 20)
        with whole.ranges[number] as one:
            while one.done < size:
                one.write(opened.read(100 << 10)[:size - one.done])
            if number == 3:
                os.kill(os.getpid(), signal.SIGKILL)
"""


class Memory(object):
    """An engine with one object, which it gives in ranges; `fault` is called with each range before it is given."""

    identity = "memory:"
    resumes = fetches_versions = True
    first_threads = most_threads = 4

    def __init__(self, content=CONTENT, fault=None, checksum=CRC, gives_ranges=True):
        self.content, self.fault, self.told, self.gives_ranges = content, fault, checksum, gives_ranges
        self.begun = []
        self.wholes = 0

    def range_bytes(self, size):
        return RANGE

    def describe(self, wanted):
        return wanted._replace(checksum=self.told)

    def ask(self, names):
        return {}

    def fetch_range(self, _, wanted):
        if not self.gives_ranges:
            return False
        self.begun.append((wanted.first // RANGE, wanted.done))
        if self.fault:
            self.fault(wanted)
        while wanted.done < wanted.size:
            first = wanted.first + wanted.done
            wanted.write(self.content[first:min(first + 100 * KB, wanted.first + wanted.size)])
        return True

    def fetch(self, wanted, sink):
        self.wholes += 1
        sink.write(self.content)


class Place(object):
    """A folder where one file is to land."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "landed")
        os.makedirs(self.folder)
        self.path = os.path.join(self.folder, "big.exr")
        self.part = landing.part_path(self.path)
        self.record = os.path.join(folder, "record.sqlite")

    def fetch(self, engine, version="v1", cancel=None, listener=None, attempts=2, **options):
        with Record(self.record) as record:
            return fetch.Download(engine, stream.Gear(cancel or Cancel(), Throttle(), Progress(listener)), record, 4,
                                  attempts=attempts, **options).run(
                [fetch.Wanted(Stored(NAME, len(engine.content), None, None, version), self.folder, "big.exr")])

    def names(self):
        return sorted(os.listdir(self.folder))


@pytest.fixture
def place(home, tmpdir, monkeypatch):
    monkeypatch.setattr(ranged, "_SETTLE_S", 0)
    return Place(folder_of(tmpdir, "place"))


def once(number, error):
    """Return a fault that a range meets once, in its middle."""
    met = []

    def fault(wanted):
        if wanted.first // RANGE == number and not met:
            met.append(1)
            wanted.write(CONTENT[wanted.first:wanted.first + 300 * KB])
            raise error
    return fault


def test_a_file_lands_whole_and_nothing_is_left(place):
    engine = Memory()
    report = place.fetch(engine)
    assert (report.sent, report.failed, report.bytes) == (1, 0, SIZE)
    assert get(place.path) == CONTENT and place.names() == ["big.exr"] and not marks.is_marked(place.part)
    assert sorted(engine.begun) == [(number, 0) for number in range(8)]
    with Record(place.record) as record:
        assert record.landed([place.path])[place.path].checksum == CRC


def test_one_slow_range_does_not_hold_the_rest(place):
    others, finished = threading.Event(), []

    def fault(wanted):
        if wanted.first == 0:
            assert others.wait(PATIENCE_S), "the others go on meanwhile"
        finished.append(wanted)
        if len(finished) == 7:
            others.set()
    assert place.fetch(Memory(fault=fault)).sent == 1 and get(place.path) == CONTENT


def test_a_range_that_breaks_off_goes_on_where_it_was(place):
    engine = Memory(fault=once(3, StorageBusy("It broke off.")))
    engine_waits = Cancel()
    engine_waits.wait = lambda seconds: None
    assert place.fetch(engine, cancel=engine_waits).sent == 1 and get(place.path) == CONTENT
    assert sorted(engine.begun)[3:5] == [(3, 0), (3, 300 * KB)] and len(engine.begun) == 9


def test_the_next_run_fetches_only_what_is_missing(place):
    def fault(wanted):
        if wanted.first // RANGE in (2, 6):
            wanted.write(CONTENT[wanted.first:wanted.first + 300 * KB])
            raise StorageBusy("It broke off.")
    report = place.fetch(Memory(fault=fault), attempts=1)
    assert report.failed == 1 and place.names() == [os.path.basename(place.part)]
    engine, there, notes = Memory(), sum(done for done, _ in known(place).values()), []
    assert place.fetch(engine, listener=notes.append).sent == 1
    assert get(place.path) == CONTENT and place.names() == ["big.exr"]
    assert [event.note for event in notes if event.kind == "note"] == [
        "Going on: %s of %s is here already." % (words.size(there), words.size(SIZE))]
    assert sum(min(RANGE, SIZE - number * RANGE) - done for number, done in engine.begun) == SIZE - there
    assert 300 * KB <= there < SIZE


def known(place, size=SIZE):
    return marks.Mark(place.part, "memory:" + NAME, "v1", size).read()


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_a_killed_download_goes_on_with_its_ranges(place, tmpdir):
    source = os.path.join(folder_of(tmpdir), "source")
    with open(source, "wb") as out:
        out.write(CONTENT)
    script = KILLED % ([path for path in sys.path if path], SIZE, SIZE)
    assert subprocess.call([sys.executable, "-c", script, place.part, source]) == -9
    assert sorted(known(place)) == [RANGE, 3 * RANGE, 5 * RANGE]
    engine = Memory()
    assert place.fetch(engine).sent == 1 and get(place.path) == CONTENT
    assert sorted(engine.begun) == [(0, 0), (2, 0), (3, 600 * KB), (4, 0), (6, 0), (7, 0)]


def test_bytes_that_the_disk_made_something_else_of_are_fetched_again(place):
    with pytest.raises(Cancelled):
        place.fetch(*cancelled_at(5))
    runs = known(place)
    first = min(runs)
    with open(place.part, "r+b") as opened:
        opened.seek(first)
        opened.write(b"\0\0" if CONTENT[first:first + 1] != b"\0" else b"\1\1")
    engine = Memory()
    assert place.fetch(engine).sent == 1 and get(place.path) == CONTENT
    assert (first // RANGE, 0) in engine.begun


def cancelled_at(count):
    """Return an engine that cancels its run at the beginning of some range, and the version and cancel of the run."""
    cancel, begun = Cancel(), []

    def fault(wanted):
        begun.append(wanted)
        if len(begun) == count:
            cancel.cancel()
    return Memory(fault=fault), "v1", cancel


def test_a_cancelled_download_keeps_what_is_there_and_holds_no_lock(place):
    with pytest.raises(Cancelled):
        place.fetch(*cancelled_at(6))
    assert place.names() == [os.path.basename(place.part)] and known(place)
    engine = Memory()
    assert place.fetch(engine).sent == 1 and get(place.path) == CONTENT
    assert len([done for _, done in engine.begun if not done]) < 8


@pytest.mark.parametrize("version", ["v2", None])
def test_another_version_begins_with_the_first_byte(place, version):
    with pytest.raises(Cancelled):
        place.fetch(*cancelled_at(6))
    engine = Memory(b"n" * SIZE, checksum=None)
    assert place.fetch(engine, version=version).sent == 1 and get(place.path) == b"n" * SIZE


def test_an_object_that_changes_meanwhile_is_begun_anew_and_not_mixed(place):
    report = place.fetch(Memory(fault=once(3, Outdated("It was rendered again."))))
    assert report.sent == 1 and get(place.path) == CONTENT and place.names() == ["big.exr"]


def test_other_bytes_than_the_storage_has_are_fetched_again_and_then_given_up(place):
    engine = Memory(checksum="crc32:00000000")
    report = place.fetch(engine)
    assert report.failed == 1 and "other bytes" in report.problems[0].reason
    assert len(engine.begun) == 16 and place.names() == []


def test_a_storage_that_gives_no_ranges_is_asked_for_the_whole(place):
    engine = Memory(gives_ranges=False)
    assert place.fetch(engine).sent == 1 and engine.wholes == 1
    assert get(place.path) == CONTENT and place.names() == ["big.exr"]


def test_a_range_that_comes_short_is_fetched_again_and_one_that_comes_long_is_refused(place):
    class Short(Memory):
        def fetch_range(self, wanted, one):
            if not self.begun:
                self.begun.append((one.first // RANGE, 0))
                return True
            return super(Short, self).fetch_range(wanted, one)
    waits = Cancel()
    waits.wait = lambda seconds: None
    assert place.fetch(Short(), cancel=waits).sent == 1 and get(place.path) == CONTENT
    part = place.part + "2"
    with mosaic.Mosaic(part, Item(NAME, part, SIZE, None), gear(), marks.Mark(part, "a", "b", SIZE), RANGE) as whole:
        with whole.ranges[0] as one, pytest.raises(Incomplete):
            one.write(b"x" * (RANGE + 1))


def test_a_full_disk_is_waited_for_and_the_room_it_took_is_given_back(place):
    met, says = [], []

    def fault(wanted):
        if not met:
            met.append(1)
            raise OSError(errno.ENOSPC, "No space left on device")
    waits = Cancel()
    waits.wait = lambda seconds: None
    report = place.fetch(Memory(fault=fault), cancel=waits, listener=lambda event: says.append(event))
    assert report.sent == 1 and get(place.path) == CONTENT
    assert any(event.kind == "note" and "No space left" in event.note for event in says)


def test_a_disk_that_refuses_is_named(place):
    def fault(wanted):
        raise OSError(errno.EIO, "Input/output error")
    report = place.fetch(Memory(fault=fault))
    assert report.failed == 1 and "cannot be written (Input/output error)" in report.problems[0].reason
    assert place.names() == []


def test_another_program_that_lands_the_file_is_waited_for(place):
    item = Item(NAME, place.path, SIZE, None)
    with stream.Sink(place.part, item, gear()):
        with pytest.raises(LandingError):
            with mosaic.Mosaic(place.part, item, gear(), marks.Mark(place.part, "a", "b", SIZE), RANGE):
                pass
    assert place.fetch(Memory()).sent == 1


def test_progress_is_absolute_and_never_more_than_the_file(place):
    seen = []

    def listen(event):
        if event.kind == "tick":
            seen.append(event.note.bytes)
    assert place.fetch(Memory(fault=once(3, StorageBusy("So."))), listener=listen).sent == 1
    assert seen[-1] == SIZE and max(seen) == SIZE and seen == sorted(seen)


class TestRealStore(object):
    """SeaweedFS behind the fault proxy."""

    @pytest.fixture
    def line(self, home, seaweed, tmpdir, monkeypatch):
        monkeypatch.setattr(multipart, "LARGE_BYTES", RANGE + 1)
        monkeypatch.setattr(multipart, "_PART_BYTES", RANGE)
        with Line(seaweed, folder_of(tmpdir)) as found:
            found.client.put("big", CONTENT)
            yield found

    @staticmethod
    def landed(line):
        return stored(os.path.join(line.folder, "landed"))

    @pytest.mark.parametrize("fault", [
        faults.cut(0.5, "answer"), faults.reset(0.5), faults.cut(None, "answer"), faults.busy(), faults.garbage()],
        ids=lambda fault: "%s-%s" % (fault.kind, fault.side))
    def test_only_the_range_that_broke_off_is_fetched_again(self, line, fault):
        rule = line.proxy.add(fault, method="GET", path="/big$")
        report = line.download()
        assert (report.sent, report.failed, rule.count) == (1, 0, 1), report.problems
        assert self.landed(line) == {"/big": CONTENT}
        gets = [one for one in line.proxy.exchanges if one.method == "GET" and re.search("/big$", one.target)]
        assert [one.status for one in gets if one.done].count(206) in (8, 9) and len(gets) == 9

    def test_a_flipped_bit_is_found_by_the_checksum_of_the_whole(self, line):
        line.client.request("DELETE", "big")
        pairs = line.files([SIZE])
        assert line.upload(pairs).sent == 1
        rule = line.proxy.add(faults.flip(side="answer"), method="GET", path="/file000$")
        assert line.download().sent == 1 and rule.count == 1
        assert self.landed(line) == {"/file000": get(pairs[0][0])}

    def test_an_object_that_is_replaced_meanwhile_is_not_mixed(self, line):
        listed = line._listed()
        line._listed = lambda: listed
        newer = os.urandom(SIZE)
        line.client.put("big", newer)
        report = line.download()
        assert (report.sent, report.failed) == (1, 0) and self.landed(line) == {"/big": newer}
