"""Try this package, or put it where a host finds it. Standard library only.

    python3 install.py --demo [--panel] [--root DIR] [--frames 1-12] [--project FOLDER]

``--demo`` makes a private Python environment in the user's cache folder (the
second run finds it there), and runs the whole main job on this machine: local
farm, upload, submission, frames, verification. With ``--panel`` it opens the
panel on that farm instead, with the sample scene chosen: you press the button.
Nothing outside that cache folder and ``--root`` is touched.
"""
from __future__ import absolute_import, division, print_function

import argparse
import contextlib
import glob
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple

HERE = os.path.dirname(os.path.abspath(__file__))
OLDEST = (3, 7)
WINDOWS = os.name == "nt"

#: Import name of each folder of the checkout, parents first.
PACKAGES = (("rayvision_sync", "core"), ("rayvision_sync/hosts", "hosts"))

#: Raise it when environments are made differently, so that old ones are not taken.
_FORMAT = 1

_DAY_S = 86400.0
_LOG_LINES = 12
_PIP_ADVICE = (" If pip could not reach its package index, set HTTPS_PROXY or PIP_INDEX_URL, "
               "or connect this machine, and run this again.")

#: An interpreter. ``version`` like (3, 11, 7); ``venv`` and ``pip`` tell whether it has them,
#: ``wheels`` is the folder with the pip that it brings along, or None.
Python = namedtuple("Python", "executable version venv pip wheels")

#: A place with packages: ``python`` to run, ``path`` a list of folders for PYTHONPATH.
Environment = namedtuple("Environment", "python path")

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


class SetupFailed(Exception):
    """What happened, to what, and what to do, in a sentence or two."""


# ---------------------------------------------------------------- interpreters

def probe(command):
    """Ask an interpreter what it is.

    Args:
        command (list of str): How it is called, e.g. ``["py", "-3.11"]``.

    Returns:
        Python: None when it does not run (a pyenv shim without its version, say).
    """
    try:
        process = subprocess.Popen(list(command) + ["-c", _PROBE], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=clean_environ())
        answer = process.communicate()[0]
    except OSError:
        return None
    try:
        executable, version, venv, pip, wheels = json.loads(answer.decode("utf-8"))
    except ValueError:
        return None
    return Python(executable, tuple(version), venv, pip, wheels)


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
    if version == "%d.%d" % sys.version_info[:2]:
        yield [sys.executable]
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


# ---------------------------------------------------------------- environments

def cache_folder():
    """Return this user's cache folder for us; it may not exist yet."""
    base = os.environ.get("XDG_CACHE_HOME")
    if not base and WINDOWS:
        base = os.environ.get("LOCALAPPDATA")
    return os.path.join(base or os.path.join(os.path.expanduser("~"), ".cache"), "rayvision-sync-dcc")


