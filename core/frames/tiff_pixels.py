"""Strips and tiles of TIFF pixels: unpacked, looked at, drawn."""
from __future__ import absolute_import, division, print_function, unicode_literals

import struct

from . import bulk
from .grid import display_table, half
from .source import PIECE, Damaged, inflate

_NONE, _LZW, _PACKED = 1, 5, 32773
_DEFLATE = (8, 32946)

_WHITE_IS_0, _GREY, _RGB, _PALETTE, _YCC = 0, 1, 2, 3, 6
_UNSIGNED, _FLOAT = 1, 3

#: Longer rows are counted, not looked at.
_LONGEST_ROW = 1 << 24

#: A picture that goes on being black is looked at so far, in rows.
_MOST_ROWS = 1 << 20


def can_unpack(page):
    """Tell whether the blocks of a page can be unpacked here, and are as long as its size says."""
    # Chroma is stored for groups of pixels: other lengths.
    return page.compression in (_NONE, _LZW, _PACKED) + _DEFLATE and page.bits and page.photometric != _YCC


def can_show(page):
    """Tell whether the pixels of a page are understood here."""
    if page.photometric not in (_WHITE_IS_0, _GREY, _RGB, _PALETTE):
        return False
    if page.photometric == _RGB and page.channels < 3:
        return False
    if page.photometric == _PALETTE and (page.bits != 8 or len(page.palette or ()) != 768 or page.channels != 1):
        return False
    kinds = {(8, _UNSIGNED): (1, 2), (16, _UNSIGNED): (1, 2), (16, _FLOAT): (1, 3), (32, _FLOAT): (1, 3)}
    return page.predictor in kinds.get((page.bits, page.kind), ())


def go_through(source, page, block, seer=None):
    """Unpack a block, check its length, and show its rows to somebody.

    Args:
        source (Source): The file.
        page (Page): It belongs to.
        block (Block): To unpack.
        seer (Black or Pen): `row` is called with each row until `wants` says no; None: nobody looks.
    """
    if seer and (block.stride > _LONGEST_ROW or not seer.wants(block)):
        seer = None
    if page.compression == _NONE and not seer:
        if block.size < block.stride * block.height:
            raise Damaged("it holds fewer pixels than it says")
        return
    held, rows, total = b"", 0, 0
    for piece in _unpacked(source, page, block):
        total += len(piece)
        if not seer or rows == block.height:
            continue
        held, place = (held + piece if held else piece), 0
        while len(held) - place >= block.stride and rows < block.height:
            if not seer.wants(block):
                seer = None
                break
            seer.row(block, rows, held[place:place + block.stride])
            rows += 1
            place += block.stride
        held = held[place:]
    if total < block.stride * block.height:
        raise Damaged("it holds fewer pixels than it says")


def _unpacked(source, page, block):
    """Yield the bytes of a block; at most those of a full one."""
    most = block.stride * block.most
    pieces = source.pieces(block.offset, block.size)
    if page.compression == _NONE:
        return source.pieces(block.offset, min(block.size, most))
    if page.compression in _DEFLATE:
        return inflate(pieces, most)
    if page.compression == _LZW:
        return _codes(pieces, most)
    return _runs(pieces, most)


def _runs(pieces, most):
    """Undo PackBits: a byte below 128 stands before bytes as they are, one above before a byte to repeat."""
    held = b""
    for piece in pieces:
        held += piece
        data, place, out = bytearray(held), 0, []
        while place < len(data):
            head = data[place]
            if head < 128:
                end = place + 2 + head
                run = held[place + 1:end]
            else:
                end = place + (1 if head == 128 else 2)
                run = b"" if head == 128 else held[place + 1:end] * (257 - head)
            if end > len(data):
                break
            out.append(run)
            most -= len(run)
            place = end
        if most < 0:
            raise Damaged("it holds more pixels than it says")
        yield b"".join(out)
        held = held[place:]


