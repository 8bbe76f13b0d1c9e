"""A storage that is a folder: the farm's disk, mounted or local."""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import os
import socket
import stat
import threading
import uuid

from .. import compat, paths, stream
from ..errors import (
    FULL, NameRefused, NotStored, SettingsError, StorageBusy, StorageError, StorageFull, StorageLost, crowded)
from ..model import Stored
from .spellings import Spellings, fold, is_insensitive, rewrites

#: Our only own name in the storage: copies are written here, then renamed.
WORK = ".rayvision_sync"

_PASSING = (errno.EIO, errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.ETIMEDOUT, getattr(errno, "ESTALE", -1))
_TOO_LONG = (errno.ENAMETOOLONG, errno.EINVAL)
_STALE_S = 2 * 24 * 3600

#: How often the work folder is made while another run that ends removes its parent.
_MAKINGS = 20


class FolderEngine(object):
    """Keep files under one folder.

    Copies are written in a work folder of the same disk and renamed, so that
    the farm never sees half a file; the source's time is kept with the copy.

    Args:
        root (str): The folder; it is created on the first copy.
        insensitive (bool, optional): Whether the disk takes ``A`` and ``a``
            for one name; by default it is tried.
    """

    name = "folder"
    #: A question is one call of the system: a project of this size is looked at as a whole.
    sample = 512
    first_threads = 1
    most_threads = 48

    def __init__(self, root, insensitive=None):
        if not root:
            raise SettingsError("The storage folder is not named: set its root.")
        self.root = compat.absolute(compat.text(root))
        self._base = self.root.rstrip(os.sep)
        self._insensitive = insensitive
        self._spellings = Spellings()
        self._work = None
        self._is_made = False
        self._lock = threading.Lock()
        self._local = threading.local()
        self._count = 0

    @property
    def identity(self):
        """str: The real path, the same from every workstation that mounts it alike."""
        return "folder:" + compat.from_fs(os.path.realpath(compat.fs(self.root)))

    def open(self, cancel=None):
        """Make the work folder's name; the disk is changed by the first copy only.

        Raises:
            StorageError: The root is no folder.
        """
        obstacle = paths.obstacle(self.root)
        if obstacle:
            raise StorageLost("The folder %s cannot be the storage: %s is a file. Name another folder." % (
                self.root, "it" if obstacle == self.root else obstacle))
        self._is_made = False
        self._local = threading.local()
        self._work = os.path.join(self.root, WORK, "%s-%d-%s" % (
            compat.text(socket.gethostname()).split(".")[0], os.getpid(), uuid.uuid4().hex[:12]))

    def close(self):
        """Remove the work folder."""
        if self._work is None:
            return
        for entry in self._entries(self._work):
            _drop(entry.path)
        _drop_folder(self._work)
        if not self._is_made:
            self._remove_stale()  # Whoever goes on after a kill may have found everything sent.
        _drop_folder(os.path.dirname(self._work))
        self._work = None

    def absence(self):
        """Return a sentence where the folder does not exist, else ""."""
        if os.path.isdir(compat.fs(self.root)):
            return ""
        return "The storage folder %s does not exist: check its name, and that its disk is connected." % self.root

    # -- sending

    def send(self, source, target):
        """Copy a `stream.Source` to its place. Returns `Stored`."""
        final = self._path(target)
        temp = self._temp_path()
        try:
            descriptor = self._create(temp)
            try:
                while source.done < source.size:
                    stream.write_all(descriptor, source.read())
            finally:
                os.close(descriptor)
            compat.set_mtime_ns(temp, source.mtime)
            self._publish(temp, final, source.item)
        except Exception as error:
            _drop(temp)
            if isinstance(error, (IOError, OSError)):
                raise self._error(error, target)
            raise
        return Stored(target, source.done, source.mtime, source.checksum)

    def _temp_path(self):
        path = getattr(self._local, "path", None)
        if path is None:
            with self._lock:
                self._count += 1
                path = self._local.path = os.path.join(self._work, "%d.part" % self._count)
        return path

    def _create(self, temp):
        # Exclusive: on a shared disk nobody can put a link in the way.
        flags = stream.WRITE | os.O_EXCL
        try:
            return os.open(compat.fs(temp), flags, 0o666)
        except (IOError, OSError) as error:
            if error.errno not in (errno.ENOENT, errno.EEXIST):
                raise
        with self._lock:
            self._make_work()
        _drop(temp)  # Left by a copy that failed.
        return os.open(compat.fs(temp), flags, 0o666)

    def _make_work(self):
        if os.path.isdir(compat.fs(self._work)):
            return
        if self._is_made:
            # Making it again would fill the disk under a share that is no longer mounted.
            raise StorageLost("The storage %s has vanished. Connect it again and run the upload again." % self.root)
        for left in reversed(range(_MAKINGS)):
            try:
                compat.make_folder(self._work)
                break
            except OSError as error:
                if error.errno != errno.ENOENT or not left:
                    raise self._unmade(error)
        self._is_made = True
        self._spellings.rewrites = self._is_insensitive() and rewrites(self._work)
        self._remove_stale(os.stat(compat.fs(self._work)).st_mtime)

    def _unmade(self, error):
        """Return the error for a work folder that cannot be made: what it says is of no single file."""
        if error.errno in FULL + _PASSING or crowded(error, ""):
            return error
        what = "Nothing can be written to" if os.path.isdir(compat.fs(self.root)) else "There is no way to make"
        return StorageLost("%s the storage folder %s (%s). Check who may write there, or name another folder." % (
            what, self.root, compat.text(error.strerror)))

    def _publish(self, temp, final, item):
        if self._is_insensitive():
            self._claim_spelling(final, item)
        try:
            compat.replace(temp, final)
        except (IOError, OSError) as error:
            if error.errno not in (errno.ENOENT, errno.ENOTDIR) or not os.path.exists(compat.fs(temp)):
                raise
            compat.make_folder(os.path.dirname(final))
            compat.replace(temp, final)

    def _is_insensitive(self):
        if self._insensitive is None:
            self._insensitive = is_insensitive(self.root)
        if self._insensitive is None:  # It is empty, or not there yet.
            return compat.is_insensitive(self.root)
        return self._insensitive

    def fold(self, targets):
        """Return names of which two are equal where this storage takes them for one."""
        return [fold(target) for target in targets] if self._is_insensitive() else targets

    def _claim_spelling(self, final, item):
        """Refuse a second spelling of a name that the disk cannot tell apart."""
        if self._spellings.claim(final) or compat.is_insensitive(os.path.dirname(item.source)):
            return  # Where the source's disk does not tell them apart either, it is one file.
        raise StorageError("%s: this storage takes another file for the same, whose name differs only in capitals "
                           "or in how its accents are written. It was not sent: rename one of the two." % item.target)

    def _remove_stale(self, now=None):
        """Remove what runs left behind that ended long ago.

        Args:
            now (float, optional): By the storage's own clock, which need not be this computer's: only with it is a
                folder known to be old.
        """
        for folder in self._entries(os.path.join(self.root, WORK)):
            try:
                if not folder.is_dir(follow_symlinks=False):
                    continue
                entries = self._entries(folder.path)
                newest = max([folder.stat().st_mtime] + [entry.stat().st_mtime for entry in entries])
                if (now is not None and now - newest > _STALE_S) or self._is_dead(compat.from_fs(folder.name)):
                    for entry in entries:
                        compat.remove_file(entry.path)
                    os.rmdir(compat.fs(folder.path))
            except OSError:
                continue

    def _is_dead(self, name):
        host, _, rest = name.rpartition("-")[0].rpartition("-")
        if host != compat.text(socket.gethostname()).split(".")[0] or not rest.isdigit() or compat.WINDOWS:
            return False
        return not compat.is_running(int(rest))

    # -- asking

    def ask(self, targets):
        """Return ``{target: Stored}`` of those names that are files here."""
        found = {}
        folder, is_there = None, False
        for target in targets:
            parent = target.rpartition("/")[0]
            if parent != folder:
                # One question for all the files of a folder that is not there.
                folder, is_there = parent, os.path.isdir(compat.fs(self._join(parent)))
            if not is_there:
                continue
            try:
                status = os.stat(compat.fs(self._join(target)))
            except (OSError, ValueError):
                continue
            if stat.S_ISREG(status.st_mode):
                found[target] = Stored(target, status.st_size, compat.mtime_ns(status), None)
        return found

    def list(self, prefix):
        """Yield `Stored` for every file under a folder of the storage; links are not followed."""
        top = self._path(prefix) if prefix.strip("/") else self.root
        pending = [top]
        while pending:
            folder = pending.pop()
            try:
                entries = compat.scan_folder(folder)
            except OSError as error:
                if error.errno in (errno.ENOENT, errno.ENOTDIR):
                    continue
                raise self._error(error, prefix)
            for entry in entries:
                if entry.is_symlink() or (folder == self.root and entry.name == WORK):
                    continue
                if entry.is_dir():
                    pending.append(os.path.join(folder, entry.name))
                elif entry.is_file():
                    status = self._status(os.path.join(folder, entry.name))
                    if status is not None:
                        yield status

    def _status(self, path):
        try:
            status = os.stat(compat.fs(path))
        except OSError:
            return None  # Replaced or removed since the folder was read.
        name = path[len(self._base):].replace(os.sep, "/")
        return Stored(name, status.st_size, compat.mtime_ns(status), None)

    def checksum(self, target, cancel=None):
        """Return the checksum of a stored file, by reading it.

        Raises:
            NotStored: There is no such file.
        """
        try:
            return stream.file_checksum(self._path(target), cancel)
        except (IOError, OSError) as error:
            raise self._error(error, target)

    # -- fetching

    def fetch(self, stored, sink):
        """Copy a stored file into a `stream.Sink`."""
        try:
            descriptor = os.open(compat.fs(self._path(stored.name)), stream.READ)
        except (IOError, OSError) as error:
            raise self._error(error, stored.name)
        try:
            while True:
                try:
                    block = os.read(descriptor, sink.block_size)
                except (IOError, OSError) as error:
                    raise self._error(error, stored.name)
                if not block:
                    return
                sink.write(block)
        finally:
            os.close(descriptor)

    # -- the disk

    def _path(self, target):
        paths.check_server(target)
        if target[1:len(WORK) + 1].lower() == WORK and target[len(WORK) + 1:len(WORK) + 2] in ("", "/"):
            raise NameRefused("The server name %s was refused: %s is where copies are written. Rename it."
                              % (paths.quoted(target), WORK))
        return self._join(target)

    def _join(self, target):
        return self._base + (target if os.sep == "/" else target.replace("/", os.sep))

    @staticmethod
    def _entries(folder):
        try:
            return compat.scan_folder(folder)
        except OSError:
            return []

    def _error(self, error, target):
        reason = compat.text(error.strerror)
        if error.errno in FULL:
            return StorageFull("No space left on the storage %s: %s was not sent. Free some space and run the "
                               "upload again." % (self.root, target))
        if error.errno == errno.ENOENT:
            return NotStored("%s is not on the storage %s." % (target, self.root))
        if error.errno in _TOO_LONG:
            return StorageError("%s: the storage %s does not take this name (%s). Give it a shorter or simpler one."
                                % (target, self.root, reason))
        if error.errno in _PASSING:
            return StorageBusy("%s: the storage %s failed (%s)." % (target, self.root, reason))
        if crowded(error, target):
            return crowded(error, target)
        if error.errno in (errno.EEXIST, errno.ENOTDIR, errno.EISDIR):
            return StorageError("%s cannot be stored: a file stands where a folder is needed, or the other way "
                                "round. Rename one of them." % target)
        return StorageError("%s: the storage %s refused (%s). Check its permissions." % (target, self.root, reason))


def _drop_folder(path):
    try:
        os.rmdir(compat.fs(path))
    except OSError:
        pass  # Not made, or another run is using it.


def _drop(path):
    try:
        compat.remove_file(path)
    except OSError:
        pass  # The error that brought us here says more; the next run removes it.
