"""The data that flows through the package: plain tuples, no behaviour."""
from __future__ import absolute_import, division, print_function, unicode_literals

from collections import namedtuple

#: One entry of upload.json: local path, and where it lands on the storage ("/D/tex/a.exr").
Asset = namedtuple("Asset", "local server")

#: A file to move. ``size`` in bytes, ``mtime`` in nanoseconds, both of the source.
Item = namedtuple("Item", "source target size mtime")

#: What a storage holds under a name ("/D/tex/a.exr"). ``mtime`` is the *source's*
#: where the storage keeps it, else None; ``checksum`` is "crc32:0a1b2c3d",
#: "md5:..." or None; ``version`` is another one whenever the content is, or None.
Stored = namedtuple("Stored", "name size mtime checksum version")
Stored.__new__.__defaults__ = (None,)

#: What did not work. ``kind`` is "missing", "refused" or "failed".
Problem = namedtuple("Problem", "kind source target reason")

#: One thing that happened. ``kind`` is one of "begin", "bytes", "done", "retry",
#: "skipped", "missing", "refused", "failed", "kept", "note". ``done`` is absolute: bytes of
#: this item so far.
Event = namedtuple("Event", "kind item done note")


class Report(namedtuple("Report", "sent skipped missing failed bytes seconds problems kept beside")):
    """The result of a run.

    Attributes:
        sent (int): Files that were moved and confirmed.
        skipped (int): Files that were there already.
        missing (int): Sources that do not exist.
        failed (int): Files that were refused or could not be moved.
        bytes (int): Bytes of the files that were moved.
        seconds (float): Duration.
        problems (tuple of Problem): The first thousand, in order.
        kept (tuple of str): Local files of the user's own that a download left alone.
        beside (tuple of tuple): ``(kept, path)``: where the farm's version of such a file lies, if there is one.
    """

    __slots__ = ()

    @property
    def ok(self):
        """bool: Nothing is missing and nothing failed."""
        return not self.missing and not self.failed

    def as_dict(self):
        """Return the counts as ``--json`` prints them."""
        return {"event": "report", "sent": self.sent, "skipped": self.skipped,
                "missing": self.missing, "failed": self.failed,
                "bytes": self.bytes, "seconds": round(self.seconds, 3)}


Report.__new__.__defaults__ = ((),)


def empty_report():
    """Return the report of a run that had nothing to do."""
    return Report(0, 0, 0, 0, 0, 0.0, (), ())


def add_reports(a, b):
    """Return the sum of two reports."""
    return Report(a.sent + b.sent, a.skipped + b.skipped, a.missing + b.missing,
                  a.failed + b.failed, a.bytes + b.bytes, a.seconds + b.seconds,
                  (a.problems + b.problems)[:1000], (a.kept + b.kept)[:1000], (a.beside + b.beside)[:1000])
