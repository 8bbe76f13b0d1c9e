"""From the scene to a job: its files are read and looked at, what is unsaved is asked for once, then it is sent.

A click counts from the start: it waits here until the files were looked at.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from collections import namedtuple

from .. import compat
from ..errors import SyncError
from ..jobs.schema import DONE, LIVE
from . import orders, scene as scene_module
from .binding import QtCore, Signal
from .reading import Reading
from .saving import Saving
from .texts import number_of, tr
from .unsaved_card import SAVE

_SETTLE_S = 0.5

#: What an estimate was made of, and what it found.
_Checked = namedtuple("_Checked", "told files job")


class Preparation(QtCore.QObject):
    """Without any widget.

    Args:
        desk (window.Desk): What all tabs share.
        order (callable): Returns the `orders.Scene` as it stands in the fields.
        wrong (callable): Returns what keeps it from being sent, "" where nothing does.
        parent (QObject): Of this one.

    Attributes:
        told (scene.Told): What the host said last.
        scan (scan.Scan or None): Its files.
        lacking (int or None): How many files are missing; None where that is not known.
        was_in_vain (bool): Submit looked again for what was missing, and it still is.
    """

    #: Something that buttons depend on.
    changed = Signal()
    #: A `scene.Told`, and whether it is another scene than before.
    told_scene = Signal(object, bool)
    #: A sentence and its look.
    said = Signal(str, str)
    #: The nodes that could not be read.
    troubled = Signal(object)
    #: The row of an estimate, each time it changes.
    looked = Signal(object)
    #: The artist has to say what becomes of unsaved changes.
    asks = Signal()
    #: The job was added.
    sent = Signal()

    def __init__(self, desk, order, wrong, parent):
        super(Preparation, self).__init__(parent)
        self._desk = desk
        self._link = desk.link
        self._host = desk.host
        self._order = order
        self._wrong = wrong
        self.told = scene_module.NOTHING
        self.scan = self.lacking = None
        self._estimate = self._checked = self._changed_at = None
        self._agreed = None  # A submission waits, for as few missing files as these.
        self._answer = ""
        self._asked = 0
        self._is_second_look = self.was_in_vain = False
        self._is_stale = True
        self._reading = Reading(self)
        self._reading.moved.connect(self._count)
        self._reading.ended.connect(self._scanned)
        self._saving = Saving(self)
        self._link.beat.connect(self._beat)

    @property
    def is_armed(self):
        """bool: The scene is sent as soon as its files were looked at."""
        return self._agreed is not None

    @property
    def is_reading(self):
        """bool: The host's scene is being read."""
        return self._reading.is_active

    @property
    def is_stale(self):
        """bool: The host's scene is another one than what was read, or was not read at all."""
        try:
            return self._is_stale or (self._host.scene() or "") != self.told.path
        except SyncError:
            return True

    # -- the host's scene

    def read(self, again=True):
        """Begin to read the host's scene.

        Args:
            again (bool): Its files are looked at even if they are the same.
        """
        self._is_stale = False
        self._checked = None if again else self._checked
        self._forget()
        self._changed_at = None
        try:
            told = scene_module.read(self._host)
            is_new, self.told = told.path != self.told.path, told
            self.scan = None if is_new else self.scan
            self.told_scene.emit(told, is_new)
            if told.path:
                self._reading.start(self._host.assets())
                self._count(0)
            else:
                self._reading.cancel()
                self.troubled.emit(())
                self.said.emit(tr("Save the scene, then check again."), "muted")
        except SyncError as error:
            self._reading.cancel()
            self.disarm()
            self.said.emit(error.message, "bad")
        self.changed.emit()

    def _count(self, number):
        self.said.emit(tr("Looking at the scene: {files} found", files=number_of(number, "file")) if number
                       else tr("Looking at the scene ..."), "muted")

    def _scanned(self, scan):
        self.scan = scan
        self.troubled.emit(scan.troubles)
        before = self._checked
        if before is not None and (before.told, before.files) == (self.told, scan.files):
            self._found(before.job)  # Nothing has changed since the files were looked at.
        else:
            self._ask()

    def stop(self):
        """Stop reading, and do not send the scene. Returns whether there was anything to stop."""
        stopped = self._reading.cancel()
        if stopped:
            self._is_stale = True
            self.said.emit(tr("Stopped. \"Check again\" looks at the scene anew."), "muted")
        return self.disarm() or stopped

    # -- estimate

    def touch(self, soon=True):
        """What will be sent has changed: look at the files when nothing has changed for a moment.

        Args:
            soon (bool): Wait for that moment.
        """
        self._forget()
        self._changed_at = compat.monotonic() - (0 if soon else _SETTLE_S)
        if self._order().path:
            self.said.emit(tr("Looking at the files ..."), "muted")
        else:
            self._changed_at = None
            self.said.emit(tr("Choose a scene: what will be sent is shown here before anything happens."), "muted")
        self.changed.emit()

    def touch_frames(self):
        """Other frames shall be rendered: of sequences, other files are needed. Only a host names those."""
        if self.scan is not None and not self.is_reading and any(found.kind == "frames" for found in self.scan.files):
            self._checked = None
            self.touch()

    def _forget(self):
        if self._estimate is not None:
            self._link.forget(self._estimate)
        self._saving.cancel()
        self._estimate = self.lacking = None
        self.was_in_vain = False

    def _beat(self):
        if self._changed_at is None or compat.monotonic() - self._changed_at < _SETTLE_S:
            return
        if self.parent().isVisible() or self.is_armed:
            self._ask()

    def _ask(self):
        self._changed_at = None
        self._forget()
        self.said.emit(tr("Looking at the files ..."), "muted")
        scene = self._order()
        self._saving.start(scene, lambda path: self._ask_of(orders.estimate(scene, path)), self._unsaved)

    def _unsaved(self, error):
        self.disarm()
        self.said.emit(error.message, "bad")

    def _ask_of(self, order):
        self._estimate = self._link.ask(order, self._take)
        if self._estimate is None:
            self.disarm()
            self.said.emit(tr("The files could not be looked at."), "bad")

    def _take(self, job):
        if self._estimate is not None and job.id != self._estimate:
            return
        if job.state == DONE:
            self._checked = _Checked(self.told, self.scan.files if self.scan else [], job)
            self._found(job)
            return
        self.looked.emit(job)
        if job.state not in LIVE:
            self.disarm()
        self.changed.emit()

    def _found(self, job):
        self.looked.emit(job)
        self.lacking = orders.lacking(job)
        self._go_on()

    # -- send

    def disarm(self):
        """Send nothing. Returns whether something would have been sent."""
        if self.lacking is not None:  # Else it is the estimate that is written.
            self._saving.cancel()
        was_armed, self._agreed, self._answer = self.is_armed, None, ""
        self.changed.emit()
        return was_armed

    def submit(self, agreed):
        """Send the scene as soon as it is known that no more files are missing than the artist has seen.

        Args:
            agreed (int): How many may be missing.
        """
        if (self.lacking or 0) <= agreed and self._needs_answer():
            self._ask_answer(agreed)
        else:
            self._arm(agreed)

    def _needs_answer(self):
        try:
            return not self._host.chooses_scene and not self._answer and self._host.is_changed()
        except SyncError as error:
            self._desk.tell(error.message, "bad")
            return False

    def _ask_answer(self, agreed):
        self._asked, self._agreed = agreed, None
        self.asks.emit()
        self.changed.emit()

    def answer(self, answer):
        """Take what the artist has said of unsaved changes: `unsaved_card.SAVE`, `COPY`, "" sends nothing."""
        self._answer = answer
        if answer:
            self._arm(self._asked)
        else:
            self.changed.emit()

    def _arm(self, agreed):
        self._agreed = agreed
        # With files missing: they may have been restored since. With a host: the scene may have been changed since.
        is_worse = self._is_second_look = (self.lacking or 0) > agreed
        if self.lacking is None and self._is_busy():
            pass
        elif not self._host.chooses_scene:
            self.read(again=is_worse)
        elif self.lacking is None or is_worse:
            self.touch(soon=False)
        else:
            self._go_on()
        self.changed.emit()

    def _is_busy(self):
        job = self._link.jobs.get(self._estimate)
        return self.is_reading or self._saving.is_active or self._changed_at is not None or (
            job is not None and job.state in LIVE)

    def _go_on(self):
        """The files were looked at: send the scene, if that is wanted and nothing is in the way."""
        if self.is_armed:
            wrong = self._wrong()
            if wrong or self.lacking > self._agreed:
                if not self.parent().isVisible():
                    self._host.notify(tr("Not sent"), wrong or number_of(self.lacking, "missing file"))
                self.was_in_vain = self._is_second_look and not wrong
                self.disarm()
            elif self._needs_answer():
                self._ask_answer(self._agreed)
            else:
                self._send()
        self.changed.emit()

    def _send(self):
        """Write the scene and add its job; until then a click, or another scene, still stops it."""
        anyway = bool(self.lacking)
        try:
            scene = self._order()._replace(copy=self._save(self._answer))
        except SyncError as error:
            self._refuse(error)
            return
        self._saving.start(scene, lambda path: self._add(orders.submit(scene, anyway, path)), self._refuse)

    def _refuse(self, error):
        self.disarm()
        self._desk.tell(error.message, "bad", stays=True)

    def _add(self, order):
        self.disarm()
        if self._link.add(order) is not None:
            self._checked = None
            self._is_stale = True
            self.sent.emit()

    def _save(self, answer):
        """Do with unsaved changes what the artist wants; returns the path of a copy, "" where there is none."""
        if not answer or not self._host.is_changed():
            return ""
        if answer == SAVE:
            self._host.save()
            return ""
        copy = scene_module.copy_path(self.told.path)
        self._host.save_copy(copy)
        return copy

    # -- a panel that is built anew

    def state(self):
        """Return what another one goes on with, for `take`."""
        return self.told, self._agreed, self._answer

    def take(self, state):
        """Go on where another one was; the scene is read anew."""
        self.told, self._agreed, self._answer = state

    def leave(self):
        """Let go of what goes on."""
        self._reading.cancel()
        self._agreed = self._changed_at = None
        self._forget()
