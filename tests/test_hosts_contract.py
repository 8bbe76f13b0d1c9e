"""One suite for every host: what `hosts.base.contract` says holds in a fake of each, and in the plain window."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import subprocess
import sys
import traceback

import pytest
import support_hosts
import support_panel  # noqa: F401  It skips where there is no Qt.
from support_tree import ROOT, native

from rayvision_sync import compat
from rayvision_sync.hosts.base import contract, entries
from rayvision_sync.jobs.snapshot import KINDS, File, Trouble
from rayvision_sync.panel import link, render_form, standalone, window

LABELS = [entry.label for entry in entries.ENTRIES]
ON_SHELF = [entry.label for entry in entries.shelf()]
TABS = [row[0] for row in window._TABS]

#: What no start-up of a host may load.
HEAVY = ("Qt", "PySide2", "PySide6", "requests", "urllib3", "ssl", "_ssl", "sqlite3")

_START = """
from __future__ import print_function
import importlib, json, os, sys, time
sys.path.insert(0, os.path.join({root!r}, "tests"))
import conftest
module = importlib.import_module({module!r})
with module.World({folder!r}) as world:
    before = set(sys.modules)
    began = time.time()
    world.start()
    took = time.time() - began
    print(json.dumps([sorted(set(sys.modules) - before), took, world.menu()]))
