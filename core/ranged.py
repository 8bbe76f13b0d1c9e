"""Large files that land in ranges, each fetched by whichever thread is free."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .errors import Cancelled, Incomplete, SyncError
from .landing import is_full, unwritable
from .retry import retry
from .split import Split


_SETTLE_S = 0.5


class _NoRanges(SyncError):
    """The storage gives the whole alone."""


class _Refused(SyncError):
    """The local disk has no room."""


class Ranged(object):
    """Land files in ranges, on an engine that can.

    Args:
        engine: Open.
        gear (stream.Gear): Of the run.
        attempts (int): For errors that may pass.
        hear (callable, optional): Told each of them (any thread).
    """

    def __init__(self, engine, gear, attempts=5, hear=None):
        self.engine = engine
        self.gear = gear
        self.attempts = attempts
        self._hear = hear
        self._under_way = set()

    def range_bytes(self, stored):
        """Return the bytes of a range of a file, or None where it is fetched in one piece."""
        choose = getattr(self.engine, "range_bytes", None)
        return choose(stored.size) if choose is not None and stored.version and stored.size else None

    def start(self, landing, stored, source, place):
        """Begin a file, waiting for room on the disk where there is none.

        Args:
            landing (landing.Landing): Which gives it its place.
            stored, source, place: As for `landing.Landing.fetch`.

        Returns:
            Split: Whose value is the `Landed`.
        """
        filling = _Filling(self, landing, stored, source, place)
        self._under_way.add(filling)
        return filling.start()

    def end(self, filling):
        """A file is no longer under way."""
        self._under_way.discard(filling)

    def close(self):
        """Let go of what a cancel has left under way: the next run goes on with it."""
        for filling in list(self._under_way):
            filling.break_off()

    def retry(self, call):
        """Call until it works; see `retry.retry`."""
        return retry(call, attempts=self.attempts, wait=self.gear.cancel.wait,
                     on_retry=lambda error, *_: self._hear(error) if self._hear else None)


class _Filling(object):
    """One file under way; `fetch` is called in many threads."""

    def __init__(self, ranged, landing, stored, source, place):
        self._ranged = ranged
        self._landing = landing
        self._stored, self._source, self._place = stored, source, place
        self._room = self._sink = None
        self._rounds = 0
        self._is_joining = False

    def start(self):
        """Begin; return the `Split`."""
        return self._step(self._begin)

    def _step(self, call):
        """Return what a call returns; the file is under way no longer where that is no `Split`."""
        try:
            value = call()
        except BaseException as error:
            self._end(error)
            raise
        if not isinstance(value, Split):
            self._end()
        return value

    def _end(self, error=None):
        self._ranged.end(self)
        if self._room is not None:
            self._room.__exit__(error and type(error))

    def break_off(self):
        """Leave what is there to the next run."""
        if self._sink is not None and not self._is_joining:
            self._sink.__exit__(Cancelled, Cancelled(), None)
        self._end(Cancelled())

    def _begin(self):
        range_bytes = self._ranged.range_bytes(self._stored)
        self._rounds += 1
        self._is_joining = False
        sink, room = self._landing.prepare(self._stored, self._source, self._place, range_bytes)
        self._room = self._room or room
        self._sink = None
        while self._sink is None:
            self._room.take()
            try:
                self._sink = self._ranged.retry(lambda: self._written(sink.__enter__))
            except _Refused:
                self._room.refused()
        self._room.follow(sink)
        return Split(sink.ranges, self.fetch, self.join)

    def fetch(self, wanted):
        """Fetch one range."""
        self._ranged.retry(lambda: self._written(lambda: self._attempt(wanted)))

    def _written(self, call):
        """Return what a call returns that the local disk may refuse."""
        try:
            return call()
        except (IOError, OSError) as error:
            raise _Refused("") if is_full(error) else unwritable(self._place.path, error)

    def _attempt(self, wanted):
        with wanted:
            if wanted.done < wanted.size and not self._ranged.engine.fetch_range(self._stored, wanted):
                raise _NoRanges("")
            if wanted.done < wanted.size:
                raise Incomplete("%s came with %d of %d bytes of a range. They will be fetched again."
                                 % (self._stored.name, wanted.done, wanted.size))

    def join(self, _, error):
        """Give the file its place; return the `Landed`, or the `Split` of a new beginning."""
        return self._step(lambda: self._joined(error))

    def _joined(self, error):
        try:
            return self._landed(error)
        except _NoRanges:
            return self._ranged.retry(lambda: self._landing.fetch(self._stored, self._source, self._place))
        except _Refused:
            self._room.refused()
        except SyncError as found:
            # What a range could not do has been tried often enough.
            if found is error or not found.retryable or self._rounds >= self._ranged.attempts:
                raise
            self._ranged.gear.cancel.wait(_SETTLE_S * self._rounds)
        self._ranged.gear.progress.restart(self._place.path)
        return self._begin()

    def _landed(self, error):
        stored, place = self._stored, self._place
        self._is_joining = True
        with self._sink as sink:
            if error is not None:
                raise error
            described = self._ranged.engine.describe(stored)
            sink.join()
            left = self._written(lambda: self._landing.complete(sink, stored, described, place))
        return self._written(lambda: self._landing.landed(sink, stored, self._source, place, left))
