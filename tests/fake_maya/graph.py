"""Nodes, attributes and connections, and the commands that ask for them."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re
from collections import OrderedDict

import six

from .flags import command, or_none

_PLUG = re.compile(r"(\w+)(?:\[(\d+)\])?(?:\.(\w+))?$")

#: Types that are there without a plug-in.
TYPES = {"file", "psdFileTex", "imagePlane", "transform", "mesh", "camera", "reference", "renderLayer", "audio",
         "renderGlobals", "resolution", "expression", "animCurveTU", "time", "lambert", "cacheFile", "dynGlobals",
         "renderLayerManager", "absOverride", "network", "container"}


class Attr(object):
    """An attribute.

    Args:
        value: Text, number, list (one attribute that holds a list), or a dict by index (an array), None if unset.
        filename (bool): Marked as a file's name.
        writable (bool): False: computed by the node.
        child (str): Of an array of compounds: the member that holds the value.
        broken (str): Why it cannot be read.
    """

    __slots__ = ("value", "filename", "writable", "child", "broken")

    def __init__(self, value=None, filename=False, writable=True, child="", broken=""):
        self.value = value
        self.filename = filename
        self.writable = writable
        self.child = child
        self.broken = broken

    @property
    def multi(self):
        return isinstance(self.value, dict)


class Node(object):
    """A node."""

    __slots__ = ("name", "kind", "attrs", "parent", "inputs", "text")

    def __init__(self, name, kind, parent=None):
        self.name = name
        self.kind = kind
        self.attrs = OrderedDict()
        self.parent = parent
        self.inputs = {}
        self.text = ""


class Graph(object):
    """The commands of nodes. `calls` counts all commands."""

    def __init__(self):
        self.calls = 0
        self.nodes = OrderedDict()
        self.types = set(TYPES)

    # -- build

    def make(self, name, kind, parent=None, **attrs):
        """Add a node; attributes are values or `Attr`. Plug-ins' types become known."""
        self.types.add(kind)
        node = self.nodes[name] = Node(name, kind, parent)
        for attr, value in attrs.items():
            node.attrs[attr] = value if isinstance(value, Attr) else Attr(value)
        return node

    def texture(self, name, path, tiling=0, animated=False, offset=0, pattern=None, driver=None):
        """Add a file node. `driver`: the name of what drives its frame."""
        node = self.make(
            name, "file", fileTextureName=Attr(path, filename=True), uvTilingMode=tiling, useFrameExtension=animated,
            frameOffset=offset, frameExtension=1,
            computedFileTextureNamePattern=Attr(path if pattern is None else pattern, filename=True, writable=False))
        if driver:
            node.inputs["frameExtension"] = [driver]
        return node

    def expression_for(self, name, text):
        """Add an expression."""
        self.make(name, "expression").text = text
        return name

    # -- find

    def node(self, name):
        if not isinstance(name, (six.text_type, bytes)):
            raise TypeError("Object %r is invalid" % (name,))
        try:
            return self.nodes[name]
        except KeyError:
            raise ValueError("No object matches name: %s" % name)

    def plug(self, plug):
        """Return ``(node, Attr, index or None, member)``."""
        name, dot, rest = plug.partition(".")
        found = _PLUG.match(rest) if dot else None
        node = self.nodes.get(name)
        attr = node.attrs.get(found.group(1)) if node is not None and found else None
        if node is not None and found and attr is None and self._array_with(node, found.group(1)):
            raise RuntimeError("The attribute '%s' cannot be read: its index is -1." % plug)
        if attr is None:
            raise ValueError("No object matches name: %s" % plug)
        return node, attr, None if found.group(2) is None else int(found.group(2)), found.group(3) or ""

    @staticmethod
    def _array_with(node, member):
        """Return the name of the array whose elements have a member."""
        return next((name for name, attr in node.attrs.items() if attr.child == member), None)

    # -- commands

    @command("multiIndices")
    def getAttr(self, mode, args, flags):
        _, attr, index, member = self.plug(args[0])
        if attr.broken:
            raise RuntimeError(attr.broken)
        if flags.get("multiIndices"):
            if not attr.multi:
                raise RuntimeError("%s is not a multi attribute" % args[0])
            return or_none(sorted(attr.value))
        if index is None:
            if attr.multi and (attr.child or any(isinstance(value, six.text_type) for value in attr.value.values())
                               or not attr.value):
                raise RuntimeError("The data of %s is not a numeric or string value." % args[0])
            return list(attr.value.values()) if attr.multi else attr.value
        if not attr.multi or attr.child != member:
            raise ValueError("No object matches name: %s" % args[0])
        return attr.value.get(index)

    @command("type")
    def setAttr(self, mode, args, flags):
        _, attr, _, _ = self.plug(args[0])
        if isinstance(args[1], six.text_type) and flags.get("type") != "string":
            raise RuntimeError("setAttr: a text needs type=\"string\"")
        attr.value = args[1]
        self.changed()

    def changed(self):
        """Hear that something was edited."""

    @command("usedAsFilename multi write")
    def listAttr(self, mode, args, flags):
        node = self.node(args[0])
        found = []
        for name, attr in node.attrs.items():
            if flags.get("usedAsFilename") and not attr.filename or flags.get("write") and not attr.writable:
                continue
            found.append(name)
            if attr.child:
                found.append(attr.child)
            if flags.get("multi") and attr.multi:
                found.extend("%s[%d]%s" % (name, index, "." + attr.child if attr.child else "")
                             for index in sorted(attr.value))
        return or_none(found)

    @command("node exists multi listParent")
    def attributeQuery(self, mode, args, flags):
        node = self.node(flags["node"])
        attr, array = node.attrs.get(args[0]), self._array_with(node, args[0])
        if flags.get("exists"):
            return attr is not None or array is not None
        if flags.get("listParent"):
            return or_none([array] if array else [])
        if array is not None:
            return False
        if attr is None:
            raise RuntimeError("Invalid attribute name: %s" % args[0])
        return attr.multi

    @command("showType type cameras")
    def ls(self, mode, args, flags):
        found = self.nodes.values()
        if "type" in flags:
            if flags["type"] not in self.types:
                raise RuntimeError("Unknown object type: %s" % flags["type"])
            found = [node for node in found if node.kind == flags["type"]]
        if flags.get("cameras"):
            found = [node for node in found if node.kind == "camera"]
        if flags.get("showType"):
            return [text for node in found for text in (node.name, node.kind)]
        return [node.name for node in found]

    @command()
    def nodeType(self, mode, args, flags):
        if args[0] not in self.nodes:
            raise RuntimeError("No object matches name: %s" % args[0])
        return self.nodes[args[0]].kind

    @command()
    def objExists(self, mode, args, flags):
        name, dot, attr = args[0].partition(".")
        return name in self.nodes and (not dot or attr in self.nodes[name].attrs)

    @command("source destination skipConversionNodes")
    def listConnections(self, mode, args, flags):
        node, _, _, _ = self.plug(args[0])
        attr = args[0].partition(".")[2]
        return or_none(node.inputs.get(attr, []))

    @command("parent")
    def listRelatives(self, mode, args, flags):
        node = self.node(args[0])
        return or_none([node.parent] if flags.get("parent") and node.parent else [])

    @command(query="string")
    def expression(self, mode, args, flags):
        node = self.node(args[0])
        if node.kind != "expression":
            raise RuntimeError("%s is not an expression" % args[0])
        return node.text
