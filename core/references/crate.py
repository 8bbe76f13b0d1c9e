"""The words of a binary USD layer (a "crate"): names, texts and paths lie in it once each, in one table.

Source of the layout: OpenUSD's ``crateFile.cpp``. What a word is used for is told by other tables; to find the files,
the words that end like one do.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import struct

from .. import compat
from .reading import Unreadable

MAGIC = b"PXR-USDC"

#: A layer with more words than this (bytes) is no honest one.
_MOST = 64 << 20
_MOST_SECTIONS = 64

#: LZ4 packs a byte into 1/255 of one at best.
_MOST_RATIO = 256


def words(path):
    """Return the words of a layer.

    Args:
        path (str): Of a file that begins with `MAGIC`.

    Returns:
        list of str: In the file's order.

    Raises:
        Unreadable: It is damaged, or of a layout that is not known.
        IOError, OSError: It cannot be read.
    """
    with io.open(compat.fs(path), "rb") as source:
        head = _read(source, 24)
        version = tuple(bytearray(head[8:11]))
        source.seek(_offset(struct.unpack(str("<q"), head[16:24])[0]))
        start, size = _section(source, b"TOKENS")
        source.seek(start)
        if version < (0, 4, 0):
            count, length = struct.unpack(str("<QQ"), _read(source, 16))
            data = _read(source, _bounded(length))
        else:
            count, length, packed = struct.unpack(str("<QQQ"), _read(source, 24))
            data = _unpacked(_read(source, _bounded(packed)), _bounded(length))
    found = data.split(b"\0")
    if len(found) < count or size < 16:
        raise Unreadable("its table of words is cut off")
    return [compat.text(word) for word in found[:count]]


def _read(source, size):
    data = source.read(size)
    if len(data) < size:
        raise Unreadable("it is cut off")
    return data


def _offset(number):
    if number < 0:
        raise Unreadable("it is damaged")
    return number


def _bounded(size):
    if size > _MOST:
        raise Unreadable("its table of words is too large")
    return size


def _section(source, wanted):
    count = struct.unpack(str("<Q"), _read(source, 8))[0]
    for _ in range(min(count, _MOST_SECTIONS)):
        name, start, size = struct.unpack(str("<16sqq"), _read(source, 32))
        if name.rstrip(b"\0") == wanted:
            return _offset(start), size
    raise Unreadable("it has no table of words")


def _unpacked(data, size):
    """Return what USD's fast compression packed: one LZ4 block, or several with their sizes."""
    if size > len(data) * _MOST_RATIO or not data:
        raise Unreadable("it is damaged")
    chunks = bytearray(data[:1])[0]
    if not chunks:
        return _block(bytearray(data[1:]), size)
    result, place = b"", 1
    for _ in range(chunks):
        if place + 4 > len(data):
            raise Unreadable("it is cut off")
        length = struct.unpack(str("<i"), data[place:place + 4])[0]
        place += 4
        if length < 0:
            raise Unreadable("it is damaged")
        result += _block(bytearray(data[place:place + length]), size - len(result))
        place += length
    return result


def _block(data, size):
    """Unpack one LZ4 block; never more than `size` bytes."""
    result, place, end = bytearray(), 0, len(data)
    try:
        while place < end:
            mark = data[place]
            length, place = _length(data, place + 1, mark >> 4)
            result += data[place:place + length]
            place += length
            if place >= end:
                break
            back = data[place] | data[place + 1] << 8
            length, place = _length(data, place + 2, mark & 15)
            start = len(result) - back
            if not back or start < 0 or len(result) + length + 4 > size:
                raise Unreadable("it is damaged")
            length += 4
            while length > 0:  # What is copied may reach into what it makes.
                part = result[start:start + length]
                result += part
                start += len(part)
                length -= len(part)
    except IndexError:
        raise Unreadable("it is cut off")
    if len(result) > size:
        raise Unreadable("it is damaged")
    return bytes(result)


def _length(data, place, length):
    if length == 15:
        while True:
            more = data[place]
            place += 1
            length += more
            if more != 255:
                break
    return length, place
