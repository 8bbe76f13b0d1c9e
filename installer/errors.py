"""What install.py says where it cannot go on."""
from __future__ import absolute_import, division, print_function, unicode_literals


class SetupFailed(Exception):
    """What happened, to what, and what to do, in a sentence or two."""
