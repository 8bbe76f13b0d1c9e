# -*- coding: utf-8 -*-
"""What the farm's API is asked besides the transfers, on a real farm: errors, and what a second look shows."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest
from support_farm import Farm, Refused, folder, task_json

from rayvision_sync.api import RayvisionAPI
from rayvision_sync.errors import FarmError, SettingsError


@pytest.fixture
def farm(tmpdir):
    with Farm(folder(tmpdir, "farm"), access_id="id", access_key="key") as running:
        yield running


@pytest.fixture
def api(farm):
    return RayvisionAPI("id", "key", domain=farm.farm.domain, platform="2", protocol="http")


def test_frames_are_ordered_again_by_the_names_that_the_farm_gives_them(farm, api):
    task = farm.task(frames="1-3[1]")
    farm.wait(task)
    before = api.query.get_all_frames(task)
    api.query.get_custome_frames(task, [2])
    farm.watch.until(lambda: [frame for frame in [api.query.get_all_frames(task)["2"]]
                              if frame["frameStatus"] == 4 and frame["endTime"] != before["2"]["endTime"]])
    assert api.query.get_all_frames(task)["1"] == before["1"]


@pytest.mark.parametrize("names", [["1", "7"], ["1-3[1]"], []])
def test_frames_that_a_task_has_not_are_named_and_nothing_is_ordered(farm, api, names):
    task = farm.task(frames="1-3[1]")
    farm.wait(task)
    for order in (api.query.get_custome_frames, api.query.frame_number_to_stop):
        with pytest.raises(SettingsError) as caught:
            order(task, names)
        assert "no frame" in caught.value.message
    assert farm.client.task(task)["doneFrames"] == 3


def test_the_layers_of_a_task_are_its_small_tasks(farm, api):
    task = farm.task(frames="1", layers=("sky", "town"))
    assert api.query.get_small_task_id(task) == [task + 1, task + 2]
    assert api.query.get_small_task_id("%d" % (task + 1)) == [task + 1]


def test_a_task_is_submitted_by_its_data_alone(farm, api):
    farm.farm.put_bytes(farm.farm.input, "/show/city.ma", b"//Maya ASCII")
    tree = task_json("/show/city.ma", "1", layers=("城市",))
    assert api.submit_by_data(tree) is True
    assert "task_id" not in tree["task_info"]
    first = api.query.get_task_list()["items"][0]["id"]
    assert farm.wait(first)["doneFrames"] == 1
    second = api.task.create_task()["taskIdList"][0]
    tree = task_json("/show/city.ma", "1", info={"task_id": "%d" % second})
    assert api.submit_by_data(tree, producer="me") is True
    assert farm.client.task(second)["producer"] == "me"


@pytest.mark.parametrize("data", ["{", "[]", "{}", None, {"task_info": 1}])
def test_what_is_no_task_json_is_not_submitted(farm, api, data):
    with pytest.raises(SettingsError):
        api.submit_by_data(data)
    assert api.query.get_task_list()["total"] == 0


@pytest.mark.parametrize("call", [
    lambda a: a.query.error_detail(), lambda a: a.env.get_render_env(name="paint"),
    lambda a: a.env.get_render_env(cg_names="maya"), lambda a: a.task.update_task_limit(1, "many"),
    lambda a: a.user.update_user_settings(1.5)])
def test_values_that_cannot_work_are_refused_before_the_farm_is_asked(api, call):
    with pytest.raises(SettingsError):
        call(api)


@pytest.mark.parametrize("call, code", [
    (lambda a: a.tag.delete_label("none"), 404), (lambda a: a.env.delete_render_env("none"), 404),
    (lambda a: a.env.set_default_render_env("none"), 404), (lambda a: a.tag.add_task_tag("x", [9]), 404),
    (lambda a: a.task.set_task_overtime_top([9], 5), 404), (lambda a: a.tag.add_task_tag(" ", []), 601),
    (lambda a: a.task.edit_task_hardware_config([], ["99"], "Default", "", "64GB"), 404)])
def test_what_the_farm_does_not_have_is_refused_in_words(api, call, code):
    with pytest.raises(FarmError) as caught:
        call(api)
    assert caught.value.code == code


def environment(name, **more):
    return dict({"cgId": 2000, "cgName": "Maya", "cgVersion": "2022", "editName": name, "renderSystem": 0,
                 "pluginIds": []}, **more)


def test_environments_have_one_default_a_program_and_outlive_the_farm(tmpdir):
    for run in range(2):
        with Farm(folder(tmpdir, "farm"), access_id="id", access_key="key") as farm:
            api = RayvisionAPI("id", "key", domain=farm.farm.domain, platform="2", protocol="http")
            if not run:
                for one in (environment("a"), environment("b"), environment("h", cgId=2004, cgName="Houdini")):
                    api.env.add_render_env(one)
                for name in ("h", "a", "b"):
                    api.env.set_default_render_env(name)
                with pytest.raises(FarmError):
                    api.env.add_render_env(environment("a"))
            found = api.env.get_render_env(os_name=0)
            assert [(one["editName"], one["isDefault"]) for one in found] == [("a", 0), ("b", 1), ("h", 1)]
            assert [one["editName"] for one in api.env.get_render_env("houdini", os_name=0)] == ["h"]
            assert [one["editName"] for one in api.env.get_render_env(cg_names=["Maya"], os_name=None)] == ["a", "b"]


def test_tasks_are_listed_by_the_day_they_were_made(farm, api):
    task = farm.client("createTask", count=1, taskUserLevel=50)["taskIdList"][0]
    listed = lambda **limits: [item["id"] for item in api.query.get_task_list(**limits)["items"]]
    assert listed(start_time="2000-01-01") == listed(start_time="2000-01-01 10:00:00") == [task]
    assert listed(start_time="2100-01-01") == listed(end_time="2000-01-01 10:00:00") == []
    with pytest.raises(Refused) as refused:
        farm.client("getTaskList", startTime="yesterday")
    assert "startTime" in refused.value.message


def test_records_are_paged_the_newest_first(farm, api):
    task = farm.task(frames="1")
    farm.wait(task)
    api.task.stop_task([task])
    api.task.abort_task([task])
    page = api.user.task_record(pageNum=2, pageSize=1)
    assert page["total"] == 3 and [(one["operate"], one["taskId"]) for one in page["items"]] == [("stop", task)]
    assert api.user.task_record(endDate="2000-01-01")["items"] == []
    assert api.user.login_record(pageSize=1)["items"][0]["operate"] == "login"
