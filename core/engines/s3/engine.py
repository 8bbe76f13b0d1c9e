"""A storage that is a bucket of any S3-compatible store."""
from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import posixpath
import threading
import zlib
from collections import deque

from ... import compat, paths, stream
from ...errors import Cancelled, Incomplete, Outdated, SourceChanged, StorageError
from ...model import Stored
from ...retry import retry
from . import credentials, multipart, options as options_module
from .calls import MOST_KEY, STALL_S, Calls
from .checksums import CRC, MTIME, confirms, encode_crc, make_md5
from .dialling import Dialler
from .pool import Pool
from .retrieval import Retrieval, read_stored
from .signing import Signer

#: Files up to this size are read as a whole and sent with their head.
SMALL_BYTES = 1 << 20

#: Up to this size, a file's md5 is sent, too: it costs next to nothing, and every store compares it.
_MD5_BYTES = 64 << 10

#: So many names are asked for one by one; of more, a listing tells first which are there.
_FEW = 64

#: Pages of a listing that are read at most where 1 000 names are wanted.
_PAGES = 3

_ASKERS = 16

#: After so many names in a row that the store would not tell of, it is the store that fails, not the names.
_MOST_UNKNOWN = 32

_ATTEMPTS = 5


class S3Engine(object):
    """Keep files as the objects of a bucket.

    Every object is published as a whole by the store itself. Its checksum is
    sent with it, compared by the store, and what the store confirms is
    compared with what was read.

    Args:
        options (dict): See docs/s3.md.
        environ (callable): Variable -> text or None.

    Attributes:
        hear (callable or None): Told a sentence of each attempt that failed before the store has answered at all, in
            the thread that opened the engine.
    """

    name = "s3"
    first_threads = 8
    most_threads = 64

    #: A fetch gives one version of an object, whole: nobody has to look again before it lands.
    fetches_versions = True

    #: Only with If-Match: a store may answer a range with If-Range by a part of another version.
    resumes = True

    def __init__(self, options, environ=compat.environ):
        self._options = dict(options)
        self._environ = environ
        self._place = options_module.read_place(
            options, None if options.get("region") else credentials.find_region(environ))
        self._calls = self._pool = self._parts = self._retrieval = None
        self._cancel = None
        self._crowded = set()
        self._has_answered = False
        self._opener = None
        self.hear = None
        #: Whether the store confirms CRC-32; None until it has answered once.
        self._confirms_crc = None

    def __repr__(self):
        return str("<S3Engine %s/%s>" % (self._place.shown, self._place.prefix))

    @property
    def identity(self):
        """str: Endpoint, bucket and prefix."""
        return "s3:%s/%s" % (self._place.shown, self._place.prefix)

    @property
    def shown(self):
        """str: The bucket's address, for who waits for it."""
        return self._place.shown

    def open(self, cancel=None):
        """Find the keys; the first call connects.

        Args:
            cancel (Cancel, optional): Ends what waits for the network.

        Raises:
            SettingsError: There are no keys, or the proxy is none.
        """
        signer = Signer(credentials.find_credentials(self._options, self._environ), self._place.region)
        proxy = options_module.choose_proxy(self._place, self._environ)
        self._cancel = cancel
        self._opener = threading.current_thread()
        self._crowded = set()
        self._pool = Pool(lambda check: Dialler(self._place, proxy, check, STALL_S), cancel)
        self._calls = Calls(self._place, signer, self._pool)
        self._parts = multipart.Multipart(self._calls, self._key, self._target, self._place.shown)
        self._retrieval = Retrieval(self._calls, self._key)

    def close(self):
        """Close the connections; closing twice is fine."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def _key(self, target):
        paths.check_server(target)
        key = self._place.prefix + target[1:]
        if len(key.encode("utf-8")) > MOST_KEY:
            raise StorageError("%s: its name on the storage has more than %d bytes. Give it a shorter one."
                               % (paths.quoted(target), MOST_KEY))
        return key

    def _target(self, key):
        """Return the server name of a key, or None where it is none of ours."""
        prefix = self._place.prefix
        return "/" + key[len(prefix):] if key.startswith(prefix) and not key.endswith("/") else None

    def fold(self, targets):
        """Return the names: no two of them are one here."""
        return targets

    # -- sending

    def send(self, source, target):
        """Send a `stream.Source`. Returns `Stored`."""
        key = self._key(target)
        if source.size <= min(SMALL_BYTES, source.block_size):
            body = source.read() if source.size else b""
            while source.done < source.size:
                body += source.read()
            crc = zlib.crc32(body)
            md5 = make_md5(hashlib.md5(body).hexdigest) if self._wants_md5(len(body)) else None
            headers = self._headers(source, crc, md5)
            said = self._calls.put(key, headers, body, name=target)
        else:
            crc, digest = source.look_ahead(self._wants_md5(source.size))
            md5 = digest and make_md5(digest.hexdigest)

            def feed(connection):
                while source.done < source.size:
                    connection.send(source.read())
                if source.checksum != stream.checksum_text(crc):
                    # The last byte has gone, but the store will find the same and refuse.
                    raise SourceChanged("%s changed while it was being sent: save it and run the upload again."
                                        % source.item.source)
            said = self._calls.put(key, self._headers(source, crc, md5), feed=feed, length=source.size, name=target)
        self._confirm(said, crc, md5, target)
        return Stored(target, source.size, source.mtime, stream.checksum_text(crc))

    def _wants_md5(self, size):
        return size <= _MD5_BYTES or not self._confirms_crc

    @staticmethod
    def _headers(source, crc, md5):
        headers = [(CRC, encode_crc(crc)), (MTIME, "%d" % source.mtime)]
        return headers if md5 is None else headers + [md5.header]

    def _confirm(self, said, crc, md5, target):
        """Compare what the store says that it holds with what was read."""
        if self._confirms_crc is None:
            self._confirms_crc = CRC in said
        if not confirms(said, crc, md5 and md5.text):
            raise Incomplete("%s: the storage %s does not confirm the bytes that were read."
                             % (target, self._place.shown))

    # -- in parts

    def part_bytes(self, size):
        """Return the bytes of a part of a file of this size, or None where it goes in one piece."""
        return multipart.part_size(size)

    def begin_parts(self, target, mtime):
        """Begin an object in parts; return the id under which they are sent."""
        return self._parts.begin(target, mtime)

    def send_part(self, span, target, upload, number):
        """Send one part, a span with its ``crc``; return its tag."""
        return self._parts.send(span, target, upload, number)

    def parts_there(self, target, upload):
        """Return ``{number: (size, tag)}`` of the parts that were sent; `NotStored` where the upload is unknown."""
        return self._parts.there(target, upload)

    def finish_parts(self, target, upload, parts, mtime, crc):
        """Join the parts ``(number, tag, crc)``; return `Stored`."""
        return self._parts.finish(target, upload, parts, mtime, crc)

    def drop_parts(self, target, upload):
        """End an object in parts; one that is gone is fine."""
        self._parts.drop(target, upload)

    def open_parts(self, prefix):
        """Yield ``(target, upload, epoch seconds)`` of what is begun and not finished."""
        return self._parts.open(prefix)

    # -- asking

    def ask(self, targets):
        """Return ``{target: Stored}`` of those names that are there.

        A listing does not tell a source's time, so the names that it shows
        are asked for one by one, some at a time.
        """
        found, failed = self._asked(targets, 1)
        for error in failed.values():
            raise error
        return found

    def ask_each(self, targets):
        """Like `ask`, but one name that the store does not tell of leaves the others alone.

        Returns:
            tuple: ``({target: Stored}, {target: error})``.

        Raises:
            SyncError: It is the store that fails: it has told of nothing yet, or of none of many names in a row.
        """
        return self._asked(targets, _MOST_UNKNOWN)

    def _asked(self, targets, most_unknown):
        wanted = {}
        for target in targets:
            try:
                wanted[self._key(target)] = target
            except StorageError:
                pass  # Too long: it cannot be there.
        keys = list(wanted)
        if len(keys) > _FEW:
            keys = self._listed(keys)
        found, failed, unknown = {}, {}, []

        def look(key):
            target = wanted[key]
            try:
                # As long as it has told of nothing, what fails is the store and not this file.
                headers = self._patiently(lambda: self._calls.head(key, target if self._has_answered else ""))
            except (Incomplete, StorageError) as error:
                unknown.append(target)
                if len(unknown) >= most_unknown or self._pool is None:
                    raise
                failed[target] = error
                return
            self._has_answered = True
            del unknown[:]
            if headers is not None:
                found[target] = read_stored(target, headers)
        if keys and not self._has_answered:
            look(keys.pop(0))
            for error in failed.values():
                if error.retryable:
                    raise error  # Nothing answers: one question was enough.
        self._each(look, keys)
        if failed and not self._has_answered:
            raise list(failed.values())[0]
        return dict((target, found[target]) for target in targets if target in found), failed

    def _listed(self, keys):
        """Return those keys that may be there, by as few listings as pay."""
        kept = []
        for prefix, some in _by_folder(keys, self._crowded):
            known = self._list_all(prefix, _PAGES) if prefix is not None and len(some) > _FEW // 8 else None
            kept.extend(some if known is None else [key for key in some if key in known])
        return kept

    def _list_all(self, prefix, pages):
        """Return the set of all keys below a prefix; None, and it is remembered, where they are too many."""
        known = set()
        for entries, is_last in self._patient_pages(prefix, pages):
            known.update(entry.key for entry in entries)
            if is_last:
                return known
        self._crowded.add(prefix)
        return None

    def _patient_pages(self, prefix, most=None):
        return self._calls.list(prefix, most, self._patiently)

    def _patiently(self, call):
        wait = self._cancel.wait if self._cancel is not None else None
        options = {"wait": wait} if wait else {}
        found = retry(call, attempts=_ATTEMPTS, on_retry=self._tell_of_wait, **options)
        self._has_answered = True
        return found

    def _tell_of_wait(self, error, attempt, _):
        if self.hear is not None and not self._has_answered and threading.current_thread() is self._opener:
            self.hear("%s Attempt %d of %d follows." % (error.message, attempt + 1, _ATTEMPTS))

    def _each(self, call, items):
        """Call for each item, on some threads."""
        if len(items) < 2:
            for item in items:
                call(item)
            return
        pending, failed = deque(items), []

        def work():
            while not failed:
                try:
                    item = pending.popleft()
                except IndexError:
                    return
                try:
                    call(item)
                except Exception as error:  # Raised again by the thread that asked.
                    failed.append(error)
        threads = [threading.Thread(target=work, name=str("ask-%d" % number))
                   for number in range(min(_ASKERS, len(items)))]
        for thread in threads:
            thread.daemon = True
            thread.start()
        for thread in threads:
            while thread.is_alive():
                if self._cancel is not None and self._cancel.is_cancelled:
                    raise Cancelled()
                thread.join(0.2)
        if failed:
            raise failed[0]

    def list(self, prefix):
        """Yield `Stored` for every object under a folder, with its version.

        Its time is when it was stored: the source's is not listed.
        """
        top = self._place.prefix
        if prefix.strip("/"):
            top = self._key(prefix.rstrip("/")) + "/"
        for entries, _ in self._patient_pages(top):
            for entry in entries:
                name = self._target(entry.key)
                if name is not None and entry.key.startswith(top):
                    yield Stored(name, entry.size, entry.at, None, entry.etag or None)

    def checksum(self, target, cancel=None):
        """Return the checksum of a stored object, by reading it.

        Raises:
            NotStored: There is no such object.
        """
        found = [0]

        def take(answer):
            for block in answer.blocks():
                found[0] = zlib.crc32(block, found[0])
                if cancel is not None:
                    cancel.check()
        key = self._key(target)
        self._patiently(lambda: (found.__setitem__(0, 0), self._calls.get(key, [], take, target)))
        return stream.checksum_text(found[0])

    # -- fetching

    def fetch(self, stored, sink):
        """Fetch an object into a `stream.Sink`, or what is missing there; return it as the store described it."""
        if stored.version and getattr(sink, "done", 0):
            if self._retrieval.between(stored, sink, sink.done, stored.size):
                return self.describe(stored)
            sink.restart()
        return self._retrieval.whole(stored, sink)

    def range_bytes(self, size):
        """Return the bytes of a range of an object of this size, or None where it is fetched in one piece."""
        return multipart.part_size(size)

    def fetch_range(self, stored, wanted):
        """Fetch what a `mosaic.Range` lacks; return False, with nothing written, where the store gives no ranges."""
        return self._retrieval.between(stored, wanted, wanted.first + wanted.done, wanted.first + wanted.size)

    def describe(self, stored):
        """Return what the store says of the whole object: a checksum beside a range may be of the range alone.

        Raises:
            Outdated: It is another one by now; nobody can tell whether the bytes of the old one came as they were.
        """
        found = self.ask([stored.name]).get(stored.name)
        if found is None or found.version not in (None, stored.version):
            raise Outdated("%s was rendered again while it was fetched. Download it again." % stored.name)
        return found


def _by_folder(keys, crowded):
    """Yield ``(prefix, keys)``: the narrowest folder that holds all, or where it is crowded, each key's own folder.

    The prefix is None where there is no folder left that is worth a listing.
    """
    folders = {}
    for key in keys:
        folders.setdefault(key[:key.rfind("/") + 1], []).append(key)
    common = posixpath.commonprefix(list(folders))
    top = common[:common.rfind("/") + 1]
    if top not in crowded:
        return [(top, keys)]
    return [(None if folder in crowded else folder, some) for folder, some in sorted(folders.items())]
