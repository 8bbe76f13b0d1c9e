# -*- coding: utf-8 -*-
"""The task's configuration, host by host, as the farm documents it."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os

import pytest
from support_farm import Farm, folder, write

from rayvision_sync import compat, submission, task_config
from rayvision_sync.farm import intake


def built(scene, **more):
    job = submission.Job(scene, ["upload.json"], more.pop("frames", "1-10"), **more)
    return task_config.build(job, 18164087, {"user_id": 10001136, "platform": "2"})


def scene_info(scene, **more):
    return built(scene, **more)["task.json"]["scene_info_render"]


def texts(value):
    """Tell whether all that JSON holds is text, as the farm wants it."""
    if isinstance(value, dict):
        return all(texts(each) for each in value.values())
    if isinstance(value, list):
        return all(texts(each) for each in value)
    return isinstance(value, compat.text_type)


MAYA = {
    "layers": {"beauty": {"cameras": ["shotCamShape"], "image_prefix": "<RenderLayer>/<Scene>", "image_format": "exr"},
               "shadow": {"frames": "5-6", "width": 480, "height": 270, "renderer": "mayaSoftware"},
               "crypto": "Cryptomatte"},
    "all_cameras": ["perspShape", "shotCamShape"], "cameras": ["perspShape"], "width": 1920, "height": 1080,
    "frames": "1-10", "image_format": "png"}

HOUDINI = {"rops": [
    {"node": "/out/mantra1", "width": 1280, "height": 720},
    {"node": "/obj/geo/rop", "kind": "geo"},
    {"node": "/out/sim", "kind": "distributed", "num_slices": 4, "output_driver": "/obj/save", "frames": "1-240"},
    {"node": "/out/off", "renderable": False}], "frames": "1-10"}

MAX = {"output_file": "E:\\show\\out\\city_.exr", "gamma": 2.2, "faces": 3784, "saves_output": True,
       "all_cameras": ["Camera001", "Camera002"], "renderer_class": "V_Ray_6",
       "render_elements": [
           {"name": "alpha", "class": "VRayAlpha", "file": "E:\\show\\out\\city_alpha.exr", "enabled": True},
           {"name": "VRayZDepth", "file": ""}, {"name": "off", "class": "Off", "enabled": False}]}


# ---------------------------------------------------------------- Maya

def test_every_layer_of_maya_says_what_is_its_own():
    found = scene_info("/show/city.ma", details=MAYA, renderer="arnold")
    assert sorted(found) == ["beauty", "crypto", "shadow"] and texts(found)
    assert [found[name]["renderable"] for name in sorted(found)] == ["1", "0", "1"]
    beauty, shadow = found["beauty"]["common"], found["shadow"]["common"]
    assert beauty == {
        "image_format": "exr", "start": "1", "end": "10", "by_frame": "1", "frames": "1-10[1]", "width": "1920",
        "height": "1080", "renderer": "arnold", "all_camera": ["perspShape", "shotCamShape"],
        "render_camera": ["shotCamShape"], "image_file_prefix": "<RenderLayer>/<Scene>", "animation": "1",
        "renumber_frames": "False"}
    renumbered = scene_info("/show/city.ma", details={"renumber": {"start": 1, "step": 1}})
    assert renumbered["defaultRenderLayer"]["common"]["renumber_frames"] == "True"
    assert (shadow["frames"], shadow["width"], shadow["height"], shadow["renderer"]) == (
        "5-6[1]", "480", "270", "mayaSoftware")
    assert (shadow["render_camera"], shadow["image_format"]) == (["perspShape"], "png")
    assert {"renderable", "env", "is_default_camera", "option", "common"} == set(found["beauty"])


def test_what_the_artist_chose_wins_over_the_scene():
    found = scene_info("/show/city.ma", details=MAYA, layers=("crypto",), frames="3-4", width=64, height=36,
                       cameras=("newCam",), prefix="p")
    assert dict((name, layer["renderable"]) for name, layer in found.items()) == {
        "beauty": "0", "crypto": "1", "shadow": "0"}
    common = found["crypto"]["common"]
    assert (common["frames"], common["width"], common["image_file_prefix"]) == ("3-4[1]", "64", "p")
    assert common["render_camera"] == ["newCam"]
    assert common["all_camera"] == ["perspShape", "shotCamShape", "newCam"]
    # A range that the artist typed holds for all layers, one that he left is each layer's own.
    assert found["shadow"]["common"]["frames"] == "3-4[1]"


def test_layers_that_are_only_named_are_rendered_if_the_artist_wants_them():
    named = {"layers": {"rs_beauty": "beauty", "rs_old": "old", "defaultRenderLayer": "masterLayer"}}
    found = scene_info("/show/city.ma", details=named, layers=("rs_beauty",))
    assert dict((name, layer["renderable"]) for name, layer in found.items()) == {
        "rs_beauty": "1", "rs_old": "0", "defaultRenderLayer": "0"}


def test_a_maya_scene_of_which_nothing_is_known_has_its_default_layer():
    assert list(scene_info("/show/city.ma")) == ["defaultRenderLayer"]
    assert sorted(scene_info("/show/city.ma", layers=("a", "b"))) == ["a", "b"]


# ---------------------------------------------------------------- Houdini

def test_houdinis_nodes_stand_in_their_lists():
    found = scene_info("/show/a.hip", details=HOUDINI)
    assert texts(found) and found == {
        "rop_node": [
            {"node": "/out/mantra1", "frames": "1-10[1]", "option": "-1", "render": "1", "width": "1280",
             "height": "720"},
            {"node": "/out/off", "frames": "1-10[1]", "option": "-1", "render": "0", "width": "", "height": ""}],
        "geo_node": [{"node": "/obj/geo/rop", "frames": "1-10[1]", "option": "0", "render": "1"}],
        "distributedsim_node": [{"node": "/out/sim", "frames": "1-240[1]", "option": "1", "render": "1",
                                 "num_slices": "4", "output_driver": "/obj/save"}]}


def test_the_rops_that_the_artist_chose_are_rendered():
    found = scene_info("/show/a.hip", details=HOUDINI, layers=("/out/off", "/out/new"), frames="5")
    assert [(node["node"], node["render"], node["frames"]) for node in found["rop_node"]] == [
        ("/out/mantra1", "0", "5-5[1]"), ("/out/off", "1", "5-5[1]"), ("/out/new", "1", "5-5[1]")]
    assert [node["render"] for node in found["geo_node"] + found["distributedsim_node"]] == ["0", "0"]


# ---------------------------------------------------------------- Max

def test_max_has_one_set_of_settings_and_a_renderer():
    found = scene_info("D:\\show\\city.max", details=MAX, renderer="vray", software_version="2024",
                       cameras=("Camera001",), project="D:\\show", width=640, height=480, frames="0-100")
    assert sorted(found) == ["common", "renderer"] and texts(found)
    assert found["renderer"] == {"name": "vray", "renderer": "vray", "renderer_orign": "V_Ray_6"}
    common = found["common"]
    assert set(common) >= set((
        "CurrentProjectFolder Peak_Memory Vertices all_camera all_element_type all_output_file_type cgv element_active "
        "element_list element_type frames gamma gamma_val global_proxy height width in_gamma is_picture out_gamma "
        "output_file renderable_camera Faces animation_range element_path_list net_render rend_save_file rend_timeType "
        "output_file_basename output_file_type").split())
    assert (common["CurrentProjectFolder"], common["output_file"]) == ("D:/show", "E:/show/out/city_.exr")
    assert (common["output_file_basename"], common["output_file_type"]) == ("city_", ".exr")
    assert (common["element_list"], common["element_path_list"], common["element_type"], common["element_active"]) == (
        ["VRayAlpha", "VRayZDepth"], ["E:/show/out/city_alpha.exr"], ".exr", "1")
    assert (common["all_camera"], common["renderable_camera"]) == (["Camera001", "Camera002"], ["Camera001"])
    assert (common["cgv"], common["frames"], common["rend_save_file"], common["Faces"], common["gamma_val"]) == (
        "2024", "0-100[1]", "true", "3784", "2.2")


def test_a_max_scene_of_which_nothing_is_known_still_has_all_fields():
    found = scene_info("/show/a.max")
    assert texts(found) and found["common"]["frames"] == "1-10[1]" and found["common"]["element_active"] == "0"


# ---------------------------------------------------------------- all of them

def test_paths_are_the_scenes_own_with_forward_slashes():
    found = built("D:\\show\\city.ma", project="\\\\nas\\show", details={"layers": {"rs_a": "a"}})
    info = found["task.json"]["task_info"]
    assert (info["input_cg_file"], info["input_project_path"]) == ("D:/show/city.ma", "//nas/show")
    assert (info["enable_layered"], info["render_layer_type"], info["cg_id"]) == ("1", "1", "2000")
    if not compat.WINDOWS:
        assert built("/a\\b.ma")["task.json"]["task_info"]["input_cg_file"] == "/a\\b.ma"


def test_the_software_names_its_plugins():
    found = built("/a.ma", plugins={"mtoa": "5.3.4"}, software_version="2024")["task.json"]["software_config"]
    assert found == {"cg_name": "Maya", "cg_version": "2024", "plugins": {"mtoa": "5.3.4"}}


@pytest.mark.parametrize("details", [
    {"layers": ["a"]}, {"layers": {"a": None}}, {"rops": {"node": 1}}, {"rops": [None, {}, "x"]},
    {"render_elements": 5}, {"render_elements": [{"file": 5}]},
    {"cameras": "x", "all_cameras": 5}, {"frames": "nonsense", "layers": {"a": {"frames": "x"}}},
    {"rops": [{"node": "/out/a", "kind": "new", "frames": "x"}], "frames": "1-10"}])
@pytest.mark.parametrize("scene", ["/a.ma", "/a.hip", "/a.max", "/a.blend"])
def test_details_that_nobody_expected_break_nothing(scene, details):
    assert texts(scene_info(scene, details=details))


def test_tips_and_assets_name_the_nodes():
    missing = [task_config.Need("/tex/a.exr", "file12", "fileTextureName"), task_config.Need("/tex/b.exr", "", "")]
    assert task_config.tips("maya", missing, [("bad1", "It has no plug."), ("", "Half a scene.")]) == {
        "50001": ["Nodes: file12.fileTextureName  File name: /tex/a.exr  miss file: /tex/a.exr",
                  "Nodes:   File name: /tex/b.exr  miss file: /tex/b.exr"],
        "999": ["bad1: It has no plug.", "Half a scene."]}
    assert list(task_config.tips("max", missing)) == ["10012"] and task_config.tips("maya") == {}
    many = task_config.tips("maya", [missing[0]] * 3000)["50001"]
    assert len(many) == 1001 and many[-1] == "and 2000 more"
    assert task_config.assets([missing[0]._replace(path="/z"), missing[0], missing[0]], missing[1:]) == {
        "found": {"file12": ["/tex/a.exr", "/z"]}, "missing": {"": ["/tex/b.exr"]}}


@pytest.mark.parametrize("scene, details, shots", [
    ("/show/city.ma", MAYA, [("beauty", "beauty/city"), ("shadow", "city_shadow")]),
    ("/show/a.hip", HOUDINI, [("mantra1", "a")]),
    ("/show/a.max", MAX, [("", "city")])])
def test_the_local_farm_takes_what_is_built(tmpdir, scene, details, shots):
    with Farm(folder(tmpdir)) as farm:
        content = json.dumps(built(scene, details=details, frames="1-10")["task.json"])
        write(os.path.join(farm.farm.config.root, "7", "cfg", "task.json"), content.encode("utf-8"))
        order = intake.read(farm.farm.config, 7)
    assert [(shot.layer, shot.prefix) for shot in order.shots] == shots
    assert order.shots[0].frames == list(range(1, 11))


def test_rops_of_one_name_are_layers_of_their_own(tmpdir):
    rops = {"rops": [{"node": "/out/a"}, {"node": "/obj/net/a"}, {"node": "/out/b"}]}
    with Farm(folder(tmpdir)) as farm:
        write(os.path.join(farm.farm.input.root, "show", "x.hip"), b"x")
        task = farm.client("createTask", count=1, taskUserLevel=50)["taskIdList"][0]
        content = built("/show/x.hip", details=rops, frames="1-2", width=64, height=36)["task.json"]
        farm.client("taskJsonFile", taskId=task, fileName="task.json", content=json.dumps(content))
        farm.client("submit", taskId=task)
        assert farm.wait(task)["doneFrames"] == 6
        assert farm.outputs("%d_x" % task) == [
            "%s/x_%s.%04d.png" % (name, name, number) for name in ("a", "b", "obj_net_a") for number in (1, 2)]
