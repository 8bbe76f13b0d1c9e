"""Frames and a disk that is full."""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import os
import subprocess
import threading

import pytest
from support_download import TIME, Bench, after_first_block, parts
from support_farm import folder, write

from rayvision_sync import compat, space
from rayvision_sync.cancel import Cancel
from rayvision_sync.errors import Cancelled, NoSpace
from rayvision_sync.progress import Progress
from rayvision_sync.stream import Gear

MB = 1000000


@pytest.fixture
def bench(tmpdir, monkeypatch):
    monkeypatch.setattr(space, "_LOOK_S", 0.02)
    return Bench(folder(tmpdir, "bench"))


@pytest.fixture
def small_disk(bench):
    """The bench's download folder on a disk of one megabyte."""
    compat.make_folder(bench.folder)
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", bench.folder]
    try:
        code = subprocess.call(mount, stderr=subprocess.STDOUT, stdout=subprocess.PIPE)
    except OSError:
        code = -1
    if code:
        pytest.skip("a small disk can only be made by root on Linux")
    yield bench
    subprocess.check_call(["umount", "-l", bench.folder])


class Disk(object):
    """Says how much is free."""

    def __init__(self, free):
        self.free = free
        self.asked = 0

    def __call__(self, folder):
        self.asked += 1
        return self.free


class Clock(object):
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def fill(bench, count, size):
    for number in range(1, count + 1):
        bench.put("a.%d.png" % number, b"%d" % number * size, TIME)


# ---------------------------------------------------------------- an injected disk

