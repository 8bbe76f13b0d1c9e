"""What is typed into a terminal to see the demo's transfers: they are in a store of their own."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import sys

from .. import compat, words
from ..jobs import spawn


def command(home, windows=compat.WINDOWS):
    """Return a command that works in any folder, with this Python and its modules.

    Args:
        home (str): The demo's folder for settings and stores.
        windows (bool): For cmd.exe instead of a shell.
    """
    prefix = compat.text(sys.prefix).rstrip(os.sep) + os.sep
    folders = [folder for folder in [spawn.package_folder()] + spawn.dependency_folders()
               if not folder.startswith(prefix)]
    variables = [("RAYVISION_SYNC_HOME", home)] + ([("PYTHONPATH", os.pathsep.join(folders))] if folders else [])
    python, rest = compat.text(sys.executable), "-m %s jobs" % __name__.split(".")[0]
    if windows:
        return " & ".join(["set \"%s=%s\"" % pair for pair in variables] + ["\"%s\" %s" % (python, rest)])
    return " ".join(["%s=%s" % (name, words.argument(value, windows)) for name, value in variables]
                    + [words.argument(python, windows), rest])
