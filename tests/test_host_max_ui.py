"""Menu, toolbar and panel in 3ds Max: both menu systems, twice in a row, over the end of 3ds Max, in batch mode."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import re
import subprocess
import sys
import threading
from xml.etree import ElementTree

import pytest
import support_max
import support_panel  # noqa: F401  It skips where there is no Qt.
import support_tree
from support_max import HELP_ID, MaxWorld, native, text

from rayvision_sync.hosts.base import entries
from rayvision_sync.panel import link, standalone
from rayvision_sync.panel.binding import QtCompat, QtCore, QtWidgets

LABELS = [entry.label for entry in entries.ENTRIES]
SHELF = [entry.label for entry in entries.shelf()]


@pytest.fixture(autouse=True)
def application(home):
    yield standalone.application()
    link.close_link()


@pytest.fixture(params=support_max.YEARS)
def any_year(request, tmpdir):
    with MaxWorld(tmpdir, request.param) as world:
        yield world


@pytest.fixture(params=(2018, 2024, 2025, 2027))
def world(request, tmpdir):
    with MaxWorld(tmpdir, request.param) as world:
        yield world


@pytest.fixture
def old(tmpdir):
    with MaxWorld(tmpdir, 2024) as world:
        yield world


@pytest.fixture
def new(tmpdir):
    with MaxWorld(tmpdir, 2026) as world:
        yield world


# ---------------------------------------------------------------- start

def test_every_release_starts_with_our_menu_before_help_and_our_buttons(any_year):
    any_year.start()
    assert any_year.listener == []
    assert any_year.menu() == LABELS
    assert any_year.bar()[-2:] == [entries.MENU_TITLE, "Help"]
    assert any_year.shelf() == SHELF


@pytest.mark.parametrize("year, phase", [(2018, "post-start-up"), (2024, "post-start-up"), (2025, "pre-start-up"),
                                         (2027, "pre-start-up")])
def test_the_script_is_run_when_its_menus_can_be_made(year, phase, tmpdir):
    with MaxWorld(tmpdir, year) as world:
        world.install()
        assert world.phase() == phase


def test_a_script_that_is_run_late_has_its_menu_when_3ds_max_goes_live(any_year):
    any_year.start(is_read=False)
    any_year.idle()
    assert (any_year.listener, any_year.menu(), any_year.shelf()) == ([], LABELS, SHELF)
    assert any_year.reloads == (1 if any_year.year >= 2025 else 0)


def test_run_by_the_bundle_and_by_a_script_of_the_users_there_is_one_of_each(any_year):
    any_year.start()
    any_year.run_script()
    any_year.idle()
    assert (any_year.listener, any_year.menu(), any_year.shelf()) == ([], LABELS, SHELF)
    assert any_year.bar().count(entries.MENU_TITLE) == 1
    assert any_year.reloads == 0


def test_twice_in_a_row_leaves_one_of_each(world):
    world.start()
    world.idle()
    world.module.register()
    world.module.register()
    assert world.menu() == LABELS
    assert world.bar().count(entries.MENU_TITLE) == 1
    assert world.shelf() == SHELF
    assert len([row for row in world.callbacks if row[0] == "cuiregistermenus"]) == (1 if world.year >= 2025 else 0)
    assert len([row for row in world.callbacks if row[0] == "postsystemstartup"]) == 1


def test_registered_in_a_running_session_the_menu_is_there_at_once(world):
    world.open()
    world.module.register()
    assert world.menu() == LABELS
    assert world.shelf() == SHELF


def test_unregistered_nothing_is_left_and_twice_is_fine(world):
    world.start()
    world.idle()
    before = world.shelf()
    world.module.unregister()
    world.idle()
    assert before == SHELF
    assert (world.menu(), world.shelf(), world.callbacks) == ([], [], [])
    assert entries.MENU_TITLE not in world.bar() and entries.MENU_TITLE not in world.session.menus
    world.module.unregister()
    world.module.register()
    assert world.menu() == LABELS
    assert world.shelf() == SHELF


def test_loaded_anew_in_a_session_there_is_one_of_each(world):
    world.start()
    world.idle()
    assert world.module.show("log")
    old_dock = world.dock()
    world._forget()
    world.module.register()
    assert world.module.show("log")
    world.idle()
    assert world.dock() is old_dock or not QtCompat.isValid(old_dock)
    assert world.menu() == LABELS and world.shelf() == SHELF
    assert len(world.window.findChildren(QtWidgets.QToolBar, "rayvision_sync_toolbar")) == 1
    assert len(old_dock.findChildren(QtWidgets.QWidget, "rayvision_sync_panel")) == 1


def test_in_batch_mode_there_is_nothing(world):
    world.batch(True)
    world.start()
    assert (world.listener, world.session.macros, world.callbacks) == ([], {}, [])
    assert not world.module.show("submit")
    world.module.unregister()


def test_over_the_end_of_3ds_max_the_menu_stays_one(world):
    world.start()
    for _ in range(2):
        world.restart_ui()
        assert world.menu() == LABELS
        assert world.bar().count(entries.MENU_TITLE) == 1
        assert world.shelf() == SHELF


def test_a_menu_in_the_users_file_is_left_as_it_is(old):
    old.start()
    updates = old.session.updates
    old.session.bar.insert(0, old.session.bar.pop(old.session.bar.index(entries.MENU_TITLE)))  # The user moved it.
    old.restart_ui()
    assert old.session.bar[0] == entries.MENU_TITLE
    assert old.session.updates == updates


def test_a_menu_of_another_version_of_ours_is_made_anew(old):
    from rayvision_sync.hosts.base.entries import MENU_TITLE
    old.session.macros["RenderFarm", "RayvisionSync_old"] = ("", "Old command", "")
    old.session.menus[MENU_TITLE] = [("RenderFarm", "RayvisionSync_old")]
    old.session.bar.insert(2, MENU_TITLE)
    old.start()
    assert old.menu() == LABELS
    assert old.bar().count(MENU_TITLE) == 1


def test_menus_are_rebuilt_by_3ds_max_and_ours_comes_back_with_the_same_ids(new):
    new.start()
    ids = sorted(new.guids)
    new.ask_for_menus()  # The user loads another configuration.
    assert new.menu() == LABELS
    assert sorted(new.guids) == ids
    assert new.reloads == 0


def test_where_help_is_gone_the_menu_stands_last(new):
    new.start()
    taken = new.cui_bar.__class__._add

    def without_help(self, guid, item, before):
        if before == HELP_ID:
            raise RuntimeError("-- Runtime error: no item has the id %s" % before)
        return taken(self, guid, item, before)

    new.cui_bar.__class__._add = without_help
    try:
        new.ask_for_menus()
    finally:
        new.cui_bar.__class__._add = taken
    assert new.bar()[-1] == entries.MENU_TITLE


def test_callbacks_of_others_are_left_alone(new):
    new.callbacks.append(("cuiregistermenus", lambda: None, "studio_menu"))
    new.start()
    new.module.unregister()
    assert [row[2] for row in new.callbacks] == ["studio_menu"]


# ---------------------------------------------------------------- commands

def test_a_chosen_entry_opens_its_part_of_the_panel(world):
    world.start()
    world.idle()
    for label, tab in (("Transfers", 1), ("Frames", 2), ("Settings...", 3), ("Submit and Upload...", 0)):
        world.click(label)
        assert world.docked()
        assert world.dock().widget().tabs.currentIndex() == tab
    assert world.listener == []


def test_a_button_opens_the_panel_too(world):
    world.start()
    assert world.shelf() == SHELF
    world.press("Transfers")
    assert world.docked()


def test_a_macro_that_was_left_behind_says_so_and_raises_nothing(world, monkeypatch):
    world.start()
    world._forget()
    monkeypatch.setitem(sys.modules, native("rayvision_sync.hosts.max"), None)
    world.click("Transfers")
    assert world.listener == ["The render farm plugin is not installed any more."]


def test_a_fault_of_ours_is_a_line_in_the_listener(world, monkeypatch):
    world.start()
    monkeypatch.setattr(world.module, "show", lambda what: 1 / 0)
    world.click("Transfers")
    assert len(world.listener) == 1 and world.listener[0].startswith("Render farm: ")


def test_macros_can_be_dragged_to_a_toolbar_of_the_users_own(world):
    world.start()
    assert sorted(name for category, name in world.session.macros) == sorted(
        "RayvisionSync_" + entry.name for entry in entries.ENTRIES)
    assert set(category for category, _ in world.session.macros) == {"RenderFarm"}


# ---------------------------------------------------------------- panel

def test_the_dock_is_found_again_and_there_is_one(world):
    world.start()
    world.module.show("submit")
    first = world.dock()
    panel = first.widget()
    first.close()
    assert not world.docked()
    world.module.show("transfers")
    assert world.dock() is first and first.widget() is panel and world.docked()


def test_a_workspace_that_deletes_the_dock_gets_a_new_one(world):
    world.start()
    world.module.show("submit")
    world.dock().deleteLater()
    world.idle()
    assert world.dock() is None
    assert world.module.show("submit")
    assert world.docked()


def test_the_dock_stands_where_the_workspace_has_kept_it(world):
    world.start()
    world.module.show("submit")
    world.window.addDockWidget(QtCore.Qt.DockWidgetArea.LeftDockWidgetArea, world.dock())
    state = world.window.saveState()
    world.module.unregister()
    world.idle()
    assert world.dock() is None
    world.window.restoreState(state)
    world.module.register()
    world.module.show("submit")
    assert world.window.dockWidgetArea(world.dock()) == QtCore.Qt.DockWidgetArea.LeftDockWidgetArea


def test_typing_in_the_panel_is_no_shortcut_of_3ds_max(world):
    world.start()
    world.module.show("settings")
    panel = world.dock().widget()
    if world.year >= 2022:
        assert world.guarded == [panel]
        return
    field = panel.findChildren(QtWidgets.QLineEdit)[0]
    application = QtWidgets.QApplication.instance()
    application.focusChanged.emit(None, field)
    assert world.accelerators is False
    application.focusChanged.emit(field, world.window)
    assert world.accelerators is True


def test_a_window_that_qtmax_does_not_tell_is_no_end(world):
    world.start()
    sys.modules["qtmax"].GetQMaxMainWindow = lambda: None
    assert world.host.main_window() is None
    assert world.module.show("log")
    world.module.unregister()


def test_later_is_called_in_the_main_thread_when_qt_is_idle(world):
    called = []
    world.start()
    world.host.later(lambda: called.append(threading.current_thread()))
    assert called == []
    loop = QtCore.QEventLoop()
    world.host.later(loop.quit)
    getattr(loop, "exec" if hasattr(loop, "exec") else "exec_")()
    assert called == [threading.current_thread()]


# ---------------------------------------------------------------- cost and files

_COST = """
import sys, types
sys.path.insert(0, %r)
import support_max, py
world = support_max.MaxWorld(py.path.local(%r), %d)
world.__enter__()
world.start()
assert not world.listener, world.listener
print(sorted(name for name in sys.modules if name.split(".")[0] in ("Qt", "PySide2", "PySide6", "requests", "ssl")
             or name.startswith("rayvision_sync.panel")))
