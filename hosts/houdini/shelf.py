"""The shelf tab and the panel's interface, by name: Houdini reads them from our files, and remembers what it shows."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import logging
import os

import hou

from ... import compat, places
from ...errors import SyncError
from .native import native

log = logging.getLogger(__name__)

#: Name of the shelf tab and of the panel's interface.
NAME = "rayvision_sync"

_PACKAGE = os.path.join(os.path.dirname(os.path.abspath(compat.from_fs(__file__))), "package")


def package_file(*names):
    """Return the path of one of our files, see ``package``."""
    return os.path.join(_PACKAGE, *names).replace("\\", "/")


def interface():
    """Return the panel's interface; it is installed where Houdini has not read it from the package."""
    found = hou.pypanel.interfaceByName(native(NAME))
    if found is None:
        hou.pypanel.installFile(native(package_file("python_panels", NAME + ".pypanel")))
        found = hou.pypanel.interfaceByName(native(NAME))
    return found


def tab():
    """Return the shelf tab; it is loaded where Houdini has not read it from the package."""
    if native(NAME) not in hou.shelves.shelves():
        hou.shelves.loadFile(native(package_file("toolbar", NAME + ".shelf")))
    return hou.shelves.shelves().get(native(NAME))


def _sets():
    """Return the shelf sets that are seen."""
    return hou.ui.curDesktop().shelfDock().shelfSets()


def _holds(shelf_set):
    return any(compat.text(shelf.name()) == NAME for shelf in shelf_set.shelves())


def show():
    """Put the tab at the end of the first shelf set that is seen, if none has it. Houdini remembers that."""
    shelf, sets = tab(), _sets()
    if shelf is None or not sets or any(_holds(shelf_set) for shelf_set in sets):
        return
    sets[0].setShelves(tuple(sets[0].shelves()) + (shelf,))


def show_once(version):
    """`show` the tab when this version of Houdini sees it first: an artist who took it away wants it away.

    Args:
        version (str): Of Houdini, "20.5.332".
    """
    tab()
    name, shown = _release(version), _shown()
    if name not in shown:
        show()
        _keep(shown + [name])


def hide():
    """Take the tab out of every shelf set, also those that are not seen; our file stays what it is."""
    for shelf_set in hou.shelves.shelfSets().values():
        if _holds(shelf_set):
            shelf_set.setShelves(tuple(
                shelf for shelf in shelf_set.shelves() if compat.text(shelf.name()) != NAME))


def forget(version):
    """Let `show_once` show the tab again."""
    _keep([name for name in _shown() if name != _release(version)])


def _release(version):
    return ".".join(version.split(".")[:2])


def _path():
    return os.path.join(places.home(), "houdini_shelf.json")


def _shown():
    """Return the releases that have shown the tab; a file that is missing or damaged counts as none."""
    try:
        with io.open(compat.fs(_path()), encoding="utf-8") as source:
            values = compat.parse_json(source.read())
    except (IOError, OSError, ValueError):
        return []
    return values if isinstance(values, list) else []


def _keep(releases):
    part = "%s.%d.part" % (_path(), os.getpid())
    try:
        places.make_home()
        with compat.open_private(part) as target:
            target.write(compat.dump_json(sorted(releases)))
        compat.replace(part, _path())
    except (IOError, OSError, SyncError) as error:
        log.warning("It cannot be kept that the shelf tab was shown (%s).", error)
