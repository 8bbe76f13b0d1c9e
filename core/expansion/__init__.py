"""From the paths that a scene names to the files that are there. Nothing of it runs in a host."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .expansion import Expander, Expansion, expand
from .following import follow

__all__ = ["Expander", "Expansion", "expand", "follow"]
