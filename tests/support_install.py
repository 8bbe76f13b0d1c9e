# -*- coding: utf-8 -*-
"""Machines of every system in a folder, a small checkout to install from, and readers of what hosts read."""
from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import io
import os
import re
import shutil
import sys

from support_tree import ROOT, native, text

sys.path.insert(0, native(ROOT))
import install
from rayvision_sync_installer import actions, environments, processes, staging, system

SYSTEMS = ("linux", "macos", "windows")

#: Spaces and letters that no single encoding of Windows has.
USER = "J\u00f6rg M\u00fcller \u5f20"

#: Of the package, what an installation needs to be one; all of the hosts come along.
_CORE = ("__init__.py", "vendored.py", "compat.py", "errors.py", "panel/__init__.py", "panel/icons")


def write(path, content=""):
    """Write a text file and the folders above it; returns its path."""
    system.make_folders(os.path.dirname(path))
    with io.open(native(path), "w", encoding="utf-8") as target:
        target.write(content)
    return path


def read(path):
    with io.open(native(path), encoding="utf-8") as source:
        return source.read()


def copy(source, target):
    system.make_folders(os.path.dirname(target))
    if os.path.isdir(native(source)):
        shutil.copytree(native(source), native(target), ignore=shutil.ignore_patterns(
            native("__pycache__"), native("*.pyc")))
    else:
        shutil.copy(native(source), native(target))


def make_checkout(folder, whole=False):
    """Return a checkout with dependencies beside it, as an unpacked bundle has them: no pip, no network.

    Args:
        folder (str): Is created.
        whole (bool): With all of the package.
    """
    for name in ("core",) if whole else ["core/" + name for name in _CORE]:
        copy(os.path.join(ROOT, *name.split("/")), os.path.join(folder, *name.split("/")))
    for name in ("hosts", "installer", "LICENSE", "install.py", "docs/install.md"):
        if os.path.exists(native(os.path.join(ROOT, name))):
            copy(os.path.join(ROOT, *name.split("/")), os.path.join(folder, *name.split("/")))
    import six
    for python in ("py2", "py3"):
        copy(re.sub(r"\.pyc$", ".py", text(six.__file__)), os.path.join(folder, "vendor", python, "six.py"))
        write(os.path.join(folder, "vendor", python, "requests", "__init__.py"), "__version__ = '0'\n")
        write(os.path.join(folder, "vendor", python, "Qt.py"), "__version__ = '0'\n")
    return folder


