"""The Pythons of this machine."""
from __future__ import absolute_import, division, print_function

import glob
import json
import os
import re
import subprocess
import sys
from collections import namedtuple

from .system import WINDOWS, clean_environ

#: An interpreter. ``version`` like (3, 11, 7); ``venv`` and ``pip`` tell whether it has them,
#: ``wheels`` is the folder with the pip that it brings along, or None.
Python = namedtuple("Python", "executable version venv pip wheels")

_PROBE = """
import glob, json, os, sys
try:
    from importlib.util import find_spec as find
except ImportError:
    from pkgutil import find_loader as find
wheels = None
if find("ensurepip"):
    import ensurepip
    wheels = os.path.join(os.path.dirname(ensurepip.__file__), "_bundled")
    if not glob.glob(os.path.join(wheels, "pip-*.whl")):
        wheels = None
print(json.dumps([sys.executable, list(sys.version_info[:3]),
                  bool(find("venv") and find("ensurepip")), bool(find("pip")), wheels]))
"""


#: A plain interpreter by its name: anything else may be a DCC, which would open a second window.
_PLAIN = re.compile(r"(?:python[\d.]*w?|mayapy[\d.]*|3dsmaxpy|pypy[\d.]*)(?:-[\w.]+)?(?:\.exe)?\Z", re.I)


def own():
    """Return the path of the Python that runs this, or of the plain one of the program that it is inside.

    Returns:
        str: None where there is no plain one.
    """
    if sys.executable and _PLAIN.match(os.path.basename(sys.executable)):
        return sys.executable
    version = "python%d.%d" % sys.version_info[:2]
    for names in ((version,), (version + ".exe",), ("python.exe",), ("bin", version), ("bin", "mayapy"),
                  ("bin", "mayapy.exe"), ("bin", "python"), ("3dsmaxpy.exe",)):
        path = os.path.join(sys.prefix, *names)
        if os.path.isfile(path):
            return path
    return None


def probe(command):
    """Ask an interpreter what it is.

    Args:
        command (list of str): How it is called, e.g. ``["py", "-3.11"]``.

    Returns:
        Python: None when it does not run (a pyenv shim without its version, say).
    """
    try:
        process = subprocess.Popen(list(command) + ["-c", _PROBE], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=clean_environ())
        answer = process.communicate(b"")[0]
    except OSError:
        return None
    try:
        executable, version, venv, pip, wheels = json.loads(answer.decode("utf-8"))
    except ValueError:
        return None
    return Python(executable, tuple(version), venv, pip, wheels)


def with_pip():
    """Return a Python with pip: a current one if there is any, whatever runs this; None where there is none."""
    plain = own()
    this = probe([plain]) if plain else None
    if this and this.version >= (3, 7) and (this.pip or this.wheels):
        return this
    for version in ("3.11", "3.12", "3.13", "3.10", "3.9", "3.8", "3.7"):
        python = find_python(version)
        if python and (python.pip or python.wheels):
            return python
    return this if this and (this.pip or this.wheels) else None


def pip_path(python):
    """Return what has to stand on a Python's path for its pip: the wheel that ensurepip brings, where it has no own."""
    return [] if python.pip else sorted(glob.glob(os.path.join(python.wheels, "*.whl")))


def find_python(version):
    """Return a usable interpreter of a version, None if this machine has none.

    Args:
        version (str): e.g. ``"3.11"``.

    Returns:
        Python: The first that can make an environment.
    """
    wanted = tuple(int(part) for part in version.split("."))
    for command in _candidates(version):
        python = probe(command)
        if python and python.version[:2] == wanted and (python.venv or python.pip or python.wheels):
            return python
    return None


def _candidates(version):
    """Yield commands that may start an interpreter of a version."""
    if version == "%d.%d" % sys.version_info[:2] and own():
        yield [own()]
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        for name in ("python" + version, "python" + version[0], "python"):
            path = os.path.join(folder, name + (".exe" if WINDOWS else ""))
            if folder and os.path.isfile(path):
                yield [path]
    if WINDOWS:
        yield ["py", "-" + version]
    for pattern in _installations(version):
        for path in sorted(glob.glob(pattern), key=_numbers, reverse=True):
            yield [path]


def _installations(version):
    """Return patterns of the places where pyenv, uv and macOS keep interpreters."""
    home = os.path.expanduser("~")
    shims = [folder for folder in os.environ.get("PATH", "").split(os.pathsep)
             if os.path.basename(folder) == "shims"]
    roots = [os.environ.get("PYENV_ROOT")] + [os.path.dirname(folder) for folder in shims]
    roots += [os.path.join(home, ".pyenv"), os.path.join(home, ".pyenv", "pyenv-win")]
    data = os.environ.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share")
    uv = [os.environ.get("UV_PYTHON_INSTALL_DIR"), os.path.join(data, "uv", "python"),
          os.path.join(os.environ.get("APPDATA", home), "uv", "python")]
    program = "python.exe" if WINDOWS else os.path.join("bin", "python")
    found = [os.path.join(root, "versions", version + ".*", program) for root in roots if root]
    # Debug and freethreaded builds ("3.13.0t") are not what the matrix means.
    found += [os.path.join(root, "cpython-%s.*-*" % version, program) for root in uv if root]
    found.append("/Library/Frameworks/Python.framework/Versions/%s/bin/python%s" % (version, version))
    return found


def _numbers(path):
    return [int(number) for number in re.findall(r"\d+", path)]
