"""Attributes that name files: one text, lists, arrays, members of arrays; each element is a step of its own."""
from __future__ import absolute_import, division, print_function, unicode_literals

from maya import cmds

from ... import compat
from ...jobs.snapshot import File, Trouble
from . import calls


def marked(node):
    """Return the attributes of a node that are marked as files' names, with the elements of arrays.

    Those that are computed are left out: what a node gives out is no input.
    """
    # First without elements: most nodes have no such attribute, and a mesh has a million elements of others.
    if not cmds.listAttr(node, usedAsFilename=True, write=True):
        return []
    names = [compat.text(name) for name in calls.listed(
        cmds.listAttr(node, usedAsFilename=True, multi=True, write=True))]
    elements = set(name for name in names if "[" in name)
    # The array itself and its members by name are listed, too.
    whole = set(name.partition("[")[0] for name in elements) | set(name.rpartition(".")[2] for name in elements)
    return [name for name in names if name in elements or name.rpartition(".")[2] not in whole]


def has(node, attribute):
    """Tell whether a node has an attribute."""
    return bool(cmds.attributeQuery(attribute, node=node, exists=True))


def read(node, name, kind=""):
    """Yield the `File`s of an attribute, a `Trouble` where it cannot be read, None between.

    Args:
        node (str): Its name.
        name (str): Of the attribute.
        kind (str): Of the files.
    """
    try:
        found = calls.texts(cmds.getAttr(node + "." + name))
    except calls.ERRORS as error:
        for found in _elements(node, name, kind, error):
            yield found
        return
    for path in found:
        yield File(path, node, name, kind)


def _elements(node, name, kind, error):
    """Read an array's elements one by one: some types of arrays are not read as a whole."""
    try:
        array, member = _array(node, name)
        places = calls.listed(cmds.getAttr("%s.%s" % (node, array), multiIndices=True)) if array else None
    except calls.ERRORS:
        places = None
    if places is None:
        yield Trouble(node, "%s: %s" % (name, calls.reason(error)))
        return
    for place in places:
        element = "%s[%d]%s" % (array, place, member)
        try:
            found = calls.texts(cmds.getAttr(node + "." + element))
        except calls.ERRORS as wrong:
            yield Trouble(node, "%s: %s" % (element, calls.reason(wrong)))
            continue
        if not found:
            yield None
        for path in found:
            yield File(path, node, element, kind)


def _array(node, name):
    """Return ``(array, what follows an index)`` of an attribute that is an array or a member of one's elements."""
    leaf = name.rpartition(".")[2]
    if "[" in name:
        return "", ""
    if cmds.attributeQuery(leaf, node=node, multi=True):
        return leaf, ""
    for parent in calls.listed(cmds.attributeQuery(leaf, node=node, listParent=True)):
        if cmds.attributeQuery(parent, node=node, multi=True):
            return compat.text(parent), "." + leaf
    return "", ""
