"""What a Houdini scene names."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest
from fake_houdini.nodes import Definition
from support_houdini import World, heavy

from rayvision_sync import compat
from rayvision_sync.jobs.snapshot import File, Trouble


@pytest.fixture
def world(tmpdir):
    with World(tmpdir) as made:
        yield made


def found(world):
    return [item for item in world.host.assets() if isinstance(item, File)]


def troubles(world):
    return [item for item in world.host.assets() if isinstance(item, Trouble)]


def paths(world):
    return [(item.path, item.kind, item.offset) for item in found(world)]


def test_a_file_says_where_it_is_named(world):
    world.add_file("/lib/wall.exr", "/obj/geo1/attribwrangle1", "image")
    assert found(world) == [File("/lib/wall.exr", "/obj/geo1/attribwrangle1", "image", "", 0)]


@pytest.mark.parametrize("raw, path", [
    ("$HIP/tex/wall.exr", "{hip}/tex/wall.exr"),
    ("${JOB}/tex/wall.exr", "{hip}/tex/wall.exr"),
    ("tex/wall.exr", "tex/wall.exr"),
    ("~/wall.exr", "/home/artist/wall.exr"),
    ("P:\\show\\wall.exr", "P:/show/wall.exr"),
    ("\\\\server\\share\\wall.exr", "//server/share/wall.exr"),
    ("$HIP\\tex\\$HIPNAME\\wall.exr", "{hip}/tex/city_v042/wall.exr"),
    ("$HIP/b\u00fchne/\u5899.exr", "{hip}/b\u00fchne/\u5899.exr"),
])
def test_variables_are_evaluated_and_nothing_else(world, raw, path):
    world.add_file(raw)
    assert paths(world) == [(path.format(hip=world.project), "", 0)]


@pytest.mark.parametrize("raw, path", [
    ("$HIP/geo/smoke.$F4.bgeo.sc", "{hip}/geo/smoke.$F4.bgeo.sc"),
    ("$HIP/geo/smoke.$F.bgeo.sc", "{hip}/geo/smoke.$F.bgeo.sc"),
    ("$HIP/geo/smoke.${F4}.bgeo.sc", "{hip}/geo/smoke.$F4.bgeo.sc"),
    ("$HIP/geo/smoke.$FF.bgeo.sc", "{hip}/geo/smoke.$F.bgeo.sc"),
    ("$HIP/geo/${F3}_left.bgeo.sc", "{hip}/geo/%03d_left.bgeo.sc"),
    ("$HIP/geo/$F4/part.bgeo.sc", "{hip}/geo/$F4/part.bgeo.sc"),
])
def test_frames_stay_a_pattern(world, raw, path):
    world.add_file(raw)
    assert paths(world) == [(path.format(hip=world.project), "frames", 0)]


def test_a_sequence_is_named_also_where_the_frame_of_now_is_missing(world):
    # No disk is asked: the job knows which frames are there.
    world.hou.now = 999
    world.add_file("/nowhere/smoke.$F4.vdb")
    assert paths(world) == [("/nowhere/smoke.$F4.vdb", "frames", 0)]


@pytest.mark.parametrize("raw, path", [
    ("/lib/wall.<UDIM>.exr", "/lib/wall.<UDIM>.exr"), ("/lib/wall.%(UDIM)d.rat", "/lib/wall.<UDIM>.rat"),
    ("/lib/wall_u%(U)d_v%(V)d.rat", "/lib/wall_u<U>_v<V>.rat"), ("/lib/wall.1001.exr", "/lib/wall.1001.exr")])
def test_tiles_stay_a_pattern_and_are_forced_on_no_plain_name(world, raw, path):
    world.add_file(raw)
    assert paths(world) == [(path, "", 0)]


def test_a_nodes_own_name_is_evaluated_by_the_node(world):
    world.add_file("/lib/$OS/wall.exr", "/obj/geo1/brick")
    world.add_file("/lib/$OS.$F4.exr", "/obj/geo1/stone")
    assert paths(world) == [("/lib/brick/wall.exr", "", 0), ("/lib/stone.$F4.exr", "frames", 0)]


def test_an_expression_of_the_frame_becomes_a_pattern_with_its_offset(world):
    world.add_file(lambda frame: "/lib/smoke.%04d.vdb" % (frame - 10))
    world.add_file(lambda frame: "/lib/ash.%d.vdb" % (frame + 1000), attribute="second")
    assert paths(world) == [("/lib/smoke.$F4.vdb", "frames", -10), ("/lib/ash.$F.vdb", "frames", 1000)]


def test_what_changes_in_its_own_way_is_asked_frame_by_frame(world):
    world.rop.add("f1", 1.0)
    world.rop.add("f2", 6.0)
    world.add_file(lambda frame: "/lib/on_twos.%04d.exr" % (frame // 2))
    assert paths(world) == [("/lib/on_twos.%04d.exr" % number, "", 0) for number in (0, 1, 2, 3)]


def test_a_keyed_name_is_evaluated(world):
    world.add_file("$HIP/tex/wall.exr", keyed=True)
    assert paths(world) == [(world.project + "/tex/wall.exr", "", 0)]


@pytest.mark.parametrize("raw", ["op:/img/comp1/out", "opdef:/Sop/brick?wall.jpg", "oplib:/Sop/brick",
                                 "temp:clouds.pic", "anon:0x1234:layer", "https://example.org/wall.exr", "", "   "])
def test_what_is_no_file_is_left_out(world, raw):
    world.add_file(raw)
    assert found(world) == [] == troubles(world)


@pytest.mark.parametrize("raw", ["$HIP", "$HIP/", "$JOB/", "${HIP}/$NOTHING", "/"])
def test_an_empty_name_is_not_the_whole_project(world, raw):
    world.add_file(raw, file_type=world.hou.fileType.Directory)
    assert found(world) == [] == troubles(world)


def test_a_folder_is_sent_where_a_folder_is_meant(world):
    world.add_file("$HIP/tex/", file_type=world.hou.fileType.Directory)
    world.add_file("$HIP/tex/", attribute="empty_name")
    assert paths(world) == [(world.project + "/tex/", "folder", 0)]


def test_what_is_written_is_no_input(world):
    world.add_file("$HIP/geo/out.$F4.bgeo", "/obj/geo1/cache", "sopoutput")
    world.add_file("$HIP/geo/other.$F4.bgeo", "/obj/geo1/own_hda", "target", mode="write")
    world.add_file("$HIP/abc/out.abc", "/out/alembic1", "filename", category="Driver")
    world.add_file("$HIP/abc/in.abc", "/obj/geo1/alembic1", "filename")
    world.add_file("$HIP/ifds/storage", "/out/mantra1", "vm_tmpsharedstorage", category="Driver")
    assert [path for path, _, _ in paths(world)] == [world.project + "/abc/in.abc"]


@pytest.mark.parametrize("loads, kinds", [(1.0, ["frames", "frames"]), (0.0, [])])
def test_a_cache_is_an_input_where_it_is_read(world, loads, kinds):
    node = "/obj/geo1/filecache1"
    world.node(node).add("loadfromdisk", loads)
    world.add_file("$HIP/geo/cache.$F4.bgeo.sc", node, "sopoutput", mode="write")
    world.add_file("$HIP/geo/other.$F4.bgeo.sc", node, "file")
    assert [kind for _, kind, _ in paths(world)] == kinds


def test_one_parameter_that_fails_is_one_trouble(world):
    world.add_file("/lib/before.exr")
    world.add_broken("/obj/bad1")
    world.add_file("/lib/after.exr", attribute="second")
    assert [path for path, _, _ in paths(world)] == ["/lib/before.exr", "/lib/after.exr"]
    assert [trouble.node for trouble in troubles(world)] == ["/obj/bad1"]
    assert "cannot be evaluated" in troubles(world)[0].reason and "Error evaluating" in troubles(world)[0].reason


def test_a_node_that_is_deleted_meanwhile_is_not_missed(world):
    world.add_file("/lib/before.exr").is_deleted = True
    world.add_file("/lib/after.exr", attribute="second")
    assert [path for path, _, _ in paths(world)] == ["/lib/after.exr"]
    assert troubles(world) == []


def test_a_variable_that_nobody_set_is_shown_by_its_name(world):
    world.add_file("$TEXTURES/wall.exr")
    world.hou.references.append((None, str("$TEXTURES/stone.exr")))
    assert [path for path, _, _ in paths(world)] == ["$TEXTURES/wall.exr", "$TEXTURES/stone.exr"]


def test_files_that_houdini_brings_along_are_left_out(world):
    world.add_file("$HFS/houdini/pic/Mandril.pic")
    world.hou.libraries += ["/opt/hfs20.5.332/houdini/otls/OPlibSop.hda", "Embedded", "/show/otls/rock.hda"]
    assert [path for path, _, _ in paths(world)] == ["/show/otls/rock.hda"]


def test_a_library_is_named_once(world):
    world.hou.references.append((None, str("/show/otls/rock.hda")))
    world.hou.libraries += ["/show/otls/rock.hda", "/show/otls/tree.hda"]
    assert found(world) == [File("/show/otls/rock.hda"), File("/show/otls/tree.hda")]


def test_the_colour_configuration_is_named(world):
    world.hou.variables["OCIO"] = "/studio/aces/config.ocio"
    assert found(world) == [File("/studio/aces/config.ocio", "", "OCIO")]
    world.hou.variables["OCIO"] = "ocio://default"
    assert found(world) == []


def test_maps_of_lights_that_were_never_made_are_not_missed(world):
    world.add_file("$HIP/$OS-bounce.rat", "/obj/key", "vm_bounce")
    assert paths(world) == [(world.project + "/key-bounce.rat", "optional", 0)]


def test_a_reference_of_an_assets_definition_has_no_node(world):
    world.hou.references.append((Definition("/show/otls/rock.hda"), str("/show/otls/rock.hda")))
    assert found(world) == [File("/show/otls/rock.hda")]


def test_a_layer_of_usd_is_named_and_the_job_reads_it(world):
    world.add_file("$HIP/usd/set.usda", "/stage/sublayer1", "filepath1", category="Lop")
    assert paths(world) == [(world.project + "/usd/set.usda", "", 0)]


def test_reading_changes_nothing_of_the_scene(world):
    heavy(world, nodes=200, files=60, layers=4, broken=3)
    world.hou.now = 1007
    list(world.host.assets())
    world.host.render_settings()
    world.host.output_folder()
    assert (world.host.is_changed(), world.save_count, world.hou.now) == (False, 0, 1007)


def test_two_nodes_with_one_file_are_both_named(world):
    world.add_file("/lib/wall.exr", "/obj/a")
    world.add_file("/lib/wall.exr", "/obj/b")
    assert [item.node for item in found(world)] == ["/obj/a", "/obj/b"]


def test_it_works_before_hou_had_text(tmpdir):
    with World(tmpdir, version="17.5.460") as old:
        old.add_file("$HIP/tex/wall.exr")
        assert paths(old) == [(old.project + "/tex/wall.exr", "", 0)]


def test_no_references_at_all_is_a_trouble_not_an_error(world, monkeypatch):
    def fail(*_):
        raise world.hou.OperationFailed(str("no"))
    monkeypatch.setattr(world.hou, "fileReferences", fail)
    world.hou.libraries.append("/show/otls/rock.hda")
    assert len(troubles(world)) == 1 and len(found(world)) == 1


def test_a_heavy_scene_is_read_in_short_steps(world):
    """Counted, not timed: one reference is at most a handful of calls."""
    heavy(world)
    steps, items = 0, []
    for item in world.host.assets():
        steps += 1
        items.append(item)
    files = [item for item in items if isinstance(item, File)]
    assert len([item for item in items if isinstance(item, Trouble)]) == 30
    assert len(files) == 6200 and steps >= 6200 + 40 + 30
    assert {item.kind for item in files} == {"", "frames"}
    assert not [item for item in files if "/render/" in item.path], "what is rendered is no input"
    assert all(isinstance(item.path, compat.text_type) for item in files)
