"""Frames: whole or cut off, damaged, black, of another size."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import zlib

import pytest
import support_images as images
from support_tree import native

from rayvision_sync import frames
from rayvision_sync.cancel import Cancel
from rayvision_sync.errors import Cancelled, SourceMissing
from rayvision_sync.frames import verdict
from rayvision_sync.frames.source import Damaged, Source

ROWS = images.scene(37, 21)
GREY_PALETTE = bytes(bytearray(value for entry in range(256) for value in (entry, entry, entry)))

GOOD = {
    "rgb.png": images.png(ROWS),
    "rgba.png": images.png(ROWS, colour=6),
    "grey.png": images.png(ROWS, colour=0),
    "grey_alpha.png": images.png(ROWS, colour=4),
    "palette.png": images.png(ROWS, colour=3, palette=GREY_PALETTE),
    "bits1.png": images.png(ROWS, colour=0, bits=1),
    "bits4.png": images.png(ROWS, colour=3, bits=4, palette=GREY_PALETTE[:48]),
    "rgb16.png": images.png(ROWS, bits=16),
    "interlaced.png": images.png(ROWS, interlace=1),
    "interlaced16.png": images.png(ROWS, colour=6, bits=16, interlace=1),
    "text.png": images.png(ROWS, extra=images.chunk(b"tEXt", b"Title\0A shot")),
    "none.exr": images.exr(ROWS, compression=0),
    "rle.exr": images.exr(ROWS, compression=1),
    "zips.exr": images.exr(ROWS, compression=2),
    "zip.exr": images.exr(ROWS, compression=3),
    "float.exr": images.exr(ROWS, compression=3, kind=images.FLOAT),
    "uint.exr": images.exr(ROWS, compression=1, kind=images.UINT, scale=1),
    "tiled.exr": images.exr(ROWS, compression=3, tiles=16),
    "tiled_rle.exr": images.exr(ROWS, compression=1, tiles=8, alpha=None),
    "parts.exr": images.exr(ROWS, compression=2, parts=3),
    "tiled_parts.exr": images.exr(ROWS, compression=3, parts=2, tiles=16),
    "layer.exr": images.exr(ROWS, names=(b"beauty.R", b"beauty.G", b"beauty.B")),
    "strips.tif": images.tiff(ROWS),
    "big_end.tif": images.tiff(ROWS, order=">", bits=16),
    "bigtiff.tif": images.tiff(ROWS, big=True, compression=8),
    "tiles.tiff": images.tiff(ROWS, tile=16, compression=8, predictor=2),
    "lzw.tif": images.tiff(ROWS, compression=5, predictor=2, bits=16),
    "packbits.tif": images.tiff(ROWS, compression=32773),
    "float.tif": images.tiff(ROWS, bits=32, kind=3, predictor=3, compression=8),
    "half.tif": images.tiff(ROWS, bits=16, kind=3, order=">"),
    "apart.tif": images.tiff(ROWS, apart=True, compression=32946),
    "pages.tif": images.tiff(ROWS, pages=3),
    "palette.tif": images.tiff(ROWS, photometric=3),
    "grey.tif": images.tiff(ROWS, photometric=1),
}

UNSEEN = {
    "piz.exr": images.exr(ROWS, compression=4),
    "pxr24_tiled.exr": images.exr(ROWS, compression=5, tiles=16),
    "zstd.tif": images.tiff(ROWS, compression=50000),
    "grey.jpg": images.jpeg(37, 21),
    "exif.jpeg": images.jpeg(37, 21, before=images.segment(0xe1, b"Exif\0\0\xff\xd9\xff\xd8" + b"x" * 90)),
    "lines_later.jpg": images.jpeg(37, 21, lines=21),
}

EVERY = dict(GOOD, **UNSEEN)

#: Formats in which a changed byte of pixels cannot go unnoticed.
SUMMED = ["rgb.png", "interlaced.png", "palette.png", "text.png", "zip.exr", "zips.exr", "tiled.exr", "tiles.tiff"]


def look(name, content, deep=True):
    """Ask a format's reader, without the net that `check` spreads."""
    reader = verdict.FORMATS[os.path.splitext(name)[1]][1]
    return verdict._look(reader, Source(io.BytesIO(content), len(content)), deep)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_whole_frame_passes(tmpdir, name):
    path = images.save(tmpdir, name, GOOD[name])
    for deep in (True, False):
        found = frames.check(path, expect=(37, 21), deep=deep)
        assert (found.width, found.height, found.ok, found.flag, found.note) == (37, 21, True, "", "")
        assert found.format == {"p": "PNG", "e": "EXR", "t": "TIFF"}[name.rpartition(".")[2][0]]


