"""The panel's place in Houdini: a pane tab of our interface.

Houdini destroys the widget of a pane tab whenever it likes (another desktop, a tab torn off, a reload), and there may
be several tabs. So a tab gets a frame, and the one panel of the process stands in the frame that was seen last.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging

import hou

from ... import compat
from ...panel.binding import QtCompat, QtCore, QtWidgets
from ...panel.texts import tr
from . import panes
from .native import FAILURES

log = logging.getLogger(__name__)


class Frame(QtWidgets.QWidget):
    """What stands in a pane tab.

    Args:
        wanted (callable): ``wanted(frame)``: this frame is seen and has no panel.
        tab (str): Name of its pane tab.
    """

    def __init__(self, wanted, tab=""):
        super(Frame, self).__init__()
        self.tab = tab
        self._wanted = wanted
        self._box = QtWidgets.QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._button = QtWidgets.QPushButton(tr("Show the panel here"))
        self._button.clicked.connect(lambda *_: self._wanted(self))
        self._box.addWidget(self._button, 0, QtCore.Qt.AlignmentFlag.AlignCenter)
        self._panel = None

    @property
    def panel(self):
        """QWidget: What stands here; None where it stands elsewhere or was deleted."""
        return self._panel if self._panel is not None and QtCompat.isValid(self._panel) else None

    def take(self, panel):
        """Let the panel stand here."""
        self._panel = panel
        self._button.hide()
        self._box.addWidget(panel)
        panel.show()

    def give(self):
        """Let go of the panel, whole; returns it, None where it stands elsewhere."""
        panel, self._panel = self.panel, None
        self._button.show()
        if panel is None or panel.parent() is not self:
            return None
        self._box.removeWidget(panel)
        panel.hide()
        panel.setParent(None)
        return panel

    def showEvent(self, event):
        """See QWidget: a frame behind another tab costs nothing before it is seen."""
        super(Frame, self).showEvent(event)
        if self.panel is None:
            self._wanted(self)


class Dock(object):
    """Moves the panel to where it is wanted."""

    def __init__(self):
        self._frames = []
        self._panel = None

    def frames(self):
        """Return the frames that Houdini has not destroyed."""
        self._frames[:] = [frame for frame in self._frames if QtCompat.isValid(frame)]
        return list(self._frames)

    def create(self, wanted, tab=""):
        """Return a new frame for a pane tab; see `Frame`."""
        frame = Frame(wanted, tab)
        self._frames.append(frame)
        return frame

    def put(self, panel, frame):
        """Let the panel stand in a frame."""
        self._panel = panel
        for other in self.frames():
            if other is not frame and other.panel is panel:
                other.give()
        if QtCompat.isValid(frame) and frame.panel is not panel:
            frame.take(panel)

    def destroy(self, frame):
        """Houdini destroys a frame: the panel outlives it."""
        if QtCompat.isValid(frame):
            frame.give()
        self._frames[:] = [other for other in self._frames if other is not frame]

    def show(self, panel):
        """Show the panel in a pane tab of ours, a new one where there is none, a window where that does not work."""
        self._panel = panel
        try:
            tab = panes.find() or panes.create()
            if tab is not None:
                tab.setIsCurrentTab()
        except FAILURES:
            log.warning("Houdini gives no pane tab: the panel is a window.", exc_info=True)
            tab = None
        frames = self.frames()
        if tab is None:
            self._show_window(panel)
        elif frames:  # Else Houdini asks for the frame when it draws the tab.
            name = compat.text(tab.name())
            self.put(panel, next((frame for frame in reversed(frames) if frame.tab == name), frames[-1]))

    def _show_window(self, panel):
        for frame in self.frames():
            if frame.panel is panel:
                frame.give()
        if not panel.isWindow() or panel.parent() is None:
            panel.setParent(hou.qt.mainWindow(), QtCore.Qt.WindowType.Window)
        panel.show()
        panel.raise_()
        panel.activateWindow()


#: The one of this process.
DOCK = Dock()
