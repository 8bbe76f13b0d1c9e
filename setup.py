"""Build the distribution: `core` is the package rayvision_sync, `hosts` is rayvision_sync.hosts."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import re

from setuptools import find_packages, setup

ROOT = os.path.dirname(os.path.abspath(__file__))

#: Import name -> folder. "core" and "hosts" are never import names: every DCC has others of that name.
FOLDERS = {"rayvision_sync": "core", "rayvision_sync.hosts": "hosts"}

REQUIRES = [
    'requests>=2.20,<2.28; python_version < "3"',
    'requests>=2.20; python_version >= "3"',
    "six>=1.11",
    'Qt.py==1.4.8; python_version < "3"',
    'Qt.py>=2.0; python_version >= "3"',
]


def read(name):
    path = os.path.join(ROOT, name)
    if not os.path.isfile(path):
        return ""
    with io.open(path, encoding="utf-8") as source:
        return source.read()


def version():
    """Return the version as core/__init__.py states it, without importing it."""
    return str(re.search(r'^__version__ = "([^"]+)"', read("core/__init__.py"), re.M).group(1))


def packages():
    names = []
    for package, folder in sorted(FOLDERS.items()):
        names.append(package)
        names.extend(package + "." + name for name in find_packages(os.path.join(ROOT, folder)))
    return [str(name) for name in names]


def data_files(folder):
    """Return every file below a package that is no module of it (icons, JSON, what a host runs by itself, ...)."""
    top, found = os.path.join(ROOT, folder), []
    for parent, folders, names in os.walk(top):
        folders[:] = [name for name in folders if name != "__pycache__"]
        modules = (".py", ".pyc", ".pyo") if "__init__.py" in names else (".pyc", ".pyo")
        found.extend(os.path.relpath(os.path.join(parent, name), top).replace(os.sep, "/")
                     for name in names if not name.endswith(modules))
    return sorted(str(name) for name in found)


setup(
    name=str("rayvision-sync-dcc"),
    version=version(),
    description=str("Upload assets, submit and auto-download frames for render farms, from inside Maya, "
                    "Houdini and 3ds Max"),
    long_description=read("README.md"),
    long_description_content_type=str("text/markdown"),
    license=str("Apache-2.0"),
    packages=packages(),
    package_dir={str(name): str(folder) for name, folder in FOLDERS.items()},
    package_data={str(name): data_files(folder) for name, folder in FOLDERS.items()},
    python_requires=str(">=2.7, !=3.0.*, !=3.1.*, !=3.2.*, !=3.3.*, !=3.4.*, !=3.5.*, !=3.6.*"),
    install_requires=[str(line) for line in REQUIRES],
    entry_points={str("console_scripts"): [str("rayvision-sync = rayvision_sync.__main__:main")]},
    zip_safe=False,
    classifiers=[
        str("Intended Audience :: End Users/Desktop"),
        str("Programming Language :: Python :: 2.7"),
        str("Programming Language :: Python :: 3"),
        str("Topic :: Multimedia :: Graphics :: 3D Rendering"),
    ],
)
