# -*- coding: utf-8 -*-
"""The commands submit, tasks, download, watch and farm."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import signal
import sys

import pytest
from support_cli import (CONTROL, ID, KEY, Place, events, finish, folder, manifest, one_line, posix, report, run, start,
                         stop, until)
from support_farm import tree, write
from support_limits import SOON_S

from rayvision_sync import compat, words
from rayvision_sync.api import RayvisionAPI
from rayvision_sync.farm import LocalFarm

UNKNOWN = "99999999"


@pytest.fixture(scope="module")
def place(tmpdir_factory):
    made = Place(os.path.join(compat.text(tmpdir_factory.mktemp("farm").strpath), "farm"))
    with made.farm:
        yield made


def scene(tmpdir, name="scenes/city 城市.ma"):
    """Write a scene and a texture; returns the scene's path."""
    project = folder(tmpdir)
    write("%s/%s" % (project, name), b"//Maya ASCII")
    write("%s/wall's $(x).tx" % project, b"x" * 100)
    return "%s/%s" % (project, name)


def submit(place, path, *more):
    return run("submit", "--scene", path, "--frames", "1-2", "--width", "64", "--height", "36", "--farm", place.root,
               *more)


def count_tasks(place):
    return len(place.farm.store.rows("SELECT id FROM task"))


def config(place, task, name="task.json"):
    with io.open(os.path.join(place.farm.config.root, "%d" % task, "cfg", name), encoding="utf-8") as source:
        return json.load(source)


def created(result):
    """Return the number of the task that a --json submission created."""
    return [event for event in events(result) if event["event"] == "created"][0]["task_id"]


def test_a_scene_is_submitted_and_followed_to_its_last_frame(place, tmpdir, home):
    target = folder(tmpdir, "images")
    result = submit(place, scene(tmpdir), folder(tmpdir), "--layer", "beauty", "--layer", "shadow", "--watch",
                    "--interval", "0.2", "--local-path", target, "--flat", "--name", "show")
    assert (result.code, result.err) == (0, "")
    assert not CONTROL.search(result.out)
    assert tree(target) == ["beauty/city 城市_beauty.0001.png", "beauty/city 城市_beauty.0002.png",
                            "shadow/city 城市_shadow.0001.png", "shadow/city 城市_shadow.0002.png"]
    lines = result.out.splitlines()
    assert [line for line in lines if line.startswith("Done in") and "2 sent" in line]
    assert [line for line in lines if line.startswith("Task 1000") and "was submitted" in line]
    assert "4 fetched" in lines[-1] and lines[-1].endswith(", 0 failed, into %s." % target)


def test_a_submission_tells_machines_its_number_and_ends_with_the_report(place, tmpdir, home):
    path = scene(tmpdir)
    upload_json = manifest(folder(tmpdir), [(name, name) for name in (path, folder(tmpdir) + "/wall's $(x).tx")],
                           "assets of city.json")
    result = submit(place, path, "--manifest", upload_json, "--json")
    assert result.code == 0 and result.err == ""
    kinds = [event["event"] for event in events(result) if event["event"] != "progress"]
    assert kinds == ["begin", "created", "plan", "done", "done", "submitted", "report"]
    assert report(result)["sent"] == 2
    info = config(place, created(result))
    assert info["task_info"]["input_cg_file"] == path and info["task_info"]["cg_id"] == "2000"
    assert len(config(place, created(result), "upload.json")["asset"]) == 2


def test_missing_assets_stop_a_submission_before_a_task_is_created(place, tmpdir, home):
    path = scene(tmpdir)
    gone = folder(tmpdir) + "/gone.tx"
    upload_json = manifest(folder(tmpdir), [(name, name) for name in (path, gone)])
    before = count_tasks(place)
    result = submit(place, path, "--manifest", upload_json)
    assert result.code == 1 and one_line(result.err) == (
        "1 asset is missing: %s. No task was created. Restore what is missing, or add --send-anyway." % gone)
    assert result.out == "" and count_tasks(place) == before
    told = submit(place, path, "--manifest", upload_json, "--json")
    assert [event["event"] for event in events(told)] == ["begin", "missing", "error", "report"]
    assert report(told)["missing"] == 1 and count_tasks(place) == before


