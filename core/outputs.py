"""Which files of the output storage are wanted, and under which local names."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

from . import compat, paths
from .errors import SettingsError
from .fetch import Wanted

#: The documented default download folder, below the user's home.
DEFAULT_FOLDER = "renderfarm_sdk"


def default_folder(environ=compat.environ, windows=compat.WINDOWS):
    """Return the documented default: ``renderfarm_sdk`` below USERPROFILE or HOME."""
    variable = "USERPROFILE" if windows else "HOME"
    home = environ(variable)
    if not home:
        raise SettingsError("There is no folder to download to: give local_path, or set %s." % variable)
    return os.path.join(home, DEFAULT_FOLDER)


def keeps_task_folder(style):
    """Return what ``download_filename_format`` means.

    Args:
        style (str or bool): "true" keeps ``<task id>_<scene>/``, "false" drops it.

    Raises:
        SettingsError: Neither.
    """
    value = compat.text(style).strip().lower()
    if value not in ("true", "false"):
        raise SettingsError("download_filename_format is \"true\" or \"false\", not %s." % paths.quoted(value))
    return value == "true"


def of_tasks(engine, states, folder, keep):
    """Yield `Wanted` for all files that tasks have put out so far.

    Args:
        engine: Open, of the output storage.
        states (iterable of TaskState): The tasks.
        folder (str): Local folder.
        keep (bool): Keep the task folder in the local names.
    """
    for state in states:
        for output in state.outputs:
            top = output.strip("/").split("/")[0]
            for item in _below(engine, output, folder, "" if keep else top):
                yield item


def of_paths(engine, server_paths, folder, keep):
    """Yield `Wanted` for files under paths of the output storage.

    Args:
        engine: Open, of the output storage.
        server_paths (list of str): e.g. "18164087_test/l_layer"; folders or files.
        folder (str): Local folder.
        keep (bool): Keep the whole path in the local names; else only what is below it.
    """
    for server_path in server_paths:
        name = server_path.strip("/")
        found = False
        for item in _below(engine, name, folder, "" if keep else name):
            found = True
            yield item
        if not found:
            for stored in engine.ask(["/" + name]).values():
                yield Wanted(stored, folder, name if keep else name.split("/")[-1])


def _below(engine, name, folder, drop):
    name = "/" + name.strip("/")
    paths.check_server(name)
    skip = len(drop) + 2 if drop else 1
    for stored in engine.list(name):
        yield Wanted(stored, folder, stored.name[skip:])
