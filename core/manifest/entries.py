"""The assets of a manifest, a few at a time, exactly."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import re

from .. import compat

#: Bytes that are decoded at a time: more would be decoded again for nothing.
_SLICE = 64 * 1024

_skip_space = re.compile("[ \t\r\n]*").match
_match_comma = re.compile("[ \t\r\n]*,").match

ENTRY = "{\"local\": \"...\", \"server\": \"/...\"}"


def _refuse(name):
    raise ValueError(name)


#: Numbers are checked, not made (`len` is any number): a million digits cost nothing.
_NUMBERS = {str("parse_int"): len, str("parse_float"): len}
decode = json.JSONDecoder(parse_constant=_refuse, **_NUMBERS).raw_decode

#: What C's JSON raises on bad text, bad UTF-8 and too deep a nesting.
UNDECODABLE = (ValueError, RuntimeError)


def pairs_of(found):
    """Return the (local, server) pairs of parsed entries, None where one of them is none."""
    try:
        local = [entry["local"] for entry in found]
        server = [entry["server"] for entry in found]
    except (KeyError, TypeError):
        return None
    kinds = set(map(type, local)) | set(map(type, server))
    if kinds - {compat.text_type} or not all(server):
        return None
    return list(zip(local, server))


class Entries(object):
    """What stands between the ``[`` and the ``]`` of "asset".

    Args:
        tokens (Tokens): Where `enter` left it.

    Attributes:
        count (int): Entries taken so far.
        end (int): Offset in the file behind the last entry taken.
        more (bool): Whether another entry must follow.
    """

    def __init__(self, tokens):
        self.tokens = tokens
        self.window = tokens.window
        self.count = 0
        self.end = start = self.window.offset()
        self.more = tokens.next() != b"]"
        if self.more:
            self.window.pos = start - self.window.base

    def some(self, limit):
        """Take one entry or more.

        Args:
            limit (int): Most entries to take.

        Returns:
            list of tuple: (local, server) pairs.

        Raises:
            ManifestError: Not JSON, or an entry without "local" and "server".
        """
        window = self.window
        text = self._text()
        found, end, behind = [], 0, 0
        while text and len(found) < limit:
            try:
                entry, stop = decode(text, _skip_space(text, behind).end())
            except UNDECODABLE:
                break
            comma = _match_comma(text, stop)
            if not comma:
                break
            found.append(entry)
            end, behind = stop, comma.end()
        if not found:
            return [self._exactly_one()]
        start = window.offset()
        window.pos += len(text[:behind].encode("utf-8"))
        return self.took(found, start + len(text[:end].encode("utf-8")))

    def took(self, found, end):
        """Count entries that were parsed.

        Args:
            found (list): Values of the entries.
            end (int): Offset behind the last one.

        Returns:
            list of tuple: Their pairs.
        """
        pairs = pairs_of(found)
        if pairs is None:
            number, entry = next((number, entry) for number, entry in enumerate(found, self.count + 1)
                                 if pairs_of([entry]) is None)
            raise self._bad_entry(number, entry)
        self.passed(len(found), end)
        return pairs

    def passed(self, number, end):
        """Count entries that are known to be good, up to an offset in the file."""
        self.count += number
        self.end = end

    def separate(self):
        """Move past the comma, or the end of the list, that follows an entry."""
        kind = self.tokens.next()
        if kind not in (b",", b"]"):
            raise self.tokens.broken("expected ',' or ']'")
        self.more = kind == b","

    def _text(self):
        """Return the text of about the next `_SLICE` bytes, "" where it is not UTF-8."""
        window = self.window
        buf = window.buf
        stop = buf.rfind(b"},", window.pos, window.pos + _SLICE) + 2
        try:
            return buf[window.pos:stop].decode("utf-8") if stop > 1 else ""
        except UnicodeDecodeError:
            return ""

    def _exactly_one(self):
        window = self.window
        held = window.mark
        if held is None:
            window.mark = window.pos
        start = window.offset()
        self.tokens.value()
        end = window.offset()
        raw = window.since(start, end)
        if held is None:
            window.mark = None
        entry = json.loads(raw.decode("utf-8"), **_NUMBERS)
        pairs = self.took([entry], end)
        self.separate()
        return pairs[0]

    def _bad_entry(self, number, entry):
        if not isinstance(entry, dict):
            what = "is not an object"
        else:
            name = "local" if not isinstance(entry.get("local"), compat.text_type) else "server"
            if name not in entry:
                what = "has no \"%s\"" % name
            else:
                what = "has %s \"%s\"" % ("an empty" if entry[name] == "" else "no text as", name)
        return self.window.error("is not an upload list: asset %d %s. Each one looks like %s." % (
            number, what, ENTRY))
