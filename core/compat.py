"""The one place that knows which Python and which system this is.

Everything above writes for one Python: text is ``six.text_type``, paths are
text, times are nanoseconds. What differs between 2.7 and 3, or between
Windows and the rest, is decided here once, at import.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import io
import json
import os
import re
import signal
import sys
import time

import six

WINDOWS = os.name == "nt"
MACOS = sys.platform == "darwin"

text_type = six.text_type

#: Halves of surrogate pairs, as a regex range. Where Python's text is UTF-16
#: (2.7 on Windows) they are the ordinary spelling of an emoji.
SURROGATES = "" if sys.maxunicode == 0xFFFF else "\ud800-\udfff"

#: Type code of an array that holds what ``hash`` returns.
HASH_TYPE = str("l" if six.PY2 else "q")

#: None, True and False cannot be lost, whatever a library does with its references to them (PEP 683).
NONE_IS_IMMORTAL = sys.version_info >= (3, 12)

#: Windows refuses longer paths unless they carry the extended prefix.
_LONG_PATH = 240


def text(value):
    """Return a path or name as text.

    Args:
        value (str or bytes or None): What a caller, the environment or the
            system gave. Bytes are read as UTF-8, else as the system's own
            encoding.

    Returns:
        str: Text (``unicode`` on Python 2.7); None stays None.
    """
    if value is None or isinstance(value, text_type):
        return value
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.decode(sys.getfilesystemencoding() or "latin-1", "replace")
    fspath = getattr(value, "__fspath__", None)
    return text(fspath()) if fspath else text_type(value)


def like(value, sample):
    """Return text `value` as the string type of `sample`.

    A 2.7 script that passed ``str`` gets ``str`` back.
    """
    if isinstance(sample, text_type) or not isinstance(sample, bytes):
        return value
    return value.encode("utf-8")


def extended_path(path):
    """Return a Windows path in the form that may exceed 260 characters.

    Args:
        path (str): Any Windows path.

    Returns:
        str: `path` itself where it is short or relative.
    """
    if len(path) < _LONG_PATH or path.startswith("\\\\?\\"):
        return path
    path = path.replace("/", "\\")
    if path.startswith("\\\\"):
        return "\\\\?\\UNC" + path[1:]
    if path[1:3] == ":\\":
        return "\\\\?\\" + path
    return path


def _utf8(path):
    return path.encode("utf-8") if isinstance(path, text_type) else path


def _same(value):
    return value


# Python 2.7 encodes text paths with the locale, which is ASCII in many a DCC:
# there the bytes are ours to make.
if WINDOWS:
    fs = extended_path
    from_fs = _same
elif six.PY2:
    fs = _utf8
    from_fs = text
else:
    fs = _same
    from_fs = _same
fs.__doc__ = fs.__doc__ or "Return a text path in the form that system calls take."


def absolute(path):
    """Return a text path made absolute, as text, whatever the working folder is called."""
    return from_fs(os.path.abspath(path if WINDOWS else fs(path)))


def environ(name, default=None):
    """Return an environment variable as text."""
    value = os.environ.get(str(name))
    return default if value is None else text(value)


# ---------------------------------------------------------------- files

if hasattr(os, "replace") and not WINDOWS:
    replace = os.replace  # Called for every file: no wrapper where none is needed.
elif hasattr(os, "replace"):
    def replace(source, target):
        """Rename `source` to `target`, over an existing file, in one step."""
        os.replace(fs(source), fs(target))
elif WINDOWS:
    def replace(source, target):
        """Rename `source` to `target`, over an existing file, in one step."""
        import ctypes
        replace_existing, write_through = 1, 8
        if not ctypes.windll.kernel32.MoveFileExW(
                fs(source), fs(target), replace_existing | write_through):
            raise ctypes.WinError()
else:
    def replace(source, target):
        """Rename `source` to `target`, over an existing file, in one step."""
        os.rename(fs(source), fs(target))


def make_folder(path):
    """Create a folder and its parents; an existing one is fine."""
    if os.path.isdir(fs(path)):
        return  # One look; to find out by making it takes three.
    try:
        os.makedirs(fs(path))
    except OSError as error:
        if error.errno != errno.EEXIST or not os.path.isdir(fs(path)):
            raise


def remove_file(path):
    """Remove a file; a missing one is fine."""
    try:
        os.remove(fs(path))
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise


if hasattr(os.stat_result, "st_mtime_ns") or not six.PY2:
    def mtime_ns(stat):
        """Return the modification time of a stat result in nanoseconds."""
        return stat.st_mtime_ns

    def set_mtime_ns(path, mtime):
        """Set the modification time of a file, in nanoseconds."""
        os.utime(fs(path), ns=(mtime, mtime))
else:
    def mtime_ns(stat):
        """Return the modification time of a stat result in nanoseconds."""
        # A double holds today's time to about 240 ns; `same_time` allows for it.
        return int(stat.st_mtime * 1e9)

    def set_mtime_ns(path, mtime):
        """Set the modification time of a file, in nanoseconds."""
        # The system cuts to microseconds: aim at the middle of the nearest one, so that a double's error takes none
        # away, and a time that was read here is set again as itself.
        seconds = ((mtime + 500) // 1000 * 1000 + 500) / 1e9
        os.utime(fs(path), (seconds, seconds))


def same_time(a, b):
    """Tell whether two times in nanoseconds are one: 2.7 knows microseconds only."""
    return a is not None and b is not None and -1500 <= a - b <= 1500


class _Entry(object):
    """What ``os.scandir`` yields, for Python 2.7."""

    __slots__ = ("name", "path")

    def __init__(self, folder, name):
        self.name = name
        self.path = os.path.join(folder, name)

    def stat(self, follow_symlinks=True):
        return (os.stat if follow_symlinks else os.lstat)(fs(self.path))

    def is_dir(self, follow_symlinks=True):
        return os.path.isdir(fs(self.path)) and (follow_symlinks or not self.is_symlink())

    def is_file(self, follow_symlinks=True):
        return os.path.isfile(fs(self.path)) and (follow_symlinks or not self.is_symlink())

    def is_symlink(self):
        return os.path.islink(fs(self.path))


if hasattr(os, "scandir"):
    def scan_folder(folder):
        """List a folder.

        Args:
            folder (str): Path.

        Returns:
            list: Entries with ``name``, ``path``, ``stat()``, ``is_dir()``,
            ``is_file()``, ``is_symlink()``, sorted by name.
        """
        with os.scandir(fs(folder)) as entries:
            return sorted(entries, key=lambda entry: entry.name)
else:
    def scan_folder(folder):
        """List a folder: see the Python 3 variant."""
        names = sorted(from_fs(name) for name in os.listdir(fs(folder)))
        return [_Entry(folder, name) for name in names]


if WINDOWS:
    def free_space(folder):
        """Return the bytes that this user may still write into a folder's disk."""
        import ctypes
        free = ctypes.c_ulonglong(0)
        if not ctypes.windll.kernel32.GetDiskFreeSpaceExW(
                fs(folder), ctypes.byref(free), None, None):
            raise ctypes.WinError()
        return free.value
