"""Thumbnails of frames: the right pixels, and never a wrong file."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os

import pytest
import support_images as images
from support_tree import native

from rayvision_sync import frames, png
from rayvision_sync.frames import bulk
from rayvision_sync.frames.grid import Grid, display_table, half

WIDE, HIGH = 64, 40
ROWS = images.scene(WIDE, HIGH)
GREY_PALETTE = bytes(bytearray(value for entry in range(256) for value in (entry, entry, entry)))


def drawn(tmpdir, name, content, size=160):
    """Return ``(width, height, list of pixels)`` of a thumbnail."""
    target = tmpdir.join("small.png").strpath
    target = target.decode("utf-8") if isinstance(target, bytes) else target
    assert frames.thumbnail(images.save(tmpdir, name, content), target, size)
    with io.open(native(target), "rb") as source:
        width, height, pixels = png.decode(source.read())
    pixels = bytearray(pixels)
    return width, height, [tuple(pixels[at:at + 3]) for at in range(0, len(pixels), 3)]


def flat(rows, grey=False):
    return [(pixel[0],) * 3 if grey else pixel for row in rows for pixel in row]


def shown(rows):
    """Return pixels of linear values as sRGB shows them."""
    table = display_table()
    return [tuple(table(value / 255.0) for value in pixel) for row in rows for pixel in row]


EXACT = {
    "rgb.png": (images.png(ROWS), False), "rgb16.png": (images.png(ROWS, bits=16), False),
    "rgba.png": (images.png(ROWS, colour=6), False), "rgba16.png": (images.png(ROWS, colour=6, bits=16), False),
    "grey.png": (images.png(ROWS, colour=0), True), "grey16.png": (images.png(ROWS, colour=4, bits=16), True),
    "palette.png": (images.png(ROWS, colour=3, palette=GREY_PALETTE), True),
    "interlaced.png": (images.png(ROWS, interlace=1), False),
    "interlaced_palette.png": (images.png(ROWS, colour=3, palette=GREY_PALETTE, interlace=1), True),
    "strips.tif": (images.tiff(ROWS), False), "be16.tif": (images.tiff(ROWS, order=">", bits=16), False),
    "lzw.tif": (images.tiff(ROWS, compression=5, predictor=2), False),
    "lzw16.tif": (images.tiff(ROWS, compression=5, predictor=2, bits=16, tile=16), False),
    "be16_predicted.tif": (images.tiff(ROWS, order=">", compression=8, predictor=2, bits=16), False),
    "packbits.tif": (images.tiff(ROWS, compression=32773, tile=16), False),
    "bigtiff.tif": (images.tiff(ROWS, big=True, compression=8), False),
    "grey.tif": (images.tiff(ROWS, photometric=1), True), "palette.tif": (images.tiff(ROWS, photometric=3), True),
}


@pytest.mark.parametrize("name", sorted(EXACT))
def test_a_small_picture_is_shown_as_it_is(tmpdir, name):
    content, grey = EXACT[name]
    assert drawn(tmpdir, name, content) == (WIDE, HIGH, flat(ROWS, grey))


LINEAR = {
    "none.exr": images.exr(ROWS, compression=0), "rle.exr": images.exr(ROWS, compression=1),
    "zips.exr": images.exr(ROWS, compression=2), "zip.exr": images.exr(ROWS, compression=3),
    "float.exr": images.exr(ROWS, kind=images.FLOAT), "tiled.exr": images.exr(ROWS, tiles=16),
    "tiled_rle.exr": images.exr(ROWS, tiles=24, compression=1, kind=images.FLOAT),
    "parts.exr": images.exr(ROWS, parts=2), "layer.exr": images.exr(ROWS, names=(b"a.R", b"a.G", b"a.B"), alpha=None),
    "float.tif": images.tiff(ROWS, bits=32, kind=3, compression=8, predictor=3),
    "float_be.tif": images.tiff(ROWS, bits=32, kind=3, order=">"),
    "half.tif": images.tiff(ROWS, bits=16, kind=3, compression=5, predictor=3),
}


@pytest.mark.parametrize("name", sorted(LINEAR))
def test_linear_pixels_are_shown_as_srgb(tmpdir, name):
    width, height, pixels = drawn(tmpdir, name, LINEAR[name])
    assert (width, height) == (WIDE, HIGH)
    # A half has 11 bits: a step of the display more or less near black.
    assert max(abs(a - b) for one, other in zip(pixels, shown(ROWS)) for a, b in zip(one, other)) <= 1


def test_unsigned_channels_are_shown_as_numbers(tmpdir):
    assert drawn(tmpdir, "a.exr", images.exr(ROWS, kind=images.UINT, scale=1))[2] == flat(ROWS)


def test_large_pictures_are_shrunk_and_keep_their_proportions(tmpdir):
    rows = images.scene(320, 90)
    for name, content, lines in (("a.png", images.png(rows, kinds=(0, 1, 2)), 11),
                                 ("b.png", images.png(rows, interlace=1, kinds=(0,)), 12),
                                 ("c.tif", images.tiff(rows, tile=32), 11)):
        width, height, pixels = drawn(tmpdir, name, content, size=40)
        assert (width, height) == (40, lines)
        red = [pixel[0] for pixel in pixels[:width]]
        assert red == sorted(red) and red[0] < 8 and red[-1] > 240


@pytest.mark.parametrize("width, height", [(1, 1), (1, 300), (300, 1), (2, 3), (5, 17)])
def test_any_shape_is_drawn(tmpdir, width, height):
    rows = images.scene(width, height)
    for name, content in (("a.png", images.png(rows)), ("b.png", images.png(rows, interlace=1)),
                          ("c.exr", images.exr(rows, tiles=16)), ("d.tif", images.tiff(rows, compression=32773))):
        across, down, pixels = drawn(tmpdir, name, content, size=16)
        assert 1 <= across <= 16 and 1 <= down <= 16 and len(pixels) == across * down


def test_transparency_is_shown_over_black(tmpdir):
    rows = [[(200, 100, 50)] * 8] * 8
    assert drawn(tmpdir, "a.png", images.png(rows, colour=6, cover=0))[2] == [(0, 0, 0)] * 64
    assert drawn(tmpdir, "a.png", images.png(rows, colour=6, cover=128))[2] == [(100, 50, 25)] * 64
    clear = images.png(rows, colour=3, palette=GREY_PALETTE, extra=images.chunk(b"tRNS", b"\0" * 256))
    assert drawn(tmpdir, "a.png", clear)[2] == [(0, 0, 0)] * 64


def test_what_is_no_number_or_too_bright_is_shown_somehow(tmpdir):
    values = [float("nan"), float("inf"), float("-inf"), -1.0, 0.0, 1.0, 60000.0, 0.5]
    rows = [[(value, value, value) for value in values]]
    kept = [values.index(value) for value in (0.0, 1.0, 60000.0, 0.5)]
    content = images.exr(rows, compression=0, kind=images.FLOAT, scale=1.0)
    red = [pixel[0] for pixel in drawn(tmpdir, "a.exr", content)[2]]
    assert red == [0, 255, 0, 0, 0, 255, 255, 188]
    content = images.exr([[rows[0][place] for place in kept]], compression=0, scale=1.0)
    assert [pixel[0] for pixel in drawn(tmpdir, "a.exr", content)[2]] == [0, 255, 255, 188]


def test_an_exr_that_is_smaller_than_its_display_window_stands_in_its_place(tmpdir):
    rows = [[(255, 255, 255)] * 4] * 3
    content = images.exr(rows, window=(12, 5, 15, 7), display=(10, 4, 19, 9))
    width, height, pixels = drawn(tmpdir, "a.exr", content)
    lit = [divmod(place, width) for place, pixel in enumerate(pixels) if pixel[0] == 255]
    assert (width, height) == (10, 6)
    assert lit == [(y, x) for y in (1, 2, 3) for x in (2, 3, 4, 5)]


@pytest.mark.parametrize("name, content", [
    ("cut.png", images.png(ROWS)[:200]), ("cut.exr", images.exr(ROWS)[:900]), ("cut.tif", images.tiff(ROWS)[:900]),
    ("piz.exr", images.exr(ROWS, compression=4)), ("a.jpg", b"\xff\xd8\xff"),
    ("zstd.tif", images.tiff(ROWS, compression=50000)),
    ("a.abc", b"x"), ("empty.png", b"")])
def test_where_there_is_nothing_to_show_no_file_appears(tmpdir, name, content):
    path = images.save(tmpdir, name, content)
    target = os.path.join(os.path.dirname(path), "small.png")
    assert frames.thumbnail(path, target) is False
    assert [found for found in os.listdir(native(os.path.dirname(path))) if "small" in found] == []


def test_a_thumbnail_of_a_missing_file_or_into_a_missing_folder_is_not_written(tmpdir):
    path = images.save(tmpdir, "a.png", images.png(ROWS))
    assert frames.thumbnail(path + "x.png", path + ".small") is False
    assert frames.thumbnail(path, os.path.join(path + ".none", "a.png")) is False


def test_a_part_file_is_drawn_by_its_final_name(tmpdir):
    path = images.save(tmpdir, "a.exr.rvsync.part", images.exr(ROWS))
    assert not frames.thumbnail(path, path + ".png")
    assert frames.thumbnail(path, path + ".png", name="a.exr")


# ---------------------------------------------------------------- arithmetic

@pytest.mark.parametrize("length", [0, 1, 2, 15, 16, 17, 300, 8193, 20011])
def test_running_sums_are_those_of_a_loop(length):
    row = bytearray(images.noise(length))
    total, sums = 0, bytearray()
    for value in row:
        total = (total + value) & 255
        sums.append(total)
    assert bulk.running(bytes(row)) == bytes(sums)


@pytest.mark.parametrize("step, lane", [(3, 1), (4, 1), (1, 2), (3, 2), (4, 4)])
def test_running_sums_of_pixels_and_wide_numbers(step, lane):
    row = bytearray(images.noise(step * lane * 50))
    numbers = [int("".join("%02x" % byte for byte in row[at:at + lane]), 16) for at in range(0, len(row), lane)]
    for place in range(step, len(numbers)):
        numbers[place] = (numbers[place] + numbers[place - step]) % (1 << (8 * lane))
    wanted = "".join("%0*x" % (2 * lane, number) for number in numbers)
    assert "".join("%02x" % byte for byte in bytearray(bulk.running(bytes(row), step, lane))) == wanted


def test_sums_flips_and_swaps():
    one, other = images.noise(501), images.noise(501, seed=7)
    assert bulk.add(one, other) == bytes(bytearray((a + b) & 255 for a, b in zip(bytearray(one), bytearray(other))))
    for length in (1, 2, 7, 8):
        row = bytearray(images.noise(length))
        flipped = bytearray(value ^ (128 if place % 2 else 0) for place, value in enumerate(row))
        assert bulk.flip_odd(bytes(row)) == bytes(flipped)
    assert bulk.swap(b"abcdef", 2) == b"badcfe"
    assert bulk.swap(b"abcdefgh", 4) == b"dcbahgfe"


def test_halves_are_read():
    for bits, value in ((0, 0.0), (0x3c00, 1.0), (0xc000, -2.0), (1, 2.0 ** -24), (0x7bff, 65504.0),
                        (0x3555, 0.333251953125)):
        assert half(bits) == value
    assert half(0x7c00) == float("inf") and half(0xfc00) == -float("inf") and half(0x7e00) != half(0x7e00)


def test_a_grid_takes_a_few_pixels_of_each_span():
    grid = Grid(1000, 10, 100)
    assert (grid.columns, grid.lines) == (100, 1)
    assert len(grid.taps(0, 1000)) == 200 and len(grid.taps(500, 10)) == 2
    assert grid.wants(0, 10) and not grid.wants(8, 10)
    assert [y for y in range(10) if grid.line(y) is not None] == [2, 7]
