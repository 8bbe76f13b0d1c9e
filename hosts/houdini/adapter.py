"""Houdini as the panel knows it."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import os
import shutil

import hou

from ... import compat, places
from ..base.contract import HostError
from . import assets, interpreter, render, spelling
from .native import FAILURES, environment, native, reason

log = logging.getLogger(__name__)


def _nothing():
    """Undo nothing."""


class HoudiniHost(object):
    """See `base.contract`."""

    name = "houdini"
    title = "Houdini"
    chooses_scene = False

    def __init__(self):
        self._python = None

    @property
    def version(self):
        """str: "20.5.332"."""
        return compat.text(hou.applicationVersionString())

    @property
    def interactive(self):
        """bool: Not in hython, in a render or in mplay."""
        return bool(hou.isUIAvailable())

    # -- the scene

    def scene(self):
        """Return the path of the open scene, None where it was never saved."""
        is_new = getattr(hou.hipFile, "isNewFile", None)  # Not in every 17.5.
        path = compat.text(hou.hipFile.path())
        untitled = is_new() if is_new is not None else os.path.basename(path).startswith("untitled.")
        return None if untitled else path

    def is_changed(self):
        """Tell whether something was not saved."""
        return bool(hou.hipFile.hasUnsavedChanges())

    def save(self):
        """Save the open scene in place."""
        path = self.scene()
        if path is None:
            raise HostError("The scene was never saved: save it under a name first (File > Save As).")
        try:
            hou.hipFile.save()
        except FAILURES as error:
            raise HostError("Houdini could not save %s (%s). Save it by hand and try again." % (path, reason(error)))

    def save_copy(self, path):
        """Write the scene as it is now to another path; name and unsaved changes of the open one stay."""
        name, is_changed = compat.text(hou.hipFile.path()), self.is_changed()
        try:
            written = self._write(path)
            if os.path.normpath(written) != os.path.normpath(path):
                shutil.move(compat.fs(written), compat.fs(path))
        except (FAILURES + (IOError, OSError)) as error:
            raise HostError("Houdini could not write a copy of the scene to %s (%s). Look whether there is room, or "
                            "save the scene and send that." % (path, reason(error)))
        finally:
            self._restore(name, is_changed)

    def _write(self, path):
        """Write a copy; returns where it is: Houdini chooses the ending by its licence."""
        backup = getattr(hou.hipFile, "saveAsBackup", None)
        if backup is None or self.scene() is None:
            hou.hipFile.save(native(path), False)
            return compat.text(hou.hipFile.path())
        # As a backup: to save under another name moves $HIP, and all that hangs on it is cooked again.
        folder = hou.getenv(native("HOUDINI_BACKUP_DIR"))
        hou.putenv(native("HOUDINI_BACKUP_DIR"), native(os.path.dirname(path)))
        try:
            return compat.text(backup())
        finally:
            if folder is None:
                hou.unsetenv(native("HOUDINI_BACKUP_DIR"))
            else:
                hou.putenv(native("HOUDINI_BACKUP_DIR"), folder)

    def _restore(self, name, is_changed):
        """Give the open scene its name back, and its changes."""
        if compat.text(hou.hipFile.path()) != name:
            hou.hipFile.setName(native(name))
        if is_changed and not self.is_changed():
            # Nothing says "changed" directly; a note on the root that is taken back does.
            root = hou.root()
            root.setUserData(native("rayvision_sync"), native("copied"))
            root.destroyUserData(native("rayvision_sync"))

    def assets(self):
        """Return what the scene names, in short steps."""
        return assets.collect()

    def render_settings(self):
        """Return what the scene's ROPs say; layers are the paths of ROPs."""
        return render.settings(self.version)

    def project(self):
        """Return $JOB where the scene stands in it, else $HIP; an artist's home is no project."""
        if self.scene() is None:
            return ""
        hip, job = environment("HIP"), environment("JOB")
        homes = [spelling.plain(folder) for folder in (environment("HOME"), "/") if folder]
        is_project = spelling.is_inside(hip, job) and spelling.plain(job) not in homes and job.rstrip("/\\")[1:] != ":"
        return job if is_project else hip

    def search(self):
        """Return where relative paths may stand."""
        found = []
        for folder in (environment("HIP"), environment("JOB")):
            if folder and folder not in found:
                found.append(folder)
        return found

    def output_folder(self):
        """Return the folder of the ROPs' pictures."""
        return render.output_folder()

    def refresh(self, folder):
        """Do nothing: Houdini shows no folders."""

    # -- the program

    def plain_interpreter(self):
        """Return the Python that Houdini brings along; it takes no licence."""
        if self._python is None:
            hfs = environment("HFS")
            self._python = interpreter.find(hfs, self.version, places.system(), interpreter.own_python())
        return self._python

    def main_window(self):
        """Return Houdini's window, None without one."""
        return hou.qt.mainWindow() if self.interactive else None

    def later(self, func):
        """Call `func` when Houdini is idle; at once where nothing ever is: without its windows."""
        if not self.interactive:
            func()
            return
        import hdefereval  # Cannot be imported without windows.
        hdefereval.executeDeferred(func)

    def add_menu(self, title, entries):
        """Add nothing: Houdini has read the menu from ``package/MainMenuCommon.xml`` when it started."""
        return _nothing

    def add_shelf(self, title, entries):
        """Show the shelf tab, which is described in ``package/toolbar``."""
        if not self.interactive:
            return _nothing
        from . import shelf
        shelf.show()
        return shelf.hide

    def dock(self, widget):
        """Show the panel in its pane tab."""
        from .dock import DOCK  # Not above: it brings Qt along.
        DOCK.show(widget)

    def notify(self, title, text):
        """Say it in the status line. That is easily overlooked: whoever calls tells it by other means, too."""
        if self.interactive:
            try:
                hou.ui.setStatusMessage(native("%s: %s" % (title, text)))
            except FAILURES:
                log.warning("Houdini shows no status: %s: %s", title, text)
        return False