class Computer(object):
    """A machine of some system, all of it below one folder.

    Args:
        folder (str): An existing folder.
        system_name (str): Of `SYSTEMS`.
        checkout (str): What install.py stands in.
        monkeypatch: Of pytest.
    """

    def __init__(self, folder, system_name, checkout, monkeypatch):
        self.root = folder
        self.system = system_name
        self.checkout = checkout
        self.home = os.path.join(folder, {"windows": "Users", "macos": "Users", "linux": "home"}[system_name], USER)
        self.documents = os.path.join(self.home, "OneDrive", "Documents")
        self.running = []
        self.processor = "x86_64"
        self.environ = {}
        if system_name == "windows":
            self.environ = {
                "ProgramFiles": os.path.join(folder, "Program Files"),
                "LOCALAPPDATA": os.path.join(self.home, "AppData", "Local"),
                "APPDATA": os.path.join(self.home, "AppData", "Roaming"),
                "ProgramData": os.path.join(folder, "ProgramData"), "USERNAME": USER}
        self.environ = {native(name): native(value) for name, value in self.environ.items()}
        system.make_folders(self.documents if system_name == "windows" else self.home)
        monkeypatch.setattr(actions, "this_machine", lambda: self.machine)
        monkeypatch.setattr(staging, "ROOT", checkout)
        monkeypatch.setattr(environments, "cache_folder", lambda: native(os.path.join(self.home, "cache of ours")))

    @property
    def machine(self):
        return system.Machine(self.system, self.environ, self.home, self.root, self.documents, lambda: self.running,
                              self.processor)

    @property
    def base(self):
        return os.path.join(self.machine.data, "rayvision-sync-dcc")

    def set(self, name, value):
        """Set an environment variable."""
        self.environ[native(name)] = native(value)

    def add_program(self, host, version):
        """Put a host where its installer puts it; returns its folder."""
        programs = os.path.join(self.root, "Program Files")
        folder = {
            ("maya", "windows"): os.path.join(programs, "Autodesk", "Maya" + version),
            ("maya", "linux"): self.root + "/usr/autodesk/maya" + version,
            ("maya", "macos"): self.root + "/Applications/Autodesk/maya" + version,
            ("houdini", "windows"): os.path.join(programs, "Side Effects Software", "Houdini %s.332" % version),
            ("houdini", "linux"): self.root + "/opt/hfs%s.332" % version,
            ("houdini", "macos"): self.root + "/Applications/Houdini/Houdini%s.332" % version,
            ("max", "windows"): os.path.join(programs, "Autodesk", "3ds Max " + version),
        }[host, self.system]
        system.make_folders(folder)
        return folder

    def preferences(self, host, version):
        """Return the folder that a host of this system keeps its preferences in: written out, for the tests."""
        library = os.path.join(self.home, "Library", "Preferences")
        return {
            ("maya", "windows"): os.path.join(self.documents, "maya"),
            ("maya", "linux"): os.path.join(self.home, "maya"),
            ("maya", "macos"): os.path.join(library, "Autodesk", "maya"),
            ("houdini", "windows"): os.path.join(self.documents, "houdini" + version),
            ("houdini", "linux"): os.path.join(self.home, "houdini" + version),
            ("houdini", "macos"): os.path.join(library, "houdini", version),
            ("max", "windows"): os.path.join(self.home, "AppData", "Roaming", "Autodesk", "ApplicationPlugins"),
        }[host, self.system]

    def run(self, *arguments):
        """Run install.py on this machine; returns its exit code."""
        return install.main([native(argument) for argument in arguments])

    def process(self, name="maya.bin", words="", started=None, pid=4711):
        """Let a program run."""
        self.running.append(processes.Process(pid, name, started, words))


def snapshot(folder, times=False):
    """Return what a folder holds: relative path -> digest of a file, None of a folder; with times, those of changes."""
    found = {}
    for parent, folders, names in os.walk(native(folder)):
        for name in folders + names:
            path = os.path.join(parent, name)
            content = None
            if os.path.isfile(path):
                with io.open(path, "rb") as source:
                    content = hashlib.sha256(source.read()).hexdigest()
            changed = os.stat(path).st_mtime if times and content else None
            found[text(os.path.relpath(path, native(folder)))] = (content, changed)
    return found


# ---------------------------------------------------------------- what hosts read

_SPECIFIER = re.compile(r"\+ MAYAVERSION:(\d{4}) PLATFORM:(win64|mac|linux) (\w+) ([\d.]+) (\S.*)\Z")
_OVERRIDE = re.compile(r"(icons|scripts|plug-ins|presets): (\S.*)\Z")
_VARIABLE = re.compile(r"(\w+)(\+?:?=)(\S.*)\Z")


def parse_module(path):
    """Return the blocks of a Maya module file by (version, platform), as Maya's rules read it.

    Each is a dict: "path" of the module and its "icons", absolute.
    """
    blocks, block = {}, None
    for line in read(path).splitlines():
        specifier, override = _SPECIFIER.match(line), _OVERRIDE.match(line)
        if specifier:
            version, platform, name, _, module = specifier.groups()
            assert name == "rayvision_sync" and (version, platform) not in blocks
            block = {"path": os.path.normpath(os.path.join(os.path.dirname(path), module))}
            blocks[version, platform] = block
        elif override:
            block[override.group(1)] = os.path.normpath(os.path.join(block["path"], override.group(2)))
        else:
            assert not line.strip() or _VARIABLE.match(line), "Maya would not understand: %s" % line
    return blocks
