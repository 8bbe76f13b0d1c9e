"""What must not grow: work done twice for one frame, names kept of a long list, files open. Counted, never timed."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import threading

import pytest
import support_farm
from support_api import ScriptedFarm
from support_download import Storage, put
from support_farm import folder
from support_upload import folder_of, gear, scene
from test_watch import DONE, RENDERING, Book, Follow, login, short_polls  # noqa: F401

from rayvision_sync import compat, follow, marks, paths, plan, survey, tally
from rayvision_sync.cancel import Cancel
from rayvision_sync.engines.folder import FolderEngine
from rayvision_sync.errors import Cancelled
from rayvision_sync.jobs import board as board_module
from rayvision_sync.jobs import cleaning, inspector
from rayvision_sync.jobs.store import Store
from rayvision_sync.model import Stored
from rayvision_sync.record import Record, Row
from rayvision_sync.session import Session
from rayvision_sync.settings import Settings
from rayvision_sync.tasks import TaskState
from rayvision_sync.transfer import Upload


@pytest.fixture
def output(tmpdir, home):
    return Storage(folder(tmpdir, "output"))


class Counted(object):
    """A function, and how often it was called."""

    def __init__(self, monkeypatch, owner, name):
        self.times = 0
        self._call = getattr(owner, name)
        monkeypatch.setattr(owner, str(name), self)

    def __call__(self, *args, **kwargs):
        self.times += 1
        return self._call(*args, **kwargs)


# ---------------------------------------------------------------- frames

def watched(tmpdir, output, looks, act=None):
    """Watch two tasks that put a frame out in each look; return the `Follow` and its report."""
    def page(number):
        def render():
            for task in (1, 2):
                put(os.path.join(output.root, "%d_city" % task, "a.%d.png" % number), b"frame %d" % number)
            if act:
                act(number, watch)
            return {1: RENDERING, 2: RENDERING}
        return render
    book = Book(*([page(number) for number in range(1, looks + 1)] + [{1: DONE, 2: DONE}]))
    with ScriptedFarm(book) as farm:
        watch = Follow(tmpdir, login(farm.domain), output.settings())
        return watch, watch(1, 2)


def test_a_frame_that_is_here_is_decided_on_again_only_now_and_then_and_at_the_end(tmpdir, output, monkeypatch):
    decisions = Counted(monkeypatch, paths, "land")
    sweeps = Counted(monkeypatch, marks, "sweep")
    looks = 2 * tally._LOOKS_AGAIN
    _, report = watched(tmpdir, output, looks)
    frames = 2 * looks
    assert report.ok and report.sent == frames == len(output.fetched)
    # When it comes, once in the middle of this (of half of the frames), and when its task has ended.
    assert decisions.times <= frames + frames // 2 + 2 + frames
    assert sweeps.times <= looks + 1


def test_a_frame_that_is_rendered_again_is_fetched_in_the_next_look(tmpdir, output):
    seen = []

    def act(number, watch):
        if number == 3:
            put(os.path.join(output.root, "1_city", "a.1.png"), b"again!")
        if number == 4:
            seen.append(support_farm.read(os.path.join(watch.folder, "1_city", "a.1.png")))
    _, report = watched(tmpdir, output, 4, act)
    assert report.ok and seen == [b"again!"]


def test_a_frame_that_was_removed_or_changed_here_is_noticed_at_the_end(tmpdir, output):
    def act(number, watch):
        if number == 3:
            os.remove(os.path.join(watch.folder, "1_city", "a.1.png"))
            put(os.path.join(watch.folder, "1_city", "a.2.png"), b"painted over")
    watch, report = watched(tmpdir, output, 5, act)
    assert support_farm.read(os.path.join(watch.folder, "1_city", "a.1.png")) == b"frame 1"
    assert report.kept == (os.path.join(watch.folder, "1_city", "a.2.png"),)


def test_a_storage_that_is_followed_without_a_farm_is_not_decided_on_again_and_again(tmpdir, output, monkeypatch):
    decisions = Counted(monkeypatch, paths, "land")
    for number in range(5):
        put(os.path.join(output.root, "1_city", "a.%d.png" % number), b"frame")
    looks, cancel = [], Cancel()

    def look(prefix):
        looks.append(prefix)
        if len(looks) == tally._LOOKS_AGAIN:
            cancel.cancel()
    output.before_list = look
    session = Session(None, output.settings(), cancel)
    with pytest.raises(Cancelled) as caught:
        follow.Follow(session, ["/1_city"], follow.Options(folder(tmpdir, "images"), True, 0.01, None)).run()
    assert caught.value.report.sent == 5
    assert decisions.times <= 10


def test_a_file_is_due_again_when_another_version_of_it_is_there():
    history = tally.History()
    stored = Stored("/a.1.png", 10, 20, None)
    assert history.is_due(stored)
    history.counted["/a.1.png"], history.looks = stored, 1
    assert not history.is_due(stored)
    assert history.is_due(stored._replace(mtime=21)) and history.is_due(stored._replace(size=11))
    history.looks = tally._LOOKS_AGAIN
    assert history.is_due(stored)
    history.looks, history.counted["/a.1.png"] = 1, None  # The user's own file stands there.
    assert history.is_due(stored)


class Frames(object):
    """A session of a farm that takes its time to tell of frames.

    Args:
        clock (list of float): The time; an answer takes 10 seconds.
    """

    def __init__(self, clock):
        self.api = self.query = self
        self.clock = clock
        self.asked = []

    def ask(self, call):
        return call()

    def task_frames(self, number, page_num, page_size):
        self.asked.append(number)
        self.clock[0] += 10.0
        return {"items": [{"id": number, "frameIndex": "1", "frameStatus": 4}], "pageCount": 1}


class Work(object):
    """What a `Board` needs of a job."""

    def __init__(self, store):
        self.desk = self
        self.store = store
        self.cancel = Cancel()
        self.hearers = []


@pytest.fixture
def frames(home, monkeypatch):
    """A board, and the session that it asks."""
    clock = [1000.0]
    with Store() as store:
        made = board_module.Board(Work(store)), Frames(clock)
        monkeypatch.setattr(compat, "monotonic", lambda: clock[0])
        yield made


def state(number, done, is_ended=False):
    return TaskState(number, 5, "", is_ended, ("%d_city" % number,), 100, done, 0, 1, "", None, (number,))


def test_a_farm_that_takes_long_to_tell_of_frames_is_not_asked_again_at_once(frames):
    board, session = frames
    board.ask_farm(session, [state(1, 1), state(2, 1)])
    assert session.asked == [1, 2]
    board.ask_farm(session, [state(1, 2), state(2, 1)])
    board.ask_again(session)
    assert session.asked == [1, 2]
    session.clock[0] += 20.0 / board_module._ASKING_SHARE
    board.ask_again(session)  # There is no other news, and yet: of the one that has some.
    board.ask_again(session)
    assert session.asked == [1, 2, 1]


def test_a_task_that_has_ended_is_asked_about_whatever_that_took(frames):
    board, session = frames
    board.ask_farm(session, [state(1, 1)])
    board.ask_farm(session, [state(1, 100, is_ended=True)])
    assert session.asked == [1, 1]


def test_the_innermost_folder_tells_whose_a_frame_is(frames):
    board, _ = frames
    for task, output in ((1, "/1_city"), (2, "/1_city/beauty"), (3, "/10_city")):
        board._leaves[output] = board_module._Leaf(task, output, "")
    found = [board._leaf_of(name) for name in (
        "/1_city/a.png", "/1_city/beauty/sub/a.png", "/10_city/a.png", "/1_city_2/a.png", "/a.png")]
    assert [leaf and leaf.task_id for leaf in found] == [1, 2, 3, None, None]


def test_a_thumbnail_is_kept_by_its_own_name_only(home):
    folder_of_thumbs = inspector.thumb_folder()
    used, alike = [os.path.join(folder_of_thumbs, name) for name in ("0a-frame.1.png", "a-frame.1.png")]
    for path in (used, alike):
        support_farm.write(path, b"png")
        os.utime(path, (1000, 1000))
    with Store() as store:
        with store.write() as db:
            db.execute("INSERT INTO frame (task_id, layer, number, state, thumb, changed, landed)"
                       " VALUES (1, '', 1, 'here', ?, 1, ?)", (used, store.now()))
        cleaning.clean(store, Settings([]))
    assert (os.path.exists(used), os.path.exists(alike)) == (True, False)


# ---------------------------------------------------------------- assets

def test_names_are_compared_in_small_heaps_however_many_there_are():
    claims = plan.Claims()
    claims.add(["/show/wall_%06d.tx" % number for number in range(70000)])
    sizes = [len(heap) for heap in claims._heaps]
    assert sum(sizes) == 70000 and max(sizes) < 70000 // 50
    assert claims.suspects() == set()


def test_a_name_that_thousands_claim_is_sorted_out_by_one_look_at_each():
    pairs = [("/l%04d" % (number % 5000), "/s") for number in range(10000)]
    assert plan.find_duplicates(pairs, set([hash("/s")])) == {"/s": tuple("/l%04d" % number for number in range(5000))}


def test_names_that_a_storage_takes_for_one_share_their_owners():
    pairs = [("/a", "/S"), ("/b", "/s"), ("/c", "/t")]
    found = plan.find_duplicates(pairs, set([hash("/s")]), lambda names: [name.lower() for name in names])
    assert found["/S"] == ("/a", "/b") and found["/S"] is found["/s"] and "/t" not in found


def test_of_a_long_list_only_those_are_kept_that_the_storage_is_asked_about():
    witnesses = survey._Witnesses()
    for batch in range(100):
        witnesses.add(dict(("/%d/%d" % (batch, number), Row(1, 1, None, float((batch * 37) % 100 * 100 + number)))
                           for number in range(16)))
    rows = witnesses.rows()
    assert len(rows) == survey._SAMPLE
    oldest = set("/0/%d" % number for number in range(16))
    assert oldest <= set(rows)  # A farm purges those first.
    assert len(set(name.split("/")[1] for name in rows)) > 3  # The others are of anywhere.


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="the system does not tell what is open")
def test_an_upload_has_two_files_open_for_each_thread(tmpdir, home):
    pairs = scene(folder_of(tmpdir, "scene"), 300)
    most, threads = [0], 6
    looking = threading.Lock()

    class Engine(FolderEngine):
        def _publish(self, temp, final, item):
            with looking:
                most[0] = max(most[0], len(os.listdir("/proc/self/fd")))
            FolderEngine._publish(self, temp, final, item)
    engine = Engine(folder_of(tmpdir, "storage"))
    engine.open()
    with Record(folder_of(tmpdir, "record.sqlite")) as record:
        before = len(os.listdir("/proc/self/fd"))
        report = Upload(engine, gear(), record, threads=threads).run(lambda: iter([pairs]))
    engine.close()
    assert report.sent == 300
    # The record's log and its index, the two lists of what is to be sent, the one that looks.
    assert most[0] - before <= 2 * threads + 5
