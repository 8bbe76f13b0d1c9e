"""The tokens that stand for frames and tiles in a name, and what they match.

Sources: the hosts' and renderers' public documentation. Angle tokens count in any case; ``$F`` does not.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import re
from collections import namedtuple

#: A token in a name. ``kind``: "udim" (1001), "uvtile" (u1_v1), "u", "v", "frame", "any" or "unknown"; ``width``:
#: digits of a frame: 0 is any, 1 is no leading zero, more are that many at least; ``text`` as it stands in the name.
Token = namedtuple("Token", "kind width text")

#: What one name matches. ``prefix``: what is before the first token; ``rest``: the `Rest`, which many names share.
Pattern = namedtuple("Pattern", "prefix rest fold")

#: What comes from the first token on. ``kinds``: of the regular expression's groups.
Rest = namedtuple("Rest", "expression kinds")

_FRAME = "frame"
TILES = ("udim", "uvtile", "u", "v")


def _any_case(word):
    return "".join("[%s%s]" % (sign.upper(), sign.lower()) if sign.isalpha() else re.escape(sign) for sign in word)


def _angle(*words):
    """Match ``<word>`` and, as Arnold writes it, ``<word:10>``."""
    return "<(?:%s)(?::[^<>/]*)?>" % "|".join(_any_case(word) for word in words)


#: Kind -> how the token is written. The first that matches counts.
_SPELLINGS = (
    ("udim", _angle("udim") + r"|%\(UDIM\)d|%UDIM(?![A-Za-z0-9_%])|_MAPID_"),
    ("uvtile", _angle("uvtile", "tile") + r"|%\(UVTILE\)d|%UVTILE(?![A-Za-z0-9_%])"),
    ("u", _angle("u", "utile") + r"|%\(U\)d"),
    ("v", _angle("v", "vtile") + r"|%\(V\)d"),
    ("frame", "<(?:%s|%s)[0-9]{0,2}>" % (_any_case("frame"), _any_case("f"))
     + r"|#+|%[0-9]{0,2}d|\$S?F[0-9]?(?![A-Za-z0-9])|\$\{S?F[0-9]?\}"),
    ("any", _angle("attr")),
    ("unknown", r"<[A-Za-z][A-Za-z0-9_]*(?::[^<>/]*)?>"),
)
_TOKEN = re.compile("|".join("(?P<%s>%s)" % spelling for spelling in _SPELLINGS))
_DIGITS = re.compile("[0-9]+")

_RESTS = {}
_MOST_RESTS = 4096

#: Without these signs, no name has a token.
_SIGNS = re.compile(r"[<#%$]|_MAPID_")

#: Names of variables that are frames: `locations` leaves them.
TIME_VARIABLE = re.compile(r"S?F[0-9]?\Z")

_TILE_EXPRESSIONS = {
    "udim": "([1-9][0-9]{3})",
    # Arnold's <tile> brings its own underscore.
    "uvtile": "(_?[uU][0-9]+_[vV][0-9]+)",
    "u": "([0-9]+)", "v": "([0-9]+)", "any": "([^/]+?)",
}
_FRAME_EXPRESSIONS = {0: "(-?[0-9]+)", 1: "(-?(?:0|[1-9][0-9]*))"}

#: A number at the end of a name, before or behind its ending: ``smoke.1001.vdb``, ``smoke.vdb.1001``.
_LAST_NUMBER = re.compile(r"(?P<head>.*?)(?P<number>-?[0-9]+)(?P<tail>\.[A-Za-z][A-Za-z0-9]*(?:\.gz)?|)\Z", re.S)


def has_tokens(text):
    """Tell whether a name or path may stand for several files."""
    return bool(_SIGNS.search(text)) and bool(_TOKEN.search(text))


def is_weak(text):
    """Tell whether all tokens of a name are ones that a plain file's name may hold as well ("a#b.exr")."""
    return "<" not in text


