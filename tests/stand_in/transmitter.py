"""A stand-in for the vendor's transfer program, as strict as it is: another argument is an error.

    python transmitter.py CONFIG -E aspera -H 127.0.0.1 ...

CONFIG is JSON: ``root`` (a folder, the storage; or ``storages``: number -> folder), ``runs`` (a folder that gets every
run's arguments), and what goes wrong: ``fail``, ``interrupt`` (file's name -> [code, text]), ``silent`` (names never
spoken of),
``hang_at``, ``crash_at`` (number of a file), ``hung`` (a file for the number of lines said before a hang),
``stubborn`` (SIGTERM is ignored), ``orphan`` (a file for the number
of a child that stays), ``stuck`` (it says for ever that it
stands still), ``chatter`` (unknown lines first), ``exit``, ``lies`` (failed files, but success),
``bad_runs`` (so many runs go wrong, then none), ``quick`` (no bytes are moved), ``cut`` (names of files of which
half comes, and which are said to be done).
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import shutil
import signal
import subprocess
import sys

NEEDED = "-E -H -P -S -U -T -L".split()
KNOWN = NEEDED + "-R -r -K -s -C -p".split()
KINDS = ("upload_json", "upload_list", "upload_path", "download_list", "download_path")


def text(value):
    """Return an argument as text."""
    return value.decode("utf-8") if isinstance(value, bytes) else value


def native(path):
    """Return a path as this Python's system calls take it."""
    return path.encode("utf-8") if sys.version_info[0] == 2 else path


said = []


def say(line):
    """Print a line as the program does: flushed, an empty one before it."""
    said.append(line)
    os.write(1, ("\n%s\n" % line).encode("utf-8"))


def usage(reason):
    """Refuse the arguments."""
    say("Allowed options: (%s)" % reason)
    sys.exit(255)


def read(arguments):
    """Return the options, or refuse them."""
    options = {"-R": "/", "-r": "2", "-K": "false", "-s": "2000", "-p": "0"}
    names, values = arguments[0::2], arguments[1::2]
    if len(arguments) % 2 or len(set(names)) != len(names) or set(names) - set(KNOWN):
        usage("unknown, repeated or without a value: %s" % arguments)
    options.update(zip(names, values))
    checks = ((not set(NEEDED) - set(options), "-E -H -P -S -U -T -L are needed"),
              (all(values), "an empty value"),
              (options.get("-E") in ("aspera", "raysync"), "-E"),
              (options.get("-T") in KINDS, "-T"),
              (options.get("-L", "").startswith("/"), "-L is not absolute"),
              (options["-K"] in ("true", "false"), "-K"),
              (options["-p"] in ("0", "1", "2"), "-p"),
              (all(options.get(name, "").isdigit() for name in ("-P", "-S", "-U", "-r", "-s")), "not a number"))
    for is_good, reason in checks:
        if not is_good:
            usage(reason)
    if int(options["-s"]) > 1048576 or (options["-T"].startswith("download") and not options["-R"].strip("/")):
        usage("-s or -R")
    if os.environ.get("LC_ALL") != "C.UTF-8" or "LD_LIBRARY_PATH" in os.environ or "PYTHONPATH" in os.environ:
        os.abort()
    return options


