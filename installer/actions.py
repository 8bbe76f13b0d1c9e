"""What the options of install.py do for hosts, and what is said about it."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
from contextlib import contextmanager

from . import (bundle, changes, environments, finding, foreign, hosts, installing, ledger, places, processes, staging,
               system, transmitter, tree, vendoring)
from .errors import SetupFailed

HOSTS = hosts.NAMES

_NOTHING_FOUND = ("No Maya, Houdini or 3ds Max was found on this machine. Name host and version to install for it all "
                  "the same (install.py maya --version 2024), or try it without any (install.py --demo).")


def is_version(host, version):
    """Tell whether a text of a command line is a version of a host."""
    return hosts.fits(host, hosts.short(host, version))


def this_machine():
    """Return the machine; tests put another one here."""
    return system.this_machine(processes.running)


@contextmanager
def _source(options):
    """Yield the checkout to install from: this one, or a bundle's."""
    if not options.bundle:
        yield staging.ROOT
    else:
        with bundle.opened(options.bundle) as folder:
            yield folder


def _cache():
    """Return where the hosts' dependencies are kept; on Windows it lies beside what is installed."""
    return os.path.join(system.text(environments.cache_folder()), "vendor")


# ---------------------------------------------------------------- install

def install(options, say):
    """Install for the hosts of a command line; returns the exit code."""
    machine = this_machine()
    found = finding.find(machine, options.hosts or HOSTS)
    with _source(options) as root:
        place = places.choose(machine, options.site, root)
        targets = choose_targets(options, machine, place, found)
        if not targets:
            raise SetupFailed(_nothing(options))
        if options.dry_run:
            outcome = installing.preview(place, machine, root, targets)
        else:
            outcome = installing.install(place, machine, root, targets,
                                         lambda: vendoring.folder(root, _cache(), say))
    _report(outcome, say, options.dry_run)
    for host in options.hosts or ():
        if not any(target[0] == host for target in targets):
            say("Nothing was done for %s: none was found on this machine. To install for it all the same, name its "
                "version: install.py %s --version %s" % (hosts.title(host), host, hosts.versions(host)[-1]))
    for title, package in foreign.find(machine, [each for each in found if any(
            each.host == host and each.version == version for host, version, _ in targets)]):
        say("Attention: " + foreign.sentence(title, package))
    if outcome.kept:
        say("Not ours, or changed since it was installed, and left as it is; move it away and run this again:")
        _say_paths(outcome.kept, say)
    elif not options.dry_run:
        _next_steps(place, machine, targets, say)
    return 1 if outcome.kept else 0


def choose_targets(options, machine, place, found):
    """Return ``(host, version, folder of its preferences)`` of everything that a command line means.

    Args:
        options: The command line.
        machine (Machine): This one.
        place (Place): Where it goes.
        found (list of finding.Found): Hosts that are here.
    """
    targets = []
    for host in options.hosts or HOSTS:
        chosen = hosts.choose(host, options.version)
        if not chosen and place.is_site and options.hosts:
            chosen = hosts.versions(host)  # Whatever the workstations have.
        if not chosen:
            chosen = [each.version for each in found if each.host == host]
        for version in chosen:
            prefs = options.prefs and system.text(os.path.abspath(system.fs(options.prefs)))
            targets.append((host, version, prefs or place.preferences(machine, host, version)))
    if any(host == hosts.MAX for host, _, _ in targets) and machine.system != "windows" and not place.is_site:
        if not options.prefs:
            raise SetupFailed("3ds Max runs on Windows only: run this there, or install on a share with --site DIR.")
    return targets


def _nothing(options):
    if not options.hosts:
        return _NOTHING_FOUND
    host = options.hosts[0]
    return ("No %s was found on this machine. Name the version to install for it all the same: "
            "install.py %s --version %s" % (hosts.title(host), host, hosts.versions(host)[-1]))


def _report(outcome, say, only_looked):
    wrote, removed = ("Would write", "Would remove") if only_looked else ("Wrote", "Removed")
    if outcome.is_new:
        say("%s %s" % (wrote, outcome.tree))
    for path in outcome.written:
        say("%s %s" % (wrote, path))
    for path in list(outcome.removed) + list(outcome.gone):
        say("%s %s" % (removed, path))
    if not (outcome.is_new or outcome.written or outcome.removed or outcome.gone or outcome.kept):
        say("Everything is in place already: nothing was changed.")
    for line in outcome.held:
        say("Left for the next run: %s." % line)


def _say_paths(paths, say):
    for path in paths:
        say("  " + path)


def _next_steps(place, machine, targets, say):
    names = [host for host in HOSTS if any(target[0] == host for target in targets)]
    say("")
    if place.is_site:
        say("Set on the workstations, before the hosts start:")
        for name, value in places.variables(place, names, machine):
            say("  %s=%s" % (name, value))
    say("What to do next:")
    for host in names:
        versions = sorted({version for each, version, _ in targets if each == host}, key=hosts.order)
        if place.is_site and host == hosts.MAX:  # The first one does not know the variable.
            versions = [version for version in versions if version != hosts.versions(host)[0]] or versions
        versions = versions if len(versions) < 4 else [versions[0] + " to " + versions[-1]]
        for line in changes.MODULES[host].next_steps(versions, place.is_site):
            say("  " + line)
    say("  A host that is open now has to be started again. Your account goes into Render Farm > Settings.")


