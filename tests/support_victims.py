"""Processes that a test kills (SIGKILL) or stops (SIGSTOP) while they work: a farm, a command, a job's worker.

Plain parts without pytest, for `support_blows`, which deals the blows. POSIX only.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import signal
import subprocess
import sys

import support_jobs
from six.moves import http_client
from support_farm import Client
from support_tree import native

from rayvision_sync import compat
from rayvision_sync.farm import identity
from rayvision_sync.jobs import process
from rayvision_sync.jobs.client import Client as JobClient

#: Gives up sooner on what says nothing.
HURRIED = """
from rayvision_sync.api.connect import Connect
from rayvision_sync.engines.s3 import calls
from rayvision_sync.farm import server
calls.STALL_S = calls._COMPLETE_S = server.HEAD_S = {stall}
begin = Connect.__init__
def __init__(self, *values, **named):
    begin(self, *values, **named)
    self.timeout = {stall}
Connect.__init__ = __init__
"""

#: Its clock is set to another day or hour every second and a half: a retry has time to learn of it, and no more.
JUMPING = """
import random, time
chance, real, state = random.Random({seed}), time.time, [0.0, 0.0]
def jump():
    now = time.monotonic()
    if now - state[0] > 1.5:
        state[:] = [now, chance.choice((-3 * 86400.0, -3600.0, 0.0, 3600.0, 3 * 86400.0))]
    return real() + state[1]
time.time = jump
"""

#: Runs the package as ``-m`` does.
_RUN = """
import runpy, sys
if sys.argv[1:3] == ["-m", "rayvision_sync"]:
    del sys.argv[1:3]
