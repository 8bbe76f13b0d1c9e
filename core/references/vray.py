"""V-Ray's scenes, ``.vrscene``. Its proxies (``.vrmesh``) are binary: nothing in them can be read."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

from .reading import Reference

_INCLUDE = re.compile(r'\s*#include\s+"([^"\n]+)"')
_PLUGIN = re.compile(r"\s*([A-Za-z]\w*)\s+[^\s{]+\s*\{")
_KEY = re.compile(r'(?:\A|[\s{;])((?:\w*_)?(?:file|filename|fileName|file_name|cache_path))\s*=\s*"([^"\n]*)"')

#: Lines without one of these tell nothing.
_WORDS = (b"file", b"cache_path", b"#include", b"{")

#: What V-Ray writes.
_WRITTEN = ("auto_save", "img_file", "log_file", "output", "render_output")


def read(lines, path, note):
    """Read names of textures, meshes, light profiles and caches, and other scenes that are included."""
    plugin = ""
    for number, line in lines.holding(_WORDS):
        where = "line %d" % number
        included = _INCLUDE.match(line)
        if included:
            yield Reference(included.group(1), "", where)
            continue
        if line.lstrip().startswith("//"):
            continue
        opened = _PLUGIN.match(line)
        if opened:
            plugin = opened.group(1)
        if '"' not in line or plugin == "SettingsOutput":
            continue
        for key, value in _KEY.findall(line):
            if value and not key.startswith(_WRITTEN):
                # A light cache is read in some modes only.
                yield Reference(value, "optional" if plugin.startswith("Settings") else "", where)