else:
    def free_space(folder):
        """Return the bytes that this user may still write into a folder's disk."""
        disk = os.statvfs(fs(folder))
        return disk.f_bavail * disk.f_frsize


#: Whether an open file may be renamed.
RENAMES_OPEN_FILES = not WINDOWS

if WINDOWS:
    def lock_file(descriptor):
        """Lock an open file until it is closed; False when somebody else holds it."""
        import msvcrt
        try:
            # One byte far behind any content, so that readers are not stopped.
            os.lseek(descriptor, 1 << 62, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            return True
        except (IOError, OSError):
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
else:
    def lock_file(descriptor):
        """Lock an open file until it is closed; False when somebody else holds it."""
        import fcntl
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (IOError, OSError) as error:
            # A network folder without locks is no reason to stop.
            return error.errno not in (errno.EAGAIN, errno.EACCES)
        return True


if hasattr(os, "ftruncate"):
    def truncate_file(descriptor, size=0):
        """Cut an open file after some bytes."""
        os.ftruncate(descriptor, size)
else:
    def truncate_file(descriptor, size=0):
        """Cut an open file after some bytes."""
        with os.fdopen(os.dup(descriptor), str("r+b")) as handle:
            handle.truncate(size)


def is_insensitive(folder):
    """Tell whether a folder's disk takes ``A`` and ``a`` for one name; looked at, not tried."""
    while not os.path.isdir(fs(folder)) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    # By a name inside, where there is one: the folder may be where a disk of another kind begins.
    try:
        inside = [os.path.join(folder, from_fs(name)) for name in sorted(os.listdir(fs(folder)))]
    except OSError:
        inside = []
    for path in inside + [folder]:
        parent, name = os.path.split(path)
        if name != name.swapcase():
            try:
                return os.path.samefile(fs(path), fs(os.path.join(parent, name.swapcase())))
            except (OSError, AttributeError):
                return WINDOWS
    return WINDOWS or MACOS


def write_line(stream, line):
    """Write a line to the standard output or another text stream, whatever characters it can show.

    Args:
        stream (file or None): None, or one that is closed, hears nothing: so it is where no console is.
        line (str): Without an end of line.
    """
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        shown = line.encode(encoding, "replace") + b"\n"
    except LookupError:  # 2.7 does not know the name of every Windows console's.
        encoding, shown = "utf-8", line.encode("utf-8") + b"\n"
    try:
        if stream is not None:
            try:
                stream.write(shown if six.PY2 else shown.decode(encoding))
            except TypeError:  # A stream of the io module, on 2.7.
                stream.write(shown.decode(encoding))
            stream.flush()
    except (IOError, ValueError):
        pass


def open_private(path, mode="w"):
    """Open a file for writing that only its owner may read (0600).

    Args:
        path (str): File to create or truncate.
        mode (str): ``"w"`` for UTF-8 text, ``"wb"`` for bytes.

    Returns:
        file: The open file.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    descriptor = os.open(fs(path), flags | getattr(os, "O_BINARY", 0), 0o600)
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, 0o600)
    if "b" in mode:
        return os.fdopen(descriptor, "wb")
    return io.open(descriptor, "w", encoding="utf-8")


def make_private(path):
    """Create an empty file that only its owner may read (0600), where there is none.

    A file that exists is not opened: on POSIX, closing it would take the locks
    that another handle of this process holds on it.
    """
    try:
        os.close(os.open(fs(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        if error.errno != errno.EEXIST:
            raise


def current_user():
    """Return a number or name that tells this user from others on this machine."""
    if hasattr(os, "getuid"):
        return text_type(os.getuid())
    return environ("USERNAME", "user")


def is_running(pid, proc="/proc"):
    """Tell whether a process of this machine runs; a zombie does not (POSIX)."""
    try:
        os.kill(pid, 0)
    except OSError as error:
        return error.errno == errno.EPERM
    try:
        with io.open("%s/%d/stat" % (proc, pid), encoding="utf-8", errors="replace") as state:
            return state.read().rpartition(")")[2].split()[0] != "Z"
    except (IOError, OSError):
        return True


if hasattr(os, "sendfile"):
    def send_file(sock, descriptor, offset, count):
        """Send a stretch of an open file from the system's own memory; return how many bytes went."""
        return os.sendfile(sock.fileno(), descriptor, offset, count)
else:
    #: This Python or system cannot send a file without reading it.
    send_file = None


#: Whether `read_at` moves the place from where ``os.read`` goes on.
read_at_moves = not hasattr(os, "pread")

if hasattr(os, "pread"):
    def read_at(descriptor, count, offset):
        """Read from a place in an open file."""
        return os.pread(descriptor, count, offset)
else:
    def read_at(descriptor, count, offset):
        """Read from a place in an open file that no other thread reads."""
        os.lseek(descriptor, offset, os.SEEK_SET)
        return os.read(descriptor, count)


# ---------------------------------------------------------------- processes

if WINDOWS:
    def group_options():
        """Return the ``Popen`` options that give a child a process group of its own."""
        return {"creationflags": 0x200}  # CREATE_NEW_PROCESS_GROUP

    def signal_group(process, force):
        """End a child started with `group_options`, and its children."""
        import subprocess
        command = ["taskkill", "/T", "/PID", "%d" % process.pid] + (["/F"] if force else [])
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).communicate()
else:
    def group_options():
        """Return the ``Popen`` options that give a child a process group of its own."""
        if six.PY2:
            return {"preexec_fn": os.setsid, "close_fds": True}
        return {"start_new_session": True}

    def signal_group(process, force):
        """End a child started with `group_options`, and its children."""
        try:
            os.killpg(process.pid, signal.SIGKILL if force else signal.SIGTERM)
        except OSError as error:
            if error.errno not in (errno.ESRCH, errno.EPERM):  # EPERM: macOS, only zombies are left.
                raise


