"""Work for when 3ds Max has started: its window is there, and nobody waits for it any more."""
from __future__ import absolute_import, division, print_function, unicode_literals

from . import macros, runtime

_ID = "rayvision_sync_started"


def when_started(what):
    """Let a function of this package be called when 3ds Max has started.

    Where it runs already, nothing is called: the toolbar comes with the first `show` then.

    Args:
        what (str): "started", say.

    """
    forget()
    rt = runtime.mxs()
    # As text: a function of Python would keep a module alive that was loaded anew since.
    rt.callbacks.addScript(rt.name("postSystemStartup"), macros.body_of("%s()" % what), id=rt.name(_ID))


def forget():
    """Take the wish back, if there is one."""
    rt = runtime.mxs()
    rt.callbacks.removeScripts(id=rt.name(_ID))
