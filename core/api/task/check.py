"""A door to `RayvisionCheck` under its documented path; it stands in `checking`."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ..checking import RayvisionCheck

__all__ = ["RayvisionCheck"]
