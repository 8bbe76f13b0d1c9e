"""USD layers: text (``.usda``), and binary ones (``.usdc``) where this Python has USD's own library."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import re

from .. import compat
from .reading import MOST_PATH, Reference

#: What may begin something that is no plain text: a comment, a string, an asset.
_NEXT = re.compile(r"#|\"\"\"|'''|\"|'|@@@|@")
_TEMPLATE = re.compile(r"templateAssetPath\s*=\s*(?:\"([^\"\n]+)\"|'([^'\n]+)')")
_ARGUMENTS = re.compile(r":SDF_FORMAT_ARGS:.*\Z", re.S)
_PACKAGE = re.compile(r"\[[^\[\]]*\]\Z")

#: Shaders that are looked for by name, in folders that only the renderer knows.
_BY_NAME = (".mdl", ".osl", ".oso", ".glslfx", ".sdr")


def read(lines, path, note):
    """Read sub-layers, references, payloads, clips and textures of a layer."""
    with io.open(compat.fs(path), "rb") as source:
        head = source.read(8)
    if head == b"PXR-USDC":
        return _binary(path, note)
    return _text(lines)


def _binary(path, note):
    try:
        from pxr import UsdUtils
    except ImportError:
        note("%s is a binary USD layer, which this Python cannot look into: add the files that it names yourself, "
             "or save it as .usda." % path)
        return
    layers = UsdUtils.ExtractExternalReferences(str(path))
    for found in [name for group in layers for name in group]:
        reference = _reference(compat.text(found), "USD layer")
        if reference:
            yield reference


def _text(lines):
    state, carried = "", ""
    for number, line in lines:
        for template in _TEMPLATE.findall(line):
            yield Reference(template[0] or template[1], "", "line %d" % number)
        line, carried = carried + line, ""
        place = 0
        while place < len(line):
            if state:  # Inside a text of several lines.
                end = line.find(state, place)
                if end < 0:
                    carried = line[-2:] if not line.endswith("\n") else ""
                    break
                place, state = end + len(state), ""
                continue
            found = _NEXT.search(line, place)
            if not found:
                break
            mark, place = found.group(), found.end()
            if mark == "#":
                state = "" if line.endswith("\n") else "\n"
                break
            if mark in ('"""', "'''"):
                state = mark
                continue
            if mark in "\"'":
                place = _after_string(line, place, mark)
                if place < 0:
                    state = "" if line.endswith("\n") else mark
                    break
                continue
            end = line.find(mark, place)
            if end < 0:
                # The piece may end in the middle of a path.
                if not line.endswith("\n") and len(line) - found.start() < 2 * MOST_PATH:
                    carried = line[found.start():]
                break
            reference = _reference(line[place:end], "line %d" % number)
            if reference:
                yield reference
            place = end + len(mark)


def _after_string(line, place, mark):
    while place < len(line):
        if line[place] == "\\":
            place += 2
        elif line[place] == mark:
            return place + 1
        else:
            place += 1
    return -1


def _reference(text, where):
    text = _ARGUMENTS.sub("", text.replace("\\@@@", "@@@")).strip()
    if not text.startswith("["):
        text = _PACKAGE.sub("", text)
    if not text or text.startswith("anon:"):
        return None
    by_name = text.lower().endswith(_BY_NAME) and not text.startswith((".", "/"))
    return Reference(text, "optional" if by_name else "", where)
