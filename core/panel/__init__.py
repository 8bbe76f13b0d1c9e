"""The artist's panel: a view of the job store. It polls with one timer; every action is a row in the store.

No thread, no socket and no walk over files happens here: it lives in a DCC's main thread.
"""
from __future__ import absolute_import, division, print_function, unicode_literals


def make_panel(host):
    """Make the panel, not yet shown and without a parent.

    Args:
        host: What it asks for scene, files and settings; see `hosts.base.contract`.

    Returns:
        QWidget: The panel.

    Raises:
        SettingsError: This Python has no Qt, in a sentence.
    """
    from .window import make_panel as make  # Not above: Qt is heavy, and may be missing.
    return make(host)


def open_panel(host):
    """Make the panel and let the host show it; see `make_panel`."""
    panel = make_panel(host)
    host.dock(panel)
    return panel
