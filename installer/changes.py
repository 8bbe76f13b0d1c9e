"""What hosts should find in their folders, and the way there: all of it, or nothing."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
from collections import namedtuple

from . import houdini, hosts, max3ds, maya, system
from .errors import SetupFailed

MODULES = {hosts.MAYA: maya, hosts.HOUDINI: houdini, hosts.MAX: max3ds}

#: ``write``: path -> content; ``remove``: paths; ``kept``: paths of files that somebody changed, which are left alone.
Changes = namedtuple("Changes", "write remove kept")


def wanted(entries, place, machine):
    """Return path -> content of everything that hosts should find."""
    found = {}
    for host in hosts.NAMES:
        own = [entry for entry in entries if entry.host == host]
        if own:
            found.update(MODULES[host].files(own, place, machine))
    return found


def compare(ledger, files):
    """Return the Changes that lead from what is there to what should be.

    Args:
        ledger (Ledger): What we wrote before.
        files (dict): From `wanted`.
    """
    write, remove, kept = {}, [], []
    for path, content in sorted(files.items()):
        present = system.read(path)
        if present == content:
            continue
        if present is None or _is_ours(ledger, path, present):
            write[path] = content
        else:
            kept.append(path)
    for path in sorted(set(ledger.files) - set(files)):
        present = system.read(path)
        if present is None:
            continue
        (remove if system.digest(present) in ledger.files[path] else kept).append(path)
    return Changes(write, remove, kept)


def _is_ours(ledger, path, content):
    if path in ledger.files:
        return system.digest(content) in ledger.files[path]
    # Of an installation whose record is lost: it bears our name inside as well.
    return b"rayvision_sync" in content or os.path.basename(os.path.dirname(path)) == max3ds.NAME


def apply(ledger, files, changes):
    """Carry Changes out; where one fails, those before it are taken back.

    Args:
        ledger (Ledger): Is written before the first file, so that nothing of ours can be forgotten.
        files (dict): From `wanted`.
        changes (Changes): From `compare`.

    Raises:
        SetupFailed: A file cannot be written.
    """
    folders, known_files = list(ledger.folders), {path: list(known) for path, known in ledger.files.items()}
    for path, content in files.items():
        if path not in changes.kept:
            known = ledger.files.setdefault(path, [])
            if system.digest(content) not in known:
                known.append(system.digest(content))
    done = []
    try:
        for path in sorted(changes.write):
            ledger.note_folders(os.path.dirname(path))
        ledger.save()
        for path in sorted(changes.write):
            before = system.read(path)
            system.write_whole(path, changes.write[path])
            done.append((path, before))
    except (IOError, OSError) as error:
        if _take_back(done):
            ledger.files = known_files
        for folder in reversed(ledger.folders[len(folders):]):
            system.remove_folder(folder)
        ledger.folders[:] = folders
        raise SetupFailed("%s cannot be written (%s). Nothing was changed." % (
            system.text(getattr(error, "filename", None)) or path, system.text(error.strerror or str(error))))
    for path in ledger.files:
        system.remove_file(system.part_of(path))  # Of a run that was ended in the middle.
    held = [path for path in changes.remove if not system.remove_file(path)]
    for path, content in files.items():
        if path not in changes.kept:
            ledger.files[path] = [system.digest(content)]
    # What somebody changed stays, and so does the note of what it was: the next installation must not take it for ours.
    for path in set(ledger.files) - set(files) - set(held) - set(changes.kept):
        del ledger.files[path]
    return held


def _take_back(done):
    """Restore files; tells whether all of them are as they were. If not, the record goes on knowing both."""
    whole = True
    for path, before in reversed(done):
        try:
            if before is None:
                whole = system.remove_file(path) and whole
            else:
                system.write_whole(path, before)
        except (IOError, OSError):
            whole = False
    return whole
