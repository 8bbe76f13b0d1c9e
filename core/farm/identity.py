"""Who a farm is: its folder's lock, its address and its keys, kept in farm.json."""
from __future__ import absolute_import, division, print_function, unicode_literals

import binascii
import io
import os

from .. import compat
from ..errors import SettingsError

NAME = "farm.json"


def read(root):
    """Return what farm.json of a farm says.

    Args:
        root (str): The farm's folder.

    Returns:
        dict: ``domain``, ``access_id``, ``access_key``, ``protocol``, ``pid``
        (None while it does not run), ``port``, ``s3`` (the bucket's URL, where the
        farm keeps its files in one); empty without such a file.
    """
    try:
        with io.open(compat.fs(os.path.join(root, NAME)), encoding="utf-8") as source:
            found = compat.parse_json(source.read(1 << 16))
    except (EnvironmentError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write(root, identity):
    """Keep an identity in farm.json (0600); it appears whole."""
    path = os.path.join(root, NAME)
    part = "%s.%d.part" % (path, os.getpid())
    with compat.open_private(part) as target:
        target.write(compat.dump_json(identity, indent=1, sort_keys=True) + "\n")
    compat.replace(part, path)


def keys(root, access_id, access_key):
    """Return ``(access id, access key)``: the given, else the kept, else new random ones."""
    if bool(access_id) != bool(access_key):
        raise SettingsError("Give the farm both an access id and an access key, or neither.")
    if access_id:
        return compat.text(access_id), compat.text(access_key)
    kept = read(root)
    if kept.get("access_id") and kept.get("access_key"):
        return compat.text(kept["access_id"]), compat.text(kept["access_key"])
    return _random(16), _random(32)


def _random(count):
    return binascii.hexlify(os.urandom(count)).decode("ascii")


def port(root):
    """Return the port that the farm had last, 0 if it never ran."""
    found = read(root).get("port")
    return found if isinstance(found, int) and 0 < found < 65536 else 0


def bucket(root):
    """Return the URL of the bucket that the farm kept its files in last, None where they were folders."""
    found = read(root).get("s3")
    return found if isinstance(found, compat.text_type) and found else None


def lock(root):
    """Take a farm's folder for this process.

    Returns:
        file: Close it to give the folder back.

    Raises:
        SettingsError: Another farm runs on it.
    """
    handle = io.open(compat.fs(os.path.join(root, "farm.lock")), "ab")
    if compat.lock_file(handle.fileno()):
        return handle
    handle.close()
    running = read(root)
    where = " at %s (process %s)" % (running["domain"], running["pid"]) if running.get("pid") else ""
    raise SettingsError("A farm runs on %s already%s: use that one, stop it, or give another --root." % (root, where))
