"""Houdini as a host, and the files it reads by itself."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import subprocess
import sys
import xml.etree.ElementTree

import pytest
import support_tree
from support_houdini import ADAPTER, PACKAGE, World, startup_scripts

from rayvision_sync import compat
from rayvision_sync.hosts.base import contract, entries


@pytest.fixture
def world(tmpdir, home):
    with World(tmpdir) as made:
        yield made


# ---------------------------------------------------------------- the host

def test_it_is_a_host(world):
    assert contract.lacking(world.host) == []
    assert (world.host.name, world.host.title, world.host.version) == ("houdini", "Houdini", "20.5.332")
    assert world.host.interactive and not world.host.chooses_scene
    assert world.module.host() is world.host


def test_nothing_heavy_is_imported_with_the_adapter():
    code = "import sys; import %s; print([name for name in ('Qt', 'hou', 'requests', 'ssl', 'sqlite3', " \
           "'rayvision_sync.panel', 'rayvision_sync.jobs.store') if name in sys.modules])" % ADAPTER
    assert subprocess.check_output([sys.executable, "-c", code]).decode("utf-8").strip() == "[]"


def test_a_scene_that_was_never_saved_is_none(world):
    assert world.host.scene() == world.scene_path
    world.hou.hip.is_new = True
    assert world.host.scene() is None and world.host.project() == ""
    with pytest.raises(contract.HostError) as error:
        world.host.save()
    assert "Save As" in error.value.message


def test_an_early_houdini_tells_a_new_scene_by_its_name(tmpdir, home):
    with World(tmpdir, version="17.5.173", has_backups=False) as world:
        assert world.host.scene() == world.scene_path
        world.hou.hip.file = "/home/artist/untitled.hip"
        assert world.host.scene() is None


def test_the_scene_is_saved_in_place(world):
    world.set_changed(True)
    assert world.host.is_changed()
    world.host.save()
    assert (world.save_count, world.host.is_changed(), world.hou.hip.moves) == (1, False, 0)


def test_a_failed_save_is_a_sentence(world):
    world.hou.hip.fails = True
    with pytest.raises(contract.HostError) as error:
        world.host.save()
    assert world.scene_path in error.value.message and "Unable to save" in error.value.message


@pytest.mark.parametrize("has_backups", [True, False])
@pytest.mark.parametrize("is_changed", [True, False])
def test_a_copy_changes_neither_name_nor_state(tmpdir, home, has_backups, is_changed):
    with World(tmpdir, has_backups=has_backups) as world:
        world.set_changed(is_changed)
        copy = compat.text(tmpdir.strpath) + "/private b\u00fchne/copy.hip"
        world.host.save_copy(copy)
        assert os.path.isfile(compat.fs(copy))
        assert (world.host.scene(), world.host.is_changed(), world.save_count) == (world.scene_path, is_changed, 0)
        assert world.hou.variables["HIP"] == world.project
        assert "HOUDINI_BACKUP_DIR" not in world.hou.variables
        assert not os.path.exists(compat.fs(world.project + "/backup"))
        # To move $HIP there and back cooks what hangs on it twice.
        assert world.hou.hip.moves == (0 if has_backups else 2)


def test_a_studios_own_folder_for_backups_is_given_back(world, tmpdir):
    world.hou.variables["HOUDINI_BACKUP_DIR"] = "/backups"
    world.host.save_copy(compat.text(tmpdir.strpath) + "/copy.hip")
    assert world.hou.variables["HOUDINI_BACKUP_DIR"] == "/backups"


@pytest.mark.parametrize("has_backups", [True, False])
def test_a_copy_gets_its_name_whatever_ending_the_licence_gives(tmpdir, home, has_backups):
    with World(tmpdir, has_backups=has_backups) as world:
        world.hou.hip.licence = ".hiplc"
        copy = compat.text(tmpdir.strpath) + "/private/copy.hip"
        world.host.save_copy(copy)
        assert os.listdir(compat.fs(os.path.dirname(copy))) == ["copy.hip"]


def test_a_copy_that_fails_leaves_the_scene_as_it_was(world):
    world.hou.hip.fails = True
    world.set_changed(True)
    with pytest.raises(contract.HostError) as error:
        world.host.save_copy("/nowhere/copy.hip")
    assert "/nowhere/copy.hip" in error.value.message
    assert (world.host.scene(), world.host.is_changed()) == (world.scene_path, True)


@pytest.mark.parametrize("job, project", [
    ("/show", "/show"), ("/show/shots", "/show/shots"), ("/elsewhere", "{hip}"), ("/home/artist", "{hip}"),
    ("", "{hip}"), ("/", "{hip}")])
def test_the_project_is_job_where_the_scene_stands_in_it(world, job, project):
    world.hou.variables.update(HIP="/show/shots/sh010", JOB=job)
    assert world.host.project() == project.format(hip="/show/shots/sh010")


def test_an_artists_home_is_no_project(world):
    world.hou.variables.update(HIP="/home/artist/city", JOB="/home/artist")
    assert world.host.project() == "/home/artist/city"
    assert world.host.search() == ["/home/artist/city", "/home/artist"]


def test_what_is_done_later_is_done_when_houdini_is_idle(world):
    done = []
    world.host.later(lambda: done.append(1))
    assert done == []
    world.idle()
    assert done == [1]


def test_the_status_line_alone_does_not_count_as_told(world):
    assert world.host.notify("Done", "b\u00fchne.hip") is False
    assert world.hou.ui.status == "Done: b\u00fchne.hip"


# ---------------------------------------------------------------- without windows

def test_nothing_happens_without_windows(tmpdir, home):
    world = World(tmpdir)
    world.batch(True)
    with world:
        world.start()
        world.module.register()
        world.module.unregister()
        assert world.module.show("submit") is False
        assert not world.host.interactive and world.host.main_window() is None
        assert world.menu() == [] == world.shelf()
        assert world.host.add_shelf("x", ())() is None
        done = []
        world.host.later(lambda: done.append(1))
        assert done == [1]
        assert world.host.render_settings()["layers"] == ["/out/mantra1"]
        assert "Qt" not in sys.modules or not world.host.notify("Done", "x")


# ---------------------------------------------------------------- shelf and interface

def test_the_menu_offers_all_commands_and_the_shelf_its_two(world):
    world.start()
    assert world.menu() == [entry.label for entry in entries.ENTRIES]
    assert world.shelf() == []  # Its start waits for nothing of ours.
    world.idle()
    assert world.shelf() == [entry.label for entry in entries.shelf()]


def test_the_shelf_tab_is_shown_once(world):
    world.start()
    assert world.shelf_sets() == {"shelf_set_1": [], "shelf_set_2": []}
    world.module.register()
    world.module.register()
    assert world.shelf_sets() == {"shelf_set_1": ["rayvision_sync"], "shelf_set_2": []}


def test_an_artist_who_took_the_tab_away_has_it_away(world):
    world.module.register()
    world.hou.shelves.sets["shelf_set_1"].setShelves(())
    world.module.register()
    assert world.shelf_sets()["shelf_set_1"] == []


def test_an_artists_own_place_for_the_tab_is_kept(world):
    world.start()
    world.hou.shelves.sets["shelf_set_1"].setShelves(tuple(world.hou.shelves.found.values()))
    world.module.register()
    assert world.shelf_sets()["shelf_set_1"] == ["rayvision_sync"]


def test_unregister_takes_the_tab_out_of_every_set_and_register_brings_it_back(world):
    world.module.register()
    world.hou.shelves.sets["shelf_set_2"].setShelves(world.hou.shelves.sets["shelf_set_1"].shelves())
    world.module.unregister()
    world.module.unregister()
    assert world.shelf_sets() == {"shelf_set_1": [], "shelf_set_2": []}
    world.module.register()
    assert world.shelf_sets()["shelf_set_1"] == ["rayvision_sync"]


def test_shelf_and_interface_are_loaded_where_the_package_was_not(world):
    world.module.register()
    assert world.shelf() == [entry.label for entry in entries.shelf()]
    assert list(world.hou.pypanel.found) == ["rayvision_sync"]


def test_a_houdini_that_refuses_the_shelf_is_no_error(world, monkeypatch):
    def fail(path):
        raise world.hou.OperationFailed(str("Unable to open file"))
    monkeypatch.setattr(world.hou.shelves, "loadFile", fail)
    world.module.register()


# ---------------------------------------------------------------- the interpreter

@pytest.mark.parametrize("version, system, path", [
    ("17.5.460", "windows", "C:/HFS/python27/python.exe"),
    ("18.5.759", "windows", "C:/HFS/python37/python.exe"),
    ("19.5.640", "linux", "C:/HFS/python/bin/python3.9"),
    ("20.0.506", "linux", "C:/HFS/python/bin/python3.10"),
    ("21.0.512", "linux", "C:/HFS/python/bin/python3.11"),
])
def test_the_plain_python_is_found_by_version_and_system(world, version, system, path):
    assert world.host
    from rayvision_sync.hosts.houdini import interpreter
    assert interpreter.find("C:\\HFS\\", version, system, is_file=lambda found: True) == path
    assert interpreter.find("C:\\HFS\\", version, system, is_file=lambda found: False) is None


def test_on_a_mac_it_is_beside_the_framework(world):
    assert world.host
    from rayvision_sync.hosts.houdini import interpreter
    hfs = "/Applications/Houdini/Houdini20.0.506/Frameworks/Houdini.framework/Versions/20.0/Resources"
    assert interpreter.find(hfs, "20.0.506", "macos", is_file=lambda found: True) == (
        "/Applications/Houdini/Houdini20.0.506/Frameworks/Python.framework/Versions/3.10/bin/python3.10")


def test_the_python_that_runs_is_tried_first(world):
    assert world.host
    from rayvision_sync.hosts.houdini import interpreter
    assert interpreter.candidates("/hfs", "18.5.759", "linux", "2.7") == [
        "/hfs/python/bin/python2.7", "/hfs/python/bin/python3.7"]
    assert interpreter.own_python() == "%d.%d" % sys.version_info[:2]


def test_it_is_never_hython(world, tmpdir):
    hfs = tmpdir.mkdir("hfs")
    hfs.mkdir("bin").join("hython").write("")
    world.hou.variables["HFS"] = compat.text(hfs.strpath)
    assert world.host.plain_interpreter() is None
    own = hfs.mkdir("python").mkdir("bin").join("python%d.%d" % sys.version_info[:2])
    own.write("")
    assert world.host.plain_interpreter() == compat.text(own.strpath)


# ---------------------------------------------------------------- files

def files(ending=""):
    found = []
    for folder, _, names in os.walk(PACKAGE):
        found += [os.path.join(folder, name) for name in names if name.endswith(ending)]
    return sorted(found)


def scripts():
    """Return (where, Python) of every script in the files."""
    found = []
    for path in files():
        if path.endswith(".py"):
            with io.open(path, encoding="utf-8") as source:
                found.append((os.path.basename(path), source.read()))
            continue
        root = xml.etree.ElementTree.parse(path).getroot()
        for node in list(root.iter("scriptCode")) + list(root.iter("script")):
            found.append((os.path.basename(path), node.text))
    return found


def test_the_package_is_these_files():
    # No 123.py and no 456.py: Houdini runs only the first it finds, and ours would hide the artist's.
    assert [os.path.relpath(path, PACKAGE).replace(os.sep, "/") for path in files()] == [
        "MainMenuCommon.xml", "config/Icons/rayvision_sync_submit.svg", "config/Icons/rayvision_sync_transfers.svg",
        "python2.7libs/uiready.py", "python3.10libs/uiready.py", "python3.11libs/uiready.py",
        "python3.7libs/uiready.py", "python3.9libs/uiready.py",
        "python_panels/rayvision_sync.pypanel", "toolbar/rayvision_sync.shelf"]
    assert len(set(code for name, code in scripts() if name == "uiready.py")) == 1


def test_every_python_of_houdini_has_its_start_script(world):
    assert world.host
    from rayvision_sync.hosts.houdini import interpreter
    pythons = set(python for found in interpreter.PYTHONS.values() for python in found)
    assert set(os.path.basename(os.path.dirname(path)) for path in startup_scripts()) == set(
        "python%slibs" % python for python in pythons)


def test_every_script_compiles_on_all_pythons():
    assert len(scripts()) == len(entries.ENTRIES) + len(entries.SHELF) + 1 + len(startup_scripts())
    for _, code in scripts():
        compile(code.lstrip(), "script", "exec", 0, True)
        assert all(ord(sign) < 128 for sign in code)


def test_menu_and_shelf_say_what_all_hosts_say():
    menu = xml.etree.ElementTree.parse(os.path.join(PACKAGE, "MainMenuCommon.xml")).getroot().find("menuBar/subMenu")
    assert menu.find("label").text == entries.MENU_TITLE
    items = menu.findall("scriptItem")
    assert [(item.get("id"), item.find("label").text) for item in items] == [
        ("h.rayvision_sync_" + entry.name, entry.label) for entry in entries.ENTRIES]
    for item, entry in zip(items, entries.ENTRIES):
        assert entry.call.replace("'", '"') in item.find("scriptCode").text
    shelf = xml.etree.ElementTree.parse(os.path.join(PACKAGE, "toolbar", "rayvision_sync.shelf")).getroot()
    assert shelf.find("toolshelf").get("label") == entries.SHELF_TITLE
    for tool, entry in zip(shelf.findall("tool"), entries.shelf()):
        assert (tool.get("name"), tool.get("label")) == ("rayvision_sync_" + entry.name, entry.label)
        assert tool.find("helpText").text == entry.tip
        assert tool.get("icon") == "rayvision_sync_" + entry.icon
        assert entry.call.replace("'", '"') in tool.find("script").text


def test_icons_are_those_of_the_panel():
    for path in files(".svg"):
        name = os.path.basename(path)[len("rayvision_sync_"):]
        with io.open(path, "rb") as ours:
            with io.open(os.path.join(support_tree.ROOT, "core", "panel", "icons", name), "rb") as panels:
                assert ours.read() == panels.read()


def test_a_script_whose_package_is_gone_says_so_and_raises_nothing(world, monkeypatch):
    world.start()
    monkeypatch.setitem(sys.modules, ADAPTER, None)
    for label in world.menu():
        world.hou.ui.status = ""
        world.click(label)
        assert "install.py" in world.hou.ui.status and "rayvision_sync: " in world.hou.ui.status


def test_the_package_file_leads_to_the_installation(world):
    assert world.host
    from rayvision_sync.hosts.houdini import package_json
    content = package_json.content("C:\\Program Files\\rv\\python", "C:\\Program Files\\rv\\package")
    found = json.loads(json.dumps(content))
    assert found == {"env": [{"PYTHONPATH": {"value": "C:/Program Files/rv/python", "method": "append"}}],
                     "path": "C:/Program Files/rv/package", "hpath": "C:/Program Files/rv/package"}
    assert package_json.NAME.endswith(".json")
