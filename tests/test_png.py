"""PNG pictures: written, read, damaged."""
from __future__ import absolute_import, division, print_function, unicode_literals

import struct
import zlib

import pytest

from rayvision_sync import png


def noise(count):
    """Return bytes that look random and are always the same."""
    value, out = 12345, bytearray()
    for _ in range(count):
        value = (value * 1103515245 + 12345) & 0x7fffffff
        out.append(value >> 16 & 255)
    return bytes(out)


def chunk(kind, body):
    return struct.pack(b">I", len(body)) + kind + body + struct.pack(b">I", zlib.crc32(kind + body) & 0xffffffff)


def picture(width, height, colour, rows, bits=8, interlace=0):
    """Return a PNG of rows that carry their own filter bytes."""
    return (png.SIGNATURE + chunk(b"IHDR", struct.pack(b">IIBBBBB", width, height, bits, colour, 0, 0, interlace))
            + chunk(b"IDAT", zlib.compress(b"".join(rows))) + chunk(b"IEND", b""))


def test_pixels_come_back_as_they_were():
    pixels = noise(5 * 3 * 2) + b"\1\2\3" * 10 + b"\1\2\3" * 10
    data = png.encode(5, 6, pixels[:90], text={"Title": "\u57ce"})
    assert png.decode(data) == (5, 6, pixels[:90])
    assert png.header(data)[:2] == (5, 6)
    assert "\u57ce".encode("utf-8") in data


def test_rows_may_be_given_one_by_one():
    rows = [noise(9), noise(9), b"\0" * 9]
    assert png.decode(png.encode(3, 3, rows))[2] == b"".join(rows)


@pytest.mark.parametrize("width, height, pixels", [(2, 2, b"x" * 11), (2, 2, [b"x" * 6]), (2, 1, [b"x" * 5])])
def test_a_wrong_number_of_pixels_is_refused(width, height, pixels):
    with pytest.raises(ValueError):
        png.encode(width, height, pixels)


def filtered(kind, row, above, step):
    """Filter a row as the PNG specification says."""
    out = bytearray()
    for i, value in enumerate(bytearray(row)):
        left = bytearray(row)[i - step] if i >= step else 0
        up = bytearray(above)[i]
        corner = bytearray(above)[i - step] if i >= step else 0
        guess = left + up - corner
        nearest = min((left, up, corner), key=lambda near: abs(guess - near))
        out.append((value - (0, left, up, (left + up) // 2, nearest)[kind]) & 255)
    return bytes(bytearray([kind])) + bytes(out)


@pytest.mark.parametrize("colour, channels", [(0, 1), (2, 3), (4, 2), (6, 4)])
def test_every_filter_and_colour_type_is_read(colour, channels):
    width = 7
    rows = [noise(width * channels + n)[n:] for n in range(10)]
    above, packed = b"\0" * width * channels, []
    for number, row in enumerate(rows):
        packed.append(filtered(number % 5, row, above, channels))
        above = row
    found = png.decode(picture(width, 10, colour, packed))
    rgb = bytearray()
    for row in rows:
        row = bytearray(row)
        for start in range(0, len(row), channels):
            rgb += row[start:start + 3] if channels > 2 else bytearray([row[start]] * 3)
    assert found == (width, 10, bytes(rgb))


GOOD = png.encode(4, 3, noise(36))


@pytest.mark.parametrize("data", [
    b"", b"PNG", GOOD[:20], GOOD[:-13], GOOD[:60], b"\xff\xd8" + GOOD[2:],
    GOOD[:45] + b"\0\1\2" + GOOD[48:], GOOD[:33] + b"\xff\xff\xff\xff" + GOOD[37:],
    picture(1, 1, 3, [b"\0\0"]), picture(1, 1, 2, [b"\0" * 7], bits=16), picture(1, 1, 2, [b"\0" * 4], interlace=1),
    picture(0, 1, 2, [b""]), picture(4, 4, 2, [b"\0" * 13]), picture(1, 1, 2, [b"\7\1\2\3"]),
    picture(1 << 20, 1 << 20, 2, [b"\0"])])
def test_what_is_no_whole_png_is_refused_with_a_sentence(data):
    with pytest.raises(png.PngError) as refused:
        png.decode(data)
    assert "PNG" in refused.value.message


def test_a_picture_cut_at_any_byte_is_noticed():
    for end in range(len(GOOD)):
        with pytest.raises(png.PngError):
            png.decode(GOOD[:end])


def test_more_than_promised_is_never_unpacked():
    bomb = picture(1, 1, 2, [b"\0" * (50 << 20)])
    assert png.decode(bomb) == (1, 1, b"\0\0\0")


@pytest.mark.parametrize("size, most, wanted", [((960, 540), 240, (240, 135)), ((64, 36), 240, (64, 36)),
                                                ((1000, 10), 100, (100, 1)), ((7, 9), 3, (2, 3)), ((5, 1), 1, (1, 1))])
def test_thumbnails_keep_the_proportions(size, most, wanted):
    width, height = size
    columns, lines, pixels = png.shrink(width, height, b"\x10\x20\x30" * (width * height), most)
    assert (columns, lines) == wanted
    assert pixels == b"\x10\x20\x30" * (columns * lines)