class StandIn(object):
    """One run."""

    def __init__(self, config, options):
        self.config = config
        self.options = options
        self.word = options["-T"].partition("_")[0]
        storages = config.get("storages")
        if storages is not None and options["-S"] not in storages:
            usage("no such storage")
        self.root = storages[options["-S"]] if storages else os.path.join(config["root"], options["-S"], options["-U"])
        self.number = self.count_run()
        self.is_bad = self.number <= config.get("bad_runs", 1 << 30)
        self.sent = self.failed = self.interrupted = self.missing = 0

    def count_run(self):
        """Leave the arguments for the test; return which run this is."""
        kept, number = dict(self.options), 0
        listed = {"upload_json": "-L", "download_list": "-R"}.get(self.options["-T"])
        if listed and os.path.isfile(native(self.options[listed])):
            with io.open(native(self.options[listed]), "rb") as source:
                kept["list"] = source.read().decode("utf-8", "replace") if not self.config.get("quick") else ""
        while True:
            number += 1
            if self.leave(os.path.join(self.config["runs"], "%d.json" % number), json.dumps(kept)):
                return number

    def leave(self, path, content):
        """Leave a file that is whole as soon as it is there; tell whether there was none."""
        whole = os.path.join(os.path.dirname(self.config["runs"]), "%d.part" % os.getpid())
        with io.open(native(whole), "wb") as target:
            target.write(content.encode("utf-8"))
        try:
            os.link(native(whole), native(path))
            return True
        except OSError:
            return False
        finally:
            os.remove(native(whole))

    def wrong(self, name, default=None):
        """Return what goes wrong, in a run in which it may."""
        return self.config.get(name, default) if self.is_bad else default

    def pairs(self):
        """Yield (from, to) for every file of the order."""
        kind, local, remote = self.options["-T"], self.options["-L"], self.options["-R"]
        stored = os.path.join(self.root, remote.strip("/"))
        if kind == "upload_json":
            with io.open(native(local), encoding="utf-8") as source:
                try:
                    assets = json.load(source)["asset"]
                except ValueError:
                    usage("bad JSON")
            return [(asset["local"], os.path.join(self.root, asset["server"].strip("/"))) for asset in assets]
        if kind == "upload_path":
            return tree(local, stored)
        if kind == "download_path":
            keeps = self.options["-K"] == "true" or not os.path.isdir(native(stored))
            return tree(stored, os.path.join(local, os.path.basename(stored)) if keeps else local)
        if kind == "download_list":
            if not os.path.isfile(native(remote)):
                say("open remote-path-list (%s) failed" % remote)
                sys.exit(255)
            with io.open(native(remote), encoding="utf-8", newline="\n") as source:
                names = source.read().splitlines()
            return [(os.path.join(self.root, name.strip("/")), os.path.join(local, name.rpartition("/")[2]))
                    for name in names]
        usage("lists are not taken here")

    def run(self):
        """Move everything; return the exit code."""
        signal.signal(signal.SIGALRM, lambda *_: None)
        if self.wrong("stubborn"):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if self.wrong("orphan"):
            child = subprocess.Popen([sys.executable, "-E", "-S", "-c", "import signal; signal.pause()"])
            with io.open(native(self.config["orphan"]), "ab") as pids:
                pids.write(("%d\n" % child.pid).encode("ascii"))
        while self.wrong("stuck"):
            say("%s speed: 0.00 KB/S, progress: 0.25%% file progress (/a)" % self.word)
            signal.setitimer(signal.ITIMER_REAL, 0.02)
            signal.pause()
        for line in self.wrong("chatter", []):
            say(line)
        for index, (source, target) in enumerate(self.pairs()):
            if self.wrong("hang_at") == index:
                if self.config.get("hung"):
                    self.leave(self.config["hung"], "%d" % len(said))
                while True:
                    signal.pause()
            if self.wrong("crash_at") == index:
                os.kill(os.getpid(), signal.SIGKILL)
            self.move(source, target)
        return self.end()

    def move(self, source, target):
        """Move one file, and say so."""
        name = os.path.basename(source)
        if name in self.wrong("silent", []):
            return
        if not self.config.get("quick") and not os.path.isfile(native(source)):
            self.missing += 1
            return say("get path (%s) info failed" % source)
        say("%s file begin (%s)" % (self.word, source))
        if name in self.wrong("fail", {}):
            self.failed += 1
            code, words = self.config["fail"][name]
            return say("%s %d: %s file fail (%s), error-" % (self.word, code, words, source))
        if name in self.wrong("interrupt", {}):
            self.interrupted += 1
            code, words = self.config["interrupt"][name]
            return say("%s file interrupt (%s), error-%d: %s" % (self.word, source, code, words))
        say("%s speed: 0.50 KB/S, progress: 50.25%% file progress (%s)" % (self.word, source))
        if not self.config.get("quick"):
            folder = os.path.dirname(target)
            if not os.path.isdir(native(folder)):
                try:
                    os.makedirs(native(folder))
                except OSError:
                    pass  # Another run was first.
            shutil.copyfile(native(source), native(target))
            shutil.copystat(native(source), native(target))
            if name in self.wrong("cut", []):
                with io.open(native(target), "r+b") as half:
                    half.truncate(os.path.getsize(native(target)) // 2)
        self.sent += 1
        say("%s file done (%s)" % (self.word, source))

    def end(self):
        """Say how it went; return the exit code."""
        if self.missing and not self.sent:
            return 255
        troubles = self.failed + self.interrupted + self.missing
        if not troubles or self.wrong("lies"):
            say("%s task success: all files are success" % self.word)
            return self.wrong("exit", 0)
        say("%s task failure: %s" % (self.word, "has recoverable error, need retry" if self.interrupted
                                     else "at least one file is failure"))
        return self.wrong("exit", 1)


def tree(source, target):
    """Return (from, to) of a file, or of everything in a folder."""
    if not os.path.isdir(native(source)):
        return [(source, target)]
    found = []
    for folder, _, names in os.walk(native(source)):
        for name in names:
            path = text(os.path.join(folder, name))
            found.append((path, os.path.join(target, os.path.relpath(path, source))))
    return sorted(found)


def main(arguments):
    """Run the program."""
    with io.open(native(arguments[0]), encoding="utf-8") as source:
        config = json.load(source)
    return StandIn(config, read(arguments[1:])).run()


if __name__ == "__main__":
    sys.exit(main([text(argument) for argument in sys.argv[1:]]))
