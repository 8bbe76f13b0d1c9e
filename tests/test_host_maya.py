# -*- coding: utf-8 -*-
"""Maya's windows and sessions: start, menu, shelf, panel, interpreter."""
from __future__ import absolute_import, division, print_function, unicode_literals

import importlib
import io
import os
import subprocess
import sys

import pytest
from support_maya import SCRIPTS, World
from support_tree import native, text

from rayvision_sync.hosts.base import contract, entries

LABELS = [entry.label for entry in entries.ENTRIES]
BUTTONS = [entry.label for entry in entries.shelf()]


@pytest.fixture
def world(tmpdir, home):
    with World(tmpdir) as found:
        yield found


@pytest.fixture
def shown(world):
    """A world whose panel may be opened."""
    pytest.importorskip("Qt.QtWidgets")
    from rayvision_sync.panel.standalone import application
    application()
    return world


def panel_of(world):
    return world.module.door()._panel


# ---------------------------------------------------------------- start

def test_it_is_a_host(world):
    assert contract.lacking(world.host) == []
    assert (world.host.name, world.host.version, world.host.interactive) == ("maya", "2024", True)


def test_a_start_adds_menu_and_shelf(world):
    world.start()
    assert world.menu() == LABELS
    assert world.shelf() == BUTTONS
    assert world.maya.warnings == []


def test_windows_are_touched_only_when_maya_is_idle(world):
    world.idle = lambda: None
    world.start()
    assert world.menu() == []
    assert len(world.maya.deferred) == 1


def test_nothing_happens_in_batch_mode(world):
    world.batch(True)
    namespace = world.start()
    world.module.register()
    world.module.unregister()
    assert world.maya.deferred == [] and not world.maya.menus
    assert not world.host.interactive
    assert world.host.main_window() is None
    assert not world.host.notify("Done", "city.ma")
    assert not world.module.show()
    assert world.host.add_menu("x", ())() is None and world.host.add_shelf("x", ())() is None
    assert sorted(namespace) == ["__builtins__", "__doc__", "__name__"]


def test_no_name_of_ours_stays_in_the_artists_namespace(world):
    assert sorted(world.start()) == ["__builtins__", "__doc__", "__name__"]


def test_a_fault_of_ours_does_not_stop_maya(world, monkeypatch, capsys):
    monkeypatch.setattr(importlib.import_module(native("rayvision_sync_start")), "find_package", None)
    namespace = world.start()
    assert "Render Farm could not be started" in capsys.readouterr()[1]
    assert sorted(namespace) == ["__builtins__", "__doc__", "__name__"]


def test_a_fault_while_registering_is_a_warning(world, monkeypatch):
    monkeypatch.setattr(world.module, "register", None)
    world.start()
    assert len(world.maya.warnings) == 1 and "Run install.py again" in world.maya.warnings[0]


def test_another_package_of_our_name_is_named(world, tmpdir, monkeypatch):
    start = importlib.import_module(native("rayvision_sync_start"))
    foreign = tmpdir.mkdir("sdk").mkdir("rayvision_sync")
    foreign.join("__init__.py").write("")
    ours = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "rayvision_sync"}
    for name in ours:
        del sys.modules[name]
    monkeypatch.syspath_prepend(foreign.dirname)
    try:
        start.register()
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == "rayvision_sync"]:
            del sys.modules[name]
        sys.modules.update(ours)
    assert "is another package of the same name" in world.maya.warnings[0]
    assert "sdk" in world.maya.warnings[0]


def test_the_installed_package_is_found_behind_what_the_host_has(world, tmpdir):
    start = importlib.import_module(native("rayvision_sync_start"))
    root = tmpdir.mkdir("with space").mkdir("1.0-abc")
    package = root.mkdir("python").mkdir("rayvision_sync")
    package.join("__init__.py").write("")
    root.mkdir("vendor").mkdir("py" + sys.version[0])
    scripts = package.mkdir("hosts").mkdir("maya").mkdir("module").mkdir("scripts")
    start.__file__ = str(scripts.join("rayvision_sync_start.py"))
    path = ["of maya"]
    start.find_package(path)
    start.find_package(path)
    assert path == ["of maya", str(root.join("python")), str(root.join("vendor", "py" + sys.version[0]))]


