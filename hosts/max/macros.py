"""Our commands as macros: what menus, toolbars and keyboard shortcuts of 3ds Max can hold.

3ds Max keeps macros in the user's own folder, so one may be left when we are gone: it says so then, and raises nothing.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from . import runtime

#: Where the artist finds them in Customize User Interface, to drag them to a toolbar or give them a key.
CATEGORY = "RenderFarm"

_PREFIX = "RayvisionSync_"

#: Python inside MAXScript inside Python: no quote but these.
_BODY = ("(try (python.Execute \"try:\\n"
         "    import rayvision_sync.hosts.max as ours\\n"
         "except ImportError:\\n"
         "    ours = None\\n"
         "    print('The render farm plugin is not installed any more.')\\n"
         "if ours:\\n"
         "    ours.%s\") catch (format \"Render farm: %%\\n\" (getCurrentException())))")


def name_of(entry):
    """Return the macro's name of a command."""
    return _PREFIX + entry.name


def body_of(call):
    """Return the MAXScript that asks this package something.

    Args:
        call (str): "show('submit')", say: no double quotes.
    """
    return _BODY.replace("%s", call).replace("%%", "%")


def define(entries):
    """Define the macros of commands; one that is there already is replaced.

    Args:
        entries (tuple of entries.Entry): The commands.
    """
    rt = runtime.mxs()
    for entry in entries:
        rt.macros.new(CATEGORY, name_of(entry), entry.tip, entry.label, body_of(entry.call))
