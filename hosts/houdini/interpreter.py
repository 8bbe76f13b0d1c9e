"""Where Houdini keeps a Python that is not Houdini: by version and system.

Never ``hython``: it takes a licence, as does every Python that imports hou; ours never does.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import sys

from ... import compat

#: Houdini's version -> its Pythons, the likelier first; 18.5 came with either.
PYTHONS = {"17.5": ("2.7",), "18.0": ("2.7",), "18.5": ("3.7", "2.7"), "19.0": ("3.7",), "19.5": ("3.9",),
           "20.0": ("3.10",), "20.5": ("3.11",), "21.0": ("3.11",)}

#: System -> where, below $HFS, the Python "X.Y" may be; ``{xy}`` is its version without the dot.
_PLACES = {
    "windows": ("python{xy}/python.exe", "python{xy}/python{x}.exe"),
    # There $HFS is .../Frameworks/Houdini.framework/Versions/20.0/Resources.
    "macos": ("../../../../Python.framework/Versions/{version}/bin/python{version}",
              "Frameworks/Python.framework/Versions/{version}/bin/python{version}",
              "python/bin/python{version}"),
    "linux": ("python/bin/python{version}",),
}


def own_python():
    """Return the version of the Python that runs, "3.11": it is the one inside of Houdini."""
    return compat.text(sys.version).split(" ")[0].rpartition(".")[0]


def candidates(hfs, version, system, own=None):
    """Return where the plain Python may be, the likeliest first.

    Args:
        hfs (str): Houdini's own folder.
        version (str): Of Houdini, "20.5.332".
        system (str): "windows", "macos" or "linux".
        own (str, optional): Version of the Python that runs in Houdini; it is tried first.
    """
    pythons = ([own] if own else []) + list(PYTHONS.get(".".join(version.split(".")[:2]), ()))
    found = []
    for python in pythons:
        for place in _PLACES[system]:
            path = place.format(version=python, xy=python.replace(".", ""), x=python.split(".")[0])
            path = os.path.normpath(os.path.join(hfs, path)) if system == "macos" else "%s/%s" % (hfs, path)
            if path not in found:
                found.append(path)
    return found


def find(hfs, version, system, own=None, is_file=os.path.isfile):
    """Return the path of the plain Python, None where there is none; see `candidates`."""
    for path in candidates(hfs.replace("\\", "/").rstrip("/"), version, system, own) if hfs else ():
        if is_file(compat.fs(path)):
            return path
    return None
