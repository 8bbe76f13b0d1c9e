"""What Houdini reads at its start to find this installation: ``packages/rayvision_sync.json``, from 17.5.

Of this installation only the package's own folder goes on the Python path: a program that Houdini starts inherits it.
What came along with it (six, Qt.py) is put behind all else inside of Houdini, by the adapter.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

#: Name of the file in a folder of packages.
NAME = "rayvision_sync.json"

#: The adapter's folder of files that Houdini reads by itself: menu, shelf, panel, icons.
FOLDER = "package"


def content(python, package):
    """Return what the file holds.

    Args:
        python (str): Folder that holds the package ``rayvision_sync``; absolute.
        package (str): Folder that holds ``MainMenuCommon.xml``; absolute.

    Returns:
        dict: For JSON. The same for every version of Houdini.
    """
    python, package = (path.replace("\\", "/") for path in (python, package))
    return {
        # Appended: what a studio has on its path is found first.
        "env": [{"PYTHONPATH": {"value": python, "method": "append"}}],
        # One key was named after the other; a release leaves out the one that it does not know, and a folder that is
        # named twice is read once.
        "path": package,
        "hpath": package,
    }
