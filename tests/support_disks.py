"""Small disks of their own, full ones, and such as may only be read: real ones, where root may mount them."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import subprocess
from contextlib import contextmanager

import pytest

from rayvision_sync import compat


def _mount(*arguments):
    try:
        process = subprocess.Popen(["mount"] + list(arguments), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except OSError:
        pytest.skip("there is no mount program")
    if process.communicate() and process.returncode:
        pytest.skip("only root may mount a disk, and not everywhere")


@contextmanager
def small(folder, size="2m"):
    """Make a folder a disk of its own; skips the test where that is not permitted."""
    compat.make_folder(folder)
    _mount("-t", "tmpfs", "-o", "size=%s" % size, "tmpfs", folder)
    try:
        yield folder
    finally:
        subprocess.check_call(["umount", "-l", folder])


@contextmanager
def only_readable(folder):
    """Let nobody, root included, write below a folder for a while."""
    _mount("--bind", folder, folder)
    try:
        _mount("-o", "remount,bind,ro", folder)
        yield folder
    finally:
        subprocess.check_call(["umount", "-l", folder])


@contextmanager
def full(folder):
    """Leave no byte free on the disk of a folder for a while."""
    ballast = os.path.join(folder, "ballast")
    with io.open(compat.fs(ballast), "wb", buffering=0) as target:
        for size in (1 << 20, 4096):
            try:
                while target.write(b"\0" * size) == size:
                    pass
            except (IOError, OSError):
                pass
    try:
        yield
    finally:
        os.remove(compat.fs(ballast))
