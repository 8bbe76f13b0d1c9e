"""The contract that every engine keeps, and what is the folder's own."""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import os
import shutil
import socket
import tempfile
import threading
import time

import pytest
import s3_servers
import support_s3
from support_limits import WAIT_S
from support_upload import SECOND, THEN, Wrapper, folder_of, gear, get, has_leftovers, nobody, put, scene, send
from support_upload import sources, stored
from test_record import disk

from rayvision_sync import compat, stream
from rayvision_sync.cancel import Cancel
from rayvision_sync.engines import ENGINES, make_engine
from rayvision_sync.engines.folder import WORK, FolderEngine
from rayvision_sync.engines.spellings import fold, rewrites
from rayvision_sync.errors import Cancelled, NameRefused, NotStored, SettingsError, SourceChanged, StorageBusy
from rayvision_sync.errors import StorageError, StorageFull, StorageLost, SyncError
from rayvision_sync.model import Item, Stored
from rayvision_sync.throttle import Throttle

ACCESS_KEY = "s3cret-key"


def folder_storage(request):
    tmpdir = request.getfixturevalue("tmpdir")
    return lambda: make_engine("folder", {"root": folder_of(tmpdir, "storage"), "secret": ACCESS_KEY})


def s3_storage(fixture):
    def storage(request):
        options = support_s3.options(request.getfixturevalue(fixture).space())
        return lambda: make_engine("s3", options)
    return storage


#: Storage -> a function of pytest's request that returns a maker of engines for it, empty.
STORAGES = {"folder": folder_storage, "s3 on moto": s3_storage("moto"), "s3 on seaweed": s3_storage("seaweed")}


@pytest.fixture(params=sorted(STORAGES))
def make(request):
    return STORAGES[request.param](request)


@pytest.fixture
def engine(make):
    opened = make()
    opened.open()
    yield opened
    opened.close()


class Bytes(object):
    """What a fetched file is written to."""

    block_size = 100000

    def __init__(self):
        self.got = b""

    def write(self, block):
        assert block
        self.got += block


def give(engine, path, target, given=None):
    """Send one local file; return what the engine says."""
    status = os.stat(compat.fs(path))
    item = Item(path, target, status.st_size, compat.mtime_ns(status))
    with stream.Source(item, given or gear()) as source:
        return engine.send(source, target)


def take(engine, target):
    """Return the bytes of a stored file."""
    sink = Bytes()
    engine.fetch(Stored(target, None, None, None), sink)
    return sink.got


def names(engine, prefix="/"):
    return sorted(one.name for one in engine.list(prefix))


#: A file is sent and fetched by blocks of this size.
BLOCK_BYTES = Throttle().block_size

CONTENTS = [b"", b"x", b"a line\r\n\x00\xff" * 10, os.urandom(BLOCK_BYTES),
            os.urandom(BLOCK_BYTES * 2 + 7)]


@pytest.mark.parametrize("number", range(len(CONTENTS)))
def test_what_was_sent_is_there(engine, tmpdir, number):
    content = CONTENTS[number]
    path = put(folder_of(tmpdir, "file"), content, THEN + 123456000)
    said = give(engine, path, "/D/tex/a.exr")
    assert (said.name, said.size) == ("/D/tex/a.exr", len(content))
    found = engine.ask(["/D/tex/a.exr"])["/D/tex/a.exr"]
    assert found.size == len(content)
    assert found.mtime is None or compat.same_time(found.mtime, THEN + 123456000)
    assert [(one.name, one.size) for one in engine.list("/")] == [("/D/tex/a.exr", len(content))]
    assert take(engine, "/D/tex/a.exr") == content
    if said.checksum and said.checksum.startswith("crc32:"):
        assert said.checksum == engine.checksum("/D/tex/a.exr") == stream.file_checksum(path)


def test_a_file_is_replaced(engine, tmpdir):
    for number, content in enumerate((b"first", b"the second", b"3")):
        give(engine, put(folder_of(tmpdir, "file"), content, THEN + number * SECOND), "/a")
        assert take(engine, "/a") == content and engine.ask(["/a"])["/a"].size == len(content)


@pytest.mark.parametrize("name", [
    "/a", "/a b/c d", "/it's", '/a"b', "/$(touch x)", "/`id`", "/a&b=c+d;e", "/100%", "/%2F%0A", "/a?b#c",
    "/\u4e2d\u6587/\xfc",
    "/\U0001f600", "/e\u0301/\xe9", "/.hidden", "/..a", "/a/" + "n" * 255, "/~", "/[x]", "/-rf", "/<&>"])
