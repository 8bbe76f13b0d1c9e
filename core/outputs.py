"""Which files of the output storage are wanted, and under which local names."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

from . import compat, paths
from .errors import Cancelled, NameRefused, SettingsError, StorageLost, SyncError
from .fetch import Wanted
from .mapping import Mapping
from .model import Problem

#: The documented default download folder, below the user's home.
DEFAULT_FOLDER = "renderfarm_sdk"


def default_folder(environ=compat.environ, windows=compat.WINDOWS):
    """Return the documented default: ``renderfarm_sdk`` below USERPROFILE or HOME."""
    variable = "USERPROFILE" if windows else "HOME"
    home = environ(variable)
    if not home:
        raise SettingsError("There is no folder to download to: give local_path, or set %s." % variable)
    return os.path.join(home, DEFAULT_FOLDER)


def folder_for(local_path, settings):
    """Return the absolute folder where frames land.

    Args:
        local_path (str or None): Named in the call.
        settings (Settings): Of the user, for where none is.

    Raises:
        SettingsError: A file stands in its way.
    """
    folder = settings.choose("local_path", compat.text(local_path) or None)
    if folder:
        folder = Mapping.parse(settings.get("path_mapping")).to_here(compat.text(folder))
    folder = compat.absolute(folder or default_folder())
    obstacle = paths.obstacle(folder)
    if obstacle:
        raise SettingsError("Nothing can be downloaded to %s: %s is a file, not a folder. Name another folder.%s" % (
            folder, "it" if obstacle == folder else obstacle, "" if local_path else settings.place_of("local_path")))
    return folder


def keeps_task_folder(style):
    """Return what ``download_filename_format`` means.

    Args:
        style (str or bool): "true" keeps ``<task id>_<scene>/``, "false" drops it.

    Raises:
        SettingsError: Neither.
    """
    value = (compat.text(style) or "").strip().lower()
    if value not in ("true", "false"):
        raise SettingsError("download_filename_format is \"true\" or \"false\", not %s."
                            % paths.quoted(compat.text(style) or "None"))
    return value == "true"


def server_names(server_path):
    """Return the documented ``server_path`` as names of the output storage.

    Args:
        server_path (str or iterable of str or None): e.g. "18164087_test/l_layer"; slashes
            around it and Windows' separators are fine. "/" is everything.

    Returns:
        list of str: Each with one leading slash.

    Raises:
        SettingsError: A name that no storage has.
    """
    if not server_path:
        return []
    if isinstance(server_path, (bytes, compat.text_type)) or hasattr(server_path, "__fspath__"):
        server_path = [server_path]
    names = []
    for given in server_path:
        text = compat.text(given) or ""
        name = "/" + text.replace("\\", "/").strip("/")
        try:
            if not text or (name != "/" and not paths.check_server(name)):
                raise NameRefused("It is empty.")
        except NameRefused:
            raise SettingsError("server_path %s: name a folder of the output storage, such as "
                                "18164087_test/l_layer, or / for all of it." % (
                                    "is empty" if not text else "cannot be %s" % paths.quoted(text)))
        names.append(name)
    return names


def of_tasks(engine, states, folder, keep):
    """Yield what tasks have put out so far.

    Args:
        engine: Open, of the output storage.
        states (iterable of TaskState): The tasks.
        folder (str): Local folder.
        keep (bool): Keep the task folder in the local names.

    Yields:
        Wanted or Problem: A file, or why there is none.
    """
    for state in states:
        found = False
        for output in state.outputs:
            name = "/" + output.strip("/")
            try:
                paths.check_server(name)
            except NameRefused:
                yield Problem("refused", name, folder, "The farm named the folder %s for the frames of task %d. It was "
                                                       "refused: no storage has such a name."
                              % (paths.quoted(output), state.id))
                continue
            _claim(engine, name, state, output)
            top = "/" + name.split("/")[1]
            for item in _below(engine, name, folder, "" if keep else top):
                found = True
                yield item
        if state.is_ended and state.done and not found:
            yield Problem("missing", "%d" % state.id, folder,
                          "Task %d: %d frames are done, but the output storage has no file of them. Were they "
                          "removed from the farm, or is its storage not mounted?" % (state.id, state.done))


def _claim(engine, name, state, output):
    """Tell an engine that wants to know whose a folder is."""
    claim = getattr(engine, "claim", None)
    if claim is not None and state.owners:
        owner, task_id = state.owners[state.outputs.index(output)]
        claim(name, owner, task_id)


def of_paths(engine, names, folder, keep):
    """Yield what stands under paths of the output storage.

    Args:
        engine: Open, of the output storage.
        names (list of str): From `server_names`; folders or files.
        folder (str): Local folder.
        keep (bool): Keep the whole path in the local names; else only what is below it.

    Yields:
        Wanted or Problem: A file, or why there is none.
    """
    for name in names:
        found = False
        for item in _below(engine, name, folder, "" if keep else name):
            found = True
            yield item
        for stored in () if found else engine.ask([name]).values():
            found = True
            yield Wanted(stored, folder, name[1:] if keep else name.split("/")[-1])
        if not found:
            yield Problem("missing", name, folder, _nothing(engine, name))


def absence(engine):
    """Return why a whole storage is not there, in a sentence; "" where it is, or where only asking can tell."""
    tell = getattr(engine, "absence", None)
    return tell() if tell is not None else ""


def _nothing(engine, name):
    """Return the sentence for a name under which nothing was found."""
    away = absence(engine)
    if away:
        return away
    if name == "/":
        return "There is nothing on the storage yet."
    return "There is nothing under %s on the storage. Check the path: capitals count." % paths.quoted(name[1:])


def _below(engine, name, folder, drop):
    """Yield the files of one folder; their names are the storage's, and not trusted."""
    skip = len(drop.rstrip("/")) + 1
    inside = name.rstrip("/") + "/"
    try:
        for stored in engine.list(name):
            if stored.name.startswith(inside):
                yield Wanted(stored, folder, stored.name[skip:])
            else:
                yield Problem("refused", stored.name, folder, "The storage listed %s under %s, where it is not. It "
                                                              "was refused." % (paths.quoted(stored.name), name))
    except SyncError as error:
        if error.retryable or isinstance(error, (Cancelled, StorageLost)):
            raise
        yield Problem("failed", name, folder, error.message)
