"""Auto-download: frames as they appear, farms that go away, tasks that end."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import subprocess
import sys
import threading

import pytest
from support_api import ScriptedFarm, answer, half, nothing
from support_api import text as says
from support_download import TIME, Storage, fails, parts, put
from support_farm import Client, Farm, folder, read, tree
from support_gate import Gate
from support_tree import native

from rayvision_sync import compat, watch
from rayvision_sync.api import RayvisionAPI
from rayvision_sync.cancel import Cancel
from rayvision_sync.errors import Cancelled, DownloadFailed, FarmError, SettingsError, StorageBusy, StorageError
from rayvision_sync.farm import identity
from rayvision_sync.session import Session
from rayvision_sync.watch import Options, Watch, parse_poll

RENDERING, DONE, TEST_DONE = 5, 25, 40


@pytest.fixture(autouse=True)
def short_polls(monkeypatch):
    monkeypatch.setattr(watch, "_SHORTEST_POLL_S", 0.01)


def login(domain, access_id="id", access_key="key", quick=True, timeout=120):
    """Return an API object; `quick` ones make no pause before they ask again."""
    api = RayvisionAPI(access_id=access_id, access_key=access_key, domain=domain, platform="2", protocol="http",
                       timeout=timeout)
    if quick:
        api.connect.wait = lambda seconds: None
    return api


class Follow(object):
    """A watch on a thread-free stage: what it was told, where frames land, what may happen meanwhile."""

    def __init__(self, tmpdir, api, settings=None, **options):
        self.folder = folder(tmpdir, "images")
        self.events = []
        self.on = {}
        self.cancel = Cancel()
        self._options = dict({"folder": self.folder, "keep": True, "poll_s": 0.01}, **options)
        self._session = Session(api, settings, self.cancel, self._hear)

    def __call__(self, *task_ids):
        return Watch(self._session, task_ids, Options(**self._options)).run()

    def _hear(self, event):
        self.events.append(event)
        act = self.on.get(event.kind)
        if act:
            act(event)

    def said(self, kind):
        return [event.note for event in self.events if event.kind == kind]

    def names(self):
        return tree(self.folder) if os.path.isdir(self.folder) else []


class Book(object):
    """What a scripted farm says of its tasks: one page a question, the last one for ever.

    Args:
        pages (tuple): Dicts of number -> status, or functions that return one.
    """

    def __init__(self, *pages):
        self.pages = list(pages)
        self.questions = 0

    def __call__(self, handler):
        wanted = handler.server.farm.seen[-1][2].get("taskIds", ())
        self.questions += 1
        page = self.pages.pop(0) if len(self.pages) > 1 else self.pages[0]
        page = page() if callable(page) else page
        answer({"items": [item(number, page[number]) for number in wanted if number in page],
                "pageCount": 1, "pageNum": 1, "total": 1, "size": 10})(handler)


def item(number, status):
    return {"id": number, "taskStatus": status, "outputFileName": "%d_city" % number, "isOpen": 0,
            "totalFrames": 3, "doneFrames": 1 if status == DONE else 0, "respRenderingTaskList": None}


@pytest.fixture
def output(tmpdir, home):
    """An output storage that counts, with a way to put frames there."""
    storage = Storage(folder(tmpdir, "output"))
    storage.put = lambda name, content=b"frame", mtime=TIME: put(os.path.join(storage.root, name), content, mtime)
    return storage


@pytest.fixture(scope="module")
def farm(tmpdir_factory):
    with Farm(compat.text(tmpdir_factory.mktemp("watch").join("farm").strpath), frame_seconds=0.03) as running:
        yield running


@pytest.fixture
def farm_api(farm, home):
    return login(farm.farm.domain, farm.farm.access_id, farm.farm.access_key)


@pytest.fixture
def gate(farm):
    """Of that farm: it renders two frames, and the others when a test opens it."""
    with Gate(farm.farm, 2) as found:
        yield found


def equal(farm, here, task):
    """All that a task has put out is here, byte for byte."""
    names = [name for name in farm.outputs() if name.startswith("%d_" % task)]
    assert names
    for name in names:
        assert read(os.path.join(here, name)) == read(os.path.join(farm.farm.output.root, name))
    return names


# ---------------------------------------------------------------- frames as they appear

def test_every_frame_is_here_one_poll_after_it_was_rendered_and_fetched_once(tmpdir, output):
    seen = []

    def page(number):
        def render():
            seen.append(follow.names())
            output.put("1_city/a.%d.png" % number)
            return {1: RENDERING}
        return render
    book = Book(page(1), page(2), page(3), lambda: seen.append(follow.names()) or {1: DONE})
    with ScriptedFarm(book) as farm:
        follow = Follow(tmpdir, login(farm.domain), output.settings())
        report = follow(1)
    names = ["1_city/a.%d.png" % number for number in (1, 2, 3)]
    assert seen == [[], names[:1], names[:2], names]
    assert (report.sent, report.skipped, report.failed) == (3, 0, 0)
    assert output.fetched == ["/" + name for name in names]


def test_frames_land_while_the_farm_still_renders(tmpdir, farm, farm_api, gate):
    task = farm.task(frames="1-20[1]", layers=("beauty", "shadow"))
    follow = Follow(tmpdir, farm_api)
    states = []
    follow.on["done"] = lambda event: states.append(farm.client.task(task)["taskStatus"]) or gate.open()
    report = follow(task)
    assert report.ok and report.sent == 40 and states[0] == RENDERING
    names = equal(farm, follow.folder, task)
    assert follow.names() == names and len(set(name.split("/")[1] for name in names)) == 2


def test_several_tasks_are_followed_side_by_side(tmpdir, farm, farm_api):
    tasks = [farm.task(scene="/show/%s.ma" % name, frames="1-4[1]") for name in ("one", "two", "three")]
    follow = Follow(tmpdir, farm_api)
    report = follow(*[native("%d") % task for task in tasks])
    assert report.sent == 12 and sum(len(equal(farm, follow.folder, task)) for task in tasks) == 12


def test_a_frame_that_appears_after_the_task_was_seen_to_have_ended_is_fetched(tmpdir, output):
    output.put("1_city/a.1.png")
    output.before_list = lambda prefix: output.put("1_city/late.png")
    with ScriptedFarm(Book({1: DONE})) as farm:
        follow = Follow(tmpdir, login(farm.domain), output.settings())
        assert follow(1).sent == 2
    assert follow.names() == ["1_city/a.1.png", "1_city/late.png"]


def test_after_the_end_nothing_is_fetched_before(tmpdir, output):
    seen = []
    book = Book({1: RENDERING}, {1: RENDERING}, lambda: seen.append(follow.names()) or {1: DONE})
    output.put("1_city/a.1.png")
    with ScriptedFarm(book) as farm:
        follow = Follow(tmpdir, login(farm.domain), output.settings(), only_ended=True)
        assert follow(1).sent == 1
    assert seen == [[]] and follow.names() == ["1_city/a.1.png"]


def test_finished_test_frames_are_an_end_only_where_that_is_wanted(tmpdir, output):
    output.put("1_city/a.1.png")
    with ScriptedFarm(Book({1: TEST_DONE})) as farm:
        follow = Follow(tmpdir, login(farm.domain), output.settings(), stop_after_test=True)
        assert follow(1).sent == 1
        farm.then(Book({1: TEST_DONE}, {1: TEST_DONE}, {1: RENDERING}, {1: DONE}))
        assert Follow(tmpdir, login(farm.domain), output.settings())(1).ok
        assert len(farm.seen) == 4


def test_a_task_that_ended_without_a_frame_is_an_end(tmpdir, output):
    with ScriptedFarm(Book({1: 45})) as farm:
        assert Follow(tmpdir, login(farm.domain), output.settings())(1).failed == 3


# ---------------------------------------------------------------- what is counted and said

def test_what_was_here_before_is_skipped_and_what_landed_is_sent_each_once(tmpdir, output):
    output.put("1_city/old.png")
    put(os.path.join(folder(tmpdir, "images"), "1_city", "old.png"), b"frame", TIME)

    def again():
        output.put("1_city/a.1.png", b"again", TIME + 10 ** 9)
        return {1: RENDERING}
    output.put("1_city/a.1.png")
    output.put("1_city/a.2.png")
    with ScriptedFarm(Book({1: RENDERING}, {1: RENDERING}, again, {1: RENDERING}, {1: DONE})) as farm:
        report = Follow(tmpdir, login(farm.domain), output.settings())(1)
    assert (report.sent, report.skipped, report.failed, report.bytes) == (3, 1, 0, 15)
    assert sorted(output.fetched) == ["/1_city/a.1.png", "/1_city/a.1.png", "/1_city/a.2.png"]


def test_states_and_problems_are_told_when_they_change_and_not_in_every_poll(tmpdir, output):
    output.put("1_city/a.1.png")
    output.put("1_city/own.png")
    put(os.path.join(folder(tmpdir, "images"), "1_city", "own.png"), b"painted", TIME)
    output.faults["/1_city/a.1.png"] = [fails(StorageError("It is damaged."))] * 4
    with ScriptedFarm(Book(*[{1: RENDERING}] * 6 + [{1: DONE}])) as farm:
        follow = Follow(tmpdir, login(farm.domain), output.settings())
        report = follow(1)
    assert report.ok and report.sent == 2 and len(output.fetched) == 6
    assert [[state.status for state in states] for states in follow.said("tasks")] == [[RENDERING], [DONE]]
    assert follow.said("failed") == ["It is damaged."]
    assert follow.said("kept") == list(report.kept) == [os.path.join(follow.folder, "1_city", "own.png")]


def test_what_still_fails_at_the_end_is_failed_though_other_tasks_go_on(tmpdir, output):
    for name in ("1_city/good.png", "1_city/bad.png", "2_city/good.png"):
        output.put(name)
    output.faults["/1_city/bad.png"] = [fails(StorageError("It is damaged."))] * 99
    book = Book(*[{1: DONE, 2: RENDERING}] * 8 + [{2: DONE}])
    with ScriptedFarm(book) as farm:
        report = Follow(tmpdir, login(farm.domain), output.settings())(1, 2)
    assert (report.sent, report.failed, report.ok) == (2, 1, False)
    assert [problem.source for problem in report.problems] == ["/1_city/bad.png"]
    assert len(farm.seen) == 9  # The first task was given up; it did not hold the second one up, nor the end.


def test_a_failure_of_a_running_task_does_not_keep_an_ended_one(tmpdir, output):
    output.put("1_city/good.png")
    output.put("2_city/bad.png")
    output.faults["/2_city/bad.png"] = [fails(StorageError("It is damaged."))] * 4
    asked = []

    def page(status):
        def turn():
            asked.append(farm.seen[-1][2]["taskIds"])
            return {1: DONE, 2: status}
        return turn
    with ScriptedFarm(Book(page(RENDERING), page(RENDERING), page(DONE))) as farm:
        assert Follow(tmpdir, login(farm.domain), output.settings())(1, 2).ok
    assert asked == [[1, 2], [2], [2], [2], [2]]  # Twice while it ran, and three last sweeps.


def test_frames_that_are_done_and_nowhere_are_missing(tmpdir, output):
    with ScriptedFarm(Book({1: DONE})) as farm:
        report = Follow(tmpdir, login(farm.domain), output.settings())(1)
    assert (report.missing, report.ok) == (1, False) and "not mounted" in report.problems[0].reason


def frames_of(*indices):
    """Return an answer that names the failed frames of a task, after one that is done."""
    items = [{"id": 1, "frameIndex": "1001", "frameStatus": 4}]
    items += [{"id": number, "frameIndex": index, "frameStatus": 5} for number, index in enumerate(indices, 2)]
    return answer({"items": items, "pageCount": 1, "pageNum": 1, "total": len(items), "size": 100})


def shortfall_of(tmpdir, output, task, *more):
    """Follow one task to its end; returns the follow and its report."""
    output.put("1_city/a.1001.png")
    book = answer({"items": [dict(item(1, DONE), **task)], "pageCount": 1, "pageNum": 1, "total": 1, "size": 10})
    with ScriptedFarm(book, *more) as farm:
        follow = Follow(tmpdir, login(farm.domain), output.settings())
        return follow, follow(1)


def test_frames_that_failed_on_the_farm_are_failed_and_named(tmpdir, output):
    follow, report = shortfall_of(tmpdir, output, {"taskStatus": 30, "failedFrames": 2}, frames_of("1002", "1003"))
    assert (report.sent, report.failed, report.ok) == (1, 2, False)
    assert [problem.reason for problem in report.problems] == [
        "Task 1: 2 frames failed on the farm (1002, 1003). Look at their log on the farm's website. Restart failed "
        "frames in the panel's Frames tab."]
    assert follow.said("problem") == list(report.problems)


def test_what_the_farm_says_of_failed_frames_is_told(tmpdir, output):
    said = "Frame 1002: no licence. Its log is /farm/logs/1/2.log."
    _, report = shortfall_of(tmpdir, output, {"taskStatus": 30, "statusText": said}, frames_of("1002"))
    assert [problem.reason for problem in report.problems] == [
        "Task 1: 1 frame failed on the farm (1002). %s Restart failed frames in the panel's Frames tab." % said]


def test_of_many_failed_frames_ten_are_named(tmpdir, output):
    frames = frames_of(*["%d" % number for number in range(2001, 2031)])
    _, report = shortfall_of(tmpdir, output, {"taskStatus": 30}, frames)
    assert report.failed == 30 and "(2001, 2002," in report.problems[0].reason
    assert "2010, ...)" in report.problems[0].reason and "2011" not in report.problems[0].reason


@pytest.mark.parametrize("task, said, count", [
    ({"taskStatus": 30, "failedFrames": 1}, "1 frame failed on the farm. Look", 1),
    ({"taskStatus": 30}, "some frames failed on the farm. Look", 1)])
def test_a_farm_that_does_not_name_its_failed_frames_is_believed_all_the_same(tmpdir, output, task, said, count):
    _, report = shortfall_of(tmpdir, output, task, answer(code=602, message="no"))
    assert report.failed == count and said in report.problems[0].reason


@pytest.mark.parametrize("status, text", [(10, "stopped"), (20, "stopped for arrears"), (23, "timed out"),
                                          (35, "aborted"), (45, "failed")])
def test_a_task_that_was_broken_off_is_a_failure(tmpdir, output, status, text):
    _, report = shortfall_of(tmpdir, output, {"taskStatus": status, "doneFrames": 1})
    assert (report.sent, report.failed, len(report.problems)) == (1, 2, 1)
    assert "Task 1: it ended as \"%s\" on the farm, 1 of 3 frames rendered." % text in report.problems[0].reason


@pytest.mark.parametrize("said, told", [
    ("The scene /a.ma is not there: upload it.", "rendered. The scene /a.ma is not there: upload it."),
    ("render_task_status_45", "rendered. Look at it on the farm"), (45, "rendered. Look at it on the farm")])
def test_the_farms_own_reason_is_told_where_it_gives_one(tmpdir, output, said, told):
    _, report = shortfall_of(tmpdir, output, {"taskStatus": 45, "doneFrames": 1, "statusText": said})
    assert told in report.problems[0].reason


def test_a_task_that_was_stopped_after_its_last_frame_is_no_failure(tmpdir, output):
    assert shortfall_of(tmpdir, output, {"taskStatus": 10, "doneFrames": 3})[1].ok
    _, report = shortfall_of(tmpdir, output, {"taskStatus": 45, "doneFrames": None, "totalFrames": None})
    assert report.failed == 1 and "not all frames rendered" in report.problems[0].reason


def test_two_tasks_that_land_on_one_name_are_refused_and_the_first_stays(tmpdir, output):
    output.put("1_city/a.png", b"first")
    output.put("2_city/a.png", b"second")
    with ScriptedFarm(Book({1: DONE, 2: DONE})) as farm:
        follow = Follow(tmpdir, login(farm.domain), output.settings(), keep=False)
        report = follow(1, 2)
    assert (report.sent, report.failed) == (1, 1)
    assert "/1_city/a.png and /2_city/a.png would both land on" in report.problems[0].reason
    assert follow.names() == ["a.png"] and read(os.path.join(follow.folder, "a.png")) == b"first"
    assert len(follow.said("refused")) == 1


# ---------------------------------------------------------------- farms that go away

@pytest.mark.parametrize("fault", [
    answer(code=500), answer(code=500, data="?", message="\u00e4"), says("<html>busy</html>", 503), says(b"\xff\x00"),
    says("[]"), says(""), answer("what"), answer({"items": 7}), nothing, half],
    ids=["500", "500-data", "html", "bytes", "list", "empty", "string", "number", "closed", "cut"])
def test_a_farm_that_answers_nonsense_for_a_while_is_survived(tmpdir, output, fault):
    output.put("1_city/a.png")
    with ScriptedFarm(*[fault] * 11 + [Book({1: RENDERING}, {1: DONE})]) as farm:
        follow = Follow(tmpdir, login(farm.domain), output.settings())
        assert follow(1).sent == 1
    first, last = follow.said("note")
    assert "goes on as soon as it answers" in first and "answers again" in last


def test_a_storage_that_cannot_be_listed_for_a_while_is_survived(tmpdir, output):
    output.put("1_city/a.png")
    left = [1, 2, 3, 4]

    def busy(prefix):
        if left:
            left.pop()
            raise StorageBusy("The storage is away.")
    output.before_list = busy
    with ScriptedFarm(Book({1: DONE})) as farm:
        follow = Follow(tmpdir, login(farm.domain), output.settings())
        assert follow(1).sent == 1
    assert len(follow.said("note")) == 2


def test_a_farm_that_is_stopped_and_started_again_is_survived(tmpdir, home):
    root = folder(tmpdir, "farm")
    farms = [Farm(root)]
    farms[0].__enter__()
    Gate(farms[0].farm, 1).__enter__()  # Never opened: it is far from done when it is stopped.
    try:
        task = farms[0].task(frames="1-8[1]")
        farm = farms[0].farm
        follow = Follow(tmpdir, login(farm.domain, farm.access_id, farm.access_key))

        def stop(event):
            if len(farms) == 1 and len(follow.said("done")) == 1:
                farm.stop()

        def start(event):
            if len(farms) == 1:
                assert "cannot be reached" in event.note or "broke" in event.note
                farms.append(Farm(root))
                farms[1].__enter__()
        follow.on.update(done=stop, note=start)
        assert follow(task).sent == 8
        assert len(equal(farms[0], follow.folder, task)) == 8
        assert len(follow.said("note")) == 2
    finally:
        for each in farms:
            each.__exit__()


#: Runs a farm until it is killed.
_FARM = """\
import sys
from rayvision_sync.farm import local, render, serve