def test_every_good_name_is_kept(engine, tmpdir, name):
    if compat.WINDOWS:
        pytest.skip("Windows has no such names")
    give(engine, put(folder_of(tmpdir, "file"), b"1"), name)
    assert names(engine) == [name] == list(engine.ask([name])) and take(engine, name) == b"1"


@pytest.mark.parametrize("name", ["a", "//a", "/a//b", "/../a", "/a/..", "/D:/a", "/a\\b", "/a\nb", "/a/", "", "/"])
def test_a_bad_name_is_refused_and_nothing_is_written(engine, tmpdir, name):
    with pytest.raises(NameRefused):
        give(engine, put(folder_of(tmpdir, "file"), b"1"), name)
    assert names(engine) == []
    if name not in ("", "/"):
        with pytest.raises(NameRefused):
            take(engine, name)
        with pytest.raises(NameRefused):
            list(engine.list(name if name != "/a/" else "/a/.."))


def test_only_what_is_there_is_answered(engine, tmpdir):
    give(engine, put(folder_of(tmpdir, "file"), b"1"), "/D/a")
    asked = ["/D/a", "/D/b", "/D", "/D/a/b", "/none/x"] + ["/D/%d" % number for number in range(2500)]
    assert list(engine.ask(asked)) == ["/D/a"]
    assert engine.ask([]) == {}


def test_listing_keeps_to_its_folder(engine, tmpdir):
    path = put(folder_of(tmpdir, "file"), b"1")
    for name in ("/a/x", "/a/deep/er/y", "/ab/z", "/top"):
        give(engine, path, name)
    assert names(engine, "/a") == ["/a/deep/er/y", "/a/x"]
    assert names(engine, "/a/deep") == ["/a/deep/er/y"]
    assert names(engine, "/none") == [] == names(engine, "/top/x")
    assert names(engine) == ["/a/deep/er/y", "/a/x", "/ab/z", "/top"]


def test_a_file_that_is_not_there_is_not_fetched(engine):
    with pytest.raises(NotStored):
        take(engine, "/none")
    with pytest.raises(NotStored):
        engine.checksum("/none")


class Turning(stream.Source):
    """A source into which somebody writes after its first block."""

    __slots__ = ()

    def read(self):
        block = super(Turning, self).read()
        if self.done == len(block):
            put(self.item.source, b"\xee" * self.size, THEN + 50 * SECOND)
        return block


def test_half_of_a_changed_file_is_never_published(engine, tmpdir):
    size = BLOCK_BYTES * 3
    path = put(folder_of(tmpdir, "file"), b"\x11" * size, THEN)
    give(engine, path, "/a")
    with Turning(Item(path, "/a", size, THEN), gear()) as source:
        with pytest.raises(SourceChanged):
            engine.send(source, "/a")
    assert take(engine, "/a") == b"\x11" * size and names(engine) == ["/a"]


def test_a_cancel_publishes_nothing(engine, tmpdir):
    cancel = Cancel()
    path = put(folder_of(tmpdir, "file"), b"x" * BLOCK_BYTES * 3)

    class Cancelling(stream.Source):
        def read(self):
            block = super(Cancelling, self).read()
            cancel.cancel()
            return block
    with Cancelling(Item(path, "/a", 3 * BLOCK_BYTES, 0), gear(cancel=cancel)) as source:
        with pytest.raises(Cancelled):
            engine.send(source, "/a")
    assert names(engine) == []


