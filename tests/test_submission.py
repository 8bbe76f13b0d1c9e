# -*- coding: utf-8 -*-
"""From a scene to a task: the configuration, and what is never done twice."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os

import pytest
import support_api
from support_cli import folder, manifest
from support_farm import write

from rayvision_sync import compat, storages, submission, task_config
from rayvision_sync.api import RayvisionAPI
from rayvision_sync.cancel import Cancel
from rayvision_sync.errors import Cancelled, FarmUnreachable, ManifestError, SettingsError
from rayvision_sync.farm import LocalFarm
from rayvision_sync.session import Session
from rayvision_sync.settings import Settings


def job(scene="/show/city.ma", frames="1-12", **more):
    return submission.Job(scene, ["upload.json"], frames, **more)


def built(**more):
    return task_config.build(job(**more), 18164087, {"user_id": 10001136, "platform": "2"})["task.json"]


# ---------------------------------------------------------------- frames

@pytest.mark.parametrize("given, text, first, last, step, count", [
    ("1-12", "1-12[1]", 1, 12, 1, 12),
    (" 1001 - 1120 [2] ", "1001-1120[2]", 1001, 1119, 2, 60),
    ("7", "7-7[1]", 7, 7, 1, 1),
    ("1,3,5-9", "1,3,5-9[1]", 1, 9, 1, 7),
    ("-5--1", "-5--1[1]", -5, -1, 1, 5),
    ("-3", "-3--3[1]", -3, -3, 1, 1),
    ("1-5,3-7", "1-5[1],3-7[1]", 1, 7, 1, 7),
])
def test_frames_are_read_and_written_as_the_farm_does(given, text, first, last, step, count):
    assert task_config.parse_frames(given) == (text, first, last, step, count)


@pytest.mark.parametrize("given", ["", "x", "1-", "12-1", "1-12[0]", "1-12[", "1..12", "1-200000", "99999999", "1,,2",
                                   "\uff11-2\n"])
def test_other_frames_are_refused_in_a_sentence(given):
    with pytest.raises(SettingsError) as caught:
        task_config.parse_frames(given)
    assert caught.value.message.endswith(".") and "\n" not in caught.value.message


# ---------------------------------------------------------------- task.json

@pytest.mark.parametrize("name, cg_id", [("a.ma", "2000"), ("a.MB", "2000"), ("a.max", "2001"), ("a.hip", "2004"),
                                         ("a.hiplc", "2004"), ("a.hipnc", "2004"), ("a.blend", "2007")])
def test_the_ending_of_a_scene_tells_its_software(name, cg_id):
    assert built(scene="/show/" + name)["task_info"]["cg_id"] == cg_id


def test_another_ending_needs_the_software_named():
    with pytest.raises(SettingsError) as caught:
        built(scene="/show/city.txt")
    assert "city.txt" in caught.value.message
    assert built(scene="/show/city.txt", software="blender")["task_info"]["cg_id"] == "2007"


def test_all_that_a_task_says_is_text():
    task = built(width=1920, height=1080, project_name="show", software_version="2022")
    assert all(isinstance(value, compat.text_type) for value in task["task_info"].values())
    common = task["scene_info_render"]["defaultRenderLayer"]["common"]
    assert (common["frames"], common["start"], common["end"], common["width"]) == ("1-12[1]", "1", "12", "1920")
    info = task["task_info"]
    assert (info["task_id"], info["user_id"], info["platform"], info["channel"]) == ("18164087", "10001136", "2", "4")
    assert task["software_config"] == {"cg_name": "Maya", "cg_version": "2022", "plugins": {}}


def test_every_layer_has_its_settings():
    layers = built(layers=["beauty", "shadow"])["scene_info_render"]
    assert sorted(layers) == ["beauty", "shadow"]
    assert layers["beauty"]["renderable"] == "1" and layers["shadow"]["common"]["frames"] == "1-12[1]"


def test_a_scene_without_layers_has_settings_of_its_own():
    assert list(built(scene="/show/a.blend")["scene_info_render"]) == ["common"]


# ---------------------------------------------------------------- submitting

@pytest.fixture
def project(tmpdir, home):
    made = folder(tmpdir)
    write("%s/city.ma" % made, b"//Maya ASCII")
    write("%s/a.tx" % made, b"x")
    return made


def listed(project, *names):
    return manifest(project, [("%s/%s" % (project, name),) * 2 for name in names], "list.json")


def session_on(farm, cancel=None, listener=None):
    api = RayvisionAPI(farm.access_id, farm.access_key, domain=farm.domain, platform="2", protocol="http")
    return Session(api, Settings([]), cancel, listener)


@pytest.fixture
def farm(tmpdir):
    with LocalFarm(os.path.join(compat.text(tmpdir.strpath), "farm"), frame_seconds=60) as running:
        yield running


def tasks_of(farm):
    return farm.store.rows("SELECT id, submitted FROM task ORDER BY id")


def test_several_parts_are_one_submission(farm, project):
    one = manifest(project, [("%s/city.ma" % project,) * 2], "upload_1.json")
    two = manifest(project, [("%s/a.tx" % project,) * 2], "upload_2.json")
    told = []
    done = submission.submit(session_on(farm, listener=told.append),
                             submission.Job("%s/city.ma" % project, [one, two], "1-2"))
    assert done.report.sent == 2
    assert [event.note for event in told if event.kind in ("created", "configured", "submitted")] == [done.task_id] * 3
    with io.open(os.path.join(farm.config.root, "%d" % done.task_id, "cfg", "upload.json"), encoding="utf-8") as source:
        assert len(json.load(source)["asset"]) == 2


def test_what_cannot_work_creates_nothing(farm, project):
    session = session_on(farm)
    good = listed(project, "city.ma")
    scene = "%s/city.ma" % project
    broken = os.path.join(project, "upload.json")
    write(broken, b'{"asset": [}')
    for error, bad in ((SettingsError, submission.Job(scene + ".none", [good])),
                       (SettingsError, submission.Job(project, [good])),
                       (SettingsError, submission.Job(scene, [good], "1-x")),
                       (SettingsError, submission.Job(scene, [good], width=0)),
                       (SettingsError, submission.Job(scene, [])),
                       (ManifestError, submission.Job(scene, [broken])),
                       (ManifestError, submission.Job(scene, [listed(project, "a.tx")]))):
        with pytest.raises(error):
            submission.submit(session, bad)
    assert tasks_of(farm) == []


def test_no_task_is_created_for_a_scene_that_is_lacking_assets(farm, project):
    names = ["gone%02d.tx" % number for number in range(9)]
    made = submission.Job("%s/city.ma" % project, [listed(project, "city.ma", "gone00.tx", *names)])
    told = []
    with pytest.raises(submission.NotSubmitted) as caught:
        submission.submit(session_on(farm, listener=told.append), made)
    error = caught.value
    assert error.is_incomplete and error.task_id is None and error.report.missing == 9
    assert error.message.startswith("9 assets are missing: %s/gone00.tx, " % project)
    assert error.message.endswith("gone04.tx and 4 more. No task was created.") and tasks_of(farm) == []
    assert [event.note for event in told if event.kind == "missing"] == list(error.report.problems)


def test_a_task_that_is_lacking_assets_is_not_submitted(farm, project):
    made = submission.Job("%s/city.ma" % project, [listed(project, "city.ma", "gone.tx")])
    session = session_on(farm)
    with pytest.raises(submission.NotSubmitted) as caught:
        submission.submit(session, made._replace(task_id=session.api.task.create_task()["taskIdList"][0]))
    error = caught.value
    assert error.is_incomplete and error.report.missing == 1 and error.report.sent == 1
    assert [(row["id"], row["submitted"]) for row in tasks_of(farm)] == [(error.task_id, 0)]
    done = submission.submit(session_on(farm), made._replace(task_id=error.task_id, send_anyway=True))
    assert done.task_id == error.task_id and done.report.missing == 1
    assert [row["submitted"] for row in tasks_of(farm)] == [1]


@pytest.mark.parametrize("obstacle", [submission.UNKNOWN, submission.SUBMITTED])
def test_nothing_is_sent_for_a_task_that_cannot_be_submitted(farm, project, obstacle):
    session, told = session_on(farm), []
    made = submission.Job("%s/city.ma" % project, [listed(project, "city.ma")])
    number = submission.submit(session, made).task_id if obstacle == submission.SUBMITTED else 77
    session.listener = told.append
    write("%s/city.ma" % project, b"//Maya ASCII, saved again")
    with pytest.raises(submission.NotSubmitted) as caught:
        submission.submit(session, made._replace(task_id=number))
    assert (caught.value.obstacle, caught.value.task_id, told) == (obstacle, number, [])


@pytest.mark.parametrize("seen", [{"code": 404}, {"data": {"items": []}}], ids=["refused", "left out"])
def test_a_farm_elsewhere_need_not_tell_of_a_task_before_it_is_submitted(project, monkeypatch, seen):
    monkeypatch.setattr(storages, "is_loopback", lambda domain: False)
    with support_api.ScriptedFarm(support_api.answer(**seen), support_api.answer(code=500)) as scripted:
        api = RayvisionAPI("artist-4711", "0123456789abcdef", domain=scripted.domain, platform="2", protocol="http")
        monkeypatch.setattr(submission, "_go_on", lambda session, job, task_id, folder, listed: task_id)
        assert submission.submit(Session(api, Settings([])), submission.Job(
            "%s/city.ma" % project, [listed(project, "city.ma")], task_id=77)) == 77


def test_a_task_that_is_unknown_only_when_it_is_submitted_is_not_gone_on_with(farm, project):
    session = session_on(farm)

    def delete(event):
        if event.kind == "configured":
            session.api.task.delete_task([event.note])
    session.listener = delete
    with pytest.raises(submission.NotSubmitted) as caught:
        submission.submit(session, submission.Job("%s/city.ma" % project, [listed(project, "city.ma")]))
    assert caught.value.obstacle == submission.UNKNOWN and "does not know task" in caught.value.message


def test_a_cancel_tells_the_number_of_the_task(farm, project):
    cancel = Cancel()

    def listen(event):
        if event.kind == "configured":
            cancel.cancel()

    with pytest.raises(Cancelled) as caught:
        submission.submit(session_on(farm, cancel, listen),
                          submission.Job("%s/city.ma" % project, [listed(project, "city.ma")]))
    assert [(row["id"], row["submitted"]) for row in tasks_of(farm)] == [(caught.value.task_id, 0)]


def test_nothing_is_left_in_the_temporary_folder(farm, project, tmpdir, monkeypatch):
    temporary = folder(tmpdir, "temporary")
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    submission.submit(session_on(farm), submission.Job("%s/city.ma" % project, [listed(project, "city.ma")]))
    assert os.listdir(temporary) == []


def test_a_lost_answer_never_creates_a_second_task(project):
    with support_api.ScriptedFarm(support_api.nothing) as scripted:
        api = RayvisionAPI("artist-4711", "0123456789abcdef", domain=scripted.domain, platform="2", protocol="http")
        with pytest.raises(FarmUnreachable) as caught:
            submission.submit(Session(api, Settings([])),
                              submission.Job("%s/city.ma" % project, [listed(project, "city.ma")]))
        assert [path for path, _, _ in scripted.seen] == ["/api/render/submit/createTask"]
    assert "list of tasks" in caught.value.message