def test_an_interrupted_submission_goes_on_with_its_number(place, tmpdir, home):
    path = scene(tmpdir)
    gone = folder(tmpdir) + "/gone.tx"
    upload_json = manifest(folder(tmpdir), [(name, name) for name in (path, gone)])
    api = RayvisionAPI(ID, KEY, domain=place.farm.domain, platform="2", protocol="http")
    number = "%d" % api.task.create_task()["taskIdList"][0]
    before = count_tasks(place)
    result = submit(place, path, "--manifest", upload_json, "--task-id", number)
    assert result.code == 1 and result.out.count("gone.tx is missing") == 1
    assert "Task %s was created but not submitted: run the same command with --task-id %s." % (number, number) in (
        one_line(result.err))
    write(gone, b"here again")
    result = submit(place, path, "--manifest", upload_json, "--task-id", number)
    assert result.code == 0 and "Task %s was submitted." % number in result.out
    assert count_tasks(place) == before


def test_a_number_that_cannot_be_submitted_is_told_with_what_to_do(place, tmpdir, home):
    path = scene(tmpdir)
    before = count_tasks(place)
    assert one_line(submit(place, path, folder(tmpdir), "--task-id", "77").err) == (
        "The farm does not know task 77: check the number, or whether it was deleted. Without --task-id, a new task "
        "is made.")
    assert count_tasks(place) == before and not os.path.exists(os.path.join(place.farm.config.root, "77"))
    number = created(submit(place, path, folder(tmpdir), "--json"))
    again = submit(place, path, folder(tmpdir), "--task-id", "%d" % number)
    assert (again.code, again.out) == (1, "") and one_line(again.err) == (
        "Task %d is submitted already: its frames can be fetched. Run watch %d, or download %d for what is there now."
        % (number, number, number))


def test_missing_assets_are_accepted_if_told(place, tmpdir, home):
    path = scene(tmpdir)
    upload_json = manifest(folder(tmpdir), [(name, name) for name in (path, folder(tmpdir) + "/gone.tx")])
    result = submit(place, path, "--manifest", upload_json, "--send-anyway", "--json")
    assert result.code == 1  # Not everything is there.
    assert "submitted" in [event["event"] for event in events(result)]
    assert report(result)["missing"] == 1


def test_upload_and_frames_are_summed_up_apart(place, tmpdir, home):
    path = scene(tmpdir)
    upload_json = manifest(folder(tmpdir), [(name, name) for name in (path, folder(tmpdir) + "/gone.tx")])
    more = ("--manifest", upload_json, "--send-anyway", "--watch", "--local-path", folder(tmpdir, "images"))
    result = submit(place, path, *more)
    assert result.code == 1 and result.out.count("gone.tx is missing") == 1
    sums = [line for line in result.out.splitlines() if " failed" in line and line.startswith(("Done", "Ended"))]
    assert len(sums) == 2 and "1 sent" in sums[0] and "1 missing" in sums[0]
    assert sums[1].startswith("Done in ") and "2 fetched" in sums[1] and "0 already here, 0 failed" in sums[1]
    result = submit(place, path, "--json", *more)
    assert result.code == 1 and report(result)["missing"] == 1 and report(result)["sent"] == 2


def test_failed_frames_are_no_success(tmpdir, home):
    root = os.path.join(folder(tmpdir), "farm")
    path = scene(tmpdir)
    script = "import os, sys; frame = sys.argv[2]; frame != '2' or sys.exit(3); open(sys.argv[1], 'w').write('x')"
    render = "\"%s\" -c \"%s\" {output} {frame}" % (sys.executable, script)
    with LocalFarm(root, access_id=ID, access_key=KEY, render=render):
        result = run("submit", "--scene", path, "--frames", "1-3", "--farm", root, "--watch", "--local-path",
                     folder(tmpdir, "images"), os.path.dirname(path))
    assert result.code == 1 and "Task 10000001: 1 frame failed on the farm (2). Frame 2: " in result.out
    log = result.out.partition(" Its log is ")[2].partition(". Restart failed frames in the panel's Frames tab.")[0]
    with io.open(log, encoding="utf-8") as lines:
        assert sys.executable in lines.readline()
    assert "2 fetched" in result.out and "1 failed, into" in result.out


def test_a_scene_that_is_no_asset_creates_no_task(place, tmpdir, home):
    path = scene(tmpdir)
    texture = folder(tmpdir) + "/wall's $(x).tx"
    before = count_tasks(place)
    result = submit(place, path, "--manifest", manifest(folder(tmpdir), [(texture, texture)]))
    assert result.code == 1
    assert path in one_line(result.err) and "not among the assets" in result.err
    assert submit(place, path + ".none", folder(tmpdir)).code == 1
    assert submit(place, texture, folder(tmpdir)).code == 1  # No scene's ending.
    assert count_tasks(place) == before


