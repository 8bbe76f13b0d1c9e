"""The settings that are no single word, as text: the path mapping by lines, the storage by a sentence."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import compat, mapping
from ..errors import SettingsError

#: Of a storage, what is no secret.
_SHOWN = ("root", "endpoint", "bucket", "prefix")


def pairs_of(text):
    """Return the lines of a text as the setting has them: [["P:/", "/mnt/projects"], ...]; half a line is one part."""
    lines = [line.strip() for line in text.splitlines()]
    return [[part.strip() for part in line.split("=", 1)] for line in lines if line]


def text_of(value):
    """Return the setting as lines; what is no list of pairs is shown as it stands in the file."""
    if isinstance(value, dict):
        value = sorted(value.items())
    if not value:
        return ""
    if not isinstance(value, (list, tuple)) or not all(isinstance(pair, (list, tuple)) for pair in value):
        return compat.dump_json(value)
    return "\n".join(" = ".join("%s" % part for part in pair) for pair in value)


def is_usable(value):
    """Tell whether a mapping can be saved."""
    try:
        mapping.Mapping.parse(value)
    except SettingsError:
        return False
    return True


def storage_text(value):
    """Return which storage the settings name, without keys; "" where they name none."""
    if not isinstance(value, dict):
        return ""
    options = value.get("input")
    options = options if isinstance(options, dict) else {}
    shown = ["%s" % options[name] for name in _SHOWN if options.get(name) and "@" not in "%s" % options[name]]
    return ": ".join(part for part in ("%s" % value.get("engine", ""), ", ".join(shown)) if part)
