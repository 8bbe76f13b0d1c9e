"""Start a worker: a process of its own that outlives whoever asked for it."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import re
import subprocess
import sys

from .. import compat, places, vendored
from ..errors import SettingsError
from . import process

_PACKAGE = __name__.split(".")[0]

#: What a DCC sets for itself, and what would break another Python or another Qt.
_FOREIGN = re.compile("(?:PYTHON|QT_|QML|DYLD_|LD_LIBRARY_PATH|LD_PRELOAD)", re.I)

#: A plain interpreter by its name; anything else may be a DCC, which would open a second window.
_PLAIN = re.compile(r"(?:python[\d.]*w?|mayapy[\d.]*|3dsmaxpy|pypy[\d.]*)(?:-[\w.]+)?(?:\.exe)?\Z", re.I)

#: Children that were started here, to be asked for when they have ended: else they stay as zombies.
_children = []

_DETACHED_PROCESS, _NEW_GROUP, _BELOW_NORMAL, _NO_WINDOW = 0x8, 0x200, 0x4000, 0x8000000


def own_interpreter(executable=None):
    """Return this process's Python, or None in a program that only has one inside."""
    path = compat.text(executable or sys.executable)
    return path if path and _PLAIN.match(os.path.basename(path)) else None


def package_folder():
    """Return the folder that holds this package."""
    return os.path.dirname(os.path.dirname(compat.absolute(compat.text(sys.modules[_PACKAGE].__file__))))


def dependency_folders():
    """Return where the package's dependencies lie, if not among the interpreter's own modules.

    A worker of an installation finds what came with it by itself: see `vendored`.
    """
    if vendored.is_there():
        return []
    import six  # The one dependency that every side has.
    folder = os.path.dirname(compat.absolute(compat.text(six.__file__)))
    own = [compat.text(prefix) for prefix in (sys.prefix, getattr(sys, "base_prefix", sys.prefix))]
    return [] if any(folder.startswith(prefix.rstrip(os.sep) + os.sep) for prefix in own) else [folder]


def environment(folders, environ=None):
    """Return the environment of a worker.

    Args:
        folders (list of str): Where its modules are found.
        environ (dict, optional): Of the host; by default this process's.

    Returns:
        dict: Native strings.
    """
    environ = os.environ if environ is None else environ
    found = dict((name, value) for name, value in environ.items() if not _FOREIGN.match(compat.text(name)))
    found[str("PYTHONPATH")] = compat.like(os.pathsep.join(folders), str(""))
    # Text in the log is UTF-8, and nobody reads a buffer of a process that was killed.
    found[str("PYTHONIOENCODING")] = str("utf-8:backslashreplace")
    found[str("PYTHONUNBUFFERED")] = str("1")
    return found


def options(windows=compat.WINDOWS):
    """Return the ``Popen`` options of a process that shares no session, group or window with this one."""
    if not windows:
        return dict(compat.group_options(), close_fds=True)
    return {"creationflags": _DETACHED_PROCESS | _NO_WINDOW | _NEW_GROUP | _BELOW_NORMAL, "close_fds": False}


def log_path(job_id):
    """Return the path of a job's log."""
    return os.path.join(places.log_folder(), "job-%d.log" % job_id)


def command(interpreter, job_id, store_path):
    """Return the arguments that work on a job: no secret is among them."""
    return [interpreter, "-m", _PACKAGE, "job", "%d" % job_id, "--store", store_path]


def start(job_id, interpreter, store_path, folders=None):
    """Start a worker.

    Args:
        job_id (int): The job to begin with.
        interpreter (str or None): Path of a plain Python.
        store_path (str): The job store.
        folders (list of str, optional): For its modules; by default this package's and its dependencies'.

    Returns:
        str: The `process.token` of the worker.

    Raises:
        SettingsError: There is no interpreter, or it cannot be started.
    """
    if not interpreter:
        raise SettingsError("No Python is known that could do the transfer. Choose one in Settings > Interpreter.")
    reap()
    folders = [package_folder()] + dependency_folders() if folders is None else folders
    arguments = [compat.fs(argument) for argument in command(interpreter, job_id, store_path)]
    try:
        compat.make_folder(places.log_folder())
        log = os.open(compat.fs(log_path(job_id)), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            with open(os.devnull, "rb") as nothing:
                child = subprocess.Popen(arguments, stdin=nothing, stdout=log, stderr=log, cwd=compat.fs(places.home()),
                                         env=environment(folders), **options())
        finally:
            os.close(log)
    except (OSError, ValueError) as error:
        raise SettingsError("The Python %s cannot be started (%s). Choose another one in Settings > Interpreter."
                            % (interpreter, compat.text(getattr(error, "strerror", None) or error)))
    _children.append(child)
    return process.token(child.pid)


def reap():
    """Let go of workers that have ended."""
    _children[:] = [child for child in _children if child.poll() is None]
