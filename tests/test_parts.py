"""Large files in parts: resumed by their bytes, begun anew where they changed, never left half."""
from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import os
import threading
import zlib

import pytest
from rayvision_sync import checksum, compat, words
from rayvision_sync.cancel import Cancel
from rayvision_sync.crew import LARGE_BYTES
from rayvision_sync.errors import Cancelled, NotStored, StorageBusy, StorageError
from rayvision_sync.model import Stored
from rayvision_sync.progress import Progress
from rayvision_sync.record import Opened, Record
from rayvision_sync.stream import Gear
from rayvision_sync.throttle import Throttle
from rayvision_sync.transfer import Upload

PART = 8 << 20


class Store(object):
    """A storage in memory that takes files in parts; what it is told is kept in ``calls``."""

    name = identity = "memory"
    first_threads, most_threads = 4, 8

    def __init__(self):
        self.files, self.open_uploads, self.calls = {}, {}, []
        self.lock = threading.Lock()
        self.before = lambda call, *values: None

    def tell(self, call, *values):
        self.before(call, *values)
        with self.lock:
            self.calls.append((call,) + values)

    def count(self, call):
        return sum(found[0] == call for found in self.calls)

    def ask(self, targets):
        return dict((target, Stored(target, len(data), mtime, None))
                    for target, (data, mtime) in self.files.items() if target in targets)

    def fold(self, targets):
        return targets

    def send(self, source, target):
        data = b""
        while len(data) < source.size:
            data += source.read()
        self.files[target] = data, source.mtime
        return Stored(target, len(data), source.mtime, source.checksum)

    def part_bytes(self, size):
        return PART if size > PART else None

    def begin_parts(self, target, mtime):
        self.tell("begin", target)
        upload = "upload-%d" % self.count("begin")
        self.open_uploads[upload] = target, mtime, {}
        return upload

    def send_part(self, span, target, upload, number):
        data = b""
        while len(data) < span.size:
            data += span.read()
        assert zlib.crc32(data) & 0xFFFFFFFF == span.crc
        self.tell("part", number)
        if upload not in self.open_uploads:
            raise NotStored("%s is gone." % upload)
        self.open_uploads[upload][2][number] = data
        return hashlib.md5(data).hexdigest()

    def parts_there(self, target, upload):
        self.tell("there", upload)
        if upload not in self.open_uploads:
            raise NotStored("%s is gone." % upload)
        return dict((number, (len(data), hashlib.md5(data).hexdigest()))
                    for number, data in self.open_uploads[upload][2].items())

    def finish_parts(self, target, upload, listed, mtime, crc):
        self.tell("finish", upload)
        if upload not in self.open_uploads:
            raise NotStored("%s is gone." % upload)
        _, _, parts = self.open_uploads.pop(upload)
        assert [(number, one) for number, _, one in listed] == [
            (number, zlib.crc32(parts[number]) & 0xFFFFFFFF) for number in sorted(parts)]
        data = b"".join(parts[number] for number in sorted(parts))
        assert zlib.crc32(data) & 0xFFFFFFFF == crc
        self.files[target] = data, mtime
        self.tell("finished", upload)
        return Stored(target, len(data), mtime, None)

    def drop_parts(self, target, upload):
        self.tell("drop", upload)
        self.open_uploads.pop(upload, None)

    def open_parts(self, prefix):
        return [(target, upload, 1e9) for upload, (target, _, _) in sorted(self.open_uploads.items())]


@pytest.fixture
def store():
    return Store()


@pytest.fixture
def record(tmpdir):
    with Record(str(tmpdir.join("record.sqlite"))) as record:
        yield record


@pytest.fixture
def source(tmpdir):
    path = compat.text(str(tmpdir.join("cache.abc")))
    write(path, 1)
    return path


