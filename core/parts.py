"""One large file in parts: begun, gone on with after a break, and put together.

What is open is written down before its first byte is sent, so that a run
that is killed leaves nothing that the next one does not find. That next run
believes nothing but bytes: a part counts as sent where the storage's MD5 of
it is that of the local range.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import os
import threading
import time
from collections import namedtuple

from . import checksum, compat, stream
from .errors import NotStored, RecordError, SourceChanged, StorageError
from .plan import give_up_changing
from .record import Opened
from .retry import retry
from .span import Span
from .split import Split

log = logging.getLogger(__name__)

#: How often a file is begun anew that changes, or whose parts vanish, while it is sent.
ROUNDS = 3

_SETTLE_S = 0.3

#: Clocks of this computer and of the storage may differ by so much.
_CLOCKS_S = 3600.0

#: How often the row of a file that takes long is written anew.
_TOUCH_S = 3600.0

#: A part that the storage has: ``tag`` is its name for the bytes, ``crc`` their CRC-32.
Sent = namedtuple("Sent", "number tag crc size")


class Parts(object):
    """Send large files in parts, on an engine that can.

    Args:
        engine: Open, with the calls for parts of `rayvision_sync.engines`.
        gear (stream.Gear): Of the run.
        book (Book or None): Of what is open; None goes on with nothing and leaves nothing open on purpose.
        attempts (int): For errors that may pass.
        hear (callable, optional): Told each of them (any thread).
    """

    def __init__(self, engine, gear, book, attempts=5, hear=None):
        self._engine = engine
        self._gear = gear
        self._book = book
        self._attempts = attempts
        self._hear = hear
        self._waiting = {}

    def resume(self, items):
        """Look how much of some files is there already, from a run that broke off.

        Args:
            items (iterable of Item): Those that are to be sent.

        Returns:
            tuple: ``(files, bytes there, bytes of the files)``. The progress begins with them.
        """
        known = self._book.all() if self._book and hasattr(self._engine, "parts_there") else {}
        files = there = size = 0
        for item in items if known else ():
            done = self._bytes_there(item, known.get(item.target))
            if done:
                self._gear.progress.resume(item.target, done)
                files, there, size = files + 1, there + done, size + item.size
        return files, there, size

    def _bytes_there(self, item, opened):
        if opened is None or not opened.upload or not self._fits(item, opened, self._engine.part_bytes(item.size)):
            return 0
        try:
            return sum(_sizes_there(opened, self._engine.parts_there(item.target, opened.upload)).values())
        except StorageError:
            return 0  # It is asked again, patiently, when the file's turn comes.

    def waiting(self):
        """Return the bytes of unfinished files that wait on the storage for the next run."""
        return sum(self._waiting.copy().values()) if self._book else 0

    def keeps(self, target, size):
        """Note that so many bytes of a file are on the storage, and the file is not finished."""
        self._waiting[target] = size

    def takes(self, size):
        """Tell whether a file of this size goes in parts."""
        part_bytes = getattr(self._engine, "part_bytes", None)
        return part_bytes is not None and part_bytes(size) is not None

    def start(self, item, rounds=1):
        """Begin a file, or go on with it.

        Args:
            item (Item): As it was planned.
            rounds (int): How often it was begun, with this time.

        Returns:
            Split: Whose value is the file's row: (target, size, mtime, checksum).
        """
        return self._retry(item.target, lambda: self._begun(item, rounds))

    def _begun(self, item, rounds):
        item = _now(item)
        part_bytes = self._engine.part_bytes(item.size)
        if part_bytes is None:  # It has shrunk.
            part_bytes = item.size
        opened, there = self._resumed(item, part_bytes)
        if opened is None:
            self._gear.progress.restart(item.target)
            opened, there = self._opened(item, part_bytes), {}
        sending = _Sending(self, item, opened, there, rounds)
        return Split(sending.numbers, sending.send, sending.join)

    def _resumed(self, item, part_bytes):
        """Return ``(Opened, what the storage has of it)`` of an earlier run, or ``(None, None)``."""
        opened = self._book.find(item.target) if self._book else None
        if opened is None:
            return None, None
        if opened.upload and self._fits(item, opened, part_bytes):
            try:
                there = self._engine.parts_there(item.target, opened.upload)
                return self._touched(opened), there
            except NotStored:
                return None, None  # It was put together, or somebody cleaned up.
        self.drop(opened, is_patient=True)
        return None, None

    @staticmethod
    def _fits(item, opened, part_bytes):
        return opened.size == item.size and opened.mtime == item.mtime and opened.part_bytes == part_bytes

    def _touched(self, opened):
        """Write down that a file is still under way: nobody takes it for left."""
        opened = opened._replace(at=time.time())
        self._book.write(opened)
        return opened

    def _opened(self, item, part_bytes):
        opened = Opened(item.target, None, item.size, item.mtime, part_bytes, time.time())
        if self._book:
            self._book.write(opened)
        opened = opened._replace(upload=self._engine.begin_parts(item.target, item.mtime))
        if self._book:
            self._book.write(opened)
        return opened

    def drop(self, opened, is_patient=False):
        """Let go of what was sent of a file, on the storage and in the book; as far as that can be.

        Args:
            opened (Opened): The file.
            is_patient (bool): An error that may pass is raised: the caller tries again.
        """
        self._waiting.pop(opened.target, None)
        try:
            for upload in [opened.upload] if opened.upload else self._unnamed(opened):
                self._engine.drop_parts(opened.target, upload)
        except StorageError as error:
            if is_patient and error.retryable:
                raise
            log.warning("Parts of %s stay on the storage for now: %s", opened.target, error.message)
            return
        if self._book:
            self._book.forget(opened.target)

    def _unnamed(self, opened):
        """Return what was opened for a file by a run that ended before it could write down under which name."""
        return [upload for target, upload, at in self._engine.open_parts(opened.target)
                if target == opened.target and abs(at - opened.at) < _CLOCKS_S]

    def again(self, item, opened, rounds, error):
        """Begin a file anew after an error, if that was not tried often enough.

        Raises:
            SyncError: The error, where it was; or where it is none that this helps against.
        """
        changed = isinstance(error, SourceChanged)
        if not changed and not isinstance(error, NotStored):
            if not self._book:
                self.drop(opened)  # Nobody would ever go on with it.
            raise error
        self.drop(opened)
        if rounds >= ROUNDS:
            raise give_up_changing(error, ROUNDS) if changed else error
        self._gear.progress.restart(item.target)
        self._gear.cancel.wait(_SETTLE_S * rounds)
        return self.start(item, rounds + 1)

    def _retry(self, target, call, on_retry=None):
        def tell(error, *_):
            if self._hear:
                self._hear(error)
            on_retry(error) if on_retry else self._gear.progress.restart(target)
        return retry(call, attempts=self._attempts, wait=self._gear.cancel.wait, on_retry=tell)


class _Sending(object):
    """One file under way; `send` is called in many threads."""

    def __init__(self, parts, item, opened, there, rounds):
        self._parts = parts
        self._item = item
        self._opened = opened
        self._there = there
        self._rounds = rounds
        self._kept = _sizes_there(opened, there)
        self._moved = _Moved(parts._gear.progress, item.target, self._kept)
        self._lock = threading.Lock()
        parts.keeps(item.target, sum(self._kept.values()))
        self.numbers = list(range(1, max(1, -(-item.size // opened.part_bytes)) + 1))

    def send(self, number):
        """Send one part, unless the storage has it; return `Sent`."""
        return self._parts._retry(self._item.target, lambda: self._attempt(number),
                                  on_retry=lambda *_: self._moved.hear(number, 0))

    def _attempt(self, number):
        parts, opened = self._parts, self._opened
        first = (number - 1) * opened.part_bytes
        size = min(opened.part_bytes, self._item.size - first)
        with Span(self._item, first, size, parts._gear, lambda done: self._moved.hear(number, done)) as span:
            tag = self._tag_there(number, span)
            if tag is None:
                self._moved.hear(number, 0)
                span.checksum()
                tag = parts._engine.send_part(span, self._item.target, opened.upload, number)
            else:
                self._moved.hear(number, size)
            span.check_unchanged()
            self._keep(number, size)
            if parts._book and time.time() - self._opened.at > _TOUCH_S:
                self._opened = parts._touched(opened)
            return Sent(number, tag, span.crc, size)

    def _keep(self, number, size):
        with self._lock:
            self._kept[number] = size
            self._parts.keeps(self._item.target, sum(self._kept.values()))

    def _tag_there(self, number, span):
        size, tag = self._there.get(number, (None, None))
        return tag if size == span.size and tag == span.md5() else None

    def join(self, sent, error):
        """Put the parts together; return the file's row, or the `Split` of a new beginning."""
        try:
            if error is not None:
                raise error
            _compare(self._item)
            crc = 0
            for part in sent:
                crc = checksum.combine(crc, part.crc, part.size)
            stored = self._finished(sent, crc)
            _compare(self._item)
        except (SourceChanged, StorageError) as found:
            return self._parts.again(self._item, self._opened, self._rounds, found)
        self._parts.keeps(self._item.target, 0)
        if self._parts._book:
            self._parts._book.forget(self._item.target)
        return self._item.target, stored.size, self._item.mtime, stream.checksum_text(crc)

    def _finished(self, sent, crc):
        engine, item = self._parts._engine, self._item
        listed = [(part.number, part.tag, part.crc) for part in sent]
        try:
            return self._parts._retry(item.target, lambda: engine.finish_parts(
                item.target, self._opened.upload, listed, item.mtime, crc), on_retry=lambda *_: None)
        except NotStored:
            # The answer to an earlier attempt may have been lost on its way.
            found = engine.ask([item.target]).get(item.target)
            if found is None or found.size != item.size or not compat.same_time(found.mtime, item.mtime) or (
                    found.checksum not in (None, stream.checksum_text(crc))):
                raise
            return found


