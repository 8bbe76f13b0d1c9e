"""Small text files that list others: Max's image lists, and colour configurations."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

from .reading import Reference

_COUNT = re.compile(r"[0-9]+\Z")
_SEARCH = re.compile(r"search_path:[ \t]*(.*)")
_SOURCE = re.compile(r"\bsrc:\s*([^,}\s][^,}\n]*)")


def read_ifl(lines, path, note):
    """Read an ``.ifl`` file: an image a line, with how many frames it stays."""
    for number, line in lines:
        # Not by an expression: a line of blanks would take it the square of its length.
        words = line.split(";")[0].strip().rsplit(None, 1)
        name = words[0] if len(words) == 2 and _COUNT.match(words[1]) else line.split(";")[0].strip()
        if name:
            yield Reference(name, "", "line %d" % number)


def read_ocio(lines, path, note):
    """Read an ``.ocio`` file: the tables that its transforms name, in each of its search folders.

    A configuration lists tables for every camera there is; which of them a scene needs is not told, so none is missed.
    """
    folders, is_listing = [], False
    for number, line in lines:
        search = _SEARCH.match(line)
        item = _item(line) if is_listing else ""
        if search:
            folders = [part.strip(" \"'[]") for part in re.split("[:,]", search.group(1)) if part.strip(" \"'[]")]
        elif item:
            folders.append(item.strip("\"'"))
        is_listing = bool(item) or (search is not None and not folders)
        if line.lstrip().startswith("#"):
            continue
        for source in _SOURCE.findall(line):
            source = source.strip().strip("\"'")
            for folder in folders or [""]:
                yield Reference(folder.rstrip("/") + "/" + source if folder else source, "optional", "line %d" % number)


def _item(line):
    """Return what stands behind the dash of a list, "" where there is none."""
    line = line.strip()
    return line[1:].strip() if line.startswith("-") else ""