def write(path, seed):
    """Write a file of four parts and a bit, every part another."""
    with open(path, "wb") as target:
        for number in range(4):
            target.write(bytes(bytearray([seed, number])) * (PART // 2))
        target.write(b"the end")
    # A disk's own times may be the same for two versions that follow each other at once.
    compat.set_mtime_ns(path, (1500000000 + seed) * 10 ** 9)
    assert os.path.getsize(path) > LARGE_BYTES


def read(path):
    with open(path, "rb") as source:
        return source.read()


def upload(store, source, record=None, cancel=None, attempts=3, threads=3):
    gear = Gear(cancel or Cancel(), Throttle(), Progress())
    return Upload(store, gear, record, threads, attempts).run(lambda: iter([[(source, "/cache.abc")]]))


def opened(record):
    return record.opened(record.storage("memory"))


def test_a_large_file_goes_in_parts_and_arrives_whole(store, source, record):
    report = upload(store, source, record)
    assert (report.sent, report.failed) == (1, 0)
    assert store.files["/cache.abc"] == (read(source), compat.mtime_ns(os.stat(source)))
    assert sorted(number for call, number in store.calls if call == "part") == [1, 2, 3, 4, 5]
    assert opened(record) == [] and store.open_uploads == {}
    row = record.sent(record.storage("memory"), ["/cache.abc"])["/cache.abc"]
    assert row.checksum == "crc32:%08x" % (zlib.crc32(read(source)) & 0xFFFFFFFF)
    assert upload(store, source, record).skipped == 1


def test_a_run_that_breaks_off_is_gone_on_with_at_the_part(store, source, record):
    def fail(call, *values):
        if call == "part" and values[0] == 4:
            raise StorageError("the cable was pulled")
    store.before = fail
    assert upload(store, source, record, threads=1).failed == 1
    assert [row.upload for row in opened(record)] == ["upload-1"]
    store.before, store.calls = (lambda *_: None), []
    assert upload(store, source, record).sent == 1
    assert sorted(number for call, number in store.calls if call == "part") == [4, 5]
    assert store.files["/cache.abc"][0] == read(source) and opened(record) == []


def test_a_cancel_keeps_what_was_sent(store, source, record):
    cancel = Cancel()

    def stop(call, *values):
        if call == "part" and values[0] == 3:
            cancel.cancel()
            cancel.check()
    store.before = stop
    with pytest.raises(Cancelled):
        upload(store, source, record, cancel, threads=1)
    store.before, store.calls = (lambda *_: None), []
    assert upload(store, source, record).sent == 1
    assert sorted(number for call, number in store.calls if call == "part") == [3, 4, 5]


def test_a_part_that_the_storage_has_otherwise_is_sent_again(store, source, record):
    half_sent(store, source, record)
    store.open_uploads["upload-1"][2][2] = b"x" * PART
    assert upload(store, source, record).sent == 1
    assert sorted(number for call, number in store.calls if call == "part") == [2, 4, 5]
    assert store.files["/cache.abc"][0] == read(source)


def test_a_file_that_changed_since_is_begun_anew_and_nothing_is_left_open(store, source, record):
    half_sent(store, source, record)
    write(source, 2)
    assert upload(store, source, record).sent == 1
    assert store.count("drop") == 1 and store.count("part") == 5
    assert store.files["/cache.abc"][0] == read(source) and store.open_uploads == {}


def test_an_upload_that_somebody_ended_is_begun_anew(store, source, record):
    half_sent(store, source, record)
    store.open_uploads.clear()
    assert upload(store, source, record).sent == 1 and store.count("part") == 5
    assert opened(record) == []


def test_what_was_opened_by_a_run_that_was_killed_at_once_is_found_and_ended(store, source, record):
    stray = store.begin_parts("/cache.abc", 1)
    status = os.stat(source)
    record.write_opened(record.storage("memory"), Opened("/cache.abc", None, status.st_size, compat.mtime_ns(status),
                                                         PART, 1e9 + 5))
    assert upload(store, source, record).sent == 1
    assert ("drop", stray) in store.calls and store.open_uploads == {}


def test_a_file_that_changes_while_it_is_sent_is_sent_again(store, source, record):
    def change(call, *values):
        if call == "part" and values[0] == 5 and store.count("begin") == 1:
            write(source, 7)
    store.before = change
    assert upload(store, source, record).sent == 1
    assert store.files["/cache.abc"][0] == read(source) and store.open_uploads == {} and opened(record) == []


def test_a_file_that_always_changes_is_given_up(store, source, record):
    seeds = iter(range(10, 200))

    def change(call, *values):
        if call == "part" and values[0] == 1:
            write(source, next(seeds))
    store.before = change
    report = upload(store, source, record, threads=1)
    assert report.failed == 1 and "(3 times)" in report.problems[0].reason
    assert store.files == {} and store.open_uploads == {} and opened(record) == []
    assert record.sent(record.storage("memory"), ["/cache.abc"]) == {}


def test_a_lost_answer_to_the_last_call_is_no_failure(store, source, record):
    def lose(call, *values):
        if call == "finished":
            raise StorageBusy("the answer was lost")
    store.before = lose
    assert upload(store, source, record).sent == 1
    assert store.count("begin") == 1 and opened(record) == []


def test_a_part_is_tried_again_and_counted_once(store, source, record):
    failed = []

    def fail(call, *values):
        if call == "part" and values[0] not in failed:
            failed.append(values[0])
            raise StorageBusy("503")
    store.before = fail
    report = upload(store, source, record)
    assert (report.sent, report.bytes) == (1, os.path.getsize(source))
    assert store.count("begin") == 1 and store.files["/cache.abc"][0] == read(source)


def test_without_a_record_a_failure_leaves_nothing_open(store, source):
    def fail(call, *values):
        if call == "part" and values[0] == 3:
            raise StorageError("no")
    store.before = fail
    assert upload(store, source).failed == 1
    assert store.open_uploads == {} and store.files == {}


@pytest.mark.parametrize("lengths", [(0, 0), (1, 0), (0, 1), (5, 7), (4096, 1), (123, 65536)])
def test_checksums_of_parts_make_that_of_the_file(lengths):
    first, second = [os.urandom(length) for length in lengths]
    assert checksum.combine(zlib.crc32(first), zlib.crc32(second), len(second)) == zlib.crc32(
        first + second) & 0xFFFFFFFF


def half_sent(store, source, record):
    """Let a run send three of five parts and fail."""
    def fail(call, *values):
        if call == "part" and values[0] == 4:
            raise StorageError("the cable was pulled")
    store.before = fail
    assert upload(store, source, record, threads=1).failed == 1
    store.before, store.calls = (lambda *_: None), [("begin", "/cache.abc")]


def test_a_file_that_is_gone_on_with_is_not_taken_for_left(store, source, record):
    half_sent(store, source, record)
    row = opened(record)[0]
    record.write_opened(record.storage("memory"), row._replace(at=1e9))
    seen = []

    def look(call, *values):
        if call == "part" and values[0] == 5:
            with Record(record.path) as other:
                seen.extend(opened(other))
    store.before = look
    assert upload(store, source, record).sent == 1
    assert [found.upload for found in seen] == ["upload-1"] and seen[0].at > 1e9 + 86400


def test_what_waits_after_a_cancel_is_said_and_the_next_run_begins_there(store, source, record):
    cancel, told = Cancel(), []

    def cut(call, *values):
        if call == "part" and store.count("part") == 2:
            cancel.cancel()
            raise Cancelled()
    store.before = cut
    with pytest.raises(Cancelled) as ended:
        upload(store, source, record, cancel, threads=1)
    there = sum(len(data) for _, _, parts in store.open_uploads.values() for data in parts.values())
    assert ended.value.waiting == there == 2 * PART
    store.before = lambda call, *values: None
    gear = Gear(Cancel(), Throttle(None), Progress(told.append))
    assert Upload(store, gear, record, 3, 3).run(lambda: iter([[(source, "/cache.abc")]])).sent == 1
    size = os.path.getsize(source)
    assert [event.note for event in told if event.kind == "note"] == [
        "Going on: %s of %s is there already." % (words.size(there), words.size(size))]
    moved = [event.note.bytes for event in told if event.kind == "tick"]
    assert moved[0] >= there and moved[-1] == size


def test_what_was_there_before_is_no_part_of_the_rate():
    now = [0.0]
    progress = Progress(clock=lambda: now[0])
    progress.expect(1, 1000)
    progress.resume("/big", 600)
    now[0] = 1.0
    progress.moved("/big", 700)
    assert (progress.totals().bytes, progress.totals().rate, progress.totals().left_s) == (700, 100, 3.0)
