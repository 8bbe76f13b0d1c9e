"""Where this package keeps its own files on the user's machine."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import stat
import sys

from . import compat
from .errors import SettingsError

#: File systems on which SQLite's write-ahead log does not work.
_NETWORK = ("nfs", "cifs", "smb", "afs", "gpfs", "lustre", "beegfs", "9p", "ceph", "glusterfs",
            "fuse.sshfs", "fuse.ceph", "fuse.glusterfs", "vboxsf", "prl_fs")


def home(environ=compat.environ, windows=compat.WINDOWS, macos=compat.MACOS):
    """Return the folder for settings, logs and databases; it may not exist yet.

    ``RAYVISION_SYNC_HOME`` names it; else it is the system's usual place.

    Returns:
        str: Absolute path.
    """
    chosen = environ("RAYVISION_SYNC_HOME")
    if chosen:
        return compat.absolute(chosen)
    user = compat.text(os.path.expanduser(str("~")))
    if windows:
        base = environ("LOCALAPPDATA") or os.path.join(user, "AppData", "Local")
    elif macos:
        base = os.path.join(user, "Library", "Application Support")
    else:
        base = environ("XDG_DATA_HOME") or os.path.join(user, ".local", "share")
    return os.path.join(base, "rayvision_sync")


def make_home():
    """Create `home` for this user only (0700) and return it.

    Raises:
        SettingsError: It cannot be created.
    """
    return _private_folder(home())


def _private_folder(path):
    if os.path.isdir(compat.fs(path)):
        return path
    try:
        compat.make_folder(os.path.dirname(path))
        os.mkdir(compat.fs(path), 0o700)
    except OSError as error:
        if not os.path.isdir(compat.fs(path)):  # Another process may have been first.
            raise SettingsError("The folder %s cannot be created (%s). Set RAYVISION_SYNC_HOME to a folder "
                                "of your own." % (path, compat.text(error.strerror)))
    return path


def _own_folder(path):
    """Make a private folder where everybody may write, and trust only our own."""
    found = os.lstat(compat.fs(_private_folder(path)))
    if hasattr(os, "getuid") and (found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode)):
        raise SettingsError("The folder %s belongs to somebody else. Set RAYVISION_SYNC_HOME to a folder "
                            "of your own." % path)
    return path


def is_foreign(path):
    """Tell whether a file belongs to another user, root aside: what it says is not to be believed (POSIX).

    A file that is not there belongs to nobody.
    """
    if not hasattr(os, "getuid"):
        return False
    try:
        return os.stat(compat.fs(path)).st_uid not in (os.getuid(), 0)
    except OSError:
        return False


def database_folder(mounts="/proc/self/mounts", local="/var/tmp"):
    """Return a folder of this user on a local disk: SQLite's log needs one.

    A home on a network share is common in studios: then the databases go to
    the machine's own ``/var/tmp``.
    """
    folder = make_home()
    if not is_network(folder, mounts):
        return folder
    return _own_folder("%s/rayvision_sync-%s" % (local, compat.current_user()))


def is_network(path, mounts="/proc/self/mounts"):
    """Tell whether a folder lies on a network file system (Linux; elsewhere False)."""
    try:
        with io.open(mounts, encoding="utf-8", errors="replace") as lines:
            rows = [line.split() for line in lines]
    except (IOError, OSError):
        return False
    path = compat.from_fs(os.path.realpath(compat.fs(path)))
    best, kind = "", ""
    for row in rows:
        if len(row) < 3:
            continue
        point = row[1].replace("\\040", " ")
        if (path == point or path.startswith(point.rstrip("/") + "/")) and len(point) >= len(best):
            best, kind = point, row[2]
    return kind.startswith(_NETWORK)


def log_folder():
    """Return the folder for log files."""
    return os.path.join(home(), "logs")


def system():
    """Return "windows", "macos" or "linux"."""
    return "windows" if compat.WINDOWS else "macos" if sys.platform == "darwin" else "linux"
