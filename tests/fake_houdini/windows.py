"""Pane tabs, shelves and Python panels, as Houdini's window has them."""
from __future__ import absolute_import, division, print_function, unicode_literals

import xml.etree.ElementTree

from rayvision_sync import compat

from .values import Enum, OperationFailed, native, swig_text


class Interface(object):
    def __init__(self, name, label, script):
        self._name, self._label, self.script_text = name, label, script

    def name(self):
        return native(self._name)

    def label(self):
        return native(self._label)


class PyPanel(object):
    def __init__(self):
        self.found = {}

    def installFile(self, file_path):
        for node in xml.etree.ElementTree.parse(compat.fs(swig_text(file_path))).getroot().findall("interface"):
            self.found[compat.text(node.get("name"))] = Interface(
                compat.text(node.get("name")), compat.text(node.get("label")), compat.text(node.find("script").text))

    def interfaceByName(self, name):
        return self.found.get(swig_text(name))


class Tool(object):
    def __init__(self, name, label, script):
        self._name, self._label, self.script_text = name, label, script

    def name(self):
        return native(self._name)

    def label(self):
        return native(self._label)


class Shelf(Tool):
    def __init__(self, name, label, tools):
        super(Shelf, self).__init__(name, label, "")
        self._tools = tuple(tools)

    def tools(self):
        return self._tools


class ShelfSet(object):
    def __init__(self, name):
        self._name = name
        self._shelves = ()

    def name(self):
        return native(self._name)

    def shelves(self):
        return self._shelves

    def setShelves(self, shelves):
        if not all(isinstance(shelf, Shelf) for shelf in shelves):
            raise TypeError("in method 'ShelfSet_setShelves', argument 2")
        self._shelves = tuple(shelves)


class Shelves(object):
    def __init__(self):
        self.found = {}
        self.sets = {"shelf_set_1": ShelfSet("shelf_set_1"), "shelf_set_2": ShelfSet("shelf_set_2")}

    def shelves(self):
        return dict((native(name), shelf) for name, shelf in self.found.items())

    def shelfSets(self):
        return dict((native(name), found) for name, found in self.sets.items())

    def loadFile(self, file_path):
        root = xml.etree.ElementTree.parse(compat.fs(swig_text(file_path))).getroot()
        tools = {}
        for node in root.findall("tool"):
            script = node.find("script")
            assert script.get("scriptType") == "python"
            tools[node.get("name")] = Tool(compat.text(node.get("name")), compat.text(node.get("label")),
                                           compat.text(script.text))
        for node in root.findall("toolshelf"):
            name = compat.text(node.get("name"))
            self.found[name] = Shelf(name, compat.text(node.get("label")),
                                     [tools[member.get("name")] for member in node.findall("memberTool")])


class ShelfDock(object):
    def __init__(self, shelves):
        self._shelves = shelves

    def shelfSets(self):
        return (self._shelves.sets["shelf_set_1"],)


class PaneTab(object):
    """A pane tab; those of Python panels run their interface's script as Houdini does."""

    def __init__(self, hou, name, kind, pane):
        self._hou, self._name, self._kind, self._pane = hou, name, kind, pane
        self.is_current, self.is_closed = True, False

    def name(self):
        return native(self._name)

    def type(self):
        return self._kind

    def pane(self):
        return self._pane

    def setIsCurrentTab(self):
        self.is_current = True

    def close(self):
        self.is_closed = True
        self._hou.desk.tabs.remove(self)


class PanelTab(PaneTab):
    def __init__(self, hou, name, kind, pane):
        super(PanelTab, self).__init__(hou, name, kind, pane)
        self._interface = self.names = self.root = None
        self.label_text, self.has_toolbar = "", True

    def activeInterface(self):
        return self._interface

    def setActiveInterface(self, interface):
        if not isinstance(interface, Interface):
            raise TypeError("in method 'PythonPanel_setActiveInterface', argument 2")
        self.destroy()
        self._interface = interface
        self.build()

    def showToolbar(self, show):
        self.has_toolbar = show

    def setLabel(self, label):
        self.label_text = swig_text(label)

    def build(self):
        """Run the interface's script."""
        if self._interface is None or self._hou.is_lazy:
            return
        self.names = {"kwargs": {"paneTab": self}, "hou": self._hou, "__name__": "interface"}
        exec(compile(self._interface.script_text, "interface", "exec", 0, True), self.names)
        self.root = self.names["onCreateInterface"]()
        if self.root is not None:
            self.root.show()
            if "onActivateInterface" in self.names:
                self.names["onActivateInterface"]()

    def destroy(self, politely=True):
        """Throw the widget away, as for another desktop; without a word where Houdini is not polite."""
        if self.root is not None:
            if politely:
                self.names["onDestroyInterface"]()
            root, self.root = self.root, None
            root.setParent(None)
            self._hou.delete_widget(root)

    def close(self):
        self.destroy()
        super(PanelTab, self).close()


class Pane(object):
    def __init__(self, hou):
        self._hou = hou

    def createTab(self, type, python_panel_interface=None):
        return self._hou.desk.new_tab(type, self)


class FloatingPanel(object):
    def __init__(self, tabs):
        self._tabs = tabs

    def paneTabs(self):
        return tuple(self._tabs)


class Desktop(object):
    def __init__(self, hou):
        self._hou = hou
        self.tabs = []
        self.count = 0

    def new_tab(self, kind, pane):
        if not isinstance(kind, Enum):
            raise TypeError("in method 'Pane_createTab', argument 2 of type 'HOM_EnumValue &'")
        self.count += 1
        make = PanelTab if kind is self._hou.paneTabType.PythonPanel else PaneTab
        self.tabs.append(make(self._hou, "panetab%d" % self.count, kind, pane))
        return self.tabs[-1]

    def shelfDock(self):
        return ShelfDock(self._hou.shelves)

    def createFloatingPanel(self, pane_tab_type, position=(), size=(), python_panel_interface=None, immediate=False):
        if self._hou.refuses_panes:
            raise OperationFailed(native("The attempted operation failed."))
        return FloatingPanel([self.new_tab(pane_tab_type, Pane(self._hou))])


class Ui(object):
    def __init__(self, hou):
        self._hou = hou
        self.status = ""

    def curDesktop(self):
        return self._hou.desk

    def paneTabs(self):
        return tuple(self._hou.desk.tabs)

    def paneTabOfType(self, type, index=0):
        found = [tab for tab in self._hou.desk.tabs if tab.type() is type]
        return found[index] if index < len(found) else None

    def setStatusMessage(self, message, severity=None):
        self.status = swig_text(message)


class Qt(object):
    def __init__(self):
        self.window = None

    def mainWindow(self):
        if self.window is None:
            from rayvision_sync.panel.binding import QtWidgets
            self.window = QtWidgets.QMainWindow()
        return self.window
