"""Frames that somebody made to do harm, and bytes that mean nothing: bounded memory and time, errors of our tree."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import random
import struct
import zlib

import pytest
import support_images as images

from rayvision_sync import frames
from rayvision_sync.frames import verdict
from rayvision_sync.frames.source import Damaged, Source, inflate

ROWS = images.scene(19, 18)
READERS = {ending: reader for ending, (_, reader) in verdict.FORMATS.items()}

SEEDS = [
    (".png", images.png(ROWS)), (".png", images.png(ROWS, colour=6, bits=16, interlace=1)),
    (".png", images.png(ROWS, colour=3, bits=4, palette=b"\0\1\2" * 16)),
    (".exr", images.exr(ROWS, compression=0)), (".exr", images.exr(ROWS, compression=1)), (".exr", images.exr(ROWS)),
    (".exr", images.exr(ROWS, tiles=8, kind=images.FLOAT)), (".exr", images.exr(ROWS, parts=2)),
    (".exr", images.exr(ROWS, compression=4)),
    (".tif", images.tiff(ROWS)), (".tif", images.tiff(ROWS, compression=5, predictor=2)),
    (".tif", images.tiff(ROWS, compression=32773, tile=16)), (".tif", images.tiff(ROWS, big=True, compression=8)),
    (".tif", images.tiff(ROWS, bits=32, kind=3, predictor=3, order=">", pages=2)),
    (".jpg", images.jpeg(19, 18)), (".jpg", images.jpeg(19, 18, lines=18)),
]


NUMBERS = [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\1\0\0\0"]


class Counting(io.BytesIO):
    """A file that knows how many bytes were asked of it."""

    asked = 0

    def read(self, count=-1):
        Counting.asked = max(Counting.asked, count)
        return io.BytesIO.read(self, count)


def try_all(ending, content):
    """Let the readers at some bytes, without the net that `check` spreads; only `Damaged` may come out."""
    for deep in (True, False):
        try:
            verdict._look(READERS[ending], Source(Counting(content), len(content)), deep)
        except Damaged as error:
            assert error.flag in ("truncated", "unreadable") and error.message
    try:
        READERS[ending].draw(Source(Counting(content), len(content)), 16)
    except Damaged:
        pass
    assert Counting.asked <= max(1 << 18, len(content))


def mutated(content, chooser):
    """Return bytes with a few things changed that parsers trip over."""
    content = bytearray(content)
    for _ in range(chooser.randint(1, 4)):
        place = chooser.randrange(len(content))
        # Headers are more interesting than pixels.
        if chooser.random() < 0.6:
            place = chooser.randrange(min(len(content), 500))
        kind = chooser.randrange(6)
        if kind == 0:
            content[place] ^= 1 << chooser.randrange(8)
        elif kind == 1:
            content[place:place + 4] = chooser.choice(NUMBERS)
        elif kind == 2:
            del content[place:place + chooser.randint(1, 20)]
        elif kind == 3:
            content[place:place] = bytearray(chooser.randrange(256) for _ in range(chooser.randint(1, 8)))
        elif kind == 4:
            content[place:place + 2] = struct.pack(str("<H"), chooser.randrange(1 << 16))
        else:
            other = chooser.randrange(len(content))
            content[place:place + 8] = content[other:other + 8]
        if not content:
            content = bytearray(b"\0")
    return bytes(content)


@pytest.mark.parametrize("number", range(len(SEEDS)))
def test_changed_frames_raise_nothing_but_our_errors(number):
    ending, content = SEEDS[number]
    chooser = random.Random(4711 + number)
    for _ in range(60):
        try_all(ending, mutated(content, chooser))


def test_arbitrary_bytes_raise_nothing_but_our_errors():
    hypothesis = pytest.importorskip("hypothesis")
    st = pytest.importorskip("hypothesis.strategies")
    starts = st.sampled_from([(ending, content[:length]) for ending, content in SEEDS
                              for length in (0, 4, 8, 33, 60, 200, 400) if length < len(content)])

    @hypothesis.settings(max_examples=300, deadline=None, database=None, derandomize=True)
    @hypothesis.given(starts, st.binary(max_size=300))
    def run(start, tail):
        ending, head = start
        try_all(ending, head + tail)

    run()


def test_chosen_changes_raise_nothing_but_our_errors():
    hypothesis = pytest.importorskip("hypothesis")
    st = pytest.importorskip("hypothesis.strategies")

    @hypothesis.settings(max_examples=300, deadline=None, database=None, derandomize=True)
    @hypothesis.given(st.sampled_from(SEEDS), st.integers(0, 1 << 16), st.binary(min_size=1, max_size=8), st.booleans())
    def run(seed, place, change, over):
        ending, content = seed
        place %= len(content)
        try_all(ending, content[:place] + change + content[place + (len(change) if over else 0):])

    run()


def png_of_size(width, height, bits=8, colour=2, interlace=0):
    head = images.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlace)
    body = zlib.compress(b"\0" * 100000, 9)
    return (b"\x89PNG\r\n\x1a\n" + images.chunk(b"IHDR", head) + images.chunk(b"IDAT", body)
            + images.chunk(b"IEND", b""))


def exr_of_size(box, compression=3, tiles=None, blocks=4, kinds=None, block=None, version=2):
    header = images.exr_header(1, 1, compression, kinds or {b"R": 1}, tiles, window=box, display=box)
    block = block if block is not None else images.pack("<ii", box[1], 4) + b"abcd"
    return images.exr_file([(header, [block] * blocks)], version)


MOST = (1 << 31) - 1
HUGE = {
    "wide.png": png_of_size(MOST, 1), "high.png": png_of_size(1, MOST), "both.png": png_of_size(MOST, MOST, 16, 6),
    "interlaced.png": png_of_size(MOST, MOST, 1, 0, 1), "zero.png": png_of_size(0, 5),
    "more.png": png_of_size(1 << 31, 5), "wide.exr": exr_of_size((0, 0, MOST - 1, 0)),
    "high.exr": exr_of_size((0, 0, 0, MOST - 1)), "both.exr": exr_of_size((-MOST, -MOST, MOST, MOST)),
    "turned.exr": exr_of_size((5, 5, 0, 0)),
    "tiles.exr": exr_of_size((0, 0, MOST - 1, MOST - 1), tiles=1, version=0x202),
    "one_tile.exr": exr_of_size((0, 0, 0, MOST - 1), tiles=MOST, blocks=1, version=0x202,
                                block=images.pack("<iiiii", 0, 0, 0, 0, 4) + b"abcd"),
    "no_tile.exr": exr_of_size((0, 0, 9, 9), tiles=0, version=0x202),
    "strips.tif": images.tiff(ROWS, fields=[(256, 4, [MOST]), (257, 4, [MOST]), (278, 4, [1])]),
    "one_strip.tif": images.tiff(ROWS, fields=[(256, 4, [MOST]), (257, 4, [MOST]), (278, 4, [MOST])]),
    "channels.tif": images.tiff(ROWS, fields=[(277, 3, [65535])]),
    "tiny_tiles.tif": images.tiff(ROWS, tile=16, fields=[(322, 4, [1]), (323, 4, [1])]),
    "no_tiles.tif": images.tiff(ROWS, tile=16, fields=[(322, 4, [0])]),
    "bits.tif": images.tiff(ROWS, fields=[(258, 3, [65535] * 3)]),
    "big_tile.tif": images.tiff(ROWS, tile=16, compression=8, fields=[(322, 4, [MOST]), (323, 4, [MOST])]),
}


@pytest.mark.parametrize("name", sorted(HUGE))
def test_a_size_that_the_file_cannot_hold_costs_nothing(tmpdir, name):
    try_all(os.path.splitext(name)[1], HUGE[name])
    found = frames.check(images.save(tmpdir, name, HUGE[name]))
    assert not found.ok or found.flag == "not checked inside"


def test_a_bomb_is_not_unpacked_further_than_the_header_says():
    """64 MB of zeros behind a header of 4 x 4 pixels."""
    bomb = zlib.compress(b"\0" * (64 << 20), 9)
    given = []
    with pytest.raises(Damaged):
        for piece in inflate([bomb], 100):
            given.append(len(piece))
    assert sum(given) <= 100
    png = images.png(images.black(4, 4), raw=b"\0" * (8 << 20))
    with pytest.raises(Damaged):
        verdict._look(READERS[".png"], Source(io.BytesIO(png), len(png)), True)
    tiff = images.tiff(images.black(4, 4), compression=8, rows_per_strip=4, fields=[(257, 4, [2]), (278, 4, [2])])
    with pytest.raises(Damaged):
        verdict._look(READERS[".tif"], Source(io.BytesIO(tiff), len(tiff)), True)


def test_directories_that_go_in_circles_end():
    content = bytearray(images.tiff(ROWS, pages=2))
    first = struct.unpack(str("<I"), bytes(content[4:8]))[0]
    count = struct.unpack(str("<H"), bytes(content[first:first + 2]))[0]
    content[first + 2 + 12 * count:first + 6 + 12 * count] = struct.pack(str("<I"), first)
    with pytest.raises(Damaged):
        verdict._look(READERS[".tif"], Source(io.BytesIO(bytes(content)), len(content)), False)


def test_headers_without_end_are_given_up():
    for content in (b"\x76\x2f\x31\x01\2\0\0\0" + b"a\0b\0\0\0\0\0" * 50000,
                    b"\x76\x2f\x31\x01\2\x10\0\0" + images.exr_header(1, 1, 0, {b"R": 1}) * 3,
                    b"\x76\x2f\x31\x01\2\0\0\0" + b"a" * 5000):
        try_all(".exr", content)
        with pytest.raises(Damaged):
            verdict._look(READERS[".exr"], Source(io.BytesIO(content), len(content)), False)
    with pytest.raises(Damaged):
        content = b"\xff\xd8" + images.segment(0xe1, b"") * 70000 + b"\xff\xd9"
        verdict._look(READERS[".jpg"], Source(io.BytesIO(content), len(content)), True)


def test_an_error_that_nobody_thought_of_is_a_verdict(tmpdir, monkeypatch):
    def stumble(source, deep):
        raise struct.error("argument out of range")

    monkeypatch.setattr(READERS[".png"], "look", stumble)
    found = frames.check(images.save(tmpdir, "a.png", images.png(ROWS)))
    assert (found.ok, found.flag) == (False, "unreadable")
