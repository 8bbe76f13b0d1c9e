"""USD layers, text (``.usda``) and binary (``.usdc``)."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import re

from .. import compat
from . import crate
from .reading import MOST_PATH, Reference

#: What may begin something that is no plain text: a comment, a string, an asset.
_NEXT = re.compile(r"#|\"\"\"|'''|\"|'|@@@|@")
_WORDS = (b"#", b'"', b"'", b"@")
_TEMPLATE = re.compile(r"templateAssetPath\s*=\s*(?:\"([^\"\n]+)\"|'([^'\n]+)')")
_ARGUMENTS = re.compile(r":SDF_FORMAT_ARGS:.*\Z", re.S)
_PACKAGE = re.compile(r"\[[^\[\]]*\]\Z")

#: Shaders that are looked for by name, in folders that only the renderer knows.
_BY_NAME = (".mdl", ".osl", ".oso", ".glslfx", ".sdr")

_LAYERS = (".usd", ".usda", ".usdc", ".usdz")

#: Words of a binary layer that end so are taken for files.
_ENDINGS = _LAYERS + _BY_NAME + tuple(
    ".abc .vdb .mtlx .exr .tx .tex .tif .tiff .png .jpg .jpeg .hdr .hdri .tga .rat .pic .bmp .psd "
    ".dds .ktx .rstexbin .ies .ptx .ptex .obj .ass .bgeo .bgeo.sc .mov .mp4 .wav .mp3".split())
_NO_PATH = re.compile(r"[\n\r\t|*?\"]|: ")

#: What such a word is said to be named by.
BINARY = "binary layer"


def read(lines, path, note):
    """Read sub-layers, references, payloads, clips and textures of a layer."""
    with io.open(compat.fs(path), "rb") as source:
        head = source.read(8)
    if head == crate.MAGIC:
        return _binary(path)
    return _text(lines)


def _binary(path):
    """Return the paths of a binary layer: by USD's own library where it is there, else by what ends like a file."""
    try:
        from pxr import UsdUtils
    except ImportError:
        for word in crate.words(path):
            reference = _reference(word, "layer") if len(word) <= MOST_PATH else None
            if reference and _is_file(reference.path):
                if not (word.startswith(("./", "../")) and reference.path.lower().endswith(_LAYERS)):
                    # It may be the name of a picture that is rendered, too.
                    reference = reference._replace(kind="optional", where=BINARY)
                yield reference
        return
    layers = UsdUtils.ExtractExternalReferences(str(path))
    for found in [name for group in layers for name in group]:
        reference = _reference(compat.text(found), "layer")
        if reference:
            yield reference


def _is_file(word):
    return word.lower().endswith(_ENDINGS) and not _NO_PATH.search(word)


def _text(lines):
    state, carried = "", ""
    for number, line in lines.holding(_WORDS):
        for template in _TEMPLATE.findall(line) if "templateAssetPath" in line else ():
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
