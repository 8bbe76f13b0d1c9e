"""Run by rayvision_sync.ms when 3ds Max starts. It finds the installed package and lets it add its menu.

``python.txt`` beside this file holds the folder of the package, in UTF-8; without it, a folder ``python`` beside this
file is taken. What goes wrong is told in a line of the MAXScript Listener, nothing is raised.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import sys

#: What lies in our folder of 3ds Max's plug-ins: not every release tells a script where it is.
_MARK = "rayvision_sync.ms"


def _text(path):
    return path.decode(sys.getfilesystemencoding() or "utf-8") if isinstance(path, bytes) else path


def _native(path):
    """Return a path as ``sys.path`` of this Python can hold it."""
    if str is not bytes:
        return path
    try:
        return path.encode(sys.getfilesystemencoding() or "utf-8")
    except UnicodeEncodeError:
        return path.encode("utf-8")


def here():
    """Return the folder of this file, which the script that runs it has put on ``sys.path``."""
    candidates = [os.path.dirname(os.path.abspath(globals()[name])) for name in ("__file__",) if name in globals()]
    for folder in candidates + [folder for folder in reversed(sys.path) if folder]:
        if os.path.isfile(os.path.join(folder, _native(_MARK))):
            return folder
    raise ImportError("the folder of its files is not on Python's path")


def python_folder(folder):
    """Return the folder of the package."""
    named = os.path.join(folder, _native("python.txt"))
    if os.path.isfile(named):
        with io.open(named, encoding="utf-8") as source:
            return _native(source.read().strip().lstrip("\ufeff"))
    return os.path.join(folder, _native("python"))


def start():
    """Add the package to ``sys.path``, behind all that is there, and let it register."""
    bundle = here()
    found = python_folder(bundle)
    # A folder of scripts is no place that others should import from.
    sys.path[:] = [folder for folder in sys.path if os.path.normpath(folder) != os.path.normpath(bundle)]
    if found not in sys.path:
        sys.path.append(found)
    import rayvision_sync
    if os.path.realpath(os.path.dirname(os.path.dirname(os.path.abspath(rayvision_sync.__file__)))) != \
            os.path.realpath(found):
        raise ImportError("another package of the same name is used instead, %s: take it off Python's path"
                          % _text(rayvision_sync.__file__))
    from rayvision_sync import vendored
    vendored.add()
    from rayvision_sync.hosts import max as adapter
    adapter.register(starting=True)


try:
    start()
except Exception as _error:  # 3ds Max must start, whatever is wrong with us.
    sys.stderr.write(str("Render farm: the plugin did not start: %s\n") % _error)
