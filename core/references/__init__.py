"""Files that are named inside files, of formats that are text.

A file is read in pieces of bounded size, and nothing in it is run. A new format gets its line in `table.READERS`.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from .reading import MOST_BYTES, Reference
from .table import of, reads

__all__ = ["MOST_BYTES", "Reference", "of", "reads"]
