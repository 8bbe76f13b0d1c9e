"""Run the command line as people do: a process of its own, watched so that none hangs."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import re
import subprocess
import sys
import threading
from collections import namedtuple

import pytest
from support_farm import write
from support_limits import WAIT_S
from support_tree import native

from rayvision_sync import compat
from rayvision_sync.farm import LocalFarm

ID, KEY = "artist-4711", "s3cr3t-0123456789abcdef"

#: Whatever a terminal would obey.
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX signals and terminals")

#: What a command without a terminal says of its progress every three seconds: lines that a busy machine adds.
_MEANWHILE = re.compile(r"^(?:(?:Listing|Uploading|Fetching|Verifying|Watching|Transfers|Reading .+)  .*"
                        r"|\d  \w+ +\d+ %.*|(?:Making the sample project|Looking|Drawing the contact sheet"
                        r"|Starting SeaweedFS|Connecting to [^/\s]+) \.\.\.)\n", re.MULTILINE)

#: A command that runs longer hangs.
_LIMIT_S = 2 * WAIT_S

#: ``out`` and ``err`` are text, ``code`` the exit code.
Result = namedtuple("Result", "code out err")


def command(arguments, script=None):
    """Return the command line as a list; a `script` is run instead of the package."""
    beginning = [native("-c"), native(script)] if script else [native("-m"), native("rayvision_sync")]
    return [sys.executable] + beginning + [native("%s" % argument) for argument in arguments]


def environment(**more):
    """Return this process's environment, with more in it."""
    environ = dict(os.environ)
    environ.update((native(name), native(value)) for name, value in more.items())
    if os.name != "nt":
        environ.setdefault(native("PYTHONUTF8"), native("1"))
    return environ


def start(*arguments, **options):
    """Start a command; returns the `Popen` with its ``watchdog``."""
    environ = environment(**options.pop("environ", {}))
    pipes = dict({str("stdout"): subprocess.PIPE, str("stderr"): subprocess.PIPE}, **options)
    process = subprocess.Popen(command(arguments, pipes.pop("script", None)), env=environ, **pipes)
    process.watchdog = threading.Timer(_LIMIT_S, process.kill)
    process.watchdog.daemon = True
    process.watchdog.start()
    return process


def finish(process):
    """Wait for a command and return its `Result`, without the lines that come only where it took long."""
    out, err = process.communicate()
    process.watchdog.cancel()
    return Result(process.returncode, _MEANWHILE.sub("", (out or b"").decode("utf-8")), (err or b"").decode("utf-8"))


def run(*arguments, **options):
    """Run a command to its end; no secret of these tests is ever in what it writes."""
    result = finish(start(*arguments, **options))
    assert KEY not in result.out + result.err
    assert "Traceback" not in result.out + result.err
    return result


def stop(process, number):
    """Send a signal; returns the `Result` and the seconds that it took to end."""
    began = compat.monotonic()
    process.send_signal(number)
    result = finish(process)
    return result, compat.monotonic() - began


def until(process, found):
    """Read a process's output up to the first line that holds a text; returns all lines."""
    lines = []
    while not lines or found not in lines[-1]:
        line = process.stdout.readline().decode("utf-8")
        assert line, "it ended before it said %r: %r" % (found, lines)
        lines.append(line)
    return lines


def events(result):
    """Return the objects of ``--json`` output."""
    return [json.loads(line) for line in result.out.splitlines()]


def report(result):
    """Return the last line of ``--json`` output, which is the report."""
    last = events(result)[-1]
    assert list(sorted(last)) == ["bytes", "event", "failed", "missing", "seconds", "sent", "skipped"]
    assert last["event"] == "report"
    return last


def one_line(text):
    """Return the one line that a text is, without its end."""
    assert text.endswith("\n") and text.count("\n") == 1, text
    return text[:-1]


class Place(object):
    """A farm, and what a test needs around it.

    Attributes:
        farm (LocalFarm): Running.
        root (str): Its folder, for ``--farm``.
    """

    def __init__(self, root):
        self.root = root
        self.farm = LocalFarm(root, access_id=ID, access_key=KEY)

    def input(self, local):
        """Return where the farm keeps an uploaded file."""
        return os.path.join(self.farm.input.root, *local.strip("/").split("/"))


def assets(folder, names=("a.tx", "b.tx"), size=1000):
    """Write files and their upload.json; returns its path."""
    pairs = []
    for number, name in enumerate(names):
        path = "%s/%s" % (folder, name)
        write(path, ("%03d" % number).encode("ascii") * (size // 3))
        pairs.append((path, path))
    return manifest(folder, pairs)


def manifest(folder, pairs, name="upload.json"):
    """Write an upload.json of (local, server) pairs; returns its path."""
    path = os.path.join(folder, name)
    content = {"asset": [{"local": local, "server": server} for local, server in pairs]}
    write(path, json.dumps(content).encode("ascii"))
    return path


def folder(tmpdir, name="project"):
    """Return a path below pytest's tmpdir as text, made."""
    path = os.path.join(compat.text(tmpdir.strpath), name)
    compat.make_folder(path)
    return path
