"""Keys that are pressed in the panel stay there: else Maya takes "s" for a key frame and Shift for its own."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ...panel.binding import QtCore

_GUARDED = "rayvision_sync_keys"


class Guard(QtCore.QObject):
    """Hands a widget the keys that nothing in it wanted, and ends their way there."""

    def eventFilter(self, widget, event):
        """See QObject."""
        if event.type() != QtCore.QEvent.Type.KeyPress:
            return False
        widget.keyPressEvent(event)
        event.accept()
        return True


def guard(widget):
    """Keep keys from Maya; once is enough."""
    if not widget.property(_GUARDED):
        widget.setProperty(_GUARDED, True)
        widget.installEventFilter(Guard(widget))
