"""The shelf of 3ds Max: a small toolbar of ours in its main window.

3ds Max has no shelf that a script may add to, and its own toolbars are files of the user's: those take our macros by
hand. A toolbar of Qt is placed, moved and hidden like all others, and gone with us.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import functools
import importlib
import logging

from ...panel import drawing
from ...panel.binding import QtCompat, QtCore, QtWidgets
from . import window

log = logging.getLogger(__name__)

NAME = "rayvision_sync_toolbar"


def add(title, entries):
    """Add the toolbar, or fill the one that is there anew.

    Args:
        title (str): As the list of toolbars shows it.
        entries (tuple of entries.Entry): Its buttons.

    Returns:
        callable: Removes it.
    """
    main = window.main_window()
    bar = window.find(QtWidgets.QToolBar, NAME)
    # Left alone where nothing is new: the artist may have hidden it, or be on one of its buttons right now.
    if main is None or bar is not None and [action.text() for action in bar.actions()] == [
            entry.label for entry in entries]:
        return remove
    if bar is None:
        bar = QtWidgets.QToolBar(title, main)
        bar.setObjectName(NAME)
        main.addToolBar(QtCore.Qt.ToolBarArea.TopToolBarArea, bar)
    bar.clear()
    for entry in entries:
        action = bar.addAction(drawing.icon(entry.icon, bar.palette().buttonText().color()), entry.label)
        action.setObjectName("rayvision_sync_" + entry.name)
        action.setToolTip(entry.tip)
        action.triggered.connect(functools.partial(_run, entry.name))
    return remove


def remove():
    """Remove the toolbar."""
    bar = window.find(QtWidgets.QToolBar, NAME)
    if bar is not None and QtCompat.isValid(bar):
        bar.parent().removeToolBar(bar)
        bar.setParent(None)
        bar.deleteLater()


def _run(what, *_):
    """Do what a button says, by the module as it is now: it may have been loaded anew since."""
    try:
        importlib.import_module(__name__.rpartition(".")[0]).show(what)
    except ImportError as error:
        log.warning("The render farm plugin is not installed any more (%s).", error)
