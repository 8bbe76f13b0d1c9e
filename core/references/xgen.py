"""XGen's descriptions, ``.xgen``."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

from .reading import Reference

_KEY = re.compile(r"\s*(xgDataPath|xgProjectPath|cacheFileName|mask|pointDir|regionMask|cavityMask|colorMap)\s+(\S.*)")
_NAME = re.compile(r"\s*name\s+(\S+)")
_MAP = re.compile(r"map\(\s*['\"]([^'\"]+)['\"]\s*\)")
_VARIABLE = re.compile(r"\$\{(PROJECT|DESC)\}/?")

#: Lines of a file that are kept: whatever has more is no description.
_MOST = 100000


def read(lines, path, note):
    """Read the data folders, caches, masks and point folders of a collection.

    Its variables are known only at the end: ``${PROJECT}`` may be said after it was used.
    """
    project, data, given = "", "", []
    section, description = "", ""
    for _, line in lines:
        word = line.strip()
        if word in ("Palette", "Description"):
            section, description = word, "" if word == "Palette" else description
            continue
        name = _NAME.match(line)
        if name and section == "Description":
            description, section = name.group(1), ""
        key = _KEY.match(line)
        if not key or len(given) >= _MOST:
            continue
        value = key.group(2).strip()
        if key.group(1) == "xgProjectPath":
            project = value.rstrip("/\\") + "/"
        elif key.group(1) == "xgDataPath":
            data = data or value.split(";")[0]
            given.extend((key.group(1), part, description) for part in value.split(";") if part)
        else:
            given.extend((key.group(1), part, description) for part in _MAP.findall(value) or [value])
    known = {"PROJECT": project}
    folder = _filled(data, known).rstrip("/")
    for key, value, description in given:
        known["DESC"] = "%s/%s/" % (folder, description) if folder and description else ""
        text = _filled(value.strip("\"'"), known)
        if key == "xgDataPath" or _is_path(text):
            # A map may be a file or a folder of them.
            yield Reference(text, "folder", key)


def _filled(text, known):
    return _VARIABLE.sub(lambda found: known.get(found.group(1)) or found.group(), text)


def _is_path(text):
    """Tell a path from an expression or a number: ``mask`` may hold all three."""
    return ("/" in text or "\\" in text) and not re.search(r"[;=()*]|\A\$[a-z]", text)
