"""The local farm itself: API, memory, storage and render loop under one folder."""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import io
import os
import signal
import socket
import threading
import time

from .. import compat, paths
from ..engines import addresses
from ..errors import FarmError, SettingsError, SyncError
from . import bucket, fields, identity, intake, states
from .calls import CALLS
from .command import CommandRenderer
from .gate import Gate
from .render import BuiltinRenderer, RenderLoop, SceneMissing
from .server import Server
from .storage import FolderStorage
from .store import Store

#: How much of the inputs in a bucket is kept on this disk.
CACHE_GB = 50


def _silent(line):
    """The default for `say`."""


class LocalFarm(object):
    """A farm on this machine.

    Args:
        root (str): Its folder: storage, tasks, logs, keys. Made if missing.
        port (int): 0 takes the port it had last, or a free one.
        access_id (str, optional): With `access_key`; by default what the farm
            had before, or random ones.
        access_key (str, optional): See `access_id`.
        render (str, optional): Command line to render a frame with, see
            `CommandRenderer`; by default test pictures are drawn.
        frame_seconds (float): A frame takes at least as long.
        host (str): Address to listen on.
        say (callable, optional): Takes a line about each thing that happened.
        clock (callable): Seconds since 1970.
        frame_timeout_s (float, optional): A frame's command that takes longer is ended.
        s3 (str, optional): "http://127.0.0.1:8333/bucket/prefix": files are kept there, with the keys of the
            environment; by default where the farm kept them last, at first in folders of `root`.
        s3_keys (dict, optional): ``access_key`` and ``secret_key``, instead of the environment's.
        cache_gb (int): Of the inputs in a bucket, how much is kept in `root` for the renderer.
        line (tuple, optional): (server, port) of the vendor's transfer program: then this farm names no folders, and
            its files are reached as those of the vendor's farm are. For tests and benchmarks.

    Attributes:
        port (int): After `start`.
        domain (str): After `start`: what clients call, "127.0.0.1:PORT".
    """

    def __init__(self, root, port=0, access_id=None, access_key=None, render=None, frame_seconds=0.0,
                 host="127.0.0.1", say=None, clock=time.time, frame_timeout_s=None, s3=None,
                 s3_keys=None, cache_gb=CACHE_GB, line=None):
        self.line = line
        self.root = os.path.abspath(compat.text(root))
        self.port = port
        self.host = compat.text(host)
        self.domain = None
        self.platform = 2
        self.access_id = access_id
        self.access_key = access_key
        self.s3 = compat.text(s3) or identity.bucket(self.root)
        self.engine = "s3" if self.s3 else "folder"
        if self.s3:
            self.input, self.output, self.config = bucket.storages(
                dict(addresses.of_url(self.s3), **(s3_keys or {})), os.path.join(self.root, "cache"), cache_gb << 30)
        else:
            self.input, self.output, self.config = [
                FolderStorage(os.path.join(self.root, name)) for name in bucket.KINDS]
        self.store = Store(os.path.join(self.root, "farm.sqlite"), clock)
        options = {"timeout_s": frame_timeout_s} if frame_timeout_s else {}
        self.loop = RenderLoop(
            self.store, self.input, self.output,
            CommandRenderer(compat.text(render), **options) if render else BuiltinRenderer(),
            os.path.join(self.root, "work", "frames"), os.path.join(self.root, "logs"),
            frame_seconds, say or _silent, lambda task: intake.assets(self.config, task))
        self._say = say or _silent
        self._clock = clock
        self._lock = None
        self._server = None
        self._gate = None
        self._parts = 0
        self._parts_lock = threading.Lock()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Take the folder, open the tasks, listen and render; all in threads.

        Raises:
            SettingsError: Another farm runs on this folder, or the port is taken.
        """
        self._server = self._listen_first() if self.port else None
        try:
            self._make_folders()
            self._lock = identity.lock(self.root)
            self.access_id, self.access_key = identity.keys(self.root, self.access_id, self.access_key)
            self._gate = Gate(self.access_id, self.access_key, self._clock)
            self._look_at_bucket()
            self.store.open()
            self._server = self._server or self._listen()
            self.port = self._server.server_address[1]
            self.domain = self._server.domain
            self._keep_identity(os.getpid())
        except BaseException:
            self._close()
            raise
        self._server.start()
        self.loop.start()

    def stop(self):
        """End everything that was started; a frame in the making is rendered again next time."""
        if self._lock is None:
            return
        self.loop.stop()
        self._server.stop()
        self._keep_identity(None)
        self._close()

    def _close(self):
        if self._server:
            self._server.server_close()
            self._server = None
        self.store.close()
        for storage in self._storages():
            storage.close()
        if self._lock:
            self._lock.close()
            self._lock = None

    def _make_folders(self):
        try:
            for folder in (self.root, os.path.join(self.root, "work"), os.path.join(self.root, "logs")):
                compat.make_folder(folder)
            for storage in self._storages():
                storage.open()
        except EnvironmentError as error:
            for name in ("work", "logs") + bucket.KINDS:
                obstacle = paths.obstacle(os.path.join(self.root, name))
                if obstacle:
                    raise SettingsError("The folder %s cannot be the farm's: %s is a file. Name another folder."
                                        % (self.root, "it" if obstacle == self.root else obstacle))
            raise SettingsError("The farm's folder %s cannot be made: %s."
                                % (self.root, compat.text(error.strerror or "")))

    def _storages(self):
        return self.input, self.output, self.config

    def _look_at_bucket(self):
        """See that the bucket is there. One that does not answer now may do so before the first frame.

        Raises:
            SyncError: It refuses the keys, or there is no such bucket.
        """
        if not self.s3:
            return
        try:
            self.config.has("/farm")
        except SyncError as error:
            if not error.retryable:
                raise
            self._say("%s The farm begins all the same: what needs the storage waits for it." % error.message)

    def _keep_identity(self, pid):
        values = {"domain": self.domain, "access_id": self.access_id, "access_key": self.access_key,
                  "protocol": "http", "port": self.port, "pid": pid}
        identity.write(self.root, dict(values, s3=self.s3) if self.s3 else values)

    def _listen_first(self):
        """Return a server on the port that is asked for: a start that is refused for it leaves no folder behind."""
        try:
            return self._listen()
        except SettingsError:
            if os.path.exists(compat.fs(os.path.join(self.root, "farm.lock"))):
                identity.lock(self.root).close()  # A farm that runs on the folder says more than a port in use.
            raise

    def _listen(self):
        """Return a listening server: on the port asked for, the last one, or a free one."""
        last = 0 if self.port else identity.port(self.root)
        for port in ([self.port] if self.port else [last, 0] if last else [0]):
            try:
                return Server((self.host, port), self._answer, self.store.now)
            except (socket.error, OverflowError) as error:
                reason = error
        if getattr(reason, "errno", None) == errno.EADDRINUSE:
            raise SettingsError("Port %d is in use by another program: give the farm another --port." % self.port)
        raise SettingsError("The farm cannot listen on %s:%d: %s." % (
            self.host, self.port, compat.text(getattr(reason, "strerror", None) or "no such address")))

    def _answer(self, domain, url, header, body):
        """Return the data of a request's answer, or raise `FarmError`."""
        self._gate.check(domain, url, header, body)
        call = CALLS.get(url)
        if call is None:
            raise FarmError("%s is unknown to this farm." % url[:200], fields.UNKNOWN)
        return call(self, body)

    # ------------------------------------------------------------ for the calls

    def put_bytes(self, storage, name, content):
        """Write a small file to a storage; it appears whole."""
        with self._parts_lock:
            self._parts += 1
            part = os.path.join(self.root, "work", "%d.part" % self._parts)
        try:
            with io.open(compat.fs(part), "wb") as target:
                target.write(content)
            storage.put(name, part)
        finally:
            compat.remove_file(part)

    def look_for_scene(self, task, scene):
        """Fail a task at once whose scene is not there."""
        try:
            is_there = self.input.has(scene)
        except SyncError as error:
            if not error.retryable:
                raise
            return  # Its frames wait for the storage.
        if not is_there:
            self.store.fail_task(task, SceneMissing(scene).message)

    def end_unwanted(self):
        """End the running frame if its task or itself was stopped, given up or deleted."""
        def is_unwanted(job):
            return not self.store.rows(
                "SELECT 1 FROM frame JOIN task ON task.id=frame.task WHERE frame.id=? AND frame.state=?"
                " AND task.state=? AND NOT deleted", (job.frame, states.FRAME_EXECUTING, states.RENDERING))
        self.loop.cancel(is_unwanted)
        self.loop.wake()


