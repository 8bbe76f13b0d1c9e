"""One tree of errors. Each one says what happened, to what, and what to do.

``retryable`` is the policy: `retry` tries again only where the error says
that trying again can help.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno

import six

#: What a system says of a disk, or of a user's share of it, without room.
FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", -1))


@six.python_2_unicode_compatible
class RayvisionError(Exception):
    """The root, under its documented name: scripts catch it, and may raise it themselves.

    Args:
        error_code (int): Number of the error.
        error (str): What happened.
        *args: Kept in ``args``.
    """

    def __init__(self, error_code, error, *args):
        super(RayvisionError, self).__init__(error_code, error, *args)
        self.error_code = error_code
        self.error = error

    def __str__(self):
        return "%s" % self.error


@six.python_2_unicode_compatible
class SyncError(RayvisionError):
    """Base of everything this package raises on purpose.

    Args:
        message (str): One sentence or two for the person who reads it.
        retryable (bool, optional): Overrides the policy of the class.

    Attributes:
        report (model.Report or None): What was done all the same, where a run was ended.
        error (str): The message; what the documented errors call it.
        error_code (int): The farm's own code, 0 where it is none of the farm's errors.
    """

    retryable = False
    report = None
    code = 0

    def __init__(self, message, retryable=None):
        Exception.__init__(self, message)  # The root's two values are read off this object: see below.
        self.message = message
        if retryable is not None:
            self.retryable = retryable

    @property
    def error(self):
        """str: See above."""
        return self.message

    @property
    def error_code(self):
        """int: See above."""
        return self.code

    def __str__(self):
        return self.message


class Cancelled(SyncError):
    """The user ended the run.

    Attributes:
        waiting (int): Bytes of unfinished files that wait on the storage for the next run.
    """

    waiting = 0

    def __init__(self, message="Cancelled."):
        super(Cancelled, self).__init__(message)


class SettingsError(SyncError):
    """An option, an environment variable or the settings file is wrong.

    Attributes:
        setting (str or None): Name of the setting that is wrong, where it is one.
    """

    setting = None

    def __init__(self, message, retryable=None, setting=None):
        super(SettingsError, self).__init__(message, retryable)
        self.setting = setting


class NoAccount(SettingsError):
    """There is no account to log in with.

    Attributes:
        result (dict): Of a job that it ends: a window says in its own words what to fill in.
    """

    result = {"is_without_account": True}


class UnsupportedEngineType(SettingsError):
    """A way of transfer that was asked for by name does not exist here."""


class UnsupportedDatabaseError(SettingsError):
    """A kind of record that was asked for by name does not exist here."""


class ManifestError(SyncError):
    """upload.json cannot be read or cut. Nothing was uploaded."""


class NameRefused(SyncError):
    """A name leads out of its folder or cannot exist there."""


class SourceError(SyncError):
    """A local file cannot be read."""


class SourceMissing(SourceError):
    """A local file is not there."""


class SourceChanged(SourceError):
    """A local file changed while it was being sent. `transfer` sends it again, a few times."""


class StorageError(SyncError):
    """The storage refused or failed."""


class StorageBusy(StorageError):
    """The storage failed in a way that may pass: trying again can help."""

    retryable = True


class TooManyOpen(StorageBusy):
    """The system opens no more files for this program, or at all: fewer at a time can help."""


class StorageFull(StorageError):
    """No space is left on the storage."""


class StorageLost(StorageError):
    """The storage takes nothing at all: with another file it would be the same, so the run ends."""


class NotStored(StorageError):
    """The storage has no object of that name."""


class LandingError(SyncError):
    """A downloaded file could not take its place on the local disk."""


class NoSpace(LandingError):
    """The local disk is full."""


class Outdated(LandingError):
    """What was decided no longer fits: the file changed here or there. Decide again."""


class Busy(Outdated):
    """Another program of this user is landing the same file."""


class Incomplete(SyncError):
    """Fewer or other bytes came than were promised."""

    retryable = True


class FarmError(SyncError):
    """The farm's API answered with an error.

    Attributes:
        code (int): The farm's own code, 0 where there was none.
    """

    def __init__(self, message, code=0, retryable=None):
        super(FarmError, self).__init__(message, retryable)
        self.code = code


class FarmUnreachable(FarmError):
    """The farm gave no usable answer: the network, or the farm itself."""

    retryable = True


class UnknownTask(FarmError):
    """The farm does not know the task."""


class DownloadFailed(SyncError):
    """Some files of a download did not land."""


class SpoolError(SyncError):
    """The temporary folder cannot hold the list of a run."""


class RecordError(SyncError):
    """The record on the local disk cannot be used."""


def crowded(error, name):
    """Return the `TooManyOpen` that an error of the system means for a file, or None."""
    if getattr(error, "errno", None) not in (errno.EMFILE, errno.ENFILE):
        return None
    return TooManyOpen("%s: too many files are open at a time. Choose fewer threads, or let the system allow more "
                       "(ulimit -n)." % name)
