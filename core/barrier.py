"""Download folders in which nothing can be written: that is said once, not of each file."""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import os
import tempfile
from collections import namedtuple

from . import compat

#: Files that cannot land: the download ``folder`` that refuses, ``reason`` in the system's words, ``jobs`` a list.
Barred = namedtuple("Barred", "folder reason jobs")

_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)


def part_barred(jobs):
    """Tell the files that may land from those whose download folder refuses everything.

    Args:
        jobs (list): Files, with ``folder``, the download folder, and ``target``, the path where one lands.

    Returns:
        tuple: A list of those that may land, and a list of `Barred`. A folder that refuses may hold others that do
        not: their files may land.
    """
    reasons, kept, barred = {}, [], {}

    def reason_of(folder):
        folder = _nearest(folder)
        if folder not in reasons:
            reasons[folder] = why_refused(folder)
        return reasons[folder]

    for job in jobs:
        reason = reason_of(job.folder)
        if reason and reason_of(os.path.dirname(job.target)):
            barred.setdefault(job.folder, Barred(job.folder, reason, [])).jobs.append(job)
        else:
            kept.append(job)
    return kept, [barred[folder] for folder in sorted(barred)]


def why_refused(folder):
    """Return the system's words for why nothing can be made in an existing folder; "" where something can be."""
    # Windows looks at an attribute here, not at who may write.
    if not compat.WINDOWS and os.access(compat.fs(folder), os.W_OK | os.X_OK):
        return ""
    try:
        # What may be is only known by doing it. `str`: 2.7 joins these with bytes.
        with tempfile.TemporaryFile(prefix=str(".rvsync-"), suffix=str(".part"), dir=compat.fs(folder)):
            return ""
    except EnvironmentError as error:
        return compat.text(error.strerror) if error.errno in _REFUSED else ""


def _nearest(folder):
    """Return the folder, or the first one above it that is there."""
    while not os.path.isdir(compat.fs(folder)) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    return folder
