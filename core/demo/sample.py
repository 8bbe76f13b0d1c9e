# -*- coding: utf-8 -*-
"""A sample project: what a shot's folder looks like, made in a second, the same every time.

431 files, 91 MB: a Maya ASCII scene, a UDIM set, an image sequence, textures,
a large cache, and the names that break upload tools.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import random
from collections import namedtuple

from .. import compat, png
from ..errors import NoSpace, SettingsError
from . import pictures, scene

#: Raise it when other bytes are written.
VERSION = 1

MARKER = ".sample-project.json"

SCENE = "scenes/city_v042.ma"

#: One of its render layers.
LAYER = "beauty"

#: Where the frames land; not a part of what is uploaded.
IMAGES = "images"

CACHE = "cache/crowd.abc"
_CACHE_BYTES = 64 * 1000 * 1000
_CHUNK = 1000 * 1000

_UDIM = ["sourceimages/wall/wall_%d.png" % tile for tile in range(1001, 1013)]
_PLATE = ["sourceimages/plate/plate.%d.png" % frame for frame in range(1001, 1049)]

#: Legal on every system, and each of them has stopped some tool.
_ODD = [
    "sourceimages/城市/霓虹灯_颜色.tx",
    "sourceimages/城市/霓虹灯_法线.tx",
    "sourceimages/Köln/straße_größe.exr",
    "sourceimages/odd names/it's a wall (final) 50%.tx",
    "sourceimages/odd names/sign #2 + [old] & $(new).tx",
    "sourceimages/odd names/`tick`; ~copy, {v2}=ok!.exr",
    "sourceimages/odd names/night \U0001f303 sky.exr",
    "sourceimages/deep/a/b/c/d/e/f/g/h/i/j/detail.tx",
]

_EMPTY = "cache/crowd.lock"

_BLOCKS = ("north", "east", "south", "west", "centre", "harbour")
_SURFACES = ("asphalt", "brick", "concrete", "glass", "grass", "metal", "paint", "plaster",
             "roof", "stone", "tiles", "trim", "water", "wood", "neon")
_CHANNELS = (("diffuse", ".tx"), ("rough", ".tx"), ("normal", ".exr"), ("height", ".exr"))

#: ``scene`` and ``images`` are paths; ``files`` counts everything but what lies in ``images``, ``bytes`` sums it up.
Project = namedtuple("Project", "folder scene images files bytes")


def textures():
    """Return the names of the ordinary textures."""
    return ["sourceimages/blocks/%s/%s/%s_%s%s" % (block, surface, surface, channel, suffix)
            for block in _BLOCKS for surface in _SURFACES for channel, suffix in _CHANNELS][:358]


def make_project(folder):
    """Write the sample project, or find it as it was written.

    Args:
        folder (str): Where it goes: a new or empty folder, or the sample project of an earlier run.

    Returns:
        Project: What is there now.

    Raises:
        SettingsError: The folder holds something else, or the project in it was changed. Nothing was written.
        NoSpace: The disk is too full. Nothing was written.
    """
    folder = os.path.abspath(compat.text(folder))
    marker = _read_marker(folder)
    if marker and marker["files"]:
        _check_intact(folder, marker["files"])
        return _project(folder, marker["files"])
    if marker is None and _has_content(folder):
        raise SettingsError("%s is not empty, and what it holds is not the sample project. "
                            "Nothing was written: choose another folder." % folder)
    _check_space(folder)
    # First without files: a run that is ended here is known for ours and made again.
    _write_marker(folder, {})
    files = _write_files(folder)
    compat.make_folder(os.path.join(folder, IMAGES))
    _write_marker(folder, files)
    return _project(folder, files)


def _project(folder, files):
    marker = os.stat(compat.fs(os.path.join(folder, MARKER))).st_size
    return Project(folder, _join(folder, SCENE), os.path.join(folder, IMAGES),
                   len(files) + 1, sum(files.values()) + marker)


def _join(folder, name):
    return os.path.join(folder, *name.split("/"))


def _has_content(folder):
    return os.path.exists(compat.fs(folder)) and (
        not os.path.isdir(compat.fs(folder)) or bool(compat.scan_folder(folder)))


def _read_marker(folder):
    """Return the marker's content, None where there is none of ours."""
    try:
        with io.open(compat.fs(os.path.join(folder, MARKER)), encoding="utf-8") as source:
            marker = compat.parse_json(source.read())
    except (IOError, OSError, ValueError):
        return None
    if not isinstance(marker, dict) or not isinstance(marker.get("files"), dict):
        return None
    if marker.get("version") != VERSION:
        raise SettingsError("%s holds the sample project of another version of this package. "
                            "Remove the folder, or choose another one." % folder)
    return marker


