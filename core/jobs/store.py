"""The job store: one SQLite file per user, the only bridge between those who ask for transfers and those who run them.

Each thread and each process opens a `Store` of its own. Every write is one short transaction that takes the
lock first, so that nobody ever hears of a lock; readers never wait. A file that is damaged is set aside and begun
anew, also while it is in use: whoever still works on a job puts its row back.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import logging
import os
import sqlite3
import threading
import time
from contextlib import contextmanager

from .. import compat, places
from ..errors import FULL, SyncError
from . import schema

log = logging.getLogger(__name__)

#: Before 3.7.0 SQLite has no write-ahead log and cannot open a file that uses one.
_MODERN = sqlite3.sqlite_version_info >= (3, 7, 0)

_BUSY_S = 30.0
_LOCK_S = 0.02
_HEALS = 3


class StoreError(SyncError):
    """The job store on the local disk cannot be used."""


def default_path():
    """Return the path of this user's store.

    Programs with a very old SQLite have one of their own: they could not open the others'.
    """
    return os.path.join(places.database_folder(), "jobs.sqlite" if _MODERN else "jobs-old.sqlite")


#: What SQLite raises; where a message quotes a damaged schema that is no UTF-8, Python cannot even read it out.
_ERRORS = (sqlite3.DatabaseError, UnicodeDecodeError)


def _is_damage(error):
    """Tell a broken file from a full disk or a mistake of ours, which are subclasses."""
    return type(error) in _ERRORS


class Store(object):
    """Open and close it, or use ``with``; one thread only.

    Args:
        path (str, optional): The file; by default this user's.
        steps (tuple): Of the schema.
        clock (callable): Seconds since 1970.
    """

    def __init__(self, path=None, steps=schema.STEPS, clock=time.time):
        self.path = path
        self.now = clock
        self._steps = steps
        self._db = None
        self._opened = None

    # -- open, heal, close

    def open(self):
        """Open the store, making, upgrading or rebuilding it where needed.

        Raises:
            StoreError: The disk refuses, or a newer program made it.
        """
        self.path = self.path or default_path()
        for _ in range(_HEALS):
            try:
                self._connect()
                return self
            except _ERRORS as error:
                self.close()
                if not _is_damage(error):
                    raise self._refused(error)
                self._set_aside(error)
        raise StoreError("The job store %s is damaged again and again: check the disk." % self.path)

    def _connect(self):
        self._make_private()
        if places.is_foreign(self.path):
            raise StoreError("The job store %s belongs to another user and was not opened. Remove it, or set "
                             "RAYVISION_SYNC_HOME to a folder of your own." % self.path)
        self._db = sqlite3.connect(self.path, timeout=_BUSY_S, isolation_level=None)
        if not self.path.endswith("-old.sqlite"):
            self._keep_log()
        self._db.execute("PRAGMA synchronous = NORMAL")
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version < len(self._steps):
            self._upgrade()
        elif version > len(self._steps):
            self._check_readable(version)
        self._opened = self._identity()

    def _keep_log(self):
        # Where this is refused (a disk without shared memory), the older journal stays on.
        until = compat.monotonic() + _BUSY_S
        while True:
            try:
                self._db.execute("PRAGMA journal_mode = WAL").fetchall()
                return
            except sqlite3.OperationalError as error:
                # SQLite does not wait here when several processes make the file at one moment.
                if "locked" not in compat.text_type(error) or compat.monotonic() > until:
                    raise
            threading.Event().wait(_LOCK_S)

    def _make_private(self):
        """Create the file for this user only: SQLite gives its other files the same mode.

        A file that is there is never opened here: to close it would take the locks of all stores that this process
        has open, and the next worker to end would remove the log from under them.
        """
        try:
            os.close(os.open(compat.fs(self.path), os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except (IOError, OSError) as error:
            if error.errno != errno.EEXIST:
                raise self._refused(error)

    def _upgrade(self):
        self._db.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have been first.
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            for step in self._steps[version:]:
                for statement in step:
                    self._db.execute(statement)
            if version < len(self._steps):
                self._db.execute("INSERT OR REPLACE INTO meta VALUES ('readable_by', ?)",
                                 ("%d" % schema.READABLE_BY,))
                self._db.execute("PRAGMA user_version = %d" % len(self._steps))
            self._db.execute("COMMIT")
        except Exception:
            self._db.execute("ROLLBACK")
            raise

    def _check_readable(self, version):
        row = self._db.execute("SELECT value FROM meta WHERE key = 'readable_by'").fetchone()
        if row is None or int(row[0]) > len(self._steps):
            self.close()
            raise StoreError("The job store %s belongs to a newer version of this program (%d): update this one."
                             % (self.path, version))

    def _identity(self):
        try:
            found = os.stat(compat.fs(self.path))
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _set_aside(self, error):
        """Move a damaged file away, unless somebody else just did."""
        seen = self._identity()
        with self._exclusive():
            if seen is None or self._identity() != seen or self._is_sound():
                return
            damaged = "%s.damaged-%d" % (self.path, self.now())
            try:
                compat.replace(self.path, damaged)
                for tail in ("-wal", "-shm", "-journal"):
                    compat.remove_file(self.path + tail)
            except (IOError, OSError) as refusal:
                raise self._refused(refusal)
            log.warning("The job store %s was damaged (%s). It was kept as %s and begun anew.",
                        self.path, error, damaged)
            self._connect()
            self._begin_after(damaged)
            self.close()

    def _begin_after(self, damaged):
        """Leave a message, and numbers of jobs that were not given out before."""
        used = 0
        for folder in (places.log_folder(), os.path.join(places.home(), "jobs")):
            for name in _names(folder):
                number = name.replace("job-", "").partition(".")[0]
                used = max(used, int(number)) if number.isdigit() else used
        text = ("The list of transfers was damaged and has been begun anew. Transfers that run go on and show up "
                "again; start the others once more: what was sent is not sent again. The old list was kept as %s."
                % damaged)
        with self.write() as db:
            # A few more: somebody may be adding a job whose log is not there yet.
            db.execute("INSERT INTO job (id, kind, title, params, state, lane, created, changed)"
                       " VALUES (?, '', '', '{}', 'done', '', 0, 0)", (used + 10,))
            db.execute("DELETE FROM job")
            # Beyond what anybody polled before, so that nobody misses a row.
            db.execute("UPDATE counter SET value = ?", (int(self.now() * 1000),))
            db.execute("INSERT OR REPLACE INTO meta VALUES ('damaged', ?)", (text,))
            db.execute("INSERT INTO event (at, job, kind, text) VALUES (?, NULL, 'note', ?)", (self.now(), text))

    def _is_sound(self):
        try:
            db = sqlite3.connect(self.path, timeout=_BUSY_S, isolation_level=None)
            try:
                return db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
            finally:
                db.close()
        except _ERRORS as error:
            return not _is_damage(error)

    @contextmanager
    def _exclusive(self):
        """Hold a lock beside the store while it is replaced."""
        descriptor = os.open(compat.fs(self.path + ".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            until = compat.monotonic() + _BUSY_S
            while not compat.lock_file(descriptor) and compat.monotonic() < until:
                threading.Event().wait(_LOCK_S)
            yield
        finally:
            os.close(descriptor)

    def _refused(self, error):
        reason = compat.text(getattr(error, "strerror", None) or compat.text_type(error))
        if getattr(error, "errno", None) in FULL or "disk is full" in reason:
            return StoreError("No space left for the job store %s: free some." % self.path)
        return StoreError("The job store %s cannot be used (%s). Free the disk, or set RAYVISION_SYNC_HOME to another "
                          "folder." % (self.path, reason))

    def refresh(self):
        """Open the store anew if its file was replaced or removed since. Cheap: call it before a poll."""
        if self._db is None or self._identity() != self._opened:
            self.close()
            self.open()

    def close(self):
        """Close the store; closing twice is fine."""
        db, self._db = self._db, None
        if db is not None:
            db.close()

    def __enter__(self):
        return self.open()

    def __exit__(self, *_):
        self.close()

    # -- read and write

    def rows(self, statement, values=()):
        """Return all rows of a SELECT; a damaged file is healed first.

        Raises:
            StoreError: The disk refuses.
        """
        for attempt in range(_HEALS):
            try:
                # Read to the end at once: a cursor left half-read would hold up a writer.
                return self._db.execute(statement, values).fetchall()
            except _ERRORS as error:
                if not _is_damage(error) or attempt == _HEALS - 1:
                    raise self._refused(error)
                self._heal(error)

    def value(self, statement, values=(), default=None):
        """Return the first value of the first row."""
        rows = self.rows(statement, values)
        return rows[0][0] if rows else default

    @contextmanager
    def write(self, durable=False):
        """Hold the lock for one transaction and yield the connection.

        Args:
            durable (bool): Wait until the disk has it: it survives a power cut.

        Raises:
            StoreError: The disk refuses; nothing was written.
        """
        self._begin(durable)
        try:
            yield self._db
            self._db.execute("COMMIT")
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self._roll_back()
            if _is_damage(error):
                self._heal(error)
            raise self._refused(error)
        except BaseException:
            self._roll_back()
            raise
        finally:
            if durable and self._db is not None:
                self._db.execute("PRAGMA synchronous = NORMAL")

    def _begin(self, durable):
        for attempt in range(_HEALS):
            try:
                if durable:
                    self._db.execute("PRAGMA synchronous = FULL")
                self._db.execute("BEGIN IMMEDIATE")
                # Reads a page of the file: damage is noticed here, before anything was done.
                self._db.execute("UPDATE counter SET value = value + 1")
                return
            except _ERRORS as error:
                self._roll_back()
                if not _is_damage(error) or attempt == _HEALS - 1:
                    raise self._refused(error)
                self._heal(error)

    def _roll_back(self):
        try:
            if self._db is not None and self._in_transaction():
                self._db.execute("ROLLBACK")
        except sqlite3.Error:
            pass  # SQLite has rolled back by itself.

    def _in_transaction(self):
        # 2.7 does not tell: there a rollback too many raises, and is caught.
        return getattr(self._db, "in_transaction", True)

    def _heal(self, error):
        self.close()
        self._set_aside(error)
        self.open()

    # -- what every side needs

    @staticmethod
    def update(db, job_id, where="", values=(), **fields):
        """Change a job inside a transaction.

        Args:
            db: What `write` yielded.
            job_id (int): The job.
            where (str): Further condition, with its `values`.
            **fields: Columns and their new values.

        Returns:
            bool: A row was changed.
        """
        names = sorted(fields)
        statement = "UPDATE job SET %s, changed = (SELECT value FROM counter) WHERE id = ?%s" % (
            ", ".join("%s = ?" % name for name in names), " AND " + where if where else "")
        cursor = db.execute(statement, [fields[name] for name in names] + [job_id] + list(values))
        return cursor.rowcount > 0

    def job(self, job_id):
        """Return a `Job`, None where there is none."""
        rows = self.rows("SELECT %s FROM job WHERE id = ?" % ", ".join(schema.JOB_FIELDS), (job_id,))
        return schema.Job(*rows[0]) if rows else None

    def jobs(self, where="1", values=(), order="id"):
        """Return `Job` rows."""
        return [schema.Job(*row) for row in self.rows("SELECT %s FROM job WHERE %s ORDER BY %s" % (
            ", ".join(schema.JOB_FIELDS), where, order), values)]

    def counter(self):
        """Return the number of the last change."""
        return self.value("SELECT value FROM counter", default=0)

    def tell(self, db, job_id, kind, text):
        """Add an event inside a transaction; the oldest go."""
        cursor = db.execute("INSERT INTO event (at, job, kind, text) VALUES (?, ?, ?, ?)",
                            (self.now(), job_id, kind, text))
        db.execute("DELETE FROM event WHERE id <= ?", (cursor.lastrowid - schema.MOST_EVENTS,))

    def meta(self, key, default=None):
        """Return a value by key, as text."""
        return self.value("SELECT value FROM meta WHERE key = ?", (key,), default)

    def set_meta(self, key, value):
        """Keep a value by key; None removes it."""
        with self.write() as db:
            if value is None:
                db.execute("DELETE FROM meta WHERE key = ?", (key,))
            else:
                db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def _names(folder):
    try:
        return [compat.from_fs(name) for name in os.listdir(compat.fs(folder))]
    except OSError:
        return []
