"""Where the vendor's transfer program is, and a copy of it that may be run.

The vendor's wheel installs it without the right to be run. What is installed
stays as it is: a copy in this package's own folder gets the right, for its
owner only.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import io
import json
import os
import platform
import shutil
import sys
import tempfile

from ... import compat, places
from ...errors import SettingsError

VARIABLE = "RAYVISION_TRANSMITTER"

#: In `own_folder`: install.py names there which of its copies is the one to use.
POINTER = "program.json"

#: How the folders of the vendor's packages are called.
_SYSTEM = "windows" if compat.WINDOWS else "linux"
_NAME = "rayvision_transmitter.exe" if compat.WINDOWS else "rayvision_transmitter"

#: Where the program may lie below a folder that somebody named, or where a product was installed.
_BELOW = ("", _SYSTEM, os.path.join("transmission", _SYSTEM), os.path.join("rayvision_sync", "transmission", _SYSTEM),
          "transmission", "transmitter")

#: The desktop client, as its installers call it.
_CLIENTS = ("Renderbus", "RenderBus", "renderbus", "Rayvision", "Foxrenderfarm", "Fox Renderfarm")

#: What it starts by itself, and what is of no use without the right to be run.
_STARTED = (os.path.join("aspera", "ascp"), os.path.join("aspera", "ascmd"), os.path.join("aspera", "aspshell"),
            os.path.join("aspera", "astokengen"), os.path.join("raysync", "raysyncproxy"))
_NEEDED = _STARTED[:1]

_LIBRARY = (".dll", ".dylib", ".ini", "license")

_NONE = ("The files of this farm are reached through the vendor's own transfer program, and it was not found on this "
         "computer. Fetch it (python3 install.py --transmitter pypi); or, where the vendor's SDK or desktop client is "
         "installed, name it by transmitter_exe or by the variable %s." % VARIABLE)
_NO_SYSTEM = ("The files of this farm are reached through the vendor's own transfer program, which exists for Windows "
              "and 64-bit Linux only, not for this computer. Transfer from one of those, or name another storage in "
              "the settings.")


def find(exe=None, setting=None, environ=compat.environ, search=None):
    """Return the path of the vendor's transfer program, as it is installed.

    Args:
        exe (str, optional): What the call names: the program, or a folder that holds it. Empty is none.
        setting (str, optional): What the settings name, likewise.
        environ (callable): Variable -> text or None.
        search (list of str, optional): Folders to look into, where nothing was named; by default `usual_folders`.

    Raises:
        SettingsError: There is none; or there is none where one was named: another one is not taken instead.
    """
    for name, value in (("transmitter_exe", exe), ("the setting transmitter_exe", setting),
                        ("the variable " + VARIABLE, environ(VARIABLE))):
        value = compat.text(value)
        if value:
            found = _inside(value)
            if not found:
                raise SettingsError("The transfer program %s, which %s names, is not there. Correct it, or leave it "
                                    "out." % (value, name))
            return found
    for folder in usual_folders(environ) if search is None else search:
        found = _inside(folder)
        if found:
            return found
    raise SettingsError(_NONE if is_offered() else _NO_SYSTEM)


def is_offered(system=None, machine=None):
    """Tell whether the vendor has a program for this computer."""
    system = system or places.system()
    machine = (machine or compat.text(platform.machine()) or "").lower()
    return system == "windows" or (system == "linux" and machine in ("x86_64", "amd64"))


def usual_folders(environ=compat.environ):
    """Return where the program may lie: our own folder, a vendor's SDK, its desktop client."""
    folders = _fetched(own_folder()) + [own_folder()]
    # Not by import: the SDK goes by this package's name.
    folders += [os.path.join(compat.text(entry), "rayvision_sync", "transmission") for entry in sys.path if entry]
    if compat.WINDOWS:
        bases = [environ(name) for name in ("ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA", "APPDATA")]
    else:
        bases = ["/opt", "/usr/local", compat.text(os.path.expanduser(str("~")))]
    return folders + [os.path.join(base, client) for base in bases if base for client in _CLIENTS]


def own_folder():
    """Return the folder for a program that was fetched, and for copies that may be run."""
    return os.path.join(places.home(), "transmitter")


