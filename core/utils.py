"""A door to the documented `cutting_upload`; the work is done in `manifest`."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

from . import compat, manifest


def cutting_upload(upload_path, max_resources_number=None, after_cutting_position=None):
    """Cut upload.json into parts.

    Args:
        upload_path (str): Absolute path of upload.json.
        max_resources_number (int, optional): Assets in each part.
        after_cutting_position (str, optional): Folder for the parts, created if
            needed; by default that of upload.json.

    Returns:
        list of str: Absolute paths of the parts (``upload_1.json``, ...), without
        the original; the original alone where there is nothing to cut.

    Raises:
        ManifestError: Not an upload list, or a number that makes no parts. Nothing was written.
    """
    folder = compat.text(after_cutting_position) if after_cutting_position else None
    parts = manifest.cut(compat.text(upload_path), max_resources_number,
                         os.path.abspath(folder) if folder else None)
    return [compat.like(part, upload_path) for part in parts]
