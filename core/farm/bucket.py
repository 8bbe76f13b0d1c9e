"""The farm's files in a bucket: what `storage.FolderStorage` is on the disk, through the same engine as a client's."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import threading

from .. import compat, paths
from ..crew import Crew
from ..engines import make_engine
from ..errors import Cancelled, NotStored, SettingsError
from ..model import Item
from ..progress import Progress
from ..stream import Gear, Sink, Source
from ..throttle import Throttle
from ..tuner import Tuner
from .storage import Entry

#: What the storages of one bucket are called below its prefix.
KINDS = ("input", "output", "config")


class BucketStorage(object):
    """A storage that an engine reaches.

    Args:
        options (dict): Of the engine; without keys, those of the environment hold.
        cache (Cache): Where files lie that programs read.
        engine (str): Its name.
    """

    def __init__(self, options, cache, engine="s3"):
        self._options = options
        self._name = engine
        self._cache = cache
        self._engine = None
        self._lock = threading.Lock()
        self._count = 0

    def open(self):
        """Make the engine; nothing is asked yet.

        Raises:
            SettingsError: Its options cannot be used, or there are no keys.
        """
        self.describe()
        self._engine = make_engine(self._name, self._options)
        self._engine.open()

    def close(self):
        """Let go of the engine."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    def describe(self):
        """Return what ``getConfig`` tells a client's engine: the keys that hold now are among it."""
        return with_keys(self._options) if self._name == "s3" else self._options

    def has(self, name):
        """Tell whether there is a file of that name."""
        return bool(self._engine.ask([paths.check_server(name)]))

    def local(self, name):
        """Return the path of a file's copy for programs that read it, or None if it is not there."""
        return self.gather(name, (), None)

    def gather(self, scene, names, cancel):
        """Bring a scene and what it needs to this disk.

        Args:
            scene (str): Name of the scene.
            names (iterable of str): Of its other files; those that are not there are left out.
            cancel (threading.Event or None): Ends it.

        Returns:
            str or None: Path of the scene; None if it is not there. The others lie around it as their names have it.

        Raises:
            SyncError: One of them cannot be fetched; ``retryable`` where it is worth waiting.
            Cancelled: `cancel` was set.
        """
        wanted = sorted(set(names) | {paths.check_server(scene)})
        link = Link(cancel)
        found = link.ask(self._engine, wanted)
        if scene not in found:
            return None
        self._cache.hold(found)
        lacking = [stored for stored in found.values() if not self._cache.has(stored)]
        crew = Crew(lambda item: self._fetch(item.stored, link), Tuner(
            self._engine.first_threads, self._engine.most_threads), link, Progress())
        for _, _, error in crew.run(_Wanted(stored) for stored in lacking):
            if error is not None and not isinstance(error, NotStored):
                raise error
        if lacking:
            self._cache.trim()
        return self._cache.path(scene)

    def _fetch(self, stored, link):
        path = self._cache.path(stored.name)
        compat.make_folder(os.path.dirname(path))
        part = self._part(path)
        with Sink(part, Item(stored.name, path, stored.size, stored.mtime), _gear(link)) as sink:
            self._engine.fetch(stored, sink)
            sink.check_complete(stored)
            sink.keep()
        try:
            self._cache.take(stored, part)
        finally:
            compat.remove_file(part)

    def _part(self, path):
        with self._lock:
            self._count += 1
            return "%s.%d.part" % (path, self._count)

    def read(self, name, most):
        """Return a small file's bytes, or None if it is missing or holds more than `most`."""
        found = self._engine.ask([paths.check_server(name)]).get(name)
        if found is None or found.size > most:
            return None
        part = self._part(self._cache.scratch())
        try:
            with Sink(part, Item(name, part, found.size, found.mtime), _gear(Link(None))) as sink:
                self._engine.fetch(found, sink)
                sink.check_complete(found)
                sink.keep()
            with io.open(compat.fs(part), "rb") as source:
                return source.read()
        except NotStored:  # Removed meanwhile.
            return None
        finally:
            compat.remove_file(part)

    def put(self, name, source, cancel=None):
        """Send a finished file to its place: it appears whole, over an older one. The local one is removed."""
        status = os.stat(compat.fs(source))
        item = Item(source, paths.check_server(name), status.st_size, compat.mtime_ns(status))
        with Source(item, _gear(Link(cancel))) as opened:
            self._engine.send(opened, name)
        compat.remove_file(source)

    def listing(self, name):
        """Return the entries of a folder, sorted; nothing for a missing one."""
        folder = "/" if name == "/" else paths.check_server(name)
        skip = len(folder.rstrip("/")) + 1
        found = {}
        for stored in self._engine.list(folder):
            first, is_below, _ = stored.name[skip:].partition("/")
            seconds = (stored.mtime or 0) / 1e9
            if is_below:
                known = found.get(first)
                found[first] = Entry(first, 0, max(seconds, known.mtime if known else 0), True)
            elif first and first not in found:
                found[first] = Entry(first, stored.size, seconds, False)
        return [found[first] for first in sorted(found)]


class _Wanted(object):
    """A stored file as `Crew` takes it."""

    __slots__ = ("stored", "source", "target", "size")

    def __init__(self, stored):
        self.stored = stored
        self.source = self.target = stored.name
        self.size = stored.size


class Link(object):
    """An event of the render loop as what moves bytes takes it: see `cancel.Cancel`.

    Args:
        event (threading.Event or None): None is never set.
    """

    def __init__(self, event):
        self._event = event or threading.Event()

    @property
    def is_cancelled(self):
        """bool: The event is set."""
        return self._event.is_set()

    def check(self):
        """Raise `Cancelled` if the event is set."""
        if self._event.is_set():
            raise Cancelled()

    def wait(self, seconds):
        """Wait, but no longer than until the event is set."""
        if self._event.wait(max(0.0, seconds)):
            raise Cancelled()

    def ask(self, engine, names):
        """Ask an engine for many names, some at a time."""
        found = {}
        for start in range(0, len(names), _NAMES_AT_ONCE):
            self.check()
            found.update(engine.ask(names[start:start + _NAMES_AT_ONCE]))
        return found


_NAMES_AT_ONCE = 500


def _gear(link):
    return Gear(link, Throttle(), Progress())


def with_keys(options):
    """Return the options of a bucket with the keys that hold now.

    Raises:
        SettingsError: There are none.
    """
    from ..engines.s3 import credentials  # Not above: most farms are folders.
    try:
        found = credentials.find_credentials(options)
    except SettingsError as error:
        raise SettingsError("The farm cannot use %s: %s" % (shown(options), error.message))
    keys = {"access_key": found.access_key, "secret_key": found.secret_key, "session_token": found.token,
            "region": options.get("region") or credentials.find_region()}
    return dict(options, **dict((name, value) for name, value in keys.items() if value))


def storages(options, cache_folder, cache_bytes):
    """Return the storages of a farm in one bucket: input, output, config.

    Args:
        options (dict): Of the bucket, from `engines.addresses.of_url`.
        cache_folder (str): For copies on this disk.
        cache_bytes (int): How much of them is kept.
    """
    from .cache import Cache
    cache = Cache(cache_folder, cache_bytes)
    return [BucketStorage(dict(options, prefix="/".join(part for part in (options.get("prefix"), kind) if part)), cache)
            for kind in KINDS]


def shown(options):
    """Return a bucket's address without anything secret."""
    return "/".join(part for part in (options["endpoint"], options["bucket"], options.get("prefix")) if part)
