"""An S3 engine behind the fault proxy, and runs that do not wait between two attempts."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

import support_s3
from fault_proxy import Proxy
from support_upload import gear, put

from rayvision_sync import compat, fetch
from rayvision_sync.cancel import Cancel
from rayvision_sync.engines import make_engine
from rayvision_sync.record import Record
from rayvision_sync.transfer import Upload


class Impatient(Cancel):
    """Does not wait before another attempt; remembers how long it should have.

    Args:
        on_wait (callable, optional): Told how many pauses there were so far.
    """

    def __init__(self, on_wait=None):
        super(Impatient, self).__init__()
        self.pauses = []
        self._on_wait = on_wait

    def wait(self, seconds):
        self.pauses.append(seconds)
        if self._on_wait:
            self._on_wait(len(self.pauses))
        self.check()


class Line(object):
    """A space on a store, and the proxy on the way to it. Use it as ``with``.

    Args:
        server (s3_servers.Server): Running.
        folder (str): For local files.
        schedule (fault_proxy.Schedule, optional): Faults by chance.
    """

    def __init__(self, server, folder, schedule=None):
        self.space = server.space()
        self.folder = folder
        self.client = server.client(self.space)
        self.proxy = Proxy(("127.0.0.1", server.port), schedule)
        self.cancel = Impatient()

    def __enter__(self):
        self.proxy.open()
        return self

    def __exit__(self, *_):
        self.proxy.close()
        self.client.close()

    def engine(self, **options):
        """Return a closed engine whose every byte goes through the proxy."""
        return make_engine("s3", support_s3.options(self.space._replace(endpoint=self.proxy.url), **options))

    def files(self, sizes, name="file"):
        """Write files; return their pairs."""
        pairs = []
        for number, size in enumerate(sizes):
            path = put(os.path.join(self.folder, "source", "%s%03d" % (name, number)), os.urandom(size))
            pairs.append((path, "/%s%03d" % (name, number)))
        return pairs

    def upload(self, pairs, record=None, threads=4, attempts=5, listener=None, engine=None):
        """Upload; returns the report."""
        engine = engine or self.engine()
        engine.open(self.cancel)
        try:
            return Upload(engine, gear(listener, self.cancel), record, threads, attempts).run(lambda: iter([pairs]))
        finally:
            engine.close()

    def download(self, folder="landed", attempts=5):
        """Download everything into a folder; returns the report."""
        engine, target = self.engine(), os.path.join(self.folder, folder)
        compat.make_folder(target)
        engine.open(self.cancel)
        try:
            with Record(os.path.join(self.folder, "record.sqlite")) as record:
                return fetch.Download(engine, gear(cancel=self.cancel), record, 4, attempts=attempts).run(
                    [fetch.Wanted(stored, target, stored.name[1:]) for stored in engine.list("/")])
        finally:
            engine.close()
