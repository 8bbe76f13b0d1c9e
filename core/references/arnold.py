"""Arnold's scene sources, ``.ass`` and ``.ass.gz``."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

from .reading import Reference

#: ``image {`` or, as Arnold itself writes it, ``image`` and ``{`` on lines of their own.
_NODE = re.compile(r"\s*([A-Za-z_]\w*)\s*(\{.*)?\Z", re.S)
_KEY = re.compile(r'(?:\A|[\s{])(filename|dso|include|ies_filename)\s+((?:[0-9]+\s+[0-9]+\s+STRING\s+)?"[^"\n]*"'
                  r'(?:\s+"[^"\n]*")*)')
_STRING = re.compile(r'"([^"\n]*)"')


def read(lines, path, note):
    """Read names of textures, stand-ins, volumes and light profiles; what a driver writes is none."""
    node, before = "", ""
    is_start = True
    for number, line in lines:
        starts, is_start = is_start, line.endswith("\n")
        if starts and not line.startswith("#"):
            opened = _NODE.match(line) if len(line) < 4096 else None
            if opened and opened.group(2):
                node = opened.group(1)
            elif opened:
                before = opened.group(1)
            elif line.strip() == "{":
                node = before
            if '"' in line and not node.startswith("driver_"):
                for key, text in _KEY.findall(line):
                    for found in _STRING.findall(text):
                        # A shader's library is Arnold's own where no folder is named.
                        kind = "optional" if key == "dso" and "/" not in found else ""
                        yield Reference(found, kind, "line %d" % number)
            if "}" in line and line.strip().endswith("}"):
                node = ""
