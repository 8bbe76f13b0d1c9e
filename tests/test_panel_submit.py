"""The Submit tab in a host: slices of the scene, unsaved changes, layers, what is kept when it is built anew."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

import pytest
from support_farm import folder, write
from support_panel import Host, Key, QtGui, Stage, click, press, use_farm

from rayvision_sync import compat
from rayvision_sync.farm import LocalFarm
from rayvision_sync.hosts.base.contract import HostError
from rayvision_sync.jobs import snapshot
from rayvision_sync.jobs.snapshot import File, Trouble
from rayvision_sync.panel import orders, scene
from rayvision_sync.panel.scan import Scan


class Clock(object):
    """Moves only when it is told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class EndlessHost(Host):
    """Has a scene that is read for as long as a test wants."""

    is_held = True

    def assets(self):
        """See `Host`."""
        for found in self._assets:
            yield found
        while self.is_held:
            yield None


def saved_scene(tmpdir, name="city_v042.ma"):
    path = os.path.join(folder(tmpdir, "show"), name)
    write(path, b"//Maya ASCII 2024 scene\n")
    return path


def texture(tmpdir, name="wall.tx"):
    path = os.path.join(folder(tmpdir, "show"), "tex", name)
    write(path, b"texture" * 100)
    return path


# ---------------------------------------------------------------- slices

def test_a_slice_ends_before_its_time_is_over_even_where_each_step_is_slow():
    clock = Clock()

    def steps():
        for number in range(100):
            clock.now += 0.003
            yield File("/tex/%d.tx" % number, "n", "a")

    scan, slices = Scan(steps(), clock), 0
    while scan.step(0.004):
        slices += 1
    assert len(scan.files) == 100 and slices == 100
    assert scan.longest_s == pytest.approx(0.003)


def test_quick_steps_share_a_slice_and_a_slow_one_has_its_own():
    clock = Clock()

    def steps():
        for number in range(50):
            clock.now += 0.002 if number == 10 else 0.0001
            yield None

    scan = Scan(steps(), clock)
    while scan.step(0.004):
        assert scan.longest_s < 0.005
    assert scan.is_over and not scan.is_cancelled


def test_files_are_taken_once_and_troubles_are_kept():
    found = File("/tex/a.tx", "n", "a")
    scan = Scan([found, None, Trouble("bad1", "why"), found, File("$TEX/${B}/%C%/x.tx", "m", "a")])
    while scan.step():
        pass
    assert [name.path for name in scan.files] == ["/tex/a.tx", "$TEX/${B}/%C%/x.tx"]
    assert scan.troubles == [Trouble("bad1", "why")]
    assert sorted(scan.variables) == ["B", "C", "TEX"]
    assert [compat.parse_json(text)["path"] for text in scan.texts] == [name.path for name in scan.files]


def test_a_host_that_breaks_down_keeps_what_was_found():
    def steps():
        yield File("/tex/a.tx", "n", "a")
        raise RuntimeError("No object matches name: |gone")

    scan = Scan(steps())
    while scan.step():
        pass
    assert len(scan.files) == 1
    assert "No object matches name" in scan.troubles[0].reason


def test_a_scan_that_is_cancelled_closes_the_hosts_own_loop():
    ended = []

    def steps():
        try:
            while True:
                yield None
        finally:
            ended.append(1)

    scan = Scan(steps())
    scan.step(0.0)
    scan.cancel()
    assert (ended, scan.is_over, scan.is_cancelled, scan.step()) == ([1], True, True, False)


def test_only_variables_that_a_path_names_are_kept_and_never_our_own():
    environ = {"TEX": "/show/tex", "RAYVISION_API_KEY": "secret", "HOME": "/home/me"}.get
    found = {}
    for text in ("$TEX/a.tx", "${RAYVISION_API_KEY}/b.tx", "%04d.exr", "plain.exr", "$F4.exr"):
        scene.add_variables(text, found, environ)
    assert found == {"TEX": "/show/tex", "RAYVISION_API_KEY": None, "F4": None}


def test_files_that_were_brought_into_json_before_make_the_same_snapshot(home):
    files = (File("/tex/a.%04d.exr", "n", "a", "frames", -3), File("/tex/\u58c1.tx", "m", "a"))
    whole = orders.Scene(path="/show/a.ma", frames="1-3", files=files, width=1920, cameras=("cam",), host="maya",
                         troubles=(Trouble("bad", "why"),), variables={"TEX": "/t"}, details={"x": [1]})
    texts = whole._replace(files=(), file_texts=tuple(snapshot.file_text(found) for found in files))
    first, second = [snapshot.load(orders.estimate(each).params["snapshot"]) for each in (whole, texts)]
    assert first == second and first.files == files
    assert (first.width, first.cameras, first.troubles[0].node, first.variables) == (
        1920, ("cam",), "bad", {"TEX": "/t"})


