"""The record: what was sent where, and what landed here. One SQLite file per user.

A row is a claim, not a proof: storages get purged. `survey` asks the storage
about a sample of the rows before it believes them.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import os
import sqlite3
import time
from collections import namedtuple

from . import compat, places
from .errors import FULL, RecordError

log = logging.getLogger(__name__)

#: One sent asset: size in bytes, mtime of the source in nanoseconds, ``at`` in epoch seconds.
Row = namedtuple("Row", "size mtime checksum at")

#: One landed file: the local file as we left it, and the remote one it came from.
Landed = namedtuple("Landed", "path size mtime source source_size source_mtime checksum")

#: A file that is open on a storage, sent in parts: ``upload`` is the storage's name for it, None before that was
#: heard; size and mtime of the source, ``part_bytes`` of a part, ``at`` in epoch seconds.
Opened = namedtuple("Opened", "target upload size mtime part_bytes at")

#: Tables without a rowid are half as slow to search; SQLite has them since 3.8.2.
_MODERN = sqlite3.sqlite_version_info >= (3, 8, 2)

_SCHEMA_VERSION = 2
_OPENED = ("CREATE TABLE opened (storage INTEGER NOT NULL, target TEXT NOT NULL, upload TEXT, size INTEGER NOT NULL,"
           " mtime INTEGER NOT NULL, part_bytes INTEGER NOT NULL, at REAL NOT NULL, PRIMARY KEY (storage, target))")
_SCHEMA = (
    "CREATE TABLE storage (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    "CREATE TABLE asset (storage INTEGER NOT NULL, target TEXT NOT NULL, size INTEGER NOT NULL,"
    " mtime INTEGER NOT NULL, checksum TEXT, at REAL NOT NULL, PRIMARY KEY (storage, target))"
    + (" WITHOUT ROWID" if _MODERN else ""),
    "CREATE TABLE landed (path TEXT NOT NULL PRIMARY KEY, size INTEGER NOT NULL, mtime INTEGER NOT NULL,"
    " source TEXT NOT NULL, source_size INTEGER NOT NULL, source_mtime INTEGER, checksum TEXT)",
    _OPENED,
)

#: Version of a schema -> what makes the next one of it.
_UPGRADES = {0: _SCHEMA, 1: (_OPENED,)}

#: Size in the row of a copy that `Record.doubt` was told of.
DOUBTED = -1

#: What SQLite raises; where a message quotes a damaged schema that is no UTF-8, Python cannot even read it out.
_ERRORS = (sqlite3.DatabaseError, UnicodeDecodeError)

#: What SQLite's log and its index need at least, to begin with.
_LOG_BYTES = 64 << 10

#: SQLite takes 999 values in one statement.
_MOST_VALUES = 900
_BUSY_S = 30.0

#: SQLite's largest number. Years after 2262 do not fit: such files are asked for in every run.
_MOST = (1 << 63) - 1


def default_path():
    """Return the path of this user's record."""
    # An older SQLite could not open what a newer one made: the two do not share.
    return os.path.join(places.database_folder(), "record.sqlite" if _MODERN else "record-old.sqlite")


