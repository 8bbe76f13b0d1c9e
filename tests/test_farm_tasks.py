# coding: utf-8
"""The local farm's tasks: from task.json to frames, stop and start, trees, paths."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import sys

import pytest
from support_farm import Farm, Refused, folder, read, script, task_json, tree, write
from support_jobs import until

from rayvision_sync import compat, png
from rayvision_sync.errors import FarmError, SettingsError
from rayvision_sync.farm import LocalFarm, ranges
from rayvision_sync.farm import command as farm_command

STUBBORN = [
    "import os, signal, subprocess, sys, time",
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
    "code = 'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)'",
    "child = subprocess.Popen([sys.executable, '-c', code])",
    "with open(sys.argv[1] + '.tmp', 'w') as pids: pids.write('%d %d' % (os.getpid(), child.pid))",
    "os.rename(sys.argv[1] + '.tmp', sys.argv[1])",
    "time.sleep(600)"]


@pytest.fixture
def farm(tmpdir):
    with Farm(folder(tmpdir)) as running:
        yield running


def command(tmpdir, *lines, **more):
    """Return a render command that runs a Python script with ``{scene} {frame} {output}``."""
    path = script(folder(tmpdir, more.get("name", "render.py")), lines)
    return '"%s" %s %s' % (sys.executable, path, more.get("arguments", "{scene} {frame} {output}"))


def test_a_task_is_rendered_to_real_pictures(farm):
    task = farm.task(frames="8-10[1]")
    item = farm.wait(task)
    assert (item["taskStatus"], item["statusText"], item["isOpen"]) == (25, "done", 0)
    assert (item["totalFrames"], item["doneFrames"], item["failedFrames"]) == (3, 3, 0)
    assert item["outputFileName"] == "%d_city" % task
    assert item["framesRange"] == "8-10[1]" and item["sceneName"] == "city.ma" and item["projectName"] == "show"
    assert item["startTime"] <= item["completedDate"]
    assert farm.outputs() == ["%d_city/city.%04d.png" % (task, frame) for frame in (8, 9, 10)]
    pictures = [read(os.path.join(farm.farm.output.root, name)) for name in farm.outputs()]
    assert len(set(pictures)) == 3
    assert [png.decode(picture)[:2] for picture in pictures] == [(64, 36)] * 3
    frames = farm.client("queryTaskFrames", taskId=task, pageNum=1, pageSize=2)
    assert [(f["frameIndex"], f["frameStatus"]) for f in frames["items"]] == [("8", 4), ("9", 4)]
    assert (frames["total"], frames["pageCount"], frames["pageNum"]) == (3, 2, 1)
    assert farm.client("queryTaskFrames", taskId=task, pageNum=3, pageSize=2)["items"] == []
    assert farm.client("queryAllFrameStats")["doneFramesTotal"] == 3


def test_a_layered_task_is_a_tree_whose_leaves_carry_the_outputs(farm):
    task = farm.task(layers=("beauty", "shadow:ns"), frames="1-2[1]")
    item = farm.wait(task)
    assert (item["taskStatus"], item["isOpen"], item["outputFileName"]) == (25, 1, "%d_city" % task)
    assert (item["totalFrames"], item["doneFrames"]) == (4, 4)
    layers = item["respRenderingTaskList"]
    assert [layer["layerName"] for layer in layers] == ["beauty", "shadow:ns"]
    assert [layer["outputFileName"] for layer in layers] == ["%d_city/beauty" % task, "%d_city/shadow_ns" % task]
    assert [layer["isOpen"] for layer in layers] == [0, 0]
    assert farm.outputs("%d_city" % task) == [
        "beauty/city_beauty.0001.png", "beauty/city_beauty.0002.png",
        "shadow_ns/city_shadow_ns.0001.png", "shadow_ns/city_shadow_ns.0002.png"]
    assert farm.client.task(layers[0]["id"])["doneFrames"] == 2
    listed = farm.client("getTaskList", pageNum=1, pageSize=10)
    assert [found["id"] for found in listed["items"]] == [task]


def test_prefixes_and_hidden_layers_are_honoured(farm):
    content = task_json("/show/a.ma", "1", ("beauty", "off"), image_file_prefix="<Scene>/../x:y/<RenderLayer>")
    content["scene_info_render"]["off"] = {"renderable": "0"}
    write(os.path.join(farm.farm.input.root, "show", "a.ma"), b"x")
    task = farm.client("createTask", count=1, taskUserLevel=50)["taskIdList"][0]
    farm.client("taskJsonFile", taskId=task, fileName="task.json", content=json.dumps(content))
    farm.client("submit", taskId=task)
    assert farm.wait(task)["isOpen"] == 0
    assert farm.outputs() == ["%d_a/a/x_y/beauty.0001.png" % task]


def test_a_config_file_that_came_through_the_storage_is_used(farm):
    task = farm.client("createTask", count=2, taskUserLevel=60)["taskIdList"][1]
    write(os.path.join(farm.farm.input.root, "D", "a.ma"), b"x")
    write(os.path.join(farm.farm.config.root, "%d" % task, "cfg", "task.json"),
          b"\xef\xbb\xbf" + json.dumps(task_json("D:/a.ma", "4")).encode("ascii"))
    farm.client("submit", taskId=task)
    assert farm.wait(task)["taskStatus"] == 25


def test_the_four_config_files_are_kept_as_they_came(farm):
    task = farm.client("createTask", count=1, taskUserLevel=50)["taskIdList"][0]
    for name in ("task.json", "upload.json", "asset.json", "tips.json"):
        farm.client("taskJsonFile", taskId=task, fileName=name, content='{"城": "%s"}' % name)
    assert tree(farm.farm.config.root) == ["%d/cfg/%s" % (task, name) for name in (
        "asset.json", "task.json", "tips.json", "upload.json")]
    kept = read(os.path.join(farm.farm.config.root, "%d" % task, "cfg", "tips.json"))
    assert kept.decode("utf-8") == '{"城": "tips.json"}'


@pytest.mark.parametrize("content, word", [
    (None, "no task.json"), ("{", "not valid JSON"), ("[1]", "task_info"), ('{"task_info": {}}', "scene"),
    ('{"task_info": {"input_cg_file": "/a.ma"}}', "scene_info_render"),
    (json.dumps(task_json("../../etc/passwd")), "absolute"), (json.dumps(task_json("/a\u0000b\ud800")), "refused"),
    (json.dumps(task_json("/a.ma", "")), "names no frames"), (json.dumps(task_json("/a.ma", "10-1")), "no frame"),
    (json.dumps(task_json("/a.ma", "1-x")), "no frame range"),
    (json.dumps(task_json("/a.ma", "1-9999999")), "too many"),
    (json.dumps(task_json("/a.ma", width="-1")), "width"), (json.dumps(task_json("/a.ma", layers=())), "no layer"),
    ("[" * 100000, "not valid JSON"), (json.dumps(task_json("/a.ma", height={"a": 1})), "height")])
def test_a_task_that_cannot_be_rendered_is_refused_with_the_reason(farm, content, word):
    task = farm.client("createTask", count=1, taskUserLevel=50)["taskIdList"][0]
    if content is not None:
        farm.client("taskJsonFile", taskId=task, fileName="task.json", content=content)
    with pytest.raises(Refused) as refused:
        farm.client("submit", taskId=task)
    assert refused.value.code == 620
    assert word in refused.value.message
    assert farm.client.task(task)["taskStatus"] == 0


def test_a_task_is_submitted_once(farm):
    task = farm.task(frames="1")
    with pytest.raises(Refused) as refused:
        farm.client("submit", taskId=task)
    assert refused.value.code == 621


def test_a_scene_that_is_not_there_fails_the_task_and_it_can_be_started_later(farm):
    task = farm.task(scene="/show/missing.ma", present=False)
    item = farm.wait(task)
    assert item["taskStatus"] == 45
    assert "/show/missing.ma" in item["statusText"]
    write(os.path.join(farm.farm.input.root, "show", "missing.ma"), b"x")
    farm.client("startTask", taskIds=[task])
    assert farm.wait(task, 25)["doneFrames"] == 3


@pytest.mark.parametrize("name", ["城市 v1", "it's", "$(touch x)", "a `b`;&|", "-rf", "nul", " . ", "a%sb{frame}"])
def test_odd_names_go_through_as_themselves(tmpdir, name):
    render = command(tmpdir, "import sys, shutil", "shutil.copy(sys.argv[1], sys.argv[3])")
    with Farm(folder(tmpdir, "the farm"), render=render) as farm:
        scene = "/show/%s.ma" % name
        task = farm.task(scene=scene, frames="1", layers=("b", name))
        item = farm.wait(task)
        assert item["taskStatus"] == 25, farm.watch.lines
        assert item["sceneName"] == "%s.ma" % name
        outputs = farm.outputs()
        assert len(outputs) == 2
        assert read(os.path.join(farm.farm.output.root, outputs[0])) == b"//Maya ASCII"
        listed = farm.client("files", treePath="/", taskId=item["respRenderingTaskList"][0]["id"])
        assert len(listed) == 1
        assert listed[0]["filePath"].lstrip("/") in outputs


@pytest.mark.parametrize("path", ["..", "/..", "/../..", "/a/../..", "//etc", "/etc/passwd", "C:/", "/C:/x", "\\..\\..",
                                  "/\u0000", "a" * 4000, "/work", "/%2e%2e"])
def test_no_path_leads_out_of_the_outputs(farm, path):
    write(os.path.join(farm.farm.root, "secret.txt"), b"x")
    answer = farm.client.answer("files", treePath=path)
    assert answer["code"] in (200, 601)
    assert not answer["data"]


def test_links_out_of_the_outputs_are_not_followed(farm):
    os.symlink(farm.farm.root, os.path.join(farm.farm.output.root, "out"))
    assert farm.client("files", treePath="/") == []
    for name in ("/out", "/out/config"):
        assert farm.client.answer("files", treePath=name)["code"] == 601


def test_files_and_folders_are_listed_with_size_and_time(farm):
    task = farm.task(frames="1")
    farm.wait(task)
    top = farm.client("files", treePath="/")
    assert [(entry["fileName"], entry["directory"]) for entry in top] == [("%d_city" % task, True)]
    inside = farm.client("files", treePath=top[0]["filePath"])
    assert farm.client("files", treePath="/", taskId=task) == inside
    path = os.path.join(farm.farm.output.root, "%d_city" % task, "city.0001.png")
    assert (inside[0]["fileSize"], inside[0]["fileType"]) == (os.path.getsize(path), "png")
    assert inside[0]["directory"] is False
    assert abs(inside[0]["lastModify"] - os.path.getmtime(path) * 1000) < 2


def test_a_stopped_task_keeps_its_frames_and_goes_on_when_started(tmpdir):
    with Farm(folder(tmpdir), frame_seconds=600) as farm:
        task = farm.task()
        farm.wait(task, 5)
        farm.client("stopTask", taskIds=[task])
        item = farm.wait(task, 10)
        farm.watch.until(lambda: farm.client.task(task)["executingFrames"] == 0)
        assert (item["taskStatus"], item["doneFrames"]) == (10, 0)
        farm.farm.loop._frame_seconds = 0
        farm.client("startTask", taskIds=[task])
        assert farm.wait(task)["taskStatus"] == 25


def test_failed_frames_are_shown_and_rendered_again(tmpdir):
    flag = folder(tmpdir, "mended")
    render = command(tmpdir, "import os, sys", "print('rendering frame ' + sys.argv[2])",
                     "if sys.argv[2] == '2' and not os.path.exists(%r): sys.exit(3)" % str(flag),
                     "open(sys.argv[3], 'wb').write(b'frame ' + sys.argv[2].encode())")
    with Farm(folder(tmpdir), render=render) as farm:
        task = farm.task()
        item = farm.wait(task)
        assert (item["taskStatus"], item["doneFrames"], item["failedFrames"]) == (30, 2, 1)
        frame = farm.client("queryTaskFrames", taskId=task)["items"][1]
        assert frame["frameStatus"] == 5
        assert "code 3" in frame["frameStatusText"]
        said, path = item["statusText"].rstrip(".").split(" Its log is ")
        assert said == "Frame 2: %s" % frame["frameStatusText"] and b"rendering frame 2" in read(path)
        log = farm.client("showLog", id=frame["id"], pageNum=1, pageSize=1, renderingType="render")
        assert "rendering frame 2" in log
        write(flag, b"")
        farm.client("recommitTasks", taskIds=[task])
        item = farm.wait(task, 25)
        assert (item["doneFrames"], item["statusText"]) == (3, "done")
        path = os.path.join(farm.farm.output.root, "%d_city" % task, "city.0002.png")
        assert read(path) == b"frame 2"


def test_a_done_frame_is_rendered_again_in_place(farm):
    task = farm.task(frames="1-2[1]")
    farm.wait(task)
    path = os.path.join(farm.farm.output.root, "%d_city" % task, "city.0001.png")
    before = read(path)
    write(path, b"spoilt")
    frame = farm.client("queryTaskFrames", taskId=task)["items"][0]["id"]
    farm.client("recommitTaskFrames", taskId=task, ids=[frame], selectAll=0)
    farm.watch.until(lambda: read(path) == before)
    assert farm.wait(task, 25)["doneFrames"] == 2


def test_stopped_frames_are_given_up_and_the_rest_is_done(tmpdir):
    with Farm(folder(tmpdir)) as farm:
        held, render = {1}, farm.farm.loop._renderer.render

        def hold(job, *values):
            if job.number in held:
                values[-1].wait(600)  # The frame's cancel.
            return render(job, *values)
        farm.farm.loop._renderer.render = hold
        task = farm.task()
        farm.wait(task, 5)
        frames = farm.client("queryTaskFrames", taskId=task)["items"]
        farm.client("stopTaskFrames", taskId=task, Ids=[frames[0]["id"], frames[2]["id"]], selectAll=0)
        item = farm.wait(task)
        assert (item["taskStatus"], item["doneFrames"], item["abortFrames"]) == (25, 1, 2)
        held.clear()
        farm.client("recommitTaskFrames", taskId=task, selectAll=1)
        assert farm.wait(task, 25)["abortFrames"] == 0 or farm.watch.until(
            lambda: farm.client.task(task)["doneFrames"] == 3)


def test_an_abandoned_task_ends_and_a_deleted_one_is_unknown(tmpdir):
    with Farm(folder(tmpdir), frame_seconds=600) as farm:
        first, second = farm.task(), farm.task(layers=("a", "b"))
        farm.wait(first, 5)
        farm.client("abandonTask", taskIds=[first])
        item = farm.wait(first)
        assert (item["taskStatus"], item["abortFrames"]) == (35, 3)
        farm.wait(second, 5)
        child = farm.client.task(second)["respRenderingTaskList"][0]["id"]
        farm.client("deleteTask", taskIds=[second])
        for task in (second, child):
            with pytest.raises(Refused) as refused:
                farm.client("queryTaskInfo", taskIds=[task])
            assert refused.value.code == 404
        assert [item["id"] for item in farm.client("queryTaskInfo", taskIds=[second, first])["items"]] == [first]
        farm.watch.until(lambda: farm.client("queryAllFrameStats")["totalFrames"] == 3)


def test_test_frames_come_first_and_wait_for_full_speed(farm):
    task = farm.task(frames="1-5[1]", info={"pre_frames": "101:4", "stop_after_test": "1"})
    item = farm.wait(task)
    assert (item["taskStatus"], item["doneFrames"]) == (40, 3)
    assert [f["frameIndex"] for f in farm.client("queryTaskFrames", taskId=task)["items"]
            if f["frameStatus"] == 4] == ["1", "4", "5"]
    farm.client("fullSpeedRendering", taskIds=[task])
    assert farm.wait(task, 25)["doneFrames"] == 5


def test_the_task_list_pages_searches_and_filters(farm):
    tasks = [farm.task(scene="/s/%s.ma" % name, frames="1") for name in ("alpha", "beta_%", "alpha2")]
    for task in tasks:
        farm.wait(task)
    ids = lambda **body: [item["id"] for item in farm.client("getTaskList", **body)["items"]]
    assert ids(pageNum=1, pageSize=2) == [tasks[2], tasks[1]]
    assert ids(pageNum=2, pageSize=2) == [tasks[0]]
    assert ids(searchKeyword="alpha") == [tasks[2], tasks[0]]
    assert ids(searchKeyword="%") == [tasks[1]]
    assert ids(searchKeyword="%d" % tasks[0]) == [tasks[0]]
    assert ids(statusList=[0, 5]) == []
    assert ids(endTime=1) == []
    farm.client("deleteTask", taskIds=[tasks[0]])
    assert ids(recycleFlag=1) == [tasks[0]]


def test_a_higher_level_is_rendered_first(tmpdir):
    with Farm(folder(tmpdir), frame_seconds=600) as farm:
        first = farm.task(scene="/s/a.ma", frames="1")
        farm.wait(first, 5)
        low, high = [farm.task(scene="/s/%s.ma" % name, frames="1") for name in "bc"]
        farm.client("level", taskId=high, taskUserLevel=60)
        farm.client("stopTask", taskIds=[first])
        farm.wait(high, 5)
        assert farm.client.task(low)["taskStatus"] == 0


def test_thumbnails_are_small_pictures_on_the_output_storage(farm):
    task = farm.task(frames="1", width="960", height="540")
    farm.wait(task)
    frame = farm.client("queryTaskFrames", taskId=task)["items"][0]["id"]
    name, = farm.client("loadingFrameThumbnail", id=frame, frameStatus=4)
    assert png.decode(read(farm.farm.output.root + name))[:2] == (240, 135)
    assert farm.client("loadingFrameThumbnail", id=frame, frameStatus=4) == [name]
    assert [entry["fileName"] for entry in farm.client("files", treePath="/")] == ["%d_city" % task]


# ---------------------------------------------------------------- the user's own command

def failed(farm, task):
    item = farm.wait(task)
    assert item["taskStatus"] == 30
    return farm.client("queryTaskFrames", taskId=task)["items"][0]["frameStatusText"]


def test_all_fields_of_the_command_are_filled_in(tmpdir):
    render = command(tmpdir, "import json, sys", "json.dump(sys.argv[1:], open(sys.argv[-1], 'w'))",
                     arguments="{layer} {width}x{height} {start}-{end} --f={frame} '{scene} x' {outdir} {output}")
    with Farm(folder(tmpdir), render=render) as farm:
        task = farm.task(frames="3-4[1]", layers=("my layer",))
        farm.wait(task)
        found = json.loads(read(os.path.join(farm.farm.output.root, "%d_city" % task, "city.0003.png")).decode("utf-8"))
        assert found[:4] == ["my layer", "64x36", "3-4", "--f=3"]
        assert found[4] == os.path.join(farm.farm.input.root, "show", "city.ma") + " x"
        assert os.path.dirname(found[6]) == found[5]


def test_a_command_that_names_its_file_itself_is_understood(tmpdir):
    render = command(tmpdir, "import sys", "open(sys.argv[3][:-4] + '0001.EXR', 'wb').write(b'exr')")
    with Farm(folder(tmpdir), render=render) as farm:
        farm.wait(farm.task(frames="1"))
        assert farm.outputs()[0].endswith("_city/city.0001.exr")


@pytest.mark.parametrize("line, word", [("pass", "no {output}"), ("open(sys.argv[3], 'w')", "empty"),
                                        ("sys.exit(7)", "code 7"), ("os.mkdir(sys.argv[3])", "no {output}"),
                                        ("os.symlink('/etc/passwd', sys.argv[3])", "no {output}")])
def test_a_command_that_makes_no_frame_fails_it(tmpdir, line, word):
    with Farm(folder(tmpdir), render=command(tmpdir, "import os, sys", line)) as farm:
        assert word in failed(farm, farm.task(frames="1"))
        assert farm.outputs() == []
        assert tree(os.path.join(farm.farm.root, "work")) == []


def test_a_failed_frame_of_a_layer_is_named_by_its_task(tmpdir):
    with Farm(folder(tmpdir), render=command(tmpdir, "import sys", "sys.exit('no licence')")) as farm:
        item = farm.wait(farm.task(frames="7", layers=("beauty", "shadow")))
        said, path = item["statusText"].rstrip(".").split(" Its log is ")
        assert said.startswith("Frame 7: ") and b"no licence" in read(path)


@pytest.mark.skipif(compat.WINDOWS, reason="it looks for no interpreter in a file")
def test_a_command_that_cannot_be_started_fails_the_frame_and_its_log_says_why(tmpdir):
    program = folder(tmpdir, "renderer")
    write(program, b"#!/no/such/interpreter\n")
    os.chmod(program, 0o755)
    with Farm(folder(tmpdir), render="'%s' {scene} {output}" % program) as farm:
        task = farm.task(frames="1")
        said = failed(farm, task)
        assert said == "The render command \"%s\" cannot be started: No such file or directory." % program
        log = read(os.path.join(farm.farm.root, "logs", "%d" % task, "1.log")).decode("utf-8").splitlines()
        assert log[0].startswith(program) and log[1:] == [said]


@pytest.mark.parametrize("line, said", [
    ("nosuchrenderer -b {scene} -o {output}", "program nosuchrenderer is in no folder of PATH"),
    ("/no/such/renderer {output}", "program /no/such/renderer is not there"),
    ("./no_such_renderer {outdir}", "program ./no_such_renderer is not there"),
    ('"%s" {scene}' % sys.executable, "names neither {output} nor {outdir}")])
def test_a_command_that_cannot_make_a_frame_is_refused_at_once(tmpdir, line, said):
    with pytest.raises(SettingsError) as refused:
        LocalFarm(folder(tmpdir), render=line)
    assert said in refused.value.message and not os.path.exists(folder(tmpdir))


@pytest.mark.parametrize("line", ["blender {secne}", "'open", "   ", "{frame}{x}"])
def test_a_command_that_cannot_be_read_is_refused_at_once(tmpdir, line):
    with pytest.raises(SettingsError):
        LocalFarm(folder(tmpdir), render=line)
    assert not os.path.exists(folder(tmpdir))


def test_the_farms_keys_do_not_reach_the_command(tmpdir, monkeypatch):
    monkeypatch.setenv(str("RAYVISION_API_KEY"), str("top secret"))
    render = command(tmpdir, "import json, os, sys", "json.dump(dict(os.environ), open(sys.argv[3], 'w'))")
    with Farm(folder(tmpdir), render=render) as farm:
        farm.wait(farm.task(frames="1"))
        assert b"top secret" not in read(os.path.join(farm.farm.output.root, farm.outputs()[0]))


class Later(object):
    """`compat`, with a clock that leaps a day when it was asked once and a file is there."""

    def __init__(self, path):
        self._path = path
        self._is_asked = False

    def __getattr__(self, name):
        return getattr(compat, name)

    def monotonic(self):
        is_later, self._is_asked = self._is_asked and os.path.exists(self._path), True
        return compat.monotonic() + 86400 * is_later


def test_a_frame_that_takes_too_long_is_ended_with_all_its_processes(tmpdir, monkeypatch):
    pids = folder(tmpdir, "pids")
    monkeypatch.setattr(farm_command, "compat", Later(pids))  # Only when all of them run.
    render = command(tmpdir, *STUBBORN, arguments='"%s" {output}' % pids)
    with Farm(folder(tmpdir), render=render, frame_timeout_s=3600) as farm:
        assert "longer than 3600 s" in failed(farm, farm.task(frames="1"))
        gone(pids)


def gone(pids):
    # The grandchild is reaped by init, in its own time.
    until(lambda: not [pid for pid in read(pids).split() if compat.is_running(int(pid))])


# ---------------------------------------------------------------- ranges

@pytest.mark.parametrize("text, frames", [
    ("1-10[1]", list(range(1, 11))), ("1-10[4]", [1, 5, 9]), ("1,3,5-9[2]", [1, 3, 5, 7, 9]), ("7", [7]),
    ("-2-1", [-2, -1, 0, 1]), ("-5--3", [-5, -4, -3]), (" 3 , 1 ,2", [1, 2, 3]), ("1-3,2-4", [1, 2, 3, 4])])
def test_frame_ranges_are_read(text, frames):
    assert ranges.parse(text) == frames


@pytest.mark.parametrize("text", ["", ",", "x", "1-", "1--", "3-1", "1-3[0]", "1-3[-1]", "1-3[", "1-100001", "1;;2",
                                  "99999999", "1-3[1]x", "1.5", "0-9999999[9999999999]"])
def test_bad_frame_ranges_are_refused(text):
    with pytest.raises(FarmError) as refused:
        ranges.parse(text)
    assert refused.value.code == 620