# ---------------------------------------------------------------- reading the scene

def test_numbers_count_up_while_the_button_waits_and_esc_stops_it(home, tmpdir):
    host = EndlessHost(saved_scene(tmpdir), [File("/tex/%d.tx" % number, "n", "a") for number in range(1204)],
                       {"frames": "1-3"})
    with Stage(host) as stage:
        tab = stage.page("submit")
        stage.until(lambda: "1 204 files" in tab.estimate_card.message.text(), "the count")
        assert tab.go.isEnabled() and tab.work.is_reading
        click(tab.go)
        assert tab.go.text() == "Waits for the check ..."
        press(tab.go, Key.Key_Escape)
        assert not tab.work.is_reading and tab.go.text() == "Submit and upload"
        assert "Stopped" in tab.estimate_card.message.text()
        assert stage.store.jobs() == []


def test_hiding_the_tab_stops_the_reading_and_showing_it_begins_again(home, tmpdir):
    host = EndlessHost(saved_scene(tmpdir), [], {"frames": "1-3"})
    with Stage(host) as stage:
        tab = stage.page("submit")
        assert tab.work.is_reading
        stage.page("transfers")
        assert not tab.work.is_reading
        stage.page("submit")
        assert tab.work.is_reading
        stage.panel.close()
        assert not tab.work.is_reading


def test_a_second_look_takes_the_place_of_the_first(home, tmpdir):
    host = EndlessHost(saved_scene(tmpdir), [File("/tex/a.tx", "n", "a")], {"frames": "1-3"})
    with Stage(host) as stage:
        tab = stage.page("submit")
        first = tab.work._reading._scan
        click(tab.rescan_button)
        assert first.is_cancelled and tab.work._reading._scan is not first


def test_nodes_that_cannot_be_read_are_listed_and_stop_nothing(home, tmpdir):
    host = Host(saved_scene(tmpdir), [Trouble("|set|wall1", "No such attribute"), File(texture(tmpdir), "file1", "f"),
                                      Trouble("aiStandIn2", "It has no name")], {"frames": "1-3"})
    with LocalFarm(folder(tmpdir)) as farm:
        use_farm(farm)
        with Stage(host) as stage:
            tab = stage.page("submit")
            stage.until(lambda: tab.work.lacking == 0, "the estimate")
            card = tab.troubles_card
            assert card.isVisible() and card.text.text() == "2 nodes could not be read"
            click(card.toggle)
            rows = card.list.model()
            assert [rows.index(row, 0).data() for row in range(2)] == ["|set|wall1", "aiStandIn2"]
            assert "No such attribute" in rows.index(0, 0).data(3)
            assert tab.go.isEnabled()


def test_a_host_that_cannot_say_is_a_sentence(home):
    host = Host("/show/a.ma", [], {"frames": "1-3"})

    def fail():
        raise HostError("Maya is busy with a render: end it, then check again.")

    host.render_settings = fail
    with Stage(host) as stage:
        tab = stage.page("submit")
        assert "Maya is busy" in tab.estimate_card.message.text()


def test_a_scene_that_was_never_saved_is_a_sentence(home):
    with Stage(Host("", [], {"frames": "1-3"})) as stage:
        tab = stage.page("submit")
        assert not tab.go.isEnabled()
        assert tab.scene.text() == "The scene was never saved: save it first."
        assert tab.hint.text() == "Save the scene first."


def test_another_scene_brings_its_own_frames_and_the_same_one_keeps_what_was_typed(home, tmpdir):
    host = Host(saved_scene(tmpdir), [], {"frames": "1-3", "layers": ["beauty", "shadow"]}, "/show/images")
    with Stage(host) as stage:
        tab = stage.page("submit")
        tab.frames.setText("7")
        tab.form.layers.checks[0].setChecked(False)
        host._render = {"frames": "1-5", "layers": ["beauty", "shadow", "crypto"]}
        tab.rescan()
        assert (tab.frames.text(), tab.form.layers.chosen()) == ("7", ["shadow", "crypto"])
        host._scene = saved_scene(tmpdir, "forest.ma")
        stage.page("log")
        stage.page("submit")
        assert (tab.frames.text(), tab.form.layers.chosen()) == ("1-5", ["beauty", "shadow", "crypto"])
        assert tab.scene.text().endswith("forest.ma")