class Record(object):
    """Open and close it, or use ``with``; one thread only.

    Args:
        path (str, optional): The database; by default this user's.
    """

    def __init__(self, path=None):
        self.path = path
        self._db = None
        self._storages = {}
        self._neighbours = 3

    def open(self):
        """Open the database, creating or rebuilding it where needed.

        Raises:
            RecordError: The disk refuses.
        """
        self.path = self.path or default_path()
        try:
            try:
                self._connect()
            except _ERRORS as error:
                if not _is_damage(error):
                    raise
                self._begin_anew()
        except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
            raise self._refused("opened", error)
        return self

    def _connect(self):
        compat.make_private(self.path)
        if places.is_foreign(self.path):
            raise RecordError("The record %s belongs to another user and was not opened. Remove it, or set "
                              "RAYVISION_SYNC_HOME to a folder of your own." % self.path)
        self._db = sqlite3.connect(self.path, timeout=_BUSY_S, isolation_level=None)
        try:
            self._keep_log()
            self._db.execute("PRAGMA synchronous = NORMAL")
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version < _SCHEMA_VERSION:
                self._upgrade()
            elif version > _SCHEMA_VERSION:
                raise RecordError("The record %s was written by a newer version of this program: "
                                  "update this one." % self.path)
        except Exception:
            self.close()
            raise

    def _keep_log(self):
        # Where SQLite is too old for a write-ahead log, this leaves the older journal on.
        until = compat.monotonic() + _BUSY_S
        while True:
            try:
                self._db.execute("PRAGMA journal_mode = WAL").fetchall()
                return
            except sqlite3.OperationalError as error:
                # SQLite does not wait here when several processes make the file at one moment.
                if "locked" not in compat.text(error) or compat.monotonic() > until:
                    raise
            time.sleep(0.01)

    def _upgrade(self):
        self._db.execute("BEGIN IMMEDIATE")
        # Another process may have been first.
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        while version < _SCHEMA_VERSION:
            for statement in _UPGRADES[version]:
                self._db.execute(statement)
            version = version + 1 if version else _SCHEMA_VERSION
        self._db.execute("PRAGMA user_version = %d" % version)
        self._db.execute("COMMIT")

    def _begin_anew(self):
        """Set a damaged database aside and go on with an empty one: its rows were claims only."""
        self.close()
        damaged = "%s.damaged-%d" % (self.path, time.time())
        compat.replace(self.path, damaged)
        for tail in ("-wal", "-shm"):
            compat.remove_file(self.path + tail)
        log.warning("The record %s was damaged. It was kept as %s and begun anew; "
                    "the storage will be asked what it has.", self.path, damaged)
        self._connect()
        if self._storages:
            self._db.executemany("INSERT INTO storage (id, name) VALUES (?, ?)",
                                 [(number, name) for name, number in self._storages.items()])

    def _refused(self, what, error):
        """Return the error for a disk that refuses. One that is full may have room again: whoever waits, goes on."""
        is_full = self._is_full(error)
        return RecordError("The record %s cannot be %s (%s). Free the disk or set RAYVISION_SYNC_HOME to another "
                           "folder." % (self.path, what, "no space is left" if is_full else _reason(error)),
                           retryable=is_full)

    def _is_full(self, error):
        if getattr(error, "errno", None) in FULL or "disk is full" in _reason(error):
            return True
        try:  # Where its log finds no room, SQLite speaks of an error of the disk.
            return compat.free_space(os.path.dirname(self.path)) < _LOG_BYTES
        except (IOError, OSError):
            return False

    def close(self):
        """Close the database; closing twice is fine."""
        db, self._db = self._db, None
        if db is not None:
            db.close()

    def __enter__(self):
        return self.open()

    def __exit__(self, *_):
        self.close()

    def _write(self, statement, rows):
        try:
            try:
                self._transact(statement, rows)
            except _ERRORS as error:
                if not _is_damage(error):
                    raise
                self._begin_anew()
                self._transact(statement, rows)
        except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
            raise RecordError("The record %s cannot be written (%s). What was moved is safe; it may be "
                              "checked again next time." % (self.path, _reason(error)))

    def _transact(self, statement, rows):
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany(statement, rows)
            self._db.execute("COMMIT")
        except Exception:
            try:
                self._db.execute("ROLLBACK")
            except sqlite3.Error:
                pass  # On a full disk SQLite has done so itself.
            raise

    def _read(self, statement, values):
        try:
            try:
                return self._db.execute(statement, values).fetchall()
            except _ERRORS as error:
                if not _is_damage(error):
                    raise
                self._begin_anew()
                return []
        except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
            raise self._refused("read", error)

    # -- what was sent

    def storage(self, name):
        """Return the number of a storage, given the name that its engine bears."""
        if name not in self._storages:
            known = self._read("SELECT id FROM storage WHERE name = ?", (name,))
            if not known:
                self._write("INSERT OR IGNORE INTO storage (name) VALUES (?)", [(name,)])
                known = self._read("SELECT id FROM storage WHERE name = ?", (name,))
            self._storages[name] = known[0][0]
        return self._storages[name]

    def rows(self, storage, targets):
        """Look up many assets.

        Args:
            storage (int): From `storage`.
            targets (list of str): Server names.

        Returns:
            dict: target -> ``(target, size, mtime)``, of those that have a row.
        """
        try:
            found = self._neighbourhood(storage, targets) if self._neighbours and targets else None
            if found is None:
                found = dict((row[0], row) for row in self._select("target, size, mtime", storage, targets))
            return found
        except UnicodeError:  # Halves of surrogate pairs, as no storage takes them.
            return self.rows(storage, [target for target in targets if _is_whole(target)])

    def _neighbourhood(self, storage, targets):
        """Read the rows from the first to the last name: much faster, where a manifest is in order."""
        most = 2 * len(targets) + 10
        rows = self._read(
            "SELECT target, size, mtime FROM asset WHERE storage = ? AND target BETWEEN ? AND ? LIMIT ?",
            (storage, min(targets), max(targets), most))
        if len(rows) == most:
            self._neighbours -= 1  # Not in order: after a few such batches this is not tried again.
            return None
        return {row[0]: row for row in rows}

    def _select(self, columns, storage, targets):
        for first in range(0, len(targets), _MOST_VALUES):
            some = targets[first:first + _MOST_VALUES]
            for row in self._read("SELECT %s FROM asset WHERE storage = %d AND target IN (%s)"
                                  % (columns, storage, ",".join("?" * len(some))), some):
                yield row

    def sent(self, storage, targets):
        """Return ``{target: Row}`` of the assets that have a row."""
        return dict((row[0], Row(*row[1:])) for row in
                    self._select("target, size, mtime, checksum, at", storage, targets))

    def write(self, storage, rows):
        """Write rows ``(target, size, mtime, checksum)`` that the storage confirmed."""
        now = time.time()
        self._write("INSERT OR REPLACE INTO asset VALUES (?, ?, ?, ?, ?, ?)",
                    [(storage, target, size, mtime, checksum, now) for target, size, mtime, checksum in rows
                     if abs(mtime) <= _MOST])

    def forget(self, storage, targets=None):
        """Remove the rows of some targets, or of a whole storage; what was doubted stays so."""
        if targets is None:
            self._write("DELETE FROM asset WHERE storage = ? AND size <> ?", [(storage, DOUBTED)])
        else:
            self._write("DELETE FROM asset WHERE storage = ? AND target = ?",
                        [(storage, target) for target in targets])

    def doubt(self, storage, targets):
        """Note that copies are wrong though size and time say otherwise: the next upload sends them."""
        now = time.time()
        self._write("INSERT OR REPLACE INTO asset VALUES (?, ?, ?, 0, NULL, ?)",
                    [(storage, target, DOUBTED, now) for target in targets])

    # -- what is open

    def opened(self, storage, targets=None):
        """Return a list of the `Opened` of some targets, or of a whole storage."""
        if targets is None:
            found = self._read("SELECT * FROM opened WHERE storage = ?", (storage,))
        else:
            found = [row for target in targets
                     for row in self._read("SELECT * FROM opened WHERE storage = ? AND target = ?", (storage, target))]
        return [Opened(*row[1:]) for row in found]

    def write_opened(self, storage, opened):
        """Write the row of a file that is open, or about to be."""
        self._write("INSERT OR REPLACE INTO opened VALUES (?, ?, ?, ?, ?, ?, ?)", [(storage,) + tuple(opened)])

    def forget_opened(self, storage, targets):
        """Remove the rows of files that are no longer open."""
        self._write("DELETE FROM opened WHERE storage = ? AND target = ?", [(storage, target) for target in targets])

    # -- what landed

    def landed(self, paths):
        """Look up local files that a download of ours wrote.

        Args:
            paths (list of str): Absolute local paths.

        Returns:
            dict: path -> `Landed`.
        """
        found = {}
        for first in range(0, len(paths), _MOST_VALUES):
            some = paths[first:first + _MOST_VALUES]
            some = [path for path in some if _is_whole(path)]
            rows = self._read("SELECT * FROM landed WHERE path IN (%s)" % ",".join("?" * len(some)), some)
            found.update((row[0], Landed(*row)) for row in rows)
        return found

    def write_landed(self, rows):
        """Write `Landed` rows of files that took their final name."""
        self._write("INSERT OR REPLACE INTO landed VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [row for row in rows if abs(row.mtime) <= _MOST and abs(row.source_mtime or 0) <= _MOST
                     and _is_whole(row.path)])


def _is_damage(error):
    """Tell a damaged file from a disk, a lock or a right that stands in the way."""
    if isinstance(error, UnicodeDecodeError):
        return True
    text = _said(error)
    return not isinstance(error, (sqlite3.OperationalError, sqlite3.IntegrityError, sqlite3.ProgrammingError)) and (
        # Python 3.7 leaves a message out that is no text.
        not text or "malformed" in text or "not a database" in text or "corrupt" in text)


def _reason(error):
    return compat.text(getattr(error, "strerror", None)) or _said(error)


def _said(error):
    # Not the error itself: on 2.7 its message is bytes, which need not be text.
    return compat.text(error.args[0]) if error.args else ""


def _is_whole(name):
    try:
        name.encode("utf-8")
        return True
    except UnicodeError:
        return False