def clean_environ(path=()):
    """Return this process's environment without what a host or a shell set for its own Python.

    Args:
        path (list of str): Folders for PYTHONPATH.
    """
    environ = dict(os.environ)
    for name in ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__",
                 "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_REQUIRE_VIRTUALENV"):
        environ.pop(name, None)
    environ.update(PYTHONNOUSERSITE="1", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")
    if path:
        environ["PYTHONPATH"] = os.pathsep.join(path)
    return environ


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
        pip_path = [] if python.pip else sorted(glob.glob(os.path.join(python.wheels, "*.whl")))
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
        out.write(("$ %s\n" % " ".join(command)).encode("utf-8"))
        out.flush()
        code = subprocess.call(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env=environ)
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
    except (IOError, OSError):
        return False
    return True


# ---------------------------------------------------------------- this checkout

def choose_python():
    """Return the interpreter for the private environment.

    Raises:
        SetupFailed: None can make one.
    """
    own = probe([sys.executable])
    if own and (own.venv or own.pip):
        return own
    for version in ("3.11", "3.12", "3.13", "3.10", "3.9", "3.8", "3.7"):
        python = find_python(version)
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
    files = [os.path.join(HERE, "requirements.txt")]
    if with_panel:
        files.append(os.path.join(HERE, "tests", "requirements", "qt.txt"))
    folder = os.path.join(cache_folder(), environment_name("panel" if with_panel else "run", python, files))
    return make_environment(folder, python, [["--no-deps", "-r", path] for path in files])


def has_display():
    """Tell whether Qt finds a screen: on Linux it would end the process where it does not."""
    return not sys.platform.startswith("linux") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def stage_package(cache, now=time.time):
    """Copy the package out of the checkout, under its import name.

    Args:
        cache (str): Folder to keep it in; it is copied again only when the source changed.
        now (callable): Seconds since 1970.

    Returns:
        str: The folder for PYTHONPATH.
    """
    digest = hashlib.sha256()
    for name, path in _sources():
        digest.update(name.encode("utf-8") + b"\0")
        with io.open(path, "rb") as source:
            digest.update(hashlib.sha256(source.read()).digest())
    folder = os.path.join(cache, "package-" + digest.hexdigest()[:12])
    if os.path.isdir(folder):
        os.utime(folder, None)
        return folder
    part = "%s.%d.part" % (folder, os.getpid())
    for name, path in _sources():
        target = os.path.join(part, *name.split("/"))
        if not os.path.isdir(os.path.dirname(target)):
            os.makedirs(os.path.dirname(target))
        shutil.copyfile(path, target)
    try:
        os.rename(part, folder)
    except OSError:
        # Another run was first.
        shutil.rmtree(part, ignore_errors=True)
    _remove_old_packages(cache, folder, now)
    return folder


def _sources():
    """Return ``(name below the import root, path)`` of every file of the package."""
    found = []
    for package, folder in PACKAGES:
        top = os.path.join(HERE, folder)
        for parent, folders, names in os.walk(top):
            folders[:] = [name for name in folders if name != "__pycache__"]
            below = os.path.relpath(parent, top).replace(os.sep, "/")
            prefix = package if below == "." else package + "/" + below
            found.extend((prefix + "/" + name, os.path.join(parent, name))
                         for name in names if not name.endswith((".pyc", ".pyo")))
    return sorted(found)


def _remove_old_packages(cache, keep, now):
    """Remove copies of earlier states that no run used for a week."""
    for folder in glob.glob(os.path.join(cache, "package-*")):
        if folder != keep and now() - os.path.getmtime(folder) > 7 * _DAY_S:
            shutil.rmtree(folder, ignore_errors=True)


# ---------------------------------------------------------------- running

@contextlib.contextmanager
def progress(label):
    """Print what is being prepared, and how long it took."""
    began = time.time()
    print(label + " ... ", end="")
    sys.stdout.flush()
    try:
        yield
    except BaseException:
        print("failed")
        raise
    print("done in %.0f s" % (time.time() - began))
    sys.stdout.flush()


def run_through(command, environ):
    """Run a command in the foreground; signals reach it, its exit code is returned."""
    process = subprocess.Popen(command, env=environ)
    signal.signal(signal.SIGTERM, lambda number, frame: process.terminate())
    # A terminal's Ctrl-C reaches the child as well: it gets the time to end cleanly.
    steps = iter((lambda: None, lambda: process.send_signal(signal.SIGINT) if not WINDOWS else None,
                  process.terminate, process.kill))
    patience_s = None
    while True:
        try:
            code = process.wait(patience_s)
            return code if code >= 0 else 128 - code
        except KeyboardInterrupt:
            patience_s = 1.5
            next(steps, process.kill)()
        except subprocess.TimeoutExpired:
            patience_s = 10
            next(steps, process.kill)()


def demo(options):
    """Run the whole main job against a local farm, in a private environment."""
    if options.panel and not has_display():
        raise SetupFailed("There is no screen to show the panel on (neither DISPLAY nor WAYLAND_DISPLAY is set). "
                          "Run it on a desktop, or without --panel.")
    with progress("Preparing a private Python%s" % (" with Qt" if options.panel else "")):
        environment = private_python(options.panel)
        package = stage_package(cache_folder())
    command = [environment.python, "-m", "rayvision_sync", "demo", "--root", options.root, "--frames", options.frames]
    if options.project:
        command += ["--project", options.project]
    if options.scene:
        command += ["--scene", options.scene]
    if options.panel:
        command.append("--panel")
    environ = clean_environ([package] + environment.path)
    # Neither a rayvision_sync in the current folder nor an ASCII locale may get in the way.
    environ["PYTHONSAFEPATH"] = "1"
    if not WINDOWS:
        environ["PYTHONUTF8"] = "1"
    return run_through(command, environ)


#: Option -> what it does; the first one that is given is done.
ACTIONS = (("demo", demo),)


def read_options(arguments):
    """Return the parsed command line."""
    parser = argparse.ArgumentParser(
        prog="install.py", formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
    parser.add_argument("--demo", action="store_true", help="run the main job on this machine")
    parser.add_argument("--panel", action="store_true", help="with --demo: open the panel on it")
    parser.add_argument("--root", default="demo", metavar="DIR", help="the demo's folder (default: %(default)s)")
    parser.add_argument("--frames", default="1-12", help="frames to render (default: %(default)s)")
    parser.add_argument("--project", metavar="FOLDER", help="a project of your own instead of the sample")
    parser.add_argument("--scene", metavar="FILE", help="of that project, where it is not found by itself")
    options = parser.parse_args(arguments)
    if not any(getattr(options, name) for name, _ in ACTIONS):
        parser.error("nothing to do: try --demo")
    return options


def main(arguments=None):
    """Run the command line; returns the exit code."""
    if sys.version_info < OLDEST:
        print("install.py needs Python 3.7 or newer, and this is %d.%d. Run it as: python3 install.py"
              % sys.version_info[:2])
        return 2
    options = read_options(arguments)
    try:
        return next(action for name, action in ACTIONS if getattr(options, name))(options)
    except SetupFailed as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