# ---------------------------------------------------------------- unsaved changes

def unsaved(tmpdir):
    host = Host(saved_scene(tmpdir), [File(texture(tmpdir), "file1", "f")], {"frames": "1"}, folder(tmpdir, "images"))
    host.is_dirty = True
    return host


def test_unsaved_changes_are_asked_for_once_and_saved_once(home, tmpdir):
    host = unsaved(tmpdir)
    with LocalFarm(folder(tmpdir)) as farm:
        use_farm(farm)
        with Stage(host) as stage:
            tab = stage.page("submit")
            assert tab.scene_note.isVisible()
            click(tab.go)
            assert tab.unsaved_card.isVisible() and not tab.go.isEnabled()
            click(tab.unsaved_card.save)
            assert not tab.unsaved_card.isVisible()
            job = stage.job("submit")
            assert host.saved == 1 and not host.copies
            assert "scene_copy" not in orders.params(job)
            assert stage.job("submit", "done", "failed").state == "done"
            assert host.saved == 1


def test_a_copy_is_sent_and_the_scene_stays_as_it_is(home, tmpdir):
    host = unsaved(tmpdir)
    with LocalFarm(folder(tmpdir)) as farm:
        use_farm(farm)
        with Stage(host) as stage:
            tab = stage.page("submit")
            stage.until(lambda: tab.work.lacking == 0, "the estimate")
            click(tab.go)
            click(tab.unsaved_card.copy)
            job = stage.job("submit")
            assert (host.saved, len(host.copies), host.is_dirty) == (0, 1, True)
            assert orders.params(job)["scene_copy"] == host.copies[0]
            assert os.path.dirname(os.path.dirname(host.copies[0])) == snapshot.folder()
            assert os.path.basename(host.copies[0]) == "city_v042.ma"


def test_a_question_that_is_answered_by_cancel_sends_nothing(home, tmpdir):
    host = unsaved(tmpdir)
    with Stage(host) as stage:
        tab = stage.page("submit")
        click(tab.go)
        click(tab.unsaved_card.cancel)
        stage.turn()
        assert tab.go.isEnabled() and tab.go.text() == "Submit and upload"
        assert not any(job.kind == "submit" for job in stage.store.jobs())
        assert (host.saved, host.copies) == (0, [])


def test_a_save_that_fails_is_a_sentence_and_sends_nothing(home, tmpdir):
    host = unsaved(tmpdir)

    def fail():
        raise HostError("The scene cannot be saved: the disk is full.")

    host.save = fail
    with LocalFarm(folder(tmpdir)) as farm:
        use_farm(farm)
        with Stage(host) as stage:
            tab = stage.page("submit")
            click(tab.go)
            click(tab.unsaved_card.save)
            stage.until(lambda: "disk is full" in stage.panel.banner.text.text(), "the sentence")
            assert not any(job.kind == "submit" for job in stage.store.jobs())
            assert tab.go.isEnabled()


def test_a_texture_that_was_added_after_the_check_is_looked_for_before_it_is_sent(home, tmpdir):
    host = unsaved(tmpdir)
    host.is_dirty = False
    with LocalFarm(folder(tmpdir)) as farm:
        use_farm(farm)
        with Stage(host) as stage:
            tab = stage.page("submit")
            stage.until(lambda: tab.work.lacking == 0, "the estimate")
            host._assets.append(File("/is/not/there.tx", "file2", "f"))
            click(tab.go)
            stage.until(lambda: tab.work.lacking == 1, "the estimate")
            stage.turn()
            assert not any(job.kind == "submit" for job in stage.store.jobs())
            assert tab.anyway.isVisible() and tab.go.text() == "Submit and upload"


# ---------------------------------------------------------------- what is chosen

def test_forty_layers_are_filtered_and_ticked_in_a_narrow_panel(home, tmpdir):
    layers = ["rs_%s_%02d" % (name, number) for number in range(10) for name in ("beauty", "char", "fx", "env")]
    host = Host(saved_scene(tmpdir), [], {"frames": "1-3", "layers": layers, "cameras": ["shotCam", "left", "right"]})
    with Stage(host) as stage:
        stage.panel.resize(300, 700)
        stage.turn()
        tab = stage.page("submit")
        picker = tab.form.layers
        assert picker.chosen() == layers and picker.count.text() == "40 of 40 chosen"
        assert picker.width() < 300 and picker.list.height() < 250
        click(picker.none)
        assert "Choose a layer" in tab.hint.text()
        picker.filter.setText("fx")
        click(picker.all)
        assert picker.chosen() == [name for name in layers if "fx" in name]
        tab.form.cameras.checks[2].setChecked(True)
        found = tab._scene()
        assert (len(found.layers), found.cameras) == (10, ("shotCam", "right"))
        for check in tab.form.cameras.checks:
            check.setChecked(False)
        assert "Choose a camera" in tab.hint.text()


