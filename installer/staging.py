"""The package out of the checkout, under its import name."""
from __future__ import absolute_import, division, print_function, unicode_literals

import glob
import hashlib
import io
import os
import re
import shutil
import time

from .system import fs, text

#: This checkout, or the unpacked download.
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(text(__file__))))

#: Import name of each folder of the checkout, parents first.
PACKAGES = (("rayvision_sync", "core"), ("rayvision_sync/hosts", "hosts"))

_DAY_S = 86400.0


def stage_package(cache, now=time.time):
    """Copy the package out of the checkout, under its import name.

    Args:
        cache (str): Folder to keep it in; it is copied again only when the source changed.
        now (callable): Seconds since 1970.

    Returns:
        str: The folder for PYTHONPATH.
    """
    folder = os.path.join(cache, "package-" + digest(sources(ROOT))[:12])
    if os.path.isdir(folder):
        os.utime(folder, None)
        return folder
    part = "%s.%d.part" % (folder, os.getpid())
    for name, path in sources(ROOT):
        target = os.path.join(part, *name.split("/"))
        if not os.path.isdir(os.path.dirname(target)):
            os.makedirs(os.path.dirname(target))
        shutil.copyfile(path, target)
    try:
        os.rename(part, folder)
    except OSError:
        # Another run was first.
        shutil.rmtree(part, ignore_errors=True)
    _remove_old_packages(cache, folder, now)
    return folder


def sources(root):
    """Return ``(name below the import root, path)`` of every file of the package.

    Args:
        root (str): A checkout.
    """
    found = []
    for package, folder in PACKAGES:
        found.extend((package + "/" + name, path) for name, path in files_below(os.path.join(root, folder)))
    return sorted(found)


def files_below(top):
    """Return ``(name below it, with slashes, path)`` of every file in a folder, without what Python compiled."""
    found = []
    for parent, folders, names in os.walk(fs(top)):
        folders[:] = [name for name in folders if text(name) != "__pycache__"]
        below = text(os.path.relpath(parent, fs(top))).replace(os.sep, "/")
        prefix = "" if below == "." else below + "/"
        found.extend((prefix + text(name), os.path.join(text(parent), text(name)))
                     for name in names if not text(name).endswith((".pyc", ".pyo")))
    return sorted(found)


def digest(files):
    """Return what changes with any name or content of such files."""
    found = hashlib.sha256()
    for name, path in files:
        found.update(name.encode("utf-8") + b"\0")
        with io.open(fs(path), "rb") as source:
            found.update(hashlib.sha256(source.read()).digest())
    return found.hexdigest()


def version(root):
    """Return the version that a checkout states."""
    with io.open(fs(os.path.join(root, "core", "__init__.py")), encoding="utf-8") as source:
        return re.search('^__version__ = "([^"]+)"', source.read(), re.M).group(1)


def _remove_old_packages(cache, keep, now):
    """Remove copies of earlier states that no run used for a week."""
    for folder in glob.glob(os.path.join(cache, "package-*")):
        if folder != keep and now() - os.path.getmtime(folder) > 7 * _DAY_S:
            shutil.rmtree(folder, ignore_errors=True)
