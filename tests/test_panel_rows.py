"""Every click and key in the panel becomes a row of the store, at once; no worker is needed for that."""
from __future__ import absolute_import, division, print_function, unicode_literals

import time

import pytest
from support_gate import HeldPython
from support_panel import Key, QtCore, QtGui, QtWidgets, Stage, click, click_row, press

from rayvision_sync import settings

CONTROL = QtCore.Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def no_worker_begins(home):
    with HeldPython(home) as python:
        settings.save({"interpreter": python.path})
        yield


def test_pause_resume_and_cancel_are_asked_for_by_a_rows_buttons(home):
    with Stage(tab="transfers") as stage:
        tab = stage.page("transfers")
        number = stage.put(files=214, files_total=312, bytes=11100000000, bytes_total=14200000000, rate=41e6)
        click_row(tab, number, "pause")
        assert stage.store.job(number).want == "pause"
        stage.change(number, state="paused", want="", worker=None)
        click_row(tab, number, "resume")
        assert stage.store.job(number).state == "queued"
        stage.change(number, state="running", want="")
        click_row(tab, number, "cancel")
        assert stage.store.job(number).want == "cancel"


def test_an_interrupted_and_a_failed_transfer_begin_again_by_one_click(home):
    with Stage(tab="transfers") as stage:
        tab = stage.page("transfers")
        dead = stage.put(state="interrupted", ended=time.time(), lane="none")
        failed = stage.put(state="failed", ended=time.time(), message="2 files failed.", failed=2, lane="none")
        click_row(tab, dead, "resume")
        click_row(tab, failed, "retry")
        assert [stage.store.job(number).state for number in (dead, failed)] == ["queued", "queued"]


def test_keys_do_what_the_buttons_do(home):
    with Stage(tab="transfers") as stage:
        tab = stage.page("transfers")
        number = stage.put()
        tab.list.pick(number)
        press(tab.list, Key.Key_Space)
        assert stage.store.job(number).want == "pause"
        stage.change(number, state="done", want="", ended=time.time())
        tab.list.pick(number)
        press(tab.list, Key.Key_Return)
        assert tab.details.isVisible()
        press(tab.list, Key.Key_Escape)
        assert not tab.details.isVisible()
        press(tab.list, Key.Key_Delete)
        assert stage.store.job(number) is None
        stage.poll()
        assert tab.pages.currentWidget() is tab.empty


def test_a_job_opens_to_its_files_and_what_is_wrong_stands_first(home):
    with Stage(tab="transfers") as stage:
        tab = stage.page("transfers")
        number = stage.put(state="failed", message="1 file failed.", failed=1, missing=1)
        with stage.store.write() as db:
            for name, state, reason in (("/show/a.tx", "skipped", ""), ("/show/wall_1003.exr", "missing", ""),
                                        ("/show/crowd.ass", "failed", "It changed while it was sent.")):
                db.execute("INSERT INTO job_file (job, name, state, reason) VALUES (?, ?, ?, ?)",
                           (number, name, state, reason))
        tab.act(number, "open")
        model = tab.details.files.model()
        assert [model.index(row, 0).data() for row in range(model.rowCount())] == [
            "/show/wall_1003.exr", "/show/crowd.ass", "/show/a.tx"]
        assert "It changed" in model.index(1, 0).data(QtCore.Qt.ItemDataRole.ToolTipRole)


def test_threads_speed_and_order_of_a_job_are_changed_in_its_details(home):
    with Stage(tab="transfers") as stage:
        tab = stage.page("transfers")
        number = stage.put(state="queued")
        tab.act(number, "open")
        tab.details.threads.setCurrentIndex(4)
        tab.details.threads.activated.emit(4)
        tab.details.speed.setCurrentIndex(1)
        tab.details.speed.activated.emit(1)
        click(tab.details.first)
        job = stage.store.job(number)
        assert (job.threads, job.max_speed, job.priority) == ("8", 512, 10)


def test_pause_all_holds_and_resume_all_lets_go(home):
    with Stage(tab="transfers") as stage:
        tab = stage.page("transfers")
        numbers = [stage.put(), stage.put(kind="watch")]
        click(tab.pause_all)
        assert [stage.store.job(number).want for number in numbers] == ["pause", "pause"]
        for number in numbers:
            stage.change(number, state="paused", want="")
        assert tab.pause_all.text() == "Resume all"
        click(tab.pause_all)
        assert [stage.store.job(number).state for number in numbers] == ["queued", "queued"]


def test_the_speed_limit_of_all_goes_into_the_settings(home):
    with Stage(tab="transfers") as stage:
        tab = stage.page("transfers")
        place = tab.limit.findData(2048)
        tab.limit.setCurrentIndex(place)
        tab.limit.activated.emit(place)
        assert stage.link.client.settings.get("max_speed") == 2048


