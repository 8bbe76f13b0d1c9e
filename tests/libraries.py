"""The system's libraries that Qt needs on Linux, which no wheel brings along.

tests/run.py installs what is missing where it may (root, apt-get); the panel's tests name what is still missing.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import ctypes
import glob
import os
import subprocess
import sys

#: File -> package of Debian and Ubuntu.
PACKAGES = (
    ("libGL.so.1", "libgl1"), ("libEGL.so.1", "libegl1"), ("libxkbcommon.so.0", "libxkbcommon0"),
    ("libdbus-1.so.3", "libdbus-1-3"), ("libX11.so.6", "libx11-6"), ("libglib-2.0.so.0", "libglib2.0-0"),
    ("libgthread-2.0.so.0", "libglib2.0-0"), ("libfontconfig.so.1", "libfontconfig1"),
)

FONTS = ("/usr/share/fonts/*/*/*.ttf", "/usr/share/fonts/*/*/*.otf", "/usr/share/fonts/*/*.ttf")
FONT_PACKAGE = "fonts-dejavu-core"

UPDATE_S, INSTALL_S = 180, 420


def missing():
    """Return the packages that are missing; an empty list elsewhere than on Linux."""
    if not sys.platform.startswith("linux"):
        return []
    found = [package for name, package in PACKAGES if not _loads(name)]
    if not any(glob.glob(pattern) for pattern in FONTS):
        found.append(FONT_PACKAGE)
    return sorted(set(found))


def _loads(name):
    try:
        ctypes.CDLL(str(name))
    except OSError:
        return False
    return True


def sentence():
    """Return what to do about missing packages, "" where none is."""
    packages = missing()
    return "Qt cannot start without these packages: sudo apt-get install %s" % " ".join(packages) if packages else ""


def prepare():
    """Install what is missing, quietly and within minutes, where this is possible."""
    packages = missing()
    if not packages:
        return
    program = next((path for path in ("/usr/bin/apt-get", "/bin/apt-get") if os.path.exists(path)), None)
    if program is None or os.geteuid() != 0:
        print("%s. Until then the panel's tests are skipped." % sentence())
        return
    print("Installing libraries for Qt: %s" % " ".join(packages))
    sys.stdout.flush()
    environ = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    install = ["install", "-y", "--no-install-recommends"] + packages
    for arguments, seconds in ((["update"], UPDATE_S), (install, INSTALL_S)):
        if not _run([program, "-qq", "-o", "DPkg::Lock::Timeout=120"] + arguments, seconds, environ):
            break
    if missing():
        print("apt-get did not bring them. %s. Until then the panel's tests are skipped." % sentence())


def _run(command, seconds, environ):
    with open(os.devnull, "r+b") as nothing:
        try:
            return subprocess.call(command, stdin=nothing, stdout=nothing, stderr=nothing, env=environ,
                                   timeout=seconds) == 0
        except (OSError, subprocess.TimeoutExpired):
            return False
