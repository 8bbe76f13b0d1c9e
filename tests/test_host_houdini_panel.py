"""The panel in Houdini's pane tabs."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest
import support_hosts
import support_panel
from support_houdini import World
from support_panel import QtWidgets

from rayvision_sync.panel.standalone import application


@pytest.fixture
def world(tmpdir, home):
    application()
    with World(tmpdir) as made:
        made.start()
        yield made


def panel(world):
    return world.module._made["door"].panel()


def frames(world):
    return [tab.root for tab in world.panel_tabs()]


def test_a_click_opens_one_pane_tab_with_the_panel(world):
    world.click("Submit and Upload...")
    world.idle()
    assert world.docked() and len(world.panel_tabs()) == 1
    tab = world.panel_tabs()[0]
    assert (tab.label_text, tab.has_toolbar, tab.is_current) == ("Render Farm", False, True)
    assert tab.pane() is not None and panel(world).isVisible()


def test_further_clicks_go_to_the_panel_that_is_there(world):
    for label in ("Transfers", "Frames", "Settings...", "Download Task...", "Transfers"):
        world.click(label)
        world.idle()
    assert len(world.panel_tabs()) == 1 and world.docked()
    world.panel_tabs()[0].is_current = False
    first = panel(world)
    world.click("Transfers")
    assert world.panel_tabs()[0].is_current and panel(world) is first


@pytest.mark.parametrize("politely", [True, False])
def test_it_survives_another_desktop(world, politely):
    world.click("Transfers")
    world.idle()
    for _ in range(3):
        world.restart_ui(politely)
        world.idle()
        assert world.docked() and panel(world).isVisible()


def test_the_same_panel_survives_where_houdini_says_what_it_does(world):
    world.click("Transfers")
    world.idle()
    first = panel(world)
    world.restart_ui()
    world.idle()
    assert panel(world) is first


def test_a_desktop_that_was_saved_with_the_panel_fills_it_when_it_is_seen(world):
    tab = world.hou.desk.new_tab(world.hou.paneTabType.PythonPanel, None)
    tab.setActiveInterface(world.hou.pypanel.interfaceByName(str("rayvision_sync")))
    assert "door" not in world.module._made  # Starting costs no panel.
    world.idle()
    assert world.docked()


def test_two_tabs_share_the_one_panel(world):
    world.click("Transfers")
    world.idle()
    second = world.hou.desk.new_tab(world.hou.paneTabType.PythonPanel, None)
    second.setActiveInterface(world.hou.pypanel.interfaceByName(str("rayvision_sync")))
    world.idle()
    first = frames(world)[0]
    assert second.root.panel is panel(world) and first.panel is None
    support_panel.QtTest.QTest.mouseClick(first.findChildren(QtWidgets.QPushButton)[0], support_panel.LEFT)
    world.idle()
    assert first.panel is panel(world) and second.root.panel is None
    second.close()
    assert world.docked()


def test_a_closed_tab_is_opened_again_with_the_same_panel(world):
    world.click("Transfers")
    world.idle()
    first = panel(world)
    world.panel_tabs()[0].close()
    assert not world.docked()
    world.click("Transfers")
    world.idle()
    assert world.docked() and panel(world) is first


def test_without_a_pane_for_it_the_tab_floats(world):
    world.hou.desk.tabs[:] = []
    world.click("Transfers")
    world.idle()
    assert world.docked() and len(world.panel_tabs()) == 1


def test_a_houdini_that_gives_no_pane_shows_a_window(world):
    world.hou.desk.tabs[:] = []
    world.hou.refuses_panes = True
    world.click("Transfers")
    world.idle()
    assert panel(world).isVisible() and panel(world).isWindow() and panel(world).parent() is world.host.main_window()
    world.hou.refuses_panes = False
    world.click("Transfers")
    world.idle()
    assert world.docked() and not panel(world).isWindow()


def test_a_tab_that_is_drawn_later_gets_the_panel_then(world):
    world.hou.is_lazy = True
    world.click("Transfers")
    world.idle()
    world.hou.is_lazy = False
    world.panel_tabs()[0].build()
    world.idle()
    assert world.docked()


def test_unregister_closes_the_tabs_and_show_opens_them_again(world):
    world.click("Transfers")
    world.idle()
    world.module.unregister()
    assert world.panel_tabs() == [] and not world.docked()
    world.module.unregister()
    world.click("Transfers")
    world.idle()
    assert world.docked()


def test_tabs_of_an_adapter_that_was_reloaded_are_closed_too(world):
    world.click("Transfers")
    world.idle()
    world.module._made["door"].close()
    support_hosts.forget_adapters()
    world.module.unregister()
    assert world.panel_tabs() == []


def test_a_tab_outlives_an_uninstall(world, monkeypatch):
    import sys

    from support_houdini import ADAPTER
    monkeypatch.setitem(sys.modules, ADAPTER, None)
    tab = world.hou.desk.new_tab(world.hou.paneTabType.PythonPanel, None)
    tab.setActiveInterface(world.hou.pypanel.interfaceByName(str("rayvision_sync")))
    assert tab.root is None  # This Python has no hutil; Houdini's shows a sentence.
    world.hou.desk.tabs.remove(tab)
