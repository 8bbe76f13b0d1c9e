"""The module hou."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import types

from rayvision_sync import compat

from .nodes import Category, Node, NodeType, WorkingNode
from .scene import Hip, OldHip
from .values import FRAME, VARIABLE, Error, ObjectWasDeleted, OperationFailed, enums, native, swig_text
from .windows import Desktop, PyPanel, Qt, Shelves, Ui


class Hou(types.ModuleType):
    """The module."""

    Error, OperationFailed, ObjectWasDeleted = Error, OperationFailed, ObjectWasDeleted
    paneTabType = enums("paneTabType", "PythonPanel", "Parm", "SceneViewer", "NetworkEditor")
    fileType = enums("fileType", "Any", "Directory", "Image", "Geometry")
    severityType = enums("severityType", "Message", "ImportantMessage", "Warning", "Error", "Fatal")

    def __init__(self, scene, version, has_ui=True, has_backups=True):
        super(Hou, self).__init__(native("hou"))
        self.version, self.has_ui, self.now = version, has_ui, 1001
        self.variables = {"HFS": "/opt/hfs" + version, "JOB": os.path.dirname(scene), "HOME": "/home/artist",
                          "HIP": os.path.dirname(scene), "HIPNAME": os.path.basename(scene).rpartition(".")[0]}
        self.categories = {"Driver": Category("Driver"), "Sop": Category("Sop"), "Object": Category("Object")}
        if not version.startswith("17."):
            self.categories["Lop"] = Category("Lop")
        self.references, self.libraries, self.nodes = [], [], {}
        self.hip = (Hip if has_backups else OldHip)(self, scene)
        self.hipFile = self.hip
        self.playbar = types.ModuleType(native("playbar"))
        self.playbar.frameRange = lambda: (1001.0, 1120.0)
        self.hda = types.ModuleType(native("hda"))
        self.hda.loadedFiles = lambda: tuple(native(path) for path in self.libraries)
        self.root_node = Node(self, "/", NodeType(Category("Manager"), "root"))
        if version.startswith("17."):
            self.expandString = self._expand_string
        else:
            self.text = types.ModuleType(native("text"))
            self.text.expandString = self._expand_string
        self.is_lazy = self.refuses_panes = False
        self.deferred = []
        if has_ui:
            self.desk = Desktop(self)
            self.ui, self.qt, self.pypanel, self.shelves = Ui(self), Qt(), PyPanel(), Shelves()

    # -- what the world makes

    def make(self, category, kind, path, library=None):
        """Return a new node."""
        types_ = self.categories[category].types
        if kind not in types_:
            types_[kind] = NodeType(self.categories[category], kind, library)
        node = (WorkingNode if category in ("Driver", "Lop") else Node)(self, path, types_[kind])
        types_[kind].nodes.append(node)
        self.nodes[path] = node
        return node

    def refer(self, parm):
        """Let a parameter be among the file references."""
        raw = parm._value if isinstance(parm._value, compat.text_type) else "`chs(\"name\")`"
        self.references.append((parm, native(raw)))
        return parm

    def expanded(self, text, frame, local=None):
        """Return what Houdini makes of a string."""
        assert "`" not in text, "the fake evaluates no expressions: give a function"
        text = FRAME.sub(lambda found: ("%d" % frame).zfill(int(found.group(1) or 0)), text)
        known = dict(self.variables, **(local or {}))
        text = VARIABLE.sub(lambda found: known.get(found.group(1) or found.group(2), ""), text)
        return self.variables["HOME"] + text[1:] if text.startswith("~") else text

    @staticmethod
    def delete_widget(widget):
        """Delete a widget at once, as C++ does."""
        from Qt import QtCompat
        if QtCompat.isValid(widget):
            QtCompat.delete(widget)

    # -- what hou has

    def _expand_string(self, str, expand_tilde=True):
        return native(self.expanded(swig_text(str), self.now))

    def isUIAvailable(self):
        return self.has_ui

    def isApprentice(self):
        return False

    def applicationVersionString(self):
        return native(self.version)

    def getenv(self, name, default_value=None):
        found = self.variables.get(swig_text(name))
        return default_value if found is None else native(found)

    def putenv(self, name, value):
        self.variables[swig_text(name)] = swig_text(value)

    def unsetenv(self, name):
        self.variables.pop(swig_text(name), None)

    def fps(self):
        return 24.0

    def intFrame(self):
        return self.now

    def root(self):
        return self.root_node

    def node(self, path):
        return self.nodes.get(swig_text(path))

    def nodeTypeCategories(self):
        return dict((native(name), found) for name, found in self.categories.items())

    def nodeType(self, category, internal_name):
        if not isinstance(category, Category):
            raise TypeError("in method 'nodeType', argument 1 of type 'HOM_NodeTypeCategory &'")
        return category.types.get(swig_text(internal_name))

    def fileReferences(self, project_dir_variable, include_all_refs=True):
        assert swig_text(project_dir_variable) == "HIP" and include_all_refs is True
        return tuple(self.references)
