"""The adapter of 3ds Max in every release: scene, saving, render setup, what it asks of MAXScript."""
from __future__ import absolute_import, division, print_function, unicode_literals

import ast
import io
import os
import threading

import pytest
import support_max
import support_tree
from support_max import MaxWorld, Strict, Time, native

from rayvision_sync import task_config
from rayvision_sync.hosts.base import contract
from rayvision_sync.jobs import snapshot

FOLDER = os.path.join(support_tree.ROOT, "hosts", "max")


@pytest.fixture(params=(2018, 2024, 2027))
def world(request, tmpdir):
    with MaxWorld(tmpdir, request.param) as world:
        yield world


@pytest.fixture
def late(tmpdir):
    with MaxWorld(tmpdir, 2026) as world:
        yield world


def content(path):
    with io.open(native(path), encoding="utf-8") as source:
        return source.read()


# ---------------------------------------------------------------- what it is

def test_it_is_a_host(world):
    assert contract.lacking(world.host) == []
    assert (world.host.name, world.host.title, world.host.chooses_scene) == ("3dsmax", "3ds Max", False)
    assert world.host is world.module.host()


@pytest.mark.parametrize("year", support_max.YEARS)
def test_the_release_is_known_by_its_year(year, tmpdir):
    with MaxWorld(tmpdir, year) as world:
        assert world.host.version == "%d" % year


@pytest.mark.parametrize("year, parts", [
    (2018, "3dsmaxpy.exe"), (2020, "3dsmaxpy.exe"), (2021, "Python37/python.exe"), (2022, "Python37/python.exe"),
    (2023, "Python/python.exe"), (2025, "Python/python.exe"), (2027, "Python/python.exe")])
def test_its_plain_interpreter_is_never_3ds_max_itself(year, parts, tmpdir):
    with MaxWorld(tmpdir, year) as world:
        found = world.host.plain_interpreter()
        assert found == os.path.join(world.root, *parts.split("/"))
        assert os.path.isfile(native(found))


def test_a_thread_is_refused(world):
    caught = []

    def ask():
        try:
            world.host.scene()
        except RuntimeError as error:
            caught.append("%s" % error)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert caught and "thread" in caught[0]


def test_a_batch_and_a_render_node_have_nobody_before_them(world):
    assert world.host.interactive
    world.is_batch = True
    assert not world.host.interactive
    world.is_batch, world.is_server = False, True
    assert not world.host.interactive


def test_without_the_question_for_batch_mode_it_is_taken_as_interactive(world):
    from rayvision_sync.hosts.max import runtime
    del runtime.mxs()._values["maxops"]._members["isinnoninteractivemode"]
    assert world.host.interactive
    world.is_server = True
    assert not world.host.interactive


# ---------------------------------------------------------------- the scene

def test_the_scene_is_saved_once_and_a_copy_leaves_it_alone(world, tmpdir):
    assert world.host.scene() == world.scene_path
    world.set_changed(True)
    copy = os.path.join(os.path.dirname(world.scene_path), "copy of \u5341.max")
    world.host.save_copy(copy)
    assert (world.host.is_changed(), world.save_count, world.host.scene()) == (True, 0, world.scene_path)
    assert content(world.scene_path) == "scene 0" and content(copy) == "scene 1"
    world.host.save()
    assert (world.host.is_changed(), world.save_count, content(world.scene_path)) == (False, 1, "scene 1")


def test_a_scene_without_a_name_is_told_in_a_sentence(world):
    world.scene_path = ""
    assert world.host.scene() is None
    with pytest.raises(contract.HostError) as caught:
        world.host.save()
    assert "Save As" in caught.value.message


def test_a_save_that_does_not_work_is_told_in_a_sentence(world, tmpdir):
    missing = os.path.join(world.project, "nowhere", "a.max")
    with pytest.raises(contract.HostError) as caught:
        world.host.save_copy(missing)
    assert missing in caught.value.message and "read-only" in caught.value.message
    os.chmod(native(world.scene_path), 0o444)
    with pytest.raises(contract.HostError):
        world.host.save()
    assert world.save_count == 0


# ---------------------------------------------------------------- render setup

