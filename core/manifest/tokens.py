"""The exact way through JSON: token by token, over bytes, with a place for every error.

A hundred times slower than C, so it walks what is short (the top level) and
what nothing else understood.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import re

SPACE = br"[ \t\r\n]*"
#: A string up to, not including, its closing quote. Every character has one
#: way to match, so that broken input costs no more than good input.
_OPEN_STRING = br'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*'
STRING = _OPEN_STRING + b'"'
_SCALAR = br"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null"

_match_token = re.compile(
    SPACE + br"(?:([][{}:,])|(" + STRING + br")|(" + _SCALAR + br"))?").match
_match_open_string = re.compile(_OPEN_STRING).match

#: What `Tokens.next` returns, besides the six signs themselves.
TEXT, SCALAR, END, BAD = b'"', b"0", b"", b"?"

#: The longest thing that the end of a block may cut in two: an escape, a word.
_LONGEST_PART = 6
_DEEPEST = 200


class Tokens(object):
    """Reads tokens from a window.

    Args:
        window (Window): Its `pos` is the only state that moves.

    Attributes:
        window (Window): As given.
        start (int): Offset in the file of the last token.
    """

    def __init__(self, window):
        self.window = window
        self.start = 0

    def next(self):
        """Move past one token.

        Returns:
            bytes: One of ``{ } [ ] : ,``, `TEXT`, `SCALAR`; `END` at the end of the file;
            `BAD` for what is no token, so that the caller can say what it expected.

        Raises:
            ManifestError: A string is not one.
        """
        window = self.window
        while True:
            found = _match_token(window.buf, window.pos)
            kind, end = found.lastindex, found.end()
            if kind in (1, 2):
                break
            # A word or a number may go on in the next block.
            if len(window.buf) - end < _LONGEST_PART or self._is_cut_string(end):
                if window.fill():
                    continue
            if kind:
                break
            return self._none(end)
        self.start = window.base + end - len(found.group(kind))
        window.pos = end
        if kind == 1:
            return found.group(1)
        if kind == 2:
            self._decode(found.group(2))
            return TEXT
        return SCALAR

    def text(self):
        """Return the string that `next` has just moved past."""
        raw = self.window.since(self.start, self.window.offset())
        return json.loads(raw.decode("utf-8"))

    def name(self, kind):
        """Read a member's name and its colon.

        Args:
            kind (bytes): The token that `next` has just returned.

        Returns:
            str: The name.
        """
        if kind != TEXT:
            raise self.broken("expected a name in double quotes")
        name = self.text()
        if self.next() != b":":
            raise self.broken("expected ':'")
        return name

    def value(self):
        """Move past one value, however deep and long."""
        closers = []
        kind = None
        while True:
            kind = kind or self.next()
            if kind == b"{":
                self._deeper(closers, b"}")
                kind = self.next()
                if kind != b"}":
                    self.name(kind)
                    kind = None
                    continue
                closers.pop()
            elif kind == b"[":
                self._deeper(closers, b"]")
                kind = self.next()
                if kind != b"]":
                    continue
                closers.pop()
            elif kind not in (TEXT, SCALAR):
                raise self.broken("expected a value")
            kind = None
            if self._closed(closers):
                return

    def broken(self, expected):
        """Return the error that the last token stands where it may not."""
        at_end = self.start - self.window.base == len(self.window.buf)
        return self.window.broken(self.start, expected + (", but the file ends" if at_end else ""))

    def _closed(self, closers):
        """Move behind a value to the next one of its list or object, or out of all of them."""
        while closers:
            kind = self.next()
            if kind == b",":
                if closers[-1] == b"}":
                    self.name(self.next())
                return False
            closer = closers.pop()
            if kind != closer:
                raise self.broken("expected ',' or '%s'" % closer.decode("ascii"))
        return True

    def _deeper(self, closers, closer):
        if len(closers) == _DEEPEST:
            raise self.broken("more than %d lists and objects inside each other" % _DEEPEST)
        closers.append(closer)

    def _decode(self, raw):
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise self.window.broken(self.start + error.start, "a character is not valid UTF-8")

    def _is_cut_string(self, at):
        """Tell whether a string begins at `at` and the block ends before it does."""
        found = _match_open_string(self.window.buf, at)
        return found and len(self.window.buf) - found.end() < _LONGEST_PART

    def _none(self, at):
        """Return `END` or `BAD` for what is no token, or raise what is wrong with a string."""
        window = self.window
        self.start = window.base + at
        found = _match_open_string(window.buf, at)
        if not found:
            return END if at == len(window.buf) else BAD
        end = found.end()
        if end == len(window.buf):
            what = "the closing quote of a string is missing"
        elif window.buf[end:end + 1] == b"\\":
            what = "a backslash in a string must be written twice (\\\\) or begin an escape"
        else:
            what = "a control character in a string, or its closing quote is missing"
        raise window.broken(window.base + end, what)


# ---------------------------------------------------------------- the top level

def enter(tokens):
    """Move from the beginning of a manifest to its first asset, behind the ``[``.

    Raises:
        ManifestError: Not JSON so far, no object, or no list "asset" in it.
    """
    window = tokens.window
    kind = tokens.next()
    if kind == END:
        raise window.error("is empty: it should be a JSON object with an \"asset\" list.")
    if kind != b"{":
        raise window.error("is not an upload list: it should be a JSON object with an \"asset\" list.")
    kind = tokens.next()
    while kind != b"}":
        if tokens.name(kind) == "asset":
            kind = tokens.next()
            if kind in (END, BAD):
                raise tokens.broken("expected '['")
            if kind != b"[":
                raise window.error("is not an upload list: its \"asset\" is not a list.")
            return
        tokens.value()
        kind = _next_member(tokens)
    raise window.error("is not an upload list: it has no \"asset\".")


def leave(tokens):
    """Move from behind the ``]`` of the assets to the end of the file.

    Raises:
        ManifestError: Not JSON, a second "asset", or something behind the end.
    """
    while True:
        kind = _next_member(tokens)
        if kind == b"}":
            break
        if tokens.name(kind) == "asset":
            raise tokens.window.error("is not an upload list: it has \"asset\" twice.")
        tokens.value()
    if tokens.next() != END:
        raise tokens.broken("expected the end of the file")


def _next_member(tokens):
    kind = tokens.next()
    if kind == b",":
        kind = tokens.next()
        if kind != TEXT:
            raise tokens.broken("expected a name in double quotes")
    elif kind != b"}":
        raise tokens.broken("expected ',' or '}'")
    return kind
