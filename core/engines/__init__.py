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
    resumes            True: `fetch` begins behind the ``done`` bytes that a sink has already, of the version that
                       `Stored.version` names; where the storage does not, it calls the sink's `restart` and begins
                       with the first byte. It never mixes two versions

An engine may have more, and is then used for what it can::

    answers                            # False: `ask` knows nothing; no answer is not taken for "not there"
    sample                             # how many recorded assets it is asked about in each upload (32)
    is_dear                            # True: a listing costs; a watch makes one only where a task has news
    claim(name, owner, task_id)        # whose an output folder is, and of which task
    send_all(items, gear, threads)     # instead of `send`: yields (Item, Stored or None, error or None), once
                                       # for each; reads the items as it goes
    part_bytes(size) -> int or None    # bytes of a part, None where a file of this size goes in one piece
    begin_parts(target, mtime) -> upload           # text; what is sent under it appears whole, at the end
    send_part(span, target, upload, number) -> tag # a span.Span with its ``crc``; the storage has compared that
    parts_there(target, upload) -> {number: (size, tag)}  # the tag of a whole part is its MD5
    finish_parts(target, upload, [(number, tag, crc)], mtime, crc) -> Stored  # the last one is of the whole
    drop_parts(target, upload)                     # one that is gone is fine
    open_parts(prefix) -> iterator of (target, upload, epoch seconds)
                                       # all of these together, or none; `NotStored`: the upload is unknown
    range_bytes(size) -> int or None   # bytes of a range, None where a file of this size is fetched in one piece
    fetch_range(stored, wanted) -> bool            # writes to a mosaic.Range what it lacks, of the version that
                                       # `Stored.version` names; False, with nothing written: it gives no ranges
    describe(stored) -> Stored         # as the storage tells of the whole file now; these three together, with
                                       # `fetches_versions` and `resumes`
    fetch_all(jobs, gear, threads, lander)
                                       # instead of `fetch`: yields (job, Landed or None, error or None);
                                       # `landing.Lander` lands a file that it has fetched

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
