"""Uploads in parts that broke off: found by `verify`, ended with --clean, left alone while they may be under way."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest
import support_s3
from support_upload import folder_of, put, write_manifest

from rayvision_sync import leftovers
from rayvision_sync.engines import make_engine
from rayvision_sync.errors import NotStored, StorageError
from rayvision_sync.leftovers import Leftovers
from rayvision_sync.record import Opened, Record
from rayvision_sync.session import Session
from rayvision_sync.settings import Settings
from rayvision_sync.verify import verify

NOW = 2e9
OLD, YOUNG = NOW - 2 * leftovers.FRESH_S, NOW - 60


class Store(object):
    """Has uploads open: ``{upload: (target, epoch seconds)}``."""

    def __init__(self, uploads):
        self.uploads = dict(uploads)
        self.refuses = False

    def open_parts(self, prefix):
        return [(target, upload, at) for upload, (target, at) in sorted(self.uploads.items())]

    def parts_there(self, target, upload):
        if upload == "recorded":
            raise NotStored("It is gone.")
        return {1: (16, "a"), 2: (4, "b")}

    def drop_parts(self, target, upload):
        if self.refuses:
            raise StorageError("No.")
        assert self.uploads.pop(upload)[0] == target


@pytest.fixture
def record(tmpdir):
    with Record(folder_of(tmpdir, "record.sqlite")) as found:
        yield found


def left(store, record):
    return Leftovers(store, record, record.storage("store"), lambda: NOW).read()


def opened(record):
    return sorted(row.target for row in record.opened(record.storage("store")))


def write(record, target, upload, at):
    record.write_opened(record.storage("store"), Opened(target, upload, 1, 1, 1, at))


def test_what_is_old_and_ours_is_ended_and_everything_else_stays(record):
    store = Store({"listed": ("/listed", OLD), "recorded": ("/recorded", OLD), "foreign": ("/foreign", OLD),
                   "young": ("/listed", YOUNG), "undated": ("/listed", 0.0), "gone on with": ("/again", OLD)})
    write(record, "/recorded", "recorded", OLD)
    write(record, "/again", "gone on with", YOUNG)
    write(record, "/vanished", "vanished", OLD)
    found = left(store, record)
    found.match(["/listed", "/again", "/other"])
    found.match(["/listed"])
    assert found.found == 2 and len(store.uploads) == 6
    assert found.end() == 2 and (found.freed, found.oldest_s) == (20, NOW - OLD)
    assert sorted(store.uploads) == ["foreign", "gone on with", "undated", "young"]
    assert opened(record) == ["/again"]


def test_what_the_storage_refuses_to_end_stays_in_the_record(record):
    store = Store({"recorded": ("/recorded", OLD)})
    write(record, "/recorded", "recorded", OLD)
    store.refuses = True
    with pytest.raises(StorageError):
        left(store, record).end()
    assert opened(record) == ["/recorded"]


def test_verify_tells_of_what_was_left_in_a_bucket_and_ends_it_only_if_told(seaweed, tmpdir, monkeypatch):
    space = seaweed.space()
    options = support_s3.options(space)
    path = put(folder_of(tmpdir, "cache.abc"), b"x" * 100)
    listed = write_manifest(folder_of(tmpdir, "upload.json"), [(path, "/cache.abc")])
    session = Session(None, Settings([("test", {"storage": {"engine": "s3", "input": options}})]),
                      record_path=folder_of(tmpdir, "record.sqlite"))
    session.upload([listed])
    engine, client = make_engine("s3", options), seaweed.client(space)
    engine.open()
    engine.begin_parts("/cache.abc", 1)
    engine.begin_parts("/other.abc", 1)
    result = verify(session, [listed], clean=True)
    assert (result.unfinished, result.ended) == (0, 0) and len(client.uploads()) == 2, "they are young"
    monkeypatch.setattr(leftovers, "FRESH_S", -86400.0)  # From tomorrow's point of view.
    result = verify(session, [listed])
    assert (result.unfinished, result.ended) == (1, 0) and len(client.uploads()) == 2
    result = verify(session, [listed], clean=True)
    assert (result.unfinished, result.ended) == (1, 1) and result.report.failed == 0
    assert [key for key, _ in client.uploads()] == ["other.abc"]
    engine.close()
    client.close()