def split(text):
    """Return a name as a list of texts and `Token`s."""
    pieces, end = [], 0
    for found in _TOKEN.finditer(text):
        if found.start() > end:
            pieces.append(text[end:found.start()])
        kind = found.lastgroup
        pieces.append(Token(kind, _width(found.group()) if kind == _FRAME else 0, found.group()))
        end = found.end()
    if end < len(text):
        pieces.append(text[end:])
    return pieces


def _width(text):
    if text[0] == "#":
        return len(text) if len(text) > 1 else 0
    digits = _DIGITS.search(text)
    if text[0] in "%$":
        return max(int(digits.group()), 1) if digits else 1
    return int(digits.group()) if digits else 0


def compile_name(text, fold=False):
    """Return the `Pattern` of one name (no ``/`` in it).

    Args:
        text (str): e.g. "wall.<UDIM>.####.exr".
        fold (bool): Whether ``A`` and ``a`` are one.
    """
    first = _TOKEN.search(text)
    start = first.start() if first else len(text)
    return Pattern(text[:start], _rest(text[start:], fold), fold)


def _rest(text, fold):
    # Compiling is slow, and a thousand sets differ in their prefix only.
    found = _RESTS.get((text, fold))
    if found is None:
        pieces = split(text)
        expression = "".join(_expression(piece) if isinstance(piece, Token) else re.escape(piece) for piece in pieces)
        found = Rest(re.compile(expression + r"\Z", re.U | (re.I if fold else 0)),
                     tuple(piece.kind for piece in pieces if isinstance(piece, Token)))
        if len(_RESTS) >= _MOST_RESTS:
            _RESTS.clear()
        _RESTS[text, fold] = found
    return found


def match(pattern, name):
    """Return the regular expression's match of a name, None where there is none."""
    prefix = pattern.prefix
    if pattern.fold:
        if name[:len(prefix)].lower() != prefix.lower():
            return None
    elif not name.startswith(prefix):
        return None
    return pattern.rest.expression.match(name, len(prefix))


def _expression(token):
    if token.kind == "unknown":
        return "(%s)" % re.escape(token.text)
    if token.kind != _FRAME:
        return _TILE_EXPRESSIONS[token.kind]
    if token.width in _FRAME_EXPRESSIONS:
        return _FRAME_EXPRESSIONS[token.width]
    # A minus takes the place of a digit, or stands before all of them.
    return "(-?[0-9]{%d}|-[0-9]{%d}|-?[1-9][0-9]{%d,})" % (token.width, token.width - 1, token.width)


def values(pattern, found, known):
    """Return what the tokens of a match stand for.

    Args:
        pattern (Pattern): That matched.
        found: The regular expression's match.
        known (dict): Of the folders above.

    Returns:
        dict or None: kind -> value (int for frames and UDIMs); None where a token stands for two things at once.
    """
    result = dict(known)
    for number, kind in enumerate(pattern.rest.kinds, 1):
        value = found.group(number)
        if kind in ("any", "unknown"):
            continue
        if kind == "uvtile":
            value = value.lstrip("_").lower()
        else:
            value = int(value)
            if kind == "udim" and value < 1001:
                return None
        if kind == _FRAME and kind in result and kind not in known:
            continue  # "Frame<f>Tick<f>": the first is the frame.
        if result.setdefault(kind, value) != value:
            return None
    return result


def tile(found):
    """Return the tile of some `values` as it is said: "1003", "u1_v2", "" where there is none."""
    if "udim" in found:
        return "%d" % found["udim"]
    if "uvtile" in found:
        return found["uvtile"]
    return "_".join("%s%d" % (kind, found[kind]) for kind in ("u", "v") if kind in found)


def as_sequence(name):
    """Return the name of one file of a sequence with ``<f>`` for its frame: hosts may name the current frame only.

    Returns:
        str: `name` itself where no number ends it.
    """
    found = _LAST_NUMBER.match(name)
    if not found or (not found.group("tail") and "." not in found.group("head")):
        return name
    return "%s<f>%s" % (found.group("head"), found.group("tail"))