runpy.run_module(str("rayvision_sync"), run_name=str("__main__"), alter_sys=True)
"""

#: Nothing here takes so long, on no machine.
LIMIT_S = 240

#: What a test asks of a farm is asked so often at most.
_ATTEMPTS = 5


def interpreter(folder, first="", limit=None):
    """Return what runs the package as a Python would: this Python, or one with a peculiarity.

    Args:
        folder (str): For scripts.
        first (str): What is run first; see `HURRIED` and `JUMPING`.
        limit (int, optional): Files that a process may have open.
    """
    script, path = os.path.join(folder, "first.py"), os.path.join(folder, "first")
    compat.make_folder(folder)
    for name, text in ((script, "from __future__ import unicode_literals\n" + first + _RUN),
                       (path, "#!/bin/sh\n%sexec '%s' '%s' \"$@\"\n" % (
                           "ulimit -n %d\n" % limit if limit else "", compat.text(sys.executable), script))):
        with io.open(compat.fs(name), "w", encoding="utf-8") as target:
            target.write(text)
    os.chmod(compat.fs(path), 0o755)
    return path


def until(found, what, seconds=LIMIT_S):
    """Return ``found()`` as soon as it is true."""
    return support_jobs.until(found, "it never came about: %s" % what, seconds)


class _Process(object):
    """A process of the package, whose output goes to files.

    Args:
        folder (str): For its output.
        name (str): Of what it is.
        command (list of str): Interpreter and arguments.
        environ (dict, optional): More variables.
    """

    def __init__(self, folder, name, command, environ=None):
        self.name = name
        self._out, self._err = [os.path.join(folder, "%s.%s" % (name.replace(" ", "-"), end)) for end in ("out", "err")]
        self._command = [native(part) for part in command]
        self._environ = dict(os.environ, **dict((str(key), native(value)) for key, value in (environ or {}).items()))
        self.process = None

    def start(self):
        """Start it, where it does not run."""
        if self.process is not None and self.process.poll() is None:
            return
        with io.open(self._out, "wb") as out, io.open(self._err, "ab") as err, io.open(os.devnull, "rb") as nothing:
            self.process = subprocess.Popen(self._command, stdin=nothing, stdout=out, stderr=err, close_fds=True,
                                            env=self._environ)

    def pid(self):
        """Return its number, None where it does not run."""
        return self.process.pid if self.process is not None and self.process.poll() is None else None

    def kill(self):
        """End it at once; tell whether it ran."""
        ran = self.pid() is not None
        if ran:
            self.process.kill()
        if self.process is not None:
            self.process.wait()
        return ran

    def end(self):
        """Ask it to end, and wait until it has."""
        if self.pid() is not None:
            self.process.terminate()
            until(lambda: self.process.poll() is not None, "the end of %s" % self.name)

    def freeze(self):
        """Let it stand still; tell whether it ran."""
        return _send(self.pid(), signal.SIGSTOP)

    def thaw(self):
        """Let it go on."""
        _send(self.pid(), signal.SIGCONT)

    def said(self):
        """Return the lines of its last run that are whole."""
        with io.open(self._out, encoding="utf-8") as source:
            return [line for line in source.read().split("\n")[:-1] if line]

    def complaints(self):
        """Return what all its runs wrote on stderr."""
        with io.open(self._err, encoding="utf-8", errors="replace") as source:
            return source.read()


def _send(pid, number):
    if pid is None:
        return False
    try:
        os.kill(pid, number)
    except OSError:
        return False
    return True


class Patient(Client):
    """Asks again where a farm hangs up, which a hurried one does on whoever gets no turn for a second."""

    def answer(self, name, **body):
        """See `support_farm.Client`."""
        for _ in range(_ATTEMPTS - 1):
            try:
                return super(Patient, self).answer(name, **body)
            except (http_client.HTTPException, IOError, OSError):
                continue
        return super(Patient, self).answer(name, **body)


class FarmProcess(_Process):
    """A local farm in a process of its own.

    Args:
        root (str): Its folder.
        python (str): From `interpreter`.
        options (list of str): More of its command line.
        environ (dict, optional): Its keys to a bucket.
    """

    def __init__(self, root, python, options=(), environ=None):
        super(FarmProcess, self).__init__(os.path.dirname(root), "farm", [
            python, "-m", "rayvision_sync", "farm", "--root", root, "--json"] + list(options), environ)
        self.root = root

    def ready(self):
        """Wait until it answers; returns a `Patient`."""
        def ask():
            known = identity.read(self.root)
            assert self.pid() is not None, self.complaints() + "".join(self.said())
            if known.get("pid") != self.pid():
                return None
            client = Patient(known["domain"], known["access_id"], known["access_key"])
            try:
                client("getConfig")
            except (http_client.HTTPException, IOError, OSError):
                return None
            return client
        return until(ask, "an answer of the farm")


class Command(_Process):
    """A command of the command line, which is run again until it ends well.

    Args:
        folder (str): For its output.
        python (str): From `interpreter`.
        arguments (list of str): E.g. "upload", and its options but ``--json``.
        total (int): Files that it moves in all.
    """

    def __init__(self, folder, python, arguments, total):
        super(Command, self).__init__(folder, arguments[0], [python, "-m", "rayvision_sync"] + arguments + ["--json"])
        self._total = total

    def progress(self):
        """Return which share of its files are there."""
        done = sum(line.startswith('{"bytes"') and '"event": "done"' in line for line in self.said())
        return done / self._total

    def state(self):
        """Return None while it runs, "done", or the sentence by which it failed."""
        code = self.process.poll()
        if code is None or code == 0:
            return None if code is None else "done"
        assert code == 1, (code, self.said()[-3:], self.complaints())
        events = [json.loads(line) for line in self.said()]
        told = [event.get("message") or event.get("reason") for event in events
                if event["event"] in ("error", "failed", "missing")]
        assert told and all(told), "it failed without a word: %r" % events[-3:]
        return told[-1]

    def again(self):
        """Run it again."""
        self.start()

    def check(self):
        """Look at what its runs wrote."""
        assert "Traceback" not in self.complaints() and self.complaints() == "", self.complaints()

    def close(self):
        """End it."""
        self.kill()


class Job(object):
    """A job of the job store: its worker is a process that nobody waits for.

    Args:
        kind (str): Of the job.
        params (dict): Of the job.
        total (int): Files that it moves in all.
        settings (Settings, optional): Of whoever asks.
    """

    def __init__(self, kind, params, total, settings=None):
        self.name = "job " + kind
        self._kind, self._params, self._total = kind, params, total
        self.client = JobClient(settings=settings)
        self.number = self._frozen = None

    def start(self):
        """Add it."""
        self.client.open()
        self.number = self.client.add(self._kind, self._params, self.name)

    def _job(self):
        return self.client.job(self.number)

    def pid(self):
        """Return the number of its worker, None where none runs."""
        worker = self._job().worker
        return compat.parse_json(worker)["pid"] if worker and process.is_alive(worker) else None

    def progress(self):
        """Return which share of its files are there."""
        job = self._job()
        return (job.files + job.skipped) / self._total

    def kill(self):
        """End its worker at once; tell whether there was one."""
        return _send(self.pid(), signal.SIGKILL)

    def freeze(self):
        """Let its worker stand still; tell whether there was one."""
        self._frozen = self.pid()
        return _send(self._frozen, signal.SIGSTOP)

    def thaw(self):
        """Let it go on: it may have left its job just before it was stopped."""
        _send(self._frozen, signal.SIGCONT)

    def state(self):
        """Return None while it is worked on, "done", or the sentence by which it ended."""
        self.client.sweep()
        job = self._job()
        if job.state in ("queued", "running"):
            return None
        if job.state == "done":
            # The worker has a little more to do: nothing of it may be there afterwards.
            return "done"
        assert job.state in ("failed", "interrupted") and job.message, job
        assert "unforeseen" not in job.message, (job.message, self.log())
        return job.message

    def again(self):
        """Let it go on."""
        assert self.client.retry(self.number), self._job()

    def log(self):
        """Return what its workers wrote."""
        with io.open(self.client.log_path(self.number), encoding="utf-8", errors="replace") as source:
            return source.read()

    def check(self):
        """Look at what its workers wrote."""
        assert "Traceback" not in self.log(), self.log()

    def close(self):
        """End its worker."""
        if self.number is not None and self._job() is not None:
            self.kill()
        self.client.close()


class Store(object):
    """The S3 store that all farms of a session share.

    Args:
        server (s3_servers.Server): Running.
    """

    name = "store"

    def __init__(self, server):
        self._server = server

    def kill(self):
        """End it at once; it always runs."""
        self._server.kill()
        return True

    def start(self):
        """Start it; it is not waited for."""
        self._server.start()

    def freeze(self):
        """Let it stand still."""
        self._server.freeze()
        return True

    def thaw(self):
        """Let it go on."""
        self._server.thaw()


def left_over(folder):
    """Return the command lines of the processes that have a folder in their environment, but for this one."""
    found, wanted = [], folder.encode("utf-8")
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else ():
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with io.open("/proc/%s/environ" % name, "rb") as environ, io.open("/proc/%s/cmdline" % name, "rb") as line:
                command = line.read()
                if wanted in environ.read() or wanted in command:
                    found.append(command.replace(b"\0", b" ").decode("utf-8", "replace"))
        except (IOError, OSError):
            continue
    return found
