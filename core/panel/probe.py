"""Can Qt show a window here? Where it cannot, it ends the process: so another process tries it first."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import re
import subprocess
import sys
import tempfile
import threading

from .. import compat
from . import libraries

_PATIENCE_S = 30.0
_LOOK_S = 0.02

_TRY = """
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except Exception:
    pass
module = __import__(sys.argv[1] + ".QtWidgets", fromlist=["QApplication"])
module.QApplication(sys.argv[:1])
"""

_PLUGIN = re.compile(r"[Cc]annot load library (\S+?\.so)\b")


def complaint(binding):
    """Let another process make an application, and return a sentence if it ended over that.

    Args:
        binding (str): e.g. "PySide6".

    Returns:
        str: "" where windows can be shown.
    """
    code, said = _try(binding)
    if code == 0:
        return ""
    screen = compat.environ("WAYLAND_DISPLAY") or compat.environ("DISPLAY") or ""
    # Qt's way to X is whole then: what its other ways lack, such as Wayland's, is not the reason.
    if "could not connect to display" in said or "authorization" in said.lower():
        return "Qt cannot open the screen %s. Check DISPLAY, or run this on a desktop." % screen
    names = libraries.missing("\n".join(line for line in said.splitlines() if "load library" in line.lower()))
    found = _PLUGIN.search(said)
    if names and found:
        names = sorted(set(names + libraries.missing(_run(["ldd", found.group(1)])[1])))
    if names:
        return libraries.complaint(names)
    if code is None:
        return "Qt waits for the screen %s, which does not answer. Check DISPLAY, or run this on a desktop." % screen
    lines = [line.strip() for line in said.splitlines() if "Could not" in line or "Error" in line]
    return "Qt cannot show windows here%s. On Linux it needs libraries of the system: %s" % (
        " (%s)" % lines[0].rstrip(".") if lines else "", libraries.advice(sorted(
            name + ".so" for name in libraries.PACKAGES if name.startswith(("libxcb-", "libxkbcommon-x11", "libEGL")))))


def _try(binding):
    environ = dict(os.environ)
    # As this process finds its modules, wherever it was told of them.
    environ[str("PYTHONPATH")] = str(os.pathsep).join(folder for folder in sys.path if folder)
    environ[str("QT_DEBUG_PLUGINS")] = str("1")
    return _run([sys.executable, "-c", _TRY, binding], environ)


def _run(command, environ=None):
    """Run a command; returns its exit code, None if it took too long or cannot be run, and what it said."""
    with tempfile.TemporaryFile() as said:
        with open(os.devnull, "rb") as nothing:
            try:
                child = subprocess.Popen([compat.fs(part) for part in command], stdin=nothing, stdout=said, stderr=said,
                                         env=environ, **compat.group_options())
            except EnvironmentError:
                return None, ""
        pause, until = threading.Event(), compat.monotonic() + _PATIENCE_S
        try:
            while child.poll() is None and compat.monotonic() < until:
                pause.wait(_LOOK_S)
        finally:
            is_late = child.poll() is None
            if is_late:
                child.kill()
            child.wait()
        said.seek(0)
        return (None if is_late else child.returncode), said.read().decode("utf-8", "replace")