def test_many_threads_may_send_at_once(engine, tmpdir):
    pairs = scene(folder_of(tmpdir, "scene"), 64)
    failed = []

    def work(some):
        try:
            for local, server in some:
                give(engine, local, server)
        except Exception as error:
            failed.append(error)
    threads = [threading.Thread(target=work, args=(pairs[number::8],)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    for local, server in pairs:
        assert take(engine, server) == get(local)


def test_only_errors_of_ours_come_out(engine, tmpdir):
    path = put(folder_of(tmpdir, "file"), b"1")
    give(engine, path, "/a")
    for name in ("/a/b", "/" + "n" * 3000):
        try:
            give(engine, path, name)
        except SyncError as error:
            assert isinstance(error, StorageError) and not error.retryable and len(error.message) < 4000
        else:
            assert name in names(engine)


def test_an_engine_may_be_opened_again(make, tmpdir):
    path = put(folder_of(tmpdir, "file"), b"1")
    engine = make()
    engine.close()
    for number in range(2):
        engine.open()
        give(engine, path, "/%d" % number)
        engine.close()
        engine.close()
    engine.open()
    assert names(engine) == ["/0", "/1"]
    engine.close()


def test_a_storage_has_one_identity_and_no_secret(make):
    one, two = make(), make()
    assert one.identity == two.identity and one.identity.startswith(one.name + ":")
    for shown in (one.identity, repr(one)):
        assert ACCESS_KEY not in shown and s3_servers.SECRET_KEY not in shown
    assert one.name in ENGINES and 1 <= one.first_threads <= one.most_threads


@pytest.mark.parametrize("name, options", [("ftp", {}), (None, {}), ("folder", {}), ("folder", {"root": ""})])
def test_an_engine_that_cannot_work_is_refused(name, options):
    with pytest.raises(SettingsError):
        make_engine(name, options)


# ---------------------------------------------------------------- the folder's own

@pytest.fixture
def root(tmpdir):
    return folder_of(tmpdir, "storage")


def test_our_own_folder_is_refused_and_not_listed(root, tmpdir):
    path = put(folder_of(tmpdir, "file"), b"1")
    engine = FolderEngine(root)
    engine.open()
    give(engine, path, "/a")
    for name in ("/%s/x" % WORK, "/%s" % WORK, "/%s/x" % WORK.upper()):
        with pytest.raises(NameRefused):
            give(engine, path, name)
    assert has_leftovers(root) and names(engine) == ["/a"]
    engine.close()
    assert not has_leftovers(root)


def test_the_disk_is_not_touched_before_the_first_copy(root):
    engine = FolderEngine(root)
    engine.open()
    assert engine.ask(["/a"]) == {} and names(engine) == []
    engine.close()
    assert not os.path.exists(root)


def test_a_root_that_is_a_file_is_said_at_once(root, tmpdir):
    put(root, b"mine")
    with pytest.raises(StorageError) as caught:
        send(root, scene(folder_of(tmpdir, "scene"), 3))
    assert root in caught.value.message and get(root) == b"mine"


def test_a_file_in_the_way_of_the_root_is_one_sentence(tmpdir):
    taken = put(folder_of(tmpdir, "file"), b"mine")
    for root in (taken, os.path.join(taken, "storage")):
        with pytest.raises(StorageLost, match="is a file") as lost:
            send(root, scene(folder_of(tmpdir, "scene"), 3))
        assert root in lost.value.message and get(taken) == b"mine"


def test_an_unwritable_root_is_one_sentence():
    if compat.WINDOWS:
        pytest.skip("modes are POSIX")
    folder = compat.text(tempfile.mkdtemp())
    try:
        pairs = scene(folder + "/scene", 3)
        compat.make_folder(folder + "/storage")
        for path, mode in ((folder, 0o755), (folder + "/storage", 0o555)):
            os.chmod(path, mode)
        for root, said in ((folder + "/storage", "Nothing can be written"), (folder + "/new", "no way to make")):
            with nobody(), pytest.raises(StorageLost, match=said) as lost:
                send(root, pairs)
            assert root in lost.value.message and "ermission" in lost.value.message
            assert (lost.value.report.sent, lost.value.report.failed) == (0, 0)
        assert os.listdir(folder + "/storage") == []
    finally:
        shutil.rmtree(folder)


class Unplugging(Wrapper):
    """The storage is renamed away when its third file comes."""

    count = 0

    def send(self, source, target):
        self.count += 1
        if self.count == 3:
            os.rename(self.inner.root, self.inner.root + "-away")
        return self.inner.send(source, target)


def test_a_storage_that_vanishes_is_not_made_again(root, tmpdir):
    pairs = scene(folder_of(tmpdir, "scene"), 10)
    with pytest.raises(StorageLost, match="vanished") as lost:
        send(Unplugging(FolderEngine(root)), pairs, threads=1)
    assert (lost.value.report.sent, lost.value.report.failed) == (2, 0)
    assert not os.path.exists(root), "the disk under the share is not filled"
    os.rename(root + "-away", root)
    report = send(root, pairs)
    assert (report.sent, report.skipped) == (8, 2) and stored(root) == dict(
        stored(root), **sources(pairs))


def test_a_full_disk_fails_what_does_not_fit_and_leaves_nothing_half(tmpdir):
    pairs = scene(folder_of(tmpdir, "scene"), 5, 1000)
    big = put(folder_of(tmpdir, "big"), b"x" * 3000000)
    with disk(folder_of(tmpdir, "disk"), "-o", "size=1m") as root:
        report = send(root, pairs + [(big, "/D/big")], threads=1)
        assert (report.sent, report.failed) == (5, 1)
        assert "No space left" in report.problems[0].reason and "/D/big" in report.problems[0].reason
        assert stored(root) == sources(pairs)
        report = send(root, [(big, "/D/00001.tex")])
        assert report.failed == 1
        assert stored(root) == sources(pairs), "what was there is still there"


@pytest.mark.parametrize("number, kind, retryable", [
    ("ENOSPC", StorageFull, False), ("EDQUOT", StorageFull, False), ("EIO", StorageBusy, True),
    ("ESTALE", StorageBusy, True),
    ("ENOENT", NotStored, False), ("EACCES", StorageError, False), ("EROFS", StorageError, False),
    ("ENAMETOOLONG", StorageError, False), ("ENOTDIR", StorageError, False)])
def test_errors_of_the_disk_say_what_to_do(root, number, kind, retryable):
    error = FolderEngine(root)._error(OSError(getattr(errno, number), os.strerror(getattr(errno, number))), "/a")
    assert type(error) is kind and error.retryable is retryable and "/a" in error.message


def test_leftovers_of_a_dead_run_are_removed_and_those_of_a_living_one_are_not(root, tmpdir):
    host = compat.text(socket.gethostname()).split(".")[0]
    alive = put(os.path.join(root, WORK, "%s-%d-abc" % (host, os.getppid()), "1.part"), b"x")
    far = put(os.path.join(root, WORK, "other-host-17-abc", "1.part"), b"x")
    busy = put(os.path.join(root, WORK, "busy-host-17-abc", "1.part"), b"x")
    dead = put(os.path.join(root, WORK, "%s-99999999-abc" % host, "1.part"), b"x")
    old = put(os.path.join(root, WORK, "old-host-17-abc", "1.part"), b"x", THEN)
    for path in (old, busy):
        compat.set_mtime_ns(os.path.dirname(path), THEN)
    send(root, scene(folder_of(tmpdir, "scene"), 2))
    kept = [path for path in (alive, far, busy, dead, old) if os.path.exists(path)]
    assert kept == [alive, far, busy] or compat.WINDOWS
    assert not os.path.exists(os.path.dirname(old))


def test_a_run_that_finds_all_sent_removes_what_a_killed_one_left(root, tmpdir):
    pairs = scene(folder_of(tmpdir, "scene"), 2)
    send(root, pairs)
    dead = put(os.path.join(root, WORK, "%s-99999999-abc" % compat.text(socket.gethostname()).split(".")[0], "1.part"))
    assert send(root, pairs).skipped == 2
    assert not os.path.exists(dead) or compat.WINDOWS


@pytest.mark.parametrize("days", [-3, 3])
def test_a_clock_days_away_from_the_storages_does_not_make_a_new_copy_an_old_one(root, tmpdir, monkeypatch, days):
    busy = put(os.path.join(root, WORK, "busy-host-17-abc", "1.part"))
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + days * 86400)
    assert send(root, scene(folder_of(tmpdir, "scene"), 2)).sent == 2
    assert os.path.exists(busy)


class Tidying(Wrapper):
    """Another run ends while this one begins: it removes the folder that both work in."""

    def send(self, source, target):
        other = FolderEngine(self.inner.root)
        other.open()
        other._make_work()
        other.close()
        return self.inner.send(source, target)


def test_runs_that_begin_and_end_at_once_do_not_disturb_each_other(root, tmpdir):
    pairs = scene(folder_of(tmpdir, "scene"), 60)
    reports = []

    def run(some):
        reports.append(send(Tidying(FolderEngine(root)), some, threads=2))
    threads = [threading.Thread(target=run, args=(pairs[number::4],)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(report.sent, report.failed) for report in reports] == [(15, 0)] * 4
    assert stored(root) == sources(pairs) and not has_leftovers(root)


# -- names that a disk cannot tell apart

CAPITALS = [("/D/Wall.exr", "/D/wall.exr"), ("/D/Tex/a", "/D/tex/a"), ("/\xc9", "/\xe9"), ("/\xe9", "/e\u0301"),
            ("/\u03a3", "/\u03c2")]


def two(tmpdir, one, other):
    return [(put(folder_of(tmpdir, "scene", "1"), b"one", THEN), one),
            (put(folder_of(tmpdir, "scene", "2"), b"two!", THEN), other)]


def is_sensitive(tmpdir):
    put(folder_of(tmpdir, "probe", "a"))
    return not os.path.exists(folder_of(tmpdir, "probe", "A"))


@pytest.mark.parametrize("one, other", CAPITALS)
def test_where_the_disk_tells_capitals_both_arrive(root, tmpdir, one, other):
    if not is_sensitive(tmpdir):
        pytest.skip("this disk does not tell capitals")
    pairs = two(tmpdir, one, other)
    assert send(root, pairs).sent == 2 and stored(root) == sources(pairs)


@pytest.mark.parametrize("one, other", CAPITALS)
def test_where_it_does_not_both_are_refused_before_anything_is_sent(root, tmpdir, one, other):
    pairs = two(tmpdir, one, other)
    report = send(FolderEngine(root, insensitive=True), pairs)
    assert (report.sent, report.failed) == (0, 2) and not stored(root)
    assert all("scene" in problem.reason and "capitals" in problem.reason for problem in report.problems)
    # What came before is kept, whichever of them it was.
    assert send(FolderEngine(root, insensitive=True), pairs[:1]).sent == 1
    for _ in range(2):
        assert send(FolderEngine(root, insensitive=True), pairs).failed >= 1
        assert stored(root) == sources(pairs[:1])
    put(pairs[0][0], b"changed")
    assert send(FolderEngine(root, insensitive=True), pairs[:1]).sent == 1
    assert stored(root) == sources(pairs[:1])


@pytest.mark.parametrize("one, other", CAPITALS)
def test_the_second_spelling_that_comes_is_refused(root, tmpdir, one, other):
    pairs = two(tmpdir, one, other)
    engine = FolderEngine(root, insensitive=True)
    engine.open()
    give(engine, *pairs[0])
    with pytest.raises(StorageError) as caught:
        give(engine, *pairs[1])
    assert other in caught.value.message and "rename" in caught.value.message
    give(engine, *pairs[0])
    engine.close()
    assert stored(root) == sources(pairs[:1])
    if os.path.dirname(one) == os.path.dirname(other):
        report = send(FolderEngine(root, insensitive=True), pairs[1:])
        assert report.failed == 1 and stored(root) == sources(pairs[:1]), "in a later run, too"


def test_two_spellings_of_one_file_are_one(root, tmpdir):
    local = put(folder_of(tmpdir, "scene", "Wall.exr"), b"1")
    if compat.WINDOWS:
        other = local.replace("Wall", "wall")
    else:
        other = folder_of(tmpdir, "scene", "wall.exr")
        if not os.path.exists(other):
            os.link(local, other)
    report = send(FolderEngine(root, insensitive=True), [(local, "/D/Wall.exr"), (other, "/D/wall.exr")])
    assert (report.sent, report.skipped, report.failed) == (1, 1, 0)
    assert stored(root) == {"/D/Wall.exr": b"1"}


class Meeting(Wrapper):
    """Both copies are written before either takes its name; the survey has seen nothing."""

    def __init__(self, inner):
        super(Meeting, self).__init__(inner)
        self.written = 0
        self.both = threading.Event()
        publish = inner._publish

        def together(temp, final, item):
            self.written += 1
            if self.written == 2:
                self.both.set()
            self.both.wait(WAIT_S)
            publish(temp, final, item)
        inner._publish = together

    def fold(self, targets):
        return targets


def test_two_spellings_in_flight_at_once_lose_nothing(root, tmpdir):
    for turn in range(5):
        place = os.path.join(root, "%d" % turn)
        pairs = two(tmpdir, "/D/Wall.exr", "/D/wall.exr")
        report = send(Meeting(FolderEngine(place, insensitive=True)), pairs, threads=2)
        assert (report.sent, report.failed) == (1, 1)
        assert stored(place) in (sources(pairs[:1]), sources(pairs[1:]))


def test_folders_that_differ_by_capitals_may_share_a_disk(root, tmpdir):
    pairs = two(tmpdir, "/D/Tex/a", "/D/tex/b")
    assert send(FolderEngine(root, insensitive=True), pairs).sent == 2
    for local, _ in pairs:
        put(local, b"again", THEN + SECOND)
    assert send(FolderEngine(root, insensitive=True), pairs).sent == 2


def test_spellings_are_known_of_many_folders(root, tmpdir):
    path = put(folder_of(tmpdir, "file"), b"1")
    for _ in range(2):
        engine = FolderEngine(root, insensitive=True)
        engine.open()
        for number in range(150):
            give(engine, path, "/%d/Name" % number)
        for number in range(150):
            with pytest.raises(StorageError):
                give(engine, path, "/%d/nAME" % number)
        engine.close()
    assert sorted(stored(root)) == sorted("/%d/Name" % number for number in range(150))


def test_this_disk_is_looked_at(root, tmpdir):
    engine = FolderEngine(root)
    engine.open()
    give(engine, put(folder_of(tmpdir, "file"), b"1"), "/a")
    assert engine._is_insensitive() is not is_sensitive(tmpdir)
    assert rewrites(root) in (True, False) and sorted(os.listdir(root)) == [WORK, "a"]
    engine.close()
    assert fold("/A/\xc9") == fold("/a/e\u0301")
