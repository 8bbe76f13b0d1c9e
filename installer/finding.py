"""Which hosts are on a machine, and where they keep their preferences."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import re
from collections import namedtuple

from . import hosts

#: A host. ``program``: its folder, "" where only its preferences were found; ``prefs``: where our files go.
Found = namedtuple("Found", "host version program prefs")


def find(machine, names=hosts.NAMES):
    """Return the hosts of a machine, those that are supported.

    Args:
        machine (Machine): Where to look.
        names (list of str): Which.

    Returns:
        list of Found: By host and version.
    """
    found = []
    for host in names:
        programs, prefs = _PROGRAMS[host](machine), _PREFERENCES[host](machine)
        for version in sorted(set(programs) | set(prefs), key=hosts.order):
            if hosts.is_supported(host, version):
                found.append(Found(host, version, programs.get(version, ""), preferences(machine, host, version)))
    return found


def preferences(machine, host, version):
    """Return the folder of a host that our files go to, whether it exists or not."""
    return _FOLDERS[host](machine, version)


def _numbered(machine, folder, pattern):
    """Return version -> path of the folders in a folder whose names match."""
    found = {}
    for name in machine.folders(folder):
        match = re.match(pattern, name, re.I)
        if match:
            found[match.group(1)] = os.path.join(folder, name)
    return found


def _programs(machine, folder, name, rest, variable):
    """Return version -> path of a host's programs: those in their usual folder, and the one that a variable names.

    Args:
        machine (Machine): Where to look.
        folder (str): The usual one.
        name (str): Pattern of a program's folder; its group is the version.
        rest (str): Pattern of what may follow in the usual folder.
        variable (str): Names a program's folder, wherever that is.
    """
    found = _numbered(machine, folder, name + rest)
    location = machine.variable(variable)
    version = re.search(name, location, re.I)
    if version and machine.is_folder(location):
        found[version.group(1)] = location
    return found


def _program_files(machine, vendor):
    # A Python of 32 bits is told another folder, which these programs are not in.
    top = machine.variable("ProgramW6432") or machine.variable("ProgramFiles")
    return os.path.join(top, vendor) if top else ""


# ---------------------------------------------------------------- Maya

def _maya_programs(machine):
    usual = {"windows": _program_files(machine, "Autodesk"),
             "macos": machine.usual("/Applications/Autodesk"), "linux": machine.usual("/usr/autodesk")}
    return _programs(machine, usual[machine.system], r"maya(20\d\d)", r"\Z", "MAYA_LOCATION")


def _maya_folder(machine, version=None):
    """Return Maya's folder of this user: all versions share its modules."""
    chosen = machine.variable("MAYA_APP_DIR").rstrip("\\/")
    if chosen:
        return chosen
    if machine.system == "windows":
        return os.path.join(machine.documents, "maya")
    if machine.system == "macos":
        return os.path.join(machine.home, "Library", "Preferences", "Autodesk", "maya")
    return os.path.join(machine.home, "maya")


def _maya_preferences(machine):
    return _numbered(machine, _maya_folder(machine), r"(20\d\d)\Z")


# ---------------------------------------------------------------- Houdini

def _houdini_programs(machine):
    usual = {"windows": _program_files(machine, "Side Effects Software"),
             "macos": machine.usual("/Applications/Houdini"), "linux": machine.usual("/opt")}
    return _programs(machine, usual[machine.system], r"(?:hfs|houdini ?)(\d+\.\d)", r"[.\d]*\Z", "HFS")


def _houdini_folder(machine, version):
    chosen = machine.variable("HOUDINI_USER_PREF_DIR").rstrip("\\/")
    if chosen:
        return chosen.replace("__HVER__", version)
    if machine.system == "windows":
        return os.path.join(machine.documents, "houdini" + version)
    if machine.system == "macos":
        return os.path.join(machine.home, "Library", "Preferences", "houdini", version)
    return os.path.join(machine.home, "houdini" + version)


def _houdini_preferences(machine):
    parent, name = os.path.split(_houdini_folder(machine, "__HVER__"))
    before, mark, after = name.partition("__HVER__")
    return _numbered(machine, parent, re.escape(before) + r"(\d+\.\d)" + re.escape(after) + r"\Z") if mark else {}


# ---------------------------------------------------------------- 3ds Max

def _max_programs(machine):
    if machine.system != "windows":
        return {}
    found = _numbered(machine, _program_files(machine, "Autodesk"), r"3ds max (20\d\d)\Z")
    for name in machine.variables():
        version = re.match(r"ADSK_3DSMAX_x64_(20\d\d)\Z", name, re.I)
        if version and machine.is_folder(machine.variable(name)):
            found[version.group(1)] = machine.variable(name).rstrip("\\/")
    return found


def _max_folder(machine, version=None):
    """Return where 3ds Max looks for bundles of this user: all versions share them."""
    return os.path.join(machine.roaming, "Autodesk", "ApplicationPlugins")


def start_up_folders(machine, version):
    """Return the folders of a 3ds Max whose scripts run at its start, one for each language that was used."""
    chosen = machine.variable("ADSK_3DSMAX_APPDATA_DIR").rstrip("\\/")
    top = os.path.dirname(chosen) if chosen else os.path.join(
        machine.data, "Autodesk", "3dsMax", version + " - 64bit")
    languages = [name for name in machine.folders(top) if re.match(r"[A-Z]{3}\Z", name)]
    return [os.path.join(top, name, "scripts", "startup") for name in languages or ["ENU"]]


def _max_preferences(machine):
    if machine.system != "windows":
        return {}
    return _numbered(machine, os.path.join(machine.data, "Autodesk", "3dsMax"), r"(20\d\d) - 64bit\Z")


_PROGRAMS = {hosts.MAYA: _maya_programs, hosts.HOUDINI: _houdini_programs, hosts.MAX: _max_programs}
_PREFERENCES = {hosts.MAYA: _maya_preferences, hosts.HOUDINI: _houdini_preferences, hosts.MAX: _max_preferences}
_FOLDERS = {hosts.MAYA: _maya_folder, hosts.HOUDINI: _houdini_folder, hosts.MAX: _max_folder}
