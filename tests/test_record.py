"""The record: one file, several processes, and a claim only."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import sqlite3
import subprocess
from contextlib import contextmanager

import pytest
from support_upload import finish, folder_of, get, put, start

from rayvision_sync import compat
from rayvision_sync.errors import RecordError
from rayvision_sync.record import DOUBTED, Landed, Record

S = 10 ** 9


@pytest.fixture
def path(tmpdir):
    return folder_of(tmpdir, "record.sqlite")


@pytest.fixture
def record(path):
    with Record(path) as opened:
        yield opened


def fill(path, count):
    with Record(path) as record:
        storage = record.storage("s")
        record.write(storage, [("/a/%06d" % number, number, number * S, None) for number in range(count)])


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_nobody_else_may_read_what_was_sent(record, path):
    record.write(record.storage("s"), [("/a", 1, 1, None)])
    assert [os.stat(path + tail).st_mode & 0o777 for tail in ("", "-wal", "-shm")] == [0o600] * 3


def test_rows_are_kept_by_storage_and_target(record, path):
    one, two = record.storage("folder:/one"), record.storage("folder:/two")
    record.write(one, [("/a", 5, 7 * S, "crc32:0"), ("/\u4e2d", 6, -8 * S, None)])
    assert record.rows(one, ["/a", "/b", "/\u4e2d"]) == {"/a": ("/a", 5, 7 * S), "/\u4e2d": ("/\u4e2d", 6, -8 * S)}
    assert record.rows(two, ["/a"]) == {} and record.rows(one, []) == {}
    assert record.sent(one, ["/a"])["/a"][:3] == (5, 7 * S, "crc32:0")
    record.write(one, [("/a", 9, 7 * S, None)])
    with Record(path) as again:
        assert again.rows(again.storage("folder:/one"), ["/a"]) == {"/a": ("/a", 9, 7 * S)}


def test_any_order_and_number_of_names_is_found(path):
    fill(path, 5000)
    with Record(path) as record:
        storage = record.storage("s")
        for names in (range(0, 5000), range(4999, 0, -7), [0, 4999], [2500], range(0, 5000, 1700)):
            for _ in range(4):  # Names far apart are looked for in another way after a while.
                wanted = ["/a/%06d" % number for number in names]
                found = record.rows(storage, wanted + ["/none"])
                assert "/none" not in found
                assert all(found[name] == (name, int(name[3:]), int(name[3:]) * S) for name in wanted)


def test_names_that_cannot_be_written_have_no_row(record):
    storage = record.storage("s")
    record.write(storage, [("/a", 1, 1, None)])
    assert record.rows(storage, ["/\ud800", "/a", "/x\x00y"]) == {"/a": ("/a", 1, 1)}


def test_a_time_that_sqlite_cannot_hold_is_left_out(record):
    storage = record.storage("s")
    record.write(storage, [("/far", 1, 1 << 70, None), ("/past", 1, -(1 << 70), None), ("/a", 1, 1, None)])
    assert sorted(record.rows(storage, ["/far", "/past", "/a"])) == ["/a"]


def test_rows_are_forgotten_but_doubts_are_not(record):
    storage, other = record.storage("s"), record.storage("o")
    for number in (storage, other):
        record.write(number, [("/a", 1, 1, None), ("/b", 1, 1, None), ("/c", 1, 1, None)])
    record.doubt(storage, ["/c"])
    record.forget(storage, ["/a"])
    assert sorted(record.rows(storage, ["/a", "/b", "/c"])) == ["/b", "/c"]
    record.forget(storage)
    assert record.rows(storage, ["/a", "/b", "/c"]) == {"/c": ("/c", DOUBTED, 0)}
    assert len(record.rows(other, ["/a", "/b", "/c"])) == 3


def test_what_landed_is_kept(record):
    rows = [Landed("/r/%d" % number, 1, 2, "/s", 3, None, None) for number in range(2000)]
    record.write_landed(rows)
    assert record.landed([row.path for row in rows] + ["/none"]) == dict((row.path, row) for row in rows)
    record.write_landed([Landed("/r/0", 9, 1 << 70, "/s", 3, None, None)])
    assert record.landed(["/r/0"])["/r/0"].size == 1


def test_opening_and_closing_twice_is_fine(path):
    record = Record(path).open()
    record.close()
    record.close()
    assert record.open().storage("s") == record.storage("s")
    record.close()


def damage_head(path):
    with io.open(path, "r+b") as target:
        target.write(b"not a database at all" * 10)


def damage_cut(path):
    with io.open(path, "r+b") as target:
        target.truncate(8192)


def damage_pages(path):
    with io.open(path, "r+b") as target:
        target.seek(4096)
        target.write(b"\x5a" * (os.path.getsize(path) - 4096))


@pytest.mark.parametrize("damage", [damage_head, damage_cut, damage_pages])
def test_a_damaged_record_is_set_aside_and_begun_anew(path, damage):
    fill(path, 5000)
    damage(path)
    spoilt = get(path)
    with Record(path) as record:
        storage = record.storage("s")
        assert len(record.rows(storage, ["/a/%06d" % number for number in range(5000)])) < 5000
        record.write(storage, [("/new", 1, 1, None)])
        assert record.rows(storage, ["/new"])
    aside = [name for name in os.listdir(os.path.dirname(path)) if ".damaged-" in name]
    assert len(aside) == 1
    assert get(os.path.join(os.path.dirname(path), aside[0]))[:100] == spoilt[:100]
    with Record(path) as record:
        assert list(record.rows(record.storage("s"), ["/new"])) == ["/new"]


def test_damage_that_shows_while_it_is_written_is_survived(path):
    fill(path, 5000)
    with Record(path) as record:
        storage, other = record.storage("s"), record.storage("o")
        damage_pages(path)
        record.rows(storage, ["/a/004000"])
        record.write(storage, [("/b/%06d" % number, 1, 1, None) for number in range(3000)])
        record.write(other, [("/new", 1, 1, None)])
        assert len(record.rows(storage, ["/b/000000", "/b/002999"])) == 2
        assert sorted(record.rows(other, ["/new", "/b/000000"])) == ["/new"], "storages are not mixed up"


def test_a_newer_record_is_refused_and_untouched(path):
    fill(path, 10)
    base = sqlite3.connect(path)
    base.execute("PRAGMA user_version = 99")
    base.close()
    with pytest.raises(RecordError) as caught:
        Record(path).open()
    assert "newer" in caught.value.message
    assert os.listdir(os.path.dirname(path)) == ["record.sqlite"]


def test_an_empty_file_becomes_a_record(path):
    put(path)
    with Record(path) as record:
        record.write(record.storage("s"), [("/a", 1, 1, None)])
        assert record.rows(record.storage("s"), ["/a"]) == {"/a": ("/a", 1, 1)}


def test_a_record_that_cannot_be_made_is_a_clear_error(tmpdir):
    for path in (folder_of(tmpdir, "none", "record.sqlite"), folder_of(tmpdir)):
        with pytest.raises(RecordError) as caught:
            Record(path).open()
        assert path in caught.value.message and "RAYVISION_SYNC_HOME" in caught.value.message


def mount(folder, *options):
    """Mount a small disk of its own, or skip the test."""
    compat.make_folder(folder)
    command = ["mount", "-t", "tmpfs"] + list(options) + ["tmpfs", folder]
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except OSError:
        pytest.skip("there is no mount program")
    if process.communicate() and process.returncode:
        pytest.skip("mounting is not permitted")


@contextmanager
def disk(folder, *options):
    mount(folder, *options)
    try:
        yield folder
    finally:
        subprocess.check_call(["umount", "-l", folder])


def test_a_read_only_disk_is_a_clear_error(tmpdir):
    with disk(folder_of(tmpdir, "disk")) as folder:
        fill(os.path.join(folder, "record.sqlite"), 10)
        subprocess.check_call(["mount", "-o", "remount,ro", folder])
        for name in ("record.sqlite", "new.sqlite"):
            with pytest.raises(RecordError) as caught:
                with Record(os.path.join(folder, name)) as record:
                    record.write(record.storage("s"), [("/b", 1, 1, None)])
            assert name in caught.value.message


def test_a_full_disk_is_a_clear_error_and_passes(tmpdir):
    with disk(folder_of(tmpdir, "disk"), "-o", "size=400k") as folder:
        with Record(os.path.join(folder, "record.sqlite")) as record:
            storage = record.storage("s")
            record.write(storage, [("/first", 1, 1, None)])
            with io.open(os.path.join(folder, "filler"), "wb", buffering=0) as filler:
                try:
                    for size in [65536] * 10 + [1024] * 64:
                        filler.write(b"x" * size)
                except (IOError, OSError):
                    pass
            with pytest.raises(RecordError):
                for number in range(50):
                    record.write(storage, [("/%d/%d" % (number, row), 1, 1, None) for row in range(200)])
            os.remove(os.path.join(folder, "filler"))
            record.write(storage, [("/later", 1, 1, None)])
            assert sorted(record.rows(storage, ["/first", "/later"])) == ["/first", "/later"]


OPENER = """
import sys
from rayvision_sync.record import Record
sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
with Record(sys.argv[1]) as record:
    storage = record.storage(u"s")
    for round in range(20):
        record.write(storage, [(u"/%s/%d/%d" % (sys.argv[2], round, row), 1, 1, None) for row in range(50)])
