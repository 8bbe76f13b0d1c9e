"""JPEG frames: all markers from the first to the last.

The pixels have no checksum and are not unpacked.
Source for the format: ITU-T T.81.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import re
import struct

from six.moves import range

from .source import CutOff, Damaged, Look

MAGIC = (b"\xff\xd8\xff",)

_START, _END, _SCAN, _LINES, _TABLES, _CODES, _ARITHMETIC = 0xd8, 0xd9, 0xda, 0xdc, 0xdb, 0xc4, 0xcc
_FRAMES = set(range(0xc0, 0xd0)) - {_CODES, 0xc8, _ARITHMETIC}
_LOSSLESS = {0xc3, 0xc7, 0xcb, 0xcf}

#: Markers without a length: TEM, restarts.
_BARE = {0x01} | set(range(0xd0, 0xd8))

#: What ends packed pixels: a marker, but neither a stuffed byte, a restart nor a fill byte.
_MARKER = re.compile(b"\xff[^\\x00\xd0-\xd7\xff]", re.DOTALL)

_MOST_SEGMENTS = 1 << 16


def look(source, deep):
    """Return the `Look` of a JPEG."""
    if source.at(0, 2) != b"\xff\xd8":
        raise Damaged("it is no JPEG picture")
    place, frame, scans, tables, codes, is_lossless = 2, None, 0, False, False, False
    for _ in range(_MOST_SEGMENTS):
        source.check()
        marker, place = _marker(source, place)
        if marker == _END:
            break
        if marker in _BARE:
            continue
        length = struct.unpack(str(">H"), source.at(place, 2))[0]
        if marker == _START or length < 2:
            raise Damaged("the segment at byte %d is damaged" % place)
        body = place + 2, length - 2
        source.reach(*body)
        if marker in _FRAMES:
            if frame:
                raise Damaged("it has two headers")
            frame, is_lossless = _frame(source.at(*body)), marker in _LOSSLESS
        elif marker == _LINES and frame and not frame.height and length == 4:
            frame = frame._replace(height=struct.unpack(str(">H"), source.at(*body))[0])
        tables, codes = tables or marker == _TABLES, codes or marker in (_CODES, _ARITHMETIC)
        place += length
        if marker == _SCAN:
            if not frame:
                raise Damaged("its header is missing")
            place, scans = _skip_scan(source, place), scans + 1
    else:
        raise Damaged("it does not end")
    if not frame or not scans or not frame.height:
        raise Damaged("it has no pixels")
    if not codes or not (tables or is_lossless):
        raise Damaged("its tables are missing")
    return frame


def draw(source, size):
    """Return None: the pixels cannot be read here."""
    return None


def _marker(source, place):
    """Return ``(marker, what follows it)``."""
    first = source.at(place, 2)
    if first[:1] != b"\xff":
        raise Damaged("there is no marker at byte %d" % place)
    while first[1:] == b"\xff":  # Fill bytes.
        place += 1
        first = source.at(place, 2)
    return ord(first[1:]), place + 2


def _frame(body):
    """Return the `Look` of a frame's header."""
    if len(body) < 6:
        raise Damaged("its header is damaged")
    bits, height, width, channels = struct.unpack(str(">BHHB"), body[:6])
    if not width or not 2 <= bits <= 16 or not channels or len(body) != 6 + 3 * channels:
        raise Damaged("its header is damaged")
    return Look(width, height, channels, bits, False, None)


def _skip_scan(source, place):
    """Return where the next marker stands, behind the packed pixels."""
    start, before = place, b""
    for piece in source.pieces(place, source.size - place):
        held = before + piece
        found = _MARKER.search(held)
        if found:
            end = place - len(before) + found.start()
            if end == start:
                raise Damaged("its pixels are missing")
            return end
        place += len(piece)
        before = held[-1:] if held[-1:] == b"\xff" else b""
    raise CutOff("it ends in its pixels, at byte %d" % source.size)