class Renderer(render.BuiltinRenderer):
    def render(self, job, scene, folder, name, log_path, cancel):
        if job.number > int(sys.argv[2]):
            cancel.wait(3600)
        return render.BuiltinRenderer.render(self, job, scene, folder, name, log_path, cancel)

def say(line):
    sys.stdout.write(line + "\\n")
    sys.stdout.flush()

local.BuiltinRenderer = Renderer
serve(sys.argv[1], say=say)
"""


def start_farm(root, last):
    """Start a farm as a process of its own, which comes to the frame `last`; return it when it answers."""
    process = subprocess.Popen([sys.executable, native("-c"), native(_FARM), native(root), native("%d" % last)],
                               stdout=subprocess.PIPE)
    while b"Ctrl-C" not in process.stdout.readline():
        assert process.poll() is None
    return process


def test_a_farm_that_is_killed_and_started_again_is_survived(tmpdir, home):
    root = folder(tmpdir, "farm")
    put(os.path.join(root, "input", "show", "city.ma"), b"//Maya ASCII")
    processes = [start_farm(root, 1)]
    known = identity.read(root)
    client = Client(known["domain"], known["access_id"], known["access_key"])
    try:
        farm = Farm.__new__(Farm)
        farm.client = client
        task = farm.task(frames="1-10[1]", present=False)
        follow = Follow(tmpdir, login(known["domain"], known["access_id"], known["access_key"]))

        def kill(event):
            if len(processes) == 1 and processes[0].poll() is None:
                processes[0].kill()
                processes[0].wait()

        def start(event):
            if len(processes) == 1:
                processes.append(start_farm(root, 10))
        follow.on.update(done=kill, note=start)
        report = follow(task)
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
            process.communicate()
    # The frame that was in the making when the farm died may be rendered, and so fetched, twice.
    assert report.ok and report.sent in (10, 11) and len(processes) == 2
    output = os.path.join(root, "output")
    assert follow.names() == tree(output) and len(tree(output)) == 10 and not parts(follow.folder)
    assert all(read(os.path.join(follow.folder, name)) == read(os.path.join(output, name)) for name in tree(output))


# ---------------------------------------------------------------- ends

def test_a_key_that_the_farm_refuses_ends_it_at_once(tmpdir, output):
    output.put("1_city/a.png")
    with ScriptedFarm(Book({1: RENDERING})) as farm:
        follow = Follow(tmpdir, login(farm.domain), output.settings())
        follow.on["done"] = lambda event: farm.then(answer(code=611, message="signature invalid"))
        with pytest.raises(FarmError) as error:
            follow(1)
        assert len(farm.seen) <= 2
    assert error.value.code == 611 and "key" in error.value.message
    assert error.value.report.sent == 1


def test_an_unknown_task_fails_after_the_others_were_followed_to_their_end(tmpdir, farm, farm_api):
    task = farm.task(frames="1-6[1]")
    follow = Follow(tmpdir, farm_api)
    with pytest.raises(DownloadFailed) as error:
        follow(999999999, task)
    assert "does not know task 999999999" in error.value.message
    assert error.value.report.sent == 6 and len(equal(farm, follow.folder, task)) == 6


def test_a_task_that_is_deleted_meanwhile_fails_after_the_others(tmpdir, farm, farm_api, gate):
    first, second = farm.task(frames="1-300[1]"), farm.task(frames="1-4[1]")
    follow = Follow(tmpdir, farm_api)
    deleted = []

    def delete(event):
        if not deleted:
            deleted.append(first)
            farm.client("deleteTask", taskIds=[first])
            gate.open()
    follow.on["done"] = delete
    with pytest.raises(DownloadFailed) as error:
        follow(first, second)
    assert "%d" % first in error.value.message and "%d" % second not in error.value.message
    assert len(equal(farm, follow.folder, second)) == 4


def test_one_answer_without_the_task_is_not_believed(tmpdir, output):
    output.put("1_city/a.png")
    with ScriptedFarm(Book({1: RENDERING}, {}, {1: RENDERING}, {}, {1: DONE})) as farm:
        assert Follow(tmpdir, login(farm.domain), output.settings())(1).sent == 1


def silence(handler):
    """Say nothing until the farm is stopped."""
    handler.server.stopping.wait(3600)
    handler.close_connection = True


@pytest.mark.parametrize("step", [silence, None], ids=["a silent farm", "the pause"])
def test_a_cancel_ends_whatever_it_waits_for(tmpdir, output, step):
    # By itself, either would take an hour.
    output.put("1_city/a.png")
    with ScriptedFarm(Book({1: RENDERING})) as farm:
        follow = Follow(tmpdir, login(farm.domain, quick=False, timeout=3600), output.settings(),
                        poll_s=0.01 if step else 3600)
        asked = threading.Event()

        def wait(handler):
            asked.set()
            step(handler)

        def cancel():
            assert asked.wait(120)
            follow.cancel.cancel()
        follow.on["done"] = lambda event: farm.then(wait) if step else asked.set()
        thread = threading.Thread(target=cancel)
        thread.start()
        with pytest.raises(Cancelled) as error:
            follow(1)
        thread.join()
    assert error.value.report.sent == 1


def test_a_cancel_while_frames_are_fetched_counts_what_landed(tmpdir, output):
    for number in range(50):
        output.put("1_city/a.%02d.png" % number, b"x" * 20000)

    def held(engine, stored, sink):
        follow.cancel.wait(600)
    output.faults.update(("/1_city/a.%02d.png" % number, [held]) for number in range(10, 50))
    with ScriptedFarm(Book({1: RENDERING})) as farm:
        follow = Follow(tmpdir, login(farm.domain), output.settings())
        follow.on["done"] = lambda event: follow.cancel.cancel()
        with pytest.raises(Cancelled) as error:
            follow(1)
    assert 1 <= error.value.report.sent < 50 and not parts(follow.folder)


@pytest.mark.parametrize("value, seconds", [(10, 10), ("2.5", 2.5), (0, watch._SHORTEST_POLL_S), (1e5, 1e5)])
def test_the_pause_is_a_number_of_seconds(value, seconds, monkeypatch):
    monkeypatch.undo()
    assert parse_poll(value) == seconds


@pytest.mark.parametrize("value", [-1, "soon", None, float("nan"), float("inf"), []])
def test_another_pause_is_an_error(value):
    with pytest.raises(SettingsError) as error:
        parse_poll(value)
    assert "number of seconds" in error.value.message
