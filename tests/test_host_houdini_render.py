"""What a Houdini scene renders."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest
from support_houdini import World

from rayvision_sync import task_config
from rayvision_sync.jobs import snapshot


@pytest.fixture
def world(tmpdir):
    with World(tmpdir) as made:
        yield made


def settings(world):
    return world.host.render_settings()


def module(world):
    assert world.host  # The fake is in place.
    from rayvision_sync.hosts.houdini import render
    return render


def test_a_rop_says_all(world):
    found = settings(world)
    assert (found["frames"], found["layers"], found["cameras"]) == ("1001-1120", ["/out/mantra1"], ["/obj/cam1"])
    assert (found["renderer"], found["renderer_version"]) == ("mantra", "20.5.332")
    assert (found["width"], found["height"], found["plugins"]) == (1920, 1080, {})
    assert found["details"]["rops"] == [{
        "node": "/out/mantra1", "kind": "render", "type": "ifd", "renderer": "mantra", "cameras": ["/obj/cam1"],
        "frames": "1001-1120", "output": world.project + "/render/city_v042.1001.exr", "width": 1920, "height": 1080}]


@pytest.mark.parametrize("category, kind, picture, renderer, plugin", [
    ("Driver", "arnold", "ar_picture", "arnold", "htoa"),
    ("Driver", "Redshift_ROP", "RS_outputFileNamePrefix", "redshift", "redshift"),
    ("Driver", "karma", "picture", "karma", ""),
    ("Lop", "karma", "picture", "karma", ""),
    ("Lop", "usdrender_rop", "outputimage", "karma", ""),
    ("Driver", "usdrender", "outputimage", "karma", ""),
    ("Driver", "vray_renderer", "SettingsOutput_img_file_path", "vray", "vray"),
    ("Driver", "studio::beauty_rop::2.0", "vm_picture", "beauty_rop", ""),
])
def test_the_renderer_is_told_by_the_kind_of_rop(world, category, kind, picture, renderer, plugin):
    world.rop.is_bypassed = True
    world.add_rop(category, kind, "/a/rop", picture, "/out/a.$F4.exr")
    found = settings(world)
    assert (found["layers"], found["renderer"], list(found["plugins"])) == (
        ["/a/rop"], renderer, [plugin] if plugin else [])
    assert world.host.output_folder() == "/out"


def test_a_usd_render_node_says_its_delegate(world):
    world.rop.is_bypassed = True
    world.add_rop("Lop", "usdrender_rop", "/stage/rop1", "outputimage", "/out/a.$F4.exr",
                  renderer="HdArnoldRendererPlugin")
    assert (settings(world)["renderer"], settings(world)["plugins"]) == ("arnold", {"htoa": ""})


def test_a_plug_ins_version_stands_in_the_path_of_its_library(world):
    world.rop.is_bypassed = True
    world.add_rop("Driver", "arnold", "/out/arnold1", "ar_picture", "/out/a.$F4.exr",
                  library="/opt/houdini20.5/htoa-6.3.3.0_r5a/otls/arnold_rop.hda")
    assert (settings(world)["renderer_version"], settings(world)["plugins"]) == ("6.3.3.0", {"htoa": "6.3.3.0"})


def test_rops_in_other_networks_are_found_and_those_of_assets_are_not(world):
    world.add_rop("Driver", "ifd", "/obj/ropnet1/mantra2", "vm_picture", "/out/b.$F4.exr")
    world.add_rop("Driver", "ifd", "/obj/asset1/inside/mantra3", "vm_picture", "/out/c.$F4.exr").is_locked = True
    world.add_rop("Driver", "ifd", "/out/off", "vm_picture", "/out/d.$F4.exr").is_bypassed = True
    world.hou.make("Driver", "geometry", "/out/cache").add("sopoutput", "/cache.$F4.bgeo")
    assert settings(world)["layers"] == ["/obj/ropnet1/mantra2", "/out/mantra1"]


def test_the_cameras_of_all_rops_are_chosen_and_each_keeps_its_own(world):
    world.add_rop("Driver", "ifd", "/out/mantra2", "vm_picture", "/out/b.$F4.exr", camera="/obj/cam2")
    found = settings(world)
    assert found["chosen"]["cameras"] == found["details"]["cameras"] == ["/obj/cam1", "/obj/cam2"]
    assert [rop["cameras"] for rop in found["details"]["rops"]] == [["/obj/cam1"], ["/obj/cam2"]]


def test_a_rop_that_fails_does_not_stop_the_others(world):
    broken = world.add_rop("Driver", "ifd", "/out/bad", "vm_picture", "/out/b.$F4.exr")
    broken.parm(str("camera")).is_broken = True
    assert settings(world)["layers"] == ["/out/mantra1"]


def test_no_rop_leaves_the_scenes_own_frames(world):
    world.rop.is_bypassed = True
    found = settings(world)
    assert (found["frames"], found["layers"], found["renderer"]) == ("1001-1120", [], "")
    assert (found["cameras"], world.host.output_folder()) == (["/obj/cam1"], "")


def test_a_rop_set_to_the_frame_of_now_renders_it_alone(world):
    world.rop.add("trange", 0.0)
    world.hou.now = 1014
    assert settings(world)["frames"] == "1014-1014"


@pytest.mark.parametrize("ranges, text", [
    ([(1, 10, 1)], "1-10"), ([(1, 10, 2)], "1-10[2]"), ([(1, 10, 1), (5, 20, 1)], "1-20"),
    ([(1, 10, 1), (11, 20, 1)], "1-20"), ([(1, 10, 1), (12, 20, 1)], "1-10,12-20"),
    ([(1, 10, 1), (1, 10, 1)], "1-10"), ([(-5, 3, 1)], "-5-3")])
def test_ranges_are_typed_as_the_panel_reads_them(world, ranges, text):
    assert module(world).frame_text(ranges) == text
    assert task_config.parse_frames(text).first == min(first for first, _, _ in ranges)


def test_rops_of_one_show_share_the_folder_above_theirs(world):
    world.rop.is_bypassed = True
    world.add_rop("Driver", "ifd", "/out/beauty", "vm_picture", "$HIP/render/beauty/b.$F4.exr")
    world.add_rop("Driver", "ifd", "/out/shadow", "vm_picture", "$HIP/render/shadow/s.$F4.exr")
    assert world.host.output_folder() == world.output


def test_a_folder_for_each_frame_is_not_the_output(world):
    world.rop.add("vm_picture", "$HIP/render/$F4/beauty.exr")
    assert world.host.output_folder() == world.output


@pytest.mark.parametrize("picture", ["ip", "md", "", "op:/img/comp1"])
def test_a_picture_on_the_screen_is_no_output(world, picture):
    world.rop.add("vm_picture", picture)
    assert world.host.output_folder() == ""


@pytest.mark.parametrize("folders, common", [
    (["/a/b", "/a/c"], "/a"), (["/a/b"], "/a/b"), (["/a", "/b"], ""), (["C:/a", "C:/b"], ""), (["C:/a", "D:/a"], ""),
    (["//srv/x/a", "//srv/x/b"], "//srv/x"), (["//srv/x", "//srv/y"], ""), (["C:/r/a", "C:/r/a/b"], "C:/r/a")])
def test_common_folders(world, folders, common):
    assert module(world).common_folder(folders) == common


def test_the_size_is_the_rops_own_where_it_has_one(world):
    world.rop.add("override_camerares", 1.0)
    world.rop.add("res_overridex", 960.0)
    world.rop.add("res_overridey", 540.0)
    assert (settings(world)["width"], settings(world)["height"]) == (960, 540)


def test_the_settings_make_a_snapshot_and_the_farms_list_of_nodes(world):
    world.add_rop("Driver", "ifd", "/out/second", "vm_picture", "$HIP/render/s.$F4.exr", frames=(1, 9, 1))
    found = settings(world)
    taken = snapshot.make({"scene": world.scene_path, "host": "houdini", "frames": {"ranges": found["frames"]},
                           "layers": found["layers"], "details": found["details"], "width": found["width"]})

    class Job(object):
        scene, details, layers, frames = taken.scene, taken.details, taken.layers, found["frames"]
        width = height = 0

    nodes = task_config.houdini.scene_info(Job)["rop_node"]
    assert [(node["node"], node["frames"], node["render"]) for node in nodes] == [
        ("/out/mantra1", "1001-1120[1]", "1"), ("/out/second", "1-9[1]", "1")]
