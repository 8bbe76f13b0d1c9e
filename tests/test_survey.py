"""What is looked at before anything is sent: sources, record, storage."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import shutil
import tempfile

import pytest
from support_upload import SECOND, THEN, Counting, Wrapper, folder_of, gear, get, has_leftovers, nobody, put, scene
from support_upload import send, sources, stored, write_manifest

from rayvision_sync import compat, paths
from rayvision_sync.cancel import Cancel
from rayvision_sync.engines.folder import FolderEngine
from rayvision_sync.errors import Cancelled, RecordError
from rayvision_sync.record import Record
from rayvision_sync.session import Session
from rayvision_sync.settings import Settings
from rayvision_sync.survey import Survey
from rayvision_sync.transfer import Upload
from rayvision_sync.verify import verify


@pytest.fixture
def root(tmpdir):
    return folder_of(tmpdir, "storage")


@pytest.fixture
def record(tmpdir):
    with Record(folder_of(tmpdir, "record.sqlite")) as opened:
        yield opened


@pytest.fixture
def pairs(tmpdir):
    return scene(folder_of(tmpdir, "scene"), 40)


def counts(report):
    return report.sent, report.skipped, report.missing, report.failed


def test_a_second_run_asks_for_a_sample_and_sends_nothing(root, record, pairs):
    assert counts(send(root, pairs, record)) == (40, 0, 0, 0)
    engine = Counting(FolderEngine(root))
    report = send(engine, pairs, record)
    assert counts(report) == (0, 40, 0, 0) and report.bytes == 0 and report.ok
    assert not engine.sent and len(engine.asked) == 32
    assert stored(root) == sources(pairs)


def test_one_file_that_is_gone_from_a_folder_is_sent_again(root, record, pairs):
    send(root, pairs, record)
    os.remove(os.path.join(root, *pairs[11][1].split("/")))
    assert counts(send(root, pairs, record)) == (1, 39, 0, 0)
    assert stored(root) == sources(pairs)


def test_a_change_of_time_or_size_sends_again(root, record, pairs):
    send(root, pairs, record)
    touched, grown, both = pairs[3], pairs[7], pairs[9]
    compat.set_mtime_ns(touched[0], THEN + 9999 * SECOND)
    put(grown[0], b"other size", THEN + 7 * SECOND)
    put(both[0], b"new")
    engine = Counting(FolderEngine(root))
    assert counts(send(engine, pairs, record)) == (3, 37, 0, 0)
    assert sorted(engine.sent) == sorted([touched[1], grown[1], both[1]])
    assert stored(root) == sources(pairs)
    assert counts(send(root, pairs, record)) == (0, 40, 0, 0)


def test_a_second_workstation_sends_nothing_and_has_its_own_record(root, record, pairs, tmpdir):
    send(root, pairs, record)
    with Record(folder_of(tmpdir, "second.sqlite")) as second:
        engine = Counting(FolderEngine(root))
        assert counts(send(engine, pairs, second)) == (0, 40, 0, 0)
        assert len(engine.asked) == 40
        engine = Counting(FolderEngine(root))
        assert counts(send(engine, pairs, second)) == (0, 40, 0, 0)
        assert len(engine.asked) == 32


def test_without_a_record_the_storage_is_asked_and_nothing_is_noted(root, record, pairs):
    send(root, pairs)
    storage = record.storage(FolderEngine(root).identity)
    assert record.rows(storage, [server for _, server in pairs]) == {}
    engine = Counting(FolderEngine(root))
    assert counts(send(engine, pairs)) == (0, 40, 0, 0)
    assert len(engine.asked) == 40
    # A row that lies is not read either.
    shutil.rmtree(root)
    record.write(storage, [(server, os.path.getsize(local), THEN + number * SECOND, None)
                           for number, (local, server) in enumerate(pairs)])
    assert counts(send(root, pairs)) == (40, 0, 0, 0)


def test_a_purged_storage_is_noticed(root, record, pairs):
    send(root, pairs, record)
    shutil.rmtree(root)
    heard = []
    assert counts(send(root, pairs, record, listener=heard.append)) == (40, 0, 0, 0)
    assert stored(root) == sources(pairs)
    assert any(event.kind == "note" and "no longer" in event.note for event in heard)


def test_one_missing_copy_of_the_sample_distrusts_all(root, record, pairs):
    few = pairs[:10]  # All of them are in the sample.
    send(root, few, record)
    os.remove(os.path.join(root, *few[4][1].split("/")[1:]))
    engine = Counting(FolderEngine(root))
    assert counts(send(engine, few, record)) == (1, 9, 0, 0)
    assert set(engine.asked) == set(server for _, server in few)
    assert stored(root) == sources(few)


def test_a_copy_that_was_replaced_distrusts_all(root, record, pairs):
    few = pairs[:10]  # All of them are in the sample.
    send(root, few, record)
    put(os.path.join(root, *few[4][1].split("/")[1:]), b"other bytes of another size")
    assert counts(send(root, few, record)) == (1, 9, 0, 0)
    assert stored(root) == sources(few)


def test_a_copy_that_verify_doubts_is_sent_again(root, record, pairs):
    send(root, pairs, record)
    path = os.path.join(root, *pairs[4][1].split("/")[1:])
    put(path, b"x" * os.path.getsize(path), THEN + 4 * SECOND)
    record.doubt(record.storage(FolderEngine(root).identity), [pairs[4][1]])
    assert counts(send(root, pairs, record)) == (1, 39, 0, 0)
    assert stored(root) == sources(pairs)
    assert counts(send(root, pairs, record)) == (0, 40, 0, 0)


class Rounding(Wrapper):
    """A disk that keeps times to two seconds."""

    def ask(self, targets):
        found = self.inner.ask(targets)
        return dict((name, one._replace(mtime=one.mtime - one.mtime % (2 * SECOND))) for name, one in found.items())


def test_a_storage_that_rounds_times_is_believed_where_the_bytes_are_equal(root, record, pairs, tmpdir):
    pairs = pairs[:10]
    for number, (local, _) in enumerate(pairs):
        compat.set_mtime_ns(local, THEN + number * SECOND + SECOND // 2)
    send(root, pairs, record)
    engine = Counting(Rounding(FolderEngine(root)))
    assert counts(send(engine, pairs, record)) == (0, 10, 0, 0)
    assert len(engine.asked) <= 32, "the record is not distrusted"
    with Record(folder_of(tmpdir, "second.sqlite")) as second:
        assert counts(send(Rounding(FolderEngine(root)), pairs, second)) == (0, 10, 0, 0)
    changed = os.path.join(root, *pairs[3][1].split("/")[1:])
    stat = os.stat(changed)
    put(changed, b"y" * stat.st_size, compat.mtime_ns(stat))
    with Record(folder_of(tmpdir, "third.sqlite")) as third:
        assert counts(send(Rounding(FolderEngine(root)), pairs, third)) == (1, 9, 0, 0)
    assert stored(root) == sources(pairs)


def test_verify_believes_a_storage_that_rounds_times_as_an_upload_does(root, record, pairs, tmpdir):
    for number, (local, _) in enumerate(pairs):
        compat.set_mtime_ns(local, THEN + number * SECOND + SECOND // 2)
    send(root, pairs, record)
    listed = write_manifest(folder_of(tmpdir, "upload.json"), pairs)
    session = Session(None, Settings([]), record_path=folder_of(tmpdir, "record.sqlite"))
    session.engine = lambda kind: Rounding(FolderEngine(root))
    for quick in (False, True):
        found = verify(session, [listed], quick=quick)
        assert (found.stale, found.to_send, found.report.skipped, found.report.failed) == (0, 0, 40, 0)
    changed = os.path.join(root, *pairs[3][1].split("/")[1:])
    put(changed, b"y" * os.path.getsize(changed), compat.mtime_ns(os.stat(changed)))
    found = verify(session, [listed])
    assert (found.stale, found.to_send, found.report.failed) == (1, 1, 1)
    assert verify(session, [listed], quick=True).report.failed == 0
    session.record_path = folder_of(tmpdir, "second.sqlite")
    found = verify(session, [listed], quick=True)
    assert (found.unrecorded, found.report.skipped, found.report.failed) == (40, 39, 1), "no record: bytes are compared"
    compat.set_mtime_ns(pairs[5][0], THEN + 99 * SECOND)
    assert verify(session, [listed], quick=True).report.failed == 2


class Timeless(Wrapper):
    """A storage that keeps no times."""

    def ask(self, targets):
        return dict((name, one._replace(mtime=None)) for name, one in self.inner.ask(targets).items())


def test_a_storage_without_times_does_not_belie_the_record(root, record, pairs):
    send(root, pairs, record)
    assert counts(send(Timeless(FolderEngine(root)), pairs, record)) == (0, 40, 0, 0)


# ---------------------------------------------------------------- bad input

def test_what_is_not_there_is_missing_and_the_rest_is_sent(root, record, pairs, tmpdir):
    bad = [(folder_of(tmpdir, "none.exr"), "/D/none.exr"), (pairs[0][0] + "/below", "/D/below"), ("", "/D/empty"),
           (folder_of(tmpdir, "nul\x00.exr"), "/D/nul")]
    report = send(root, bad + pairs, record)
    assert counts(report) == (40, 0, 4, 0) and not report.ok
    assert [problem.kind for problem in report.problems] == ["missing"] * 4
    assert "none.exr" in report.problems[0].reason
    assert stored(root) == sources(pairs)
    assert record.rows(1, [server for _, server in bad]) == {}


def test_a_folder_a_pipe_and_a_device_are_refused(root, record, pairs, tmpdir):
    pipe = folder_of(tmpdir, "pipe")
    if hasattr(os, "mkfifo"):
        os.mkfifo(pipe)  # Opened, it would hold everything up.
    else:
        compat.make_folder(pipe)
    compat.make_folder(folder_of(tmpdir, "folder"))
    bad = [(folder_of(tmpdir, "folder"), "/D/folder"), (pipe, "/D/pipe")]
    report = send(root, bad + pairs[:5], record)
    assert counts(report) == (5, 0, 0, 2)
    assert "is a folder" in report.problems[0].reason
    assert stored(root) == sources(pairs[:5])


def test_a_file_that_cannot_be_read_fails_and_is_named(home):
    folder = compat.text(tempfile.mkdtemp())
    try:
        os.chmod(folder, 0o777)
        good, bad = put(folder + "/good", b"1"), put(folder + "/bad", b"2")
        closed = put(folder + "/closed/inside", b"3")
        os.chmod(bad, 0)
        os.chmod(os.path.dirname(closed), 0)
        with nobody():
            if os.access(bad, os.R_OK) and compat.WINDOWS:
                pytest.skip("modes are POSIX")
            report = send(folder + "/storage", [(bad, "/bad"), (closed, "/closed"), (good, "/good")])
        assert counts(report) == (1, 0, 0, 2)
        assert sorted(problem.source for problem in report.problems) == [bad, closed]
        assert all("cannot be read" in problem.reason for problem in report.problems)
        assert stored(folder + "/storage") == {"/good": b"1"}
    finally:
        os.chmod(folder + "/closed", 0o777)
        shutil.rmtree(folder)


@pytest.mark.parametrize("server", [
    "/../x", "/a/../../x", "x", "//x", "/a//b", "D:/x", "/D:/x", "/a\\b", "/a\nb", "/a\x00b", "/a/", "/\ud800.png",
    "/.rayvision_sync/x", "/.RAYVISION_SYNC/x", "/.rayvision_sync"])
def test_a_server_name_that_leads_elsewhere_is_refused_and_the_rest_is_sent(root, record, pairs, tmpdir, server):
    if server == "/\ud800.png" and not compat.SURROGATES:
        pytest.skip("text is UTF-16 here")
    report = send(root, [(pairs[0][0], server)] + pairs[1:3], record)
    assert counts(report) == (2, 0, 0, 1), report
    assert stored(root) == sources(pairs[1:3])
    assert sorted(os.listdir(folder_of(tmpdir))) == sorted(["scene", "storage"] + [
        name for name in os.listdir(folder_of(tmpdir)) if name.startswith("record")])


def test_a_name_that_two_files_claim_is_refused_to_both(root, record, pairs):
    both = [(pairs[0][0], "/D/same"), (pairs[1][0], "/D/same")]
    heard = []
    report = send(root, both + pairs[2:], record, listener=heard.append)
    assert counts(report) == (38, 0, 0, 2)
    assert all(pairs[0][0] in problem.reason and pairs[1][0] in problem.reason for problem in report.problems)
    assert [event.kind for event in heard].count("refused") == 2
    assert stored(root) == sources(pairs[2:])
    totals = [event.note for event in heard if event.kind == "tick"][-1]
    assert (totals.files, totals.files_total, totals.bytes) == (38, 38, totals.bytes_total)


def test_a_file_that_is_listed_twice_is_sent_once(root, record, pairs):
    heard = []
    report = send(root, pairs + pairs[:5], record, listener=heard.append)
    assert counts(report) == (40, 5, 0, 0) and report.ok
    assert report.bytes == sum(os.path.getsize(local) for local, _ in pairs)
    totals = [event.note for event in heard if event.kind == "tick"][-1]
    assert (totals.files, totals.files_total, totals.bytes) == (40, 40, totals.bytes_total)
    assert counts(send(root, pairs + pairs[:5], record)) == (0, 45, 0, 0)


def test_one_file_may_lie_under_two_names(root, pairs):
    report = send(root, [(pairs[0][0], "/D/one"), (pairs[0][0], "/D/two")])
    assert counts(report) == (2, 0, 0, 0)
    assert stored(root) == {"/D/one": get(pairs[0][0]), "/D/two": get(pairs[0][0])}


@pytest.mark.parametrize("name", [
    "it's.tex", 'a "quoted".tex', "$(touch gone).tex", "`touch gone`.tex", "; rm -rf *.tex", "a&b|c>d.tex", "-rf",
    "100% %s %d.tex", " blank ", "\u4e2d\u6587.tex", "\U0001f600.tex", "e\u0301.tex", "n" * 255, "new\nline.tex",
    "tab\t.tex"])
def test_names_of_all_kinds_arrive(root, record, tmpdir, name):
    if compat.WINDOWS:
        pytest.skip("Windows has no such names")
    local = put(folder_of(tmpdir, "scene", name), b"bytes")
    server = "/scene/" + paths.server_path("/" + name)[1:]
    assert counts(send(root, [(local, server)], record)) == (1, 0, 0, 0)
    assert stored(root) == {server: b"bytes"}
    assert counts(send(root, [(local, server)], record)) == (0, 1, 0, 0)
    assert not os.path.exists("gone")


def test_empty_files_and_links_arrive(root, record, tmpdir):
    empty = put(folder_of(tmpdir, "empty"))
    pairs = [(empty, "/empty"), (put(folder_of(tmpdir, "file"), b"1"), "/file")]
    if not compat.WINDOWS:
        os.symlink("file", folder_of(tmpdir, "link"))
        os.symlink("nowhere", folder_of(tmpdir, "dangling"))
        pairs += [(folder_of(tmpdir, "link"), "/link"), (folder_of(tmpdir, "dangling"), "/dangling")]
    report = send(root, pairs, record)
    assert (report.sent, report.missing, report.failed) == (len(pairs) - len(pairs) // 4, len(pairs) // 4, 0)
    assert stored(root) == sources(pairs[:3])


def test_a_time_before_1970_or_far_away_is_kept(root, record, tmpdir):
    pairs = []
    for number, mtime in enumerate((-86400 * SECOND, 0, 13 * 10 ** 9 * SECOND)):
        local = put(folder_of(tmpdir, "%d" % number), b"x")
        try:
            compat.set_mtime_ns(local, mtime)
        except (OverflowError, OSError):
            continue
        pairs.append((local, "/%d" % number))
    assert send(root, pairs, record).sent == len(pairs)
    report = send(root, pairs, record)
    assert (report.sent, report.skipped) == (0, len(pairs))


def test_nothing_to_send_is_fine(root, record):
    assert counts(send(root, [], record)) == (0, 0, 0, 0)
    assert not os.path.exists(root)


# ---------------------------------------------------------------- the record fails

class Refusing(object):
    """A record that can be read but not written."""

    def __init__(self, inner):
        self.inner = inner

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def write(self, *_):
        raise RecordError("The record cannot be written.")

    forget = write


def test_a_record_that_cannot_be_written_does_not_stop_an_upload(root, record, pairs):
    heard = []
    assert counts(send(root, pairs, Refusing(record), listener=heard.append)) == (40, 0, 0, 0)
    assert any(event.kind == "note" and "record" in event.note for event in heard)
    assert counts(send(root, pairs, Refusing(record))) == (0, 40, 0, 0)
    assert counts(send(root, pairs, record)) == (0, 40, 0, 0)
    shutil.rmtree(root)
    assert counts(send(root, pairs, Refusing(record))) == (40, 0, 0, 0), "a purge is noticed all the same"
    assert stored(root) == sources(pairs)


# ---------------------------------------------------------------- cancel

def test_a_survey_can_be_cancelled(root, record, pairs):
    cancel = Cancel()

    def read():
        for number in range(10):
            if number == 5:
                cancel.cancel()
            yield pairs
    with pytest.raises(Cancelled) as caught:
        Upload(FolderEngine(root), gear(cancel=cancel), record).run(read)
    assert caught.value.report.sent == 0
    assert not os.path.exists(root) and not has_leftovers(root)


def test_the_survey_tells_how_far_it_is(root, pairs):
    heard = []
    given = gear(heard.append)
    engine = FolderEngine(root)
    Survey(engine, None, given.cancel, given.progress).make(lambda: iter([pairs[:10], pairs[10:]])).close()
    assert [event.done for event in heard if event.kind == "survey"] == [10, 40]
