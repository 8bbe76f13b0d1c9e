"""The machine that hosts are installed on: its folders and processes. Tests put another one in its place."""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import hashlib
import io
import os
import platform
import subprocess
import sys

WINDOWS = os.name == "nt"
PY2 = sys.version_info[0] == 2

#: Below the user's data folder; also the name of the distribution.
FOLDER = "rayvision-sync-dcc"

_CSIDL_PERSONAL = 5

#: A console program that a DCC starts would flash up.
_NO_WINDOW = 0x8000000

#: What a host or a shell set for its own Python.
_FOREIGN = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__",
            "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_REQUIRE_VIRTUALENV")

#: Set inside a DCC: then the libraries of the path below are its own, and no other program's.
_INSIDE = ("MAYA_LOCATION", "HFS")
_LIBRARIES = ("LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_LIBRARY_PATH", "DYLD_INSERT_LIBRARIES")


def text(value):
    """Return a path or a variable as text."""
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode(sys.getfilesystemencoding() or "utf-8")
    except UnicodeDecodeError:
        return value.decode("utf-8", "replace")


def native(value):
    """Return text as the type that ``str`` is here: what processes and environments take."""
    if PY2 and not isinstance(value, bytes):
        return value.encode("mbcs" if WINDOWS else "utf-8")
    return value


def fs(path):
    """Return a path as the system's calls take it: on 2.7 a locale without an encoding must not matter."""
    return path if WINDOWS else native(path)


def clean_environ(path=()):
    """Return this process's environment without what a host or a shell set for its own Python.

    Args:
        path (list of str): Folders for PYTHONPATH.
    """
    environ = dict(os.environ)
    inside = any(environ.get(name) for name in _INSIDE)
    for name in _FOREIGN + (_LIBRARIES if inside else ()):
        environ.pop(name, None)
    for name in ("PYTHONNOUSERSITE", "PIP_DISABLE_PIP_VERSION_CHECK", "PIP_NO_INPUT"):
        environ[str(name)] = str("1")
    if path:
        environ[str("PYTHONPATH")] = native(os.pathsep.join(path))
    return environ


