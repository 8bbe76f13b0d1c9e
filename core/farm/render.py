"""The render loop: one thread, one frame after the other."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import logging
import os
import shutil
import sqlite3
import threading
import uuid

from .. import compat
from ..errors import Cancelled, SyncError
from . import states
from .picture import Caption, Painter

log = logging.getLogger(__name__)

#: Between two attempts to reach a storage that is away.
_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 0.25, 10.0

#: Between two attempts to write what came of a frame: the disk may be full.
_KEEP_S = 2.0


class SceneMissing(SyncError):
    """The task's scene is not in the input storage: no frame of it can be rendered."""

    def __init__(self, scene):
        super(SceneMissing, self).__init__(
            "The scene %s is not in the farm's input storage: upload it with --no-record, then start the task again."
            % scene)


class BuiltinRenderer(object):
    """Draws the test pictures of `picture`."""

    #: Whether more than the scene has to be on this disk.
    reads_assets = False

    def __init__(self):
        self._painter = Painter()

    def render(self, job, scene, folder, name, log_path, cancel):
        """Render a frame: see `CommandRenderer.render`."""
        begun = compat.monotonic()

        def check():
            if cancel.is_set():
                raise Cancelled()

        picture = self._painter.paint(
            Caption(job.scene_name, job.layer, job.number, job.first, job.last, job.width, job.height), check)
        path = os.path.join(folder, name)
        with io.open(compat.fs(path), "wb") as target:
            target.write(picture)
        with io.open(compat.fs(log_path), "w", encoding="utf-8", errors="replace") as lines:
            lines.write("Built-in renderer: %s, layer %s, frame %d, %d x %d.\nDone in %.2f s, %d bytes.\n" % (
                job.scene_name, job.layer or "-", job.number, job.width, job.height,
                compat.monotonic() - begun, len(picture)))
        return path


