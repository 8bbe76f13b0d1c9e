"""A download that broke off goes on where it is proven: only the rest is fetched, and no two versions are mixed."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import subprocess
import sys
import zlib

import pytest
from fault_proxy import faults
from support_network import Line
from support_upload import folder_of, gear, get, put, stored
from test_s3_wire import refuse, say, scripted  # noqa: F401

from rayvision_sync import landing, marks, stream
from rayvision_sync.errors import Cancelled, Incomplete, Outdated, StorageBusy
from rayvision_sync.model import Item, Stored
from rayvision_sync.space import Space

MB = 1 << 20
SIZE = 10 * MB
CONTENT = os.urandom(SIZE)
NAME = "/a"

#: A program that is killed in the middle of a download.
KILLED = """
import os, signal, sys
sys.path[:0] = %r
from rayvision_sync import marks, stream
from rayvision_sync.model import Item
from support_upload import gear
part, source = sys.argv[1:]
with stream.Sink(part, Item("/a", "a", %d, None), gear(), marks.Mark(part, "memory:/a", "v1", %d)) as sink:
    with open(source, "rb") as opened:
        for _ in range(9):
            sink.write(opened.read(1 << 20))
    os.kill(os.getpid(), signal.SIGKILL)
"""


class Memory(object):
    """An engine with one object; it breaks off after some bytes, once for each of `cuts`."""

    resumes = fetches_versions = True

    def __init__(self, content=CONTENT, cuts=(), error=StorageBusy):
        self.content, self.cuts, self.error = content, list(cuts), error
        self.begun = []

    def fetch(self, _, sink):
        self.begun.append(sink.done)
        end = self.cuts.pop(0) if self.cuts else len(self.content)
        while sink.done < end:
            sink.write(self.content[sink.done:min(sink.done + MB, end)])
        if end < len(self.content):
            raise self.error("It broke off.")


class Place(object):
    """A file that is to land in a folder."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "a")
        self.part = landing.part_path(self.path)
        self.folder = folder

    def fetch(self, engine, version="v1", checksum=None, size=SIZE):
        gears = gear()
        space = Space(self.folder, gears, 0)
        return landing.Landing(engine, gears, space).fetch(
            Stored(NAME, size, None, checksum, version), "memory:/a", landing.Place("fetch", self.path, None, None))

    def break_off(self, at=6 * MB, error=StorageBusy):
        with pytest.raises(error):
            self.fetch(Memory(cuts=[at], error=error))


@pytest.fixture
def place(home, tmpdir):
    folder = folder_of(tmpdir, "landed")
    if not os.path.isdir(folder):
        os.makedirs(folder)
    return Place(folder)


def test_only_the_rest_is_fetched_and_nothing_is_left(place):
    place.break_off()
    landing.remove_leftovers([place.folder])  # As every run does at its end.
    assert os.listdir(place.folder) == [os.path.basename(place.part)]
    engine = Memory()
    place.fetch(engine, checksum=stream.checksum_text(zlib.crc32(CONTENT)))
    assert engine.begun == [6 * MB] and get(place.path) == CONTENT
    assert os.listdir(place.folder) == ["a"] and not marks.is_marked(place.part)


def test_a_cancelled_download_goes_on_too(place):
    place.break_off(error=Cancelled)
    engine = Memory()
    place.fetch(engine)
    assert engine.begun == [6 * MB] and get(place.path) == CONTENT


def test_another_version_begins_with_the_first_byte(place):
    place.break_off()
    engine = Memory(b"n" * SIZE)
    place.fetch(engine, version="v2")
    assert engine.begun == [0] and get(place.path) == b"n" * SIZE


@pytest.mark.parametrize("at", [0, 6 * MB - 1])
def test_bytes_that_the_disk_made_something_else_of_are_fetched_again(place, at):
    place.break_off()
    with open(place.part, "r+b") as opened:
        opened.seek(at)
        opened.write(b"\0\0" if CONTENT[at:at + 1] != b"\0" else b"\1\1")
    engine = Memory()
    place.fetch(engine)
    assert engine.begun == [0] and get(place.path) == CONTENT


def test_what_lies_behind_the_proven_bytes_is_cut_off(place):
    place.break_off()
    with open(place.part, "ab") as opened:
        opened.write(b"garbage" * MB)
    engine = Memory()
    place.fetch(engine)
    assert engine.begun == [6 * MB] and get(place.path) == CONTENT