def run(command, environ=None):
    """Run a program without a window and without input.

    Args:
        command (list of str): It and its arguments.
        environ (dict, optional): Its environment; by default this process's.

    Returns:
        tuple: Its exit code, and what it said on both channels (str).

    Raises:
        OSError: It cannot be started.
    """
    options = {"creationflags": _NO_WINDOW} if WINDOWS else {}
    process = subprocess.Popen([native(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, env=environ, **options)
    said = process.communicate(b"")[0].decode("utf-8", "replace")
    return process.returncode, said


class Machine(object):
    """A computer as the installer sees it. Every rule asks it, so that each system's are tested on any.

    Args:
        system (str): "windows", "macos" or "linux".
        environ (dict): Environment variables.
        home (str): The user's folder.
        root (str): Stands before the absolute paths of usual places.
        documents (str, optional): Windows: where "Documents" is, which may have been moved.
        processes (callable, optional): Returns a list of `processes.Process`.
        processor (str): As `platform.machine` calls it.
    """

    def __init__(self, system, environ, home, root="", documents=None, processes=None,
                 processor=""):
        self.system = system
        self.processor = processor
        self.home = home
        self._environ = environ
        self._root = root
        self._documents = documents
        self._processes = processes

    def variable(self, name):
        """Return an environment variable as text, "" where it is not set."""
        return text(self._environ.get(str(name)) or "").strip().strip('"')

    def variables(self):
        """Return the names of all environment variables."""
        return sorted(text(name) for name in self._environ)

    def usual(self, path):
        """Return one of the system's usual places, an absolute path."""
        return self._root + path

    def folders(self, path):
        """Return the sorted names of the folders in a folder; none where it cannot be read."""
        try:
            names = [text(name) for name in os.listdir(fs(path))] if path else []
        except OSError:
            return []
        return sorted(name for name in names if self.is_folder(os.path.join(path, name)))

    def is_folder(self, path):
        """Tell whether a folder is there."""
        return os.path.isdir(fs(path))

    def is_file(self, path):
        """Tell whether a file is there."""
        return os.path.isfile(fs(path))

    @property
    def documents(self):
        """The user's documents on Windows."""
        return self._documents or os.path.join(self.home, "Documents")

    @property
    def data(self):
        """The folder for what programs keep of this user."""
        if self.system == "windows":
            return self.variable("LOCALAPPDATA") or os.path.join(self.home, "AppData", "Local")
        if self.system == "macos":
            return os.path.join(self.home, "Library", "Application Support")
        return self.variable("XDG_DATA_HOME") or os.path.join(self.home, ".local", "share")

    @property
    def roaming(self):
        """%APPDATA%."""
        return self.variable("APPDATA") or os.path.join(self.home, "AppData", "Roaming")

    def processes(self):
        """Return the programs that run here."""
        return self._processes() if self._processes else []


def this_machine(processes=None):
    """Return the Machine that this runs on."""
    system = "windows" if WINDOWS else "macos" if sys.platform == "darwin" else "linux"
    return Machine(system, os.environ, text(os.path.expanduser(str("~"))), documents=_documents(), processes=processes,
                   processor=text(platform.machine() or ""))


def _documents():
    if not WINDOWS:
        return None
    import ctypes
    found = ctypes.create_unicode_buffer(260)
    failed = ctypes.windll.shell32.SHGetFolderPathW(None, _CSIDL_PERSONAL, None, 0, found)
    return None if failed else found.value


# ---------------------------------------------------------------- files

def digest(content):
    """Return what tells this content from another."""
    return hashlib.sha256(content).hexdigest()


def read(path):
    """Return a file's bytes, None where it is not there or cannot be read."""
    try:
        with io.open(fs(path), "rb") as source:
            return source.read()
    except (IOError, OSError):
        return None


def is_writable(folder):
    """Tell whether this user may change what a folder holds."""
    return os.access(fs(folder), os.W_OK)


def names(folder):
    """Return the sorted names in a folder; none where it cannot be read."""
    try:
        return sorted(text(name) for name in os.listdir(fs(folder)))
    except OSError:
        return []


def make_folders(path):
    """Create a folder and those above it; returns the new ones, outermost first."""
    made = []
    while not os.path.isdir(fs(path)):
        made.insert(0, path)
        path = os.path.dirname(path)
    for folder in made:
        try:
            os.mkdir(fs(folder))
        except OSError as error:
            if error.errno != errno.EEXIST:
                raise
    return made


def write_whole(path, content, private=False):
    """Write a file that is there in full or not at all.

    The unfinished one lies beside the file's folder, not inside: Maya reads everything in its modules folder.

    Args:
        path (str): Where; its folder exists.
        content (bytes): What.
        private (bool): Only for this user (0600).
    """
    part = part_of(path, private)
    mode = 0o600 if private else 0o644
    try:
        _write(part, content, mode)
        replace(part, path)
    except (IOError, OSError) as error:
        remove_file(part)
        if error.errno not in (errno.EXDEV, errno.EACCES, errno.EROFS) or private:
            raise
        # The folder above is on another disk, or somebody else's.
        part = path + ".part"
        try:
            _write(part, content, mode)
            replace(part, path)
        except (IOError, OSError):
            remove_file(part)
            raise


def part_of(path, private=False):
    """Return where a file is written before it is whole."""
    folder, name = os.path.split(path)
    return os.path.join(folder if private else os.path.dirname(folder), "%s.part" % name if private else
                        ".%s.part" % name)


def _write(path, content, mode):
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(fs(path), flags, mode), "wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())


def replace(source, target):
    """Rename over what may be there."""
    if WINDOWS and PY2 and os.path.exists(target):
        os.remove(target)
    getattr(os, "replace", os.rename)(fs(source), fs(target))


def remove_file(path):
    """Remove a file; tells whether it is gone. On Windows one that is open stays."""
    try:
        os.remove(fs(path))
    except OSError as error:
        return error.errno == errno.ENOENT
    return True


def remove_folder(path):
    """Remove an empty folder; tells whether it is gone."""
    try:
        os.rmdir(fs(path))
    except OSError as error:
        return error.errno == errno.ENOENT
    return True
