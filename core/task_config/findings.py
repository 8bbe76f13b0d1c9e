"""tips.json and asset.json: what the farm is told of a scene's files."""
from __future__ import absolute_import, division, print_function, unicode_literals

from collections import namedtuple

#: A file, and who names it.
Need = namedtuple("Need", "path node attribute")

#: The farm's numbers of what is wrong; source: its public documentation and SDK. Max has one of its own.
_MISSING = {"max": "10012"}
_MISSING_ELSEWHERE = "50001"
_UNKNOWN = "999"

#: Of each kind; a farm shows them to people.
MOST_TIPS = 1000


def tips(software, missing=(), troubles=()):
    """Return tips.json.

    Args:
        software (str or None): Key of `SOFTWARE`.
        missing (iterable of Need): Files that are not there.
        troubles (iterable of tuple): ``(node, reason)`` of what could not be read.

    Returns:
        dict: The farm's number of a problem -> messages.
    """
    found = {}
    lines = ["Nodes: %s  File name: %s  miss file: %s" % (owner(need), need.path, need.path) for need in missing]
    if lines:
        found[_MISSING.get(software, _MISSING_ELSEWHERE)] = _shortened(lines)
    lines = ["%s: %s" % (node, reason) if node else reason for node, reason in troubles]
    if lines:
        found[_UNKNOWN] = _shortened(lines)
    return found


def owner(need):
    """Return who names a file, as hosts write it: "file12.fileTextureName"."""
    return ".".join(part for part in (need.node, need.attribute) if part)


def _shortened(lines):
    more = len(lines) - MOST_TIPS
    return lines if more <= 0 else lines[:MOST_TIPS] + ["and %d more" % more]


def assets(found=(), missing=()):
    """Return asset.json.

    Args:
        found (iterable of Need): Files that are there.
        missing (iterable of Need): Files that are not.

    Returns:
        dict: "found" and "missing" -> node -> sorted paths; "" is what belongs to no node.
    """
    return {"found": _by_node(found), "missing": _by_node(missing)}


def _by_node(needs):
    nodes = {}
    for need in needs:
        nodes.setdefault(need.node, set()).add(need.path)
    return dict((node, sorted(paths)) for node, paths in nodes.items())
