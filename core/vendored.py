"""The dependencies that an installation brings along, for Pythons that have none of their own.

``<installation>/python/rayvision_sync/`` is this package, ``<installation>/vendor/py2`` and ``py3`` hold six, requests
and Qt.py. They stand at the end of the path: what a host or a studio has of its own is taken first.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import sys


def folder():
    """Return the folder for this Python; it need not be there."""
    package = os.path.dirname(os.path.abspath(__file__))
    # Not `compat.PY2`: compat needs six, which may lie in this very folder. Native strings: on 2.7 the path of a module
    # is bytes, and the user's name may be among them.
    return os.path.join(os.path.dirname(os.path.dirname(package)), str("vendor"), str("py") + sys.version[0])


def is_there():
    """Tell whether this package came with its dependencies: any folder may be called "vendor"."""
    return os.path.isfile(os.path.join(folder(), str("six.py")))


def add():
    """Put the folder at the end of the path, once. Nothing happens where there is none."""
    found = folder()
    if is_there() and found not in sys.path:
        sys.path.append(found)