def test_tasks_are_listed(place, tmpdir, home):
    number = created(submit(place, scene(tmpdir), folder(tmpdir), "--json"))
    result = run("tasks", "--farm", place.root)
    assert result.code == 0
    assert [line for line in result.out.splitlines() if line.startswith("%d " % number) and "city 城市.ma" in line]
    told = [event for event in events(run("tasks", "%d" % number, "--farm", place.root, "--json"))]
    assert told[0]["task_id"] == number and told[0]["frames"] == 2 and told[-1]["event"] == "report"
    result = run("tasks", UNKNOWN, "--farm", place.root)
    assert result.code == 1 and UNKNOWN in one_line(result.err)


def test_a_task_that_is_not_submitted_yet_says_so(place, tmpdir, home):
    api = RayvisionAPI(ID, KEY, domain=place.farm.domain, platform="2", protocol="http")
    number = "%d" % api.task.create_task()["taskIdList"][0]
    listed = run("tasks", number, "--farm", place.root).out.splitlines()[1]
    assert listed.split() == [number, "not", "submitted", "yet", "-", "-"]
    assert events(run("tasks", number, "--farm", place.root, "--json"))[0]["state"] == "not submitted yet"
    process = start("watch", number, "--farm", place.root, "--local-path", folder(tmpdir, "images"),
                    "--interval", "0.1")
    assert until(process, "--task-id")[-2:] == [
        "Task %s: not submitted yet\n" % number,
        "It is waited for. To submit it, run the submit command with --task-id %s.\n" % number]
    assert submit(place, scene(tmpdir), folder(tmpdir), "--task-id", number).code == 0
    result = finish(process)
    assert result.code == 0 and result.out.count("--task-id") == 0 and "2 fetched" in result.out


def test_frames_are_watched_then_downloaded(place, tmpdir, home):
    number = created(submit(place, scene(tmpdir), folder(tmpdir), "--json"))
    target = folder(tmpdir, "dl")
    result = run("watch", number, "--farm", place.root, "--local-path", target, "--interval", "0.1", "--json",
                 "--after-completed")
    assert result.code == 0 and report(result)["sent"] == 2
    names = ["%d_city 城市/city 城市.000%d.png" % (number, frame) for frame in (1, 2)]
    assert tree(target) == names
    again = run("download", number, "--farm", place.root, "--local-path", target)
    assert again.code == 0 and "0 fetched (0 bytes), 2 already here, 0 failed, into %s." % target in again.out
    other = folder(tmpdir, "other")
    by_path = run("download", "--server-path", names[0], "--farm", place.root, "--local-path", other, "--json")
    assert by_path.code == 0 and report(by_path)["sent"] == 1
    nothing = run("download", "--server-path", "no such folder", "--farm", place.root, "--local-path", other)
    assert nothing.code == 1 and "no such folder" in nothing.out


def test_a_file_of_the_artist_is_kept_and_named(place, tmpdir, home):
    number = created(submit(place, scene(tmpdir), folder(tmpdir), "--json"))
    target = folder(tmpdir, "dl")
    own = os.path.join(target, "city 城市.0001.png")
    write(own, b"painted over")
    result = run("watch", number, "--farm", place.root, "--local-path", target, "--flat", "--interval", "0.1")
    assert result.code == 0 and own in result.out and "kept" in result.out
    with io.open(own, "rb") as source:
        assert source.read() == b"painted over"
    assert len(tree(target)) == 3
    assert "1 file of yours was kept:\n  %s (the farm's version: " % own in result.out
    other = [os.path.join(target, name) for name in tree(target) if ".0002." in name][0]
    write(other, b"painted over, too")
    result = run("download", number, "--farm", place.root, "--local-path", target, "--flat")
    assert "2 files of yours were kept:" in result.out and "  %s\n" % other in result.out


@pytest.mark.parametrize("command", ["download", "watch"])
def test_an_unknown_task_is_an_error(place, tmpdir, home, command):
    more = ["--interval", "0.1"] if command == "watch" else []
    result = run(command, UNKNOWN, "--farm", place.root, "--local-path", folder(tmpdir), *more)
    assert result.code == 1 and UNKNOWN in one_line(result.err)