def test_a_start_loads_neither_qt_nor_panel_nor_network(tmpdir):
    code = ("import sys\n"
            "sys.path[:0] = %r\n"
            "import support_maya\n"
            "with support_maya.World(%r) as world:\n"
            "    world.start()\n"
            "    assert world.menu() and world.shelf()\n"
            "    heavy = ('Qt', 'PySide2', 'PySide6', 'requests', 'ssl', 'sqlite3', 'rayvision_sync.panel')\n"
            "    print(' '.join(name for name in heavy if name in sys.modules))\n"
            % ([native(os.path.dirname(os.path.abspath(__file__)))], str(tmpdir)))
    out = subprocess.check_output([sys.executable, "-c", code])
    assert out.decode("utf-8").strip() == ""


def test_the_start_up_files_compile_and_are_plain_ascii():
    for name in ("userSetup.py", "rayvision_sync_start.py"):
        with io.open(native(os.path.join(SCRIPTS, name)), "rb") as source:
            compile(source.read().decode("ascii"), native(name), "exec", 0, True)


# ---------------------------------------------------------------- menu and shelf

def test_registering_twice_leaves_one_menu_and_one_button_each(world):
    world.start()
    world.module.register()
    world.module.register()
    assert world.menu() == LABELS
    assert world.shelf() == BUTTONS


def test_a_reload_in_a_session_leaves_one_of_everything(world):
    world.start()
    reload_module = getattr(importlib, "reload", None) or __builtins__["reload"]
    for _ in range(2):
        reload_module(world.module).register()
    world._forget()
    world.module.register()
    assert world.menu() == LABELS
    assert world.shelf() == BUTTONS


def test_unregistering_takes_everything_back_as_often_as_one_likes(world):
    world.start()
    before = list(world.maya.shelves)
    world.module.unregister()
    world.module.unregister()
    assert world.menu() == [] and world.shelf() == []
    assert before == ["Curves", "Rigging", "RenderFarm"] and list(world.maya.shelves) == before[:-1]
    world.module.register()
    assert world.menu() == LABELS and world.shelf() == BUTTONS


def test_what_adding_returned_removes_it(world):
    undo = world.host.add_menu("Render Farm", entries.ENTRIES)
    undo()
    undo()
    assert world.menu() == []
    undo = world.host.add_shelf("RenderFarm", entries.shelf())
    undo()
    undo()
    assert world.shelf() == []


def test_the_shelf_in_front_stays_in_front(world):
    world.start()
    assert world.maya.selected == "Curves"
    world.module.unregister()
    assert world.maya.selected == "Curves"


def test_a_saved_shelf_is_found_again_and_brought_up_to_date(world):
    world.start()
    world.maya.shelves["RenderFarm"][0].update(command="old", image="gone.svg")
    world.maya.shelves["RenderFarm"].append({"label": "Transfers", "command": "a double", "sourceType": "python"})
    world.restart_ui()
    assert world.shelf() == BUTTONS
    assert "show('submit')" in world.maya.shelves["RenderFarm"][0]["command"]
    assert os.path.isfile(native(world.maya.shelves["RenderFarm"][0]["image"]))


def test_what_the_artist_put_on_our_shelf_stays(world):
    world.start()
    world.maya.shelves["RenderFarm"].append({"label": "My Button", "command": "mine", "sourceType": "mel"})
    world.maya.shelves["RenderFarm"].append({"label": "a line"})
    for _ in range(2):
        world.restart_ui()
        assert world.shelf() == BUTTONS + ["My Button", "a line"]
    world.module.unregister()
    assert world.shelf() == ["My Button", "a line"]


def test_shelves_behind_ours_keep_their_numbers(world):
    world.start()
    world.maya.shelves["Animation"] = [{"label": "Key", "command": "key"}]
    world.module.unregister()
    assert list(world.maya.shelves) == ["Curves", "Rigging", "RenderFarm", "Animation"]
    assert world.shelf() == []