def test_three_hundred_transfers_are_found_by_word_and_state(home):
    with Stage(tab="transfers") as stage:
        tab = stage.page("transfers")
        with stage.store.write() as db:
            db.executemany("INSERT INTO job (kind, title, params, state, lane, created, ended, changed) VALUES"
                           " ('upload', ?, '{}', ?, 'none', 0, 1, (SELECT value FROM counter))",
                           [("scene_%03d.ma" % n, "failed" if n % 100 == 7 else "done") for n in range(300)])
        stage.poll()
        assert tab.list.model().rowCount() == 300
        press(tab.list, Key.Key_F, CONTROL)
        assert tab.search.hasFocus() or not stage.panel.isActiveWindow()
        tab.search.setText("scene_11")
        assert tab.list.model().rowCount() == 10
        tab.search.clear()
        tab.filter.setCurrentIndex(tab.filter.findData("problems"))
        assert [job.title for job in tab.list.model().jobs()] == ["scene_207.ma", "scene_107.ma", "scene_007.ma"]


def test_short_questions_are_no_transfers(home):
    with Stage(tab="transfers") as stage:
        stage.put(kind="login")
        assert stage.page("transfers").list.model().rowCount() == 0


def test_what_is_picked_stays_picked_while_rows_move(home):
    with Stage(tab="transfers") as stage:
        tab = stage.page("transfers")
        first, second = stage.put(title="a.ma"), stage.put(title="b.ma")
        tab.list.pick(second)
        stage.change(first, state="done", ended=time.time())
        assert [job.title for job in tab.list.model().jobs()] == ["b.ma", "a.ma"]
        assert tab.list.current() == second


def test_the_tabs_title_counts_what_is_moving(home):
    with Stage() as stage:
        stage.put()
        stage.put(kind="watch")
        assert stage.panel.tabs.tabText(1) == "Transfers (2)"


def test_frames_are_picked_fetched_again_and_restarted(home):
    with Stage(tab="frames") as stage:
        tab = stage.page("frames")
        assert tab.pages.currentIndex() == 0
        stage.put_frames(4711, range(1, 9), "beauty", path="/show/images/city.png")
        stage.put_frames(4711, [9], "beauty", "failed", note="License server not reached.", farm_id=99)
        stage.poll()
        assert tab.pages.currentIndex() == 1
        assert tab.state.text() == "8 of 9 frames here, 1 failed"
        click(tab.grid.viewport(), tab.grid.rect_of(1).center())
        assert [frame.number for frame in tab.grid.picked_frames()] == [2]
        press(tab.grid, Key.Key_Right, QtCore.Qt.KeyboardModifier.ShiftModifier)
        click(tab.refetch)
        job = stage.job("refetch")
        assert '"frames": [["beauty", 2], ["beauty", 3]]' in job.params
        press(tab.grid, Key.Key_End)
        assert tab.reason.text() == "License server not reached."
        click(tab.restart)
        assert '"frame_ids": [99]' in stage.job("restart").params


def test_five_thousand_cells_are_laid_out_and_only_those_in_view_are_painted(home):
    with Stage(tab="frames") as stage:
        tab = stage.page("frames")
        for layer in ("beauty", "crypto", "shadow", "depth", "light"):
            stage.put_frames(1, range(1, 1001), layer, "waiting")
        stage.poll()
        assert 0 < len(tab.grid.frames()) < 5000  # The rest comes in slices, between turns of the host.
        stage.put_frames(1, [1], "beauty", "here")
        stage.put_frames(1, [999], "shadow", "failed")
        stage.until(lambda: len(tab.grid.frames()) == 5000, "all frames")
        stage.poll()
        assert [(frame.layer, frame.number, frame.state) for frame in tab.grid.frames()
                if frame.state != "waiting"] == [("beauty", 1, "here"), ("shadow", 999, "failed")]
        assert [frame[:3] for frame in tab.grid.frames()] == sorted(frame[:3] for frame in tab.grid.frames())
        painted = len(list(tab.grid._visible()))
        assert 0 < painted < 200
        assert tab.strips.height() >= 5 * 12
        press(tab.grid, Key.Key_End)
        assert tab.grid.current_frame().number == 1000
        tab.find.setText("512")
        assert tab.grid.current_frame()[:3] == (1, "beauty", 512)


def test_only_one_state_is_shown_by_a_click_on_its_name(home):
    with Stage(tab="frames") as stage:
        tab = stage.page("frames")
        stage.put_frames(1, range(1, 11), state="here")
        stage.put_frames(1, range(11, 14), state="failed")
        stage.poll()
        place = next(rect for state, _, rect in tab.legend._places if state == "failed")
        click(tab.legend, place.center())
        assert [frame.number for frame in tab.grid.frames()] == [11, 12, 13]
        press(tab.grid, Key.Key_Escape)
        assert len(tab.grid.frames()) == 13


def test_pictures_are_loaded_a_few_at_a_turn_and_only_in_view(home, tmpdir):
    picture = image(str(tmpdir.join("thumb.png")))
    with Stage(tab="frames") as stage:
        tab = stage.page("frames")
        stage.put_frames(1, range(1, 2001), state="here", thumb=picture, landed=5.0)
        stage.put_frames(1, range(3, 4), state="here", thumb=str(tmpdir.join("gone.png")), landed=5.0)
        stage.poll()
        stage.until(lambda: tab.grid.thumbnails.get((picture, 5.0)), "a picture")
        stage.until(lambda: not tab.grid.thumbnails.is_waiting, "the others")
        assert tab.grid.thumbnails.get((str(tmpdir.join("gone.png")), 5.0)) is None


