"""Where the vendor's transfer program is taken from: a folder, a wheel or ZIP, or the wheel that pip fetches.

Nothing that a ZIP says of itself is trusted: names, kinds and sizes are looked at before the first byte is written.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import io
import os
import re
import stat
import struct
import zipfile
import zlib
from collections import namedtuple
from contextlib import contextmanager

from . import interpreters, staging, system
from .errors import SetupFailed

#: The vendor's package, as pip calls it.
PACKAGE = "rayvision_sync"
PYPI = "pypi"

#: The systems that the vendor has a program for, as its folders call them.
NAMES = {"linux": "rayvision_transmitter", "windows": "rayvision_transmitter.exe"}

#: What came from where. ``files``: list of ``(name with slashes, size, opener)``; ``version`` is the vendor's, "" where
#: it is not known; ``wheel``: digest of the wheel or ZIP, "" where it came from a folder.
Source = namedtuple("Source", "files version wheel")

#: Program and libraries have some 120 MB.
MOST_BYTES = 512 << 20
MOST_FILES = 500
_MOST_NAMES = 20000

#: As many versions as are looked into for one that brings the program.
_VERSIONS = 5

_BELOW = ((), ("{system}",), ("transmission", "{system}"), ("rayvision_sync", "transmission", "{system}"),
          ("transmission",), ("transmitter",))
_LIBRARY = (".dll", ".dylib", ".ini", "license")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)", re.I)

_OFFLINE = (" Where there is no network: copy the vendor's wheel, SDK or desktop client to this machine, and run "
            "install.py --transmitter PATH.")


@contextmanager
def opened(path, system_name):
    """Yield the Source of a path that somebody named.

    Args:
        path (str): The program, a folder that holds it, a wheel or a ZIP.
        system_name (str): "linux" or "windows".

    Raises:
        SetupFailed: There is no program for this system in it, or it is not what it should be.
    """
    if not os.path.exists(system.fs(path)):
        raise SetupFailed("%s is not there. Name the vendor's SDK or desktop client: a folder, the program itself, or "
                          "a wheel or ZIP file." % path)
    if os.path.isdir(system.fs(path)) or os.path.basename(path) == NAMES[system_name]:
        yield _of_folder(path, system_name)
        return
    try:
        with zipfile.ZipFile(system.fs(path)) as archive:
            yield _of_archive(archive, path, system_name)
    # A method that Python lacks, or a password, is a RuntimeError.
    except (zipfile.BadZipfile, zlib.error, struct.error, EOFError, RuntimeError, ValueError) as error:
        raise SetupFailed("%s cannot be read as a wheel or ZIP (%s), and is not called %s. Copy it again, or name the "
                          "program or its folder." % (path, system.text(str(error)), NAMES[system_name]))


# ---------------------------------------------------------------- folders

def _of_folder(path, system_name):
    program = path if os.path.isfile(system.fs(path)) else _program_in(path, system_name)
    folder, name = os.path.split(program)
    found = [(each, where) for each, where in staging.files_below(folder)
             if os.path.isfile(system.fs(where)) and _belongs(each, name, folder, system_name)]
    _check_sizes(path, [(each, os.path.getsize(system.fs(where))) for each, where in found])
    return Source([(each, os.path.getsize(system.fs(where)), _opener(where)) for each, where in found],
                  _installed_version(folder), "")


def _program_in(path, system_name):
    for below in _BELOW:
        found = os.path.join(path, *([part.format(system=system_name) for part in below] + [NAMES[system_name]]))
        if os.path.isfile(system.fs(found)):
            return found
    raise SetupFailed("In %s there is no %s, the transfer program for this system. Name the folder that holds it, or "
                      "the program itself." % (path, NAMES[system_name]))


def _belongs(name, program, folder, system_name):
    """Tell whether a file is of the program: all in the SDK's folder is; a desktop client has more beside it."""
    parts = name.split("/")
    if parts[0] in ("aspera", "raysync") or os.path.basename(folder) == system_name:
        return True
    return name == program or (len(parts) == 1 and (name.lower().endswith(_LIBRARY) or ".so" in name.lower()))


def _installed_version(folder):
    """Return the version that pip noted beside an installed SDK, "" where there is none."""
    above = os.path.dirname(os.path.dirname(os.path.dirname(folder)))
    for name in system.names(above):
        found = re.match(r"rayvision_sync-([\w.]+)\.dist-info\Z", name)
        if found:
            return found.group(1)
    return ""


def _opener(path):
    return lambda: io.open(system.fs(path), "rb")


# ---------------------------------------------------------------- archives

