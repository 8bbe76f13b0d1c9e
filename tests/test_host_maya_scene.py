"""Maya's scene and what is rendered of it: saving, copies, frames, layers, cameras, folders."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import sys

import pytest
from support_maya import World
from support_tree import native

from rayvision_sync.hosts.base.contract import HostError
from rayvision_sync.jobs import snapshot


@pytest.fixture
def world(tmpdir, home):
    with World(tmpdir) as found:
        yield found


@pytest.fixture
def maya(world):
    return world.maya


def state(maya):
    return maya.name, maya.modified


# ---------------------------------------------------------------- the scene

def test_a_scene_has_its_path_and_a_new_one_has_none(world, maya):
    assert world.host.scene() == world.scene_path
    maya.name = ""
    assert world.host.scene() is None


def test_changes_are_known_and_a_save_takes_them_in(world):
    world.set_changed(True)
    assert world.host.is_changed()
    world.host.save()
    assert not world.host.is_changed() and world.save_count == 1


def test_a_save_that_fails_says_so(world, maya):
    maya.refuses_to_save = "The file is read-only."
    with pytest.raises(HostError) as failed:
        world.host.save()
    assert "read-only" in failed.value.message and world.scene_path in failed.value.message
    maya.name = ""
    with pytest.raises(HostError) as failed:
        world.host.save()
    assert "no name yet" in failed.value.message


@pytest.mark.parametrize("changed", [True, False])
def test_a_copy_leaves_the_open_scene_as_it_was(world, maya, changed, tmpdir):
    world.set_changed(changed)
    target = world.folder + "/copy of city.ma"
    world.host.save_copy(target)
    assert state(maya) == (world.scene_path, changed)
    assert world.save_count == 0 and os.path.isfile(native(target))


def test_a_copy_that_fails_leaves_the_open_scene_as_it_was(world, maya):
    world.set_changed(True)
    with pytest.raises(HostError) as failed:
        world.host.save_copy(world.folder + "/not there/city.ma")
    assert state(maya) == (world.scene_path, True)
    assert "Save the scene itself instead" in failed.value.message


def test_a_copy_is_of_the_kind_that_its_name_says(world, monkeypatch):
    asked = []
    command = sys.modules[native("maya.cmds")].file
    monkeypatch.setattr(sys.modules[native("maya.cmds")], "file",
                        lambda *args, **flags: (asked.append(flags), command(*args, **flags))[1])
    world.host.save_copy(world.folder + "/copy.mb")
    world.host.save_copy(world.folder + "/copy.MA")
    assert [flags["type"] for flags in asked if flags.get("save")] == ["mayaBinary", "mayaAscii"]


def test_xgen_keeps_its_names_where_a_copy_is_written(world, maya):
    maya.make("fur", "xgmPalette", xgFileName="city__fur.xgen")
    world.set_changed(False)
    world.host.save_copy(world.folder + "/copy.ma")
    assert maya.nodes["fur"].attrs["xgFileName"].value == "city__fur.xgen"
    assert state(maya) == (world.scene_path, False)


def test_a_scene_without_a_name_is_copied_and_has_none_afterwards(world, maya):
    maya.name = ""
    world.set_changed(True)
    world.host.save_copy(world.folder + "/copy.ma")
    assert state(maya) == ("", True)
    assert os.path.isfile(native(world.folder + "/copy.ma")) and maya.saves == []


# ---------------------------------------------------------------- what is rendered

def set_globals(maya, **values):
    for name, value in values.items():
        maya.nodes["defaultRenderGlobals"].attrs[name].value = value


@pytest.mark.parametrize("values, expected", [
    ({}, "1001-1120"),
    ({"byFrameStep": 2.0}, "1001-1120[2]"),
    ({"startFrame": 1001.0, "endFrame": 1001.0}, "1001-1001"),
    ({"startFrame": 10.0, "endFrame": 5.0}, "10-10"),
    ({"byFrameStep": 0.5}, "1001-1120"),
    ({"animation": False}, "1001-1001"),
    ({"startFrame": -10.0, "endFrame": 5.0}, "-10-5"),
])
def test_frames_are_those_of_the_render_settings(world, maya, values, expected):
    set_globals(maya, **values)
    assert world.host.render_settings()["frames"] == expected


def test_layers_and_cameras_are_those_that_are_rendered(world, maya):
    for name, renderable in (("rs_beauty", True), ("rs_crypto", False), ("ref:rs_theirs", True), ("lost", True)):
        maya.make(name, "renderLayer", renderable=renderable)
    maya.nodes["renderLayerManager"].inputs["renderLayerId"] = [
        "defaultRenderLayer", "rs_beauty", "rs_crypto", "ref:rs_theirs"]
    maya.nodes["defaultRenderLayer"].attrs["renderable"].value = False
    maya.make("shotCamShape", "camera", parent="shotCam", renderable=True)
    maya.make("perspShape", "camera", parent="persp", renderable=False)
    maya.make("leftShape", "camera", parent="left", renderable=True)
    found = world.host.render_settings()
    assert found["layers"] == ["rs_beauty"]
    assert found["cameras"] == found["chosen"]["cameras"] == found["details"]["cameras"] == ["shotCam", "left"]
    assert found["details"]["all_cameras"] == ["shotCam", "persp", "left"]
    assert found["details"]["layers"] == {
        "defaultRenderLayer": {"renderable": False, "shown": "masterLayer"},
        "rs_beauty": {"renderable": True, "shown": "beauty"}, "rs_crypto": {"renderable": False, "shown": "crypto"}}


def test_the_renderer_has_its_plug_ins_version_and_mayas_own_have_mayas(world, maya):
    maya.plugins = {"mtoa": "5.3.4", "Turtle": "2024"}
    found = world.host.render_settings()
    assert (found["renderer"], found["renderer_version"]) == ("arnold", "5.3.4")
    assert found["plugins"] == {"mtoa": "5.3.4", "Turtle": "2024"}
    set_globals(maya, currentRenderer="mayaSoftware")
    assert world.host.render_settings()["renderer_version"] == "2024"
    set_globals(maya, currentRenderer="vray")
    assert world.host.render_settings()["renderer_version"] == ""


def test_vray_has_settings_of_its_own(world, maya):
    set_globals(maya, currentRenderer="vray")
    maya.make("vraySettings", "VRaySettingsNode", width=800, height=600, animType=2, animFrames="1, 5; 9-12",
              fileNamePrefix="<Scene>/<Layer>", imageFormatStr="exr")
    found = world.host.render_settings()
    assert (found["width"], found["height"], found["frames"]) == (800, 600, "1,5,9-12")
    assert (found["details"]["image_prefix"], found["details"]["image_format"]) == ("<Scene>/<Layer>", "exr")


def test_what_renumbers_pictures_and_runs_scripts_is_told(world, maya):
    set_globals(maya, modifyExtension=True, startExtension=1.0, byExtension=2.0, preMel="doIt()")
    details = world.host.render_settings()["details"]
    assert details["renumber"] == {"start": 1.0, "step": 2.0}
    assert details["scripts"] == {"preMel": "doIt()"}


def test_the_settings_fit_a_snapshot(world, maya):
    maya.make("shotCamShape", "camera", parent="shotCam", renderable=True)
    found = world.host.render_settings()
    kept = snapshot.make(dict(found, frames={"ranges": found["frames"]}, scene=world.host.scene(),
                              files=[], search=world.host.search(), project=world.host.project()))
    assert (kept.width, kept.height, kept.cameras) == (1920, 1080, ("shotCam",))
    assert kept.search[0] == kept.project == maya.project


# ---------------------------------------------------------------- folders

def test_pictures_go_to_the_projects_own_folder(world, maya):
    assert world.host.output_folder() == world.output == maya.project + "/images"
    maya.rules["images"] = "../renders"
    assert world.host.output_folder() == maya.project + "/../renders"
    maya.rules["images"] = "D:\\renders\\"
    assert world.host.output_folder() == "D:/renders"
    del maya.rules["images"]
    assert world.host.output_folder() == maya.project + "/images"
    maya.project = ""
    assert world.host.output_folder() == ""


@pytest.mark.parametrize("prefix, expected", [
    ("<Scene>/<RenderLayer>/city", None), ("//nas/out/<Scene>/<RenderLayer>", "//nas/out"),
    ("P:\\out\\city\\city_####", "P:/out/city"), ("/out/city", "/out"), ("/<Scene>/city", None), ("C:/city", None),
])
def test_an_absolute_prefix_says_where_pictures_go(world, maya, prefix, expected):
    set_globals(maya, imageFilePrefix=prefix)
    assert world.host.output_folder() == (expected or world.output)


def test_relative_paths_stand_in_the_project_and_its_folders_but_not_where_pictures_go(world, maya):
    maya.rules.update(fileCache="cache", sound="/studio/sound")
    assert world.host.search() == [maya.project, maya.project + "/sourceimages", maya.project + "/scenes",
                                   maya.project + "/cache", "/studio/sound"]
    maya.project = ""
    maya.rules.clear()
    assert world.host.search() == [world.scene_path.rpartition("/")[0]]


def test_a_maya_that_cannot_say_is_no_error(world, maya, monkeypatch):
    def fail(*args, **flags):
        raise RuntimeError("no")
    monkeypatch.setattr(sys.modules[native("maya.cmds")], "workspace", fail)
    assert (world.host.project(), world.host.output_folder()) == ("", "")
    for name in ("defaultRenderGlobals", "defaultResolution", "renderLayerManager"):
        del maya.nodes[name]
    found = world.host.render_settings()
    assert (found["frames"], found["renderer"], found["width"]) == ("1001-1001", "", 0)
    assert found["layers"] == ["defaultRenderLayer"]


def test_the_scene_on_the_disk_is_what_maya_wrote(world):
    world.host.save()
    with io.open(native(world.scene_path), encoding="utf-8") as scene:
        assert scene.read().startswith("//Maya")
