"""Frames that come back from the farm: are they whole, do they fit their neighbours, what do they show?

`check`, `thumbnail` and `Neighbours` are what others use. Each format is a
module with ``MAGIC``, ``look(source, deep) -> Look`` and ``draw(source, size)
-> Grid``; pure Python, as a DCC's interpreter has nothing else.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from .drawing import thumbnail
from .neighbours import Neighbours
from .verdict import Verdict, check

__all__ = ["Neighbours", "Verdict", "check", "thumbnail"]
