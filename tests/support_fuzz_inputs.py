"""Bytes that parsers trip over, and what a parser is for those who try them."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import struct

from support_farm import write

from rayvision_sync import compat
from rayvision_sync.errors import SyncError

#: Numbers, texts and bytes at the edges of what parsers expect.
_VALUES = [None, True, False, 0, 1, -1, 50, 77, 2 ** 31, 2 ** 63, 10 ** 30, 0.5, 1e300, "", "0", "1", "x", "-1",
           "9" * 5000, "../../evil", "/etc/passwd", "C:\\x", "a\x00b", "\u0663", "\ud800", "con", "1-10[1]", "4-2",
           "auto", [], {}]
_PIECES = [b"\0", b"\xff", b"\xed\xa0\x80", b"\xc3", b"\xef\xbb\xbf", b"1e999", b"-", b"[" * 3000, b"{\"a\":" * 500,
           b"]", b"}", b",", b"\"", b"\\", b"\\u0000", b"\\ud800", b"NaN", b"9" * 5000, b"\r", b"\n", b"../", b"//",
           b"/", b"(", b")", b"file fail (", b" done (", b"$(touch X)", b"<UDIM>", b"\x1f\x8b", b"\xff\xff\xff\xff"]


def mutated(content, chooser):
    """Return bytes with a few things changed."""
    content = bytearray(content)
    for _ in range(chooser.choice((0, 1, 1, 2, 4))):
        place = chooser.randrange(len(content) + 1)
        kind = chooser.randrange(7)
        if kind == 0 and place < len(content):
            content[place] ^= 1 << chooser.randrange(8)
        elif kind == 1:
            del content[place:place + chooser.randint(1, 30)]
        elif kind == 2:
            content[place:place] = chooser.choice(_PIECES)
        elif kind == 3:
            content[place:place + 4] = struct.pack(str(">I"), chooser.choice((0, 1, 255, 1 << 31, (1 << 32) - 1)))
        elif kind == 4:
            content[place:place] = bytearray(chooser.randrange(256) for _ in range(chooser.randint(1, 8)))
        elif kind == 5:
            other = chooser.randrange(len(content) + 1)
            content[place:place] = content[other:other + chooser.randint(1, 200)] * chooser.choice((1, 1, 40))
        else:
            del content[place:]
    return bytes(content)


def any_value(chooser, names, depth=3):
    """Return what JSON can hold, with names that somebody looks for."""
    kind = chooser.randrange(8)
    if depth and kind < 3:
        return dict((chooser.choice(names), any_value(chooser, names, depth - 1)) for _ in range(chooser.randrange(6)))
    if depth and kind < 5:
        return [any_value(chooser, names, depth - 1) for _ in range(chooser.randrange(4))]
    return chooser.choice(_VALUES)


def any_json(chooser, names, sample=None):
    """Return JSON as bytes: a sample with some members replaced, or something else."""
    value = any_value(chooser, names)
    if sample is not None and chooser.random() < 0.7:
        value = json.loads(json.dumps(sample))
        for _ in range(chooser.randint(1, 3)):
            _replace_one(value, chooser, names)
    text = json.dumps(value).replace("1e+300", "1e999").encode("ascii")
    return mutated(text, chooser) if chooser.random() < 0.3 else text


def _replace_one(value, chooser, names):
    while isinstance(value, (dict, list)) and value:
        key = chooser.choice(sorted(value)) if isinstance(value, dict) else chooser.randrange(len(value))
        if not isinstance(value[key], (dict, list)) or not value[key] or chooser.random() < 0.3:
            value[key] = any_value(chooser, names, 2)
            return
        value = value[key]


class Target(object):
    """A parser.

    Args:
        name (str): For people.
        make (callable): Takes a ``random.Random``, returns the bytes of an input.
        look (callable): Takes the bytes; raises only what is wrong.
        weight (int): How many inputs it gets, compared with the others.
    """

    def __init__(self, name, make, look, weight=1):
        self.name, self.weight = name, weight
        self.make, self._look = make, look

    def one(self, chooser):
        """Try the input of one seed."""
        self.bytes(self.make(chooser))

    def bytes(self, content):
        """Try bytes; only an error that is a defect comes out."""
        try:
            self._look(content)
        except SyncError as error:
            assert isinstance(error.message, compat.text_type) and error.message


class Place(object):
    """A folder for inputs, in which nothing but what is expected may appear."""

    def __init__(self, folder):
        self.folder = folder
        compat.make_folder(folder)

    def put(self, name, content):
        """Write an input; returns its path."""
        path = os.path.join(self.folder, name)
        write(path, content)
        return path


def text_of(content):
    """Return bytes as the text that a server's name may be, surrogates included."""
    return content.decode("utf-8", "replace").replace("\ufffd", "\ud800")


def parsed(content):
    """Return what JSON says, None where it is none."""
    try:
        return compat.parse_json(content.decode("utf-8"))
    except ValueError:
        return None
