"""Starts the plug-in in Maya. Stands beside userSetup.py, which does not know where it stands itself."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import sys

#: How far above this file the folder with the package may be: python/rayvision_sync/hosts/maya/module/scripts.
_LEVELS = 7


def run():
    """Make the package importable, and register when Maya's windows are there; in batch mode only the former."""
    find_package()
    from maya import cmds, utils
    if not cmds.about(batch=True):
        utils.executeDeferred(register)


def find_package(path=None):
    """Put the installed package, and what it brings along, at the end of the path.

    At the end: what Maya and the studio have of their own is taken first.

    Args:
        path (list, optional): By default ``sys.path``.
    """
    path = sys.path if path is None else path
    folder = os.path.dirname(os.path.abspath(__file__))
    for _ in range(_LEVELS):
        # Native strings: on 2.7 the path of a module is bytes, and the user's name may be among them.
        python = os.path.join(folder, str("python"))
        if os.path.isfile(os.path.join(python, str("rayvision_sync"), str("__init__.py"))):
            vendor = os.path.join(folder, str("vendor"), str("py") + sys.version[0])
            path.extend(found for found in (python, vendor) if found not in path and os.path.isdir(found))
            return
        folder = os.path.dirname(folder)


def register():
    """Add menu and shelf. What goes wrong is a line in the script editor."""
    from maya import cmds
    try:
        import rayvision_sync.hosts.maya as plugin
        plugin.register()
    except ImportError as error:
        cmds.warning("Render Farm could not be started: %s" % (_foreign() or error))
    except Exception as error:
        cmds.warning("Render Farm could not be started: %s. Run install.py again." % error)


def _foreign():
    """Return a sentence where another package bears our name: the vendor's own SDK does."""
    try:
        import rayvision_sync
    except ImportError:
        return ""
    if hasattr(rayvision_sync, "__path__") and any(
            os.path.isdir(os.path.join(folder, "hosts")) for folder in rayvision_sync.__path__):
        return ""
    return ("%s is another package of the same name, and is found first. Take its folder off PYTHONPATH for Maya."
            % getattr(rayvision_sync, "__file__", "rayvision_sync"))
