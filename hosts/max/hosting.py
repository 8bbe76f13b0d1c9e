"""3ds Max, as the panel sees it."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

from ... import compat
from ..base.contract import HostError
from . import menu, runtime

#: First release that the path stands for -> a Python that is not 3ds Max itself, from its folder.
_PLAIN = ((2023, ("Python", "python.exe")), (2021, ("Python37", "python.exe")), (0, ("3dsmaxpy.exe",)))


class MaxHost(object):
    """See `base.contract`."""

    name = "3dsmax"
    title = "3ds Max"
    chooses_scene = False

    @property
    def version(self):
        """str: The release: "2024"."""
        return compat.text("%d" % runtime.year())

    @property
    def interactive(self):
        """bool: Somebody looks at it: it is neither 3dsmaxbatch nor a render node."""
        rt = runtime.mxs()
        try:
            batch = rt.maxOps.isInNonInteractiveMode()
        except runtime.FAULTS:  # Not in the first releases.
            batch = False
        try:
            return not (batch or rt.isNetServer())
        except runtime.FAULTS:
            return not batch

    def scene(self):
        """Return the path of the open scene, None where it was never saved."""
        rt = runtime.mxs()
        name = runtime.text(rt.maxFileName)
        return runtime.text(rt.maxFilePath) + name if name else None

    def is_changed(self):
        """Tell whether the open scene has changes that were not saved."""
        return bool(runtime.mxs().getSaveRequired())

    def save(self):
        """Save the open scene in place."""
        path = self.scene()
        if path is None:
            raise HostError("The scene has no name yet: save it once with File > Save As, then submit it.")
        self._write(path)

    def save_copy(self, path):
        """Write the scene as it is now to another path; the open one stays as it is."""
        self._write(path, clearNeedSaveFlag=False, useNewFile=False)

    @staticmethod
    def _write(path, **options):
        advice = "See that the folder is there, that the file is not read-only and the disk is not full."
        try:
            written = runtime.mxs().saveMaxFile(path, quiet=True, **options)
        except runtime.FAULTS as error:
            raise HostError("3ds Max could not save to %s (%s). %s" % (path, runtime.reason(error), advice))
        if not written:
            raise HostError("3ds Max could not save to %s. %s" % (path, advice))

    def plain_interpreter(self):
        """Return the path of the Python that comes with 3ds Max."""
        top, year = runtime.folder("maxroot"), runtime.year()
        parts = [parts for first, parts in _PLAIN if year >= first][0]
        return os.path.join(top, *parts) if top else None

    def main_window(self):
        """Return 3ds Max's main window."""
        from .window import main_window  # Not above: it brings Qt along.
        return main_window()

    def later(self, func):
        """Call `func` in the main thread when 3ds Max is idle."""
        from ...panel.binding import later
        later(func)

    def add_menu(self, title, entries):
        """Add a menu to the menu bar; returns what removes it."""
        return menu.add(title, entries)

    def add_shelf(self, title, entries):
        """Add a toolbar; returns what removes it."""
        from . import toolbar
        return toolbar.add(title, entries)

    def dock(self, widget):
        """Show the panel in 3ds Max's main window."""
        from . import dock
        dock.show(widget)

    def assets(self):
        """Return an iterator of what the scene names."""
        from . import assets  # Not above, as `render`: nothing of it is needed for a menu.
        return assets.scan()

    def render_settings(self):
        """Return what the render setup says."""
        from . import render
        return render.settings()

    def project(self):
        """Return the project's folder."""
        from . import render
        return render.project()

    def search(self):
        """Return where relative paths are looked for, as 3ds Max does."""
        from . import render
        return render.search()

    def output_folder(self):
        """Return the folder of the render output."""
        from . import render
        return render.output_folder()

    def refresh(self, folder):
        """Do nothing: 3ds Max shows no folders."""

    def notify(self, title, text):
        """Return False: 3ds Max has a line that is soon gone, or a window that stops all work."""
        return False
