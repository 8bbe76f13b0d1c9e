"""Small text files that list others: Max's image lists, and colour configurations."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

from .reading import Reference

_COUNT = re.compile(r"\s+[0-9]+\s*\Z")
_SEARCH = re.compile(r"search_path:\s*(\S.*)")
_SOURCE = re.compile(r"\bsrc:\s*([^,}\s][^,}\n]*)")


def read_ifl(lines, path, note):
    """Read an ``.ifl`` file: an image a line, with how many frames it stays."""
    for number, line in lines:
        name = _COUNT.sub("", line.split(";")[0].strip())
        if name:
            yield Reference(name, "", "line %d" % number)


def read_ocio(lines, path, note):
    """Read an ``.ocio`` file: the tables that its transforms name, in each of its search folders."""
    folders = []
    for number, line in lines:
        search = _SEARCH.match(line)
        if search:
            folders = [part.strip(" \"'[]") for part in re.split("[:,]", search.group(1)) if part.strip(" \"'[]")]
        if line.lstrip().startswith("#"):
            continue
        for source in _SOURCE.findall(line):
            source = source.strip().strip("\"'")
            for folder in folders or [""]:
                # One of them has it.
                kind = "optional" if len(folders) > 1 else ""
                yield Reference(folder.rstrip("/") + "/" + source if folder else source, kind, "line %d" % number)
