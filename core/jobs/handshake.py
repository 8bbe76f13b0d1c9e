"""Can this Python do a transfer? Found out before anything else, and said in words that help."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import os
import subprocess
import sys
import threading

from .. import compat

log = logging.getLogger(__name__)

_NAMES = ("python3", "python", "python3.13", "python3.12", "python3.11", "python3.10", "python3.9")
_FOLDERS = ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/opt/local/bin")
_ASK = "import sys, ssl; print('%d.%d|%s' % (sys.version_info[0], sys.version_info[1], ssl.OPENSSL_VERSION))"
_ASK_S = 10.0
_MOST_FOUND = 3


def report():
    """Return what this Python is and has.

    Returns:
        dict: "python", "executable", "ssl" and "requests" as text; "ssl_error" or "requests_error" instead of a
        version where the import fails.
    """
    found = {"python": compat.text(sys.version.split()[0]), "executable": compat.text(sys.executable or "")}
    try:
        import ssl
        found["ssl"] = compat.text(ssl.OPENSSL_VERSION)
    except (ImportError, OSError, AttributeError) as error:
        found["ssl_error"] = compat.text_type(error)
    try:
        # By its name: only the API's client uses it.
        found["requests"] = compat.text(__import__(str("requests")).__version__)
    except Exception as error:  # Half an installation can raise anything.
        found["requests_error"] = "%s: %s" % (type(error).__name__, compat.text_type(error))
    return found


def complaint(found, host=None, search=None):
    """Return the sentence for a Python that cannot do transfers; None for one that can.

    Args:
        found (dict): From `report`.
        host (str, optional): The program that it belongs to, e.g. "Maya 2018".
        search (callable, optional): Returns other interpreters as text.
    """
    if "ssl_error" not in found and "requests_error" not in found:
        return None
    who = "This %s's Python" % host if host else "The Python %s" % found["executable"]
    if "ssl_error" in found:
        what = "has no working TLS (ssl cannot be imported)"
    else:
        what = "cannot load the module requests (%s)" % found["requests_error"]
    others = (search or interpreters)()
    return "%s %s. Choose another Python in Settings > Interpreter%s." % (
        who, what, "; found: %s" % ", ".join(others) if others else
        ", after you have installed one from python.org: none with TLS was found")


def interpreters(candidates=None):
    """Return other interpreters of this computer that have TLS, e.g. "/usr/bin/python3 (3.10, OpenSSL 3.0.2)"."""
    found, seen = [], set([_real(compat.text(sys.executable or ""))])
    for path in candidates or _candidates():
        if len(found) == _MOST_FOUND:
            break
        if _real(path) in seen or not os.path.isfile(compat.fs(path)):
            continue
        seen.add(_real(path))
        answer = _ask(path)
        if answer:
            version, _, ssl = answer.partition("|")
            found.append("%s (%s, %s)" % (path, version, " ".join(ssl.split()[:2])))
    return found


def _real(path):
    return compat.from_fs(os.path.realpath(compat.fs(path)))


def _candidates():
    folders = [folder for folder in (compat.environ("PATH") or "").split(os.pathsep) if folder] + list(_FOLDERS)
    ending = ".exe" if compat.WINDOWS else ""
    for folder in folders:
        for name in _NAMES:
            yield os.path.join(folder, name + ending)
    if compat.WINDOWS:
        base = os.path.join(compat.environ("LOCALAPPDATA") or "", "Programs", "Python")
        for name in sorted(os.listdir(base), reverse=True) if os.path.isdir(base) else ():
            yield os.path.join(base, name, "python.exe")


def _ask(path):
    """Return what an interpreter says of itself; empty where it says nothing in time."""
    environ = dict((name, value) for name, value in os.environ.items()
                   if not compat.text(name).upper().startswith("PYTHON"))
    try:
        child = subprocess.Popen([compat.fs(path), "-c", _ASK], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, env=environ, **compat.group_options())
    except (OSError, ValueError):
        return ""
    timer = threading.Timer(_ASK_S, compat.signal_group, (child, True))
    timer.start()
    try:
        out = child.communicate(b"")[0]
    finally:
        timer.cancel()
    return compat.text(out).strip() if child.returncode == 0 else ""