@pytest.mark.parametrize("setup, text", [
    ({"rendTimeType": 1}, "1010"), ({"rendTimeType": 2}, "0-100"), ({"rendTimeType": 3}, "1001-1120"),
    ({"rendTimeType": 2, "rendNThFrame": 5}, "0-100[5]"), ({"rendTimeType": 3, "rendNThFrame": 2}, "1001-1120[2]"),
    ({"rendTimeType": 4, "rendPickupFrames": " 1, 3,5-12 "}, "1,3,5-12"),
    ({"rendTimeType": 3, "rendStart": Time(20), "rendEnd": Time(10)}, "10-20"),
    ({"rendTimeType": 1, "sliderTime": Time(-5), "rendNThFrame": 3}, "-5"),
    ({"rendTimeType": 3, "rendStart": Time(-10), "rendEnd": Time(10)}, "-10-10")])
def test_frames_are_those_of_the_render_setup(world, setup, text):
    world.setup.update(setup)
    assert world.host.render_settings()["frames"] == text
    assert task_config.parse_frames(text)


def test_targets_are_no_cameras_and_the_one_looked_through_comes_first(world):
    assert world.host.render_settings()["cameras"] == ["shotCam", "close"]
    world.active_camera = None
    assert world.host.render_settings()["cameras"] == ["close", "shotCam"]
    world.camera_nodes.append(Strict("$Physical:wide"))  # Has no name: its plug-in is missing.
    assert world.host.render_settings()["cameras"] == ["close", "shotCam"]


@pytest.mark.parametrize("kind, name, version", [
    ("V_Ray_6__Hotfix_3", "vray", "6"), ("V_Ray_GPU_6_1", "vray", "6.1"), ("CoronaRenderer", "corona", ""),
    ("Arnold", "arnold", ""), ("Redshift_Renderer", "redshift", ""), ("Unheard_Of_2", "Unheard_Of_2", "2")])
def test_the_renderer_has_one_name_whatever_its_class_is_called(world, kind, name, version):
    world.renderer = Strict(kind)
    found = world.host.render_settings()
    assert (found["renderer"], found["renderer_version"]) == (name, version)
    assert found["plugins"] == {name: version}
    assert found["details"]["renderer_class"] == kind


def test_a_renderer_of_3ds_max_itself_is_no_plugin(world):
    found = world.host.render_settings()
    assert (found["renderer"], found["renderer_version"]) == ("scanline", "%d" % world.year)
    assert found["plugins"] == {}


def test_v_ray_says_its_version_itself(world):
    world.renderer = Strict("V_Ray_6__Hotfix_3")
    world.globals_["vrayVersion"] = lambda: support_max.Array(["6.20.06", "ef2c"])
    world.used_plugins = ["vray2024.dlr", "ForestPackPro.dlo", "bitmap.dlt"]
    found = world.host.render_settings()
    assert found["plugins"] == {"vray": "6.20.06", "forestpack": ""}
    assert found["details"]["used_plugins"] == ["vray2024.dlr", "ForestPackPro.dlo", "bitmap.dlt"]


def test_size_and_render_elements_are_told(world):
    world.elements = [
        (Strict("MultiMatteElement", elementName="matte", enabled=True), "/out/city_matte.exr"),
        (Strict("Missing_Render_Element_Plug_in"), ""),
        (Strict("VRayAlpha", elementName="alpha", enabled=False), None)]
    found = world.host.render_settings()
    assert (found["width"], found["height"], found["layers"]) == (1920, 1080, [])
    assert found["details"]["render_elements"] == [
        {"name": "matte", "class": "MultiMatteElement", "enabled": True, "file": "/out/city_matte.exr"},
        {"name": "alpha", "class": "VRayAlpha", "enabled": False, "file": ""}]


def test_what_is_told_is_a_snapshot_that_json_can_hold(world):
    values = world.host.render_settings()
    frames = values.pop("frames")
    made = snapshot.make(dict(values, scene=world.scene_path, host=world.host.name, frames={"ranges": frames}))
    assert snapshot.load(snapshot.save(made, os.path.join(world.project, "a.json"))) == made


def test_the_output_folder_is_that_of_the_picture_else_that_of_the_project(world):
    assert world.host.output_folder() == world.output
    world.setup["rendOutputFilename"] = "P:\\show\\renders\\city\\city_.exr"
    assert world.host.output_folder() == "P:\\show\\renders\\city"
    world.setup["rendOutputFilename"] = ""
    assert world.host.output_folder() == world.output
    world.renderer = Strict("V_Ray_6", output_splitgbuffer=True, output_splitfilename="P:\\split\\city_.exr",
                            output_saveRawFile=False, output_rawFileName="P:\\raw\\city.vrimg")
    assert world.host.output_folder() == "P:\\split"


def test_relative_paths_are_looked_for_where_3ds_max_does(world):
    world.map_folders = ["D:\\maps\\", world.project]
    world.scene_xrefs = ["P:\\sets\\street.max"]
    assert world.host.project() == world.project
    assert world.host.search() == [
        world.project, os.path.dirname(world.scene_path), "P:\\sets", "D:\\maps",
        os.path.join(world.project, "sceneassets", "images")]


