"""A line at the panel's foot that tells something and goes away by itself, or when it is closed.

At the foot, since nothing that is under the mouse may jump when it comes and goes.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from . import fields
from .binding import QtCore, QtWidgets, restyle
from .texts import tr

_SHOWN_MS = 12000


class Banner(QtWidgets.QFrame):
    """Hidden until it has something to say; what is wrong stays until it is closed or over.

    Args:
        color (QColor): Of its icon.
    """

    def __init__(self, color):
        super(Banner, self).__init__()
        self.setObjectName("banner")
        self.text = fields.label(wrap=True, name="banner_text")
        self.text.setTextInteractionFlags(QtCore.Qt.TextInteractionFlag.TextSelectableByMouse)
        self.close_button = fields.icon_button("cancel", tr("Close this message"), self.hide, color)
        layout = fields.row(self.text, self.close_button)
        layout.setContentsMargins(10, 4, 4, 4)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self._timer = QtCore.QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def tell(self, text, look="good", stays=False):
        """Show a sentence.

        Args:
            text (str): For the artist.
            look (str): "good", "warn" or "bad".
            stays (bool): Until somebody closes it; so does what is "bad".
        """
        self.text.setText(text)
        self.setAccessibleName(text)
        restyle(self, box=look)
        self.show()
        self._timer.stop()
        if not stays and look != "bad":
            self._timer.start(_SHOWN_MS)

    def take_back(self, text):
        """Hide, if this is what it says."""
        if self.text.text() == text:
            self.hide()
