"""The calls of S3 that are needed here, one method each."""
from __future__ import absolute_import, division, print_function, unicode_literals

import calendar
import functools
import time
from collections import namedtuple

from six.moves.urllib.parse import quote, unquote_plus

from ... import compat, paths
from ...errors import Incomplete, StorageBusy, StorageError
from . import answers, faults
from .connection import Closed, NetworkError, read_number

#: S3 takes no longer key, in bytes of UTF-8.
MOST_KEY = 1024

#: What S3 wants as itself; ``~`` is not in 2.7's own list.
_SAFE = b"-_.~"
_SAFE_KEY = b"-_.~/"

#: A store that joins 10 000 parts may say nothing for minutes.
_COMPLETE_S = 300.0

#: How long a request may stand still.
STALL_S = 30.0

#: An object in a listing. ``at`` is when it was stored, in nanoseconds, or None.
Entry = namedtuple("Entry", "key size etag at")

#: ``feed`` sends `length` bytes instead of `body`; ``name`` is for errors.
_Request = namedtuple("_Request", "method key query headers body feed length name stall_s")


def quote_key(key):
    """Return a key as it stands in a request."""
    return compat.text(quote(key.encode("utf-8"), _SAFE_KEY))


def quote_query(pairs):
    """Return a query as it is signed and sent: in order, everything encoded."""
    return "&".join("%s=%s" % (compat.text(quote(name.encode("utf-8"), _SAFE)),
                               compat.text(quote(value.encode("utf-8"), _SAFE))) for name, value in sorted(pairs))


#: How headers begin that not every store knows.
_CHECKSUMS = "x-amz-checksum-"
_CHECKSUM_MODE = "x-amz-checksum-mode"

#: What some stores call an answer, which is the same but for its name.
_ALSO = {"ListPartsResult": "ListPartsResponse"}