class RenderLoop(object):
    """Renders what waits in the store.

    Args:
        store (Store): Tasks and frames.
        inputs (Storage): Scenes.
        outputs (Storage): Where finished frames go.
        renderer: `BuiltinRenderer` or `CommandRenderer`.
        work (str): Folder for unfinished frames, on the disk of `outputs`.
        logs (str): Folder for the renderer's logs.
        frame_seconds (float): A frame takes at least as long.
        say (callable): Takes a line about what happened.
        assets_of (callable): Takes a task's id, returns the names of its assets.
    """

    def __init__(self, store, inputs, outputs, renderer, work, logs, frame_seconds, say, assets_of):
        self._store = store
        self._inputs = inputs
        self._outputs = outputs
        self._renderer = renderer
        self._work = work
        self._logs = logs
        self._frame_seconds = frame_seconds
        self._say = say
        self._assets_of = assets_of
        self._news = threading.Event()
        self._stopped = False
        self._lock = threading.Lock()
        self._current = None  # (job, cancel event)
        self._thread = None

    def start(self):
        """Begin in a thread of its own; frames left unfinished by a crash are removed."""
        shutil.rmtree(compat.fs(self._work), ignore_errors=True)
        compat.make_folder(self._work)
        self._thread = threading.Thread(target=self._run, name=str("farm-render"))
        self._thread.daemon = True
        self._thread.start()

    def stop(self):
        """End the running frame and the thread. The frame waits to be rendered again."""
        with self._lock:
            self._stopped = True
            if self._current:
                self._current[1].set()
        self._news.set()
        if self._thread:
            self._thread.join(10)

    def wake(self):
        """There may be something to render."""
        self._news.set()

    def cancel(self, is_unwanted):
        """End the running frame if ``is_unwanted(job)``."""
        with self._lock:
            if self._current and is_unwanted(self._current[0]):
                self._current[1].set()

    def log_path(self, task, frame):
        """Return where the renderer's output for a frame is kept."""
        return os.path.join(self._logs, "%d" % task, "%d.log" % frame)

    def _run(self):
        while not self._stopped:
            self._news.clear()
            try:
                job, cancel = self._take()
            except (sqlite3.Error, SyncError):
                log.exception("The farm's tasks cannot be read.")
                self._news.wait(2)
                continue
            if job is None:
                self._news.wait()  # `stop` sets it, too.
            else:
                self._frame(job, cancel)

    def _take(self):
        """Return the next frame and its cancel event, in one step for `cancel` and `stop`."""
        cancel = threading.Event()
        with self._lock:
            job = None if self._stopped else self._store.next_frame()
            self._current = (job, cancel) if job else None
        return job, cancel

    def _frame(self, job, cancel):
        name, state, text = None, states.FRAME_WAITING, ""
        try:
            name = self._render(job, cancel)
            state = states.FRAME_DONE
        except Cancelled:
            pass
        except SceneMissing as error:
            text = error.message
            self._store.fail_task(job.task, text)
        except SyncError as error:
            state, text = states.FRAME_FAILED, error.message
        except (EnvironmentError, MemoryError) as error:
            log.exception("Frame %d of task %d failed.", job.number, job.task)
            state, text = states.FRAME_FAILED, "The farm could not write the frame: %s." % compat.text(
                getattr(error, "strerror", None) or "out of memory")
        finally:
            with self._lock:
                self._current = None
        if not self._keep_end(job, state, text, name):
            return
        if text or state != states.FRAME_WAITING:
            self._say("Task %d  %s%s  frame %d  %s" % (
                job.task, job.scene_name, "  " + job.layer if job.layer else "", job.number,
                text or states.FRAME_TEXTS[state]))

    def _keep_end(self, job, state, text, name):
        """Write how a frame ended, as soon as the disk takes it: else its task would never end.

        Returns:
            bool: False where the farm was closed meanwhile. Then the frame is rendered again after the next start.
        """
        while True:
            try:
                self._store.end_frame(job, state, text, name)
                return True
            except (sqlite3.Error, SyncError):
                log.exception("The state of frame %d of task %d is not kept yet.", job.number, job.task)
            self._news.clear()
            if not self._stopped:
                self._news.wait(_KEEP_S)
            if self._stopped:
                return False

    def _render(self, job, cancel):
        """Render a frame, publish it and return its name on the output storage."""
        scene = self._patiently(job, cancel, lambda: self._gather(job, cancel))
        if scene is None:
            raise SceneMissing(job.scene)
        begun = compat.monotonic()
        stem = "%s.%04d" % (job.prefix, job.number)
        # A name of its own each time: a command that outlived a killed farm may still write into its old one.
        folder = os.path.join(self._work, "%d-%s" % (job.frame, uuid.uuid4().hex))
        log_path = self.log_path(job.task, job.frame)
        compat.make_folder(folder)
        compat.make_folder(os.path.dirname(log_path))
        try:
            path = self._renderer.render(job, scene, folder, stem.rpartition("/")[2] + ".png", log_path, cancel)
            left = self._frame_seconds - (compat.monotonic() - begun)
            if left > 0:
                cancel.wait(left)
            if cancel.is_set():
                raise Cancelled()
            name = "/%s/%s%s" % (job.output, stem, os.path.splitext(path)[1].lower())
            self._patiently(job, cancel, lambda: self._outputs.put(name, path, cancel))
            return name
        finally:
            shutil.rmtree(compat.fs(folder), ignore_errors=True)

    def _gather(self, job, cancel):
        """Return the path of the frame's scene, None if it is not there; what a program reads lies around it."""
        needed = self._assets_of(self._store.whole(job.task)) if self._renderer.reads_assets else ()
        return self._inputs.gather(job.scene, needed, cancel)

    def _patiently(self, job, cancel, call):
        """Call until the storage answers: the frame, and what is rendered of it, waits as long as it takes.

        Raises:
            Cancelled: The frame is not wanted any more, or the farm ends.
            SyncError: The storage refuses: waiting does not help.
        """
        said, pause_s = "", _SHORTEST_PAUSE_S
        while True:
            try:
                value = call()
            except SyncError as error:
                if not error.retryable:
                    raise
                if error.message != said:
                    said = error.message
                    self._store.note_frame(job, "%s Frame %d waits for it." % (said, job.number))
                    self._say("%s Frame %d of task %d waits for it." % (said, job.number, job.task))
            else:
                if said:
                    self._store.note_frame(job, "")
                    self._say("The storage answers again: task %d goes on." % job.task)
                return value
            if cancel.wait(pause_s):
                raise Cancelled()
            pause_s = min(_LONGEST_PAUSE_S, pause_s * 2)
