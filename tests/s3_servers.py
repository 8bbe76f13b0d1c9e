"""S3 servers on the loopback, each in a process of its own that never outlives the one which started it.

Plain parts without pytest, for tests and benchmarks; `support_s3` makes
fixtures of them. The programs come from the folder that tests/run.py makes
of tests/requirements/s3.txt.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import namedtuple

from s3_client import Client
from support_tree import TESTS, native, text

ACCESS_KEY, SECRET_KEY, REGION = "TESTACCESSKEY", "tests-only/secret+key", "us-east-1"

#: Below what systems give away by themselves, and with room for the twins.
_PORTS = (20000, 22700)
_TWIN = 10000
_STARTS = 4

#: What hangs in its start may hang for ever; what comes back after a kill takes longer than a start.
_START_S, _RESTART_S = 40, 300

#: Where a client finds a place of its own: one bucket, one prefix.
Space = namedtuple("Space", "endpoint bucket prefix access_key secret_key region")


def find_ports(count):
    """Return free ports whose twins (10 000 above, SeaweedFS's gRPC) are free as well."""
    found, chance = [], random.SystemRandom()
    while len(found) < count:
        port = chance.randrange(*_PORTS)
        if port not in found and _is_free(port) and _is_free(port + _TWIN):
            found.append(port)
    return found


def _is_free(port):
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
    except (IOError, OSError):
        return False
    finally:
        taken.close()
    return True


def _program(programs, name):
    for path in (os.path.join(programs, "bin", name), os.path.join(programs, "Scripts", name + ".exe")):
        if os.path.exists(native(path)):
            return path
    raise RuntimeError("%s has no %s: remove that folder and run tests/run.py again" % (programs, name))


def _seaweed(programs, folder, options):
    """Return ``(S3's port, command, patterns of what it leaves behind)``."""
    master, volume, filer, port = find_ports(4)
    config = {"identities": [{"name": "tests", "actions": ["Admin", "Read", "Write", "List", "Tagging"],
                              "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}]}]}
    for name, content in (("s3.json", json.dumps(config)),
                          # One volume at a time for each bucket: by default seven are made at once.
                          ("master.toml", "[master.volume_growth]\ncopy_1 = 1\n")):
        with io.open(os.path.join(folder, name), "w", encoding="utf-8") as out:
            out.write(text(content))
    os.mkdir(os.path.join(folder, "data"))
    return port, [
        _program(programs, "weed"), "-logtostderr=true", "server", "-dir=data", "-s3", "-s3.config=s3.json",
        "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false", "-s3.port.iceberg=0", "-s3.port.lance=0",
        "-master.port=%d" % master, "-volume.port=%d" % volume, "-filer.port=%d" % filer, "-s3.port=%d" % port,
        "-filer.localSocket=filer.sock", "-s3.localSocket=s3.sock", "-volume.preStopSeconds=0",
        "-volume.max=200", "-master.volumeSizeLimitMB=2048"] + list(options), [
            # Whatever it is told, and whatever TMPDIR says, gRPC's sockets are made here.
            "/tmp/seaweedfs-*-%d.sock" % (one + twin) for one in (master, volume, filer, port) for twin in (0, _TWIN)]


def _moto(programs, folder, options):
    """Return ``(port, command, ())``."""
    port, = find_ports(1)
    command = [_program(programs, "python"), "-m", "moto.server", "-H", "127.0.0.1", "-p", "%d" % port]
    return port, command + list(options), []


#: Name -> function of the programs' folder, the server's folder and more arguments.
KINDS = {"seaweed": _seaweed, "moto": _moto}


class Server(object):
    """A running S3 server. Use it as ``with``, or call `open` and `close`.

    Args:
        kind (str): Of `KINDS`.
        programs (str): Folder that tests/run.py made of tests/requirements/s3.txt.
        folder (str, optional): Under which it works; the system's temporary folder where None.
        options (list of str): More arguments for it.

    Attributes:
        port (int): Of S3, on 127.0.0.1.
        bucket (str): Made when it is opened.
    """

    bucket = "tests"

    def __init__(self, kind, programs, folder=None, options=()):
        self.kind = kind
        self.port = None
        self._programs = programs
        self._top = folder
        self._options = options
        self._keeper = None
        self._spaces = 0

    def __enter__(self):
        return self.open()

    def __exit__(self, *_):
        self.close()

    def open(self):
        """Start it and wait until it takes objects; returns itself."""
        for _ in range(_STARTS):  # Another program may take a port that was free.
            folder = text(tempfile.mkdtemp(prefix="rv-%s-" % self.kind, dir=self._top))
            self.port, command, leftovers = KINDS[self.kind](self._programs, folder, self._options)
            self._log = os.path.join(folder, "log")
            self._keeper = subprocess.Popen(
                [native(part) for part in [text(sys.executable), os.path.join(TESTS, "keeper.py"), folder]
                 + leftovers + ["--"] + command],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, close_fds=True, **_apart())
            self.start()
            reason = self._wait_until_it_works(_START_S)
            if reason is None:
                return self
            self.close()
        raise RuntimeError("%s did not start: %s" % (self.kind, reason))

    def close(self):
        """Kill it and remove its folder."""
        if self._keeper is not None:
            self._keeper.stdin.close()
            self._keeper.stdout.read()
            self._keeper.stdout.close()
            self._keeper.wait()
            self._keeper = None

    def start(self):
        """Start it, where it was killed; it is not waited for. Returns its process number."""
        return self._tell(b"start")

    def kill(self):
        """End it with SIGKILL; its data stays."""
        self._tell(b"kill")

    def freeze(self):
        """Let it stand still (SIGSTOP)."""
        self._tell(b"freeze")

    def thaw(self):
        """Let it go on."""
        self._tell(b"thaw")

    def restart(self):
        """Kill it, start it on the same port with the same data, and wait until it takes objects."""
        self.kill()
        self.start()
        self.wait()

    def wait(self):
        """Wait until it takes objects."""
        reason = self._wait_until_it_works(_RESTART_S)
        assert reason is None, reason

    def _tell(self, word):
        self._keeper.stdin.write(word + b"\n")
        self._keeper.stdin.flush()
        return int(self._keeper.stdout.readline())

    def _wait_until_it_works(self, seconds):
        """Return None, or why it never did."""
        until, last = time.time() + seconds, "no answer"
        client, pause = self.client(timeout=5), threading.Event()
        try:
            while time.time() < until:
                if not self._tell(b"look"):
                    return "it ended. Its log:\n%s" % self.log()[-2000:]
                try:
                    client.request("PUT", "")
                    answer = client.request("PUT", "is-it-there", body=b"yes")
                    if answer.status == 200 and client.request("DELETE", "is-it-there").status in (200, 204):
                        return None
                    last = "%s %s" % (answer.status, answer.body[:300])
                except (IOError, OSError) as error:
                    last = str(error)
                pause.wait(0.05)
            return "%s. Its log:\n%s" % (last, self.log()[-2000:])
        finally:
            client.close()

    def log(self):
        """Return what it said so far."""
        with io.open(self._log, encoding="utf-8", errors="replace") as lines:
            return lines.read()

    @property
    def endpoint(self):
        """str: E.g. "http://127.0.0.1:20123"."""
        return "http://127.0.0.1:%d" % self.port

    def space(self, prefix=None):
        """Return a `Space` that nobody had before."""
        self._spaces += 1
        return Space(self.endpoint, self.bucket, "space%d" % self._spaces if prefix is None else prefix,
                     ACCESS_KEY, SECRET_KEY, REGION)

    def client(self, space=None, timeout=60):
        """Return a `Client` that is not ours, of the bucket or of a space."""
        prefix = space.prefix + "/" if space and space.prefix else ""
        return Client(self.port, self.bucket, prefix, ACCESS_KEY, SECRET_KEY, REGION, timeout)


def _apart():
    """Return how a process is started that no Ctrl-C of a terminal reaches."""
    if os.name == "nt":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True} if sys.version_info >= (3,) else {"preexec_fn": os.setsid}
