"""The local farm: the farm's HTTP API, storage and a renderer on one machine."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .local import LocalFarm, serve

__all__ = [str("LocalFarm"), str("serve")]