def test_a_project_that_cannot_be_asked_for_is_none(world):
    from rayvision_sync.hosts.max import runtime
    del runtime.mxs()._values["pathconfig"]
    assert world.host.project() == ""


# ---------------------------------------------------------------- what it asks of MAXScript

#: Calls whose result is an object of MAXScript, and names that hold one by the adapter's own habit.
ROOTS = ("rt",)


def dotted(node):
    """Return the names of an attribute from its root: "rt.a.b" -> ["rt", "a", "b"]; None where it begins otherwise."""
    names = []
    while isinstance(node, (ast.Attribute, ast.Call)):
        if isinstance(node, ast.Call):
            node = node.func
            continue
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    names = [node.id] + names[::-1]
    for start in (["runtime", "mxs"], ["mxs"], ["self", "rt"]):
        if names[:len(start)] == start:
            return ["rt"] + names[len(start):]
    return names


def held(tree):
    """Return the names that hold objects of MAXScript: assigned from "rt" or from one of them, or run through."""
    known = set(ROOTS)
    for _ in range(4):
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                pairs = [(target, node.value) for target in node.targets]
            elif isinstance(node, (ast.For, ast.comprehension)):
                pairs = [(node.target, node.iter)]
            else:
                continue
            for target, value in pairs:
                if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "list":
                    value = value.args[0]
                root = dotted(value)
                if isinstance(target, ast.Name) and root and root[0] in known:
                    known.add(target.id)
    return known


def word(node):
    """Return the text of a constant, None where it is none: the node is called "Str" up to Python 3.7."""
    return getattr(node, "value", None) if type(node).__name__ == "Constant" else getattr(node, "s", None)


def asked(source):
    """Return ``(globals, members)`` that a module asks of MAXScript."""
    tree = ast.parse(source)
    names, known = set(), held(tree)
    members = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "find" \
                and isinstance(node.func.value, ast.Name) and node.func.value.id == "runtime":
            names.update(word(argument) for argument in node.args if word(argument))
        chain = dotted(node) if isinstance(node, ast.Attribute) else None
        if not chain or len(chain) < 2:
            continue
        if chain[0] in ROOTS and len(chain) > 1:
            names.add(".".join(chain[1:]))
        elif chain[0] in known:
            members.update(chain[1:])
    return names, members


def allowed(name, known):
    """Tell whether a dotted name is one of the list, the beginning of one, or one and members behind it."""
    if any(entry == name or entry.startswith(name + ".") for entry in known):
        return True
    head, _, tail = name.rpartition(".")
    return bool(head) and tail in support_max.MEMBERS and allowed(head, known)


MODULES = [name for name in sorted(os.listdir(FOLDER)) if name.endswith(".py")]


@pytest.mark.parametrize("module", MODULES)
def test_nothing_is_asked_of_maxscript_that_is_not_in_the_list(module):
    names, members = asked(content(os.path.join(FOLDER, module)).encode("utf-8"))
    assert [name for name in sorted(names) if not allowed(name, support_max.NAMES)] == []
    own = {"append", "items", "values", "update", "lower", "replace", "rstrip", "extend", "setdefault", "add",
           "strip", "get", "startswith", "group"}
    assert sorted(members - set(support_max.MEMBERS) - own) == []


def test_all_of_the_list_is_used():
    names = set()
    for module in MODULES:
        names |= asked(content(os.path.join(FOLDER, module)).encode("utf-8"))[0]
    from rayvision_sync.hosts.max import assets
    names |= set(name for name, _ in assets.CLASSES)
    assert [name for name in sorted(support_max.NAMES)
            if not any(name == found or found.startswith(name + ".") for found in names)] == []


def test_the_reader_of_the_adapter_sees_a_name_that_is_unknown():
    names, members = asked(
        b"def f(rt):\n    menu = rt.menuMan.findMenu('a')\n    menu.explode()\n    rt.holdMaxFile()\n")
    assert "holdMaxFile" in names and not allowed("holdMaxFile", support_max.NAMES)
    assert "explode" in members


@pytest.mark.parametrize("name", ["holdMaxFile", "fetchMaxFile", "menuMan.explode"])
def test_the_fake_refuses_what_is_unknown(world, name):
    world.has_ui = True
    thing = __import__(native("pymxs")).runtime
    with pytest.raises(AttributeError):
        for part in name.split("."):
            thing = getattr(thing, native(part))
