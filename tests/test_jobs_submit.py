"""Submissions by a real worker: the scene's copy, paths of other systems, what the farm is told."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os

import pytest
from support_farm import read, tree, write
from support_jobs import Site

from rayvision_sync import compat, settings

posix = pytest.mark.skipif(compat.WINDOWS, reason="Windows has drives")


@pytest.fixture
def site(home):
    with Site(home) as found:
        yield found


def result(job):
    return compat.parse_json(job.result)


def stored(site, path):
    return read(os.path.join(site.farm.input.root, *path.strip("/").replace(":", "").split("/")))


def config(site, job, name):
    return json.loads(read(os.path.join(site.farm.config.root, "%d" % job.task_id, "cfg", name)).decode("utf-8"))


def scene_of(site):
    return os.path.join(site.home, "src", "city.ma")


def test_what_was_on_the_disk_is_sent_whatever_is_saved_later(site):
    snapshot = site.snapshot(["/show/gone.exr"])
    before = read(scene_of(site))
    job = site.wait(site.add("submit", snapshot=snapshot, watch=False))
    assert job.state == "failed" and "/show/gone.exr" in job.message
    write(scene_of(site), b"saved meanwhile, and not what was scanned")
    assert site.client.send_anyway(job.id)
    assert site.wait(job.id).state == "done"
    assert stored(site, scene_of(site)) == before
    assert read(scene_of(site)).startswith(b"saved meanwhile")


def test_a_scene_that_was_moved_away_is_still_sent_when_the_job_goes_on(site):
    job = site.wait(site.add("submit", snapshot=site.snapshot(["/show/gone.exr"]), watch=False))
    os.remove(scene_of(site))
    assert site.client.send_anyway(job.id)
    job = site.wait(job.id)
    assert job.state == "done"
    assert config(site, job, "task.json")["task_info"]["input_cg_file"] == scene_of(site)


@posix
def test_a_killed_submission_goes_on_with_the_copy_that_it_has(site):
    snapshot = site.snapshot()
    write(scene_of(site), b"a" * (4 << 20))
    job = site.moving(site.add("submit", snapshot=snapshot, max_speed=50, watch=False))
    site.kill(job.id)
    write(scene_of(site), b"saved meanwhile")
    assert site.wait(job.id).state == "interrupted"
    with site.client.store.write() as db:
        site.client.store.update(db, job.id, max_speed=None)
    assert site.client.resume(job.id)
    job = site.wait(job.id)
    assert job.state == "done", job
    assert stored(site, scene_of(site)) == b"a" * (4 << 20)
    assert [row["id"] for row in site.farm.store.rows("SELECT id FROM task")] == [job.task_id]


def test_a_copy_that_the_host_wrote_is_sent_under_the_scenes_name(site):
    copy = os.path.join(site.home, "copies", "1", "city.ma")
    snapshot = site.snapshot()
    write(copy, b"// not saved yet")
    job = site.wait(site.add("submit", snapshot=snapshot, scene_copy=copy, watch=False))
    assert job.state == "done" and stored(site, scene_of(site)) == b"// not saved yet"
    assert read(scene_of(site)) == b"//Maya ASCII 2018 scene" and not os.path.exists(copy)


def test_a_scene_that_is_sent_again_is_skipped(site):
    snapshot = site.snapshot()
    assert result(site.wait(site.add("submit", snapshot=snapshot, watch=False)))["sent"] == 1
    again = result(site.wait(site.add("submit", snapshot=snapshot, watch=False)))
    assert (again["sent"], again["skipped"]) == (0, 1)


def test_a_scene_that_is_not_there_is_a_sentence(site):
    snapshot = site.snapshot()
    os.remove(scene_of(site))
    job = site.wait(site.add("submit", snapshot=snapshot))
    assert job.state == "failed" and job.message == "The scene %s does not exist: nothing was sent." % scene_of(site)


# ---------------------------------------------------------------- paths of other systems

@posix
def test_frames_of_a_windows_scene_land_where_the_mapping_says(site):
    settings.save({"path_mapping": [["P:/", os.path.join(site.home, "projects")]]})
    snapshot = site.snapshot(output_folder="P:\\show\\images", layers=["beauty", "shadow"], frames=(1, 2))
    job = site.wait(site.add("submit", snapshot=snapshot, poll_s=0.2))
    watch = site.wait(result(job)["watch"])
    assert watch.state == "done", watch
    landed = os.path.join(site.home, "projects", "show", "images")
    assert tree(landed) == ["%s/city_%s.%04d.png" % (layer, layer, number) for layer in ("beauty", "shadow")
                            for number in (1, 2)]
    told = [event for event in site.client.events() if event.kind == "frames"]
    assert told and set((event.job, event.text) for event in told) == set([(watch.id, landed)])


def test_sub_folders_are_built_anew_and_a_frame_of_the_artists_own_is_kept(site):
    images = os.path.join(site.home, "images")
    own = os.path.join(images, "aov", "city_beauty.0002.png")
    write(own, b"painted over")
    job = site.wait(site.add("submit", snapshot=site.snapshot(layers=["beauty"]), prefix="aov/<Scene>_<RenderLayer>",
                             poll_s=0.2))
    watch = site.wait(result(job)["watch"])
    assert watch.state == "done" and read(own) == b"painted over", watch
    assert [name for name in tree(images) if "_farm" not in name] == [
        "aov/city_beauty.%04d.png" % number for number in (1, 2, 3)]
    assert "aov/city_beauty_farm.0002.png" in tree(images)


@posix
def test_a_windows_scene_is_found_here_and_keeps_its_name_on_the_farm(site):
    projects = os.path.join(site.home, "projects")
    settings.save({"path_mapping": {"P:/": projects}})
    write(os.path.join(projects, "show", "city.ma"), b"// windows")
    write(os.path.join(projects, "show", "wall.exr"), b"exr")
    snapshot = site.snapshot(["P:\\show\\wall.exr"], scene="P:/show/city.ma", output_folder="P:/show/images")
    job = site.wait(site.add("submit", snapshot=snapshot, poll_s=0.2))
    assert job.state == "done", job
    assert site.wait(result(job)["watch"]).message.startswith("3 of 3 frames here")
    assert stored(site, "/P/show/city.ma") == b"// windows" and stored(site, "/P/show/wall.exr") == b"exr"
    assert config(site, job, "task.json")["task_info"]["input_cg_file"] == "P:/show/city.ma"
    assert len(os.listdir(os.path.join(projects, "show", "images"))) == 3


@posix
@pytest.mark.parametrize("output", ["P:/show/images", "\\\\nas\\show\\images", "//nas/show/images"])
def test_an_output_folder_that_cannot_be_here_stops_before_anything_is_sent(site, output):
    job = site.wait(site.add("submit", snapshot=site.snapshot(output_folder=output)))
    assert job.state == "failed" and output in job.message and "path_mapping" in job.message
    assert site.farm.store.rows("SELECT id FROM task") == [] and site.stored() == {}


def test_a_wrong_mapping_stops_before_anything_is_sent(site):
    settings.save({"path_mapping": [["P:/", "Q:/"]]})
    job = site.wait(site.add("submit", snapshot=site.snapshot()))
    assert job.state == "failed" and "path_mapping cannot be used" in job.message and site.stored() == {}


def test_a_relative_output_folder_is_the_projects(site):
    snapshot = site.snapshot(output_folder="images/final", project=os.path.join(site.home, "show"))
    job = site.wait(site.add("submit", snapshot=snapshot, poll_s=0.2))
    assert site.wait(result(job)["watch"]).state == "done"
    assert len(os.listdir(os.path.join(site.home, "show", "images", "final"))) == 3


# ---------------------------------------------------------------- what the farm is told

def test_the_farm_is_told_what_the_host_told(site):
    paths = site.files(2, 10)
    snapshot = site.snapshot(
        paths + ["/show/gone.exr"], layers=["beauty"], cameras=["shotCam"], renderer="arnold",
        plugins={"mtoa": "5.3.4"}, width=64, height=36, project=site.home,
        details={"cameras": ["shotCam"],
                 "layers": {"beauty": {"cameras": ["beautyCam"]}, "off": {"renderable": False}}},
        troubles=[{"node": "bad1", "reason": "It has no plug."}])
    job = site.wait(site.add("submit", snapshot=snapshot, send_anyway=True, poll_s=0.2))
    assert job.state == "done" and "1 missing" in job.message, job
    task = config(site, job, "task.json")
    assert task["software_config"] == {"cg_name": "Maya", "cg_version": "2024", "plugins": {"mtoa": "5.3.4"}}
    assert task["task_info"]["input_project_path"] == site.home
    layers = task["scene_info_render"]
    assert [(name, layers[name]["renderable"]) for name in sorted(layers)] == [("beauty", "1"), ("off", "0")]
    common = layers["beauty"]["common"]
    assert (common["width"], common["renderer"], common["render_camera"]) == ("64", "arnold", ["beautyCam"])
    tips = config(site, job, "tips.json")
    assert tips["50001"] == ["Nodes: file2.fileTextureName  File name: /show/gone.exr  miss file: /show/gone.exr"]
    assert "bad1: It has no plug." in tips["999"]
    assert config(site, job, "asset.json") == {
        "found": {"file0": [paths[0]], "file1": [paths[1]]}, "missing": {"file2": ["/show/gone.exr"]}}
    assert site.wait(result(job)["watch"]).message.startswith("3 of 3 frames here")


def test_what_the_artist_chose_wins_in_the_job(site):
    snapshot = site.snapshot(layers=["beauty"], cameras=["newCam"], width=32, height=16, details={
        "cameras": ["shotCam"], "width": 64, "height": 36, "layers": {"beauty": {"cameras": ["a"], "width": 64}}})
    job = site.wait(site.add("submit", snapshot=snapshot, watch=False))
    common = config(site, job, "task.json")["scene_info_render"]["beauty"]["common"]
    assert (common["width"], common["height"], common["render_camera"]) == ("32", "16", ["newCam"])
