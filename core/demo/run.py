"""The whole main job on one machine, step by step, each of them checked."""
from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import os

from .. import compat, manifest, paths, storages, submission, tasks, words
from ..api import RayvisionAPI
from ..errors import Cancelled, SettingsError, SyncError
from ..farm import LocalFarm
from ..record import Record
from ..session import Session
from ..settings import Settings
from ..watch import Options, Watch
from . import anew, check, sample, seaweed, sheet
from .hold import FARM, Hold
from .keeper import Keeper
from .stage import is_asset, record_path, set_up, store_folder

THREADS = 20
ASSETS_PER_PART = 100
SIZE = (1920, 1080)

_POLL_S = 0.25
_OK_COLUMN = 74
_MOST_BAR = 24
_MOST_KEPT = 5


class DemoFailed(SyncError):
    """A step did not show what it should."""


class Demo(object):
    """One run.

    Args:
        options (Namespace): root, frames, project, scene, keep_farm, s3, weed.
        screen: Has ``say(line)`` and ``line.show(label, share, rest, name)``, as `cli.screen.Screen`.
        cancel (Cancel): Ends it.
    """

    def __init__(self, options, screen, cancel):
        self._options = options
        self._screen = screen
        self._cancel = cancel
        self._stage = self._farm = self._session = None
        self._hear = None
        self._parts = ()
        self._assets = self._bytes = 0
        self._state = None
        self._landed = []

    def run(self):
        """Show everything.

        Raises:
            SyncError: A step failed; the sentence says which.
            Cancelled: Ended by the user.
        """
        self._screen.line.show("Making the sample project ..." if not self._options.project else "Looking ...")
        self._stage = set_up(self._options.root, self._options.project, self._options.scene)
        with Hold(self._stage.root, FARM, "demo") as hold:
            if not hold.take():
                raise SettingsError("A demo runs on %s already (process %d): wait until it has ended, end it with "
                                    "Ctrl-C, or give another --root." % (self._stage.root, hold.holder()["pid"]))
            self._run()

    def left(self):
        """Return what there is after it was ended early, and how to go on."""
        landed = "%s of this run %s in %s. " % (
            words.plural(len(self._landed), "frame"), "is" if len(self._landed) == 1 else "are",
            _short(self._stage.images)) if self._landed else ""
        return "Nothing runs any more. %sThe same command begins anew; all that the demo made itself is in %s." % (
            landed, _short(compat.absolute(self._options.root)))

    def _run(self):
        self._list_assets()
        keeper = Keeper(self._stage.root)
        if anew.begin(self._stage, keeper):
            self._screen.say("The transfers of the demo's panel were removed: their farm begins anew.")
        seaweed.forget(store_folder(self._stage.root))
        with seaweed.opened(self._options, store_folder(self._stage.root), self._screen, self._cancel) as store:
            more = {"s3": store.url, "s3_keys": store.keys} if store else {}
            with LocalFarm(keeper.folder, **more) as self._farm:
                self._show()

    def _show(self):
        self._log_in()
        for step in (self._cut, self._upload, self._submit, self._watch, self._verify, self._upload_again):
            self._cancel.check()
            step()
        sheet_path = self._draw_sheet()
        self._screen.say("Look at %s. Next: %s" % (
            _short(sheet_path), "try --project FOLDER" if self._stage.is_sample else (
                "install it with python3 install.py, and send it to a farm of yours")))
        if self._options.keep_farm:
            self._keep_farm()

    def _step(self, number, name, text, ok=False):
        line = "%d  %-10s  %s" % (number, name, text)
        self._screen.say(line + " " * max(2, _OK_COLUMN - words.columns(line)) + "ok" if ok else line)

    def _failed(self, number, name, text):
        self._step(number, name, "FAILED")
        return DemoFailed(text)

    # -- the steps

    def _list_assets(self):
        stage = self._stage

        def pairs():
            for local, server in manifest.build([stage.project]):
                if is_asset(stage, local):
                    self._bytes += os.path.getsize(compat.fs(local)) if os.path.exists(compat.fs(local)) else 0
                    yield local, server

        self._assets = manifest.write(self._manifest_path(), pairs())
        self._screen.say("%s: %s, %s, in %s" % (
            "Sample project" if stage.is_sample else "Project", words.plural(self._assets, "file"),
            words.size(self._bytes), _short(stage.project)))
        if not stage.is_sample:
            self._screen.say("Scene: %s" % _short(stage.scene))
            self._screen.say("Frames and contact sheet land in %s" % _short(stage.images))

    def _manifest_path(self):
        return os.path.join(self._stage.root, "upload.json")

    def _log_in(self):
        farm = self._farm
        api = RayvisionAPI(farm.access_id, farm.access_key, domain=farm.domain, platform="%d" % farm.platform,
                           protocol="http", cancel=self._cancel)
        # Nothing of the user's own: neither his settings nor his record are read or written.
        path = record_path(self._stage.root)
        settings = Settings([("demo", {})])
        self._session = Session(api, settings, self._cancel, self._listen, path)
        engine = storages.engine_for(api, "input", settings)
        with Record(path) as record:
            record.forget(record.storage(engine.identity))  # The farm is a new one.

    def _listen(self, event):
        if event.kind == "note":
            self._screen.say("   " + event.note)
        elif self._hear:
            self._hear(event)

    def _cut(self):
        self._parts = manifest.cut(self._manifest_path(), ASSETS_PER_PART, os.path.join(self._stage.root, "parts"))
        text = "upload.json, %s" % words.plural(self._assets, "asset")
        if len(self._parts) > 1:
            text += ", cut into %d parts of %d" % (len(self._parts), ASSETS_PER_PART)
        self._step(1, "manifest", text)

    def _upload(self):
        report = self._send("2  upload")
        if not report.ok or report.sent != self._assets:
            raise self._failed(2, "upload", "%d of %d files were sent. %s" % (
                report.sent, self._assets, report.problems[0].reason if report.problems else ""))
        self._step(2, "upload", "%s, %s in %.1f s (%d threads)" % (
            words.plural(report.sent, "file"), words.size(report.bytes), report.seconds, THREADS), ok=True)

    def _send(self, label):
        def hear(event):
            if event.kind == "tick" and event.note.files_total:
                totals = event.note
                self._screen.line.show(
                    label, totals.bytes / max(1, totals.bytes_total),
                    "%s  %s/s" % (words.part(totals.bytes, totals.bytes_total), words.size(totals.rate)),
                    os.path.basename(totals.active[0][0]) if totals.active else "")
        self._hear = hear
        # What `multi_thread_upload` does, with a record of the demo's own.
        return self._session.upload(self._parts, threads=THREADS)

    def _submit(self):
        self._hear = None
        stage = self._stage
        layers = (sample.LAYER,) if stage.is_sample else ()
        job = submission.Job(stage.scene, self._parts, self._options.frames, layers, width=SIZE[0], height=SIZE[1],
                             project_name="demo", software=stage.software, threads=THREADS)
        task_id = submission.submit(self._session, job).task_id
        self._state = tasks.read_tasks(self._session.api, [task_id])[task_id]
        self._step(3, "submit", "task %d, frames %s" % (task_id, self._options.frames))

    def _watch(self):
        def hear(event):
            if event.kind == "tasks" and event.note:
                self._state = event.note[0]
            elif event.kind == "done":
                self._landed.append(event.item.target)
            total = self._state.total or 1
            here = len(self._landed)
            self._screen.line.show("4  frames", here / total, "%d of %d here" % (here, total),
                                   os.path.basename(self._landed[-1]) if self._landed else "",
                                   urgent=event.kind == "tick")
        self._hear = hear
        report = Watch(self._session, [self._state.id], Options(self._stage.images, False, _POLL_S)).run()
        self._hear = None
        total = self._state.total or 0
        here = report.sent + report.skipped
        if not report.ok or self._state.failed or not total:
            raise self._failed(4, "frames", self._why(report))
        here = min(here, total)
        self._step(4, "frames", "%s %d of %d landed in %s" % (
            words.bar(here / total, min(total, _MOST_BAR)), here, total, _short(self._stage.images)), ok=True)
        self._say_kept(report)

    def _say_kept(self, report):
        """Name the pictures of the user's that bear the frames' names."""
        beside = dict(report.beside)
        for path in report.kept[:_MOST_KEPT]:
            there = beside.get(path)
            self._screen.say("   %s is yours and was kept%s" % (
                os.path.basename(path), "; the frame is beside it: %s" % os.path.basename(there) if there else ""))
        if len(report.kept) > _MOST_KEPT:
            self._screen.say("   and %s more of yours" % words.count(len(report.kept) - _MOST_KEPT))

    def _why(self, report):
        if report.problems:
            return report.problems[0].reason
        frames = tasks.frames(self._session.api, self._state.leaves[0])
        said = [frame.text for frame in frames if frame.status != tasks.FRAME_DONE and frame.text]
        return "Task %d is %s: %s" % (self._state.id, self._state.text, said[0] if said else "no frame was rendered.")

    def _verify(self):
        with self._side("input") as there:
            wrong = list(self._differing(there))
        with self._side("output") as there:
            self._landed = list(self._frames(there, wrong))
        if wrong or len(self._landed) != self._state.total:
            raise self._failed(5, "verify", "What is here and what is on the farm differs: %s." % (
                ", ".join(wrong[:5]) or "the number of frames"))
        self._step(5, "verify", "all bytes equal on both sides, read back through S3" if self._farm.s3 else (
            "input and frames equal byte for byte on both sides"), ok=True)

    @contextlib.contextmanager
    def _side(self, kind):
        """Yield one of the farm's storages as `check` reads it."""
        if not self._farm.s3:
            yield check.Disk(getattr(self._farm, kind).root)
            return
        engine = storages.engine_for(self._session.api, kind, self._session.settings)
        engine.open()
        scratch = os.path.join(self._stage.root, "state", "verify")
        try:
            yield check.Bucket(engine, scratch)
        finally:
            engine.close()
            compat.remove_file(scratch)

    def _differing(self, there):
        """Yield the assets that are not the same there, and what is there beside them."""
        done = 0
        for batch in manifest.read_assets(self._manifest_path()):
            for local, server in batch:
                if not check.is_same(local, there.path(server), self._cancel.check):
                    yield local
                done += 1
                self._screen.line.show("5  verify", done / self._assets, name=os.path.basename(local))
        if done != sum(1 for _ in there.files("/")):
            yield "the number of files in the farm's input"

    def _frames(self, there, wrong):
        """Yield where the frames are here, in the farm's order."""
        for output in self._state.outputs:
            for name in there.files("/" + output.strip("/")):
                path = paths.land(self._stage.images, name)
                twin = check.find_twin(path, there.path("/%s/%s" % (output.strip("/"), name)), self._cancel.check)
                if twin is None:
                    wrong.append(path)
                else:
                    yield twin

    def _upload_again(self):
        report = self._send("6  again")
        if not report.ok or report.sent or report.skipped != self._assets:
            raise self._failed(6, "again", "%d files were sent that are there already." % report.sent)
        self._step(6, "again", "nothing to send: %s already there (%.1f s)" % (
            words.plural(report.skipped, "file"), report.seconds), ok=True)

    def _draw_sheet(self):
        self._screen.line.show("Drawing the contact sheet ...")
        numbers = [os.path.basename(path).rpartition(".")[0].rpartition(".")[2] for path in self._landed]
        cells = [sheet.Cell(number, path) for number, path in zip(numbers, self._landed)]
        path = sheet.place(self._stage.images)
        sheet.write(path, cells, os.path.basename(self._stage.scene), "task %d   frames %s   %d x %d" % (
            self._state.id, self._options.frames, SIZE[0], SIZE[1]), self._cancel.check)
        return path

    def _keep_farm(self):
        self._screen.say("The farm stays at http://%s until Ctrl-C. Try: python -m rayvision_sync tasks --farm %s" % (
            self._farm.domain, _short(self._farm.root)))
        try:
            while True:
                self._cancel.wait(3600)
        except Cancelled:
            self._screen.say("The farm has stopped.")


def _short(path):
    """Return a path as short as it can be written here."""
    here = compat.absolute(".")
    return path[len(here) + 1:] if path.startswith(here.rstrip(os.sep) + os.sep) else path
