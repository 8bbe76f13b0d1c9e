"""What the panel says of a scene before it is sent: frames, what was looked at, what is missing and why."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import itertools
import os
import subprocess
import sys

import pytest
from support_farm import folder, write
from support_panel import Host, QtWidgets, Stage, click, use_farm

from rayvision_sync import compat, frame_range
from rayvision_sync.farm import LocalFarm
from rayvision_sync.jobs import snapshot
from rayvision_sync.jobs.snapshot import File
from rayvision_sync.panel import orders, scene, texts
from rayvision_sync.panel.saving import Saving


def show(stage, tab, **result):
    """Show a made-up estimate."""
    number = stage.put("estimate", "done", result=compat.dump_json(result))
    tab.estimate_card.show_job(stage.link.jobs[number])
    stage.turn()


# ---------------------------------------------------------------- frames

@pytest.mark.parametrize("text, count", [("1001-1120", "120 frames"), ("7", "1 frame"), ("1-9[2], 20", "6 frames")])
def test_a_range_is_counted_beside_its_field(home, text, count):
    with Stage() as stage:
        form = stage.page("submit").form
        form.frames.setText(text)
        assert form.frame_count.isVisible() and form.frame_count.text() == count
        assert not form.frames.property("is_wrong")


@pytest.mark.parametrize("text", ["12-1", "1-1000000", "1-3[0]", "1-", "abc", "1;2"])
def test_a_range_that_no_job_would_take_is_refused_at_once_in_the_jobs_own_words(home, text):
    with pytest.raises(frame_range.SettingsError) as refused:
        frame_range.parse_frames(text)
    with Stage(Host("/show/a.ma", [], {"frames": "1-3"})) as stage:
        tab = stage.page("submit")
        tab.frames.setText(text)
        assert not tab.go.isEnabled() and tab.hint.text() == refused.value.message
        assert tab.hint.property("look") == "bad" and tab.frames.property("is_wrong")
        assert not tab.form.frame_count.isVisible()
        tab.frames.setText("1-3")
        assert tab.go.isEnabled() and not tab.frames.property("is_wrong")


def test_a_refused_range_is_told_in_chinese(home):
    with Stage(Host("/show/a.ma", [], {"frames": "12-1"}), language="zh") as stage:
        assert "\u5e27\u8303\u56f4 \"12-1\" \u65e0\u6548" in stage.page("submit").hint.text()


# ---------------------------------------------------------------- a scene that no host has told

@pytest.mark.parametrize("name, said", [
    ("a.mb", "Textures named inside this scene cannot be read here: add its files, or submit from Maya."),
    ("a.hiplc", "submit from Houdini."), ("a.max", "submit from 3ds Max."), ("a.blend", "submit from Blender."),
    ("a.ma", "Files that this scene names were read from it."), ("a.xyz", "submit from its own program.")])
def test_what_was_looked_at_is_said_of_a_bare_scene(home, name, said):
    with Stage() as stage:
        tab = stage.page("submit")
        assert not tab.estimate_card.looked.isVisible()
        tab.choose_scene("/is/not/there/" + name)
        assert tab.estimate_card.looked.isVisible() and said in tab.estimate_card.looked.text()


def test_a_host_that_tells_its_files_needs_no_such_words(home):
    with Stage(Host("/show/a.mb", [], {"frames": "1-3"})) as stage:
        assert not stage.page("submit").estimate_card.looked.isVisible()


def test_frames_of_a_bare_scene_go_to_its_projects_images(tmpdir):
    root = folder(tmpdir, "show").replace("\\", "/")
    write(os.path.join(root, "project", "workspace.mel"), b"//Maya")
    write(os.path.join(root, "project", "work", "a.ma"), b"")
    assert scene.default_output(root + "/project/work/a.ma") == root + "/project/images"
    assert scene.default_output(root + "/project/a.ma") == root + "/project/images"
    assert scene.default_output(root + "/other/a.ma") == root + "/other/images"
    assert scene.default_output("P:\\show\\scenes\\a.ma") == "P:/show/images"
    assert scene.default_output("/show/Scene/a.hip") == "/show/images"
    assert scene.default_output("/show/scenes/shot/a.ma") == "/show/images"
    assert scene.default_output("a.ma") == ""


def test_the_output_follows_the_scene_until_the_artist_types_another(home):
    with Stage() as stage:
        tab = stage.page("submit")
        tab.choose_scene("/one/scenes/a.ma")
        assert tab.output.text() == "/one/images"
        tab.choose_scene("/two/scenes/a.ma")
        assert tab.output.text() == "/two/images"
        tab.output.setText("/mine")
        tab.choose_scene("/three/scenes/a.ma")
        assert tab.output.text() == "/mine"


# ---------------------------------------------------------------- what is missing, what is worth a look

SMOKE = {"path": "/tex/smoke.####.exr", "node": "file1", "attribute": "ftn", "kind": "missing", "count": 1,
         "reason": "Frames 1003, 1007-1010 of 1001-1120 are missing: /tex/smoke.####.exr. Restore them."}
WALL = {"path": "/tex/wall.tx", "node": "file2", "attribute": "ftn", "kind": "missing", "count": 3,
        "reason": "/tex/wall.tx is missing. Restore it or take it out of the scene."}


def test_the_whole_reason_of_what_is_missing_is_to_be_read(home):
    with Stage() as stage:
        tab = stage.page("submit")
        card = tab.estimate_card
        show(stage, tab, missing_files=2, missing=[SMOKE, WALL])
        assert card.warning.isVisible() and card.missing.isVisible() and not card.reason.isVisible()
        model = card.missing.model()
        assert "file1.ftn: Frames 1003, 1007-1010" in model.index(0, 0).data(3)
        assert model.index(1, 0).data(3).endswith("file2.ftn, and 2 more")
        card.missing.setCurrentIndex(model.index(0, 0))
        assert card.reason.isVisible() and card.reason.text() == SMOKE["reason"]
        click(card.toggle)
        assert not card.missing.isVisible() and not card.reason.isVisible()
        show(stage, tab, missing_files=1, missing=[WALL])
        assert card.reason.text() == WALL["reason"]
        show(stage, tab, files=3)
        assert not card.warning.isVisible()


def test_notes_of_an_estimate_are_shown_and_stop_nothing(home):
    note = {"path": "/tex/wall.<UDIM>.tx", "kind": "note", "reason": "Tile 1004 of it is not there."}
    with Stage() as stage:
        tab = stage.page("submit")
        show(stage, tab, files=2, notes=[note])
        card = tab.estimate_card.notes
        assert card.isVisible() and card.text.text() == "1 thing is worth a look" and card.list.isVisible()
        assert "Tile 1004" in card.list.model().index(0, 0).data(3)
        show(stage, tab, files=2, notes=[dict(note, path="/tex/%d" % number) for number in range(9)])
        assert card.isVisible() and not card.list.isVisible()
        show(stage, tab, files=2, notes=[])
        assert not card.isVisible()


def test_a_second_submit_with_the_same_file_missing_says_that_it_was_checked_again(home, tmpdir):
    path = os.path.join(folder(tmpdir, "show"), "city_v042.ma")
    write(path, b"//Maya ASCII 2024 scene\n")
    host = Host(path, [File("/is/not/there.tx", "file1", "ftn")], {"frames": "1-3"}, folder(tmpdir, "images"))
    with LocalFarm(folder(tmpdir)) as farm:
        use_farm(farm)
        with Stage(host) as stage:
            tab = stage.page("submit")
            stage.until(lambda: tab.work.lacking == 1, "the estimate")
            assert "Restore what is missing" in tab.hint.text()
            click(tab.go)
            stage.until(lambda: not tab.work.is_armed, "the second look")
            assert tab.hint.text() == "Checked again: still 1 missing." and tab.hint.property("look") == "bad"
            assert not any(job.kind == "submit" for job in stage.store.jobs())
            tab.rescan()
            stage.until(lambda: tab.work.lacking == 1, "the estimate")
            assert "Restore what is missing" in tab.hint.text()


# ---------------------------------------------------------------- written in slices

def many(number):
    found = [File("/show/tex/wall_%05d.tx" % place, "file%d" % place, "fileTextureName") for place in range(number)]
    return orders.Scene(path="/show/a.ma", frames="1-3", file_texts=tuple(snapshot.file_text(one) for one in found))


def test_a_scene_is_written_in_short_steps_and_appears_whole(home):
    steps = orders.keep(many(6500))
    seen = []
    for path in steps:
        if not path:
            assert not any(name.endswith(".json") for name in seen_files())
        seen.append(path)
    assert len(seen) > 20 and not any(seen[:-1])
    assert len(snapshot.load(seen[-1]).files) == 6500
    assert seen_files() == [os.path.basename(seen[-1])]


def seen_files():
    return os.listdir(snapshot.folder()) if os.path.isdir(snapshot.folder()) else []


def test_a_scene_that_is_not_wanted_any_more_leaves_nothing_behind(home):
    steps = orders.keep(many(1000))
    for _ in range(4):
        assert next(steps) == ""
    assert len(seen_files()) == 1
    steps.close()
    assert seen_files() == []


def test_the_panel_writes_a_scene_between_events(home):
    with Stage() as stage:
        # A millisecond passes with each look at the clock: three steps a slice.
        ticks, done, failed = itertools.count(), [], []
        saving = Saving(stage.panel, clock=lambda: next(ticks) / 1000.0)
        saving.start(many(6500), done.append, failed.append)
        assert saving.is_active and not done and not failed
        stage.until(lambda: done or failed, "the file")
        assert not failed and len(snapshot.load(done[0]).files) == 6500 and not saving.is_active


def test_a_click_while_the_scene_is_written_sends_nothing(home, tmpdir):
    path = os.path.join(folder(tmpdir, "show"), "city_v042.ma")
    write(path, b"//Maya ASCII 2024 scene\n")
    host = Host(path, [], {"frames": "1-3"}, folder(tmpdir, "images"))
    with LocalFarm(folder(tmpdir)) as farm:
        use_farm(farm)
        with Stage(host) as stage:
            tab = stage.page("submit")
            stage.until(lambda: tab.work.lacking == 0, "the estimate")
            begun = []
            tab.work._saving.start = lambda *args: begun.append(args)
            tab.work._agreed = 0
            tab.work._go_on()
            assert begun and tab.go.text() == "Waits for the check ..."
            click(tab.go)
            assert not tab.work.is_armed
            assert not any(job.kind == "submit" for job in stage.store.jobs())


# ---------------------------------------------------------------- widgets

def test_no_widget_is_without_a_parent(home):
    # In a process of its own: wrappers of all of Qt's inner widgets would outlive them here.
    code = ("import json, os, sys\n"
            "from rayvision_sync import panel\n"
            "from rayvision_sync.hosts.standalone import StandaloneHost\n"
            "from rayvision_sync.panel.binding import QtWidgets\n"
            "window = panel.open_panel(StandaloneHost())\n"
            "pages = [window.page(name) for name in 'submit transfers frames settings log'.split()]\n"
            "print(json.dumps([type(one).__name__ for one in QtWidgets.QApplication.instance().allWidgets()\n"
            "                  if one.parent() is None and one is not window]))\n"
            "sys.stdout.flush(); os._exit(0)")
    said = subprocess.check_output([sys.executable, "-c", code]).decode("utf-8").strip().splitlines()
    assert json.loads(said[-1]) == []


@pytest.mark.parametrize("width", (284, 320, 420))
@pytest.mark.parametrize("tab", ("submit", "log"))
def test_all_tabs_are_to_be_seen_in_a_narrow_panel(home, width, tab):
    with Stage(tab=tab) as stage:
        for _ in range(3):
            stage.put()
        stage.panel.resize(width, 700)
        stage.page(tab)
        bar = stage.panel.tabs.tabBar()
        for _ in range(3):
            stage.turn()
        assert stage.panel.width() == width
        assert not [button for button in bar.findChildren(QtWidgets.QToolButton) if button.isVisible()]
        metrics = bar.fontMetrics()
        for place in range(bar.count()):
            rect = bar.tabRect(place)
            assert rect.left() >= 0 and rect.right() <= width, bar.tabText(place)
            assert rect.width() >= metrics.boundingRect(bar.tabText(place)).width(), bar.tabText(place)


# ---------------------------------------------------------------- Chinese

@pytest.mark.parametrize("sentence", [
    "The farm does not know task 18164087 (404): check the number, it may have been deleted.",
    "The farm does not know task 7: check the number, or whether it was deleted. Nothing was downloaded.",
    "Task 18164087 is submitted already: its frames can be fetched.",
    "The farm refused the signature (611): check access id, access key and the clock of this computer.",
    "The farm refused the signature (611): check access id, access key and the clock of this computer (it is 12 minutes"
    " ahead of the farm).",
    "task.renderbus.com cannot be reached: check domain and network, and that the farm is running.",
    "127.0.0.1:8900 cannot be reached: start the local farm again.",
    "127.0.0.1:8900 cannot be reached: start the local farm again (python -m rayvision_sync farm --root /show/farm). "
    "The download goes on as soon as it answers.",
    "Task 10000001: 2 frames failed on the farm (2, 3). Look at their log on the farm's website. Restart failed frames "
    "in the panel's Frames tab.",
    "task.renderbus.com did not answer in time. It goes on by itself as soon as that works.",
    "No space left on /show/images: 3 frames wait (1.2 GB needed). Free some space: the download goes on by itself.",
    "No space left on /show/images: a.exr did not land (12 MB needed). Free some space and download again.",
    "1 asset is missing: /tex/a.tx. Task 7 is not submitted. Restore what is missing and resume, or send the scene "
    "anyway. Nothing is rendered yet.",
    "12 assets are missing: /a.tx, /b.tx and 10 more. No task was created.",
    "/tex/a.tx is missing. Restore it or take it out of the scene.",
])
def test_what_an_artist_reads_most_is_chinese_throughout(home, sentence):
    texts.choose_language("zh")
    try:
        said = texts.sentence(sentence)
        assert any("\u4e00" <= letter <= "\u9fff" for letter in said)
        for word in (" the ", " is ", " are ", "check", "task ", "Free ", "Nothing", "missing"):
            assert word not in said, said
    finally:
        texts.choose_language("en")
