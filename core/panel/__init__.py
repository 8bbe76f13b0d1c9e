"""The artist's panel: a view of the job store. It polls with one timer; every action is a row in the store.

No thread, no socket and no walk over files happens here: it lives in a DCC's main thread.
"""
from __future__ import absolute_import, division, print_function, unicode_literals


def open_panel(host=None, parent=None):
    """Open the panel.

    Args:
        host: What `standalone.StandaloneHost` shows; None is a window of its own without a DCC.
        parent (QWidget, optional): Of the panel.

    Returns:
        QWidget: The panel, shown.

    Raises:
        SettingsError: This Python has no Qt, in a sentence.
    """
    from .window import open_panel as open_window  # Not above: Qt is heavy, and may be missing.
    return open_window(host, parent)
