"""Write and read PNG pictures of 8 bits a channel, in pure Python.

Pixels are bytes: red, green, blue, row after row from the top. Source for the
format: the PNG specification (ISO/IEC 15948).
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import struct
import zlib

from .errors import SyncError

SIGNATURE = b"\x89PNG\r\n\x1a\n"

#: A picture that claims more pixels is refused before any memory is taken.
MOST_PIXELS = 1 << 26

#: Channels of the colour types that can be read.
_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}


class PngError(SyncError):
    """These bytes are no PNG that can be read here."""


def _chunk(kind, body):
    return struct.pack(b">I", len(body)) + kind + body + struct.pack(
        b">I", zlib.crc32(kind + body) & 0xffffffff)


def encode(width, height, pixels, level=6, text=None):
    """Return a picture as the bytes of a PNG file.

    Args:
        width (int): Pixels.
        height (int): Pixels.
        pixels (bytes or list of bytes): ``width * height * 3`` bytes, or one
            entry per row.
        level (int): Of compression, 1 (fast) to 9 (small).
        text (dict, optional): Keywords (ASCII) and texts to keep in the file.

    Returns:
        bytes: The file.
    """
    stride = width * 3
    rows = pixels
    if isinstance(pixels, (bytes, bytearray)):
        rows = [pixels[start:start + stride] for start in range(0, stride * height, stride)]
    if len(rows) != height or any(len(row) != stride for row in rows):
        raise ValueError("%d x %d pixels need %d rows of %d bytes" % (width, height, height, stride))
    return b"".join([
        SIGNATURE,
        _chunk(b"IHDR", struct.pack(b">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        b"".join(_chunk(b"iTXt", key.encode("ascii") + b"\0\0\0\0\0" + value.encode("utf-8"))
                 for key, value in sorted((text or {}).items())),
        _chunk(b"IDAT", zlib.compress(_filtered(rows, stride), level)),
        _chunk(b"IEND", b"")])


def _filtered(rows, stride):
    """Return rows with their filter bytes: a row like the one above costs nothing."""
    same = b"\x02" + bytes(bytearray(stride))
    above, out = None, []
    for row in rows:
        if row == above:
            out.append(same)
        else:
            out.append(b"\0")
            out.append(bytes(row))
        above = row
    return b"".join(out)


def header(data):
    """Return ``(width, height, bits, colour type, interlace)`` of the first bytes of a PNG.

    Args:
        data (bytes): At least the first 29 bytes of the file.

    Raises:
        PngError: No PNG, or a size that no picture has.
    """
    if data[:8] != SIGNATURE or data[12:16] != b"IHDR" or len(data) < 29:
        raise PngError("This is not a PNG picture.")
    width, height, bits, colour, _, _, interlace = struct.unpack(b">IIBBBBB", data[16:29])
    if not 0 < width < 1 << 31 or not 0 < height < 1 << 31:
        raise PngError("The PNG's size of %d x %d pixels is no size." % (width, height))
    return width, height, bits, colour, interlace


def chunks(data):
    """Yield ``(kind, body)`` of a PNG's chunks; each one's checksum is checked."""
    place = 8
    while place < len(data):
        if place + 12 > len(data):
            raise PngError("The PNG is cut off after %d bytes." % len(data))
        length, kind = struct.unpack(b">I4s", data[place:place + 8])
        end = place + 8 + length
        if end + 4 > len(data):
            raise PngError("The PNG is cut off after %d bytes." % len(data))
        body = data[place + 8:end]
        if zlib.crc32(kind + body) & 0xffffffff != struct.unpack(b">I", data[end:end + 4])[0]:
            raise PngError("The PNG is damaged: a checksum is wrong at byte %d." % end)
        yield kind, body
        if kind == b"IEND":
            return
        place = end + 4
    raise PngError("The PNG is cut off after %d bytes." % len(data))


def decode(data):
    """Return ``(width, height, pixels)`` of a PNG file's bytes.

    Grey pictures become RGB, transparency is dropped.

    Args:
        data (bytes): The whole file.

    Returns:
        tuple: Width, height and ``width * height * 3`` bytes.

    Raises:
        PngError: Damaged, cut off, too large, or of a kind that is not read
            here (palette, 16 bits, interlaced).
    """
    width, height, bits, colour, interlace = header(data)
    if bits != 8 or colour not in _CHANNELS or interlace:
        raise PngError("PNG pictures of this kind are not read: only 8 bits a channel, "
                       "without palette and interlacing.")
    if width * height > MOST_PIXELS:
        raise PngError("The PNG has %d x %d pixels: that is too large." % (width, height))
    packed = b"".join(body for kind, body in chunks(data) if kind == b"IDAT")
    channels = _CHANNELS[colour]
    stride = width * channels
    raw = _unpack(packed, (stride + 1) * height)
    return width, height, _as_rgb(_rows(raw, stride, channels), channels)


def _unpack(packed, size):
    """Return exactly `size` bytes; more are never unpacked, whatever the file says."""
    try:
        raw = zlib.decompressobj().decompress(packed, size)
    except zlib.error:
        raise PngError("The PNG is damaged: its pixels cannot be unpacked.")
    if len(raw) != size:
        raise PngError("The PNG holds fewer pixels than it says.")
    return raw


def _rows(raw, stride, step):
    """Return all pixels with the rows' filters undone."""
    above, rows = bytearray(stride), []
    for start in range(0, len(raw), stride + 1):
        kind = ord(raw[start:start + 1])
        if kind not in _UNDO:
            raise PngError("The PNG is damaged: row %d has no known filter." % len(rows))
        row = bytearray(raw[start + 1:start + 1 + stride])
        _UNDO[kind](row, above, step)
        rows.append(row)
        above = row
    return bytearray(b"").join(rows)