def split_command(line):
    """Return a command line as a list of arguments, by the rules of this system's quotes.

    Raises:
        ValueError: A quote is not closed.
    """
    import shlex
    # 2.7's shlex takes bytes only.
    parts = shlex.split(line.encode("utf-8") if six.PY2 else line, posix=not WINDOWS)
    parts = [text(part) for part in parts]
    if WINDOWS:  # Without posix rules, for the backslashes, the quotes stay on.
        parts = [part[1:-1] if len(part) > 1 and part[0] == part[-1] and part[0] in "\"'" else part for part in parts]
    return parts


def find_program(name, environ=os.environ, windows=WINDOWS):
    """Return the path of a program, None where no such program may be run.

    Args:
        name (str): A bare name is looked for in the folders of PATH; a path is relative to the working folder.
        environ (dict): PATH and, on Windows, PATHEXT.
        windows (bool): Whether Windows' rules hold.
    """
    folders, endings = [""], [""]
    if not any(mark in name for mark in ("\\/:" if windows else "/")):
        folders = text(environ.get(str("PATH"), os.defpath)).split(";" if windows else ":")
        if windows:  # It looks into these before.
            folders = [text(os.path.dirname(sys.executable)), ""] + [folder.strip("\"") for folder in folders]
    if windows:
        endings += text(environ.get(str("PATHEXT")) or ".COM;.EXE;.BAT;.CMD").split(";")
    for path in [os.path.join(folder, name + ending) for folder in folders for ending in endings]:
        if os.path.isfile(fs(path)) and (windows or os.access(fs(path), os.X_OK)):
            return path
    return None


