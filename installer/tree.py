"""The copy that hosts use: one folder for each state of the package, made whole and never changed after."""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import json
import os
import shutil

from . import staging, system

#: Lists the files of a copy with their digests; written last.
LIST = "files.json"

#: Raise it when copies are laid out differently.
_FORMAT = 1

#: What the documentation consists of.
DOCUMENTS = (".md", ".png", ".svg")

#: Packages of hosts that Python 2.7 and 3 need; their pins are part of a copy's name.
PINS = ("vendor-py2.txt", "vendor-py3.txt")


def name(root):
    """Return the name of the copy of a checkout: its version, and what changes with its content."""
    pins = [(pin, os.path.join(root, "installer", pin)) for pin in PINS]
    content = "%d %s" % (_FORMAT, staging.digest(package(root) + pins))
    return "%s-%s" % (staging.version(root), system.digest(content.encode("ascii"))[:8])


def package(root):
    """Return ``(name in the copy, path)`` of all but the dependencies, sorted."""
    found = [("python/" + name, path) for name, path in staging.sources(root)]
    found += [("icons/" + name, path) for name, path in staging.files_below(
        os.path.join(root, "core", "panel", "icons"))]
    found += [("docs/" + name, path) for name, path in staging.files_below(os.path.join(root, "docs"))
              if name.endswith(DOCUMENTS)]
    license_path = os.path.join(root, "LICENSE")
    return sorted(found + ([("LICENSE", license_path)] if os.path.isfile(system.fs(license_path)) else []))


def dependencies(vendor):
    """Return ``(name in the copy, path)`` of the dependencies."""
    return [("vendor/" + name, path) for name, path in staging.files_below(vendor)]


def listed(folder):
    """Return name -> digest of the files of a copy; None where it is not one, or not a whole one."""
    try:
        return json.loads((system.read(os.path.join(folder, LIST)) or b"").decode("utf-8"))["files"]
    except (ValueError, KeyError, TypeError):
        return None


def make(folder, files):
    """Make a copy, or mend one that lacks files.

    Args:
        folder (str): Its place; the one above it exists.
        files (list): ``(name, path)`` of everything.

    Returns:
        tuple: Whether anything was written, and the paths of files that somebody changed: they are kept.
    """
    known = listed(folder)
    is_new = known is None
    if is_new:
        _make_whole(folder, files)
        known = listed(folder) or {}
    missing, changed = compare(folder, known)
    sources = dict(files)
    for lost in missing:
        if lost in sources:
            target = _inside(folder, lost)
            system.make_folders(os.path.dirname(target))
            shutil.copyfile(system.fs(sources[lost]), system.fs(target))
    return is_new or bool(missing), [_inside(folder, name) for name in changed]


def compare(folder, known):
    """Return the names of the files of a copy that are missing, and of those that are not what was written."""
    missing, changed = [], []
    for name in sorted(known):
        content = system.read(_inside(folder, name))
        if content is None:
            missing.append(name)
        elif system.digest(content) != known[name]:
            changed.append(name)
    return missing, changed


def remove(folder):
    """Remove a copy and what Python compiled in it.

    The list goes last, so that a copy of which something is held open is still known the next time.

    Returns:
        tuple: Paths of files that somebody changed or added, and of those that are held open; both are kept.
    """
    known = listed(folder) or {}
    kept, held = [], []
    for name, path in staging.files_below(folder):
        if name == LIST:
            continue
        content = system.read(path)
        if name not in known or content is None or system.digest(content) != known[name]:
            kept.append(path)
        elif not system.remove_file(path):
            held.append(path)
    if not held:
        system.remove_file(os.path.join(folder, LIST))
    for parent, _, names in os.walk(system.fs(folder), topdown=False):
        parent = system.text(parent)
        for name in names:
            if system.text(name).endswith((".pyc", ".pyo")):
                system.remove_file(os.path.join(parent, system.text(name)))
        system.remove_folder(parent)
    return kept, held


def _make_whole(folder, files):
    part = "%s.%d.part" % (folder, os.getpid())
    known = {}
    try:
        for name, path in files:
            target = _inside(part, name)
            system.make_folders(os.path.dirname(target))
            content = system.read(path)
            if content is None:
                raise IOError(errno.EIO, "cannot be read", path)
            with open(system.fs(target), "wb") as out:
                out.write(content)
            known[name] = system.digest(content)
        with open(system.fs(os.path.join(part, LIST)), "wb") as out:
            out.write(json.dumps({"files": known}, indent=0, sort_keys=True, separators=(",", ":")).encode("utf-8"))
        if os.path.isdir(system.fs(folder)):
            _move_into(part, folder)
        else:
            os.rename(system.fs(part), system.fs(folder))
    except (IOError, OSError):
        if listed(folder) is None:  # Else another run was first.
            raise
    finally:
        shutil.rmtree(system.fs(part), ignore_errors=True)


def _move_into(part, folder):
    """Complete what an uninstall left because somebody had changed or added it; that stays as it is."""
    names = [name for name, _ in staging.files_below(part) if name != LIST] + [LIST]
    for name in names:
        target = _inside(folder, name)
        system.make_folders(os.path.dirname(target))
        if not os.path.exists(system.fs(target)):
            os.rename(system.fs(_inside(part, name)), system.fs(target))


def _inside(folder, name):
    return os.path.join(folder, *name.split("/"))
