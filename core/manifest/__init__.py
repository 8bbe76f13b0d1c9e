"""upload.json: read it, cut it, write it, all as streams.

A manifest is a JSON object whose "asset" is a list of
``{"local": "D:/a/b.ma", "server": "/D/a/b.ma"}``; it may hold other keys too,
and hundreds of thousands of entries.

Whoever reads, be it fast or slow, accepts the same thing: RFC 8259 in UTF-8, a
byte order mark allowed, NaN refused. The fast ways (`reader`, `cutter`) only
ever accept; where they cannot, `entries` and `tokens` go over the same bytes
exactly and say what is wrong, and where.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from .build import build
from .cutter import cut
from .reader import count, read_assets
from .writer import write

__all__ = ["build", "count", "cut", "read_assets", "write"]
