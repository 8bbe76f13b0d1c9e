"""Manifests for the tests, written byte by byte."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os

from rayvision_sync import compat


def put(path, data):
    """Write bytes, or text as UTF-8, and return the path."""
    with io.open(compat.fs(path), "wb") as target:
        target.write(data if isinstance(data, bytes) else data.encode("utf-8"))
    return path


def get(path):
    """Return the bytes of a file."""
    with io.open(compat.fs(path), "rb") as source:
        return source.read()


def load(path):
    """Return what a manifest holds."""
    return json.loads(get(path).decode("utf-8"))


def listing(folder):
    """Return the names in a folder, sorted."""
    return sorted(compat.from_fs(name) for name in os.listdir(compat.fs(folder)))


def pairs(count):
    """Return (local, server) pairs."""
    return [("D:/tex/wall_%05d.exr" % number, "/D/tex/wall_%05d.exr" % number) for number in range(count)]


def manifest(count, **other):
    """Return the text of a manifest as the vendor's SDK writes it."""
    assets = [{"local": local, "server": server} for local, server in pairs(count)]
    return compat.text(json.dumps(dict(other, asset=assets), indent=4, sort_keys=True))
