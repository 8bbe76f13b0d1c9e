"""Signed HTTP to the farm: one call in, its data or one clear error out.

Nothing here puts a header, a key or a library's own exception text into a log
or a message: those carry the account's secrets.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import itertools
import json
import logging
import os
import random
import threading
import time

import requests
import six
from requests import exceptions as http_errors

from .. import compat, signature, words
from ..errors import FarmUnreachable, SettingsError
from ..retry import retry
from .answers import BAD_SIGNATURE, EXPIRED, data_of, read_answer, signature_refused
from .urls import NOT_REPEATABLE, ApiUrl

log = logging.getLogger(__name__)

DEFAULT_TIMEOUT_S = 60
ATTEMPTS = 5
#: No further attempt is begun later than this after the first.
DEADLINE_S = 180.0
MAX_ANSWER_BYTES = 256 * 1024 * 1024
#: How an answer may be packed: once, so that each piece that is read unpacks to a thousand times its size at most.
_PACKINGS = ("", "identity", "gzip", "x-gzip", "deflate")
#: An answer that is still dripping after so many time-outs is given up.
_MAX_READ_TIMEOUTS = 10
_CLOCK_TOLERANCE_S = 5

#: One count for all clients of a process, from a random start: a farm takes a
#: nonce once only in the same second.
_NONCES = itertools.count(random.randrange(900000))


class Headers(dict):
    """The headers of every request; what they say stays out of ``repr``."""

    def __repr__(self):
        return str("<Headers %s>" % ", ".join(sorted(self)))


class Connect(object):
    """Send signed requests to one farm. Threads may share it.

    Args:
        access_id (str): Public half of the account's key.
        access_key (str): Secret half.
        protocol (str): "https", or "http" for a farm on this machine.
        domain (str): Host, with a port where it needs one.
        platform (str): Number of the farm's zone.
        logger (logging.Logger, optional): Where calls are noted.
        timeout (float or tuple): Seconds, as requests has it.
        ca_bundle (str, optional): File or folder of certificate authorities to
            trust; else RAYVISION_CA_BUNDLE, else those of requests.
        proxy (str, optional): URL of a proxy; else the environment's. Never
            used for this machine.
        cancel (Cancel, optional): Ends pauses between attempts.
        farm_folder (str, optional): Folder of the local farm, named where it does not run.

    Attributes:
        wait (callable): How a pause is made; takes seconds.
        clock (callable): Returns this computer's time in seconds since 1970.

    Raises:
        SettingsError: A value that cannot work.
    """

    url = ApiUrl

    def __init__(self, access_id, access_key, protocol, domain, platform, logger=None,
                 timeout=DEFAULT_TIMEOUT_S, ca_bundle=None, proxy=None, cancel=None, farm_folder=None):
        self.domain = _checked_domain(domain)
        self.platform = compat.text(platform)
        self.timeout = DEFAULT_TIMEOUT_S if timeout is None else timeout
        self.logger = logger or log
        self.wait = cancel.wait if cancel else time.sleep
        self.clock = time.time
        self._protocol = _checked_protocol(protocol)
        self._is_local = _is_loopback(self.domain)
        self._when_away = _when_away(self._is_local, compat.text(farm_folder))
        self._ca_bundle = _checked_ca_bundle(ca_bundle)
        self._proxy = compat.text(proxy)
        self._headers = Headers(accessId=_checked_header("access_id", access_id),
                                channel=signature.CHANNEL,
                                platform=_checked_header("platform", self.platform),
                                version=signature.API_VERSION)
        self._sign, self._hide = _secrets(compat.text(access_id), compat.text(access_key))
        self._offset_s = 0  # Add to this computer's time to have the farm's.
        self._threads = threading.local()

    def __repr__(self):
        return str("<Connect %s://%s platform %s>" % (self._protocol, self.domain, self.platform))

    @property
    def headers(self):
        """Headers: What every request carries, the signature aside."""
        return self._headers

    @property
    def is_local(self):
        """bool: The farm runs on this computer."""
        return self._is_local

    def post(self, api_url, data=None, validator=True, kind=None):
        """Call the farm; try again where that can do no harm.

        Args:
            api_url (str): Path, one of `ApiUrl`.
            data (dict, optional): Body of the request.
            validator (bool): Accepted for scripts of the vendor's SDK; without effect.
            kind (type, optional): What the answer's data must be: dict or list.

        Returns:
            dict or list or str or None: The ``data`` of the answer.

        Raises:
            FarmUnreachable: No usable answer, after all attempts.
            FarmError: The farm refused.
            Cancelled: While waiting for the next attempt.
        """
        del validator
        body = dict(data or {})
        is_repeatable = api_url not in NOT_REPEATABLE

        def note(error, attempt, pause_s):
            self.logger.warning("%s Attempt %d of %d follows in %.1f s.",
                                error, attempt + 1, ATTEMPTS, pause_s)

        if is_repeatable:
            return retry(lambda: self._call(api_url, body, kind), attempts=ATTEMPTS,
                         wait=self.wait, on_retry=note, deadline_s=DEADLINE_S)
        try:
            return self._call(api_url, body, kind)
        except FarmUnreachable as error:
            # Whoever catches this must not try again on its own either.
            error.retryable = False
            if not getattr(error, "is_unsent", False):
                error.message += (" The farm may have done it all the same: look at the list "
                                  "of tasks before you try again.")
            raise

    def close(self):
        """Close this thread's connections; the next call opens new ones."""
        session = self._threads.__dict__.pop("session", None)
        if session:
            session.close()

    # ------------------------------------------------------------ one call

    def _call(self, api_url, body, kind):
        """Send once, and once more if the signature was refused: the farm then did nothing yet.

        The clock may be wrong, the request have been slow, or another computer
        of the studio have taken the same one of the 900 000 nonces in that second.
        """
        answer = self._exchange(api_url, body)
        if answer.code in (EXPIRED, BAD_SIGNATURE):
            self._learn_clock(answer)
            answer = self._exchange(api_url, body)
            if answer.code in (EXPIRED, BAD_SIGNATURE):
                ahead_s = None
                if answer.farm_time_s is not None:
                    ahead_s = self.clock() - answer.farm_time_s
                raise signature_refused(answer.code, ahead_s)
        return data_of(answer._replace(message=self._hide(answer.message)), api_url, body, kind)

    def _learn_clock(self, answer):
        """Take over the farm's clock where it differs."""
        if answer.farm_time_s is not None:
            offset_s = answer.farm_time_s - self.clock()
            if abs(offset_s - self._offset_s) > _CLOCK_TOLERANCE_S:
                self._offset_s = offset_s

    def _signed_headers(self, api_url, body):
        headers = dict(self._headers)
        headers["UTCTimestamp"] = "%d" % (self.clock() + self._offset_s)
        headers["nonce"] = "%d" % (100000 + next(_NONCES) % 900000)
        headers["signature"] = self._sign(
            signature.string_to_sign(self.domain, api_url, headers, body))
        headers["Content-Type"] = "application/json"
        headers["languageFlag"] = "0" if "renderbus" in self.domain else "1"
        # Native strings: 2.7's httplib joins headers and body.
        return dict((str(name), six.ensure_str(value)) for name, value in headers.items())

    def _exchange(self, api_url, body):
        """Send one request and read its answer.

        Raises:
            FarmUnreachable: No usable answer. ``is_unsent`` is True where the
                farm cannot have seen the request.
        """
        start = compat.monotonic()
        address = "%s://%s%s" % (self._protocol, self.domain, api_url)
        request = {"data": json.dumps(body).encode("ascii"), "timeout": self.timeout,
                   "headers": self._signed_headers(api_url, body)}
        try:
            with self._session(api_url) as session, contextlib.closing(session.post(
                    address, stream=True, allow_redirects=False, **request)) as response:
                content = self._read(response)
        # ValueError: a host name that only the system finds out to be none.
        except (http_errors.RequestException, EnvironmentError, ValueError) as error:
            problem = _network_problem(error, self.domain, self._when_away)
        else:
            answer = read_answer(response.status_code, response.headers, content, self.domain)
            self.logger.debug("POST %s: %s, %d bytes in %.3f s", api_url, answer.code,
                              len(content), compat.monotonic() - start)
            return answer
        # Raised out here, so that no traceback shows the library's own error below it.
        raise problem

    def _read(self, response):
        packing = six.ensure_text(response.headers.get("Content-Encoding") or "", "latin-1").strip().lower()
        if packing not in _PACKINGS:
            raise FarmUnreachable("The answer of %s is packed in a way that nobody asked for, and was refused: check "
                                  "the domain, and the proxy if there is one." % self.domain, retryable=False)
        timeout_s = self.timeout[-1] if isinstance(self.timeout, (tuple, list)) else self.timeout
        end = compat.monotonic() + (timeout_s or DEFAULT_TIMEOUT_S) * _MAX_READ_TIMEOUTS
        parts, size = [], 0
        for part in response.iter_content(16384):
            parts.append(part)
            size += len(part)
            if size > MAX_ANSWER_BYTES:
                raise FarmUnreachable("The answer of %s is larger than %d MB and was refused."
                                      % (self.domain, MAX_ANSWER_BYTES // 1048576), retryable=False)
            if compat.monotonic() > end:
                raise FarmUnreachable("%s is too slow: its answer did not end. Try again later." % self.domain)
        return b"".join(parts)

    @contextlib.contextmanager
    def _session(self, api_url):
        """Yield this thread's session, or a fresh one for what may be sent only once.

        A kept connection may be dead without our knowledge; a request that is
        never repeated must not be the one that finds out.
        """
        if api_url in NOT_REPEATABLE:
            with contextlib.closing(self._new_session()) as session:
                yield session
            return
        if not hasattr(self._threads, "session"):
            self._threads.session = self._new_session()
        yield self._threads.session

    def _new_session(self):
        session = requests.Session()
        # The environment is read here and not by requests, which would also
        # send the passwords of a .netrc file and a proxy what is for this machine.
        session.trust_env = False
        if self._proxy and not self._is_local:
            session.proxies = {"http": self._proxy, "https": self._proxy}
        elif not self._is_local:
            session.proxies = requests.utils.get_environ_proxies(
                "%s://%s" % (self._protocol, self.domain), no_proxy=None)
        session.verify = self._ca_bundle or True
        session.headers[str("Accept-Encoding")] = str("gzip, deflate")  # Not what else this Python can unpack.
        return session


def _secrets(access_id, access_key):
    """Return functions that sign and that blank out, so that no attribute holds the key."""
    def sign(message):
        return signature.sign(access_key, message)

    def hide(message):
        for secret in (access_key, access_id):
            message = message.replace(secret, "***")
        return message

    return sign, hide


def _when_away(is_local, folder):
    """Return what to do where nothing listens at the farm's address."""
    if not is_local:
        return "check domain and network, and that the farm is running."
    how = " (python -m rayvision_sync farm --root %s)" % words.argument(folder) if folder else ""
    return "start the local farm again%s." % how


def _network_problem(error, farm, when_away):
    """Return our error for a library's; its text holds too much to be shown."""
    kind = type(getattr(error.args[0] if error.args else None, "reason", None)).__name__
    is_unsent, is_lasting = True, False
    if isinstance(error, http_errors.SSLError):
        is_unsent = is_lasting = "certificate" in compat.text(repr(error)).lower()
        reason = ("shows a certificate that this computer does not trust: for a farm of your "
                  "own, set RAYVISION_CA_BUNDLE." if is_lasting else
                  "broke TLS off: if it speaks plain http, use --protocol http (protocol=\"http\" in "
                  "Python).")
    elif isinstance(error, http_errors.ProxyError):
        reason = "cannot be reached through the proxy: check the proxy."
    elif isinstance(error, http_errors.ConnectTimeout):
        reason = "did not accept a connection in time: check domain and network."
    elif kind in ("NewConnectionError", "NameResolutionError"):
        reason = "cannot be reached: %s" % when_away
    elif isinstance(error, ValueError):
        is_lasting = True
        reason = "cannot be asked: check the domain, it is no name of a host."
    else:
        is_unsent = False
        is_late = isinstance(error, http_errors.Timeout) or kind == "ReadTimeoutError" or (
            "Read timed out" in compat.text(repr(error)))
        reason = ("did not answer in time." if is_late
                  else "broke the connection before its answer was here.")
    problem = FarmUnreachable("%s %s" % (farm, reason), retryable=not is_lasting)
    problem.is_unsent = is_unsent
    return problem


# ---------------------------------------------------------------- settings

def _checked_domain(domain):
    domain = (compat.text(domain) or "").strip()
    if not domain or any(mark in domain for mark in "/@?#\\ \t\r\n"):
        raise SettingsError("The farm's domain is a host such as task.renderbus.com or "
                            "127.0.0.1:8900, without https:// and without a path.", setting="domain")
    return domain


def _checked_protocol(protocol):
    protocol = (compat.text(protocol) or "").lower()
    if protocol not in ("http", "https"):
        raise SettingsError("The protocol is https or http, not \"%s\"." % protocol, setting="protocol")
    return protocol


def _checked_ca_bundle(path):
    for source, value in (("ca_bundle", compat.text(path)),
                          ("RAYVISION_CA_BUNDLE", compat.environ("RAYVISION_CA_BUNDLE")),
                          ("REQUESTS_CA_BUNDLE", compat.environ("REQUESTS_CA_BUNDLE")),
                          ("CURL_CA_BUNDLE", compat.environ("CURL_CA_BUNDLE"))):
        if value:
            if not os.path.exists(compat.fs(value)):
                raise SettingsError("%s names %s, which does not exist." % (source, value),
                                    setting="ca_bundle" if source == "ca_bundle" else None)
            return value
    return None


def _checked_header(name, value):
    value = compat.text(value)
    if not value or any(not "\x20" < mark < "\x7f" for mark in value):
        raise SettingsError("%s is empty or has characters that no farm gives out: "
                            "copy it again, without spaces." % name, setting=name)
    return value


def _is_loopback(domain):
    host = domain.rsplit("]", 1)[0].strip("[") if "[" in domain else domain.rsplit(":", 1)[0]
    return host in ("localhost", "::1") or host.startswith("127.")
