"""Uncompressed TIFF and OpenEXR pictures, as the sample project's textures."""
from __future__ import absolute_import, division, print_function, unicode_literals

import struct

_SHORT, _LONG = 3, 4


def tiff(width, height, pixels):
    """Return a baseline TIFF, which is what a renderer's .tx file is.

    Args:
        width (int): Pixels.
        height (int): Pixels.
        pixels (bytes): RGB, 8 bits, ``width * height * 3`` bytes.

    Returns:
        bytes: The file.
    """
    tags = [(256, _LONG, width), (257, _LONG, height), (258, _SHORT, 8), (259, _SHORT, 1), (262, _SHORT, 2),
            (273, _LONG, 0), (277, _SHORT, 3), (278, _LONG, height), (279, _LONG, len(pixels))]
    offset = 8 + 2 + 12 * len(tags) + 4
    entries = b"".join(struct.pack(b"<HHII", tag, kind, 1, offset if tag == 273 else value)
                       for tag, kind, value in tags)
    return struct.pack(b"<2sHIH", b"II", 42, 8, len(tags)) + entries + struct.pack(b"<I", 0) + pixels


def exr(width, height, pixels):
    """Return an uncompressed scan-line OpenEXR with three half-float channels.

    Args:
        width (int): Pixels.
        height (int): Pixels.
        pixels (bytes): One byte a sample, ``width * height * 3`` bytes; 0 is 0.5 and 255 is 0.62.

    Returns:
        bytes: The file.
    """
    box = struct.pack(b"<4i", 0, 0, width - 1, height - 1)
    # Each: half floats (1), linear flag and padding, sampled at every pixel. In the order of their names.
    unsampled = struct.pack(b"<4i", 1, 0, 1, 1)
    channels = b"".join(name + b"\0" + unsampled for name in (b"B", b"G", b"R")) + b"\0"
    attributes = [
        (b"channels", b"chlist", channels),
        (b"compression", b"compression", b"\0"),
        (b"dataWindow", b"box2i", box),
        (b"displayWindow", b"box2i", box),
        (b"lineOrder", b"lineOrder", b"\0"),
        (b"pixelAspectRatio", b"float", struct.pack(b"<f", 1.0)),
        (b"screenWindowCenter", b"v2f", struct.pack(b"<2f", 0.0, 0.0)),
        (b"screenWindowWidth", b"float", struct.pack(b"<f", 1.0)),
    ]
    header = struct.pack(b"<II", 20000630, 2) + b"".join(
        name + b"\0" + kind + b"\0" + struct.pack(b"<I", len(value)) + value
        for name, kind, value in attributes) + b"\0"
    stride = width * 3
    first = len(header) + 8 * height
    line = 8 + stride * 2
    table = struct.pack(b"<%dQ" % height, *[first + line * y for y in range(height)])
    # The high byte makes each half a number between 0.5 and 0.62: never NaN.
    samples = bytearray(b"\x38") * (stride * height * 2)
    samples[0::2] = pixels
    lines = [struct.pack(b"<iI", y, stride * 2) + bytes(samples[y * stride * 2:(y + 1) * stride * 2])
             for y in range(height)]
    return header + table + b"".join(lines)
