# -*- coding: utf-8 -*-
"""Runs of downloads: many files, several programs, conflicts, limits and ends."""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import json
import os
import random
import tempfile
import threading

import pytest
from support_download import TIME, Bench, after_first_block, fails, parts, start_child, whole
from support_farm import folder, read, write
from support_limits import SOON_S, WAIT_S

from rayvision_sync import barrier, compat, crew, fetch, landing
from rayvision_sync.errors import Cancelled, RecordError, StorageBusy, StorageError
from rayvision_sync.fetch import Wanted
from rayvision_sync.model import Problem
from rayvision_sync.tally import History


@pytest.fixture
def bench(tmpdir):
    return Bench(folder(tmpdir, "bench"))


def fill(bench, count, size=200):
    """Put numbered frames on the storage, each with bytes of its own; returns them by name."""
    contents = {}
    for number in range(count):
        name = "1_city/%s/a.%04d.png" % ("even" if number % 2 == 0 else "odd", number)
        contents[name] = (b"%06d" % number) * (size // 6 + 1)
        bench.put(name, contents[name], TIME + number * 10 ** 9)
    return contents


def check_whole(bench, contents, final=True):
    """Every frame that bears its name is whole; at the end all are there and nothing else is."""
    names = [name for name in bench.names() if not name.endswith(landing.PART)]
    for name in names:
        assert bench.here(name) == contents[name], name
    if final:
        assert names == sorted(contents) and not parts(bench.folder)


# ---------------------------------------------------------------- only what is new

def test_only_what_is_new_is_fetched(bench):
    contents = fill(bench, 40)
    assert bench.download().sent == 40
    bench.put("1_city/new.png", b"new")
    report = bench.download()
    assert (report.sent, report.skipped) == (1, 40) and len(bench.storage.fetched) == 41
    check_whole(bench, dict(contents, **{"1_city/new.png": b"new"}))


def test_runs_of_a_watch_count_and_say_everything_once(bench):
    history = History()
    bench.put("here.png", b"mine", TIME)
    write(bench.path("here.png"), b"mine")
    write(bench.path("own.png"), b"painted")
    bench.put("own.png", b"farm's", TIME)
    bench.put("bad.png", b"x", TIME)
    bench.storage.faults["/bad.png"] = [fails(StorageError("It is damaged."))] * 3
    first = bench.download(history=history)
    assert (first.sent, first.skipped, first.failed) == (1, 1, 1)
    bench.put("new.png", b"n", TIME)
    second = bench.download(history=history)
    assert (second.sent, second.skipped, second.failed) == (1, 0, 1)
    assert bench.said("failed") == ["It is damaged."] and bench.said("kept") == [bench.path("own.png")]
    bench.storage.faults.clear()
    third = bench.download(history=history)
    assert (third.sent, third.skipped, third.failed) == (1, 0, 0) and third.kept == (bench.path("own.png"),)
    bench.storage.faults["/bad.png"] = [fails(StorageError("It is damaged."))]
    bench.put("bad.png", b"y", TIME + 10 ** 9)
    assert bench.download(history=history).failed == 1
    assert len(bench.said("failed")) == 2  # It had landed in between: that is news.


def test_totals_add_up_when_files_are_decided_again(bench):
    bench.put("a.png", b"0" * 10, TIME)
    bench.put("b.png", b"0" * 10, TIME)
    bench.storage.faults["/a.png"] = [after_first_block(lambda: bench.put("a.png", b"1" * 30, TIME + 10 ** 9))]
    assert bench.download().bytes == 40
    totals = bench.said("tick")[-1]
    assert (totals.files, totals.files_total, totals.bytes, totals.bytes_total) == (2, 2, 40, 40)


def test_a_folder_that_is_named_twice_is_fetched_once(bench):
    contents = fill(bench, 6)
    report = bench.download(list(bench.wanted("/1_city")) + list(bench.wanted("/1_city/odd")))
    assert (report.sent, report.skipped) == (6, 0) and len(bench.storage.fetched) == 6
    check_whole(bench, contents)


def test_problems_in_the_list_are_reported(bench):
    problem = Problem("missing", "/2_town", bench.folder, "There is nothing.")
    fill(bench, 1)
    report = bench.download([problem] + list(bench.wanted()))
    assert (report.sent, report.missing, report.ok) == (1, 1, False)
    assert report.problems == (problem,) and bench.said("missing") == [problem]


# ---------------------------------------------------------------- a folder that takes nothing

@pytest.fixture
def refuse(monkeypatch):
    """Return a function that names the folders in which nothing can be made: root may everything, on some disks."""
    def refuse(*folders):
        monkeypatch.setattr(barrier, "why_refused", lambda folder: "Permission denied" if folder in folders else "")
    return refuse


def test_a_download_folder_that_takes_nothing_is_said_once_and_nothing_is_fetched(bench, refuse):
    fill(bench, 30)
    history = History()
    refuse(os.path.dirname(bench.folder))  # It is still to be made.
    for _ in range(2):
        report = bench.download(history=history)
        assert (report.sent, report.failed, len(report.problems)) == (0, 30, 1)
    said, = bench.said("failed")
    assert said == ("Nothing can be written to the download folder %s (Permission denied). Check who may write there, "
                    "or name another folder." % bench.folder)
    note, = bench.said("note")
    assert "who may write there: until this watch ends, it is tried again." in note and not bench.storage.fetched
    assert bench.download().failed == 30 and len(bench.said("note")) == 1  # Which waits for nothing.
    refuse()
    assert bench.download(history=history).sent == 30


def test_what_a_folder_that_takes_nothing_holds_may_take_something(bench, refuse):
    contents = fill(bench, 6)
    compat.make_folder(bench.path("1_city/odd"))
    refuse(bench.folder, bench.path("1_city"))
    report = bench.download()
    assert (report.sent, report.failed, len(report.problems)) == (3, 3, 1)
    check_whole(bench, dict((name, content) for name, content in contents.items() if "/odd/" in name))


@pytest.mark.parametrize("number, said", [
    (errno.EROFS, True), (errno.EACCES, True), (errno.ENOSPC, False), (0, False)])
def test_only_a_disk_that_refused_to_make_a_file_takes_nothing(tmpdir, monkeypatch, number, said):
    top, make = folder(tmpdir, "top"), tempfile.TemporaryFile
    compat.make_folder(top)

    def refuse(**options):
        if number:
            raise OSError(number, "It says why.")
        return make(**options)
    monkeypatch.setattr(os, "access", lambda *_: False)  # A right that it cannot tell of, as on Windows.
    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert barrier.why_refused(top) == ("It says why." if said else "")
    assert os.listdir(top) == []


# ---------------------------------------------------------------- conflicts

def two(bench, first, second):
    """Return two remote files, wanted under names that meet."""
    bench.put("1_city/" + first, b"one", TIME)
    bench.put("2_town/" + second, b"two", TIME)
    return [Wanted(stored, bench.folder, stored.name.split("/", 2)[2])
            for stored in sorted(bench.storage.list("/"))]


def test_two_frames_of_one_local_name_are_refused_with_both_names_and_the_first_stays(bench):
    report = bench.download(two(bench, "a.png", "a.png"))
    assert (report.sent, report.failed) == (1, 1) and bench.here("a.png") == b"one"
    reason = report.problems[0].reason
    assert "/1_city/a.png and /2_town/a.png" in reason and "different folders" in reason
    assert bench.names() == ["a.png"]


def test_the_first_one_stays_in_the_later_runs_of_a_watch(bench):
    first, second = two(bench, "a.png", "a.png")
    history = History()
    bench.download([first], history=history)
    assert bench.download([second, first], history=history).problems[0].source == "/2_town/a.png"
    assert bench.here("a.png") == b"one"


@pytest.mark.parametrize("first, second", [("a.png", "A.png"), ("Stra\u00dfe/a.png", "STRA\u00dfE/a.png"),
                                           ("\u00e9.png", "e\u0301.png")])
def test_names_that_a_disk_takes_for_one_are_refused_there_and_fine_elsewhere(bench, first, second):
    wanted = two(bench, first, second)
    report = bench.download(wanted, is_insensitive=lambda folder: True)
    assert (report.sent, report.failed) == (1, 1) and "would both land on" in report.problems[0].reason
    if not compat.is_insensitive(bench.folder):
        assert bench.download(wanted, is_insensitive=lambda folder: False).ok
        assert bench.names() == sorted([first, second])


def test_whether_a_disk_tells_capitals_is_looked_at_not_tried(bench, tmpdir):
    write(bench.path("Name.txt"), b"")
    tells = not os.path.exists(compat.fs(bench.path("nAME.TXT")))
    assert compat.is_insensitive(bench.folder) is not tells
    assert compat.is_insensitive(os.path.join(bench.folder, "not", "made", "yet")) is not tells
    os.remove(compat.fs(bench.path("Name.txt")))
    assert compat.is_insensitive(bench.folder) is not tells and bench.names() == []


def test_a_version_beside_and_a_frame_of_that_name_do_not_replace_each_other(bench):
    write(bench.path("a.png"), b"mine")
    bench.put("a.png", b"one", TIME)
    bench.put("a_farm.png", b"two", TIME)
    for _ in range(3):
        assert bench.download().ok
    contents = sorted(bench.here(name) for name in bench.names())
    assert contents == [b"mine", b"one", b"two"] and bench.here("a.png") == b"mine"
    assert len(bench.storage.fetched) <= 4


# ---------------------------------------------------------------- limits and ends

def test_a_speed_limit_holds_for_all_threads_together(bench):
    contents = fill(bench, 8, 32 * 1024)
    began = compat.monotonic()
    report = bench.download(speed_kb=512, threads=4)
    assert report.ok and compat.monotonic() - began > 0.9 * 8 * 32 / 512
    check_whole(bench, contents)


def test_a_cancel_ends_a_run_within_a_second_records_what_landed_and_leaves_nothing_half(bench, monkeypatch):
    monkeypatch.setattr(crew, "_PATIENCE_S", WAIT_S)  # A thread that gets no turn is none that hangs.
    contents = fill(bench, 200, 20000)
    when = []

    def listen(event):
        if event.kind == "done" and not when:
            when.append(compat.monotonic())
            bench.cancel.cancel()
    bench.listener = listen
    with pytest.raises(Cancelled) as error:
        bench.download(speed_kb=256)
    assert compat.monotonic() - when[0] < SOON_S
    assert 1 <= error.value.report.sent < 200 and not parts(bench.folder)
    check_whole(bench, contents, final=False)
    again = Bench(os.path.dirname(bench.folder))
    report = again.download()
    assert report.skipped == error.value.report.sent and report.sent == 200 - report.skipped
    check_whole(bench, contents)


def test_a_cancel_while_files_are_compared_is_a_cancel(bench):
    bench.put("a.png", b"farm", TIME)
    write(bench.path("a.png"), b"mine")
    checksum = bench.storage.checksum

    def cancel(name, token):
        bench.cancel.cancel()
        return checksum(name, token)
    bench.storage.checksum = cancel
    with pytest.raises(Cancelled):
        bench.download()


def test_a_storage_that_is_busy_for_a_while_is_survived(bench):
    fill(bench, 2)
    bench.storage.faults["/1_city/odd/a.0001.png"] = [fails(StorageBusy("The storage failed."))] * 2
    assert bench.download().sent == 2


def test_a_record_that_cannot_be_written_stops_no_frame_and_is_said_once(bench):
    contents = fill(bench, 4)

    class Broken(object):
        def landed(self, names):
            return {}

        def write_landed(self, rows):
            raise RecordError("The record cannot be written.")

    history = History()
    bench.download()
    run = fetch.Download(bench.storage, bench.gear, Broken(), history=history)
    assert run.run(bench.wanted()).skipped == 4
    assert fetch.Download(bench.storage, bench.gear, Broken(), history=history).run(bench.wanted()).ok
    assert bench.said("note") == ["The record cannot be written."]
    check_whole(bench, contents)


def test_many_frames_are_fetched_side_by_side(bench):
    fill(bench, 8)
    here, meeting = [], threading.Event()

    def meet(engine, stored, sink):
        here.append(stored.name)
        if len(here) == 4:
            meeting.set()
        assert meeting.wait(WAIT_S)
        whole(engine, stored, sink)
    for stored in bench.storage.list("/"):
        bench.storage.faults[stored.name] = [meet]
    assert bench.download(threads=4).sent == 8


# ---------------------------------------------------------------- several programs

def ended(child):
    """Return the report of a child that ended well."""
    output = child.communicate()[0].decode("utf-8")
    assert child.returncode == 0, output
    return json.loads(output.splitlines()[-1])


def test_two_programs_land_the_same_frames_into_one_folder(bench):
    contents = fill(bench, 200, 20000)
    home = os.path.dirname(bench.folder)
    children = [start_child(home, threads=4) for _ in range(2)]
    reports = [ended(child) for child in children]
    check_whole(bench, contents)
    assert [report["failed"] for report in reports] == [0, 0]
    assert sum(report["sent"] for report in reports) >= 200
    assert all(report["sent"] + report["skipped"] == 200 for report in reports)
    assert bench.download().skipped == 200


def test_two_programs_land_new_versions_of_the_same_frames(bench):
    fill(bench, 60, 20000)
    bench.download()
    contents = {}
    for name in bench.names():
        contents[name] = b"again" * 4000
        bench.put(name, contents[name], TIME + 10 ** 12)
    children = [start_child(os.path.dirname(bench.folder), threads=4) for _ in range(2)]
    assert [ended(child)["failed"] for child in children] == [0, 0]
    check_whole(bench, contents)


def test_a_program_that_is_killed_leaves_no_torn_frame_and_the_next_one_ends_its_work(bench):
    contents = fill(bench, 120, 12000)
    home = os.path.dirname(bench.folder)
    chance = random.Random(5)
    for _ in range(5):
        child = start_child(home, speed_kb=1500, threads=3)
        for _ in range(chance.randrange(1, 20)):
            child.stdout.readline()
        child.kill()
        child.communicate()
        check_whole(bench, contents, final=False)
    report = ended(start_child(home))
    assert report["failed"] == 0 and report["skipped"] > 0
    check_whole(bench, contents)


def test_a_program_that_is_killed_in_the_middle_of_a_frame_leaves_only_its_part(bench):
    size = 20000000  # It would take minutes.
    bench.put("a.png", b"a" * size, TIME)
    child = start_child(os.path.dirname(bench.folder), speed_kb=100)
    part = landing.part_path(bench.path("a.png"))
    while not os.path.exists(compat.fs(part)) or not os.path.getsize(compat.fs(part)):
        assert child.poll() is None
    child.kill()
    child.communicate()
    assert bench.names() == [os.path.basename(part)]
    assert bench.download().sent == 1
    assert bench.names() == ["a.png"] and read(bench.path("a.png")) == b"a" * size
