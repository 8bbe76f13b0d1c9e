"""Sums over many bytes at once.

A row of pixels becomes one long integer, so that the interpreter's own
arithmetic adds thousands of lanes in one step: some ten times as fast as a
loop over them, without numpy. Lanes are big-endian, the first one stands at
the integer's top.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import binascii

#: (length, lane) -> masks; length -> the bits that `flip_odd` changes. A picture has rows of few lengths.
_masks = {}

#: Sums of rows longer than this are made in two steps, so that the numbers stay in the processor's cache.
_LONG = 1 << 13
_WAYS = 16


def _mask(length, lane):
    masks = _masks.get((length, lane))
    if masks is None:
        if len(_masks) > 32:
            _masks.clear()
        low = int(("7f" + "ff" * (lane - 1)) * (length // lane), 16)
        masks = _masks[(length, lane)] = (low, low ^ ((1 << (8 * length)) - 1))
    return masks


if hasattr(int, "from_bytes"):
    def _number(row):
        return int.from_bytes(row, "big")

    def _row(number, length):
        return number.to_bytes(length, "big")
else:
    def _number(row):
        return int(binascii.hexlify(row), 16)

    def _row(number, length):
        return binascii.unhexlify("%0*x" % (2 * length, number))


def _plus(one, other, low, high):
    """Add all lanes; what a lane carries over is dropped, as unsigned numbers do."""
    return ((one & low) + (other & low)) ^ ((one ^ other) & high)


def add(one, other, lane=1):
    """Return the sums of two rows' lanes.

    Args:
        one (bytes): A row.
        other (bytes): Another one, as long.
        lane (int): Bytes of a number; divides the length.
    """
    if not one:
        return b""
    return _row(_plus(_number(one), _number(other), *_mask(len(one), lane)), len(one))


def running(row, step=1, lane=1):
    """Return a row in which each lane is the sum of those before it and itself.

    Args:
        row (bytes): Differences.
        step (int): Lanes from one to the next that it is added to: a pixel's channels.
        lane (int): Bytes of a number; divides the length.
    """
    if not row:
        return b""
    if step == lane == 1 and len(row) > _LONG:
        return _running_long(row)
    length, shift = len(row), step * lane
    low, high = _mask(length, lane)
    total = _number(row)
    while shift < length:  # Sums of 2, of 4, of 8 ...
        total = _plus(total, total >> (8 * shift), low, high)
        shift *= 2
    return _row(total, length)


def _running_long(row):
    """Return the running sums of bytes: those of `_WAYS` neighbours first, then those of the groups."""
    length = -(-len(row) // _WAYS)
    padded = row + bytes(bytearray(length * _WAYS - len(row)))
    low, high = _mask(length, 1)
    ways = [_number(padded[::_WAYS])]
    for way in range(1, _WAYS):
        ways.append(_plus(ways[-1], _number(padded[way::_WAYS]), low, high))
    before = _number(running(_row(ways[-1], length))) >> 8
    out = bytearray(len(padded))
    for way, sums in enumerate(ways):
        out[way::_WAYS] = _row(_plus(sums, before, low, high), length)
    return bytes(out[:len(row)])


def flip_odd(row):
    """Return a row with the top bit of every second byte changed, from the second on."""
    if not row:
        return b""
    length = len(row)
    flips = _masks.get(length)
    if flips is None:
        flips = _masks[length] = int(("0080" * (length // 2 + 1))[:2 * length], 16)
    return _row(_number(row) ^ flips, length)


def swap(row, lane):
    """Return a row with the bytes of each lane in the other order."""
    if lane == 1:
        return row
    out = bytearray(len(row))
    for place in range(lane):
        out[place::lane] = row[lane - 1 - place::lane]
    return bytes(out)
