"""Put the plug-in where Maya, Houdini and 3ds Max find it, or try it without any of them. Standard library only.

    python3 install.py [maya] [houdini] [max] [--version V] [--site DIR] [--prefs DIR]
    python3 install.py --transmitter PATH    (or pypi: Renderbus's transfer program)
    python3 install.py --list
    python3 install.py --uninstall
    python3 install.py --demo [--panel] [--s3] [--root DIR] [--frames 1-12] [--project FOLDER]

With no host named, all that are found on this machine get it, for this user
and without administrator rights. Maya's artists may drop this file into the
viewport instead. docs/install.md has the rest.

``--demo`` makes a private Python environment in the user's cache folder (the
second run finds it there), and runs the whole main job on this machine: local
farm, upload, submission, frames, verification. With ``--panel`` it opens the
panel on that farm instead, with the sample scene chosen: you press the button.
With ``--s3`` the farm keeps its files in SeaweedFS, which is fetched, started and ended.
Nothing outside that cache folder and ``--root`` is touched.
"""
from __future__ import absolute_import, division, print_function

import os
import sys
import types

HERE = os.path.dirname(os.path.abspath(__file__))

#: The demo, the tests and the benchmarks need it; hosts are installed on 2.7 as well.
OLDEST = (3, 7)

_NAME = str("rayvision_sync_installer")


def _parts():
    """Make the folder installer/ importable under a name that no other program's module has."""
    module = types.ModuleType(_NAME)
    module.__path__ = [os.path.join(HERE, "installer")]
    for name in [name for name in sys.modules if name == _NAME or name.startswith(_NAME + ".")]:
        del sys.modules[name]  # Maya imports a dropped file anew, and it may be of another version.
    sys.modules[_NAME] = module


if __name__ == "__main__" or _NAME not in sys.modules:
    _parts()


def main(arguments=None):
    """Run the command line; returns the exit code."""
    if not os.path.isdir(os.path.join(HERE, "installer")):
        print("install.py needs the folder installer that came with it. Unpack the whole download, and run it there.")
        return 2
    from rayvision_sync_installer import command
    return command.main(__doc__, OLDEST, arguments)


def onMayaDroppedPythonFile(*_):
    """Install into the Maya that this file was dropped into."""
    if not os.path.isdir(os.path.join(HERE, "installer")):
        from maya import cmds
        cmds.confirmDialog(title="Render Farm", message="install.py needs the folder installer that came with it. "
                                                        "Unpack the whole download, and drop the file from there.")
        return
    _parts()
    from rayvision_sync_installer import dropped
    dropped.install(os.path.join(HERE, "install.py"))


if __name__ == "__main__":
    sys.exit(main())
