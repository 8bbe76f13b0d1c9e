"""One run on a farm: opens the engine and the record, lends them to the transfer, closes them.

The documented calls, the command line and the jobs all come through here.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

from . import compat, manifest, settings as settings_module, storages, stream, tasks, timetable
from .cancel import Cancel
from .errors import ManifestError, SettingsError, SourceMissing
from .fetch import Download
from .model import Event, Problem, empty_report
from .progress import Progress
from .record import Record
from .throttle import Throttle, parse_speed
from .transfer import Upload
from .tuner import parse_threads
from .wishes import NO_WISHES


class Session(object):
    """What all runs for one account share.

    Args:
        api (RayvisionAPI or None): Ours or the vendor's; None where the settings name a storage and there is no
            farm: then assets and frames move, and nothing is submitted.
        settings (Settings, optional): By default the user's.
        cancel (Cancel, optional): Ends the run.
        listener (callable, optional): Hears `Event`s, in the calling thread.
        record_path (str, optional): The record's file; by default the user's.

    Attributes:
        inspect (callable or None): Looks at fetched files before they land, see `landing.Landing`.
        wishes (wishes.Wishes): What is wanted of the farm's own transfer program.
    """

    def __init__(self, api, settings=None, cancel=None, listener=None, record_path=None):
        self.api = api
        self.record_path = record_path
        self.inspect = None
        self.wishes = NO_WISHES
        self._memory = {}
        self._told = set()
        self.settings = settings or settings_module.load()
        self.cancel = cancel or Cancel()
        self.listener = listener

    def tell(self, kind, note):
        """Tell the listener something that is of no single file."""
        if self.listener:
            self.listener(Event(kind, None, 0, note))

    def reach(self, engine):
        """Open an engine. Whoever waits for its first answer is told of what, and of every attempt.

        Once: a watch looks again and again.
        """
        engine.open(self.cancel)
        shown = getattr(engine, "shown", None)
        if shown and shown not in self._told:
            self._told.add(shown)
            engine.hear = lambda note: self.tell("note", note)
            self.tell("connecting", shown)

    def engine(self, kind):
        """Return the closed engine of one of the account's storages; see `storages.engine_for`."""
        return self.ask(lambda: storages.engine_for(self.api, kind, self.settings, self.wishes, self._memory))

    def ask(self, call):
        """Call the farm's API; a cancel does not wait for its answer."""
        return self.cancel.run(call)

    def gear(self, max_speed=None):
        """Return the `Gear` of a new run.

        Args:
            max_speed (str or int or None): KB/s; None is the setting's.
        """
        if max_speed is not None and not self.settings.is_locked("max_speed"):
            throttle = Throttle(parse_speed(max_speed))
        else:
            throttle = self.settings.read("max_speed", timetable.throttle)
        return stream.Gear(self.cancel, throttle, Progress(self.listener))

    def threads(self, number=None):
        """Return a number of threads, or None where they adapt."""
        return self.settings.read("threads", parse_threads, number)

    def upload(self, manifests, max_speed=None, use_record=True, threads=None):
        """Send the assets of one or more manifests, with one set of threads.

        Args:
            manifests (list of str): Paths of upload.json files.
            max_speed (str or int or None): KB/s for all threads together.
            use_record (bool): Whether the record is read and written.
            threads (int or str or None): None is the setting's.

        Returns:
            Report: Of all.

        Raises:
            ManifestError: The one manifest, or every one of several, cannot be read.
        """
        gear, threads = self.gear(max_speed), self.threads(threads)
        good, problems = _readable(manifests)
        if not good:
            return _with_problems(empty_report(), problems)

        def read():
            for path in good:
                for batch in manifest.read_assets(path):
                    yield batch

        engine = self.engine("input")
        report = self._send(engine, gear, read, use_record, threads)
        return _with_problems(report, problems)

    def upload_config(self, task_id, files, max_speed=None):
        """Send a task's configuration files to ``/<task id>/cfg/``.

        Raises:
            SourceMissing: One of the files is not there; nothing was sent.
        """
        number = tasks.task_number(task_id)
        pairs = []
        for path in _as_list(files):
            path = compat.absolute(path)
            if not os.path.isfile(compat.fs(path)):
                raise SourceMissing("%s is missing, or not a file: no configuration file was uploaded." % path)
            pairs.append((path, "/%d/cfg/%s" % (number, os.path.basename(path))))
        engine = self.engine("config")
        return self._send(engine, self.gear(max_speed), lambda: iter([pairs]), False, None)

    def _send(self, engine, gear, read, use_record, threads):
        self.reach(engine)
        record = Record(self.record_path) if use_record else None
        try:
            if record:
                record.open()
            return Upload(engine, gear, record, threads).run(read)
        finally:
            if record:
                record.close()
            engine.close()

    def download(self, wanted_of, max_speed=None, patience_s=3600.0, threads=None, history=None):
        """Fetch files from the output storage.

        Args:
            wanted_of (callable): Takes the open engine, returns an iterable of `fetch.Wanted`.
            max_speed (str or int or None): KB/s.
            patience_s (float or None): How long a file waits for room on the disk.
            threads (int or str or None): None is the setting's.
            history (tally.History, optional): Of the earlier runs of a watch.

        Returns:
            Report: Of the run.
        """
        gear, threads = self.gear(max_speed), self.threads(threads)
        engine = self.engine("output")
        self.reach(engine)
        try:
            with Record(self.record_path) as record:
                download = Download(engine, gear, record, threads, patience_s, history=history,
                                    inspect=self.inspect)
                return download.run(wanted_of(engine))
        finally:
            engine.close()


def _as_list(paths):
    """Return paths as text; one path alone is a list of one."""
    if isinstance(paths, (bytes, compat.text_type)) or hasattr(paths, "__fspath__"):
        paths = [paths]
    if paths is None or None in paths:
        raise SettingsError("There is nothing to upload: no file was named.")
    return [compat.text(path) for path in paths]


def _readable(manifests):
    """Read every manifest to its end, so that nothing is sent of a broken one."""
    paths = _as_list(manifests)
    if not paths:
        raise SettingsError("There is nothing to upload: the list of upload.json files is empty.")
    if len(paths) == 1:
        return paths, []  # The survey reads it to its end before anything is sent.
    good, problems = [], []
    for path in paths:
        try:
            manifest.count(path, "Nothing of it was uploaded.")
            good.append(path)
        except ManifestError as error:
            problems.append(Problem("failed", path, "", error.message))
    return good, problems


def _with_problems(report, problems):
    if not problems:
        return report
    return report._replace(failed=report.failed + len(problems), problems=tuple(problems) + report.problems)
