"""The local farm: the farm's HTTP API, storage and a renderer on one machine."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .local import LocalFarm as LocalFarm
from .local import serve as serve
