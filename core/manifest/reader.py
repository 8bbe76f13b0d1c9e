"""Read a manifest as a stream of batches, as fast as C's JSON reads the whole.

A block is cut behind some "}" and parsed as a list. JSON is deterministic:
where that prefix of the list parses as a list, it is made of whole entries.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import compat, paths
from .entries import UNDECODABLE, Entries, decode, pairs_of
from .tokens import Tokens, enter, leave
from .window import Window

#: Most entries taken at a time where a block cannot be parsed in one go.
_SOME = 1000


def read_assets(path, batch=1000, ending="Nothing was uploaded."):
    """Read the assets of a manifest, in order, in bounded memory.

    Errors come when their place is reached: call `count` first where nothing
    may happen before the whole file is known to be good.

    Args:
        path (str): upload.json.
        batch (int): Assets in a batch; the last one may be smaller.
        ending (str): Last sentence of an error.

    Yields:
        list of tuple: (local, server) pairs, both text. "server" begins with "/", whether or not it
        does in the file; whether it is a name that a storage takes, `paths.check_server` tells. "local"
        may hold halves of surrogate pairs, where the JSON had them as escapes.

    Raises:
        ManifestError: Not readable, not JSON, not an upload list.
    """
    waiting = []
    for pairs in _blocks(compat.text(path), ending):
        waiting.extend(pairs)
        whole = len(waiting) - len(waiting) % batch
        for start in range(0, whole, batch):
            yield paths.rooted(waiting[start:start + batch])
        del waiting[:whole]
    if waiting:
        yield paths.rooted(waiting)


def count(path, ending="Nothing was uploaded."):
    """Read a manifest to its end and return the number of its assets.

    Raises:
        ManifestError: See `read_assets`.
    """
    return sum(len(pairs) for pairs in _blocks(compat.text(path), ending))


def _blocks(path, ending):
    with Window(path, ending) as window:
        tokens = Tokens(window)
        enter(tokens)
        entries = Entries(tokens)
        slow_until = 0
        while entries.more:
            if window.offset() < slow_until:
                yield entries.some(_SOME)
                continue
            pairs, stop = _block(entries)
            if pairs:
                yield pairs
            else:
                # Whatever it is, the guess would fail again on what is left of it.
                slow_until = max(stop, window.offset() + 1)
        leave(tokens)


def _block(entries):
    """Take the entries of a block if they can be parsed in one go.

    Returns:
        tuple: Their pairs, None where they cannot; and the offset up to which was tried.
    """
    window = entries.window
    if len(window.buf) - window.pos < window.block // 2:
        window.fill()
    buf = window.buf
    stop = buf.rfind(b"},", window.pos) + 1 or buf.rfind(b"}", window.pos) + 1
    pairs = None
    if stop:
        try:
            text = "[" + buf[window.pos:stop].decode("utf-8") + "]"
            found, end = decode(text)
            pairs = pairs_of(found)
        except UNDECODABLE:
            pass
    if pairs:
        if end < len(text):
            # The list ended before the block did: stand on its "]".
            stop = window.pos + len(text[1:end - 1].encode("utf-8"))
        window.pos = stop
        entries.passed(len(pairs), window.offset())
        entries.separate()
    return pairs, window.base + stop