# ---------------------------------------------------------------- terminal

def terminal_columns(descriptor):
    """Return the width of a terminal; 80 where nobody knows it."""
    try:
        found = _columns(descriptor)
    except (OSError, IOError, ValueError, ImportError):
        found = 0
    return found or 80


if hasattr(os, "get_terminal_size"):
    def _columns(descriptor):
        return os.get_terminal_size(descriptor).columns
else:
    def _columns(descriptor):
        import fcntl
        import struct
        import termios
        return struct.unpack(b"hhhh", fcntl.ioctl(descriptor, termios.TIOCGWINSZ, b"\0" * 8))[1]


# ---------------------------------------------------------------- time, threads

if hasattr(time, "monotonic"):
    monotonic = time.monotonic
elif WINDOWS:
    monotonic = time.clock
else:
    def _steady_clock():
        try:
            import ctypes
            read, pair = ctypes.CDLL(None).clock_gettime, ctypes.c_long * 2
        except (ImportError, OSError, AttributeError):
            # In ticks of 10 ms, which may come late on a virtual machine.
            return lambda: os.times()[4]
        number = 6 if sys.platform == "darwin" else 1

        def monotonic():
            """Return seconds of a clock that nobody sets back."""
            now = pair()
            read(number, now)
            return now[0] + now[1] * 1e-9
        return monotonic

    monotonic = _steady_clock()


def cpu_seconds():
    """Return the processor time that this process has used so far."""
    used = os.times()
    return used[0] + used[1]


# ---------------------------------------------------------------- JSON

_CHAR_POSITION = re.compile(r"\(char (\d+)")


def _refuse_constant(name):
    raise ValueError("%s is not JSON (char 0)" % name)


def parse_json(value):
    """Parse strict JSON text: NaN and Infinity are refused.

    Raises:
        ValueError: Not JSON, or nested deeper than Python can read; `json_error` reads the position.
    """
    try:
        return json.loads(value, parse_constant=_refuse_constant)
    except RuntimeError:
        raise ValueError("It is nested too deeply (char 0)")


def json_error(error):
    """Return ``(message, offset in characters)`` of a JSON ValueError."""
    offset = getattr(error, "pos", None)
    message = getattr(error, "msg", None) or text_type(error)
    if offset is None:
        found = _CHAR_POSITION.search(message)
        offset = int(found.group(1)) if found else 0
    return message.split(": line ")[0].split(" (char")[0], offset


def dump_json(value, **options):
    """Return JSON as text, non-ASCII characters written as themselves."""
    return text(json.dumps(value, ensure_ascii=False, **options))
