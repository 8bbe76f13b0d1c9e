"""A bare S3 client for the tests: what ours stored is looked at with other eyes."""
from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import hmac
import time
import xml.etree.ElementTree
from collections import namedtuple

from six.moves import http_client
from six.moves.urllib.parse import quote

from support_tree import native, text

#: ``headers`` with names in small letters.
Answer = namedtuple("Answer", "status headers body")

_SAFE = native("-_.~")


def _quoted(value, safe=""):
    return text(quote(native(value), _SAFE + native(safe)))


def _hash(block):
    return text(hashlib.sha256(block).hexdigest())


class Client(object):
    """Signs by SigV4, path style, one connection. For one thread.

    Args:
        port (int): On 127.0.0.1.
        bucket (str): Of the objects.
        prefix (str): Before every key: "" or "space1/".
        access_key (str), secret_key (str), region (str): To sign with.
        timeout (float): Seconds.
    """

    def __init__(self, port, bucket, prefix, access_key, secret_key, region, timeout=60):
        self._host = "127.0.0.1:%d" % port
        self._bucket = bucket
        self._prefix = prefix
        self._keys = (access_key, secret_key, region)
        self._connection = http_client.HTTPConnection(native("127.0.0.1"), port, timeout=timeout)

    def close(self):
        """End the connection."""
        self._connection.close()

    def request(self, method, key, query=(), body=b"", headers=()):
        """Send one request.

        Args:
            method (str): E.g. "PUT".
            key (str): Without the prefix; "" is the bucket itself.
            query (tuple of tuple): Pairs of text.
            body (bytes): To send.
            headers (tuple of tuple): More headers, which are not signed.

        Returns:
            Answer: Whatever came.
        """
        path = "/" + _quoted(self._bucket + ("/" + self._prefix + key if key else ""), "/")
        query = "&".join(sorted("%s=%s" % (_quoted(name), _quoted(value)) for name, value in query))
        signed = self._sign(method, path, query, body)
        signed.update(headers)
        try:
            self._connection.request(native(method), native(path + ("?" + query if query else "")), body,
                                     {native(name): native(value) for name, value in signed.items()})
            answer = self._connection.getresponse()
            return Answer(answer.status, {text(name).lower(): text(value) for name, value in answer.getheaders()},
                          answer.read())
        except http_client.HTTPException as error:
            self._connection.close()
            raise IOError("%s %s: %r" % (method, path, error))
        except (IOError, OSError):
            self._connection.close()
            raise

    def _sign(self, method, path, query, body):
        access_key, secret_key, region = self._keys
        now = text(time.strftime(native("%Y%m%dT%H%M%SZ"), time.gmtime()))
        headers = {"host": self._host, "x-amz-content-sha256": _hash(body), "x-amz-date": now}
        names = ";".join(sorted(headers))
        canonical = "\n".join([method, path, query] + ["%s:%s" % pair for pair in sorted(headers.items())]
                              + ["", names, headers["x-amz-content-sha256"]])
        scope = "%s/%s/s3/aws4_request" % (now[:8], region)
        key = ("AWS4" + secret_key).encode("utf-8")
        for part in scope.split("/"):
            key = hmac.new(key, part.encode("utf-8"), hashlib.sha256).digest()
        what = "AWS4-HMAC-SHA256\n%s\n%s\n%s" % (now, scope, _hash(canonical.encode("utf-8")))
        signature = text(hmac.new(key, what.encode("utf-8"), hashlib.sha256).hexdigest())
        headers["authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
            access_key, scope, names, signature)
        return headers

    def put(self, key, body):
        """Store an object."""
        answer = self.request("PUT", key, body=body)
        assert answer.status == 200, answer

    def get(self, key):
        """Return an object's bytes, None where there is none."""
        answer = self.request("GET", key)
        assert answer.status in (200, 404), answer
        return answer.body if answer.status == 200 else None

    def keys(self):
        """Return the keys of all objects, without the prefix, in order."""
        found, token = [], None
        while True:
            query = (("list-type", "2"), ("prefix", self._prefix)) + ((("continuation-token", token),) if token else ())
            tree = self._tree(query)
            found += [_text(one, "Key")[len(self._prefix):] for one in _all(tree, "Contents")]
            token = _text(tree, "NextContinuationToken")
            if _text(tree, "IsTruncated") != "true":
                return sorted(found)

    def objects(self):
        """Return ``{key: bytes}`` of all objects."""
        return {key: self.get(key) for key in self.keys()}

    def uploads(self):
        """Return ``(key, upload id)`` of every multipart upload that is open."""
        tree = self._tree((("uploads", ""), ("prefix", self._prefix)))
        return [(_text(one, "Key")[len(self._prefix):], _text(one, "UploadId")) for one in _all(tree, "Upload")]

    def _tree(self, query):
        answer = self.request("GET", "", query)
        assert answer.status == 200, answer
        return xml.etree.ElementTree.fromstring(answer.body)


def _all(tree, name):
    return [one for one in tree.iter() if one.tag.rpartition("}")[2] == name]


def _text(tree, name):
    return next((text(one.text or "") for one in tree if one.tag.rpartition("}")[2] == name), "")
