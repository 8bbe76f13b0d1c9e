"""Storages, behind one small contract.

An engine moves one file at a time and knows nothing of manifests, records or
threads; `rayvision_sync.transfer` does. Every engine has::

    name            "folder", "s3", ...
    identity        text that tells this storage from every other one
    first_threads   with how many threads a run begins
    most_threads    beyond which more never helped
    open(cancel), close()              # a `Cancel`, or nothing: it ends what waits for a network
    send(source, target) -> Stored     # a stream.Source, a server name ("/D/tex/a.exr")
    fetch(stored, sink)                # writes all bytes to a stream.Sink
    ask(targets) -> {target: Stored}   # those of the names that the storage has
    fold(targets) -> list              # names of which two are equal where the storage takes them for one
    list(prefix) -> iterator of Stored # everything under a folder ("/18164087_city")
    checksum(target, cancel) -> str    # of the bytes that are stored, "crc32:0a1b2c3d"

and may have::

    fetches_versions   True: `fetch` gives the version that `Stored.version` names, or raises `Outdated`.
                       It returns the `Stored` that came

They are safe to use from many threads, and raise only errors of
`rayvision_sync.errors`: `StorageBusy` where trying again can help.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from ..errors import SettingsError


def _folder(options):
    from .folder import FolderEngine
    return FolderEngine(options.get("root"))


def _s3(options):
    from .s3.engine import S3Engine
    return S3Engine(options)


#: Engine name -> function of its options.
ENGINES = {"folder": _folder, "s3": _s3}


def make_engine(name, options):
    """Return a closed engine.

    Args:
        name (str): "folder" or "s3".
        options (dict): e.g. ``{"root": "/mnt/farm/input"}``.

    Raises:
        SettingsError: No such engine, or options it cannot work with.
    """
    if name not in ENGINES:
        raise SettingsError("The storage engine \"%s\" is not known. Known: %s."
                            % (name, ", ".join(sorted(ENGINES))))
    return ENGINES[name](options)
