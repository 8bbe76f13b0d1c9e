"""A door to `RayvisionAPI` under its other documented path."""
from __future__ import absolute_import, division, print_function, unicode_literals

from . import RayvisionAPI

__all__ = ["RayvisionAPI"]
