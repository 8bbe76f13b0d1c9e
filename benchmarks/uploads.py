"""An upload in the panel's process or beside it, each begun, watched and ended alike."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import sys
import threading
import time

THREADS = 20


class ByJob(object):
    """An upload by a worker that the panel starts."""

    def __init__(self, panel, manifest, farm):
        self._link = panel.widget.link
        self._order = ("upload", {"manifests": [manifest], "farm": farm}, "bench")
        self.note = None

    def start(self):
        """Add the job, as a click does."""
        began = time.perf_counter()
        self._number = self._link.act("add", *self._order, threads=THREADS)
        self.note = (time.perf_counter() - began) * 1000

    def has_begun(self):
        """Tell whether files move."""
        return self._job().files > 0 or self.is_over()

    def is_over(self):
        """Tell whether it has ended."""
        return self._job().state in ("done", "failed", "cancelled", "interrupted")

    def files(self):
        """Return how many were sent."""
        return self._job().files

    def end(self):
        """End it, whatever is left."""
        self._link.act("cancel", self._number)

    def _job(self):
        return self._link.jobs[self._number]


class ByThreads(object):
    """The same upload by our engine's threads, in this process."""

    note = None

    def __init__(self, panel, manifest, farm):
        from rayvision_sync import cancel, login, settings
        from rayvision_sync.session import Session
        self._count, self._manifest = 0, manifest
        found = settings.load(login.local_farm(farm))
        self._cancel = cancel.Cancel()
        self._session = Session(login.connect(found), found, self._cancel, self._hear)
        self._thread = threading.Thread(target=self._run)

    def _hear(self, event):
        if event.kind == "tick":
            self._count = event.note.files

    def _run(self):
        from rayvision_sync.errors import Cancelled
        try:
            self._count = self._session.upload([self._manifest], threads=THREADS).sent
        except Cancelled:
            pass

    def start(self):
        """Begin."""
        self._thread.start()

    def has_begun(self):
        """Tell whether files move."""
        return self._count > 0 or self.is_over()

    def is_over(self):
        """Tell whether it has ended."""
        return not self._thread.is_alive()

    def files(self):
        """Return how many were sent."""
        return self._count

    def end(self):
        """End it, whatever is left."""
        self._cancel.cancel()
        self._thread.join()


class ByRequests(object):
    """The same files by 20 threads of `requests`, in this process, to a server in another one."""

    note = None

    def __init__(self, panel, manifest, farm):
        import queue

        import requests
        self._requests = requests
        with open(os.path.join(os.path.dirname(farm), "sink.json")) as source:
            self._url = json.load(source)
        self._queue, self._done, self._is_ended = queue.Queue(), [], False
        with open(manifest) as source:
            for asset in json.load(source)["asset"]:
                self._queue.put(asset)
        self._empty = queue.Empty
        self._threads = [threading.Thread(target=self._run) for _ in range(THREADS)]

    def _run(self):
        session = self._requests.Session()
        session.trust_env = False
        while not self._is_ended:
            try:
                asset = self._queue.get_nowait()
            except self._empty:
                return
            with open(asset["local"], "rb") as source:
                session.put(self._url + asset["server"], data=source.read()).raise_for_status()
            self._done.append(1)

    def start(self):
        """Begin."""
        for thread in self._threads:
            thread.start()

    def has_begun(self):
        """Tell whether files move."""
        return bool(self._done)

    def is_over(self):
        """Tell whether it has ended."""
        return not any(thread.is_alive() for thread in self._threads)

    def files(self):
        """Return how many were sent."""
        return len(self._done)

    def end(self):
        """End it, whatever is left."""
        self._is_ended = True
        for thread in self._threads:
            thread.join()


class ByBoto(object):
    """The same files by boto3's transfer manager with 20 threads, in this process, to the farm's store."""

    note = None

    def __init__(self, panel, manifest, farm):
        place = json.loads(os.environ["BENCH_STORE"])
        # Last: what the panel uses is found first.
        sys.path.append(place["libraries"])
        import boto3
        from boto3.s3.transfer import TransferConfig
        from botocore.config import Config
        from s3transfer.manager import TransferManager
        client = boto3.client(
            "s3", endpoint_url=place["endpoint"], region_name=place["region"], aws_access_key_id=place["access_key"],
            aws_secret_access_key=place["secret_key"], config=Config(max_pool_connections=THREADS))
        self._manager = TransferManager(client, TransferConfig(max_concurrency=THREADS))
        self._bucket, self._done, self._is_ended = place["bucket"], [], False
        with open(manifest) as source:
            self._assets = json.load(source)["asset"]
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        from s3transfer.subscribers import BaseSubscriber

        class Count(BaseSubscriber):
            """Notes what was sent."""

            def on_done(_, future, **options):
                """Note one file."""
                self._done.append(1)

        futures = [self._manager.upload(asset["local"], self._bucket, "boto3" + asset["server"], subscribers=[Count()])
                   for asset in self._assets if not self._is_ended]
        while not self._is_ended and not all(future.done() for future in futures):
            time.sleep(0.05)
        for future in futures:
            future.cancel()
        self._manager.shutdown()

    def start(self):
        """Begin."""
        self._thread.start()

    def has_begun(self):
        """Tell whether files move."""
        return bool(self._done)

    def is_over(self):
        """Tell whether it has ended."""
        return not self._thread.is_alive()

    def files(self):
        """Return how many were sent."""
        return len(self._done)

    def end(self):
        """End it, whatever is left."""
        self._is_ended = True
        self._thread.join()


class Nothing(object):
    """No upload at all."""

    note = None

    def __init__(self, *_):
        pass

    def start(self):
        """Do nothing."""

    def has_begun(self):
        """There is nothing to wait for."""
        return True

    def is_over(self):
        """It has no end of its own."""
        return False

    def files(self):
        """None was sent."""
        return 0

    def end(self):
        """Do nothing."""


#: How an upload is done -> what does it, in the order of the runs.
UPLOADS = {"nothing": Nothing, "a job": ByJob, "our threads": ByThreads, "requests": ByRequests, "boto3": ByBoto}
MODES = ("nothing", "a job", "our threads", "requests")
