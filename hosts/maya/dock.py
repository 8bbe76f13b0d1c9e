"""The panel in a control of Maya's workspace: it docks, floats and comes back with the layout that was saved."""
from __future__ import absolute_import, division, print_function, unicode_literals

import six
from maya import cmds

from ... import compat
from . import calls

NAME = "rayvision_sync_workspace"

_WIDTH, _LEAST_WIDTH = 480, 280

#: Maya saves this with the layout and runs it whenever the control is built again: at the next start, when another
#: workspace is chosen, and after the plug-in was removed. Then it does nothing.
SCRIPT = """\
try:
    import rayvision_sync.hosts.maya as rayvision_sync_maya
    rayvision_sync_maya.restore()
except ImportError:
    pass
"""


def show(widget, label):
    """Show a widget in the control, which is made if it is not there, and bring it to the front.

    Args:
        widget (QWidget): The panel.
        label (str): Of the control's tab.
    """
    if not cmds.workspaceControl(NAME, exists=True):
        # What was left of one that was closed would come back at its old place without its script.
        if cmds.workspaceControlState(NAME, exists=True):
            cmds.workspaceControlState(NAME, remove=True)
        # `retain` would keep a closed panel alive in secret, polling.
        cmds.workspaceControl(NAME, label=label, retain=False, loadImmediately=True, floating=True,
                              initialWidth=_WIDTH, minimumWidth=_LEAST_WIDTH, uiScript=SCRIPT)
    embed(widget)
    cmds.workspaceControl(NAME, edit=True, restore=True, visible=True)


def embed(widget):
    """Put a widget into the control; one of ours that stands there, from before a reload, makes room.

    Returns:
        bool: Whether it stands there.
    """
    from ...panel.binding import QtWidgets
    from . import keys
    control = wrapped("findControl", NAME) or wrapped("findLayout", NAME)
    if control is None:
        return False
    layout = control.layout()
    if layout is None:
        layout = QtWidgets.QVBoxLayout(control)
        layout.setContentsMargins(0, 0, 0, 0)
    for place in reversed(range(layout.count())):
        other = layout.itemAt(place).widget()
        if other is not None and other is not widget and other.objectName() == widget.objectName():
            layout.removeWidget(other)
            other.hide()
            other.deleteLater()
    if layout.indexOf(widget) < 0:
        layout.addWidget(widget)
    keys.guard(widget)
    widget.show()
    return True


def remove():
    """Remove the control, and what Maya keeps of it."""
    if cmds.workspaceControl(NAME, exists=True):
        cmds.deleteUI(NAME)
    if cmds.workspaceControlState(NAME, exists=True):
        cmds.workspaceControlState(NAME, remove=True)


def wrapped(find, *arguments):
    """Return a widget of Maya's by one of the functions of ``MQtUtil``, None where it is not there."""
    from maya import OpenMayaUI
    from ...panel.binding import QtCompat, QtWidgets
    pointer = getattr(OpenMayaUI.MQtUtil, find)(*[compat.like(argument, str("")) for argument in arguments])
    # Qt.py wants a long on 2.7, and what Maya gives is a pointer of SWIG's.
    return QtCompat.wrapInstance(six.integer_types[-1](pointer), QtWidgets.QWidget) if pointer else None


def tell(title, text):
    """Show a line over the view, as Maya does for its own; False where that is not possible."""
    line = "<b>%s</b> %s" % tuple(
        part.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for part in (title, text))
    try:
        cmds.inViewMessage(assistMessage=line, position="topCenter", fade=True, fadeStayTime=4000)
    except calls.ERRORS:
        return False
    return True
