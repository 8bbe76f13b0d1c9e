"""Maya's text scenes."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

from .. import compat
from .reading import MOST_PATH, Reference

#: A statement is joined from lines up to so many characters.
_MOST_STATEMENT = 1 << 16

#: A string that is not closed is taken to the end, and left out: to look for another one inside it would take the
#: square of its length.
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)("|\\?\Z)', re.S)
_CREATE = re.compile(r"\s*createNode\s+(\w+)")
_SET = re.compile(r'\s*setAttr\b[^"]*"\.(\w+)(?:\[[0-9:]+\])?"(.*)', re.S)
_LAST_NUMBER = re.compile(r"-?(?<![0-9])[0-9]+(?=(?:\.[A-Za-z][A-Za-z0-9]*)?\Z)")
_ESCAPE = re.compile(r"\\(.)", re.S)

#: Attributes that name files, long and short, of whatever node.
_FILES = frozenset("ftn fileTextureName imn imageName dso cfn cacheFileName abc_File aiFilename xgenFileName "
                   "fileName2".split())

#: Node -> attributes whose names mean something else elsewhere.
_OF_NODES = {"AlembicNode": ("fn",), "VRayMesh": ("fn", "fileName"), "RedshiftProxyMesh": ("fn", "fileName"),
             "audio": ("f", "filename"), "aiImage": ("filename",), "aiVolume": ("filename",), "movie": ("ftn",),
             "aiPhotometricLight": ("aiFilename", "ai_filename"), "VRayLightIESShape": ("iesFile",),
             "RedshiftNormalMap": ("tex0",), "RedshiftSprite": ("tex0",), "pgYetiMaya": ("cacheFileName", "cfn")}

_WANTED = _FILES.union(*_OF_NODES.values()).union(("uvt", "uvTilingMode", "ufe", "useFrameExtension"))

#: uvTilingMode -> what of a name is the tile, and the token for it.
_TILINGS = {"1": (re.compile(r"u0_v0|u[0-9]+_v[0-9]+"), "u<u>_v<v>"), "2": (re.compile("u[0-9]+_v[0-9]+"), "u<U>_v<V>"),
            "3": (re.compile(r"(?<![0-9])1[0-9]{3}(?![0-9])(?!.*(?<![0-9])1[0-9]{3}(?![0-9]))"), "<UDIM>")}


class _Node(object):
    """The node whose attributes are being set."""

    def __init__(self, kind=""):
        self.kind = kind
        self.found = []
        self.tiling = ""
        self.is_sequence = False  # By which frames it runs is not told: all are taken.

    def references(self):
        """Return what the node names, once all of it was read."""
        for path, where in self.found:
            if self.tiling in _TILINGS:
                tile, token = _TILINGS[self.tiling]
                folder, slash, name = path.rpartition("/")
                path = folder + slash + tile.sub(token, name)
            yield Reference(_LAST_NUMBER.sub("<f>", path) if self.is_sequence else path, "", where)


def read(lines, path, note):
    """Read a ``.ma`` file: references, nested ones too, and textures, caches and stand-ins."""
    node = _Node()
    for number, statement in _statements(lines):
        where = "line %d" % number
        if statement.startswith("file"):
            strings = _strings(statement)
            if re.match(r"file\s+-(?:r|rdi|reference|referenceDepthInfo)\b", statement) and strings:
                # A second copy of one file is written as "a.ma{2}".
                yield Reference(re.sub(r"\{[0-9]+\}\Z", "", _plain(strings[-1])), "", where)
            continue
        created = _CREATE.match(statement)
        if created or statement.startswith("select"):
            for found in node.references():
                yield found
            node = _Node(created.group(1) if created else "")
            continue
        _set(node, statement, where)
    for found in node.references():
        yield found


def _set(node, statement, where):
    given = _SET.match(statement)
    if not given:
        return
    name, value = given.groups()
    if name in ("uvt", "uvTilingMode"):
        node.tiling = value.strip(" ;\r\n\t")
    elif name in ("ufe", "useFrameExtension"):
        node.is_sequence = value.strip(" ;\r\n\t") in ("yes", "on", "true", "1")
    elif name in _FILES or name in _OF_NODES.get(node.kind, ()):
        strings = _strings(value)
        if len(strings) > 1 and strings[0] == "string" and 0 < len(strings[1]) <= MOST_PATH:
            node.found.append((_plain(strings[1]), where))


def _strings(text):
    return [string for string, end in _STRING.findall(text) if end == '"']


def _plain(text):
    return _ESCAPE.sub(lambda found: {"n": "\n", "t": "\t", "r": "\r"}.get(found.group(1), found.group(1)), text)


#: Where a statement begins that can name a file: meshes pass by unread, at the speed of a search.
_START = re.compile((r'^[ \t]*(?:file[ \t]|createNode[ \t]|select[ \t]|//Codeset:|setAttr\b[^"\n]{0,200}"\.(?:%s)'
                     r'(?:\[[0-9:]+\])?")' % "|".join(sorted(_WANTED))).encode("ascii"), re.M)
_END = re.compile(br";[ \t\r]*$", re.M)
_LINE = re.compile(br"$", re.M)


def _statements(lines):
    """Yield ``(line, statement)`` of the statements that can name a file."""
    number, kept = 1, b""
    for block in lines.blocks():
        block = kept + block
        # What comes after the last end of a line is read with the next block, if it is not endless.
        end = block.rfind(b"\n") + 1
        if not end and len(block) < _MOST_STATEMENT:
            kept = block
            continue
        place = 0
        for begun, statement, rest in _inside(block, end or len(block)):
            number += block.count(b"\n", place, begun)
            place = begun
            if rest is not None:
                end = rest
                break
            if statement.startswith(b"//"):
                lines.encoding = _encoding(compat.text(statement))
            else:
                yield number, lines.text(statement)
        end = end or len(block)
        number += block.count(b"\n", place, end)
        kept = block[end:]
    for _, statement, rest in _inside(kept, len(kept)):
        if rest is None:
            yield number, lines.text(statement)


def _inside(block, end):
    """Yield ``(place, statement, None)``, and at last ``(place, None, place)`` of one that goes on after the end."""
    place = 0
    while True:
        found = _START.search(block, place, end)
        if not found:
            return
        begun = found.end() - len(found.group().lstrip(b" \t"))
        is_note = block[begun:begun + 2] == b"//"
        stop = min(end, begun + _MOST_STATEMENT)
        closed = (_LINE if is_note else _END).search(block, found.end(), stop)
        if closed:
            yield begun, block[begun:closed.end()], None
            place = closed.end()
        elif stop == end:
            yield begun, None, begun
            return
        else:
            place = stop  # It has no end in sight.


def _encoding(head):
    """Return Python's name of what ``//Codeset: 936`` says, None where it is UTF-8 or unknown."""
    name = head.partition(":")[2].strip().rstrip(";")
    return "cp" + name if name.isdigit() else None
