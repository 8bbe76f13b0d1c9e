"""Menus, shelves and the workspace, with what Maya keeps of them between two sessions."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re
from collections import OrderedDict

from .flags import command, or_none
from .system import System

WINDOW, SHELVES = "MayaWindow", "MayaWindow|formLayout16|ShelfLayout"

_VARIABLES = {"gMainWindow": WINDOW, "gShelfTopLevel": SHELVES}


class Maya(System):
    """A Maya with windows.

    Attributes:
        messages (list of str): What was shown over the view.
        warnings (list of str): What `warning` said.
        saved_shelves (OrderedDict): Name -> list of buttons, as the preferences have them.
        saved_controls (dict): Name -> flags of the controls that were open.
    """

    def __init__(self):
        super(Maya, self).__init__()
        self.messages = []
        self.warnings = []
        self.deferred = []
        self.saved_shelves = OrderedDict((("Curves", [{"label": "Circle", "command": "circle"}]), ("Rigging", [])))
        self.saved_controls = {}
        self.control_states = {}
        self.widgets = {}
        self.open_windows()

    # -- sessions

    def open_windows(self):
        """Make the windows as a session begins: shelves are read when they are first shown."""
        self.menus = OrderedDict()
        self.shelves = OrderedDict((name, []) for name in self.saved_shelves)
        self.selected = "Curves"
        self.shelves["Curves"] = [dict(button) for button in self.saved_shelves["Curves"]]
        self.controls = {}
        self._buttons = 0

    def close_windows(self):
        """Write the preferences, as Maya does at its end, and close all windows."""
        for name in list(self.saved_shelves):
            if name not in self.shelves:
                del self.saved_shelves[name]
        for name, buttons in self.shelves.items():
            # One that was never shown is not written anew.
            if buttons or name not in self.saved_shelves:
                self.saved_shelves[name] = [dict(button) for button in buttons]
        self.saved_controls = {name: dict(flags) for name, flags in self.controls.items()}
        for name in list(self.controls):
            self._close_control(name)

    # -- menus

    @command("label parent tearOff exists")
    def menu(self, mode, args, flags):
        if flags.get("exists"):
            return args[0] in self.menus
        if flags["parent"] != WINDOW:
            raise RuntimeError("menu: Object not found: %s" % flags["parent"])
        if args[0] in self.menus:
            raise RuntimeError("menu: Object's name is not unique: %s" % args[0])
        self.menus[args[0]] = (flags["label"], [])
        return "%s|%s" % (WINDOW, args[0])

    @command("parent label annotation command sourceType")
    def menuItem(self, mode, args, flags):
        if flags["parent"] not in self.menus:
            raise RuntimeError("menuItem: Object not found: %s" % flags["parent"])
        self.menus[flags["parent"]][1].append(flags)
        return "item"

    @command("menu control layout")
    def deleteUI(self, mode, args, flags):
        name = args[0]
        if name in self.menus:
            del self.menus[name]
        elif name in self.controls:
            self._close_control(name)
        elif flags.get("layout") and name in self._shelf_paths():
            del self.shelves[self._shelf_paths()[name]]
        elif flags.get("control") and self._button(name):
            shelf, button = self._button(name)
            self.shelves[shelf].remove(button)
        else:
            raise RuntimeError("deleteUI: Object '%s' not found." % name)

    # -- shelves

    def _shelf_paths(self):
        return {"%s|%s" % (SHELVES, name): name for name in self.shelves}

    def _shelf(self, path):
        if path not in self._shelf_paths():
            raise RuntimeError("Object '%s' not found." % path)
        return self._shelf_paths()[path]

    def _button(self, path):
        shelf, _, name = path.rpartition("|")
        for button in self.shelves.get(self._shelf_paths().get(shelf), ()):
            if self._named(button) == name:
                return self._shelf_paths()[shelf], button
        return None

    def _named(self, button):
        if "name" not in button:
            self._buttons += 1
            button["name"] = "shelfButton%d" % self._buttons
        return button["name"]

    @command("exists", "selectTab childArray", "selectTab")
    def shelfTabLayout(self, mode, args, flags):
        if mode == "create":
            return args[0] == SHELVES
        if args[0] != SHELVES:
            raise RuntimeError("shelfTabLayout: Object '%s' not found." % args[0])
        if mode == "query":
            return self.selected if flags.get("selectTab") else or_none(self.shelves)
        if flags["selectTab"] not in self.shelves:
            raise RuntimeError("Object '%s' not found." % flags["selectTab"])
        self.selected = flags["selectTab"]

    @command("exists parent", "childArray")
    def shelfLayout(self, mode, args, flags):
        if mode == "query":
            return or_none([self._named(button) for button in self.shelves[self._shelf(args[0])]])
        if flags.get("exists"):
            return args[0] in self._shelf_paths()
        if flags["parent"] != SHELVES or args[0] in self.shelves:
            raise RuntimeError("shelfLayout: Object's name is not unique: %s" % args[0])
        self.shelves[args[0]] = []
        self.selected = args[0]  # As the real one: what is new is in front.
        return "%s|%s" % (SHELVES, args[0])

    @command("exists parent label annotation image image1 command sourceType style width height", "label",
             "label annotation image image1 command sourceType")
    def shelfButton(self, mode, args, flags):
        if flags.get("exists"):
            found = self._button(args[0])
            return found is not None and "command" in found[1]
        if mode == "create":
            self.shelves[self._shelf(flags["parent"])].append(dict(flags))
            return None
        if self._button(args[0]) is None:
            raise RuntimeError("shelfButton: Object '%s' not found." % args[0])
        button = self._button(args[0])[1]
        if mode == "query":
            return button["label"]
        button.update(flags)

    def eval(self, script):
        """MEL: variables of Maya, and the procedures that are used."""
        found = re.match(r"\$\w+ = \$(\w+)$", script)
        if found:
            if self.batch:
                return ""
            return _VARIABLES[found.group(1)]
        if script == "shelfTabChange":
            # A saved shelf is read here, and only while nothing is on it.
            if not self.shelves[self.selected]:
                self.shelves[self.selected] = [dict(button) for button in self.saved_shelves.get(self.selected, ())]
            return None
        raise RuntimeError("Cannot find procedure \"%s\"." % script)

    # -- the workspace

    @command("exists label retain loadImmediately floating initialWidth minimumWidth uiScript", "visible floating",
             "restore visible close floating")
    def workspaceControl(self, mode, args, flags):
        name = args[0]
        if flags.get("exists"):
            return name in self.controls
        if mode == "create":
            if name in self.controls:
                raise RuntimeError("workspaceControl: Object's name is not unique: %s" % name)
            self.build_control(name, dict(flags))
            return name
        if name not in self.controls:
            raise RuntimeError("workspaceControl: Object '%s' not found." % name)
        if mode == "query":
            return self.controls[name].get("visible", True)
        if flags.get("close"):
            self._close_control(name)
        else:
            self.controls[name].update(flags)

    @command("exists remove")
    def workspaceControlState(self, mode, args, flags):
        if flags.get("exists"):
            return args[0] in self.control_states
        if args[0] not in self.control_states:
            raise RuntimeError("workspaceControlState: Object '%s' not found." % args[0])
        del self.control_states[args[0]]

    def build_control(self, name, flags):
        """Make a control's widget, and run its script, as for a new one and one that comes back."""
        from Qt import QtWidgets
        self.controls[name] = flags
        self.control_states[name] = True
        widget = QtWidgets.QWidget()
        layout = QtWidgets.QVBoxLayout(widget)
        layout.setContentsMargins(0, 0, 0, 0)
        widget.show()
        self.widgets[name] = widget
        exec(compile(flags["uiScript"], "<uiScript>", "exec"), {"__name__": "__main__"})

    def _close_control(self, name):
        from Qt import QtCore
        self.controls.pop(name)
        widget = self.widgets.pop(name)
        widget.close()
        widget.deleteLater()
        QtCore.QCoreApplication.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)

    @command("assistMessage position fade fadeStayTime")
    def inViewMessage(self, mode, args, flags):
        if self.batch:
            raise RuntimeError("inViewMessage: not in batch mode")
        self.messages.append(flags["assistMessage"])

    @command()
    def warning(self, mode, args, flags):
        self.warnings.append(args[0])