def test_a_whole_file_with_another_checksum_is_not_gone_on_with(place):
    place.break_off()
    with pytest.raises(Incomplete):
        place.fetch(Memory(), checksum="crc32:00000000")
    assert os.listdir(place.folder) == [] and not marks.is_marked(place.part)


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_a_killed_download_goes_on_at_its_last_mark(place, tmpdir):
    source = put(os.path.join(folder_of(tmpdir), "source"), CONTENT)
    script = KILLED % ([path for path in sys.path if path], SIZE, SIZE)
    code = subprocess.call([sys.executable, "-c", script, place.part, source])
    assert code == -9 and os.path.getsize(place.part) == 9 * MB
    engine = Memory()
    place.fetch(engine)
    assert engine.begun == [8 * MB] and get(place.path) == CONTENT


def test_a_part_file_that_nobody_came_back_for_is_removed(place, monkeypatch):
    place.break_off()
    monkeypatch.setattr(marks, "_KEPT_S", -1)
    landing.remove_leftovers([place.folder])
    assert os.listdir(place.folder) == [] and os.listdir(marks._folder()) == []


def test_small_files_and_other_engines_leave_nothing(place):
    engine = Memory(CONTENT[:MB], cuts=[1000])
    with pytest.raises(StorageBusy):
        place.fetch(engine, size=MB)
    engine = Memory(cuts=[6 * MB])
    engine.resumes = False
    with pytest.raises(StorageBusy):
        place.fetch(engine)
    assert os.listdir(place.folder) == []


class Begun(object):
    """A sink with some bytes."""

    block_size = 1 << 16

    def __init__(self, got):
        self.got = got

    @property
    def done(self):
        return len(self.got)

    def write(self, block):
        self.got += block

    def restart(self):
        self.got = b""


PART = say(206, b"456789", "Content-Range: bytes 4-9/10", "ETag: \"v\"")
WHOLE = say(200, b"0123456789", "ETag: \"v\"")


@pytest.mark.parametrize("answers", [
    [PART, say(200, b"", "ETag: \"v\"")], [WHOLE, WHOLE], [refuse(416, "InvalidRange"), WHOLE],
    [say(206, b"56789", "Content-Range: bytes 5-9/10"), WHOLE], [say(206, b"xxxxxx"), WHOLE],
    [say(206, b"xxxxxx", "Content-Range: bytes 4-9/10", "ETag: \"other\""), WHOLE]])
def test_what_a_store_answers_to_a_range_never_mixes_two_versions(scripted, answers):  # noqa: F811
    engine, script = scripted(*answers)
    sink = Begun(b"0123")
    engine.fetch(Stored(NAME, 10, None, None, "v"), sink)
    assert sink.got == b"0123456789"
    assert "range: bytes=4-" in script.requests[0][0] and "if-match: \"v\"" in script.requests[0][0]
    assert "range:" not in script.requests[1][0]


def test_an_object_that_was_replaced_is_said_to_be_outdated(scripted):  # noqa: F811
    engine, _ = scripted(refuse(412, "PreconditionFailed"))
    with pytest.raises(Outdated):
        engine.fetch(Stored(NAME, 10, None, None, "v"), Begun(b"0123"))


def test_an_attempt_in_the_same_run_asks_a_real_store_only_for_the_rest(seaweed, tmpdir):
    with Line(seaweed, folder_of(tmpdir)) as line:
        line.client.put("large", CONTENT)
        line.proxy.add(faults.cut(6 * MB, "answer"), method="GET", path="/large$")
        report = line.download()
        assert (report.sent, report.failed) == (1, 0)
        assert stored(os.path.join(line.folder, "landed")) == {"/large": CONTENT}
        assert [one.status for one in line.proxy.exchanges if one.method == "GET"][-1] == 206


def test_a_sink_says_at_once_what_is_there(place):
    place.break_off()
    gears = gear()
    with stream.Sink(place.part, Item(NAME, place.path, SIZE, None), gears,
                     marks.Mark(place.part, "memory:/a", "v1", SIZE)) as sink:
        assert sink.done == 6 * MB == gears.progress.in_flight()
