"""Which files a scene needs, where no DCC says it: single files, whole folders, or an upload.json."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

from .. import compat
from . import drawing, fields
from .binding import QtCore, QtWidgets, Signal, later, to_int
from .texts import tr
from .theme import GAP

_KIND = to_int(QtCore.Qt.ItemDataRole.UserRole) + 1
_ICONS = {"file": "scene", "folder": "folder", "manifest": "log"}


class FilePicker(QtWidgets.QWidget):
    """A short list with buttons; files and folders may be dropped on it."""

    changed = Signal()

    def __init__(self, color):
        super(FilePicker, self).__init__()
        self._color = color
        self.list = QtWidgets.QListWidget()
        self.list.setProperty("look", "list")
        self.list.setAccessibleName(tr("Files that the scene needs"))
        self.list.setTextElideMode(QtCore.Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSelectionMode(QtWidgets.QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.hide()
        self.add_files = fields.button(tr("Files"), lambda: self._choose("file"),
                                       tip=tr("Add files that the scene needs"), name="add_files")
        self.add_folder = fields.button(tr("Folder"), lambda: self._choose("folder"),
                                        tip=tr("Add a folder with all that is in it"), name="add_folder")
        self.add_manifest = fields.button("upload.json", lambda: self._choose("manifest"),
                                          tip=tr("Add a list of files that was made before"), name="add_manifest")
        for button, icon in ((self.add_files, "add"), (self.add_folder, "folder"), (self.add_manifest, "log")):
            button.setIcon(drawing.icon(icon, color))
        self.take_off = fields.icon_button("remove", tr("Take off the list"), self.remove, color,
                                           tr("Take what is picked off the list (Delete)"))
        self.take_off.hide()
        self._buttons = QtWidgets.QGridLayout()
        self._buttons.setContentsMargins(0, 0, 0, 0)
        self._buttons.setSpacing(GAP)
        box = QtWidgets.QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addWidget(self.list)
        box.addLayout(self._buttons)
        self._columns = 0
        # Less than its buttons need in one row: they are arranged in two.
        self.setMinimumWidth(60)
        self.setAcceptDrops(True)
        self._arrange(4)

    def _arrange(self, columns):
        if columns == self._columns:
            return
        self._columns = columns
        buttons = (self.add_files, self.add_folder, self.add_manifest, self.take_off)
        for button in buttons:
            self._buttons.removeWidget(button)
        for place, button in enumerate(buttons):
            self._buttons.addWidget(button, place // columns, place % columns)
        self._buttons.setColumnStretch(4, 1)
        later(self.updateGeometry)

    def resizeEvent(self, event):
        """See QWidget."""
        super(FilePicker, self).resizeEvent(event)
        first, second, third, fourth = [button.sizeHint().width() + GAP for button in (
            self.add_files, self.add_folder, self.add_manifest, self.take_off)]
        in_two = max(first, third) + max(second, fourth)
        self._arrange(4 if self.width() >= first + second + third + fourth else 2 if self.width() >= in_two else 1)

    def files(self):
        """Return the paths of files, folders and manifests, three lists."""
        found = {"file": [], "folder": [], "manifest": []}
        for row in range(self.list.count()):
            item = self.list.item(row)
            found[item.data(_KIND)].append(compat.text(item.text()))
        return found["file"], found["folder"], found["manifest"]

    def rows(self):
        """Return ``(path, kind)`` of all, for `add`."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return [(compat.text(item.text()), item.data(_KIND)) for item in items]

    def add(self, path, kind):
        """Add a path: kind is "file", "folder" or "manifest"."""
        if any(compat.text(self.list.item(row).text()) == path for row in range(self.list.count())):
            return
        item = QtWidgets.QListWidgetItem(drawing.icon(_ICONS[kind], self._color), path)
        item.setData(_KIND, kind)
        item.setToolTip(path)
        self.list.addItem(item)
        self._resize()
        self.changed.emit()

    def remove(self):
        """Take what is picked off the list."""
        picked = self.list.selectedItems() or ([self.list.currentItem()] if self.list.currentItem() else [])
        for item in picked:
            self.list.takeItem(self.list.row(item))
        self._resize()
        if picked:
            self.changed.emit()

    def _resize(self):
        count = self.list.count()
        self.list.setVisible(bool(count))
        self.take_off.setVisible(bool(count))
        self.list.setFixedHeight(min(max(count, 1), 5) * max(20, self.list.sizeHintForRow(0)) + 6)

    def _choose(self, kind):
        mode = QtWidgets.QFileDialog.FileMode
        dialog = QtWidgets.QFileDialog(self.window(), tr("Files that the scene needs"), "",
                                       "upload.json (*.json)" if kind == "manifest" else "")
        dialog.setFileMode(mode.Directory if kind == "folder" else mode.ExistingFiles)
        dialog.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose, True)
        dialog.setModal(False)
        dialog.filesSelected.connect(lambda paths: [self.add(compat.text(path), kind) for path in paths])
        dialog.show()

    def keyPressEvent(self, event):
        """See QWidget."""
        if event.key() in (QtCore.Qt.Key.Key_Delete, QtCore.Qt.Key.Key_Backspace):
            self.remove()
        else:
            super(FilePicker, self).keyPressEvent(event)

    def dragEnterEvent(self, event):
        """See QWidget."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event):
        """See QWidget."""
        for url in event.mimeData().urls():
            if url.isLocalFile():
                path = compat.text(url.toLocalFile())
                kind = "manifest" if path.endswith("upload.json") else (
                    "folder" if os.path.isdir(compat.fs(path)) else "file")
                self.add(path, kind)
