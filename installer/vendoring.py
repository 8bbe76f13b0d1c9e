"""The packages that hosts' Pythons lack: fetched once by pip, or found where a bundle was unpacked."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import shutil
import sys

from . import environments, interpreters, staging, system
from .errors import SetupFailed

#: Folder of a copy -> what pip is told about its Python; and the file with its pins.
PYTHONS = (("py2", "2.7", "vendor-py2.txt"), ("py3", "3.7", "vendor-py3.txt"))

#: Where an unpacked bundle has them.
FOLDER = "vendor"

#: Of no use in a host, or different each time.
_UNWANTED = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")

_OFFLINE = (" Where there is no network at all: write a bundle on another machine (python3 install.py --make-bundle "
            "rayvision_sync.zip), and run install.py --bundle rayvision_sync.zip here.")

_NO_PIP = ("The packages that hosts need (%s) are fetched by pip, and no Python of this machine has it. Write a bundle "
           "on a machine that has (python3 install.py --make-bundle rayvision_sync.zip), and run here: "
           "%s install.py --bundle rayvision_sync.zip")


def folder(root, cache, say):
    """Return the folder with py2 and py3, made on the first call.

    Args:
        root (str): A checkout, or an unpacked bundle that brings them along.
        cache (str): Folder to keep them in.
        say (callable): Is told in a line what takes long.

    Raises:
        SetupFailed: There is no pip, or it cannot reach its index.
    """
    brought = os.path.join(root, FOLDER)
    if all(os.path.isdir(system.fs(os.path.join(brought, name))) for name, _, _ in PYTHONS):
        return brought
    pins = [(pin, os.path.join(root, "installer", pin)) for _, _, pin in PYTHONS]
    made = os.path.join(cache, staging.digest(pins)[:12])
    if os.path.isdir(system.fs(made)):
        return made
    python = interpreters.with_pip()
    if python is None:
        raise SetupFailed(_NO_PIP % (", ".join(names(root)), os.path.basename(system.text(sys.executable or "python"))))
    system.make_folders(cache)
    with environments.locked(system.native(made + ".lock")):
        if not os.path.isdir(system.fs(made)):
            say("Fetching what the hosts' Pythons lack, once: %s ..." % ", ".join(names(root)))
            try:
                _make(made, root, python)
            except SetupFailed as error:
                raise SetupFailed("%s%s" % (error, _OFFLINE))
    return made


def forget(cache):
    """Remove what was kept for the next installation."""
    shutil.rmtree(system.fs(cache), ignore_errors=True)
    system.remove_folder(os.path.dirname(cache))


def names(root):
    """Return the names of the packages of both."""
    found = set()
    for _, _, pin in PYTHONS:
        lines = (system.read(os.path.join(root, "installer", pin)) or b"").decode("utf-8").splitlines()
        found.update(line.split("==")[0] for line in lines if "==" in line and not line.startswith("#"))
    return sorted(found)


def _make(made, root, python):
    part = made + ".part"
    shutil.rmtree(system.fs(part), ignore_errors=True)
    system.make_folders(part)
    pip_path = interpreters.pip_path(python)
    try:
        for name, version, pin in PYTHONS:
            target = os.path.join(part, name)
            command = [python.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile",
                       "--only-binary=:all:", "--platform", "any", "--implementation", "py", "--abi", "none",
                       "--python-version", version, "--require-hashes", "--target", target,
                       "-r", os.path.join(root, "installer", pin)]
            environments.run_logged([system.native(word) for word in command], system.clean_environ(pip_path),
                                    system.native(made + ".log"))
            _strip(target)
        os.rename(system.fs(part), system.fs(made))
    finally:
        shutil.rmtree(system.fs(part), ignore_errors=True)


def _strip(target):
    """Remove type stubs, programs, and what pip notes for itself."""
    for name, path in staging.files_below(target):
        parts = name.split("/")
        in_info = parts[0].endswith(".dist-info")
        if parts[0] == "bin" or parts[0].endswith("-stubs") or name.endswith((".pyi", "/py.typed")) or (
                in_info and parts[-1] in _UNWANTED):
            system.remove_file(path)
    for parent, _, _ in os.walk(system.fs(target), topdown=False):
        if parent != system.fs(target):
            system.remove_folder(system.text(parent))