"""


@pytest.fixture(params=support_hosts.worlds())
def world(request, tmpdir, home):
    """A host that was not yet started."""
    name, module = request.param
    standalone.application()
    link.close_link()
    folder = tmpdir.mkdir("world")
    wrong, hook = [], sys.excepthook
    sys.excepthook = lambda *error: wrong.append("".join(traceback.format_exception(*error)))
    try:
        with support_hosts.load(name, module)(folder) as found:
            found.key = name, module, folder
            yield found
    finally:
        for panel in support_hosts.panels():
            panel.deleteLater()
        link.close_link()
        support_hosts.turn()
        sys.excepthook = hook
    assert not wrong, "".join(wrong)


@pytest.fixture
def dcc(world):
    """A host with menus."""
    if not getattr(world, "has_menu", True):
        pytest.skip("A plain window has no menus.")
    return world


def started(world):
    world.start()
    world.idle()
    support_hosts.turn()
    return world


def settle(world):
    world.idle()
    support_hosts.turn()


def only_panel():
    found = support_hosts.panels()
    assert len(found) == 1, found
    return found[0]


# ---------------------------------------------------------------- what it says

def test_nothing_of_the_contract_is_lacking(world):
    started(world)
    assert contract.lacking(world.host) == []
    assert world.host is world.host
    for name in ("register", "unregister", "show", "host"):
        assert callable(getattr(world.module, name))


def test_what_it_says_is_of_the_kinds_that_the_panel_takes(world):
    started(world)
    host = world.host
    for name in ("name", "title", "version"):
        assert isinstance(getattr(host, name), compat.text_type) and getattr(host, name)
    assert host.interactive is True
    assert host.chooses_scene is (world.scene_path is None)
    assert host.scene() == world.scene_path
    assert host.output_folder().rstrip("/") == world.output.rstrip("/")
    assert isinstance(host.project(), compat.text_type)
    assert all(isinstance(folder, compat.text_type) for folder in host.search())
    python = host.plain_interpreter()
    assert python is None or isinstance(python, compat.text_type)


def test_render_settings_are_what_the_form_takes(dcc):
    started(dcc)
    found = dcc.host.render_settings()
    assert render_form.frames_are_readable(found["frames"]), found["frames"]
    for name in ("layers", "cameras"):
        assert all(isinstance(text, compat.text_type) for text in found.get(name) or ())
    for name in ("renderer", "renderer_version"):
        assert isinstance(found.get(name) or "", compat.text_type)
    for name in ("width", "height"):
        assert isinstance(found.get(name) or 0, int)
    assert compat.dump_json(found.get("details") or {})
    assert all(isinstance(text, compat.text_type) for pair in (found.get("plugins") or {}).items() for text in pair)


def test_assets_are_files_troubles_and_breaths(world):
    started(world)
    if world.scene_path is not None:
        world.add_file("/show/tex/wall.<UDIM>.exr", "file12", "fileTextureName")
        world.add_file("/show/cache/smoke.abc", "cache3", "fileName")
    rows = list(world.host.assets())
    assert all(row is None or isinstance(row, (File, Trouble)) for row in rows)
    files = [row for row in rows if isinstance(row, File)]
    assert all(found.path and found.kind in KINDS and isinstance(found.offset, int) for found in files)
    assert all(isinstance(text, compat.text_type) for found in files for text in found[:4])
    if world.scene_path is not None:
        assert set(["/show/tex/wall.<UDIM>.exr", "/show/cache/smoke.abc"]) <= set(found.path for found in files)
        node = [found.node for found in files if found.path.endswith("smoke.abc")]
        assert all("cache3" in name for name in node)


def test_a_broken_node_is_one_trouble_and_stops_nothing(dcc):
    started(dcc)
    for number in range(3):
        dcc.add_file("/show/tex/a%d.exr" % number, "before%d" % number, "fileTextureName")
    dcc.add_broken("broken1")
    dcc.add_file("/show/tex/last.exr", "zlast", "fileTextureName")
    rows = [row for row in dcc.host.assets() if row is not None]
    troubles = [row for row in rows if isinstance(row, Trouble)]
    assert len(troubles) == 1 and "broken1" in troubles[0].node and troubles[0].reason
    assert "/show/tex/last.exr" in [row.path for row in rows if isinstance(row, File)]


def test_the_disk_is_left_alone_while_the_scene_is_read(dcc, monkeypatch):
    started(dcc)
    dcc.add_file("/show/tex/wall.<UDIM>.exr", "file12", "fileTextureName")
    host, adapter = dcc.host, os.path.join(ROOT, "hosts") + os.sep
    touched = []

    def watched(name, real):
        def call(*args, **kwargs):
            frame = sys._getframe(1)
            for _ in range(3):
                if frame is not None and compat.text(frame.f_code.co_filename).startswith(adapter):
                    touched.append((name, args[:1], frame.f_lineno))
                frame = frame.f_back if frame is not None else None
            return real(*args, **kwargs)
        return call

    for module, name in ((os, "stat"), (os, "lstat"), (os, "listdir"), (io, "open"), (os, "access")):
        monkeypatch.setattr(module, native(name), watched(name, getattr(module, name)))
    list(host.assets())
    host.render_settings()
    host.output_folder()
    host.search()
    monkeypatch.undo()
    assert touched == []


# ---------------------------------------------------------------- saving

def test_saving_saves_once_and_a_copy_leaves_the_scene_as_it_is(dcc, tmpdir):
    started(dcc)
    host, before = dcc.host, dcc.save_count
    dcc.set_changed(True)
    assert host.is_changed()
    copy = os.path.join(compat.text(tmpdir.mkdir("copies").strpath), os.path.basename(dcc.scene_path))
    host.save_copy(copy)
    assert (host.scene(), dcc.save_count, bool(host.is_changed())) == (dcc.scene_path, before, True)
    assert os.path.isfile(compat.fs(copy))
    host.save()
    assert (host.scene(), dcc.save_count, bool(host.is_changed())) == (dcc.scene_path, before + 1, False)


# ---------------------------------------------------------------- menu and shelf

def test_its_start_makes_menu_and_shelf(dcc):
    started(dcc)
    assert dcc.menu() == LABELS
    assert dcc.shelf() == ON_SHELF


def test_registering_twice_makes_one_menu(dcc):
    started(dcc)
    for _ in range(2):
        dcc.module.register()
        settle(dcc)
    assert (dcc.menu(), dcc.shelf()) == (LABELS, ON_SHELF)


def test_unregistering_removes_all_and_may_be_done_twice(dcc):
    started(dcc)
    for _ in range(2):
        dcc.module.unregister()
        settle(dcc)
        if not getattr(dcc, "menus_are_files", False):  # Those go with the installation.
            assert (dcc.menu(), dcc.shelf()) == ([], [])
    dcc.module.register()
    settle(dcc)
    assert (dcc.menu(), dcc.shelf()) == (LABELS, ON_SHELF)


def test_a_reload_of_the_package_in_mid_session_makes_no_second_menu(dcc):
    started(dcc)
    dcc.click("Transfers")
    settle(dcc)
    dcc.module.unregister()
    support_hosts.forget_adapters()
    dcc.module.register()
    settle(dcc)
    assert (dcc.menu(), dcc.shelf()) == (LABELS, ON_SHELF)
    dcc.click("Transfers")
    settle(dcc)
    assert only_panel().isVisible()


def test_a_reload_without_unregistering_makes_no_second_menu(dcc):
    started(dcc)
    support_hosts.forget_adapters()
    dcc.module.register()
    settle(dcc)
    assert (dcc.menu(), dcc.shelf()) == (LABELS, ON_SHELF)


def test_a_new_session_has_one_menu_and_the_panel_comes_back(dcc):
    started(dcc)
    dcc.click("Transfers")
    settle(dcc)
    dcc.restart_ui()
    settle(dcc)
    assert (dcc.menu(), dcc.shelf()) == (LABELS, ON_SHELF)
    dcc.click("Transfers")
    settle(dcc)
    assert only_panel().isVisible() and dcc.docked()


def test_nothing_is_made_in_batch_mode(dcc):
    dcc.batch(True)
    dcc.start()
    if not getattr(dcc, "menus_are_files", False):
        assert (dcc.menu(), dcc.shelf()) == ([], [])
    dcc.module.show("submit")
    assert support_hosts.panels() == []
    assert not dcc.host.interactive


def test_a_start_loads_neither_windows_nor_network(dcc, capsys):
    name, module, folder = dcc.key
    code = _START.format(root=native(ROOT), module=native(module), folder=native(folder.mkdir("child").strpath))
    answer = subprocess.check_output([sys.executable, "-c", native(code)]).decode("utf-8").strip().splitlines()[-1]
    loaded, took_s, menu = compat.parse_json(answer)
    tops = set(name.partition(".")[0] for name in loaded)
    assert sorted(tops & set(HEAVY)) == []
    assert [name for name in loaded if name.startswith("rayvision_sync.panel")] == []
    assert menu == LABELS
    with capsys.disabled():
        print("\n%s: started in %.1f ms, %d modules" % (name, took_s * 1000, len(loaded)))


# ---------------------------------------------------------------- the panel

@pytest.mark.parametrize("where", ["menu", "shelf"])
def test_every_entry_works_by_a_click(dcc, where, monkeypatch):
    opened = []
    monkeypatch.setattr(window.Desk, "open_path", staticmethod(opened.append))
    started(dcc)
    for entry in entries.ENTRIES if where == "menu" else entries.shelf():
        dcc.click(entry.label)
        settle(dcc)
        if entry.name == "documentation":
            assert len(opened) == 1 and os.path.isfile(compat.fs(opened[0]))
            continue
        panel = only_panel()
        assert panel.isVisible() and dcc.docked()
        assert TABS[panel.tabs.currentIndex()] == {"download": "transfers"}.get(entry.name, entry.name)


def test_the_panel_is_one_and_is_raised(world):
    started(world)
    for what in ("transfers", "submit", "transfers"):
        world.module.show(what)
        settle(world)
    assert TABS[only_panel().tabs.currentIndex()] == "transfers"
    assert world.docked()


def test_a_panel_that_the_host_deletes_is_made_again(world):
    started(world)
    world.module.show("transfers")
    settle(world)
    only_panel().deleteLater()
    settle(world)
    assert support_hosts.panels() == []
    world.module.show("log")
    settle(world)
    assert only_panel().isVisible() and world.docked()


def test_unregistering_closes_the_panel(world):
    started(world)
    world.module.show("transfers")
    settle(world)
    world.module.unregister()
    settle(world)
    assert support_hosts.panels() == []


# ---------------------------------------------------------------- small services

def test_a_call_for_later_comes_on_the_main_thread(world):
    started(world)
    called = []
    world.host.later(lambda: called.append(1))
    assert called == []
    for _ in range(50):
        settle(world)
        if called:
            break
    assert called == [1]


def test_it_is_told_of_pictures_and_tells_the_artist(world, tmpdir):
    started(world)
    world.host.refresh(compat.text(tmpdir.strpath))
    world.host.refresh("/is/not/there")
    assert world.host.notify("Done", "city.ma: 12 frames are here.") in (True, False)
    settle(world)