class _Moved(object):
    """Bytes of one file that have moved, over all its parts."""

    def __init__(self, progress, target, there):
        self._progress = progress
        self._target = target
        self._done = dict(there)
        self._total = sum(there.values())
        self._lock = threading.Lock()

    def hear(self, number, done):
        """Note the bytes of one part that have moved so far."""
        with self._lock:
            self._total += done - self._done.get(number, 0)
            self._done[number] = done
            self._progress.moved(self._target, self._total)


class Book(object):
    """What is open on one storage: the record's rows, read and written by the thread that runs the crew.

    Args:
        record (Record): Open.
        storage (int): From `Record.storage`.
        ask (callable): `Crew.ask`.
    """

    def __init__(self, record, storage, ask):
        self._record = record
        self._storage = storage
        self._ask = ask

    def all(self):
        """Return ``{target: Opened}`` of everything; for the thread that runs the crew."""
        try:
            return dict((opened.target, opened) for opened in self._record.opened(self._storage))
        except RecordError as error:
            log.warning("%s", error.message)
            return {}

    def find(self, target):
        """Return the `Opened` of a file, or None."""
        found = []
        self._safely(lambda: found.extend(self._record.opened(self._storage, [target])))
        return found[0] if found else None

    def write(self, opened):
        """Write down what is, or is about to be, open."""
        self._safely(lambda: self._record.write_opened(self._storage, opened))

    def forget(self, target):
        """Forget what was open of a file."""
        self._safely(lambda: self._record.forget_opened(self._storage, [target]))

    def _safely(self, call):
        try:
            self._ask(call)
        except RecordError as error:
            # It is sent all the same; only a run that breaks off could not be gone on with.
            log.warning("%s", error.message)


def _sizes_there(opened, there):
    """Return ``{number: bytes}`` of the parts that the storage has in the size that they must have."""
    sizes = {}
    for number, (size, _) in there.items():
        first = (number - 1) * opened.part_bytes
        if 0 <= first < opened.size and size == min(opened.part_bytes, opened.size - first):
            sizes[number] = size
    return sizes


def _now(item):
    """Return an item with the size and time that its file has now."""
    try:
        found = os.stat(compat.fs(item.source))
    except (OSError, ValueError, TypeError) as error:
        raise stream.source_error(item.source, error)
    return item._replace(size=found.st_size, mtime=compat.mtime_ns(found))


def _compare(item):
    if _now(item) != item:
        raise SourceChanged("%s changed while it was being sent. It was not recorded as uploaded: "
                            "save it and run the upload again." % item.source)