"""


def test_processes_make_and_share_one_record(tmpdir):
    for round in range(3):
        path = folder_of(tmpdir, "record-%d.sqlite" % round)
        children = [start(OPENER, path, "%d" % number) for number in range(6)]
        for child in children:
            child.stdout.readline()
        for child in children:
            child.stdin.write(b"\n")
            child.stdin.flush()
        for child in children:
            finish(child)
        with Record(path) as record:
            names = ["/%d/%d/%d" % (child, turn, row) for child in range(6) for turn in range(20) for row in range(50)]
            assert len(record.rows(record.storage("s"), names)) == 6000


WRITER = """
import sys
from rayvision_sync.record import Record
record = Record(sys.argv[1]).open()
storage = record.storage(u"s")
number = 0
while True:
    record.write(storage, [(u"/%06d" % number, number, number, None)])
    sys.stdout.write("%d\\n" % number); sys.stdout.flush()
    number += 1
"""


def test_what_was_written_survives_the_death_of_the_writer(path):
    child = start(WRITER, path)
    last = [child.stdout.readline() for _ in range(200)][-1]
    child.kill()
    child.communicate()
    with Record(path) as record:
        names = ["/%06d" % number for number in range(int(last) + 1)]
        assert len(record.rows(record.storage("s"), names)) == len(names)