def _fetched(folder):
    """Return the folder of the program that install.py put there last, in a list that is empty where it did not."""
    try:
        with io.open(compat.fs(os.path.join(folder, POINTER)), encoding="utf-8") as source:
            name = json.load(source)["folder"]
        return [os.path.join(folder, os.path.basename(name))]
    except (IOError, OSError, ValueError, KeyError, TypeError, AttributeError):
        return []


def _inside(path):
    if os.path.isfile(compat.fs(path)):
        return compat.absolute(path)
    for below in _BELOW:
        found = os.path.join(path, below, _NAME)
        if os.path.isfile(compat.fs(found)):
            return compat.absolute(found)
    return None


def runnable(program):
    """Return a program that may be run: itself, or this user's own copy of it.

    Args:
        program (str): Of `find`.

    Raises:
        SettingsError: The copy cannot be made.
    """
    if compat.WINDOWS or _is_runnable(program):
        return program
    try:
        target = os.path.join(own_folder(), "run-" + _stamp(program))
        copy = os.path.join(target, os.path.basename(program))
        if not _is_runnable(copy):
            places.make_home()
            compat.make_folder(own_folder())
            _copy(program, target)
    except (IOError, OSError, shutil.Error) as error:
        raise SettingsError("The transfer program %s may not be run, and no copy of it could be made in %s (%s)."
                            % (program, own_folder(), compat.text(getattr(error, "strerror", None) or error)))
    return copy


def _is_runnable(program):
    folder = os.path.dirname(program)
    needed = [program] + [os.path.join(folder, name) for name in _NEEDED
                          if os.path.exists(compat.fs(os.path.join(folder, name)))]
    return all(os.path.isfile(compat.fs(path)) and os.access(compat.fs(path), os.X_OK) for path in needed)


def _stamp(program):
    """Return what another version of the program, or another place of it, does not share."""
    facts = [program]
    for path in [program] + [os.path.join(os.path.dirname(program), name) for name in _NEEDED]:
        if os.path.exists(compat.fs(path)):
            status = os.stat(compat.fs(path))
            facts.append("%d %d" % (status.st_size, compat.mtime_ns(status)))
    return hashlib.sha256("\n".join(facts).encode("utf-8")).hexdigest()[:16]


def _copy(program, target):
    """Copy a program and what lies beside it; the copy appears whole."""
    # `str`: 2.7 joins these with bytes. The folder is this user's only (0700).
    hidden = compat.from_fs(tempfile.mkdtemp(prefix=str(".copy-"), dir=compat.fs(own_folder())))
    try:
        source = os.path.dirname(program)
        for name in _beside(program):
            copy = os.path.join(hidden, name)
            compat.make_folder(os.path.dirname(copy))
            shutil.copyfile(compat.fs(os.path.join(source, name)), compat.fs(copy))
            is_started = name == os.path.basename(program) or name in _STARTED
            os.chmod(compat.fs(copy), 0o700 if is_started else 0o600)
        if os.path.isdir(compat.fs(target)):
            # It is there and cannot be run: somebody took a part of it away.
            shutil.rmtree(compat.fs(target), ignore_errors=True)
        try:
            os.rename(compat.fs(hidden), compat.fs(target))
        except OSError:
            if not _is_runnable(os.path.join(target, os.path.basename(program))):
                raise  # Else another process was first.
    finally:
        shutil.rmtree(compat.fs(hidden), ignore_errors=True)


def _beside(program):
    """Return the names, relative to its folder, of a program and what it needs; nothing else that lies there."""
    folder, own = os.path.split(program)
    names = [own]
    for entry in compat.scan_folder(folder):
        name = compat.text(entry.name)
        if name != own and entry.is_file() and (name.lower().endswith(_LIBRARY) or ".so" in name.lower()):
            names.append(name)
    for part in ("aspera", "raysync"):
        if os.path.isdir(compat.fs(os.path.join(folder, part))):
            names += [os.path.join(part, compat.text(entry.name))
                      for entry in compat.scan_folder(os.path.join(folder, part)) if entry.is_file()]
    return names
