# -*- coding: utf-8 -*-
"""The panel's words. English is the key; Chinese stands beside it."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import words
from .binding import QtCore

LANGUAGES = (("auto", "System language"), ("en", "English"), ("zh", "\u4e2d\u6587"))

_chosen = []


def system_language():
    """Return "zh" or "en", by the system's own language."""
    return "zh" if QtCore.QLocale.system().name().startswith("zh") else "en"


def choose_language(name):
    """Use a language from now on: "en", "zh" or "auto"."""
    _chosen[:] = [name if name in ("en", "zh") else system_language()]


def language():
    """Return "en" or "zh"."""
    if not _chosen:
        choose_language("auto")
    return _chosen[0]


def tr(text, **values):
    """Return a text in the panel's language.

    Args:
        text (str): In English, as it stands in `CHINESE`; ``{name}`` is filled in.
        **values: To fill in.
    """
    found = CHINESE.get(text, text) if language() == "zh" else text
    return found.format(**values) if values else found


def number_of(number, noun):
    """Return "1 file", "48 211 files"; a noun of `NOUNS`."""
    one, several, chinese = NOUNS[noun]
    if language() == "zh":
        return "%s %s" % (words.count(number), chinese)
    return "%s %s" % (words.count(number), one if number == 1 else several)


def sentence(text):
    """Return one of the jobs' own sentences in the panel's language, where it is known."""
    return tr(text) if text in CHINESE else text


#: Noun -> (one, several, Chinese).
NOUNS = {
    "file": ("file", "files", "\u4e2a\u6587\u4ef6"),
    "frame": ("frame", "frames", "\u5e27"),
    "transfer": ("transfer", "transfers", "\u4e2a\u4f20\u8f93"),
    "missing file": ("file is missing", "files are missing", "\u4e2a\u6587\u4ef6\u7f3a\u5931"),
    "entry": ("entry", "entries", "\u4e2a\u6761\u76ee"),
}

CHINESE = {}