def _undo_none(row, above, step):
    """The row stands as it is."""


def _undo_sub(row, above, step):
    for i in range(step, len(row)):
        row[i] = (row[i] + row[i - step]) & 255


def _undo_up(row, above, step):
    if any(row):
        row[:] = bytearray([(a + b) & 255 for a, b in zip(row, above)])
    else:
        row[:] = above


def _undo_average(row, above, step):
    for i in range(len(row)):
        left = row[i - step] if i >= step else 0
        row[i] = (row[i] + ((left + above[i]) >> 1)) & 255


def _undo_paeth(row, above, step):
    left = corner = 0
    for i in range(len(row)):
        if i >= step:
            left, corner = row[i - step], above[i - step]
        up = above[i]
        guess = left + up - corner
        far_left, far_up, far_corner = abs(guess - left), abs(guess - up), abs(guess - corner)
        if far_left <= far_up and far_left <= far_corner:
            best = left
        else:
            best = up if far_up <= far_corner else corner
        row[i] = (row[i] + best) & 255


_UNDO = {0: _undo_none, 1: _undo_sub, 2: _undo_up, 3: _undo_average, 4: _undo_paeth}


def _as_rgb(pixels, channels):
    if channels == 3:
        return bytes(pixels)
    rgb = bytearray(len(pixels) // channels * 3)
    for channel in range(3):
        rgb[channel::3] = pixels[channel if channels == 4 else 0::channels]
    return bytes(rgb)


def shrink(width, height, pixels, most_width):
    """Return ``(width, height, pixels)`` of a small copy, for thumbnails and contact sheets.

    Args:
        width (int): Of the picture.
        height (int): Of the picture.
        pixels (bytes): RGB.
        most_width (int): Of the copy. A smaller picture is returned as it is.

    Returns:
        tuple: As `decode` returns it. Each pixel is the mean of a few of those it stands for.
    """
    step = -(-width // most_width)
    if step <= 1:
        return width, height, pixels
    columns, lines = width // step, max(1, height // step)
    out = bytearray(columns * lines * 3)
    taps = sorted({step // 4, (3 * step) // 4})
    for line in range(lines):
        sums = None
        for down in taps:
            start = min(height - 1, line * step + down) * width * 3
            row = bytearray(pixels[start:start + columns * step * 3])
            for right in taps:
                for channel in range(3):
                    values = row[right * 3 + channel::step * 3]
                    if sums is None:
                        sums = [[0] * columns for _ in range(3)]
                    sums[channel] = [a + b for a, b in zip(sums[channel], values)]
        count = len(taps) ** 2
        for channel in range(3):
            place = line * columns * 3 + channel
            out[place:place + columns * 3 - channel:3] = bytearray(
                [total // count for total in sums[channel]])
    return columns, lines, bytes(out)
