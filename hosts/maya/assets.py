"""What a scene names, collected on Maya's main thread in small steps. Nothing here looks at the disk.

Every source is asked, and each path is told once for each node: every node's attributes that are marked as files'
names (in Maya, or in the path editor's list of types), the tables in `nodes`, references however deep, the path
editor for what only it knows (XGen's maps), the colour configuration, and Maya's own list for what is left.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

from maya import cmds

from ... import compat
from ...jobs.snapshot import File, Trouble
from . import calls, nodes

#: Nodes that every scene with references has, and that name no file.
_NO_REFERENCE = ("sharedReferenceNode", "_UNKNOWN_REF_NODE_")

#: Paths that Maya brings along on every machine.
_OWN = ("<MAYA_RESOURCES>",)

_ROOT = re.compile(r"(?:[A-Za-z]:)?/*\.?/*$")


def scan(project, location=""):
    """Return an iterator of `File`, `Trouble` and None; each step asks Maya a handful of questions at most.

    Args:
        project (str): Its folder, which is never sent as a whole.
        location (str): Maya's own folder: what lies there is on every machine.
    """
    return _Scan(project, location).run()


class _Scan(object):
    """What was told already."""

    def __init__(self, project, location):
        self._project = _plain(project)
        self._location = _plain(location)
        self._told = set()
        self._paths = set()
        self._sets = set()
        self._plugs = set()
        self._troubled = set()
        self._more = {}

    def run(self):
        """Yield what is found."""
        for name, part in (("path editor", self._types), ("references", self._references), ("nodes", self._nodes),
                           ("path editor", self._editor), ("colour management", self._color),
                           ("plug-ins", self._plugins), ("file list", self._list)):
            yield None
            try:
                for found in part():
                    yield self._new(found)
            except calls.ERRORS as error:
                yield self._new(Trouble(name, calls.reason(error)))

    def _new(self, found):
        """Return what is told of a find: nothing of what was told before, and nothing of no use."""
        if isinstance(found, Trouble):
            # One broken node is one line to read, whatever it has.
            if found.node in self._troubled:
                return None
            self._troubled.add(found.node)
            return found
        if found is None:
            return None
        path = found.path.strip()
        plain = _plain(path)
        self._plugs.add("%s.%s" % (found.node, found.attribute))
        if not path or _ROOT.match(plain) or path.startswith(_OWN) or self._is_own(plain):
            return None
        if self._project and (self._project + "/").startswith(plain.rstrip("/") + "/"):
            return self._new(Trouble(found.node, "%s names the folder of the project, not a file: %s"
                                     % (found.attribute, path)))
        key = (found.node, plain)
        if key in self._told:
            return None
        self._told.add(key)
        self._paths.add(plain)
        if nodes.TOKEN.search(plain):
            self._sets.add(_as_set(plain))
        return found._replace(path=path)

    def _is_own(self, plain):
        return bool(self._location) and plain.startswith(self._location + "/")

    def _types(self):
        """Learn which attributes of which types studios and plug-ins have registered as files' names."""
        for registered in calls.listed(cmds.filePathEditor(query=True, listRegisteredTypes=True)):
            kind, dot, attribute = compat.text(registered).partition(".")
            if dot and attribute not in self._more.get(kind, ()):
                self._more[kind] = self._more.get(kind, ()) + (attribute,)
        return ()

    def _references(self):
        for node in calls.listed(cmds.ls(type="reference")):
            node = compat.text(node)
            if node.rpartition(":")[2] in _NO_REFERENCE:
                continue
            try:
                path = compat.text(cmds.referenceQuery(node, filename=True, withoutCopyNumber=True))
                # One that is not loaded is not rendered: it is no harm where it is not there.
                kind = "" if cmds.referenceQuery(node, isLoaded=True) else "optional"
                yield File(path or "", node, "filename", kind)
            except calls.ERRORS as error:
                yield Trouble(node, calls.reason(error))

    def _nodes(self):
        rows = calls.listed(cmds.ls(showType=True))
        yield None
        for place in range(0, len(rows) - 1, 2):
            node, kind = compat.text(rows[place]), compat.text(rows[place + 1])
            if kind in nodes.WRITERS or kind == "reference":
                continue
            try:
                for found in nodes.read(node, kind, self._more):
                    yield found
            except calls.ERRORS as error:
                # While this runs, the artist works: a node that was deleted is no trouble.
                if cmds.objExists(node):
                    yield Trouble(node, calls.reason(error))
            yield None

    def _editor(self):
        """Take from the path editor what is no attribute: the maps of XGen, the contents of plug-ins' nodes."""
        # Without this it tells of the scene as it was. No `status`: that asks the disk for each file.
        cmds.filePathEditor(refresh=True)
        yield None
        for folder in calls.listed(cmds.filePathEditor(query=True, listDirectories="")):
            folder = compat.text(folder)
            pairs = calls.listed(cmds.filePathEditor(query=True, listFiles=folder, withAttribute=True))
            yield None
            for place in range(0, len(pairs) - 1, 2):
                name, plug = compat.text(pairs[place]), compat.text(pairs[place + 1])
                if plug in self._plugs or self._is_reference(plug):
                    yield None
                    continue
                node, _, attribute = plug.partition(".")
                path = "%s/%s" % (folder.rstrip("/"), name) if "/" not in name and "\\" not in name else name
                if nodes.is_written(attribute) or _plain(path) in self._paths:
                    yield None
                    continue
                yield File(path, node, attribute)

    def _is_reference(self, plug):
        return "." not in plug and cmds.objExists(plug) and cmds.nodeType(plug) == "reference"

    def _color(self):
        if not cmds.colorManagementPrefs(query=True, cmEnabled=True):
            return
        if cmds.colorManagementPrefs(query=True, cmConfigFileEnabled=True):
            path = compat.text(cmds.colorManagementPrefs(query=True, configFilePath=True))
            yield File(path or "", "colorManagementPrefs", "configFilePath")

    def _plugins(self):
        """Say which plug-ins are not loaded: the files of their nodes cannot be seen."""
        for name in calls.listed(cmds.unknownPlugin(query=True, list=True)):
            yield Trouble(compat.text(name), "This plug-in is not loaded: files that only its nodes name are not seen.")

    def _list(self):
        """Compare with Maya's own list. It has single pictures of sequences: what is left over is never missed."""
        scene = _plain(compat.text(cmds.file(query=True, sceneName=True)) or "")
        rows = calls.listed(cmds.file(query=True, list=True))
        yield None
        for path in rows:
            path = re.sub(r"\{\d+\}$", "", compat.text(path) or "")
            plain = _plain(path)
            if plain == scene or plain.endswith("/") or self._is_told(plain):
                yield None
            else:
                yield File(path, "", "file list", "optional")

    def _is_told(self, plain):
        """Tell whether a path was told: as it is, relative to the project, or as one of a set."""
        within = plain[len(self._project) + 1:] if plain.startswith(self._project + "/") else plain
        return any(path in self._paths or _as_set(path) in self._sets for path in (plain, within))


def _as_set(path):
    """Return a path with the numbers and tokens of its name made alike."""
    folder, slash, name = path.rpartition("/")
    return folder + slash + re.sub("#+", "#", re.sub(r"\d+", "#", nodes.TOKEN.sub("#", name)))


def _plain(path):
    """Return a path as it is compared: one kind of slash, none twice but at the start, no case changed."""
    path = (path or "").strip().replace("\\", "/")
    return path[:1] + re.sub("/+", "/", path[1:]) if "//" in path[1:] else path
