"""From a store's refusal to an error that says what happened, to what, and what to do."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re
import time

from ...errors import Incomplete, NotStored, Outdated, StorageBusy, StorageError, StorageFull, StorageLost
from . import answers
from .connection import read_number

#: Refusals that are read; whatever is longer is no S3 error.
MOST_BYTES = 64 << 10

#: A clock that is wrong by less is no reason to refuse: stores allow 15 minutes.
_SKEW_S = 240
_LONGEST_WAIT_S = 300

_UNPRINTABLE = re.compile("[\\x00-\\x1f\\x7f-\\x9f]+")


class NoSuchUpload(NotStored):
    """The store no longer knows a multipart upload."""


class WrongClock(StorageBusy):
    """Our clock or the store's is wrong; it was allowed for, and trying again helps."""


_ACCESS = "Give these keys the right to list, read and write the bucket, or use others."
_KEYS = "Correct the access key and the secret key."
_RENEW = "The keys have expired: renew the session and run this again."
_WHERE = "Correct the region and the endpoint of the storage."

#: Code -> what to do, of refusals that trying again does not change.
_ADVICE = {
    "AccessDenied": _ACCESS, "AllAccessDisabled": _ACCESS, "AccountProblem": _ACCESS, "Forbidden": _ACCESS,
    "InvalidAccessKeyId": _KEYS, "SignatureDoesNotMatch": _KEYS, "AuthFailure": _KEYS,
    "ExpiredToken": _RENEW, "InvalidToken": _RENEW, "TokenRefreshRequired": _RENEW,
    "PermanentRedirect": _WHERE, "TemporaryRedirect": _WHERE, "Redirect": _WHERE,
    "AuthorizationHeaderMalformed": _WHERE, "IllegalLocationConstraintException": _WHERE,
    "NoSuchBucket": "Create the bucket, or correct its name.",
    "InvalidObjectState": "It lies in an archive: restore it first.",
    "KeyTooLongError": "Give the file a shorter name.",
    "EntityTooLarge": "The store takes no file of this size.",
    "NotImplemented": "The store lacks what is needed here: use a newer one.",
}

#: Refusals that are of the bucket or the keys, whatever was asked for.
_LOST = {"NoSuchBucket", "InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthFailure", "ExpiredToken", "InvalidToken",
         "TokenRefreshRequired"}

_BUSY = {"SlowDown", "InternalError", "ServiceUnavailable", "OperationAborted", "RequestTimeout", "Throttling",
         "ThrottlingException", "TooManyRequests", "RequestLimitExceeded", "BandwidthLimitExceeded", "IncompleteBody"}
_OTHER_BYTES = {"BadDigest", "XAmzContentChecksumMismatch", "XAmzContentSHA256Mismatch", "ChecksumMismatch"}
_FULL = {"QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "StorageFull", "EntityQuotaExceeded",
         "XMinioAdminBucketQuotaExceeded"}
_SKEWED = {"RequestTimeTooSkewed", "RequestExpired"}


def about(name, shown):
    """Return how a sentence begins that is of a file on a storage, or of the storage as a whole."""
    return "%s: the storage %s" % (name, shown) if name else "The storage %s" % shown


def read_refusal(body):
    """Return ``(code, message)`` of an error's body, empty where it says nothing that S3 does."""
    try:
        top = answers.parse(body) if body.strip() else None
    except answers.BadAnswer:
        top = None
    if top is None or top.name != "Error":
        return "", ""
    code, message = [_UNPRINTABLE.sub(" ", top.get(name)).strip() for name in ("Code", "Message")]
    return code[:100], message[:300]


def read_date(value):
    """Return the epoch seconds of an HTTP date, or None."""
    import calendar  # These load much, and hardly any run needs them.
    from email.utils import parsedate_tz
    try:
        parts = parsedate_tz(value) if value else None
        return calendar.timegm(parts[:6] + (0, 0, 0)) - (parts[9] or 0) if parts else None
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def skew_of(headers, clock=time.time):
    """Return how many seconds the server's clock is ahead of ours, or None where it does not say."""
    date = read_date(headers.get("date"))
    return None if date is None else date - clock()


def wait_of(headers, clock=time.time):
    """Return the seconds that the server asks us to wait, or None."""
    value = headers.get("retry-after", "").strip()
    seconds = read_number(value)
    if seconds is not None:
        return min(seconds, _LONGEST_WAIT_S)
    date = read_date(value)
    return None if date is None else min(max(date - clock(), 0), _LONGEST_WAIT_S)


def is_skew(status, code, headers, signed_skew_s, clock=time.time):
    """Tell whether a request was refused because of its time.

    Args:
        status (int): Of the answer.
        code (str): Of the error; an answer to HEAD has none.
        headers (dict): Of the answer.
        signed_skew_s (float): What was allowed for when it was signed.
        clock (callable): Epoch seconds.
    """
    if status not in (400, 401, 403) or (code and code not in _SKEWED and code != "AccessDenied"):
        return False
    skew = skew_of(headers, clock)
    return skew is not None and abs(skew - signed_skew_s) > _SKEW_S


def make_fault(status, headers, code, message, name, shown):
    """Return the error for a refusal.

    Args:
        status (int): Of HTTP.
        headers (dict): Lower-case names.
        code, message (str): From `read_refusal`.
        name (str): What was asked for: a server name, or "" for the bucket.
        shown (str): The storage, as it is shown.
    """
    said = "%s%s" % (code or "HTTP %d" % status, ": " + message if message else "")
    beginning = about(name, shown)
    if code == "NoSuchUpload":
        return NoSuchUpload("%s no longer has the parts that were sent." % beginning)
    if code in _FULL or status == 507:
        return StorageFull("No space left on the storage %s (%s): %s was not stored. Free some space or raise the "
                           "quota, and run this again." % (shown, said, name or "it"))
    if code in _OTHER_BYTES:
        return Incomplete("%s got other bytes than were read (%s)." % (beginning, said))
    if status == 412:
        return Outdated("%s was rendered again while it was fetched. Download it again." % name)
    if code in _BUSY or status in (408, 425, 429, 500, 502, 503, 504):
        error = StorageBusy("%s failed (%s). If this goes on, ask whoever runs it." % (beginning, said))
        error.retry_after = wait_of(headers)
        return error
    if status == 404 and code in ("", "NoSuchKey", "NotFound"):
        if name:
            return NotStored("%s is not on the storage %s." % (name, shown))
        return StorageLost("The storage %s is not there (%s). Correct the endpoint and the name of the bucket." % (
            shown, said))
    if status in (405, 501) and not code:  # A store says its refusals in XML.
        return StorageLost("What answers at %s does not speak S3 (%s). Correct the endpoint." % (shown, said))
    if code in _LOST:
        return StorageLost("The storage %s refused (%s). %s" % (shown, said, _advice(status, headers, code)))
    return StorageError("%s refused (%s). %s" % (beginning, said, _advice(status, headers, code)))


def _advice(status, headers, code):
    region = _UNPRINTABLE.sub("", headers.get("x-amz-bucket-region", ""))[:40]
    if region and (status // 100 == 3 or code == "AuthorizationHeaderMalformed"):
        return "The bucket lies in the region %s: set it, and its endpoint." % region
    if code in _ADVICE:
        return _ADVICE[code]
    if status // 100 == 3:
        return _WHERE
    if status in (401, 403):
        return _ACCESS
    if status == 407:
        return "The proxy wants a user and a password: add them to its address."
    return "Check the storage's settings; its own log may say more."
