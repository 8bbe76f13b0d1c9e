"""A list of rows that are all of one height: one that changes is painted alone."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .binding import QtCore, QtWidgets


class RowList(QtWidgets.QListView):
    """What the panel's lists share. Models tell of each changed row by itself."""

    def __init__(self, parent=None):
        super(RowList, self).__init__(parent)
        self.setUniformItemSizes(True)
        self.setProperty("look", "list")
        self.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QtWidgets.QAbstractItemView.ScrollMode.ScrollPerPixel)

    def dataChanged(self, *args):
        """See QAbstractItemView.

        QListView lays all rows out anew and paints them all: beside a transfer
        that cost hosts 20 ms at each look at the store. Ours keep their height.
        """
        QtWidgets.QAbstractItemView.dataChanged(self, *args)
