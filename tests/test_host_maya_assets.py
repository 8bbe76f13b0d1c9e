# -*- coding: utf-8 -*-
"""What a scene of Maya names: each case that is commonly missed, and each that commonly breaks a scan."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest
from fake_maya.graph import Attr
from support_maya import World, heavy

from rayvision_sync.jobs.snapshot import File, Trouble


@pytest.fixture
def world(tmpdir, home):
    with World(tmpdir) as found:
        yield found


@pytest.fixture
def maya(world):
    return world.maya


def scan(world, kind=File):
    return [found for found in world.host.assets() if isinstance(found, kind)]


def paths(world):
    return [found.path for found in scan(world)]


def kinds(world):
    return {found.path: found.kind for found in scan(world)}


def only(world):
    found = scan(world)
    assert len(found) == 1, found
    return found[0]


# ---------------------------------------------------------------- textures

def test_a_plain_texture_is_told_with_node_and_attribute(world, maya):
    maya.texture("file1", "sourceimages/wall.exr")
    assert only(world) == File("sourceimages/wall.exr", "file1", "fileTextureName", "", 0)


@pytest.mark.parametrize("tiling, path, pattern", [
    (3, "/tex/wall.1001.exr", "/tex/wall.<UDIM>.exr"), (1, "/tex/wall.u0_v0.exr", "/tex/wall.u<u>_v<v>.exr"),
    (2, "/tex/wall.u1_v1.exr", "/tex/wall.u<U>_v<V>.exr")])
def test_tiles_are_told_as_the_pattern_that_maya_computes(world, maya, tiling, path, pattern):
    maya.texture("file1", path, tiling=tiling, pattern=pattern)
    assert only(world).path == pattern
    assert only(world).kind == ""


def test_no_pattern_is_forced_into_a_name_that_maya_leaves_alone(world, maya):
    maya.texture("file1", "/tex/wall.1001.exr", tiling=3)
    maya.texture("file2", "/tex/city.1001.exr")
    assert paths(world) == ["/tex/wall.1001.exr", "/tex/city.1001.exr"]


def test_a_sequence_that_runs_with_the_scene_says_so_with_its_offset(world, maya):
    maya.expression_for("expression1", "file1.frameExtension = frame")
    maya.texture("file1", "/tex/fire.0101.exr", animated=True, offset=-900, driver="expression1",
                 pattern="/tex/fire.<f>.exr")
    assert only(world) == File("/tex/fire.<f>.exr", "file1", "fileTextureName", "frames", -900)


@pytest.mark.parametrize("text, offset", [
    ("file1.frameExtension=frame", 10), ("file1.frameExtension = frame + 5;", 15),
    ("file1.frameExtension=frame-3;\n", 7)])
def test_what_the_expression_adds_counts(world, maya, text, offset):
    maya.expression_for("expression1", text)
    maya.texture("file1", "/tex/fire.1.exr", animated=True, offset=10, driver="expression1",
                 pattern="/tex/fire.<f>.exr")
    assert (only(world).kind, only(world).offset) == ("frames", offset)


@pytest.mark.parametrize("text", ["file1.frameExtension = frame % 10;", "file1.frameExtension = int(rand(5))",
                                  "if (frame > 5) file1.frameExtension = 1;"])
def test_all_frames_of_a_sequence_that_runs_otherwise_are_taken(world, maya, text):
    maya.expression_for("expression1", text)
    maya.texture("file1", "/tex/fire.1.exr", animated=True, driver="expression1", pattern="/tex/fire.<f>.exr")
    assert only(world) == File("/tex/fire.<f>.exr", "file1", "fileTextureName", "", 0)


def test_so_are_those_of_a_looped_and_of_a_held_one(world, maya):
    maya.make("curve1", "animCurveTU")
    maya.texture("file1", "/tex/loop.1.exr", animated=True, driver="curve1", pattern="/tex/loop.<f>.exr")
    maya.texture("file2", "/tex/held.1.exr", animated=True, pattern="/tex/held.<f>.exr")
    assert kinds(world) == {"/tex/loop.<f>.exr": "", "/tex/held.<f>.exr": ""}


def test_a_sequence_is_one_whether_or_not_its_current_frame_is_there(world, maya):
    # Maya computes no pattern for a file that is missing: the name alone is left.
    maya.expression_for("expression1", "file1.frameExtension=frame")
    maya.texture("file1", "/show2/fire_v2.0999.exr", animated=True, driver="expression1")
    assert only(world) == File("/show2/fire_v2.<f>.exr", "file1", "fileTextureName", "frames", 0)


def test_tiles_may_be_animated(world, maya):
    maya.expression_for("expression1", "file1.frameExtension=frame")
    maya.texture("file1", "/tex/w.1001.0001.exr", tiling=3, animated=True, driver="expression1",
                 pattern="/tex/w.<UDIM>.<f>.exr")
    assert only(world) == File("/tex/w.<UDIM>.<f>.exr", "file1", "fileTextureName", "frames", 0)


def test_tiles_that_are_chosen_one_by_one_are_all_told(world, maya):
    node = maya.texture("file1", "/tex/a.exr", tiling=4)
    node.attrs["explicitUvTiles"] = Attr({0: "/tex/b.exr", 3: "/tex/c.exr", 4: ""}, filename=True,
                                         child="explicitUvTileName")
    assert [(found.path, found.attribute) for found in scan(world)] == [
        ("/tex/a.exr", "fileTextureName"), ("/tex/b.exr", "explicitUvTiles[0].explicitUvTileName"),
        ("/tex/c.exr", "explicitUvTiles[3].explicitUvTileName")]


def test_image_planes_and_stand_ins_run_with_the_scene_too(world, maya):
    maya.expression_for("expression1", "x=frame")
    plane = maya.make("imagePlaneShape1", "imagePlane", imageName=Attr("/plates/p.0001.jpg", filename=True),
                      useFrameExtension=True, frameExtension=1, frameOffset=1000)
    plane.inputs["frameExtension"] = ["expression1"]
    stand_in = maya.make("aiStandIn1", "aiStandIn", dso=Attr("/ass/crowd.####.ass", filename=True),
                         useFrameExtension=True, frameNumber=1, frameOffset=0)
    stand_in.inputs["frameNumber"] = ["time1"]
    maya.make("aiVolume1", "aiVolume", filename=Attr("/vdb/smoke.vdb", filename=True), useFrameExtension=False)
    assert scan(world) == [
        File("/plates/p.<f>.jpg", "imagePlaneShape1", "imageName", "frames", 1000),
        File("/ass/crowd.####.ass", "aiStandIn1", "dso", "frames", 0),
        File("/vdb/smoke.vdb", "aiVolume1", "filename", "", 0)]


@pytest.mark.parametrize("name, value, kind", [
    ("frameCycle", 0, "frames"), ("frameCycle", 24, ""), ("frameOut", 50, "")])
def test_an_image_plane_that_begins_again_or_ends_early_is_sent_whole(world, maya, name, value, kind):
    plane = maya.make("imagePlaneShape1", "imagePlane", imageName=Attr("/plates/p.0001.jpg", filename=True),
                      useFrameExtension=True, frameExtension=1, frameOffset=0, **{str(name): value})
    plane.inputs["frameExtension"] = ["time1"]
    assert only(world) == File("/plates/p.<f>.jpg", "imagePlaneShape1", "imageName", kind, 0)


def test_a_stand_ins_version_is_no_frame(world, maya):
    stand_in = maya.make("aiStandIn1", "aiStandIn", dso=Attr("/ass/crowd_v002.ass", filename=True),
                         useFrameExtension=True, frameNumber=1, frameOffset=0)
    stand_in.inputs["frameNumber"] = ["time1"]
    assert only(world) == File("/ass/crowd_v002.ass", "aiStandIn1", "dso")


# ---------------------------------------------------------------- other nodes

def test_scene_assemblies_are_read_with_all_that_they_can_show(world, maya):
    maya.make("city_AD", "assemblyDefinition", representations=Attr({0: "/show/low.ma", 1: "", 2: "/show/high.abc"},
                                                                    child="repData"))
    maya.make("city_AR", "assemblyReference", definition="/show/city_AD.ma")
    assert [(found.path, found.attribute) for found in scan(world)] == [
        ("/show/low.ma", "representations[0].repData"), ("/show/high.abc", "representations[2].repData"),
        ("/show/city_AD.ma", "definition")]


def test_attributes_that_are_not_marked_are_known_by_type(world, maya):
    maya.make("alembic1", "AlembicNode", abc_File="/abc/a.abc", abc_layerFiles=["/abc/l1.abc", "/abc/l2.abc", ""])
    maya.make("gpu1", "gpuCache", cacheFileName="/abc/g.abc")
    maya.make("image1", "aiImage", filename="/tex/t.<udim>.tx")
    maya.make("light1", "aiPhotometricLight", aiFilename="/ies/l.ies")
    maya.make("liquid1", "bifrostLiquidThing", absoluteCacheName="/bif/cache.bif")
    assert sorted(paths(world)) == ["/abc/a.abc", "/abc/g.abc", "/abc/l1.abc", "/abc/l2.abc", "/bif/cache.bif",
                                    "/ies/l.ies", "/tex/t.<udim>.tx"]


def test_an_attribute_of_the_artists_own_is_found_by_its_mark(world, maya):
    maya.make("thing1", "transform", myTexture=Attr("/tex/own.png", filename=True), note="/not/a/file.png")
    assert only(world) == File("/tex/own.png", "thing1", "myTexture")


def test_what_a_studio_registered_in_the_path_editor_is_asked_for(world, maya):
    maya.registered += ["studioNode.source"]
    maya.make("studio1", "studioNode", source="/studio/x.dat", other="/studio/y.dat")
    assert paths(world) == ["/studio/x.dat"]


def test_arrays_of_files_give_each_of_theirs(world, maya):
    maya.make("many1", "network", files=Attr({0: "/a.exr", 1: "", 7: "/b.exr"}, filename=True),
              empty=Attr({}, filename=True), whole=Attr(["/c.exr", None, "/d.exr"], filename=True))
    assert paths(world) == ["/a.exr", "/b.exr", "/c.exr", "/d.exr"]
    assert scan(world, Trouble) == []


def test_an_array_that_is_not_marked_is_read_element_by_element(world, maya):
    maya.make("alembic1", "AlembicNode", abc_File=None, abc_layerFiles=Attr({0: "/abc/l1.abc", 1: "/abc/l2.abc"}))
    assert [(found.path, found.attribute) for found in scan(world)] == [
        ("/abc/l1.abc", "abc_layerFiles[0]"), ("/abc/l2.abc", "abc_layerFiles[1]")]


def test_an_array_without_elements_is_no_trouble(world, maya):
    node = maya.texture("file1", "/tex/a.exr")
    node.attrs["explicitUvTiles"] = Attr({}, filename=True, child="explicitUvTileName")
    maya.make("one1", "network", files=Attr({}, filename=True), more=Attr({}, filename=True, child="path"))
    assert paths(world) == ["/tex/a.exr"]
    assert scan(world, Trouble) == []


def test_meshes_are_not_asked_for_the_elements_of_their_arrays(world, maya, monkeypatch):
    import sys
    maya.make("mesh1", "mesh", pnts=Attr({number: 0.5 for number in range(10)}))
    asked = []
    command = sys.modules[str("maya.cmds")].listAttr
    monkeypatch.setattr(sys.modules[str("maya.cmds")], "listAttr",
                        lambda *args, **flags: (asked.append(flags), command(*args, **flags))[1])
    scan(world)
    assert asked and not [flags for flags in asked if "multi" in flags]


def test_empty_paths_are_none(world, maya):
    maya.texture("file1", "")
    maya.texture("file2", None)
    maya.texture("file3", "   ")
    assert scan(world) == [] and scan(world, Trouble) == []


def test_what_is_written_is_no_input(world, maya):
    maya.make("defaultArnoldRenderOptions", "aiOptions", log_filename=Attr("/tmp/a.log", filename=True))
    maya.make("driver1", "aiAOVDriver", prefix=Attr("/out/a", filename=True))
    maya.make("vraySettings", "VRaySettingsNode", fileNamePrefix=Attr("/out/b", filename=True),
              imap_autoSaveFile=Attr("/out/c.vrmap", filename=True), imap_fileName=Attr("/maps/d.vrmap", filename=True))
    maya.make("node1", "network", outputFile=Attr("/out/e.exr", filename=True),
              computed=Attr("/out/f.exr", filename=True, writable=False))
    maya.nodes["defaultRenderGlobals"].attrs["imageFilePrefix"] = Attr("/out/<Scene>/g", filename=True)
    assert kinds(world) == {"/maps/d.vrmap": "optional"}


def test_the_projects_folder_is_never_sent(world, maya):
    for number, path in enumerate((maya.project, maya.project + "/", world.folder, "/", ".", "./", "C:/", "C:\\", "")):
        maya.make("node%d" % number, "network", folder=Attr(path, filename=True))
    assert scan(world) == []
    assert [trouble.node for trouble in scan(world, Trouble)] == ["node0", "node1", "node2"]
    assert "the folder of the project" in scan(world, Trouble)[0].reason


def test_sound_is_taken_but_not_missed(world, maya):
    maya.make("audio1", "audio", filename=Attr("/sound/a.wav", filename=True))
    assert kinds(world) == {"/sound/a.wav": "optional"}


def test_mayas_own_caches_are_told_with_their_parts(world, maya):
    maya.make("cloth1Cache1", "cacheFile", cachePath="cache/nCache/", cacheName="cloth1", enable=True)
    maya.make("cloth2Cache1", "cacheFile", cachePath="", cacheName="cloth2")
    found = kinds(world)
    assert found["cache/nCache/cloth1.xml"] == ""
    assert found["cache/nCache/cloth1.mcx"] == found["cache/nCache/cloth1Frame<f>.mcx"] == "optional"
    assert all(path.startswith("cache/nCache/cloth1") for path in found)


def test_a_particle_cache_is_a_folder_where_it_is_used(world, maya):
    maya.make("dynGlobals1", "dynGlobals", cacheDirectory="city", useParticleDiskCache=True)
    maya.make("dynGlobals2", "dynGlobals", cacheDirectory="old", useParticleDiskCache=False)
    assert only(world) == File("particles/city", "dynGlobals1", "cacheDirectory", "folder")


def test_a_collection_of_xgen_stands_beside_the_scene(world, maya):
    maya.make("fur", "xgmPalette", xgFileName="city__fur.xgen")
    assert only(world).path == maya.project + "/scenes/city__fur.xgen"


def test_xgens_maps_are_taken_from_the_path_editor(world, maya):
    maya.editor.append((maya.project + "/xgen/fur/paintmaps", "length.ptx", "furShape.primitive.Clump(1).HeadPoint"))
    assert only(world) == File(maya.project + "/xgen/fur/paintmaps/length.ptx", "furShape",
                               "primitive.Clump(1).HeadPoint")


def test_the_path_editor_says_nothing_twice(world, maya):
    maya.texture("file1", "/tex/wall.1001.exr", tiling=3, pattern="/tex/wall.<UDIM>.exr")
    maya.refer("cityRN", "/show/city.ma")
    maya.editor.append(("/tex", "driver.exr", "driver1.outputFile"))
    assert paths(world) == ["/show/city.ma", "/tex/wall.<UDIM>.exr"]


def test_the_files_of_a_yeti_graph_are_asked_for(world, maya, monkeypatch):
    import sys
    graph = {"texture": {"tex1": "/yeti/length.tif"}, "reference": {"ref1": "/yeti/ref.grm"}}

    def yeti(*args, **flags):
        if flags.get("listNodes"):
            return sorted(graph[flags["type"]]) or None
        return graph["texture" if flags["param"] == "file_name" else "reference"][flags["node"]]
    monkeypatch.setattr(sys.modules[str("maya.cmds")], "pgYetiGraph", yeti, raising=False)
    maya.make("pgYetiMaya1", "pgYetiMaya", cacheFileName=Attr("/yeti/fur.%04d.fur", filename=True))
    assert scan(world, Trouble) == []
    assert [(found.path, found.attribute) for found in scan(world)] == [
        ("/yeti/fur.%04d.fur", "cacheFileName"), ("/yeti/length.tif", "tex1.file_name"),
        ("/yeti/ref.grm", "ref1.reference_file")]


def test_paths_that_other_layers_set_are_found(world, maya):
    maya.make("abs1", "absOverride", attrValue="/tex/night.exr")
    maya.make("abs2", "absOverride", attrValue="a word")
    maya.make("abs3", "absOverride", attrValue=4)
    maya.make("old", "renderLayer", adjustments=Attr({0: "/tex/dusk.exr", 2: 0.5, 5: "x"}, child="value"))
    assert [(found.path, found.attribute) for found in scan(world)] == [
        ("/tex/night.exr", "attrValue"), ("/tex/dusk.exr", "adjustments[0].value")]


def test_a_colour_configuration_is_sent_unless_it_is_mayas_own(world, maya):
    maya.ocio = (True, True, "<MAYA_RESOURCES>/OCIO-configs/Maya2022-default/config.ocio")
    assert scan(world) == []
    maya.ocio = (True, True, "/studio/ocio/config.ocio")
    assert only(world) == File("/studio/ocio/config.ocio", "colorManagementPrefs", "configFilePath")
    maya.ocio = (False, True, "/studio/ocio/config.ocio")
    assert scan(world) == []


def test_what_lies_in_mayas_own_folder_is_everywhere(world, maya, monkeypatch):
    monkeypatch.setenv(str("MAYA_LOCATION"), str("/usr/autodesk/maya2024"))
    maya.texture("file1", "/usr/autodesk/maya2024/brushImages/leaf.iff")
    maya.texture("file2", "/usr/autodesk/maya2024_textures/leaf.iff")
    assert paths(world) == ["/usr/autodesk/maya2024_textures/leaf.iff"]


# ---------------------------------------------------------------- references

def test_references_are_found_however_deep(world, maya):
    for depth in range(5):
        maya.refer(":".join("abcde"[:depth + 1]) + "RN", "/show/level%d.ma" % depth)
    maya.refer("sharedReferenceNode", "")
    maya.refer("a:_UNKNOWN_REF_NODE_", "", broken="is not a valid reference node")
    assert paths(world) == ["/show/level%d.ma" % depth for depth in range(5)]
    assert scan(world, Trouble) == []


def test_a_reference_that_is_not_loaded_is_not_missed(world, maya):
    maya.refer("offRN", "/show/off.ma", loaded=False)
    assert kinds(world) == {"/show/off.ma": "optional"}


def test_a_broken_reference_is_a_line_and_stops_nothing(world, maya):
    maya.refer("badRN", "", broken="Reference node 'badRN' is not associated with a reference file.")
    maya.refer("goodRN", "/show/good.ma")
    assert paths(world) == ["/show/good.ma"]
    assert scan(world, Trouble) == [
        Trouble("badRN", "Reference node 'badRN' is not associated with a reference file.")]


# ---------------------------------------------------------------- what goes wrong

def test_a_broken_node_is_one_line_and_stops_nothing(world, maya):
    broken = Attr(filename=True, broken="The plug-in failed.")
    maya.make("bad1", "network", a=broken, b=broken, good=Attr("/tex/good.exr", filename=True))
    maya.texture("bad2", "/x").attrs["fileTextureName"] = broken
    world.add_broken("bad3")
    world.add_file("/tex/last.exr", "last1", "fileName")
    assert paths(world) == ["/tex/good.exr", "/tex/last.exr"]
    assert [trouble.node for trouble in scan(world, Trouble)] == ["bad1", "bad2", "bad3"]
    assert scan(world, Trouble)[0].reason == "a: The plug-in failed."


def test_a_node_that_the_artist_deletes_meanwhile_is_no_trouble(world, maya):
    for number in range(4):
        world.add_file("/tex/%d.exr" % number, "node%d" % number, "fileName")
    found = world.host.assets()
    told = next(step for step in found if isinstance(step, File))
    del maya.nodes["node2"]
    rest = [step for step in found if step is not None]
    assert [told.path] + [step.path for step in rest] == ["/tex/0.exr", "/tex/1.exr", "/tex/3.exr"]


def test_a_source_that_fails_leaves_the_others(world, maya, monkeypatch):
    import sys

    def fail(*args, **flags):
        raise RuntimeError("no such command here")
    for name in ("filePathEditor", "colorManagementPrefs", "unknownPlugin"):
        monkeypatch.setattr(sys.modules[str("maya.cmds")], name, fail)
    maya.texture("file1", "/tex/a.exr")
    assert paths(world) == ["/tex/a.exr"]
    assert [trouble.node for trouble in scan(world, Trouble)] == ["path editor", "colour management", "plug-ins"]


def test_plug_ins_that_are_not_loaded_are_named(world, maya):
    maya.unknown_plugins = ["vrayformaya"]
    assert "not loaded" in scan(world, Trouble)[0].reason
    assert scan(world, Trouble)[0].node == "vrayformaya"


def test_mayas_own_list_adds_what_nobody_else_names_and_misses_nothing(world, maya):
    maya.texture("file1", "/tex/wall.1001.exr", tiling=3, pattern="/tex/wall.<UDIM>.exr")
    maya.texture("file2", "sourceimages/a.exr")
    maya.refer("cityRN", "/show/city.ma")
    maya.extra_files = ["/other/light.ies", "/show/city.ma{2}", maya.project + "/sourceimages/a.exr",
                        "/tex/wall.1002.exr", "/a/folder/", ""]
    assert kinds(world) == {"/show/city.ma": "", "/tex/wall.<UDIM>.exr": "", "sourceimages/a.exr": "",
                            "/other/light.ies": "optional"}


def test_each_path_is_told_once_for_a_node(world, maya):
    maya.make("node1", "network", a=Attr("/tex\\a.exr", filename=True), b=Attr("/tex//a.exr", filename=True))
    maya.make("node2", "network", a=Attr("/tex/a.exr", filename=True))
    assert [found.node for found in scan(world)] == ["node1", "node2"]


def test_paths_may_be_of_any_kind(world, maya):
    for number, path in enumerate(("//nas/show/a.exr", "C:\\tex\\b.exr", "$TEX/c.exr", "%TEX%/d.exr", "~/e.exr",
                                   "/tex/Wände/木.exr")):
        maya.texture("file%d" % number, path)
    assert paths(world) == ["//nas/show/a.exr", "C:\\tex\\b.exr", "$TEX/c.exr", "%TEX%/d.exr", "~/e.exr",
                            "/tex/Wände/木.exr"]


def test_nothing_is_asked_of_the_disk(world, maya, monkeypatch):
    import io
    import os

    def refuse(*args, **flags):
        raise AssertionError("the disk was asked")
    maya.texture("file1", "/tex/wall.1001.exr", tiling=3, pattern="/tex/wall.<UDIM>.exr")
    maya.refer("cityRN", "/show/city.ma")
    maya.make("fur", "xgmPalette", xgFileName="city__fur.xgen")
    world.host  # Imported.
    for name in ("stat", "listdir", "lstat", "open"):
        monkeypatch.setattr(os, name, refuse)
    monkeypatch.setattr(io, "open", refuse)
    found = paths(world)
    settings = world.host.render_settings(), world.host.search(), world.host.output_folder()
    monkeypatch.undo()
    assert len(found) == 3 and all(settings)


# ---------------------------------------------------------------- much of it

def test_a_heavy_scene_is_read_whole_in_steps_of_a_few_calls(world, maya):
    """Counted, not timed: what a step asks of Maya does not grow with the scene."""
    expected = heavy(world)
    assert len(maya.nodes) == 20000
    found, most, before = [], 0, maya.calls
    for step in world.host.assets():
        most, before = max(most, maya.calls - before), maya.calls
        found.append(step)
    files = [step for step in found if isinstance(step, File)]
    assert len(files) == expected["files"]
    assert len([file for file in files if file.kind == "frames"]) == expected["frames"] == 40
    assert len([step for step in found if isinstance(step, Trouble)]) == expected["troubles"] == 30
    assert len(found) > 20000, "a breath after each node"
    assert most <= 12


def test_an_array_of_thousands_is_read_in_many_steps(world, maya):
    maya.make("many1", "network", files=Attr({number: "/tex/%d.exr" % number for number in range(3000)}, filename=True))
    maya.make("old", "renderLayer", adjustments=Attr({number: 0.5 for number in range(3000)}, child="value"))
    most, before = 0, maya.calls
    steps = 0
    for _ in world.host.assets():
        most, before, steps = max(most, maya.calls - before), maya.calls, steps + 1
    assert most <= 12 and steps > 6000


def test_a_scan_can_be_ended_at_any_step(world):
    heavy(world, nodes=300, files=100, layers=4, broken=3)
    for steps in (0, 1, 7, 150):
        found = world.host.assets()
        for _ in range(steps):
            next(found)
        found.close()