def _codes(pieces, most):
    """Undo LZW: codes of 9 to 12 bits, first bit first; 256 begins anew, 257 ends."""
    start = [bytes(bytearray([value])) for value in range(256)] + [b"", b""]
    table, width, limit, before = list(start), 9, 511, None
    buffer = bits = 0
    for piece in pieces:
        out, count = [], 0
        for byte in bytearray(piece):
            buffer, bits = buffer << 8 | byte, bits + 8
            if bits < width:
                continue
            bits -= width
            code = buffer >> bits
            buffer &= (1 << bits) - 1
            if code == 257:
                yield b"".join(out)
                return
            if code == 256:
                table, width, limit, before = list(start), 9, 511, None
                continue
            if code < len(table):
                found = table[code]
                if before is not None:
                    table.append(before + found[:1])
            elif code == len(table) and before is not None:
                found = before + before[:1]
                table.append(found)
            else:
                raise Damaged("its packed pixels are damaged")
            if len(table) >= limit:
                if width < 12:
                    width += 1
                    limit = (1 << width) - 1
                elif len(table) > 4096:
                    raise Damaged("its packed pixels are damaged")
            out.append(found)
            count += len(found)
            before = found
            if count > PIECE or count > most:
                yield b"".join(out)[:most]
                most, out, count = most - count, [], 0
                if most <= 0:  # Some writers fill up the last byte with what is no code.
                    return
        yield b"".join(out)[:most]
        most -= count
        if most <= 0:
            return


# ---------------------------------------------------------------- pixels

def _ordered(page, row):
    """Return a row as numbers with the high byte first, differences undone."""
    size, step = page.bits // 8, 1 if page.apart else page.channels
    if page.predictor == 3:  # Bytes of like weight stand together, high ones first, as differences.
        flat, out = bulk.running(row, step), bytearray(len(row))
        many = len(row) // size
        for place in range(size):
            out[place::size] = flat[place * many:(place + 1) * many]
        return bytes(out)
    if page.order == "<":
        row = bulk.swap(row, size)
    return bulk.running(row, step, size) if page.predictor == 2 else row


class Black(object):
    """Looks at rows until one pixel is not black: 2 or more of 255, more than 1/8192 of a float."""

    def __init__(self, page):
        self.is_black = True
        self._page = page
        self._left = _MOST_ROWS
        if page.kind == _FLOAT:
            most = 0x08 if page.bits == 16 else 0x39
            black = list(range(most)) + list(range(0x80, 0x80 + most))
        elif page.photometric == _PALETTE:
            black = [entry for entry in range(256) if max(page.palette[entry::256]) < 512]
        else:
            black = range(2) if page.bits == 8 else range(1)
            black = [255 - value for value in black] if page.photometric == _WHITE_IS_0 else black
        self._black = bytes(bytearray(black))

    def wants(self, block):
        return self.is_black and block.channel < 3

    def row(self, block, number, row):
        self._left -= 1
        if self._left < 0:
            self.is_black = None
            return
        page = self._page
        if block.y + number >= page.height:  # The rest of a tile is not seen.
            return
        size, step = page.bits // 8, 1 if page.apart else page.channels
        row = _ordered(page, row)[:block.width * size * step]
        for channel in range(3 if step > 2 and page.photometric == _RGB else 1):
            if row[channel * size::size * step].translate(None, self._black):
                self.is_black = False
                return


class Pen(object):
    """Draws rows into a grid: integers as they are, floats as sRGB."""

    _float = struct.Struct(str(">f"))

    def __init__(self, page, grid):
        self.grid = grid
        self._page = page
        self._shown = display_table()

    def wants(self, block):
        return True

    def row(self, block, number, row):
        line = self.grid.line(block.y + number)
        if line is None:
            return
        page = self._page
        size = page.bits // 8
        row, step = bytearray(_ordered(page, row)), size * page.channels
        places = (0, size, 2 * size) if page.photometric == _RGB else (0, 0, 0)
        for place, column in self.grid.taps(block.x, block.width):
            values = [self._value(row, place * step + offset) for offset in places]
            if page.photometric == _PALETTE:
                values = [page.palette[values[0] + 256 * channel] >> 8 for channel in range(3)]
            self.grid.put(line, column, *values)

    def _value(self, row, offset):
        if self._page.kind == _FLOAT:
            if self._page.bits == 16:
                return self._shown(half(row[offset] << 8 | row[offset + 1]))
            return self._shown(self._float.unpack_from(row, offset)[0])
        return 255 - row[offset] if self._page.photometric == _WHITE_IS_0 else row[offset]
