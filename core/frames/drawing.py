"""Small pictures of frames, for the panel's grid."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import logging
import os

from .. import compat
from .verdict import FORMATS, SURPRISES
from .source import Damaged, Source

log = logging.getLogger(__name__)


def thumbnail(path, target_png, size=160, cancel=None, name=None):
    """Write a small copy of a frame as PNG.

    Linear pixels (EXR, float TIFF) are shown as sRGB, values beyond white as white.

    Args:
        path (str): The frame.
        target_png (str): File to write; its folder exists.
        size (int): Width and height, in pixels, that the copy does not exceed.
        cancel (Cancel, optional): Ends the work.
        name (str, optional): The frame's final name, if `path` is a temporary one.

    Returns:
        bool: Whether it was written: not for files that are damaged or packed in
        a way that is not unpacked here.

    Raises:
        Cancelled: `cancel` was thrown.
    """
    known = FORMATS.get(os.path.splitext(name or path)[1].lower())
    if known is None:
        return False
    part = target_png + ".part"
    try:
        with io.open(compat.fs(path), "rb") as stream:
            grid = known[1].draw(Source(stream, os.fstat(stream.fileno()).st_size, cancel), size)
        if grid is None:
            return False
        with io.open(compat.fs(part), "wb") as target:
            target.write(grid.encode())
        compat.replace(part, target_png)
    except (Damaged, IOError, OSError) + SURPRISES as error:
        log.debug("no thumbnail of %s: %s", path, error)
        return False
    return True
