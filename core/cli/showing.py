"""The command demo."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ..demo.run import Demo


def demo(run):
    """Show the whole main job on this machine."""
    Demo(run.options, run.screen, run.cancel).run()
