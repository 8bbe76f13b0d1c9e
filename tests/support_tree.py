"""The package as the checkout has it, under its import names, without installing it."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os



def text(value):
    """Return a path or another native string as text."""
    return value.decode("utf-8") if isinstance(value, bytes) else value


def native(value):
    """Return text as the type that `str` is here: what environments and ``sys.path`` hold."""
    return value.encode("utf-8") if str is bytes else value


TESTS = text(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(TESTS)

#: A package whose modules are read from a folder of another name.
_PACKAGE = """\
import os as _os
_home = {folder!r}
__path__ = [_home] + __path__
with open(_os.path.join(_home, "__init__.py"), "rb") as _source:
    exec(compile(_source.read(), _os.path.join(_home, "__init__.py"), "exec"))
"""


def link_package(folder):
    """Make `rayvision_sync` and `rayvision_sync.hosts` importable from a folder.

    Works alike on every system and for child processes: put `folder` on
    ``sys.path`` and in ``PYTHONPATH``.

    Args:
        folder (str): An existing folder.
    """
    package = os.path.join(folder, "rayvision_sync")
    for target, source in ((package, "core"), (os.path.join(package, "hosts"), "hosts")):
        os.makedirs(native(target))
        code = _PACKAGE.format(folder=native(os.path.join(ROOT, source)))
        with io.open(native(os.path.join(target, "__init__.py")), "wb") as module:
            module.write(code.encode("utf-8"))


def modules(*folders):
    """Return ``(name in the checkout, path)`` of every Python file, e.g. "core/api/urls.py".

    Args:
        folders (str): Names in the checkout, of folders or files.
    """
    found = []
    for top in folders:
        path = native(os.path.join(ROOT, top))
        if os.path.isfile(path):
            found.append((top, path))
        for parent, below, names in os.walk(path):
            below[:] = [name for name in below if name != "__pycache__"]
            for name in names:
                if name.endswith(native(".py")):
                    full = os.path.join(parent, name)
                    found.append((text(os.path.relpath(full, native(ROOT))).replace(os.sep, "/"), full))
    return sorted(found)
