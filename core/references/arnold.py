"""Arnold's scene sources, ``.ass`` and ``.ass.gz``."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

from .reading import Reference

_KEY = re.compile(r'(?:\A|[\s{])(filename|dso|include|ies_filename)\s+((?:[0-9]+\s+[0-9]+\s+STRING\s+)?"[^"\n]*"'
                  r'(?:\s+"[^"\n]*")*)')
_STRING = re.compile(r'"([^"\n]*)"')

#: Lines without one of these tell nothing.
_WORDS = (b"filename", b"dso", b"include", b"driver_", b"}")


def read(lines, path, note):
    """Read names of textures, stand-ins, volumes and light profiles; what a driver writes is none."""
    in_driver = False
    for number, line in lines.holding(_WORDS):
        bare = line.strip()
        if bare.startswith("driver_") and '"' not in bare.partition("{")[0]:
            in_driver = not bare.endswith("}")
            continue
        if '"' in line and not in_driver and not bare.startswith("#"):
            for key, text in _KEY.findall(line):
                for found in _STRING.findall(text):
                    # A shader's library is Arnold's own where no folder is named.
                    yield Reference(found, "optional" if key == "dso" and "/" not in found else "", "line %d" % number)
        if bare.endswith("}"):
            in_driver = False