def image(path):
    found = QtGui.QImage(160, 90, QtGui.QImage.Format.Format_RGB32)
    found.fill(QtGui.QColor("#336699"))
    assert found.save(path)
    return path


def test_events_are_told_by_the_host_and_stand_in_the_log(home):
    with Stage(tab="log") as stage:
        tab = stage.page("log")
        number = stage.put(state="done", ended=time.time())
        stage.panel.isActiveWindow = None
        stage.panel.notices._is_seen = lambda: False
        stage.tell("done", "city_v042.ma: 312 files sent.", number)
        stage.tell("failed", "forest.ma: the farm refused the signature (611).")
        assert stage.host.told == [("Done", "city_v042.ma: 312 files sent."),
                                   ("Failed", "forest.ma: the farm refused the signature (611).")]
        assert "312 files sent" in tab.text.toPlainText()
        tab.filter.setCurrentIndex(1)
        assert "312 files sent" not in tab.text.toPlainText()


def test_a_number_of_a_task_becomes_a_download(home):
    with Stage(tab="transfers") as stage:
        tab = stage.page("transfers")
        click(tab.add)
        tab.form.number.setText("18164087x")
        click(tab.form.send_button)
        assert stage.panel.banner.isVisible() and stage.store.jobs() == []
        tab.form.number.setText("18164087")
        tab.form.folder.setText("/show/images")
        click(tab.form.send_button)
        job = stage.job("watch")
        assert '"task_ids": [18164087]' in job.params and '"local_path": "/show/images"' in job.params
        stage.link.act("remove", job.id)


def test_the_panel_comes_back_as_it_was_left(home):
    with Stage(tab="transfers") as stage:
        stage.page("frames")
        stage.page("transfers").filter.setCurrentIndex(1)
        stage.page("log")
    from rayvision_sync.panel.memory import Memory
    memory = Memory().load()
    assert (memory.get("tab"), memory.get("transfers_filter")) == ("log", "active")


def test_a_second_panel_shows_the_same_and_closing_one_loses_nothing(home):
    with Stage(tab="transfers") as stage:
        number = stage.put()
        from rayvision_sync.panel import open_panel
        other = open_panel(stage.host)
        stage.turn()
        assert other.link is stage.link
        other.close()
        other.deleteLater()
        stage.turn()
        stage.change(number, state="done", ended=time.time())
        assert stage.page("transfers").list.model().jobs()[0].state == "done"
        assert isinstance(stage.panel, QtWidgets.QWidget)


def test_an_auto_download_is_as_far_as_its_frames(home):
    from rayvision_sync.panel import job_texts
    with Stage(tab="transfers") as stage:
        stage.put("watch", state="running", files=3, files_total=3, bytes=100, bytes_total=100,
                  result='{"frames": 3, "frames_total": 12}')
        stage.poll()
        job = stage.job("watch")
        assert job_texts.share(job) == 0.25 and "25 %" in job_texts.numbers(job)


def test_what_sent_a_task_and_what_fetched_its_frames_are_told_apart_once_they_are_done(home):
    from rayvision_sync.panel import job_texts
    with Stage(tab="transfers") as stage:
        common = {"state": "done", "bytes": 27 << 20, "title": "city.ma, task 7"}
        stage.put("submit", **common)
        stage.put("watch", result='{"frames": 12, "frames_total": 12}', **common)
        stage.poll()
        said = [job_texts.state(stage.job(kind)) for kind in ("submit", "watch")]
        assert "12 frames, " in said[1] and "frame" not in said[0]


def test_a_message_moves_nothing_that_is_under_the_mouse(home):
    with Stage(tab="transfers") as stage:
        bar, tab = stage.panel.tabs.tabBar(), stage.page("transfers")
        before = [widget.mapTo(stage.panel, QtCore.QPoint(0, 0)) for widget in (bar, tab, tab.list)]
        stage.panel.banner.tell("The disk is full.", "bad")
        stage.turn()
        assert stage.panel.banner.isVisible()
        assert [widget.mapTo(stage.panel, QtCore.QPoint(0, 0)) for widget in (bar, tab, tab.list)] == before


def test_frames_of_a_new_task_are_shown_when_somebody_looks_again(home):
    with Stage(tab="frames") as stage:
        stage.put_frames(10000001, range(1, 4))
        stage.poll()
        tab = stage.page("frames")
        stage.panel.show_tab("transfers")
        stage.put_frames(10000002, range(1, 6))
        stage.poll()
        stage.panel.show_tab("frames")
        stage.turn()
        assert len(tab.grid.frames()) == 5
        stage.put_frames(10000003, range(1, 8))
        stage.poll()
        assert len(tab.grid.frames()) == 5  # Not under the eyes of somebody who looks at another one.