def test_a_window_without_shelves_gets_the_menu(world, monkeypatch):
    shelf = importlib.import_module(native("rayvision_sync.hosts.maya.shelf"))
    monkeypatch.setattr(shelf.mel, "eval", lambda script: "MayaWindow" if "Main" in script else "")
    world.module.register()
    world.module.unregister()
    world.module.register()
    assert world.menu() == LABELS


def test_a_click_asks_the_adapter_whatever_was_reloaded(world, monkeypatch):
    world.start()
    asked = []
    monkeypatch.setattr(world.module, "show", asked.append)
    for label in LABELS:
        world.click(label)
    assert asked == ["submit", "transfers", "frames", "download", "settings", "documentation"]


def test_after_an_uninstall_nothing_of_ours_raises(world, monkeypatch):
    world.start()
    from rayvision_sync.hosts.maya import dock
    world._forget()
    monkeypatch.setitem(sys.modules, native("rayvision_sync.hosts.maya"), None)
    world.click(BUTTONS[0])
    assert "not installed any more" in world.maya.warnings[0]
    exec(compile(dock.SCRIPT, "<uiScript>", "exec"), {})


# ---------------------------------------------------------------- panel

def test_a_click_opens_the_panel_docked(shown):
    shown.start()
    shown.click(BUTTONS[1])
    assert shown.docked()
    panel = panel_of(shown)
    shown.click(BUTTONS[0])
    assert panel_of(shown) is panel and panel.memory.get("tab") == "submit"
    assert list(shown.maya.controls) == ["rayvision_sync_workspace"]


def test_keys_that_the_panel_does_not_want_do_not_reach_maya(shown):
    shown.start()
    shown.click(BUTTONS[1])
    shown.click(BUTTONS[0])
    from Qt import QtCore, QtGui, QtWidgets
    panel = panel_of(shown)
    heard = []

    class Control(QtWidgets.QWidget):
        def keyPressEvent(self, event):
            heard.append(event.key())
    maya = Control()
    QtWidgets.QVBoxLayout(maya).addWidget(panel)

    def press(key, modifier=QtCore.Qt.KeyboardModifier.NoModifier):
        QtWidgets.QApplication.sendEvent(panel, QtGui.QKeyEvent(QtCore.QEvent.Type.KeyPress, key, modifier))
    press(QtCore.Qt.Key.Key_S)
    press(QtCore.Qt.Key.Key_Shift)
    assert heard == []
    press(QtCore.Qt.Key.Key_2, QtCore.Qt.KeyboardModifier.ControlModifier)
    assert panel.memory.get("tab") == "transfers"
    maya.deleteLater()


def test_a_closed_panel_opens_again(shown):
    shown.start()
    shown.click(BUTTONS[1])
    first = panel_of(shown)
    shown.maya.workspaceControl("rayvision_sync_workspace", edit=True, close=True)
    assert not shown.docked()
    shown.click(BUTTONS[1])
    assert shown.docked() and panel_of(shown) is not first


def test_docking_again_and_another_workspace_keep_a_panel(shown):
    shown.start()
    shown.click(BUTTONS[1])
    name, control = "rayvision_sync_workspace", dict(shown.maya.controls["rayvision_sync_workspace"])
    for _ in range(3):
        # Maya takes the control apart with all that stands in it, builds it elsewhere and runs its script.
        shown.maya.deleteUI(name)
        assert not shown.docked()
        shown.maya.build_control(name, control)
        assert shown.docked()
        assert panel_of(shown).isVisible()


def test_an_open_panel_comes_back_at_the_next_start(shown):
    shown.start()
    shown.click(BUTTONS[1])
    shown.restart_ui()
    assert shown.docked()
    assert shown.menu() == LABELS and shown.shelf() == BUTTONS
    shown.click(BUTTONS[1])
    assert len(shown.maya.controls) == 1


def test_a_saved_panel_is_inert_after_an_uninstall(shown, monkeypatch):
    shown.start()
    shown.click(BUTTONS[1])
    shown.module.door().close()
    control = dict(shown.maya.controls["rayvision_sync_workspace"])
    shown.maya.deleteUI("rayvision_sync_workspace")
    shown._forget()
    with monkeypatch.context() as gone:
        gone.setitem(sys.modules, native("rayvision_sync.hosts.maya"), None)
        shown.maya.build_control("rayvision_sync_workspace", control)
    assert shown.maya.widgets["rayvision_sync_workspace"].layout().count() == 0


