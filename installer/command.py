"""The command line of install.py."""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import sys

from . import actions, system
from .errors import SetupFailed

def read_options(description, arguments):
    """Return the parsed command line.

    Args:
        description (str): For --help.
        arguments (list of str): Without the program.
    """
    parser = argparse.ArgumentParser(prog=str("install.py"), description=description,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hosts", nargs="*", metavar="HOST", help="maya, houdini, max; by default all that are found")
    hosts = parser.add_argument_group("hosts")
    hosts.add_argument("--version", action="append", default=[], metavar="V",
                       help="only this version, 2024 or 20.5, also where it is not found; may be given again")
    hosts.add_argument("--site", metavar="DIR", help="install for all who read this folder, a share")
    hosts.add_argument("--prefs", metavar="DIR", help="the host's folder of preferences, where it is not the usual one")
    hosts.add_argument("--list", action="store_true", help="show what is found and what is installed")
    hosts.add_argument("--dry-run", action="store_true", help="show what would be written, and write nothing")
    hosts.add_argument("--uninstall", action="store_true", help="remove what was installed")
    hosts.add_argument("--bundle", metavar="FILE.zip", help="install from a bundle, without a network")
    hosts.add_argument("--make-bundle", metavar="FILE.zip", help="write a bundle for machines without a network")
    hosts.add_argument("--transmitter", metavar="PATH",
                       help="take Renderbus's transfer program from its SDK, desktop client or wheel; "
                            "pypi: let pip fetch the wheel")
    demo = parser.add_argument_group("demo")
    demo.add_argument("--demo", action="store_true", help="run the main job on this machine")
    demo.add_argument("--panel", action="store_true", help="with --demo: open the panel on it")
    demo.add_argument("--s3", action="store_true", help="with --demo: keep the farm's files in an S3 store, which is "
                      "fetched once, started and ended")
    demo.add_argument("--fresh", action="store_true", help="with --panel: forget what it did the last time")
    demo.add_argument("--root", default="demo", metavar="DIR", help="the demo's folder (default: %(default)s)")
    demo.add_argument("--frames", default="1-12", help="frames to render (default: %(default)s)")
    demo.add_argument("--project", metavar="FOLDER", help="a project of your own instead of the sample")
    demo.add_argument("--scene", metavar="FILE", help="of that project, where it is not found by itself")
    options = parser.parse_args(arguments)
    options.hosts = [system.text(name).lower() for name in options.hosts]
    options.version = [system.text(version) for version in options.version]
    for name in ("site", "prefs", "bundle", "make_bundle", "transmitter"):
        setattr(options, name, system.text(getattr(options, name)))
    _check(parser, options)
    return options


def _check(parser, options):
    options.hosts = ["max" if name in ("3dsmax", "3ds-max") else name for name in options.hosts]
    strangers = [name for name in options.hosts if name not in actions.HOSTS]
    if strangers:
        parser.error(str("%s is no host: choose among %s" % (strangers[0], ", ".join(actions.HOSTS))))
    if options.panel and not options.demo:
        parser.error("--panel goes with --demo")
    if options.s3 and not options.demo:
        parser.error("--s3 goes with --demo")
    if options.transmitter and (options.hosts or options.site or options.bundle):
        parser.error("--transmitter stands alone: it is for this user, whatever hosts there are")
    if options.version and not options.hosts:
        parser.error("--version needs the host that it is of: install.py maya --version 2024")
    if options.prefs and (len(options.hosts) != 1 or options.site):
        parser.error("--prefs is the folder of one host, which has to be named, and has no meaning with --site")
    unclear = [version for version in options.version if not any(
        actions.is_version(name, version) for name in options.hosts)]
    if unclear:
        parser.error(str("%s is no version of %s: they look like 2024 (Maya, 3ds Max) or 20.5 (Houdini)"
                         % (unclear[0], " or ".join(options.hosts))))


#: Option -> what it does; the first one that is given is done, else hosts are installed.
ACTIONS = (("list", actions.show), ("uninstall", actions.uninstall), ("make_bundle", actions.make_bundle),
           ("transmitter", actions.take_transmitter))


def main(description, oldest, arguments=None):
    """Run the command line; returns the exit code.

    Args:
        description (str): For --help.
        oldest (tuple): Version of Python that the demo needs.
        arguments (list of str, optional): Without the program.
    """
    options = read_options(description, arguments)
    try:
        if options.demo:
            if sys.version_info < oldest:
                say("install.py --demo needs Python %d.%d or newer, and this is %d.%d. Run it as: "
                    "python3 install.py --demo" % (oldest + sys.version_info[:2]))
                return 2
            from . import demo  # Not above: what it needs is not there on 2.7.
            return demo.run(options)
        action = next((action for name, action in ACTIONS if getattr(options, name)), actions.install)
        return action(options, say)
    except SetupFailed as error:
        say("%s" % error, sys.stderr)
        return 1
    except KeyboardInterrupt:
        said = "Stopped: nothing runs on. The same command goes on with what was prepared."
        say(said if options.demo else "Stopped.", sys.stderr)
        return 130


def say(line, stream=None):
    """Print a line, whatever the terminal can show."""
    stream = sys.stdout if stream is None else stream
    if stream is None:  # Nobody looks.
        return
    encoding = getattr(stream, "encoding", None) or "utf-8"
    shown = line.encode(encoding, "replace")
    try:
        print(shown if system.PY2 else shown.decode(encoding), file=stream)
        if hasattr(stream, "flush"):  # The windows of DCCs have none.
            stream.flush()
    except (IOError, ValueError):
        pass  # Nobody reads any more (| head): what was begun goes on.
