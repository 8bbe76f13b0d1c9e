"""The main job by clicks alone, with real workers on a real farm."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

from support_farm import folder, read, write
from support_gate import HeldPython
from support_panel import Host, Stage, click, click_row, use_farm

from rayvision_sync import manifest, paths, settings
from rayvision_sync.farm import LocalFarm


def project(tmpdir, files=6, size=20000):
    """Write a scene and its textures; return ``(scene, host)``."""
    root = folder(tmpdir, "show")
    scene = os.path.join(root, "city_v042.ma")
    write(scene, b"//Maya ASCII 2024 scene\n")
    assets = []
    for number in range(files):
        path = os.path.join(root, "tex", "wall_%d.tx" % number)
        write(path, os.urandom(size))
        assets.append({"path": path, "node": "file%d" % number, "attribute": "fileTextureName"})
    return scene, Host(scene, assets, {"frames": "1-3", "layers": ["beauty"], "cameras": ["shotCam"],
                                       "renderer": "arnold"}, os.path.join(root, "images"))


def test_a_scene_is_estimated_submitted_and_its_frames_land(home, tmpdir):
    scene, host = project(tmpdir)
    with LocalFarm(folder(tmpdir)) as farm:
        use_farm(farm)
        with Stage(host) as stage:
            tab = stage.page("submit")
            stage.until(lambda: tab.work.lacking == 0, "the estimate")
            assert not tab.anyway.isVisible()
            stage.panel.notices._is_seen = lambda: False
            click(tab.go)
            assert stage.job("submit", "done").task_id
            assert stage.panel.tabs.currentIndex() == 1
            stage.job("watch", "done")
            images = os.path.join(os.path.dirname(scene), "images")
            assert any(name.endswith(".png") for name in _below(images))
            frames = stage.page("frames")
            stage.until(lambda: frames.state.text() == "3 of 3 frames here", "the frames")
            stage.until(lambda: [title for title, _ in host.told] == ["Done", "Done"], "two notices")


def _below(top):
    return [name for _, _, names in os.walk(top) for name in names]


def test_missing_files_come_first_and_are_sent_without_by_another_button(home, tmpdir):
    scene, host = project(tmpdir, 3)
    host._assets.append({"path": os.path.join(os.path.dirname(scene), "cache", "crowd.ass"), "node": "aiStandIn2",
                         "attribute": "dso"})
    with LocalFarm(folder(tmpdir)) as farm:
        use_farm(farm)
        with Stage(host) as stage:
            tab = stage.page("submit")
            stage.until(lambda: tab.work.lacking == 1, "the estimate")
            card = tab.estimate_card
            assert card.warning_text.text() == "1 file is missing"
            assert card.missing.model().index(0, 0).data().endswith("crowd.ass")
            assert "aiStandIn2.dso" in card.missing.model().index(0, 0).data(3)
            click(tab.anyway)
            assert stage.job("submit", "done", "failed").state == "done"


def test_a_scene_of_files_folders_and_lists_is_put_together_without_a_dcc(home, tmpdir):
    scene, host = project(tmpdir, 4)
    root = os.path.dirname(scene)
    write(os.path.join(root, "images", "old.png"), b"an earlier frame")
    write(os.path.join(root, "cache", "a.abc"), b"cache")
    listed = os.path.join(folder(tmpdir, "lists"), "upload.json")
    os.makedirs(os.path.dirname(listed))
    manifest.write(listed, [(asset.path, paths.server_path(asset.path)) for asset in host.assets()])
    with LocalFarm(folder(tmpdir)) as farm:
        use_farm(farm)
        with Stage(Host()) as stage:
            tab = stage.page("submit")
            assert not tab.go.isEnabled()
            tab.choose_scene(scene)
            tab.frames.setText("1-2")
            assert tab.output.text() == os.path.join(root, "images")
            tab.files.add(root, "folder")
            tab.files.add(listed, "manifest")
            job = stage.job("estimate", "done")
            stage.until(lambda: tab.work.lacking == 0, "the estimate")
            assert stage.job("estimate", "done").files_total == 6, job.message
            click(tab.go)
            stage.job("watch", "done")
            assert len([name for name in _below(os.path.join(root, "images")) if name != "old.png"]) == 2


def test_a_scene_that_is_chosen_without_a_dcc_tells_what_it_names(home, tmpdir):
    root = folder(tmpdir, "show").replace(os.sep, "/")
    scene = root + "/scenes/city.ma"
    write(os.path.join(root, "sourceimages", "wall.tx"), b"x" * 1000)
    write(scene, b'createNode file -n "file1";\n\tsetAttr ".ftn" -type "string" "sourceimages/wall.tx";\n'
                 b'createNode file -n "file2";\n\tsetAttr ".ftn" -type "string" "sourceimages/gone.tx";\n')
    with LocalFarm(folder(tmpdir)) as farm:
        use_farm(farm)
        with Stage(Host()) as stage:
            tab = stage.page("submit")
            tab.choose_scene(scene)
            tab.frames.setText("1")
            stage.until(lambda: tab.work.lacking == 1, "the estimate")
            card = tab.estimate_card
            assert card.warning_text.text() == "1 file is missing"
            assert "city.ma.line 4" in card.missing.model().index(0, 0).data(3)
            assert card.reason.text() == (
                "sourceimages/gone.tx is missing. Restore it or take it out of the scene.")
            click(tab.anyway)
            assert stage.job("submit", "done", "failed").state == "done"
            assert sorted(name for name in _below(farm.input.root) if "." in name and not name.endswith(".json")) == [
                "city.ma", "wall.tx"]


def test_a_click_before_the_estimate_is_over_is_kept_until_then(home, tmpdir):
    _, host = project(tmpdir)
    with LocalFarm(folder(tmpdir)) as farm, HeldPython(home) as python:
        use_farm(farm, interpreter=python.path)
        with Stage(host) as stage:
            tab = stage.page("submit")
            click(tab.go)
            assert tab.go.text() == "Waits for the check ..."
            python.let_go()
            stage.job("submit")
            stage.job("submit", "done")


def test_a_wrong_key_is_said_where_it_is_typed_and_the_right_one_works(home, tmpdir):
    with LocalFarm(folder(tmpdir)) as farm:
        use_farm(farm, access_key="wrong-wrong-wrong-wrong")
        with Stage(tab="settings") as stage:
            tab = stage.page("settings")
            click(tab.test_button)
            stage.until(lambda: tab.test_button.isEnabled(), "an answer")
            assert "signature" in tab.test_result.text()
            tab.key.setText(farm.access_key)
            click(tab.test_button)
            assert tab.key.text() == ""
            stage.until(lambda: tab.test_button.isEnabled(), "an answer")
            assert tab.test_result.text().startswith("Logged in to 127.0.0.1")
            assert settings.load().get("access_key") == farm.access_key
            assert farm.access_key not in stage.page("log").report()
            assert all(farm.access_key not in (job.params + (job.result or "")) for job in stage.store.jobs())


def test_a_farm_that_is_down_is_a_sentence_and_the_panel_goes_on(home, tmpdir):
    with LocalFarm(folder(tmpdir)) as farm:
        use_farm(farm)
    with Stage(tab="settings") as stage:
        tab = stage.page("settings")
        click(tab.test_button)
        stage.until(lambda: tab.test_result.text() not in ("", "Logging in ..."), "a sentence")
        assert farm.domain in tab.test_result.text()
        assert stage.page("transfers").isVisible()


def test_an_upload_is_held_let_go_and_ended_by_clicks(home, tmpdir):
    _, host = project(tmpdir, 12, 400000)
    with LocalFarm(folder(tmpdir)) as farm:
        use_farm(farm, max_speed=20)  # It goes on for minutes.
        with Stage(host) as stage:
            tab = stage.page("submit")
            stage.until(lambda: tab.work.lacking == 0, "the estimate")
            click(tab.go)
            rows = stage.page("transfers")
            number = stage.job("submit", "running").id
            stage.until(lambda: "pause" in _offered(stage, rows, number), "the row")
            click_row(rows, number, "pause")
            stage.job("submit", "paused")
            stage.until(lambda: "resume" in _offered(stage, rows, number), "the row")
            click_row(rows, number, "resume")
            stage.job("submit", "running")
            stage.until(lambda: "cancel" in _offered(stage, rows, number), "the row")
            click_row(rows, number, "cancel")
            stage.job("submit", "cancelled")


def _offered(stage, rows, number):
    from rayvision_sync.panel import job_texts
    job = stage.link.jobs.get(number)
    return job_texts.actions(job) if job is not None and rows.list.rect_of(number, "cancel") else ()


def test_a_frame_that_was_damaged_is_fetched_again_by_a_click(home, tmpdir):
    scene, host = project(tmpdir, 1)
    with LocalFarm(folder(tmpdir)) as farm:
        use_farm(farm)
        with Stage(host) as stage:
            tab = stage.page("submit")
            stage.until(lambda: tab.work.lacking == 0, "the estimate")
            click(tab.go)
            stage.job("watch", "done")
            frames = stage.page("frames")
            stage.until(lambda: frames.state.text() == "3 of 3 frames here", "the frames")
            frame = frames.grid.frames()[0]
            whole = read(frame.path)
            landed = frame.landed
            click(frames.grid.viewport(), frames.grid.rect_of(0).center())
            click(frames.refetch)
            assert stage.job("refetch", "done", "failed").state == "done"
            assert read(frame.path) == whole
            stage.until(lambda: frames.grid.frames()[0].landed != landed, "the frame's row")
