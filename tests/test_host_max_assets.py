"""What a scene of 3ds Max names: from every source once, in short steps, without the disk."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os

import pytest
import support_max
from support_max import MaxWorld, Strict, native

from rayvision_sync.jobs import snapshot
from rayvision_sync.jobs.snapshot import File, Trouble


@pytest.fixture(params=(2018, 2020, 2024, 2027))
def world(request, tmpdir):
    with MaxWorld(tmpdir, request.param) as world:
        yield world


def files(world):
    return [row for row in world.host.assets() if isinstance(row, File)]


def paths(world):
    return [found.path for found in files(world)]


def troubles(world):
    return [row for row in world.host.assets() if isinstance(row, Trouble)]


# ---------------------------------------------------------------- sources

def test_a_texture_says_where_its_file_stands(world):
    world.add_file("maps\\wall.png", "Map #4")
    world.add_file("P:/hdri/sky.hdr", "sky", "HDRIMapName", kind="VRayBitmap")
    world.track("P:/ies/lamp.ies", "Photometric")
    assert files(world) == [File("maps\\wall.png", "Map #4", "filename"), File("P:/hdri/sky.hdr", "sky", "HDRIMapName"),
                            File("P:/ies/lamp.ies", "", "Photometric")]


def test_a_file_is_told_once_whatever_its_slashes_and_case(world):
    world.add_file("P:\\maps\\Wall.png", "a")
    world.add_file("p:/maps/wall.PNG", "b")
    world.object_xrefs = ["P:/maps/wall.png"]
    assert files(world) == [File("P:\\maps\\Wall.png", "a", "filename")]


def test_references_and_what_is_in_them_are_told(world):
    world.scene_xrefs = ["P:\\sets\\street.max"]
    world.object_xrefs = ["P:\\props\\car.max"]
    for path in ("P:\\sets\\street.max", "P:\\props\\car.max", "P:\\sets\\house.max"):
        world.track(path, "XRef")
    world.track("maps\\brick.png")
    world.dependent["P:\\sets\\street.max"] = ["P:\\sets\\house.max", "maps\\brick.png"]
    found = files(world)
    assert File("P:\\sets\\house.max", "P:\\sets\\street.max", "XRef") in found
    assert File("maps\\brick.png", "P:\\sets\\street.max", "Bitmap") in found
    assert sorted(found.path for found in found) == sorted([
        "P:\\sets\\street.max", "P:\\props\\car.max", "P:\\sets\\house.max", "maps\\brick.png"])
    assert "P:\\sets" in world.host.search()  # Where "maps\brick.png" may stand.


def test_what_the_asset_tracker_does_not_know_is_told_by_the_lists(world):
    world.maps.append("P:/maps/forgotten.tif")
    world.scene_xrefs = ["P:/sets/not tracked.max"]
    assert files(world) == [File("P:/sets/not tracked.max", "", "xref scene"),
                            File("P:/maps/forgotten.tif", "", "Bitmap")]


def test_the_colour_configuration_of_the_scene_is_an_input(tmpdir):
    with MaxWorld(tmpdir, 2025) as world:
        world.globals_["ColorPipelineMgr"] = Strict("Interface", Mode=support_max.Word("OCIO_Custom"),
                                                    OCIOConfigPath="P:\\ocio\\config.ocio")
        assert files(world) == [File("P:\\ocio\\config.ocio", "color management", "OCIOConfigPath")]
        world.globals_["ColorPipelineMgr"] = Strict("Interface", Mode=support_max.Word("OCIO_Default"),
                                                    OCIOConfigPath="C:\\Program Files\\config.ocio")
        assert files(world) == []


# ---------------------------------------------------------------- broken in peers

def test_what_is_written_is_no_input(world):
    world.track(world.setup["rendOutputFilename"], "RenderOutput", is_used=False)
    world.track("P:/out/old.avi", "VideoPost")
    world.elements = [(Strict("VRayAlpha", elementName="alpha", enabled=True), "P:/out/city_alpha_.exr")]
    world.track("P:/out/city_alpha_.exr")  # The tracker calls it a bitmap.
    world.track(os.path.dirname(world.setup["rendOutputFilename"]) + "/")
    assert files(world) == []


def test_a_written_file_that_a_texture_reads_is_an_input(world):
    world.add_file("P:/bake/ao.exr", "ao")
    world.assets.append(("P:/bake/ao.exr", "RenderOutput"))
    assert paths(world) == ["P:/bake/ao.exr"]


@pytest.mark.parametrize("path", ["", " ", ".", "./", ".\\", "P:\\show\\", "P:/show/tex/"])
def test_an_empty_path_and_a_folder_are_not_the_whole_project(world, path):
    world.add_file(path, "Map #1")
    assert files(world) == []


def test_the_scene_is_not_named_by_itself(world):
    world.track(world.scene_path, "XRef")
    assert files(world) == []


def test_a_broken_texture_is_one_trouble_and_the_scan_goes_on(world):
    world.add_file("a.png", "a")
    world.add_broken("bad1")
    world.add_file("b.png", "b")
    assert [row for row in world.host.assets() if row is not None] == [
        File("a.png", "a", "filename"),
        Trouble("bad1", "-- Runtime error: plug-in is missing: bad1"), File("b.png", "b", "filename")]


def test_a_tracker_that_fails_is_one_trouble_and_the_lists_are_asked_still(world):
    world.broken_tracker = True
    world.add_file("a.png", "a")
    world.maps.append("b.png")
    assert paths(world) == ["a.png", "b.png"]
    assert [trouble.node for trouble in troubles(world)] == ["asset tracking"]


def test_broken_references_are_troubles_each(world):
    fault = RuntimeError("-- Runtime error: file is locked\nmore of it")
    world.scene_xrefs = ["P:/a.max", "P:/b.max"]
    for path in world.scene_xrefs:
        world.track(path, "XRef")
    world.dependent["P:/a.max"] = fault
    assert troubles(world) == [Trouble("P:/a.max", "-- Runtime error: file is locked")]
    assert paths(world) == ["P:/a.max", "P:/b.max"]


def test_a_reference_without_its_number_is_a_trouble(world):
    world.object_xrefs = ["P:/a.max"]
    from rayvision_sync.hosts.max import runtime
    runtime.mxs().objXRefs._members["getnumfiles"] = lambda: 2
    assert [trouble.node for trouble in troubles(world)] == ["xref object 2"]
    assert paths(world) == ["P:/a.max"]


def test_properties_of_a_texture_whose_plug_in_is_older_are_troubles(world):
    world.textures["CoronaBitmap"] = [Strict("CoronaBitmap", name="wood")]
    assert [trouble.node for trouble in troubles(world)] == ["wood"]


@pytest.mark.parametrize("kind, attribute, path, others, expected", [
    ("ai_image", "filename", "P:/seq/fire.####.exr", {}, "frames"),
    ("VRayBitmap", "HDRIMapName", "P:/seq/fire.<frame04>.exr", {"ifl_start_frame": 0}, "frames"),
    ("VRayBitmap", "HDRIMapName", "P:/seq/fire.<frame04>.exr", {"ifl_start_frame": 20}, ""),
    ("ai_image", "filename", "P:/seq/fire.%04d.exr", {}, "frames"),
    ("ai_image", "filename", "P:/tex/wall.<UDIM>.exr", {}, ""),
    ("BitmapTexture", "filename", "P:/seq/fire.####.png", {"startTime": support_max.Time(0), "playBackRate": 1.0},
     "frames"),
    ("BitmapTexture", "filename", "P:/seq/fire.####.png", {"startTime": support_max.Time(0), "playBackRate": 2.0}, ""),
    ("BitmapTexture", "filename", "P:/seq/fire.####.png", {"startTime": support_max.Time(7)}, ""),
    ("BitmapTexture", "filename", "P:/seq #3/fire.ifl", {}, ""),
    ("BitmapTexture", "filename", "P:/####/wall.png", {}, ""),
    ("ai_image", "filename", "####.exr", {}, "frames")])
def test_only_files_that_run_with_the_frames_are_taken_by_frame(world, kind, attribute, path, others, expected):
    world.add_file(path, "it", attribute, kind=kind, **others)
    assert [(found.path, found.kind) for found in files(world)] == [(path, expected)]


def test_a_sequence_is_named_by_its_pattern_though_the_current_frame_is_missing(world):
    world.track("P:/seq/fire.####.exr")
    assert files(world) == [File("P:/seq/fire.####.exr", "", "Bitmap", "frames")]


def test_scanning_saves_nothing_and_twice_says_the_same(world):
    support_max.heavy(world, files=50, nodes=80, broken=5)
    before = world.set_changed(True)
    first = [row for row in world.host.assets() if row is not None]
    assert [row for row in world.host.assets() if row is not None] == first
    assert (world.save_count, world.copy_count, world.changed, before) == (0, 0, True, None)


def test_the_disk_is_left_alone(world, monkeypatch):
    support_max.heavy(world, files=20, nodes=30, broken=2)

    def refuse(*args, **options):
        raise AssertionError("the disk was asked for %r" % (args,))

    scan = world.host.assets()
    next(scan)
    for module, name in ((os, "stat"), (os, "listdir"), (os.path, "exists"), (os.path, "isfile"),
                         (os.path, "isdir"), (io, "open")):
        monkeypatch.setattr(module, native(name), refuse)
    found = list(scan)
    world.host.search(), world.host.output_folder(), world.host.project(), world.host.render_settings()
    monkeypatch.undo()
    assert len([row for row in found if isinstance(row, File)]) > 60


def test_a_heavy_scene_is_read_in_steps_of_a_few_calls(tmpdir):
    with MaxWorld(tmpdir, 2024) as world:
        support_max.heavy(world, files=600, nodes=2000, broken=30)
        most, before, rows = 0, world.calls, []
        for row in world.host.assets():
            most, before = max(most, world.calls - before), world.calls
            rows.append(row)
        assert most <= 50
        assert len([row for row in rows if isinstance(row, Trouble)]) == 30
        found = [row for row in rows if isinstance(row, File)]
        assert len(found) == len(set(row.path for row in found)) == 600 + 40 + 6 + 5


def test_what_is_found_is_kept_as_a_snapshot(world):
    support_max.heavy(world, files=30, nodes=40, broken=3)
    rows = list(world.host.assets())
    made = snapshot.make({"scene": world.scene_path, "files": [row for row in rows if isinstance(row, File)],
                          "troubles": [row for row in rows if isinstance(row, Trouble)]})
    assert len(made.troubles) == 3 and len(made.files) == 30 + 40 + 6 + 5