def serve(root, port=0, access_id=None, access_key=None, render=None, frame_seconds=0.0,
          host="127.0.0.1", say=_silent, s3=None, cache_gb=None):
    """Run a farm in the foreground until SIGINT or SIGTERM.

    Args:
        root (str): See `LocalFarm`, as for all others.
        say (callable): Takes a line to show, without an end of line.

    Raises:
        SettingsError: The farm cannot start.
    """
    ended = threading.Event()
    farm = LocalFarm(root, port, access_id, access_key, render, frame_seconds, host, say, s3=s3,
                     cache_gb=cache_gb or CACHE_GB)
    before = [(number, signal.signal(number, lambda *_: ended.set())) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        with farm:
            say("Local farm on http://%s" % farm.domain)
            if farm.s3:
                say("Storage in the bucket %s" % farm.s3)
            say("%s in %s, access id and key in %s" % (
                "Tasks" if farm.s3 else "Storage and tasks", farm.root, os.path.join(farm.root, identity.NAME)))
            say("Renders with %s. Ctrl-C ends it." % (render or "the built-in renderer (test pictures)"))
            while not ended.is_set():
                ended.wait(0.5)  # In one go 2.7 would not hear the signal.
    finally:
        for number, handler in before:
            signal.signal(number, handler)
    say("The farm has stopped.")