def _of_archive(archive, path, system_name):
    entries = archive.infolist()
    if len(entries) > _MOST_NAMES:
        raise SetupFailed("%s holds %d files: it is not the vendor's." % (path, len(entries)))
    top = _top(entries, path, system_name)
    found, seen = [], set()
    for entry in entries:
        name = system.text(entry.filename)
        _check_name(name, path)
        if name.endswith("/") or not name.startswith(top):
            continue
        _check_kind(entry, path)
        below = name[len(top):]
        if below.lower() in seen:
            raise SetupFailed("%s holds %s twice: it is not the vendor's." % (path, name))
        seen.add(below.lower())
        found.append((below, entry.file_size, _entry_opener(archive, entry)))
    parents = {"/".join(name.split("/")[:depth]) for name in seen for depth in range(1, name.count("/") + 1)}
    if seen & parents:
        raise SetupFailed("%s holds %s as a file and as a folder: it is not the vendor's." % (
            path, sorted(seen & parents)[0]))
    _check_sizes(path, [(name, size) for name, size, _ in found])
    return Source(found, _stated_version(archive), file_digest(path))


def _top(entries, path, system_name):
    """Return the beginning of the names of the program's files."""
    ending = "/".join(["", "transmission", system_name, NAMES[system_name]])
    names = sorted((system.text(entry.filename) for entry in entries), key=lambda name: (name.count("/"), name))
    for name in names:
        if ("/" + name).endswith(ending):
            return name[:-len(NAMES[system_name])]
    raise SetupFailed("In %s there is no transmission/%s/%s, the transfer program for this system." % (
        path, system_name, NAMES[system_name]))


def _check_name(name, path):
    """Refuse a name that leads elsewhere, on any system, or that a system takes for something else."""
    parts = name.rstrip("/").split("/")
    if any(part in ("", ".", "..") or re.search(r'[\\:*?"<>|\x00-\x1f]', part) or part[-1] in ". " or
           _RESERVED.match(part) for part in parts):
        raise SetupFailed("%s holds %r, a name that may lead out of its folder: it is not the vendor's."
                          % (path, system.native(name)))


def _check_kind(entry, path):
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise SetupFailed("%s holds %s, which is a link or a device: it is not the vendor's." % (
            path, system.text(entry.filename)))
    # Other methods may need any amount of memory for a few bytes.
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise SetupFailed("%s is packed by a method that is not read here. Unpack it, and name the folder." % path)


def _check_sizes(path, files):
    if len(files) > MOST_FILES or sum(size for _, size in files) > MOST_BYTES:
        raise SetupFailed("%s would unpack to %d files of %d MB: it is not the vendor's." % (
            path, len(files), sum(size for _, size in files) >> 20))


def _entry_opener(archive, entry):
    return lambda: archive.open(entry)


def _stated_version(archive):
    for entry in archive.infolist():
        found = re.match(r"rayvision_sync-([\w.]+)\.dist-info/METADATA\Z", system.text(entry.filename))
        if found:
            return found.group(1)
    return ""


def file_digest(path):
    """Return the sha256 of a file."""
    found = hashlib.sha256()
    with io.open(system.fs(path), "rb") as source:
        for block in iter(lambda: source.read(1 << 20), b""):
            found.update(block)
    return found.hexdigest()


# ---------------------------------------------------------------- pip

@contextmanager
def fetched(folder, system_name, say):
    """Yield the Source of the newest of the vendor's wheels that brings the program; pip fetches, nothing is installed.

    Args:
        folder (str): An empty one to fetch into.
        system_name (str): "linux" or "windows".
        say (callable): Is told in a line what takes long.

    Raises:
        SetupFailed: There is no pip, it cannot reach its index, or there is no such wheel.
    """
    python = interpreters.with_pip()
    if python is None:
        raise SetupFailed("The vendor's wheel is fetched by pip, and no Python of this machine has it." + _OFFLINE)
    wanted = PACKAGE
    for _ in range(_VERSIONS):
        say("Fetching the vendor's package by pip (%s, some 45 MB) ..." % wanted)
        wheel = _fetch(python, wanted, folder)
        if _brings(wheel, system_name):
            with opened(wheel, system_name) as source:
                yield source
            return
        wanted = "%s<%s" % (PACKAGE, os.path.basename(wheel).split("-")[1])
        system.remove_file(wheel)
    raise SetupFailed("None of the last %d versions of %s brings the transfer program for this system.%s" % (
        _VERSIONS, PACKAGE, _OFFLINE))


def _fetch(python, wanted, folder):
    """Return the path of a wheel."""
    command = [python.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:",
               "--dest", folder, wanted]
    try:
        code, said = system.run(command, system.clean_environ(interpreters.pip_path(python)))
    except OSError as error:
        code, said = 1, system.text(error.strerror or str(error))
    found = [name for name in system.names(folder) if name.endswith(".whl")]
    if code or not found:
        lines = [line.strip() for line in said.splitlines() if "error" in line.lower()] or ["exit code %d" % code]
        raise SetupFailed("pip could not fetch %s (%s). If it could not reach its index, set HTTPS_PROXY or "
                          "PIP_INDEX_URL.%s" % (wanted, lines[-1], _OFFLINE))
    return os.path.join(folder, found[0])


def _brings(wheel, system_name):
    try:
        with zipfile.ZipFile(system.fs(wheel)) as archive:
            _top(archive.infolist(), wheel, system_name)
    except (SetupFailed, zipfile.BadZipfile):
        return False
    return True
