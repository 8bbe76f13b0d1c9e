# -*- coding: utf-8 -*-
"""States of tasks in the words of the documented SDK, which scripts show and compare."""
from __future__ import absolute_import, division, print_function, unicode_literals

from . import compat
from .errors import SettingsError

#: Code -> ``(Chinese, English)``. Source: the farm's SDK; 50 is newer than it.
WORDS = {
    "0": ("等待中", "Waiting"), "5": ("渲染中", "Rendering"), "8": ("预处理中", "Preprocessing"),
    "10": ("停止", "Stop"), "20": ("欠费停止", "Arrearage-stop"), "23": ("超时停止", "Timeout stop"),
    "25": ("已完成", "Done"), "30": ("已完成(有失败帧)", "Done(with failed frame)"), "35": ("放弃", "Abort"),
    "40": ("等待全速渲染", "Test done"), "45": ("失败", "Failed"), "50": ("分析中", "Analysing")}

_LANGUAGES = {"0": 0, "1": 1}
_UNKNOWN = ("未知状态 %s", "Unknown (%s)")


def describe(code, language="1"):
    """Return a state of a task in words.

    Args:
        code (str or int): As the farm numbers it. New ones appear over time: they are "Unknown (51)".
        language (str): "0" Chinese, "1" English.

    Raises:
        SettingsError: There is no code, or no such language.
    """
    code, language = compat.text(code), compat.text(language)
    if not code or language not in _LANGUAGES:
        raise SettingsError("A task's state is asked for by its code and a language, \"0\" Chinese or \"1\" English; "
                            "not by \"%s\" and \"%s\"." % (code, language))
    place = _LANGUAGES[language]
    return WORDS[code][place] if code in WORDS else _UNKNOWN[place] % code
