"""One ZIP with everything, for machines without a network or without pip."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import shutil
import tempfile
import zipfile
from contextlib import contextmanager

from . import staging, system, tree, vendoring
from .errors import SetupFailed

MARK = "bundle.json"
_FORMAT = 1

#: What a bundle has of a checkout, besides the package.
_FOLDERS = ("core", "hosts", "installer", "docs")
_FILES = ("install.py", "LICENSE", "README.md", "CHANGELOG.md", "requirements.txt",
          "tests/requirements/qt.txt")  # The demo's panel needs it.

_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16


def make(root, vendor, target):
    """Write a bundle: the same content always gives the same bytes.

    Args:
        root (str): The checkout.
        vendor (str): Folder with the dependencies.
        target (str): The ZIP.

    Returns:
        int: Its size in bytes.

    Raises:
        SetupFailed: It cannot be written.
    """
    part = target + ".part"
    try:
        with zipfile.ZipFile(system.fs(part), "w", zipfile.ZIP_STORED) as archive:
            for name, content in _contents(root, vendor):
                entry = zipfile.ZipInfo(system.native(name) if all(ord(c) < 128 for c in name) else name, _TIME)
                entry.external_attr = _MODE
                entry.create_system = 3
                archive.writestr(entry, content)
        system.replace(part, target)
        return os.path.getsize(system.fs(target))
    except (IOError, OSError) as error:
        raise SetupFailed("%s cannot be written (%s)." % (target, system.text(error.strerror or str(error))))
    finally:
        system.remove_file(part)


def _contents(root, vendor):
    files = [(name, os.path.join(root, name)) for name in _FILES if os.path.isfile(system.fs(os.path.join(root, name)))]
    for folder in _FOLDERS:
        files += [(folder + "/" + name, path) for name, path in staging.files_below(os.path.join(root, folder))
                  if folder != "docs" or name.endswith(tree.DOCUMENTS)]
    files += [(vendoring.FOLDER + "/" + name, path) for name, path in staging.files_below(vendor)]
    mark = json.dumps({"format": _FORMAT, "tree": tree.name(root)}, sort_keys=True)
    yield MARK, mark.encode("utf-8")
    for name, path in sorted(files):
        content = system.read(path)
        if content is None:
            raise SetupFailed("%s cannot be read, so the bundle would not be whole." % path)
        yield name, content


@contextmanager
def opened(path):
    """Unpack a bundle for a while; yields the folder, which `tree` takes like a checkout.

    Raises:
        SetupFailed: It is none, it is damaged, or of a later version.
    """
    folder = system.text(tempfile.mkdtemp(prefix="rv-bundle-"))
    try:
        _unpack(path, folder)
        yield folder
    finally:
        shutil.rmtree(system.fs(folder), ignore_errors=True)


def _unpack(path, folder):
    try:
        with zipfile.ZipFile(system.fs(path)) as archive:
            if MARK not in archive.namelist():
                raise SetupFailed("%s is no bundle: write one with install.py --make-bundle FILE.zip." % path)
            mark = json.loads(archive.read(MARK).decode("utf-8"))
            if mark["format"] > _FORMAT:
                raise SetupFailed("%s was made by a later version of install.py. Unpack it and run the install.py "
                                  "inside." % path)
            for entry in archive.infolist():
                _place(archive, entry, folder)
    except (IOError, OSError, KeyError, ValueError, zipfile.BadZipfile) as error:
        raise SetupFailed("The bundle %s cannot be read (%s). Copy it again." % (
            path, system.text(getattr(error, "strerror", None) or str(error))))
    if tree.name(folder) != mark["tree"]:
        raise SetupFailed("The bundle %s is not whole: what is in it is not what it was made of. Copy it again." % path)


def _place(archive, entry, folder):
    name = system.text(entry.filename)
    parts = name.split("/")
    if name.endswith("/"):
        return
    # A name that leads out of the folder would write anywhere.
    if any(part in ("", ".", "..") or ":" in part or "\\" in part for part in parts):
        raise SetupFailed("The bundle holds %s, a name that leads out of its folder: it is not one of ours." % name)
    target = os.path.join(folder, *parts)
    system.make_folders(os.path.dirname(target))
    with open(system.fs(target), "wb") as out:
        out.write(archive.read(entry))
