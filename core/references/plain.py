"""Small text files that list others: Max's image lists, and colour configurations."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

from .reading import Reference

_COUNT = re.compile(r"\s+[0-9]+\s*\Z")
_SEARCH = re.compile(r"search_path:[ \t]*(.*)")
_ITEM = re.compile(r"\s*-\s*(\S.*?)\s*\Z")
_SOURCE = re.compile(r"\bsrc:\s*([^,}\s][^,}\n]*)")


def read_ifl(lines, path, note):
    """Read an ``.ifl`` file: an image a line, with how many frames it stays."""
    for number, line in lines:
        name = _COUNT.sub("", line.split(";")[0].strip())
        if name:
            yield Reference(name, "", "line %d" % number)


def read_ocio(lines, path, note):
    """Read an ``.ocio`` file: the tables that its transforms name, in each of its search folders.

    A configuration lists tables for every camera there is; which of them a scene needs is not told, so none is missed.
    """
    folders, is_listing = [], False
    for number, line in lines:
        search = _SEARCH.match(line)
        item = _ITEM.match(line) if is_listing else None
        if search:
            folders = [part.strip(" \"'[]") for part in re.split("[:,]", search.group(1)) if part.strip(" \"'[]")]
        elif item:
            folders.append(item.group(1).strip("\"'"))
        is_listing = bool(item) or (search is not None and not folders)
        if line.lstrip().startswith("#"):
            continue
        for source in _SOURCE.findall(line):
            source = source.strip().strip("\"'")
            for folder in folders or [""]:
                yield Reference(folder.rstrip("/") + "/" + source if folder else source, "optional", "line %d" % number)
