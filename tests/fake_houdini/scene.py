"""``hou.hipFile``: the open scene, its name and what was not saved."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os

from rayvision_sync import compat

from .values import OperationFailed, native, swig_text


class Hip(object):
    """``hou.hipFile``."""

    def __init__(self, hou, path):
        self._hou = hou
        self.is_new, self.changed, self.fails = False, False, False
        self.licence = ".hip"
        self.saves, self.moves = 0, 0
        self.file = path

    def path(self):
        return native(self.file)

    def isNewFile(self):
        return self.is_new

    def hasUnsavedChanges(self):
        return self.changed or not self._hou.has_ui

    def setName(self, file_name):
        self._name(swig_text(file_name))

    def _name(self, path):
        if path != self.file:
            self.moves += 1
        self.file = path
        self._hou.variables["HIP"] = os.path.dirname(path).replace("\\", "/")
        self._hou.variables["HIPNAME"] = os.path.basename(path).rpartition(".")[0]

    def _write(self, path):
        if self.fails:
            raise OperationFailed(native("Unable to save file: %s" % path))
        folder = os.path.dirname(path)
        if not os.path.isdir(compat.fs(folder)):
            os.makedirs(compat.fs(folder))
        with io.open(compat.fs(path), "wb") as target:
            target.write(b"scene")

    def save(self, file_name=None, save_to_recent_files=True):
        if file_name is None:
            self._write(self.file)
            self.saves += 1
        else:
            path = swig_text(file_name).rpartition(".")[0] + self.licence
            self._write(path)
            self._name(path)
        self.changed = False

    def saveAsBackup(self):
        folder = self._hou.variables.get("HOUDINI_BACKUP_DIR") or os.path.join(os.path.dirname(self.file), "backup")
        path = os.path.join(folder, os.path.basename(self.file).rpartition(".")[0] + "_bak1" + self.licence)
        self._write(path)
        return native(path)


class OldHip(Hip):
    """An early 17.5: nothing of backups, and nobody says whether a scene is new."""

    saveAsBackup = property()
    isNewFile = property()
