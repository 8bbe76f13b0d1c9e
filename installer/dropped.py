"""install.py was dropped into Maya's viewport: install into this Maya, without blocking it."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import sys
import threading

from . import system

_TITLE = "Render Farm"
_NO_PYTHON = ("Maya's plain Python (mayapy) was not found beside %s. Run install.py with any other Python: "
              "python install.py maya --version %s")


def install(script):
    """Install for the Maya that this runs in; its result is shown when it is there.

    Args:
        script (str): Path of install.py.
    """
    from maya import cmds
    version = system.text("%s" % cmds.about(version=True))[:4]
    python = plain_python(system.text(sys.executable or ""), os.environ)
    if python is None:
        _show(cmds, _NO_PYTHON % (system.text(sys.executable or "Maya"), version), failed=True)
        return None
    cmds.inViewMessage(assistMessage="Installing the render farm's plug-in for Maya %s ..." % version,
                       position="topCenter", fade=True)
    thread = threading.Thread(target=_work, args=([python, script, "maya", "--version", version], cmds))
    thread.daemon = True
    thread.start()
    return thread


def plain_python(executable, environ):
    """Return the plain interpreter of a Maya, None where there is none.

    Args:
        executable (str): The program that this runs in.
        environ (dict): Its environment.
    """
    location = system.text(environ.get(str("MAYA_LOCATION")) or "")
    folders = [os.path.join(location, "bin")] if location else []
    folders.append(os.path.dirname(executable))
    for folder in folders:
        for name in ("mayapy", "mayapy.exe"):
            path = os.path.join(folder, name)
            if os.path.isfile(system.fs(path)):
                return path
    return None


def _work(command, cmds):
    from maya import utils
    code, said = run(command)
    # Only the main thread may show anything.
    utils.executeDeferred(_show, cmds, said, code != 0)


def run(command):
    """Return ``(exit code, what was said)`` of a program."""
    try:
        code, said = system.run(command, system.clean_environ())
    except OSError as error:
        return 1, "%s cannot be started (%s)." % (command[0], system.text(error.strerror))
    return code, said.strip()


def _show(cmds, said, failed):
    title = "%s: %s" % (_TITLE, "not installed" if failed else "installed")
    cmds.confirmDialog(title=title, message=said, button=["OK"], icon="warning" if failed else "information")
