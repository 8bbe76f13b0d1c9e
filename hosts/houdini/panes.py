"""Houdini's pane tabs that show our interface; nothing of Qt."""
from __future__ import absolute_import, division, print_function, unicode_literals

import hou

from ... import compat
from . import shelf

#: Of a tab that floats, in pixels.
_SIZE = (620, 760)


def tabs():
    """Return the pane tabs of our interface, wherever they are."""
    found = []
    for tab in hou.ui.paneTabs():
        if tab.type() == hou.paneTabType.PythonPanel:
            active = tab.activeInterface()
            if active is not None and compat.text(active.name()) == shelf.NAME:
                found.append(tab)
    return found


def find():
    """Return a pane tab of ours, None where there is none."""
    return next(iter(tabs()), None)


def create():
    """Return a new pane tab beside the parameters, floating where no such pane is; None without the interface."""
    interface = shelf.interface()
    if interface is None:
        return None
    beside = hou.ui.paneTabOfType(hou.paneTabType.Parm)
    pane = beside.pane() if beside is not None else None
    if pane is not None:
        tab = pane.createTab(hou.paneTabType.PythonPanel)
    else:
        panel = hou.ui.curDesktop().createFloatingPanel(hou.paneTabType.PythonPanel, (), _SIZE)
        tab = panel.paneTabs()[0]
    tab.setActiveInterface(interface)
    for name, value in (("showToolbar", False), ("setLabel", interface.label())):
        call = getattr(tab, name, None)  # What an old release lacks is no reason for a window instead.
        if call is not None:
            call(value)
    return tab


def close():
    """Close our pane tabs."""
    for tab in tabs():
        tab.close()
