"""A worker: does one job, then the next of its lane, and ends when nothing waits.

    python -m rayvision_sync job ID [--store PATH]
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import logging
import os
import signal
import sys

from .. import compat
from ..errors import Cancelled, SyncError
from . import handshake, lanes, process, spawn
from .schema import CANCELLED, DONE, FAILED, INTERRUPTED
from .store import Store

log = logging.getLogger(__name__)

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_NICENESS = 10


def main(argv=None):
    """Run a worker.

    Args:
        argv (list of str, optional): ID and options; by default the process's.

    Returns:
        int: 0 when the jobs it did are done, 1 if the last one is not, 2 for wrong usage.
    """
    parser = argparse.ArgumentParser(prog="python -m rayvision_sync job", description="Do a job of the job store.")
    parser.add_argument("id", type=int)
    parser.add_argument("--store", type=compat.text)
    try:
        options = parser.parse_args(argv)
    except SystemExit as error:
        return error.code
    _be_polite()
    logging.basicConfig(level=logging.INFO, format=str(_FORMAT))
    try:
        with Store(options.store) as store:
            return Worker(store).run(options.id)
    except SyncError as error:
        log.error("%s", error.message)
        return 1


def _be_polite():
    """Leave the processor to whoever works on this computer."""
    if hasattr(os, "nice"):
        try:
            os.nice(max(_NICENESS - os.nice(0), 0))
        except OSError:
            pass


class Worker(object):
    """Does jobs, one after the other.

    Args:
        store (Store): Open.
    """

    def __init__(self, store):
        self._store = store
        self._token = process.token(os.getpid())
        self._desk = None
        self._is_stopped = False

    def run(self, job_id):
        """Do a job and those that wait behind it. Returns the exit code of the process."""
        if not lanes.claim(self._store, job_id, self._token):
            log.info("Job %d is not to be done, or somebody else does it.", job_id)
            return 0
        for number in (signal.SIGTERM, signal.SIGINT) + ((signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()):
            signal.signal(number, self._stop)
        code = 0
        while job_id is not None:
            if code is not None:
                _log_into(job_id)
            code, job_id = self._do(self._store.job(job_id))
        from . import cleaning
        cleaning.clean_now_and_then(self._store)
        return code

    def _stop(self, *_):
        self._is_stopped = True
        if self._desk is not None:
            self._desk.cancel.cancel()

    def _do(self, job):
        """Do one job. Returns ``(exit code, number of the next job or None)``."""
        log.info("Job %d begins: %s, %s", job.id, job.kind, job.title)
        found = handshake.report()
        with self._store.write() as db:
            self._store.update(db, job.id, hello=compat.dump_json(found, sort_keys=True),
                               stage=job.stage or "hello")
        host = compat.parse_json(job.params).get("host")
        complaint = handshake.complaint(found, host)
        if complaint:
            self._end(job, FAILED, complaint, None, None)
            return 1, None
        # Not above: without TLS some of it cannot even be imported.
        from . import desk as desk_module
        desk = self._desk = desk_module.Desk(self._store, job, self._token)
        state, message, result, limit = self._work(job, desk, desk_module)
        desk.flush()
        self._store.refresh()
        if self._store.job(job.id) is None:
            desk.put_back(self._store)
        next_id = self._end(job, state, message, result, limit)
        return (0 if state == DONE else 1), next_id

    def _work(self, job, desk, desk_module):
        """Run the job under its steward. Returns state, message, result and how many jobs its lane may run."""
        from . import kinds, work
        limit = None
        try:
            settings = desk_module.FreshSettings(lambda: work.settings_of(compat.parse_json(job.params)))
            limit = lanes.room(job.lane, settings())
            steward = desk_module.Steward(desk, settings, self._start)
            with steward:
                if self._is_stopped:
                    raise Cancelled()
                outcome = work.run(kinds.find(job.kind), work.Work(
                    desk, settings, lambda: lanes.fill(self._store, settings(), self._start)))
            return outcome.state, outcome.message, outcome.result, limit
        except Cancelled as error:
            return self._cancelled(error) + (getattr(error, "result", None), None if self._is_stopped else limit)
        except SyncError as error:
            log.error("Job %d failed: %s", job.id, error.message)
            return FAILED, error.message, getattr(error, "result", None), limit
        except Exception as error:  # The last door: behind it is only the traceback that no artist should see.
            log.exception("Job %d was ended by an error.", job.id)
            return FAILED, "An unforeseen error ended it (%s: %s). The log has the details: %s" % (
                type(error).__name__, compat.text_type(error), spawn.log_path(job.id)), None, limit

    def _cancelled(self, error):
        if self._is_stopped:
            return INTERRUPTED, "Interrupted: the computer or somebody ended the program. Resume goes on where it was."
        return CANCELLED, error.message

    def _end(self, job, state, message, result, limit):
        """Write how a job ended and begin the next one, in one step: no panel finds the lane with room for both.

        Args:
            limit (int or None): How many jobs the lane may run; None begins no other.

        Returns:
            int or None: The next job.
        """
        store, now = self._store, self._store.now()
        log.info("Job %d is %s. %s", job.id, state, message)
        with store.write(durable=True) as db:
            want = db.execute("SELECT want FROM job WHERE id = ?", (job.id,)).fetchone()
            fields = dict(state=state, message=message, ended=now, worker=None, heartbeat=None, want="", rate=0,
                          left_s=None)
            if result is not None:
                fields["result"] = compat.dump_json(result, sort_keys=True)
            if state == DONE:
                fields["left_s"] = 0
            ended = store.update(db, job.id, "worker = ?", (self._token,), **fields)
            db.execute("DELETE FROM job_file WHERE job = ? AND state = 'active'", (job.id,))
            if want is not None and want[0] == "remove":
                lanes.forget(db, job.id)
            elif ended and job.lane != "quick":
                store.tell(db, job.id, state, "%s: %s" % (job.title, message))
            return lanes.next_in(store, db, job.lane, limit, self._token) if limit else None

    def _start(self, job):
        return spawn.start(job.id, compat.text(sys.executable), self._store.path)


def _log_into(job_id):
    """Let everything that is written from now on go to the log of a job, unless a person looks on."""
    if sys.stderr is None or sys.stderr.isatty():
        return
    compat.make_folder(os.path.dirname(spawn.log_path(job_id)))
    target = os.open(compat.fs(spawn.log_path(job_id)), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        for number in (1, 2):
            os.dup2(target, number)
    finally:
        os.close(target)


if __name__ == "__main__":
    sys.exit(main())