# ---------------------------------------------------------------- uninstall

def uninstall(options, say):
    """Remove what was installed; returns the exit code."""
    machine = this_machine()
    place = places.choose(machine, options.site)
    prefs = options.prefs and system.text(os.path.abspath(system.fs(options.prefs)))
    chosen = {host: hosts.choose(host, options.version) for host in options.hosts or HOSTS}

    def goes(entry):
        return entry.host in chosen and entry.version in (chosen[entry.host] or [entry.version]) and (
            not prefs or entry.prefs == prefs)

    outcome = installing.uninstall(place, machine, goes, only_look=options.dry_run)
    # Only who removes all of it is rid of the program, too: scripts use it as well.
    is_all = not (options.hosts or options.site)
    had_program = is_all and transmitter.remove(machine, say, only_look=options.dry_run)
    if not (outcome.entries or outcome.removed or outcome.gone or outcome.held or outcome.kept):
        if had_program:
            return 0
        say("Nothing of it is installed in %s." % place.base)
        return 0
    _report(outcome, say, options.dry_run)
    if outcome.kept:
        say("Not removed, because it was changed or added by somebody else:")
        _say_paths(outcome.kept, say)
    if not options.dry_run and not machine.is_file(ledger.Ledger(places.choose(machine).base).path):
        vendoring.forget(_cache())
    if outcome.held:
        say("Run install.py --uninstall again when that has ended. Transfers that run are not disturbed.")
    for host in [name for name in HOSTS if any(entry.host == name for entry in outcome.entries)]:
        say(changes.MODULES[host].LEFTOVERS)
    return 0


# ---------------------------------------------------------------- list

def show(options, say):
    """Print what is found and what is installed; returns the exit code."""
    machine = this_machine()
    place = places.choose(machine, options.site)
    names = options.hosts or HOSTS
    found = finding.find(machine, names)
    say("Found on this machine:")
    for each in found:
        say("  %-14s %s" % (hosts.title(each.host, each.version), each.program or "only its preferences"))
    if not found:
        say("  no Maya, Houdini or 3ds Max")
    record = ledger.Ledger(place.base).load()
    current = tree.name(staging.ROOT)
    say("Installed in %s:" % place.base)
    entries = [entry for entry in record.entries if entry.host in names]
    for entry in sorted(entries):
        say("  %-14s %-16s %s%s" % (hosts.title(entry.host, entry.version), entry.tree, entry.prefs,
                                    _state(entry, place, machine, record, current)))
    if not entries:
        say("  nothing")
    for name, replaced in sorted(record.trees.items()):
        if replaced is not None:
            users = processes.users(place.tree(name), machine, replaced)
            unused = "kept for open hosts" if place.is_site else "unused: the next run removes it"
            say("  %-14s %-16s %s" % ("replaced", name, "used by %s" % ", ".join(users) if users else unused))
    say("Renderbus's transfer program:")
    for line in transmitter.lines(machine):
        say(line)
    for title, package in foreign.find(machine, found):
        say("Attention: " + foreign.sentence(title, package))
    return 0


def _state(entry, place, machine, record, current):
    """Return what is wrong with an installation, "" when nothing is."""
    wrong = []
    known = tree.listed(place.tree(entry.tree))
    missing, changed = tree.compare(place.tree(entry.tree), known) if known else ([], [])
    if known is None or missing:
        wrong.append("files are missing: install again")
    else:
        files = changes.wanted([each for each in record.entries if each.host == entry.host], place, machine)
        planned = changes.compare(ledger.Ledger(place.base), files)
        if planned.write or planned.kept:
            wrong.append("the host's files are not as they were written: install again")
    if changed:
        wrong.append("%d files were changed" % len(changed))
    if entry.tree != current:
        wrong.append("not this version (%s): install again to renew it" % current)
    return "".join("\n                 " + line for line in wrong)


# ---------------------------------------------------------------- the vendor's program

def take_transmitter(options, say):
    """Put Renderbus's transfer program where the package finds it; returns the exit code."""
    transmitter.take(this_machine(), options.transmitter, say, only_look=options.dry_run)
    return 0


# ---------------------------------------------------------------- bundle

def make_bundle(options, say):
    """Write a bundle; returns the exit code."""
    if options.dry_run:
        say("Would write %s" % options.make_bundle)
        return 0
    with _source(options) as root:
        vendor = vendoring.folder(root, _cache(), say)
        size = bundle.make(root, vendor, options.make_bundle)
    say("Wrote %s (%.1f MB). On a machine without a network: install.py --bundle %s, or unpack it and run the "
        "install.py inside." % (options.make_bundle, size / 1e6, os.path.basename(options.make_bundle)))
    return 0