def test_what_is_half_typed_survives_other_colours_and_another_language(home, tmpdir):
    host = Host(saved_scene(tmpdir), [], {"frames": "1-3", "layers": ["beauty", "shadow"]}, "/show/images")
    with Stage(host) as stage:
        tab = stage.page("submit")
        tab.frames.setText("1001-")
        tab.output.setText("/elsewhere")
        tab.form.layers.checks[1].setChecked(False)
        other = stage.page("settings")
        other.findChild(type(other.key), "setting_domain").setText("half.a.dom")
        other._fields["path_mapping"][2].setPlainText("P:/ =")
        light, palette = stage.app.palette(), QtGui.QPalette(stage.app.palette())
        palette.setColor(QtGui.QPalette.ColorRole.Window, QtGui.QColor("#444444"))
        try:
            stage.app.setPalette(palette)
            stage.until(lambda: stage.panel._pages.get("settings") is not other, "the dark colours")
            stage.panel.desk.set_language("zh")
            stage.until(lambda: stage.panel.tabs.tabText(0) == "\u63d0\u4ea4", "Chinese")
            before = stage.page("log")
        finally:
            stage.app.setPalette(light)
        stage.until(lambda: stage.panel._pages.get("log") is not before, "the light colours")
        tab, other = stage.page("submit"), stage.page("settings")
        assert (tab.frames.text(), tab.output.text(), tab.form.layers.chosen()) == ("1001-", "/elsewhere", ["beauty"])
        assert other.findChild(type(other.key), "setting_domain").text() == "half.a.dom"
        assert other._fields["path_mapping"][2].toPlainText().strip() == "P:/ ="


def test_a_submission_that_waits_goes_on_when_the_panel_is_built_anew(home, tmpdir):
    host = unsaved(tmpdir)
    host.is_dirty = False
    with LocalFarm(folder(tmpdir)) as farm:
        use_farm(farm)
        with Stage(host) as stage:
            click(stage.page("submit").go)
            stage.panel.rebuild_soon()
            assert stage.job("submit", "done", "failed").state == "done"
            assert len([job for job in stage.store.jobs() if job.kind == "submit"]) == 1


# ---------------------------------------------------------------- the host is told

def test_the_host_is_told_of_frames_at_most_every_two_seconds(home, tmpdir):
    host = Host(saved_scene(tmpdir), [], {"frames": "1-3"})
    with Stage(host, tab="transfers") as stage:
        now = Clock()
        stage.link._clock = now
        number = stage.put("watch", params=compat.dump_json({"task_ids": [7], "local_path": "/show/images"}), files=3)
        assert host.refreshed == []
        stage.change(number, files=4)
        assert host.refreshed == ["/show/images"]
        now.now = 1.0
        stage.change(number, files=5)
        assert len(host.refreshed) == 1
        now.now = 2.5
        stage.poll()
        stage.link.beat.emit()
        assert len(host.refreshed) == 2


# ---------------------------------------------------------------- settings

def test_path_mappings_are_lines_and_a_wrong_one_is_said(home):
    from rayvision_sync import settings
    settings.save({"path_mapping": [["P:/", "/mnt/projects"]], "storage": {
        "engine": "s3", "input": {"endpoint": "http://box:8333", "bucket": "show", "secret_key": "hush"}}})
    with Stage(tab="settings") as stage:
        tab = stage.page("settings")
        edit = tab._fields["path_mapping"][2]
        assert edit.toPlainText() == "P:/ = /mnt/projects"
        assert "s3: http://box:8333, show" in tab.storage.text() and "hush" not in tab.storage.text()
        edit.setPlainText("P:/ = /mnt/projects\n//nas/show")
        assert "P:/ = /mnt/projects" in tab.hint.text() and not tab.save_button.isEnabled()
        edit.setPlainText("P:/ = /mnt/projects\n\n//nas/show = /mnt/show\n")
        assert tab.save()
        assert settings.load().get("path_mapping") == [["P:/", "/mnt/projects"], ["//nas/show", "/mnt/show"]]
