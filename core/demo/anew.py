"""Let the demo begin anew: what earlier ones left goes, what the user put there stays."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import shutil

from .. import compat, landing
from ..errors import LandingError
from ..record import Record
from ..settings import Settings
from . import check, rest, sheet
from .stage import empty_farm, panel_home, record_path


def begin(stage, keeper):
    """Empty the farm, and remove transfers and frames of earlier demos.

    Args:
        stage (Stage): Where the demo happens; no other program has it.
        keeper (Keeper): Of its farm.

    Returns:
        bool: There were transfers of a panel.

    Raises:
        SettingsError: A farm of the user's own runs there, or the folder is no farm's.
    """
    home = panel_home(stage.root)
    store = os.path.join(home, "jobs.sqlite")
    had_transfers = os.path.isfile(compat.fs(store))
    rest.stop_leftovers(store, Settings([("demo", {})]))
    keeper.close()
    empty_farm(keeper.folder)
    for path in (record_path(stage.root), os.path.join(home, "record.sqlite")):
        if os.path.isfile(compat.fs(path)):
            _remove_landed(stage.images, path)
    shutil.rmtree(compat.fs(home), ignore_errors=True)
    return had_transfers


def _remove_landed(folder, path):
    """Remove the frames that a record knows, unless somebody changed them since; and our contact sheet."""
    if not os.path.isdir(compat.fs(folder)):
        return
    paths = [os.path.join(folder, *name.split("/")) for name in check.files(folder)]
    with Record(path) as record:
        rows = record.landed(paths)
    for found in paths:
        is_sheet = os.path.dirname(found) == folder and found.endswith(".png") and sheet.is_ours(found)
        if is_sheet or (found in rows and _is_untouched(found, rows[found])):
            compat.remove_file(found)
            _remove_empty(os.path.dirname(found), folder)


def _is_untouched(path, row):
    try:
        state = landing.file_state(path)
    except LandingError:
        return False
    return state is not None and landing.is_ours(state, row)


def _remove_empty(folder, top):
    """Remove folders of layers that hold nothing any more."""
    while folder != top and not compat.scan_folder(folder):
        os.rmdir(compat.fs(folder))
        folder = os.path.dirname(folder)