def test_a_full_disk_is_said_before_it_fills_and_the_download_goes_on_when_there_is_room(bench):
    fill(bench, 3, 41 * MB // 3)
    disk = Disk(10 * MB)

    def listen(event):
        if event.kind == "note" and "No space left" in event.note:
            assert bench.names() == []  # Before it fills: nothing was begun.
            disk.free = 900 * MB
    bench.listener = listen
    report = bench.download(free=disk, threads=3)
    assert report.ok and report.sent == 3
    full, again = bench.said("note")
    existing = os.path.dirname(bench.folder)
    assert full == ("No space left on %s: 3 frames wait (41 MB needed). Free some space: the download goes on by "
                    "itself." % existing)
    assert again == "There is room on %s again: the download goes on." % existing


def test_one_frame_waits_while_smaller_ones_land(bench):
    bench.put("a.png", b"a" * 5 * MB, TIME)
    fill(bench, 5, 1000)
    disk, noted = Disk(MB), []

    def listen(event):
        if event.kind == "note":
            noted.append(event.note)
        if noted and len(bench.names()) >= 5:
            disk.free = 90 * MB
    bench.listener = listen
    assert bench.download(free=disk, threads=2).sent == 6
    assert len([note for note in noted if "No space left" in note]) == 1


def test_what_is_written_of_a_large_file_no_longer_counts_as_needed(bench):
    # 5 MB free, a file of 4 MB: when 2 are written 3 are free and 2 needed, so there is room for a small one.
    disk = Disk(5 * MB)
    bench.put("b.png", b"b" * 500000, TIME)
    bench.put("a.png", b"a" * 4 * MB, TIME)
    small = threading.Event()
    half = threading.Event()

    def written():
        disk.free = 3 * MB
        half.set()
        assert small.wait(120)

    def begin(engine, stored, sink):
        assert half.wait(120)
        bench.storage.engine.fetch(stored, sink)
        small.set()
    bench.storage.faults = {"/a.png": [after_first_block(written)], "/b.png": [begin]}

    def wanted():
        return sorted(bench.wanted(), key=lambda item: item.name)
    assert bench.download(wanted(), free=disk, threads=2).ok
    assert bench.said("note") == []


def test_patience_ends_with_an_error_and_only_once_for_all(bench):
    fill(bench, 30, 1000)
    disk = Disk(0)
    report = bench.download(free=disk, patience_s=0.3, threads=2)
    # Two look every 20 ms until it ends; of all that come later, each looks once. Had each its own, that were 450.
    assert disk.asked < 200
    assert (report.sent, report.failed) == (0, 30) and bench.names() == []
    assert "No space left on" in report.problems[0].reason and "download again" in report.problems[0].reason
    assert len(bench.said("note")) == 1


def test_a_cancel_ends_the_wait(bench):
    fill(bench, 3, 1000)

    def listen(event):
        if event.kind == "note":
            bench.cancel.cancel()
    bench.listener = listen
    with pytest.raises(Cancelled) as error:
        bench.download(free=Disk(0), patience_s=None)
    assert error.value.report.sent == 0 and bench.names() == []


def test_the_patience_begins_anew_with_every_file_that_had_to_wait_and_landed(monkeypatch):
    monkeypatch.setattr(space, "_LOOK_S", 0.0)
    clock, cancel = Clock(), Cancel()
    disk = Disk(0)
    here = space.Space("/", Gear(cancel, None, Progress()), 10.0, disk, clock)
    first, second, third = [here.wait_for("/%d.png" % number, 10) for number in range(3)]
    first.__enter__()
    here.wait(first)
    here.wait(second)
    clock.now = 9.0
    disk.free = MB
    first.take()
    first.__exit__(None, None, None)
    disk.free = 0
    clock.now = 18.0
    here.wait(second)
    clock.now = 19.5
    with pytest.raises(NoSpace):
        here.wait(second)
    second.__exit__(NoSpace, None, None)
    with pytest.raises(NoSpace):  # Nor does the next one wait any more.
        third.take()


def test_a_disk_that_refuses_whatever_it_says_of_its_room_is_waited_for(bench):
    fill(bench, 2, 1000)
    refused = []

    def refuse(engine, stored, sink):
        sink.write(b"x" * 10)
        refused.append(stored.name)
        raise OSError(errno.ENOSPC, "No space left on device")
    bench.storage.faults["/a.1.png"] = [refuse] * 8  # More often than anything else is tried.
    report = bench.download()
    assert report.ok and len(refused) == 8 and bench.names() == ["a.1.png", "a.2.png"]
    assert len([note for note in bench.said("note") if "No space left" in note]) == 1


# ---------------------------------------------------------------- a real one

def test_a_real_disk_that_is_full_is_said_and_room_is_waited_for(small_disk):
    bench = small_disk
    ballast = bench.path("ballast")
    write(ballast, b"b" * 500000)
    fill(bench, 3, 200000)
    most = []

    def listen(event):
        if event.kind == "note" and "No space left" in event.note:
            most.append(compat.free_space(bench.folder))
            compat.remove_file(ballast)
    bench.listener = listen
    report = bench.download(threads=1)
    assert report.ok and report.sent == 3 and most[0] > 0  # It was said before nothing was left.
    assert bench.names() == ["a.1.png", "a.2.png", "a.3.png"]
    assert bench.here("a.3.png") == b"3" * 200000


def test_a_real_disk_that_fills_in_mid_write_leaves_nothing_half_and_is_waited_for(small_disk):
    bench = small_disk
    ballast = bench.path("ballast")
    write(ballast, b"b" * 900000)
    fill(bench, 2, 200000)
    seen = []

    def listen(event):
        if event.kind == "note" and "No space left" in event.note:
            seen.extend(bench.names())
            compat.remove_file(ballast)
    bench.listener = listen
    report = bench.download(free=Disk(900 * MB))  # It says that there is room.
    assert report.ok and report.sent == 2 and not [name for name in seen if name in ("a.1.png", "a.2.png")]
    assert bench.here("a.1.png") == b"1" * 200000 and not parts(bench.folder)


def test_a_disk_that_may_only_be_read_is_said(small_disk):
    bench = small_disk
    subprocess.check_call(["mount", "-o", "remount,ro", bench.folder])
    fill(bench, 1, 10)
    report = bench.download()
    assert report.failed == 1 and report.problems[0].reason == (
        "Nothing can be written to the download folder %s (Read-only file system). Check who may write there, or name "
        "another folder." % bench.folder)