@posix
def test_ctrl_c_ends_a_watch(place, tmpdir, home):
    api = RayvisionAPI(ID, KEY, domain=place.farm.domain, platform="2", protocol="http")
    number = api.task.create_task()["taskIdList"][0]  # Never submitted: it would be watched for ever.
    process = start("watch", number, "--farm", place.root, "--local-path", folder(tmpdir), "--json")
    until(process, '"task"')
    result, seconds = stop(process, signal.SIGINT)
    assert result.code == 130 and seconds < SOON_S
    assert report(result)["sent"] == 0


@posix
def test_ctrl_c_in_a_submission_that_watches_tells_the_way_on(tmpdir, home):
    root, path, target = os.path.join(folder(tmpdir), "farm"), scene(tmpdir), folder(tmpdir, "images")
    with LocalFarm(root, access_id=ID, access_key=KEY, frame_seconds=3600):
        process = start("submit", "--scene", path, "--frames", "1-2", "--farm", root, os.path.dirname(path), "--watch",
                        "--local-path", target, "--flat")
        until(process, "Task 10000001 city")
        result = stop(process, signal.SIGINT)[0]
    way = ("The farm goes on with task 10000001. To fetch its frames, run watch 10000001 with the same --farm, "
           "--local-path and --flat.")
    assert result.code == 130 and result.out.splitlines()[-1] == way


@posix
def test_a_farm_runs_until_ctrl_c_and_hides_its_key(tmpdir, home):
    root = os.path.join(folder(tmpdir), "my farm")
    process = start("farm", "--root", root, "--access-id", ID, "--access-key", KEY)
    until(process, "Local farm on http://127.0.0.1:")
    if os.path.isdir("/proc/self"):
        with io.open("/proc/%d/cmdline" % process.pid, "rb") as arguments:
            shown = arguments.read().decode("utf-8")
        assert ID in shown and KEY not in shown
    assert run("tasks", "--farm", root).code == 0
    result, seconds = stop(process, signal.SIGINT)
    assert result.code == 0 and seconds < SOON_S
    assert KEY not in result.out + result.err
    result = run("tasks", "--farm", root)
    assert result.code == 1 and one_line(result.err) == (
        "The local farm in %s does not run. Start it: python -m rayvision_sync farm --root %s" % (
            root, words.argument(root)))


@posix
def test_a_farm_takes_its_key_from_the_environment(tmpdir, home):
    root = os.path.join(folder(tmpdir), "farm")
    process = start("farm", "--root", root, "--access-id", ID, "--json", environ={"RAYVISION_API_KEY": KEY})
    until(process, "Local farm on")
    with io.open(os.path.join(root, "farm.json"), encoding="utf-8") as source:
        assert json.load(source)["access_key"] == KEY
    second = run("farm", "--root", root)
    assert second.code == 1 and "runs on" in one_line(second.err)
    assert stop(process, signal.SIGTERM)[0].code == 0


def test_a_farm_that_cannot_listen_says_so(place, tmpdir, home):
    result = finish(start("farm", "--root", os.path.join(folder(tmpdir), "farm"), "--port", place.farm.port))
    assert result.code == 1 and "in use" in one_line(result.err)
    assert os.listdir(folder(tmpdir)) == []


def test_a_farm_that_cannot_render_or_has_no_folder_does_not_begin(tmpdir, home):
    root = os.path.join(folder(tmpdir), "farm")
    result = run("farm", "--root", root, "--render", "nosuchblender -b {scene} -o {output}")
    assert result.code == 1 and "nosuchblender is in no folder of PATH" in one_line(result.err)
    assert os.listdir(folder(tmpdir)) == []
    write(root, b"a file")
    result = run("farm", "--root", root)
    assert result.code == 1 and one_line(result.err).endswith("it is a file. Name another folder.")


def test_a_local_farm_that_was_killed_is_started_again_by_what_is_said(tmpdir, home):
    root = os.path.join(folder(tmpdir), "my farm")
    with LocalFarm(root, access_id=ID, access_key=KEY) as farm:
        found = farm.domain
        with io.open(os.path.join(root, "farm.json"), encoding="utf-8") as source:
            kept = source.read()
    with io.open(os.path.join(root, "farm.json"), "w", encoding="utf-8") as target:
        target.write(kept)  # As a farm leaves it that could not end.
    result = run("tasks", "--farm", root)
    assert result.code == 1 and one_line(result.err) == (
        "%s cannot be reached: start the local farm again (python -m rayvision_sync farm --root %s)." % (
            found, words.argument(root)))