@pytest.mark.parametrize("name", sorted(UNSEEN))
def test_what_cannot_be_unpacked_passes_and_says_so(tmpdir, name):
    path = images.save(tmpdir, name, UNSEEN[name])
    found = frames.check(path)
    assert (found.width, found.height, found.ok, found.flag) == (37, 21, True, "not checked inside")
    assert found.note
    assert frames.check(path, deep=False).flag == ""


def test_channels_and_bits_are_told():
    assert look("a.png", GOOD["rgba.png"])[2:4] == (4, 8)
    assert look("a.png", GOOD["palette.png"])[2:4] == (3, 8)
    assert look("a.exr", GOOD["zip.exr"])[2:4] == (4, 16)
    assert look("a.exr", GOOD["float.exr"])[2:4] == (4, 32)
    assert look("a.tif", GOOD["lzw.tif"])[2:4] == (3, 16)
    assert look("a.jpg", UNSEEN["grey.jpg"])[2:4] == (1, 8)


@pytest.mark.parametrize("deep", [True, False])
@pytest.mark.parametrize("name", sorted(EVERY))
def test_a_frame_cut_at_any_byte_is_truncated(name, deep):
    content = EVERY[name]
    for end in list(range(0, len(content), max(1, len(content) // 300))) + list(range(len(content) - 30, len(content))):
        with pytest.raises(Damaged) as noticed:
            look(name, content[:end], deep)
        assert noticed.value.flag == "truncated", (end, noticed.value.message)


def test_a_truncated_frame_is_not_ok(tmpdir):
    for name in ("rgb.png", "zip.exr", "strips.tif"):
        found = frames.check(images.save(tmpdir, name, GOOD[name][:-9]))
        assert (found.ok, found.flag) == (False, "truncated")
        assert "cut off" in found.note
    found = frames.check(images.save(tmpdir, "empty.jpg", b""))
    assert (found.ok, found.flag) == (False, "truncated")


@pytest.mark.parametrize("name", SUMMED[:-1] + ["none.exr", "rle.exr", "parts.exr", "grey.jpg"])
def test_a_frame_whose_end_was_never_written_is_noticed(name):
    """A file that was made as long as it will be, and filled up to some place only."""
    content = EVERY[name]
    for part in (3, 4, 6):
        end = len(content) * part // 7
        with pytest.raises(Damaged):
            look(name, content[:end] + b"\0" * (len(content) - end))


@pytest.mark.parametrize("name", [name for name in SUMMED if name.endswith(".png")])
def test_a_single_wrong_byte_in_a_png_is_noticed(name):
    content = GOOD[name]
    for place in range(len(content)):
        with pytest.raises(Damaged):
            look(name, changed(content, place))


@pytest.mark.parametrize("name", ["zip.exr", "zips.exr", "tiled.exr", "tiles.tiff"])
def test_a_single_wrong_byte_in_deflated_pixels_is_noticed(name):
    content = GOOD[name]
    # The first stream: of a block, a tile, a tile.
    start = content.index(b"\x78\x9c")
    unpacker = zlib.decompressobj()
    pixels = unpacker.decompress(content[start:])
    end = len(content) - len(unpacker.unused_data)
    missed = 0
    for place in range(start, end):
        wrong = changed(content, place)
        try:
            look(name, wrong)
        except Damaged:
            continue
        # Another way to say the same, or the bits between the last code and the checksum.
        assert zlib.decompress(wrong[start:end]) == pixels
        missed += 1
    assert missed <= 3


def changed(content, place):
    found = bytearray(content)
    found[place] ^= 0x10
    return bytes(found)


@pytest.mark.parametrize("content", [b"<html>502 Bad Gateway</html>", b"\0" * 5000, b"\xff\xd8\xff\xe0JFIF" * 9])
def test_another_content_than_the_name_says_is_unreadable(tmpdir, content):
    for name in ("a.png", "a.exr", "a.tif"):
        found = frames.check(images.save(tmpdir, name, content))
        assert (found.ok, found.flag) == (False, "unreadable")
        assert found.note.startswith("The ") and found.note.endswith(".")


def test_what_is_no_picture_passes(tmpdir):
    for name in ("cache.abc", "render.log", "noext"):
        assert frames.check(images.save(tmpdir, name, b"")) == (None, 0, 0, 0, 0, True, "", "")


def test_a_missing_file_is_an_error(tmpdir):
    for name in ("a.png", "a.abc"):
        with pytest.raises(SourceMissing):
            frames.check(tmpdir.join(native(name)).strpath)


def test_a_folder_is_unreadable(tmpdir):
    assert frames.check(tmpdir.mkdir("a.png").strpath).flag == "unreadable"


def test_the_final_name_decides_where_the_file_has_another(tmpdir):
    path = images.save(tmpdir, "a.exr.rvsync.part", GOOD["zip.exr"])
    assert frames.check(path).format is None
    assert frames.check(path, name="a.exr").format == "EXR"


def test_a_cancel_ends_the_work(tmpdir):
    cancel = Cancel()
    cancel.cancel()
    for name in ("rgb.png", "zip.exr", "lzw.tif"):
        with pytest.raises(Cancelled):
            frames.check(images.save(tmpdir, name, GOOD[name]), cancel=cancel)


def test_another_resolution_than_the_neighbours_is_not_ok(tmpdir):
    found = frames.check(images.save(tmpdir, "a.png", GOOD["rgb.png"]), expect=(1920, 1080))
    assert (found.ok, found.flag, found.width) == (False, "other resolution", 37)
    assert "37 x 21" in found.note and "1920 x 1080" in found.note


def test_the_display_window_is_the_resolution_of_an_exr():
    """Renderers crop what is empty: the data window may differ from frame to frame."""
    content = images.exr(ROWS, window=(10, -5, 46, 15), display=(0, 0, 99, 49))
    assert look("a.exr", content)[:2] == (100, 50)


DARK = images.black(37, 21)
DARK_CASES = {
    "rgb.png": images.png(DARK), "grey.png": images.png(DARK, colour=0), "opaque.png": images.png(DARK, colour=6),
    "clear.png": images.png(DARK, colour=6, cover=0), "rgb16.png": images.png(DARK, bits=16),
    "interlaced.png": images.png(DARK, colour=6, interlace=1), "bits2.png": images.png(DARK, colour=0, bits=2),
    "palette.png": images.png(DARK, colour=3, palette=GREY_PALETTE),
    "none.exr": images.exr(DARK, compression=0), "rle.exr": images.exr(DARK, compression=1),
    "zip.exr": images.exr(DARK), "clear.exr": images.exr(DARK, alpha=0.0), "no_alpha.exr": images.exr(DARK, alpha=None),
    "float.exr": images.exr(DARK, kind=images.FLOAT, compression=2), "tiled.exr": images.exr(DARK, tiles=16),
    "uint.exr": images.exr(DARK, kind=images.UINT), "parts.exr": images.exr(DARK, parts=2),
    "strips.tif": images.tiff(DARK), "tiles.tif": images.tiff(DARK, tile=16, compression=5),
    "float.tif": images.tiff(DARK, bits=32, kind=3, predictor=3, compression=8),
    "apart.tif": images.tiff(DARK, apart=True, compression=32773), "palette.tif": images.tiff(DARK, photometric=3),
}


@pytest.mark.parametrize("name", sorted(DARK_CASES))
def test_black_frames_are_flagged_but_stay(tmpdir, name):
    found = frames.check(images.save(tmpdir, name, DARK_CASES[name]))
    assert (found.ok, found.flag) == (True, "black")
    assert frames.check(images.save(tmpdir, name, DARK_CASES[name]), deep=False).flag == ""


@pytest.mark.parametrize("place", [(0, 0), (36, 20), (18, 13)])
@pytest.mark.parametrize("channel", [0, 1, 2])
def test_a_single_lit_pixel_makes_a_frame_not_black(place, channel):
    rows = images.black(37, 21)
    rows[place[1]][place[0]] = tuple(5 if number == channel else 0 for number in range(3))
    for name, content in (("a.png", images.png(rows, colour=6)), ("b.png", images.png(rows, interlace=1)),
                          ("c.exr", images.exr(rows)), ("d.exr", images.exr(rows, tiles=16, kind=images.FLOAT)),
                          ("e.tif", images.tiff(rows, compression=5, predictor=2)),
                          ("f.tif", images.tiff(rows, apart=True, tile=16, compression=8)),
                          ("g.exr", images.exr(rows, compression=0, parts=2))):
        assert look(name, content).black is False, name


def test_near_black_is_black():
    rows = [[(1, 0, 1)] * 20 for _ in range(9)]
    assert look("a.png", images.png(rows)).black
    assert not look("a.png", images.png([[(2, 0, 1)] * 20] * 9)).black
    assert look("a.exr", images.exr(rows, scale=0.0001)).black
    assert not look("a.exr", images.exr(rows, scale=0.0003)).black
    assert look("a.exr", images.exr(rows, scale=0.0001, kind=images.FLOAT)).black
    assert not look("a.exr", images.exr(rows, scale=0.0003, kind=images.FLOAT)).black


def test_nan_is_not_black():
    rows = images.black(8, 8)
    rows[3][3] = (float("nan"), 0.0, 0.0)
    assert look("a.exr", images.exr(rows)).black is False
    assert look("a.exr", images.exr(rows, kind=images.FLOAT)).black is False


def test_blocks_that_were_never_written_are_noticed():
    """A renderer that dies leaves zeros in the table of blocks."""
    content = GOOD["zips.exr"]
    header = content.index(b"screenWindowWidth") + len(b"screenWindowWidth\0float\0") + 8 + 1
    broken = content[:header + 8 * 20] + b"\0" * 8 + content[header + 8 * 21:]
    with pytest.raises(Damaged) as noticed:
        look("a.exr", broken, deep=False)
    assert noticed.value.flag == "truncated"


def test_pixels_that_are_fewer_than_promised_are_noticed():
    for raw in (b"", b"\0" * (1 + 37 * 3) * 20, b"\0" * ((1 + 37 * 3) * 21 - 1)):
        with pytest.raises(Damaged):
            look("a.png", images.png(ROWS, raw=raw))


def test_a_row_with_an_unknown_filter_is_noticed():
    with pytest.raises(Damaged):
        look("a.png", images.png(ROWS, raw=b"\7" * (1 + 37 * 3) * 21))


def test_a_wrong_adler_sum_is_noticed_behind_a_right_crc():
    raw = b"\0" * (1 + 3 * 4) * 4
    body = bytearray(zlib.compress(raw))
    body[-1] ^= 1
    content = images.png(images.black(4, 4))
    start = content.index(b"IDAT") - 4
    broken = content[:start] + images.chunk(b"IDAT", bytes(body)) + images.chunk(b"IEND", b"")
    with pytest.raises(Damaged):
        look("a.png", broken)
