"""Cut a manifest into parts, the bytes of its entries untouched."""
from __future__ import absolute_import, division, print_function, unicode_literals

import numbers

from .. import compat
from ..errors import ManifestError
from .entries import Entries
from .reader import count
from .tokens import Tokens, enter, leave
from .window import Window

ENDING = "Nothing was written."

#: Bytes that wait for being written. Decoding so many holds the GIL for well under a millisecond.
_WAITING = 256 * 1024


def cut(path, assets_per_part, folder=None):
    """Cut a manifest into parts of equal size.

    Every part is the source's own bytes: all other top-level keys, and its
    share of the entries. A byte order mark is left out. The parts appear under
    their names (``upload_1.json``, ...) after the whole source was read and
    found good; parts of an earlier cut go at the same moment.

    Args:
        path (str): upload.json.
        assets_per_part (int or None): Most entries in a part.
        folder (str, optional): Where the parts are put; created if need be. By
            default the source's own folder.

    Returns:
        list of str: Absolute paths of the parts; or `path` alone, as given,
        where one part holds everything.

    Raises:
        ManifestError: Bad source, bad number, or the parts cannot be written.
            Then nothing was written.
    """
    from .parts import Parts  # It loads much, and an upload hardly ever cuts.
    source = compat.text(path)
    _check_size(assets_per_part)
    if assets_per_part is None:
        count(source, ENDING)
        return [path]
    with Window(source, ENDING) as window, Parts(source, compat.text(folder), ENDING) as parts:
        before = window.state()
        tail = _split(window, assets_per_part, parts)
        if window.state() != before:
            raise window.changed()
        names = parts.finish(tail)
    return [compat.like(name, path) for name in names] or [path]


def _check_size(size):
    is_number = isinstance(size, numbers.Integral) and not isinstance(size, bool)
    if size is not None and not (is_number and size > 0):
        shown = compat.dump_json(size) if isinstance(size, (bool, float, compat.text_type)) else "%s" % (size,)
        raise ManifestError("The number of assets in a part must be a whole number from 1 up, not %s. %s" % (
            shown, ENDING))


def _split(window, size, parts):
    """Read the source to its end and write the parts, as long as more than one is needed.

    Returns:
        bytes: What ends every part.
    """
    from .flat import Flat  # Its expressions take milliseconds to compile.
    tokens = Tokens(window)
    window.mark = window.pos
    enter(tokens)
    parts.head = window.buf[window.mark:window.pos]
    entries = Entries(tokens)
    flat = Flat(entries)
    first = window.offset()
    window.mark = window.pos
    taken = 0
    while entries.more:
        taken += flat.take(size - taken)
        is_full = taken == size and entries.more
        start = window.base + window.mark
        if is_full or not entries.more or entries.end - start > _WAITING:
            data = window.since(start, entries.end)
            _check_utf8(window, start, data)
            # The first part is written when there is a second one: until then nothing was touched.
            if parts.begun:
                parts.write(data)
            window.mark = entries.end - window.base
        if is_full:
            if not parts.begun:
                window.copy(first, entries.end, parts.write)
            parts.end()
            window.mark = window.pos
            taken = 0
    if not entries.count:
        window.mark = window.pos
    leave(tokens)
    return window.buf[window.mark:]


def _check_utf8(window, offset, data):
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise window.broken(offset + error.start, "a character is not valid UTF-8")
