"""Fields of a request: each one is checked for type and size before it is used.

Whatever a client sends is hostile until it came through here.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import time

import six

from ..errors import FarmError

BAD_JSON = 400
UNKNOWN = 404
TOO_LARGE = 413
INTERNAL = 500
MISSING = 601
STALE = 610
BAD_SIGNATURE = 611
#: Ours, for what Renderbus says in words: the task's configuration cannot be used.
BAD_TASK = 620
#: Ours: the task is not in a state for this.
BAD_STATE = 621

_NONE = object()
_LARGEST = 1 << 62
_MOST_IDS = 10000


def _get(body, name, default):
    value = body.get(name)
    if value is None:
        if default is _NONE:
            raise FarmError("The field \"%s\" is missing." % name, MISSING)
        return default
    return value


def _refuse(name, wanted):
    raise FarmError("The field \"%s\" must be %s." % (name, wanted), MISSING)


def _as_number(value):
    """Return an int for an int or the digits of one, else None."""
    if isinstance(value, six.text_type) and 0 < len(value) < 20 and value.isdigit():
        try:
            value = int(value)
        except ValueError:  # A superscript is a digit to isdigit, not to int.
            return None
    if isinstance(value, six.integer_types) and not isinstance(value, bool):
        return value
    return None


def number(body, name, default=_NONE, least=0, most=_LARGEST):
    """Return a whole number of a request; digits in a string count too."""
    value = _get(body, name, default)
    if value is default:
        return value
    found = _as_number(value)
    if found is None or not least <= found <= most:
        _refuse(name, "a whole number from %d to %d" % (least, most))
    return found


def numbers(body, name, default=_NONE):
    """Return a list of whole numbers of a request."""
    values = _get(body, name, default)
    if values is default:
        return values
    if not isinstance(values, list) or len(values) > _MOST_IDS:
        _refuse(name, "a list of at most %d whole numbers" % _MOST_IDS)
    found = [_as_number(value) for value in values]
    if any(value is None or not 0 <= value <= _LARGEST for value in found):
        _refuse(name, "a list of whole numbers")
    return found


def digits(value):
    """Return a whole number for one or its digits, None for anything else."""
    found = _as_number(value)
    return found if found is not None and 0 <= found <= _LARGEST else None


def known_tasks(farm, body):
    """Return the request's tasks; all are known, or nothing is done."""
    ids = numbers(body, "taskIds")
    for task in ids:
        farm.store.task(task)
    return ids


def moment(body, name, is_end=False):
    """Return a time of a request in milliseconds since 1970, None where it has none.

    Args:
        body (dict): The request.
        name (str): The field: a number, "2026-01-31" or "2026-01-31 18:00:00" in this machine's time.
        is_end (bool): A day alone means its end.
    """
    value = body.get(name)
    if value in (None, ""):
        return None
    for form, length_s in (("%Y-%m-%d %H:%M:%S", 1), ("%Y-%m-%d", 86400)):
        try:
            seconds = time.mktime(time.strptime(value, str(form)))
        except (TypeError, ValueError, OverflowError):
            continue
        return int(seconds + length_s) * 1000 - 1 if is_end else int(seconds) * 1000
    return number(body, name)


def word(body, name, default=_NONE, longest=1000):
    """Return a text of a request."""
    value = _get(body, name, default)
    if value is default:
        return value
    if not isinstance(value, six.text_type) or len(value) > longest:
        _refuse(name, "a text of at most %d characters" % longest)
    return value


def page(body, most=1000):
    """Return ``(page number, page size)`` of a request, the first page being 1."""
    return (number(body, "pageNum", 1, least=1, most=10 ** 9),
            number(body, "pageSize", 100, least=1, most=most))


def paged(items, total, number_of_page, size):
    """Return the shape in which the farm answers pages."""
    return {"pageCount": -(-total // size), "pageNum": number_of_page, "total": total,
            "size": len(items), "items": items}