def _write_marker(folder, files):
    compat.make_folder(folder)
    path = os.path.join(folder, MARKER)
    with io.open(compat.fs(path + ".part"), "w", encoding="utf-8", newline="\n") as marker:
        marker.write(compat.dump_json({"version": VERSION, "files": files}, sort_keys=True, indent=0))
    compat.replace(path + ".part", path)


def _check_intact(folder, files):
    changed = []
    for name, size in sorted(files.items()):
        try:
            found = os.stat(compat.fs(_join(folder, name))).st_size
        except OSError:
            found = None
        if found != size:
            changed.append(name)
    if changed:
        raise SettingsError("The sample project in %s was changed since it was made: %s%s. "
                            "Remove the folder, or choose another one." % (
                                folder, changed[0],
                                " and %d more" % (len(changed) - 1) if len(changed) > 1 else ""))


def _check_space(folder):
    parent = folder
    while not os.path.isdir(compat.fs(parent)) and os.path.dirname(parent) != parent:
        parent = os.path.dirname(parent)
    free = compat.free_space(parent)
    # The project, its copy on the farm's storage, and some frames.
    if free < 3 * _CACHE_BYTES:
        raise NoSpace("The sample project needs 200 MB on the disk of %s, and %d MB are free. "
                      "Choose a folder on another disk." % (parent, free // 1000000))


def _write_files(folder):
    """Write everything; returns the size of each file by name."""
    noise = _noise()
    files = {_EMPTY: b"",
             "workspace.mel": scene.WORKSPACE.encode("utf-8"),
             SCENE: scene.city(_UDIM, _PLATE, _ODD + textures(), CACHE).encode("utf-8")}
    sizes = {name: _write(folder, name, [content]) for name, content in sorted(files.items())}
    for number, name in enumerate(_UDIM + _PLATE):
        sizes[name] = _write(folder, name, [_tile(number, name in _UDIM)])
    for number, name in enumerate(_ODD + textures()):
        sizes[name] = _write(folder, name, [_texture(name, number, noise)])
    sizes[CACHE] = _write(folder, CACHE, _cache(noise))
    return sizes


def _write(folder, name, chunks):
    path, size = _join(folder, name), 0
    compat.make_folder(os.path.dirname(path))
    with io.open(compat.fs(path), "wb") as out:
        for chunk in chunks:
            out.write(chunk)
            size += len(chunk)
    return size


def _noise():
    """Return a megabyte of bytes without pattern, the same on every Python."""
    bits = 8 * _CHUNK
    # Of `random`, getrandbits alone gives the same on 2.7 and 3.
    number = random.Random(1001).getrandbits(bits)
    return bytes(bytearray.fromhex("%0*x" % (bits // 4, number)))


def _tile(number, large):
    """Return a small PNG with its number in its colours."""
    width, height = (256, 256) if large else (192, 108)
    row = bytearray(width * 3)
    for channel in range(3):
        start = (number * 7 + channel * 61) % 256
        row[channel::3] = bytearray([(start + x) % 256 for x in range(width)])
    rows, row = [], bytes(row)
    for y in range(height):
        shift = (y // 16 * 24) % (width * 3)
        rows.append(row[shift:] + row[:shift])
    return png.encode(width, height, rows, level=1)


def _texture(name, number, noise):
    """Return an uncompressed picture: storage and network see bytes that do not repeat."""
    side = (72, 100, 128, 156)[number % 4]
    start = (number * 2477) % (len(noise) - side * side * 3)
    pixels = noise[start:start + side * side * 3]
    return (pictures.exr if name.endswith(".exr") else pictures.tiff)(side, side, pixels)


def _cache(noise):
    """Yield the large cache in chunks: the first bytes of an Alembic archive, then blocks that differ."""
    head = b"Ogawa\xff\x00\x01"
    for number in range(_CACHE_BYTES // _CHUNK):
        turn = (number * 15485863) % _CHUNK
        block = noise[turn:] + noise[:turn]
        yield head + block[len(head):] if number == 0 else block
