"""Where Maya's plain Python stands: `mayapy`, never the program that runs this."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

from ... import compat, places

#: System -> where Autodesk installs Maya, and its Python in there.
_USUAL = {"windows": ("C:/Program Files/Autodesk/Maya%s", "bin/mayapy.exe"),
          "linux": ("/usr/autodesk/maya%s", "bin/mayapy"),
          "macos": ("/Applications/Autodesk/maya%s/Maya.app/Contents", "bin/mayapy")}


def candidates(version, system, environ):
    """Return the paths that `mayapy` may have, the likeliest first.

    Args:
        version (str): "2024".
        system (str): "windows", "linux" or "macos".
        environ (callable): ``environ(name)`` gives a variable's text or None. Maya sets MAYA_LOCATION for itself.
    """
    usual, program = _USUAL[system]
    found = []
    for folder in (environ("MAYA_LOCATION"), usual % version):
        path = folder and folder.replace("\\", "/").rstrip("/") + "/" + program
        if path and path not in found:
            found.append(path)
    return found


def find(version, system=None, environ=compat.environ, is_file=None):
    """Return the path of `mayapy`, None where there is none.

    Args:
        version (str): As in `candidates`; so are `system` and `environ`, by default this machine's.
        is_file (callable, optional): Tells whether a path is a file.
    """
    is_file = is_file or (lambda path: os.path.isfile(compat.fs(path)))
    return next((path for path in candidates(version, system or places.system(), environ) if is_file(path)), None)
