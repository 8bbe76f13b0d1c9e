"""What a person writes for a storage, and what an engine needs of it: "s3://bucket/shots", a URL, or a folder."""
from __future__ import absolute_import, division, print_function, unicode_literals

from six.moves.urllib.parse import unquote, urlsplit

from .. import compat
from ..errors import SettingsError

_NAME = "s3://"


def of_name(text, endpoint=None, region=None, environ=compat.environ):
    """Return the setting ``storage`` that keeps everything in one place.

    Args:
        text (str): "s3://bucket/prefix", or a folder.
        endpoint (str, optional): Address of the S3 server; by default what AWS_ENDPOINT_URL_S3 or
            AWS_ENDPOINT_URL name, else Amazon's.
        region (str, optional): Of the bucket.
        environ (callable): Variable -> text or None.

    Returns:
        dict: ``{"engine": "s3", "input": {...}, "output": {...}, "config": {...}}``, without keys.

    Raises:
        SettingsError: It names no storage.
    """
    text = compat.text(text).strip()
    if not text.lower().startswith(_NAME):
        if "://" in text or not text:
            raise SettingsError("That is no storage: give s3://bucket/prefix, or a folder")
        if endpoint or region:
            raise SettingsError("A folder has no endpoint and no region: for a bucket, write s3://bucket/prefix")
        return _everywhere("folder", {"root": compat.absolute(text)})
    bucket, _, prefix = text[len(_NAME):].partition("/")
    if not bucket or "@" in bucket or ":" in bucket:
        raise SettingsError("That is no bucket: give s3://bucket/prefix. The keys are read from AWS_ACCESS_KEY_ID and "
                            "AWS_SECRET_ACCESS_KEY, or from ~/.aws/credentials")
    options = {"bucket": bucket, "prefix": prefix.strip("/"), "region": region,
               "endpoint": endpoint or environ("AWS_ENDPOINT_URL_S3") or environ("AWS_ENDPOINT_URL")}
    return _everywhere("s3", dict((name, value) for name, value in options.items() if value))


def _everywhere(engine, options):
    return {"engine": engine, "input": options, "output": options, "config": options}


def of_url(url):
    """Return the options of a bucket that a URL names.

    Args:
        url (str): "http://127.0.0.1:8333/bucket/prefix".

    Returns:
        dict: ``endpoint``, ``bucket`` and ``prefix``.

    Raises:
        SettingsError: It is no such URL. What it holds is not repeated: it may be a key.
    """
    try:
        parts = urlsplit(compat.text(url).strip())
        host, is_bare = parts.hostname, parts.username is None and not parts.query and not parts.fragment
    except ValueError:
        host = is_bare = None
    bucket, _, prefix = unquote(parts.path if host else "").strip("/").partition("/")
    if not host or not is_bare or parts.scheme.lower() not in ("http", "https") or not bucket:
        raise SettingsError("That is no bucket: give http://127.0.0.1:8333/bucket/prefix. The keys are read from "
                            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from ~/.aws/credentials")
    return {"endpoint": "%s://%s" % (parts.scheme.lower(), parts.netloc), "bucket": bucket,
            "prefix": prefix.strip("/")}
