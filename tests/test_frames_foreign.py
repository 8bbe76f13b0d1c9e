"""Frames written by other programs' libraries, where they are installed: Pillow, OpenEXR, tifffile."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import itertools

import pytest
import support_images as images

from rayvision_sync import frames, png

WIDE, HIGH = 96, 54


def passes(path, flag=""):
    found = frames.check(path)
    assert (found.ok, found.flag, found.width, found.height) == (True, flag, WIDE, HIGH), path
    return found


def thumbnail_of(path):
    assert frames.thumbnail(path, path + ".png")
    with io.open(path + ".png", "rb") as source:
        return png.decode(source.read())


def picture(image):
    found = image.new("RGB", (WIDE, HIGH))
    found.putdata(list(itertools.chain.from_iterable(images.scene(WIDE, HIGH))))
    return found


@pytest.mark.parametrize("mode, options", [
    ("RGB", {}), ("RGB", {"optimize": True}), ("RGBA", {}), ("L", {}), ("LA", {}), ("P", {}), ("1", {}), ("I;16", {})])
def test_pngs_of_pillow(tmpdir, mode, options):
    image = pytest.importorskip("PIL.Image")
    path = images.save(tmpdir, "a.png", b"")
    source = picture(image)
    if mode == "I;16":
        grey = bytearray(source.convert("L").tobytes())
        twice = bytes(bytearray(byte for value in grey for byte in (value, value)))
        source = image.frombytes("I;16", (WIDE, HIGH), twice)
    else:
        source = source.convert(mode)
    source.save(path, **options)
    passes(path)
    wanted = source.convert("RGB") if mode != "I;16" else picture(image).convert("L").convert("RGB")
    assert thumbnail_of(path) == (WIDE, HIGH, wanted.tobytes())


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"quality": 100, "subsampling": 0},
                                     {"restart_marker_rows": 1}, {"optimize": True}])
def test_jpegs_of_pillow(tmpdir, options):
    image = pytest.importorskip("PIL.Image")
    path = images.save(tmpdir, "a.jpg", b"")
    picture(image).save(path, "JPEG", **options)
    passes(path, "not checked inside")
    with io.open(path, "rb") as source:
        content = source.read()
    for end in range(0, len(content), 97):
        assert not frames.check(images.save(tmpdir, "cut.jpg", content[:end])).ok


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate", "packbits"])
@pytest.mark.parametrize("mode", ["RGB", "L", "P"])
def test_tiffs_of_libtiff(tmpdir, mode, compression):
    image = pytest.importorskip("PIL.Image")
    path = images.save(tmpdir, "a.tif", b"")
    source = picture(image).convert(mode)
    source.save(path, compression=compression)
    passes(path)
    assert thumbnail_of(path) == (WIDE, HIGH, source.convert("RGB").tobytes())


@pytest.mark.parametrize("name", ["NO", "RLE", "ZIPS", "ZIP", "PIZ", "PXR24", "B44", "B44A", "DWAA", "DWAB"])
@pytest.mark.parametrize("tiled", [False, True])
@pytest.mark.parametrize("kind", ["float16", "float32"])
def test_exrs_of_openexr(tmpdir, name, tiled, kind):
    openexr = pytest.importorskip("OpenEXR")
    numpy = pytest.importorskip("numpy")
    path = images.save(tmpdir, "a.exr", b"")
    pixels = (numpy.array(images.scene(WIDE, HIGH)) / 255.0).astype(kind)
    header = {"compression": getattr(openexr, name + "_COMPRESSION"),
              "type": openexr.tiledimage if tiled else openexr.scanlineimage}
    if tiled:
        header["tiles"] = openexr.TileDescription()
    openexr.File(header, {"RGB": pixels, "Z": numpy.ones((HIGH, WIDE), "float32")}).write(path)
    passes(path, "" if name in ("NO", "RLE", "ZIPS", "ZIP") else "not checked inside")
    with io.open(path, "rb") as source:
        content = source.read()
    for end in range(0, len(content), 997):
        assert frames.check(images.save(tmpdir, "cut.exr", content[:end])).flag == "truncated"
    if name not in ("NO", "RLE", "ZIPS", "ZIP"):
        return
    linear = numpy.clip(pixels.astype("float64"), 0, 1)
    wanted = numpy.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055) * 255
    found = numpy.frombuffer(thumbnail_of(path)[2], "uint8").reshape(HIGH, WIDE, 3)
    assert numpy.abs(found - wanted).max() < 2


@pytest.mark.parametrize("kind, predictor", [("uint8", None), ("uint8", 2), ("uint16", None), ("uint16", 2),
                                             ("float32", None), ("float32", 3), ("float16", 3)])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("tile", [None, (32, 32)])
def test_tiffs_of_tifffile(tmpdir, kind, predictor, order, tile):
    tifffile = pytest.importorskip("tifffile")
    numpy = pytest.importorskip("numpy")
    if predictor:
        pytest.importorskip("imagecodecs")
    pixels = numpy.array(images.scene(WIDE, HIGH))
    path = images.save(tmpdir, "a.tif", b"")
    pixels = (pixels / 255.0).astype(kind) if kind.startswith("f") else (
        pixels * (257 if kind == "uint16" else 1)).astype(kind)
    tifffile.imwrite(path, pixels, compression="zlib", predictor=predictor, byteorder=order, tile=tile,
                     photometric="rgb", bigtiff=tile is None)
    passes(path)
    if not kind.startswith("f"):
        wanted = pixels if kind == "uint8" else pixels // 257
        assert thumbnail_of(path) == (WIDE, HIGH, wanted.astype("uint8").tobytes())
