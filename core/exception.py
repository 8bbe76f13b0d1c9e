"""The documented names of the errors; the errors themselves stand in `errors`.

Everything this package raises on purpose is a `RayvisionError`.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from .errors import DownloadFailed, RayvisionError, UnsupportedDatabaseError, UnsupportedEngineType

__all__ = ["DownloadFailed", "RayvisionError", "UnsupportedDatabaseError", "UnsupportedEngineType"]