def test_a_panel_that_cannot_come_back_does_not_stop_the_start(shown, monkeypatch):
    from rayvision_sync.errors import SettingsError

    def fail():
        raise SettingsError("This Python cannot show windows.")
    monkeypatch.setattr(shown.module.door(), "panel", fail)
    shown.module.restore()


def test_the_panel_of_a_reloaded_module_takes_the_place_of_the_old_one(shown):
    shown.start()
    shown.click(BUTTONS[1])
    old = panel_of(shown)
    shown._forget()
    shown.click(BUTTONS[1])
    assert shown.docked() and panel_of(shown) is not old
    layout = shown.maya.widgets["rayvision_sync_workspace"].layout()
    assert layout.count() == 1 and layout.itemAt(0).widget() is panel_of(shown)


def test_unregistering_closes_the_panel_and_what_maya_keeps_of_it(shown):
    shown.start()
    shown.click(BUTTONS[1])
    shown.module.unregister()
    assert not shown.maya.controls and not shown.maya.control_states
    assert not shown.docked()


def test_where_docking_fails_the_panel_is_a_window(shown, monkeypatch):
    def refuse(*args, **flags):
        raise RuntimeError("workspaceControl failed")
    monkeypatch.setattr(sys.modules[native("maya.cmds")], "workspaceControl", refuse)
    shown.start()
    shown.click(BUTTONS[1])
    assert panel_of(shown).isVisible()
    panel_of(shown).close()


def test_a_message_is_shown_over_the_view_as_it_is(world):
    assert world.host.notify("Done", "city <v2> & more")
    assert world.maya.messages == ["<b>Done</b> city &lt;v2&gt; &amp; more"]


def test_what_is_deferred_runs_when_maya_is_idle(world):
    heard = []
    world.host.later(lambda: heard.append(1))
    assert heard == []
    world.idle()
    assert heard == [1]
    assert world.host.refresh(world.output) is None


# ---------------------------------------------------------------- interpreter

@pytest.mark.parametrize("system, location, expected", [
    ("linux", None, ["/usr/autodesk/maya2024/bin/mayapy"]),
    ("linux", "/opt/maya 2024/", ["/opt/maya 2024/bin/mayapy", "/usr/autodesk/maya2024/bin/mayapy"]),
    ("windows", "C:\\Program Files\\Autodesk\\Maya2024", ["C:/Program Files/Autodesk/Maya2024/bin/mayapy.exe"]),
    ("windows", None, ["C:/Program Files/Autodesk/Maya2024/bin/mayapy.exe"]),
    ("macos", None, ["/Applications/Autodesk/maya2024/Maya.app/Contents/bin/mayapy"]),
])
def test_the_interpreter_is_mayapy_by_version_and_system(world, system, location, expected):
    from rayvision_sync.hosts.maya import interpreter
    environ = {"MAYA_LOCATION": location}.get
    assert interpreter.candidates("2024", system, environ) == expected
    assert interpreter.find("2024", system, environ, lambda path: path == expected[-1]) == expected[-1]
    assert interpreter.find("2024", system, environ, lambda path: False) is None


def test_the_interpreter_is_never_the_running_program(world, monkeypatch, tmpdir):
    monkeypatch.setattr(sys, "executable", "/usr/autodesk/maya2024/bin/maya.bin")
    monkeypatch.delenv(native("MAYA_LOCATION"), raising=False)
    assert world.host.plain_interpreter() in (None, "/usr/autodesk/maya2024/bin/mayapy")
    if os.name == "nt":
        return
    location = os.path.join(text(tmpdir.strpath), "Mäya")
    os.makedirs(native(location + "/bin"))
    io.open(native(location + "/bin/mayapy"), "w").close()
    monkeypatch.setenv(native("MAYA_LOCATION"), native(location))
    assert world.host.plain_interpreter() == location + "/bin/mayapy"
