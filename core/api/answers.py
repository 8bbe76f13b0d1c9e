"""What the farm answered: read with suspicion, turned into data or one clear error."""
from __future__ import absolute_import, division, print_function, unicode_literals

import email.utils
from collections import namedtuple

import six

from .. import compat
from ..errors import FarmError, FarmUnreachable, UnknownTask

SUCCESS = 200
LOGIN_REQUIRED = 602
EXPIRED = 610
BAD_SIGNATURE = 611
UNKNOWN = 404

#: Codes in the body that say more than the HTTP status around them.
_TELLING_CODES = (601, LOGIN_REQUIRED, EXPIRED, BAD_SIGNATURE, UNKNOWN)

#: ``farm_time_s``: the farm's clock in seconds since 1970, None where it did not say.
Answer = namedtuple("Answer", "code message data farm_time_s")


def read_answer(status, headers, content, farm):
    """Read an HTTP answer.

    Args:
        status (int): HTTP status.
        headers (dict): HTTP headers, names in any case.
        content (bytes): The body.
        farm (str): Host, for the messages.

    Returns:
        Answer: With whatever code the farm gave.

    Raises:
        FarmUnreachable: The answer is not one of the farm's API.
        FarmError: The address is wrong: a redirect, or a status below 500.
    """
    if 300 <= status < 400:
        raise FarmError(
            "%s sends us on to another address (HTTP %d). That was refused, because the request "
            "carries your signature: check domain and protocol." % (farm, status), status)
    body = _parse(content)
    code = _whole_number(body.get("code")) if isinstance(body, dict) else None
    if status == 429 or status >= 500:
        if code not in _TELLING_CODES:
            raise _busy(status, headers, farm)
    elif code is None and status != 200:
        raise FarmError(
            "%s answered with HTTP %d: check domain and protocol, and that it is a farm."
            % (farm, status), status)
    elif code is None:
        raise FarmUnreachable(
            "%s gave an answer that is not one of a farm. A proxy or a login page may stand "
            "between: check domain, protocol and proxy." % farm)
    message = body.get("message")
    return Answer(code, message if isinstance(message, six.text_type) else "", body.get("data"),
                  _farm_time_s(body.get("serverTime"), headers))


def data_of(answer, url, body, kind=None):
    """Return what a successful answer carries.

    Args:
        answer (Answer): From `read_answer`.
        url (str): Path of the call, for the messages.
        body (dict): What was asked, for the messages.
        kind (type, optional): What the data must be: dict or list.

    Returns:
        dict or list or None or str: The ``data`` of the answer.

    Raises:
        UnknownTask: The farm does not know the task that was asked for.
        FarmUnreachable: The data is not of `kind`.
        FarmError: Any other refusal.
    """
    if answer.code != SUCCESS:
        raise _refusal(answer, url.rsplit("/api/", 1)[-1], body)
    if kind is not None and not isinstance(answer.data, kind):
        raise FarmUnreachable("The farm's answer to %s has an unknown shape: a %s was expected. Check the domain."
                              % (url, "list" if kind is list else "set of values"))
    return answer.data


def signature_refused(code, ahead_s):
    """Return the error for a signature that was refused after the clock was set right.

    Args:
        code (int): 610 or 611.
        ahead_s (float or None): How far this computer's clock is ahead of the farm's.
    """
    clock = ""
    if ahead_s is not None and abs(ahead_s) >= 60:
        minutes = int(round(abs(ahead_s) / 60))
        clock = " (it is %d minute%s %s the farm)" % (
            minutes, "" if minutes == 1 else "s", "ahead of" if ahead_s > 0 else "behind")
    if code == EXPIRED:
        return FarmError("The farm says that the signature has expired (610): set the clock of "
                         "this computer right%s." % clock, code)
    return FarmError("The farm refused the signature (611): check access id, access key and the clock "
                     "of this computer%s." % clock, code)


def _parse(content):
    try:
        return compat.parse_json(content.decode("utf-8-sig"))
    except (ValueError, RuntimeError):  # RuntimeError: nested deeper than Python can read.
        return None


def _whole_number(value):
    if isinstance(value, bool):
        return None
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _farm_time_s(server_time, headers):
    """Return the farm's clock: its own word in seconds or milliseconds, else the Date header."""
    seconds = _whole_number(server_time)
    if seconds is not None and seconds > 10 ** 11:
        seconds //= 1000
    if seconds is None or not 10 ** 9 < seconds < 10 ** 11:
        try:
            parsed = email.utils.parsedate_tz(headers.get("Date") or "")
            seconds = email.utils.mktime_tz(parsed) if parsed else None
        except (TypeError, ValueError, OverflowError, IndexError):
            seconds = None
    return seconds


def _busy(status, headers, farm):
    error = FarmUnreachable(
        "%s is busy or broken (HTTP %d): try again later." % (farm, status), status)
    error.retry_after = _whole_number(headers.get("Retry-After"))
    return error


def _refusal(answer, call, body):
    said = ": %s" % " ".join(answer.message.split())[:300].rstrip(".") if answer.message.strip() else ""
    if answer.code == UNKNOWN:
        task = body.get("taskId", body.get("taskIds"))
        if task is None:
            return FarmError("The farm does not know what %s asked for (404)%s." % (call, said), 404)
        if isinstance(task, (list, tuple)):
            task = ", ".join(compat.text(number) for number in task)
        return UnknownTask("The farm does not know task %s (404): check the number, it may have "
                           "been deleted." % task, 404)
    if answer.code == LOGIN_REQUIRED:
        return FarmError("The farm asks for a login (602)%s. Check access id and access key."
                         % said, 602)
    if answer.code == 601:
        return FarmError("A value is missing or wrong in the call %s (601)%s." % (call, said), 601)
    if answer.code == 500:
        return FarmError("The farm failed inside while doing %s (500)%s. Try again later."
                         % (call, said), 500, retryable=True)
    return FarmError("The farm refused %s (%d)%s." % (call, answer.code, said), answer.code)
