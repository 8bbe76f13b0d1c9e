"""The commands that show something: demo, panel."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ..demo.run import Demo
from ..errors import SyncError
from ..hosts.standalone import StandaloneHost


def demo(run):
    """Show the whole main job on this machine."""
    if run.options.panel:
        from ..demo.show import PanelDemo  # Not above: it brings Qt along.
        return PanelDemo(run.options, run.screen, run.cancel).run()
    shown = Demo(run.options, run.screen, run.cancel)
    try:
        shown.run()
    except (SyncError, KeyboardInterrupt) as error:
        error.report = None  # Its steps have said all that there is to say.
        if run.cancel.is_cancelled:
            run.screen.last_word(shown.left())
        raise


def panel(run):
    """Show the panel as a window of its own, until it is closed or Ctrl-C."""
    from ..panel import standalone  # Not above: it brings Qt along, and says so where there is none.
    standalone.run(StandaloneHost(), run.cancel)
