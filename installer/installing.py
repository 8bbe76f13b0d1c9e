"""Install and uninstall: the copy, the hosts' files, the record, and the copies that nobody needs any more."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import shutil
import time
from collections import namedtuple
from contextlib import contextmanager

from . import changes, environments, processes, system, tree
from .errors import SetupFailed
from .ledger import Entry, Ledger

#: What was done: paths; ``tree`` is the copy's folder, ``is_new`` whether it was made, ``kept`` files that somebody
#: changed, ``held`` texts that say what is still in use and by whom, ``gone`` removed copies.
Outcome = namedtuple("Outcome", "entries tree is_new written removed kept held gone")

#: Other machines' hosts may still import from a copy on a share, and nobody here knows.
_SITE_DAYS = 30.0
_DAY_S = 86400.0


def install(place, machine, root, targets, vendor, now=time.time):
    """Install for hosts, or bring what is installed up to date.

    Args:
        place (Place): Where.
        machine (Machine): This one.
        root (str): The checkout.
        targets (list): ``(host, version, folder of its preferences)``.
        vendor (callable): Returns the folder with the dependencies.
        now (callable): Seconds since 1970.

    Returns:
        Outcome: What was done.

    Raises:
        SetupFailed: It did not work; nothing was changed.
    """
    name = tree.name(root)
    with _locked(place) as made:
        ledger = Ledger(place.base).load()
        before = ledger.entries, dict(ledger.trees)
        # Before anything is there: whoever ends this in the middle leaves nothing that is not known.
        ledger.folders = made + ledger.folders
        ledger.trees.setdefault(name, round(now(), 3))
        ledger.save()
        _remove_parts(place)
        is_new = False
        try:
            is_new, kept = _make_copy(place.tree(name), root, vendor)
            ledger.entries = _joined(ledger.entries, targets, name)
            files = changes.wanted(ledger.entries, place, machine)
            planned = changes.compare(ledger, files)
            _note_trees(ledger, now())
            changes.apply(ledger, files, planned)
        except SetupFailed:
            ledger.entries, ledger.trees = before
            if is_new and name not in ledger.trees:
                shutil.rmtree(system.fs(place.tree(name)), ignore_errors=True)
            _save_or_forget(ledger)
            raise
        held, gone, left = _remove_copies(place, machine, ledger, now())
        ledger.save()
    return Outcome(ledger.entries, place.tree(name), is_new, sorted(planned.write), planned.remove,
                   planned.kept + kept + left, held, gone)


def preview(place, machine, root, targets):
    """Return the Outcome that `install` would have, without changing anything."""
    name = tree.name(root)
    ledger = Ledger(place.base).load()
    entries = _joined(ledger.entries, targets, name)
    planned = changes.compare(ledger, changes.wanted(entries, place, machine))
    is_new = tree.listed(place.tree(name)) is None
    return Outcome(entries, place.tree(name), is_new, sorted(planned.write), planned.remove, planned.kept, [], [])


def uninstall(place, machine, chosen, now=time.time, only_look=False):
    """Take away what was installed.

    Args:
        place (Place): Where.
        machine (Machine): This one.
        chosen (callable): Tells of an Entry whether it goes.
        now (callable): Seconds since 1970.
        only_look (bool): Change nothing, say what would be done.

    Returns:
        Outcome: What was done; its ``entries`` are those that went.
    """
    if not os.path.isdir(system.fs(place.base)):
        return Outcome([], "", False, [], [], [], [], [])
    if only_look:
        return _uninstall(place, machine, chosen, now, None)
    with _locked(place) as folders:
        return _uninstall(place, machine, chosen, now, folders)


def _uninstall(place, machine, chosen, now, folders):
    ledger = Ledger(place.base).load()
    going = [entry for entry in ledger.entries if chosen(entry)]
    ledger.entries = [entry for entry in ledger.entries if not chosen(entry)]
    files = changes.wanted(ledger.entries, place, machine)
    planned = changes.compare(ledger, files)
    _note_trees(ledger, now())
    if folders is None:
        unused = [place.tree(name) for name, replaced in sorted(ledger.trees.items()) if replaced is not None]
        return Outcome(going, "", False, sorted(planned.write), planned.remove, planned.kept, [], unused)
    # One that is open (on Windows) stays in the record, for the next run.
    _remove_parts(place)
    held_files = changes.apply(ledger, files, planned)
    held, gone, left = _remove_copies(place, machine, ledger, now(), at_once=True)
    held += [_why_held(path) for path in held_files]
    above = [folder for folder in ledger.folders if (place.base + os.sep).startswith(folder + os.sep)]
    _remove_folders(ledger)
    if ledger.entries or ledger.trees or ledger.files:
        ledger.save()
    else:
        system.remove_file(ledger.path)
        folders.extend(above)
    return Outcome(going, "", False, sorted(planned.write), planned.remove, planned.kept + left, held, gone)


def _joined(entries, targets, name):
    """Return the entries after an installation: those that share a folder share the copy."""
    found = {(entry.host, entry.version, entry.prefs): entry for entry in entries}
    for host, version, prefs in targets:
        found[(host, version, prefs)] = Entry(host, version, prefs, name)
    renewed = {(host, prefs) for host, _, prefs in targets}
    return sorted(entry._replace(tree=name) if (entry.host, entry.prefs) in renewed else entry
                  for entry in found.values())


def _make_copy(folder, root, vendor):
    try:
        system.make_folders(os.path.dirname(folder))
        return tree.make(folder, tree.package(root) + tree.dependencies(vendor()))
    except (IOError, OSError) as error:
        raise SetupFailed("%s cannot be written (%s). Nothing was changed." % (
            folder, system.text(error.strerror or str(error))))


def _remove_parts(place):
    """Remove copies that were never finished: who holds the lock is the only one that makes any."""
    for name in os.listdir(system.fs(place.base)):
        if system.text(name).endswith(".part"):
            path = os.path.join(place.base, system.text(name))
            shutil.rmtree(system.fs(path), ignore_errors=True)
            system.remove_file(path)


def _note_trees(ledger, now):
    used = {entry.tree for entry in ledger.entries}
    for each in used | set(ledger.trees):
        if each in used:
            ledger.trees[each] = None
        elif ledger.trees.get(each) is None:
            ledger.trees[each] = round(now, 3)


def _remove_copies(place, machine, ledger, now, at_once=False):
    """Remove copies that no host finds any more and nobody uses; returns what is held, what is gone, what was kept."""
    held, gone, left = [], [], []
    for name, replaced in sorted(ledger.trees.items()):
        if replaced is None:
            continue
        folder = place.tree(name)
        if place.is_site and not at_once and now - replaced < _SITE_DAYS * _DAY_S:
            continue
        users = processes.users(folder, machine, replaced)
        if users:
            held.append("%s is still used by %s" % (folder, ", ".join(users)))
            continue
        kept, still_open = tree.remove(folder)
        left.extend(kept)
        if still_open:
            held.append(_why_held(still_open[0]))
        else:
            del ledger.trees[name]
            gone.append(folder)
    return held, gone, left


def _why_held(path):
    if system.is_writable(os.path.dirname(path)):
        return "%s is open in another program" % path
    return "%s may not be removed by this user: its folder cannot be written" % path


def _remove_folders(ledger):
    """Remove the folders that we created and that are empty, inner ones first; the base itself is in use by now."""
    for folder in list(reversed(ledger.folders)):
        if system.remove_folder(folder):
            ledger.folders.remove(folder)


def _save_or_forget(ledger):
    if ledger.entries or ledger.trees:
        ledger.save()
    else:
        system.remove_file(ledger.path)


@contextmanager
def _locked(place):
    """Hold the lock of a place; yields the folders made for it, outer ones first.

    Where nothing is installed in the end, they go again, and so do those that the caller adds.
    """
    try:
        made = system.make_folders(place.base)
    except OSError as error:
        raise SetupFailed("%s cannot be created (%s). Choose another folder with --site DIR."
                          % (place.base, system.text(error.strerror)))
    try:
        with environments.locked(system.fs(place.lock)):
            yield made
    except (IOError, OSError) as error:
        raise SetupFailed("%s cannot be written (%s)." % (
            system.text(getattr(error, "filename", None)) or place.base, system.text(error.strerror or str(error))))
    finally:
        if not os.path.exists(system.fs(Ledger(place.base).path)):
            system.remove_file(place.lock)
            # A user's base bears our name; a share's folder may have been there.
            for folder in reversed(made or ([] if place.is_site else [place.base])):
                system.remove_folder(folder)