class Calls(object):
    """Requests to one bucket; safe to use from many threads.

    Args:
        place (Place): Where the bucket is.
        signer (Signer): Of the account.
        pool (Pool): Open.
    """

    def __init__(self, place, signer, pool):
        self._place = place
        self._signer = signer
        self._pool = pool
        self._host = ("host", place.authority)
        #: Begins of headers that this store refused: some know no checksums.
        self._unknown = ()

    # -- objects

    def put(self, key, headers, body=b"", feed=None, length=None, query="", name=""):
        """Store an object, or a part; return the answer's headers.

        Args:
            key (str): In the bucket.
            headers (list of tuple): To be signed: checksums, metadata.
            body (bytes): All of it.
            feed (callable, optional): Sends `length` bytes instead, given the `Connection`.
            length (int, optional): Of what `feed` sends.
            query (str): Of a part.
            name (str): For errors.
        """
        length = len(body) if feed is None else length
        return self._call(_Request("PUT", key, query, headers, body, feed, length, name, None))

    def head(self, key, name=""):
        """Return the headers of an object, or None where there is none."""
        return self._call(_Request("HEAD", key, "", [("x-amz-checksum-mode", "ENABLED")], b"", None, 0, name, None),
                          is_missing_fine=True)

    def get(self, key, headers, take, name=""):
        """Fetch an object, or a range of it.

        Args:
            key (str): In the bucket.
            headers (list of tuple): To be signed: ``range``, ``if-match``.
            take (callable): Given the `Answer` (200 or 206), reads its whole body.
            name (str): For errors.
        """
        self._call(_Request("GET", key, "", headers, b"", None, 0, name, None), take)

    def delete(self, key, name=""):
        """Remove an object of ours; one that is not there is fine."""
        self._call(_Request("DELETE", key, "", [], b"", None, 0, name, None), is_missing_fine=True)

    def list(self, prefix, most=None, patiently=None):
        """Yield pages of the objects whose keys begin with a prefix.

        Args:
            prefix (str): Of keys.
            most (int, optional): Pages to ask for at most.
            patiently (callable, optional): Calls what it is given, again where that can help.

        Yields:
            tuple: ``(entries, is_last)``; a list of `Entry`.
        """
        token, pages = None, 0
        while most is None or pages < most:
            query = [("list-type", "2"), ("prefix", prefix), ("encoding-type", "url"), ("max-keys", "1000")]
            if token:
                query.append(("continuation-token", token))
            ask = functools.partial(self._ask, "ListBucketResult", "GET", "", query)
            top = patiently(ask) if patiently else ask()
            pages += 1
            entries = [Entry(self._decoded(top, node.get("Key")), self._number(node.get("Size")),
                             node.get("ETag").strip('"'), _read_ns(node.get("LastModified")))
                       for node in top.all("Contents")]
            following = top.get("NextContinuationToken")
            is_last = top.get("IsTruncated").lower() != "true"
            if not is_last and (not following or following == token):
                raise StorageError("The storage %s gave a listing that does not go on. It was not used: the storage "
                                   "may be damaged, or not speak S3." % self._place.shown)
            token = following
            yield entries, is_last
            if is_last:
                return

    # -- objects in parts

    def begin(self, key, headers, name=""):
        """Begin a multipart upload; return its id."""
        upload = self._ask("InitiateMultipartUploadResult", "POST", key, [("uploads", "")], headers,
                           name=name).get("UploadId")
        if not upload:
            raise StorageBusy("%s: the storage %s began an upload without naming it." % (name, self._place.shown))
        return upload

    def put_part(self, key, upload, number, headers, body=b"", feed=None, length=None, name=""):
        """Store one part; return the answer's headers."""
        query = quote_query([("partNumber", "%d" % number), ("uploadId", upload)])
        return self.put(key, headers, body, feed, length, query, name)

    def parts(self, key, upload, name=""):
        """Return ``{number: [(size, etag), ...]}``: a part that was sent twice may be listed twice."""
        found, marker = {}, "0"
        while True:
            query = [("uploadId", upload), ("max-parts", "1000"), ("part-number-marker", marker)]
            top = self._ask("ListPartsResult", "GET", key, query, name=name)
            for node in top.all("Part"):
                found.setdefault(self._number(node.get("PartNumber")), []).append(
                    (self._number(node.get("Size")), node.get("ETag").strip('"')))
            following = top.get("NextPartNumberMarker")
            if top.get("IsTruncated").lower() != "true" or not following or following == marker:
                return found
            marker = following

    def uploads(self, prefix):
        """Return ``(key, upload, epoch seconds)`` of the unfinished uploads below a prefix."""
        found, marks = [], []
        while True:
            query = [("uploads", ""), ("prefix", prefix), ("encoding-type", "url"), ("max-uploads", "1000")]
            top = self._ask("ListMultipartUploadsResult", "GET", "", query + marks, name="")
            found.extend((self._decoded(top, node.get("Key")), node.get("UploadId"), _read_moment(
                node.get("Initiated"))) for node in top.all("Upload"))
            following = [("key-marker", self._decoded(top, top.get("NextKeyMarker"))),
                         ("upload-id-marker", top.get("NextUploadIdMarker"))]
            if top.get("IsTruncated").lower() != "true" or not following[0][1] or following == marks:
                return found
            marks = following

    def complete(self, key, upload, parts, name=""):
        """Join the parts to the object; return its ETag.

        Args:
            parts (list of tuple): ``(number, etag, CRC-32 as a header writes it)`` in order.
        """
        part = "<Part><PartNumber>%d</PartNumber><ETag>&quot;%s&quot;</ETag><ChecksumCRC32>%s</ChecksumCRC32></Part>"
        if _CHECKSUMS in self._unknown:
            part = "<Part><PartNumber>%d</PartNumber><ETag>&quot;%s&quot;</ETag></Part>"
            parts = [one[:2] for one in parts]
        body = "<CompleteMultipartUpload>%s</CompleteMultipartUpload>" % "".join(part % one for one in parts)
        top = self._ask("CompleteMultipartUploadResult", "POST", key, [("uploadId", upload)],
                        [("content-type", "application/xml")], body.encode("ascii"), name=name, stall_s=_COMPLETE_S)
        return top.get("ETag").strip('"')

    def abort(self, key, upload, name=""):
        """End a multipart upload and drop its parts; one that is not there is fine."""
        try:
            self._call(_Request("DELETE", key, quote_query([("uploadId", upload)]), [], b"", None, 0, name, None),
                       is_missing_fine=True)
        except faults.NoSuchUpload:
            pass

    # -- one request

    def _ask(self, wanted, method, key, query, headers=(), body=b"", name="", stall_s=None):
        """Return the XML that answers a request, whose top element is `wanted`. An error may come with 200, too."""
        request = _Request(method, key, quote_query(query), headers, body, None, len(body), name, stall_s)
        kept = []
        self._call(request, lambda answer: kept.append(answer.read(answers.MOST_BYTES)))
        try:
            top = answers.parse(kept[0])
        except answers.BadAnswer as error:
            raise StorageError("%s gave an answer that is not S3's: %s. Correct the storage's endpoint."
                               % (self._place.shown, error), retryable=error.is_damaged)
        if top.name == "Error":
            code, message = faults.read_refusal(kept[0])
            raise faults.make_fault(200, {}, code, message, name, self._place.shown)
        if top.name not in (wanted, _ALSO.get(wanted)):
            # Taken for a listing, another server's page would be an empty one.
            raise StorageError("%s gave an answer that is not S3's: no %s. Correct the storage's endpoint."
                               % (self._place.shown, wanted))
        return top

    def _call(self, request, take=None, is_missing_fine=False):
        """Send a request and read its answer; return its headers, or None where nothing is there and that is fine.

        Raises:
            SyncError: What the store or the network refused.
        """
        is_careful = request.feed is not None or request.method == "POST"
        try:
            try:
                return self._exchange(request, take, is_missing_fine, False, is_careful)
            except NetworkError as error:
                if not error.is_stale or is_careful:
                    raise
            return self._exchange(request, take, is_missing_fine, True, is_careful)
        except NetworkError as error:
            # What ended this connection has often ended those at rest, too: each would cost an attempt.
            self._pool.drop_idle()
            if error.is_away:
                raise StorageBusy("The storage %s cannot be reached (%s). Check its endpoint and the network, and that "
                                  "it runs." % (self._place.shown, error))
            raise StorageBusy("%s gave no answer: %s. If this goes on, check its endpoint and the network, and that it "
                              "runs." % (faults.about(request.name, self._place.shown), error))

    def _exchange(self, request, take, is_missing_fine, is_new, is_careful):
        connection = self._pool.take(is_new, is_careful)
        is_kept = False
        request = request._replace(headers=[line for line in request.headers if not line[0].startswith(self._unknown)])
        try:
            skew_s = self._signer.skew_s
            answer = self._send(connection, request)
            headers = answer.headers
            if answer.status // 100 == 2:
                if take is None:
                    answer.read(faults.MOST_BYTES)
                else:
                    take(answer)
            elif answer.status == 404 and is_missing_fine:
                answer.read(faults.MOST_BYTES)
                headers = None
            else:
                self._refuse(answer, request, skew_s)
            is_kept = answer.is_kept and answer.headers.get("connection", "").lower() != "close"
            return headers
        finally:
            if is_kept:
                self._pool.give(connection)
            else:
                connection.close()

    def _send(self, connection, request):
        connection.stall_s = request.stall_s or STALL_S
        head = self._head(request)
        try:
            connection.ask(head, request.body, request.feed)
        except Closed:
            # Who refuses a body early closes at once: what it said may lie there.
            try:
                answer = connection.answer(request.method)
            except NetworkError:
                answer = None
            if answer is None or answer.status < 300:
                raise
            answer.headers["connection"] = "close"
            return answer
        return connection.answer(request.method)

    def _head(self, request):
        method = request.method
        path = self._place.base + quote_key(request.key) if request.key else self._place.base
        lines = self._signer.headers(method, path, request.query, [self._host] + request.headers)
        dialler = self._pool.dialler
        if dialler.target:
            lines += "".join("%s: %s\r\n" % line for line in dialler.login)
        if method in ("PUT", "POST"):
            lines += "content-length: %d\r\n" % request.length
        return ("%s %s%s%s HTTP/1.1\r\n%s\r\n" % (
            method, dialler.target, path, "?" + request.query if request.query else "", lines)).encode("ascii")

    def _refuse(self, answer, request, skew_s):
        try:
            body = answer.read(faults.MOST_BYTES)
        except NetworkError:
            body = b""
        answer.headers["connection"] = "close"
        code, message = faults.read_refusal(body)
        if faults.is_skew(answer.status, code, answer.headers, skew_s):
            self._signer.skew_s = faults.skew_of(answer.headers)
            raise faults.WrongClock("This computer's clock and the one of the storage %s differ by %d minutes. "
                                    "Set the clock." % (self._place.shown, abs(self._signer.skew_s) // 60))
        self._doubt_headers(request, answer.status, message)
        raise faults.make_fault(answer.status, answer.headers, code, message, request.name, self._place.shown)

    def _doubt_headers(self, request, status, message):
        """Do without the headers of checksums where they are what a store refuses; MD5 and ETag are left then.

        Args:
            request (_Request): As it was sent: another thread may have learned meanwhile what is refused.
            status (int): Of the answer.
            message (str): Of the answer.

        Raises:
            Incomplete: The request is to be sent again.
        """
        # Backblaze B2: 400, "Unsupported header 'x-amz-checksum-crc32' received"; Cloudflare R2: 501, "Header
        # 'x-amz-checksum-algorithm' with value 'CRC32' not implemented". A refused HEAD has no text.
        start = _CHECKSUM_MODE if request.method == "HEAD" else _CHECKSUMS
        if status not in (400, 501) or not any(line[0].startswith(start) for line in request.headers):
            return
        if request.method == "HEAD" or _CHECKSUMS in message.lower():
            if start not in self._unknown:
                self._unknown += (start,)
            raise Incomplete("%s: the storage %s takes no checksum." % (request.name, self._place.shown))

    @staticmethod
    def _number(value):
        number = read_number(value.strip())
        if number is None:
            raise StorageError("The storage gave %s for a number: it does not speak S3." % paths.quoted(value[:40]))
        return number

    @staticmethod
    def _decoded(top, value):
        if top.get("EncodingType").lower() != "url":
            return value
        return compat.text(unquote_plus(compat.like(value, str())))


def _read_moment(value):
    """Return the epoch seconds of "2026-11-28T04:05:08.000Z", or None."""
    try:
        return calendar.timegm(time.strptime(value[:19], str("%Y-%m-%dT%H:%M:%S")))
    except ValueError:
        return None


def _read_ns(value):
    """Return the epoch nanoseconds of such a moment, or None."""
    seconds = _read_moment(value)
    digits = value[20:].rstrip("Z") if value[19:20] == "." else ""
    fraction = read_number(digits[:9].ljust(9, "0")) or 0
    return None if seconds is None else seconds * 1000000000 + fraction