"""


@pytest.mark.parametrize("year", [2024, 2026])
def test_a_start_loads_neither_qt_nor_the_panel(year, tmpdir):
    code = "from __future__ import print_function\n" + _COST % (native(support_tree.TESTS), str(tmpdir), year)
    assert subprocess.check_output([sys.executable, "-c", code]).decode("utf-8").strip() == "[]"


def test_the_packages_description_is_xml_once_its_placeholders_are_filled():
    with io.open(native(os.path.join(support_max.BUNDLE, "PackageContents.xml")), encoding="utf-8") as source:
        made = source.read().format(version="1.2.3", product_code="{11111111-2222-3333-4444-555555555555}")
    root = ElementTree.fromstring(made.encode("utf-8"))
    assert (root.get("SchemaVersion"), root.get("AutodeskProduct"), root.get("AppVersion")) == (
        "1.0", "3ds Max", "1.2.3")
    for code in ("ProductCode", "UpgradeCode"):
        assert re.match(r"\{[0-9a-f-]{36}\}\Z", root.get(code)), code
    series = []
    for part in root.findall("Components"):
        needs = part.find("RuntimeRequirements")
        assert (needs.get("OS"), needs.get("Platform")) == ("Win64", "3ds Max")
        series.extend(range(int(needs.get("SeriesMin")), int(needs.get("SeriesMax")) + 1))
        for entry in part.findall("ComponentEntry"):
            path = entry.get("ModuleName")
            assert path.endswith(".ms")  # A ".py" works from 2025 on only.
            assert os.path.isfile(os.path.join(support_max.BUNDLE, *path.split("/")[1:]))
    assert sorted(series) == list(support_max.YEARS)


@pytest.mark.parametrize("name", ["bundle/rayvision_sync.ms", "drop_install.ms"])
def test_maxscript_is_balanced_plain_and_caught(name):
    path = os.path.join(support_tree.ROOT, "hosts", "max", *name.split("/"))
    with io.open(native(path), encoding="ascii") as source:
        script = source.read()
    code = re.sub(r'"(?:[^"\\]|\\.)*"', '""', script)
    code = re.sub(r"--.*", "", code)
    depth = 0
    for sign in code:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0 and code.count('"') % 2 == 0
    assert "try" in code and "catch" in code
    assert "getSourceFileName()" in code


def test_the_script_for_the_viewport_calls_the_installer_as_it_wants_to_be_called():
    path = os.path.join(support_tree.ROOT, "hosts", "max", "drop_install.ms")
    with io.open(native(path), encoding="ascii") as source:
        script = source.read()
    said = re.search(r'StartInfo\.Arguments = "\\"" \+ installer \+ "\\" ([^"]*)" \+ \(productYear', script).group(1)
    code = ("import sys; sys.path.insert(0, %r); from installer import command; "
            "found = command.read_options(None, sys.argv[1:]); print(found.hosts, found.version)"
            % native(support_tree.ROOT))
    out = subprocess.check_output([sys.executable, "-c", "from __future__ import print_function\n" + code]
                                  + said.split() + ["2024"], stderr=subprocess.STDOUT).decode("utf-8")
    assert "max" in out and "2024" in out
    for name in ("Python\\\\python.exe", "Python37\\\\python.exe", "3dsmaxpy.exe", "ApplicationPlugins"):
        assert name in script


def test_a_package_of_the_same_name_that_wins_is_told_in_a_line(world, tmpdir):
    elsewhere = tmpdir.mkdir("elsewhere")
    world.install(package=text(str(elsewhere)))
    world.start()
    assert len(world.listener) == 1 and "another package of the same name" in world.listener[0]
    assert world.session.macros == {}


def test_a_bundle_without_its_package_is_told_in_a_line(world, tmpdir):
    code = ("import sys\nsys.path.append(%r)\nexec(compile(open(%r, 'rb').read(), 'startup.py', 'exec'), "
            "{'__name__': '__main__'})\nprint('3ds Max goes on')" % (
                str(support_max.BUNDLE), str(os.path.join(support_max.BUNDLE, "startup.py"))))
    environ = dict((name, value) for name, value in os.environ.items() if name != "PYTHONPATH")
    done = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ,
                            cwd=str(tmpdir))
    out, said = done.communicate()
    assert out.decode("utf-8").split() == ["3ds", "Max", "goes", "on"]
    assert b"the plugin did not start" in said


def test_a_folder_with_spaces_and_signs_of_any_language_works(tmpdir):
    folder = tmpdir.mkdir("B\u00fcro 1 \u5341" if str is not bytes else "B\xc3\xbcro 1".encode("latin-1"))
    with MaxWorld(folder, 2018) as world:
        world.start()
        assert world.listener == [] and world.menu() == LABELS


def test_after_the_start_scripts_folder_is_no_place_to_import_from(world):
    world.start()
    assert not [folder for folder in sys.path if "ApplicationPlugins" in text(folder)]


def test_ids_are_the_same_for_ever():
    from rayvision_sync.hosts.max import cui_menu
    assert cui_menu.MENU_ID == "5b0a6f3c-7d24-4e0c-9b7e-1f2a80c6d931"
    assert json.dumps([cui_menu.item_id(entry) for entry in entries.ENTRIES[:2]]) == \
        '["5b0a6f3c-7d24-4e0c-9b7e-00003f31b343", "5b0a6f3c-7d24-4e0c-9b7e-0000802a3918"]'
