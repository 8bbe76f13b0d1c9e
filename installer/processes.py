"""Who still uses a copy: workers of the job store, hosts that run, and whoever names its folder."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import re
import time
from collections import namedtuple

from . import places, system

#: A program of this user. ``started``: seconds since 1970, None where the system does not tell; ``words``: its
#: command line and environment as one text, "" where they cannot be read.
Process = namedtuple("Process", "pid name started words")

#: Names of the hosts' programs. What they imported from a copy they may go on importing from, at any click.
_HOSTS = re.compile(r"(maya(\.bin|\.exe)?|houdini\w*(-bin)?(\.exe)?|hindie(-bin)?(\.exe)?|happrentice(-bin)?(\.exe)?|"
                    r"hmaster(-bin)?(\.exe)?|3dsmax(\.exe)?)\Z", re.I)

_LIVE = ("queued", "running", "paused")


def running():
    """Return the Processes of this machine."""
    if os.path.isdir("/proc/self"):
        return list(_of_linux())
    return list(_of_windows() if system.WINDOWS else _of_ps())


def _of_linux(proc="/proc"):
    boot = _boot_time(proc)
    ticks = float(os.sysconf(str("SC_CLK_TCK")))
    for name in os.listdir(proc):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        folder = os.path.join(proc, name)
        try:
            if os.stat(folder).st_uid != os.getuid():
                continue
            state = (system.read(os.path.join(folder, "stat")) or b"").decode("utf-8", "replace")
            program, fields = state[state.index("(") + 1:state.rindex(")")], state.rpartition(")")[2].split()
        except (OSError, ValueError):
            continue  # Gone while it was looked at.
        if fields[0] == "Z":
            continue
        words = b"\n".join(system.read(os.path.join(folder, part)) or b"" for part in ("cmdline", "environ"))
        started = boot + int(fields[19]) / ticks if boot else None
        yield Process(int(name), program, started, words.replace(b"\0", b"\n").decode("utf-8", "replace"))


def _boot_time(proc):
    found = re.search(br"^btime (\d+)", system.read(os.path.join(proc, "stat")) or b"", re.M)
    return float(found.group(1)) if found else None


def _of_ps(now=time.time):
    listing = _output(["ps", "-U", "%d" % os.getuid(), "-o", "pid=", "-o", "etime=", "-o", "comm="])
    for line in listing.splitlines():
        found = re.match(r"\s*(\d+)\s+(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)\s+(\S.*)", line)
        if found and int(found.group(1)) != os.getpid():
            days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:5])
            age_s = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
            # Its environment is not told: it may name a copy.
            yield Process(int(found.group(1)), os.path.basename(found.group(6).strip()), now() - age_s, "")


def _of_windows():
    for line in _output(["tasklist", "/FO", "CSV", "/NH"]).splitlines():
        cells = re.findall('"([^"]*)"', line)
        if len(cells) > 1 and cells[1].isdigit() and int(cells[1]) != os.getpid():
            yield Process(int(cells[1]), cells[0], None, "")


def _output(command):
    try:
        return system.run(command)[1]
    except OSError:
        return ""


# ---------------------------------------------------------------- the job store

def workers(machine):
    """Return the process numbers that the job store names as workers of jobs that are not at their end.

    Raises:
        StoreUnknown: There is a store, and it cannot be read.
    """
    found = set()
    for folder in _store_folders(machine):
        for name in ("jobs.sqlite", "jobs-old.sqlite"):
            path = os.path.join(folder, name)
            if machine.is_file(path):
                found.update(_workers_of(path))
    return found


class StoreUnknown(Exception):
    """Whether a transfer runs cannot be known."""


def _store_folders(machine):
    user = "%d" % os.getuid() if hasattr(os, "getuid") else machine.variable("USERNAME")
    return [places.user_folder(machine), machine.usual("/var/tmp/rayvision_sync-" + user)]


def _workers_of(path):
    try:
        import sqlite3
    except ImportError as error:
        raise StoreUnknown(system.text(str(error)))
    try:
        database = sqlite3.connect(system.native(path), timeout=5)
        try:
            rows = database.execute("SELECT worker FROM job WHERE state IN (?, ?, ?) AND worker IS NOT NULL",
                                    _LIVE).fetchall()
        finally:
            database.close()
    except sqlite3.Error as error:
        raise StoreUnknown(system.text(str(error)))
    for row in rows:
        try:
            yield int(json.loads(row[0])["pid"])
        except (ValueError, KeyError, TypeError):
            continue


def users(folder, machine, since=None):
    """Return who may still need a copy, as texts for people; empty when nobody does.

    Args:
        folder (str): The copy's.
        machine (Machine): This one.
        since (float, optional): Seconds since 1970 when hosts began to find another copy: who started later needs
            only that one.
    """
    found = []
    try:
        busy = workers(machine)
    except StoreUnknown as error:
        return ["the job store, which cannot be read (%s)" % error]
    spellings = (folder, folder.replace("\\", "/"))
    for process in machine.processes():
        names_it = any(spelling in process.words for spelling in spellings)
        if names_it or (process.pid in busy and not process.words):
            found.append("a transfer" if process.pid in busy else process.name)
        elif _HOSTS.match(process.name) and not (
                since is not None and process.started is not None and process.started > since):
            found.append(process.name)
        else:
            continue
        found[-1] += " (process %d)" % process.pid
    return found
