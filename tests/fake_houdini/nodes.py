"""Nodes, their types and parameters, as hou has them."""
from __future__ import absolute_import, division, print_function, unicode_literals

from rayvision_sync import compat

from .values import FRAME, ObjectWasDeleted, OperationFailed, native, swig_number, swig_text


class Category(object):
    def __init__(self, name):
        self._name = name
        self.types = {}

    def name(self):
        return native(self._name)

    def nodeTypes(self):
        return dict((native(name), kind) for name, kind in self.types.items())


class Definition(object):
    def __init__(self, path):
        self._path = path

    def libraryFilePath(self):
        return native(self._path)


class NodeType(object):
    def __init__(self, category, name, library=None):
        self._category, self._name, self._library = category, name, library
        self.nodes = []

    def name(self):
        return native(self._name)

    def category(self):
        return self._category

    def nameComponents(self):
        parts = self._name.split("::")
        space, core = (parts[0], parts[1]) if len(parts) > 1 and not parts[1][:1].isdigit() else ("", parts[0])
        version = parts[-1] if len(parts) > 1 and parts[-1][:1].isdigit() else ""
        return tuple(native(part) for part in ("", space, core, version))

    def instances(self):
        return tuple(self.nodes)

    def definition(self):
        return None if self._library is None else Definition(self._library)


class Template(object):
    def __init__(self, tags=None):
        self._tags = tags or {}

    def tags(self):
        return dict((native(name), native(value)) for name, value in self._tags.items())


class StringTemplate(Template):
    def __init__(self, tags=None, file_type=None):
        super(StringTemplate, self).__init__(tags)
        self._file_type = file_type

    def fileType(self):
        return self._file_type


class Parm(object):
    """A parameter.

    Args:
        hou (Hou): The module.
        node (Node): Its node.
        name (str): Of it.
        value (str, float or callable): Text with variables, a number, or ``value(frame)``: an expression.
        mode (str): What its file chooser is for: "read", "write" or "".
        keyed (bool): The value is a keyframe's expression.
    """

    def __init__(self, hou, node, name, value, mode="", file_type=None, keyed=False):
        self._hou, self._node, self._name, self._value, self._keyed = hou, node, name, value, keyed
        self._template = StringTemplate({"filechooser_mode": mode} if mode else {}, file_type) if (
            isinstance(value, compat.text_type) or callable(value)) else Template()
        self.is_deleted = self.is_broken = False

    def _alive(self):
        if self.is_deleted:
            raise ObjectWasDeleted(native("Attempt to access an object that no longer exists in Houdini."))
        return self

    def name(self):
        return native(self._alive()._name)

    def node(self):
        return self._alive()._node

    def path(self):
        return native("%s/%s" % (compat.text(self._alive()._node.path()), self._name))

    def parmTemplate(self):
        return self._alive()._template

    def keyframes(self):
        return (object(),) if self._alive()._keyed else ()

    def isTimeDependent(self):
        self._alive()
        if self.is_broken:
            return False
        return callable(self._value) or bool(isinstance(self._value, compat.text_type) and FRAME.search(self._value))

    def unexpandedString(self):
        if self._alive()._keyed or not isinstance(self._value, compat.text_type):
            raise OperationFailed(native("The attempted operation failed."))
        return native(self._value)

    def evalAsString(self):
        return self.evalAsStringAtFrame(self._hou.now)

    def evalAsStringAtFrame(self, frame):
        swig_number(frame)
        if self._alive().is_broken:
            raise OperationFailed(native("The attempted operation failed.\nError evaluating %s" % self._name))
        value = self._value(int(frame)) if callable(self._value) else self._value
        if not isinstance(value, compat.text_type):
            return native("%g" % value)
        return native(self._hou.expanded(value, int(frame), {"OS": self._node.name_text}))

    def evalAsFloat(self):
        value = self._alive()._value
        value = value(self._hou.now) if callable(value) else value
        if isinstance(value, compat.text_type):
            raise TypeError("Cannot convert string to float")
        return float(value)

    def evalAsInt(self):
        return int(self.evalAsFloat())


class Node(object):
    def __init__(self, hou, path, kind):
        self._hou, self._path, self._kind = hou, path, kind
        self._parms = {}
        self._notes = {}
        self.is_bypassed = self.is_locked = False

    @property
    def name_text(self):
        return self._path.rpartition("/")[2]

    def add(self, name, value, **options):
        self._parms[name] = Parm(self._hou, self, name, value, **options)
        return self._parms[name]

    def path(self):
        return native(self._path)

    def type(self):
        return self._kind

    def parm(self, parm_path):
        return self._parms.get(swig_text(parm_path))

    def isInsideLockedHDA(self):
        return self.is_locked

    def setUserData(self, name, value):
        self._notes[swig_text(name)] = swig_text(value)
        self._hou.hip.changed = True

    def destroyUserData(self, name):
        if swig_text(name) not in self._notes:
            raise OperationFailed(native("No user data by this name"))
        del self._notes[swig_text(name)]
        self._hou.hip.changed = True


class WorkingNode(Node):
    """A ROP or LOP: what can be bypassed."""

    def isBypassed(self):
        return self.is_bypassed
