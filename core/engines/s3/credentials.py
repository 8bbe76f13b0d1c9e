"""The keys to a bucket: from the storage's options, the AWS variables or the shared credentials file."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
from collections import namedtuple

from ... import compat
from ...errors import SettingsError

_ENVIRONMENT = "the environment"


class Credentials(namedtuple("Credentials", "access_key secret_key token")):
    """An access key, its secret, and a session token or None. What is shown of it holds no secret."""

    __slots__ = ()

    def __repr__(self):
        return str("<Credentials>")


def find_credentials(options, environ=compat.environ):
    """Return the `Credentials` for a storage.

    The options win; then come ``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY`` and
    ``AWS_SESSION_TOKEN``; then the profile ``AWS_PROFILE`` of ``~/.aws/credentials`` and
    ``~/.aws/config``, or of the files that ``AWS_SHARED_CREDENTIALS_FILE`` and ``AWS_CONFIG_FILE`` name.

    Args:
        options (dict): Of the storage.
        environ (callable): Variable -> text or None.

    Raises:
        SettingsError: There are none, or half of them.
    """
    access_key, secret_key = _option(options, "access_key"), _option(options, "secret_key")
    if access_key or secret_key:
        return _pair(access_key, secret_key, _option(options, "session_token"), "the storage's options")
    access_key, secret_key = environ("AWS_ACCESS_KEY_ID"), environ("AWS_SECRET_ACCESS_KEY")
    if access_key or secret_key:
        return _pair(access_key, secret_key, environ("AWS_SESSION_TOKEN"), _ENVIRONMENT)
    profile = read_profile(environ)
    access_key, secret_key = profile.get("aws_access_key_id"), profile.get("aws_secret_access_key")
    if access_key or secret_key:
        return _pair(access_key, secret_key, profile.get("aws_session_token"),
                     "the profile \"%s\"" % _profile_name(environ))
    raise SettingsError("There are no keys to the s3 storage: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
                        "write them to the profile \"%s\" of ~/.aws/credentials." % _profile_name(environ))


def find_region(environ=compat.environ):
    """Return the region that the environment or the profile names, or None."""
    return environ("AWS_REGION") or environ("AWS_DEFAULT_REGION") or read_profile(environ).get("region")


def _option(options, name):
    value = options.get(name)
    return compat.text(value).strip() if isinstance(value, (bytes, compat.text_type)) else None


def _pair(access_key, secret_key, token, where):
    if not access_key or not secret_key:
        what, variable = ("access key", "AWS_ACCESS_KEY_ID") if not access_key else (
            "secret key", "AWS_SECRET_ACCESS_KEY")
        raise SettingsError("The keys to the s3 storage are incomplete in %s: the %s is missing%s. Give both." % (
            where, what, " (%s)" % variable if where == _ENVIRONMENT else ""))
    for value in (access_key, secret_key, token or ""):
        if any(not "!" <= letter <= "~" for letter in value):
            raise SettingsError("The keys to the s3 storage in %s hold a blank or a letter that no key has: "
                                "copy them again." % where)
    return Credentials(access_key, secret_key, token or None)


def _profile_name(environ):
    return environ("AWS_PROFILE") or environ("AWS_DEFAULT_PROFILE") or "default"


def read_profile(environ=compat.environ):
    """Return the values of the profile in use, of both shared files; those of the credentials file win."""
    name = _profile_name(environ)
    home = compat.from_fs(os.path.expanduser(str("~")))
    config = environ("AWS_CONFIG_FILE") or os.path.join(home, ".aws", "config")
    shared = environ("AWS_SHARED_CREDENTIALS_FILE") or os.path.join(home, ".aws", "credentials")
    values = dict(_section(config, "profile " + name) or _section(config, name))
    values.update(_section(shared, name))
    return values


def _section(path, wanted):
    """Return the ``name = value`` lines of one section of an INI file; nothing where there is none."""
    try:
        with io.open(compat.fs(compat.from_fs(os.path.expanduser(compat.fs(path)))), encoding="utf-8-sig",
                     errors="replace") as lines:
            return _values(lines, wanted)
    except (IOError, OSError):
        return {}


def _values(lines, wanted):
    values, is_wanted = {}, False
    for line in lines:
        line = line.rstrip()
        if line.startswith("["):
            is_wanted = " ".join(line.partition("]")[0][1:].replace("\"", " ").split()) == wanted
        elif is_wanted and line[:1] not in ("", "#", ";", " ", "\t") and "=" in line:
            name, _, value = line.partition("=")
            values[name.strip().lower()] = value.strip()
    return values
