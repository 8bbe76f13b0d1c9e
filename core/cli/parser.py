"""The options of every command, checked before anything begins."""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse

from .. import __version__
from ..errors import SettingsError, SyncError

PROG = "python -m rayvision_sync"

#: What is done to transfers that have to be named.
_STEERING = ("pause", "resume", "cancel", "retry", "remove")

#: What can be done with transfers.
ACTIONS = ("list", "follow") + _STEERING + ("clean",)

_ACCOUNT = """\
By default from the environment (RAYVISION_API_ACCESS_ID, RAYVISION_API_KEY,
RAYVISION_DOMAIN, RAYVISION_PLATFORM, RAYVISION_PROTOCOL) or the settings file.
A key among the options is visible to other users of this machine for a moment."""

_STORAGE = """\
Instead of an account and a farm. The keys to a bucket are read from AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or from the shared credentials file."""


class UsageError(SyncError):
    """The command line cannot be read."""


class _Parser(argparse.ArgumentParser):
    """Raises a sentence instead of ending the process with a page of usage."""

    given = ()

    def error(self, message):
        """Raise a `UsageError`."""
        # What follows a name may be a key.
        for argument in self.given:
            name, sign, value = argument.partition("=")
            if sign and value and argument.startswith("-"):
                message = message.replace(argument, name)
        if message.startswith("unrecognized arguments: "):
            names = [word for word in message.split()[2:] if word.startswith("-")]
            message = "unknown option%s %s" % ("s" if len(names) > 1 else "", ", ".join(names)) if names else (
                "there are more arguments than it takes")
        raise UsageError("%s: %s. Help: %s --help" % (self.prog, message.rstrip("."), self.prog))


def parse(arguments):
    """Read the command line.

    Args:
        arguments (list of str): Without the program's name.

    Returns:
        Namespace: With ``command`` and its options, all of them checked.

    Raises:
        UsageError: Wrong usage, in one sentence.
        SystemExit: --help or --version was asked for and printed.
    """
    _Parser.given = tuple(arguments)
    parser = _make()
    options = parser.parse_args(arguments)
    if not options.command:
        parser.error("name a command, e.g. upload")
    own = options.parser
    for name, check in sorted(_CHECKS.items()):
        value = getattr(options, name, None)
        if value is not None and not isinstance(value, bool):
            try:
                setattr(options, name, check(value))
            except SettingsError as error:
                is_option = "--" + name.replace("_", "-") in own.format_usage()
                own.error("%s: %s" % ("--" + name.replace("_", "-") if is_option else name.upper(), error.message))
    wrong = next((sentence for is_wrong, sentence in _TOGETHER.get(options.command, ()) if is_wrong(options)), None)
    if wrong:
        own.error(wrong)
    return options


# ---------------------------------------------------------------- checks

def _whole(least, most, what):
    def check(value):
        try:
            number = int(value)
        except ValueError:
            number = least - 1
        if not least <= number <= most:
            raise SettingsError("%s is a whole number from %d to %d, not \"%s\"" % (what, least, most, value))
        return number
    return check


def _seconds(value):
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 86400:
        raise SettingsError("that is a number of seconds, not \"%s\"" % value)
    return number


def _threads(value):
    from ..tuner import parse_threads
    parse_threads(value)
    return value


def _speed(value):
    from ..throttle import parse_speed
    parse_speed(value)
    return value


def _frames(value):
    from ..task_config import parse_frames
    parse_frames(value)
    return value


def _task_ids(value):
    several = isinstance(value, list)
    numbers = [_whole(1, 10 ** 15, "a task's number")(number) for number in (value if several else [value])]
    return numbers if several else numbers[0]


def _bucket(value):
    from ..engines.addresses import of_url
    try:
        of_url(value)
    except SettingsError as error:
        raise SettingsError(error.message[0].lower() + error.message[1:])
    return value


def _job_ids(value):
    return [_whole(1, 10 ** 15, "a transfer's number")(number) for number in value]


def _place(value):
    from ..engines.addresses import of_name
    of_name(value)  # Empty, it would be the farm's storage: the variable of a shell that was not set.
    return value


_CHECKS = {
    "assets": _whole(1, 10 ** 9, "the number of assets in a part"), "port": _whole(0, 65535, "a port"),
    "width": _whole(1, 100000, "the width"), "height": _whole(1, 100000, "the height"),
    "interval": _seconds, "frame_seconds": _seconds, "threads": _threads, "max_speed": _speed, "frames": _frames,
    "task_id": _task_ids, "job_id": _job_ids, "until_idle": _seconds, "s3": _bucket, "storage": _place,
    "cache_gb": _whole(1, 10 ** 6, "the size of the cache"),
}

_NO_FARM = (
    (lambda options: not options.storage and (options.endpoint or options.region),
     "--endpoint and --region go with --storage s3://bucket/prefix"),
    (lambda options: options.storage and (options.farm or options.access_id or options.access_key or options.domain),
     "--storage is a storage without a farm: leave out --farm and the account"),
    (lambda options: options.storage and getattr(options, "task_id", None),
     "tasks are a farm's: with --storage, name folders with --server-path"),
)

#: Command -> what its options must not be together, and what is said then.
_TOGETHER = {
    "upload": _NO_FARM, "verify": _NO_FARM,
    "submit": (
        (lambda options: not (options.manifest or options.path),
         "name the scene's files: --manifest upload.json, or their folders"),
        (lambda options: options.manifest and options.path, "give either --manifest or paths, not both")),
    "download": _NO_FARM + (
        (lambda options: not (options.task_id or options.server_path), "name tasks, or paths with --server-path"),),
    "watch": _NO_FARM + (
        (lambda options: options.storage and not options.server_path,
         "name a folder of the storage with --server-path; / is all of it"),
        (lambda options: not options.storage and not options.task_id, "name tasks"),
        (lambda options: not options.storage and (options.server_path or options.until_idle is not None),
         "--server-path and --until-idle go with --storage; tasks end by themselves"),
        (lambda options: options.storage and options.after_completed, "--after-completed is for tasks")),
    "farm": ((lambda options: options.cache_gb and not options.s3, "--cache-gb goes with --s3"),),
    "jobs": ((lambda options: options.action in _STEERING and not (options.job_id or options.all),
              "name a transfer by its number (jobs list shows them), or --all"),),
}


# ---------------------------------------------------------------- options

def _make():
    parser = _Parser(prog=PROG, formatter_class=argparse.RawDescriptionHelpFormatter,
                     description="Cut, upload, submit and auto-download for render farms.",
                     epilog="Each command has its own help: %s upload --help" % PROG)
    parser.add_argument("--version", action="version", version="rayvision_sync %s" % __version__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, summary, example, groups in _COMMANDS:
        own = commands.add_parser(name, help=summary, formatter_class=argparse.RawDescriptionHelpFormatter,
                                  description=summary[0].upper() + summary[1:] + ".",
                                  epilog="Example:\n  %s %s" % (PROG, example))
        own.set_defaults(parser=own, settings=None)
        for group in groups:
            group(own)
    parser.set_defaults(command=None)
    return parser


def _shown(parser):
    group = parser.add_argument_group("output")
    group.add_argument("--json", action="store_true", help="one JSON object a line, the last one is the report")
    group.add_argument("--quiet", action="store_true", help="show only what is wrong")


def _account(parser):
    group = parser.add_argument_group("account and farm", _ACCOUNT)
    group.add_argument("--farm", metavar="DIR", help="the local farm that runs in this folder")
    group.add_argument("--access-id", metavar="ID", help="public half of the account's key")
    group.add_argument("--access-key", metavar="KEY", help="secret half")
    group.add_argument("--domain", metavar="HOST", help="host of the farm, e.g. task.renderbus.com")
    group.add_argument("--platform", metavar="N", help="number of the farm's zone")
    group.add_argument("--protocol", choices=("https", "http"), help="http for a farm on this machine")
    group.add_argument("--settings", metavar="FILE", help="settings file to use instead of the user's")


def _store(parser):
    group = parser.add_argument_group("a storage without a farm", _STORAGE)
    group.add_argument("--storage", metavar="NAME", help="s3://bucket/prefix, or a folder")
    group.add_argument("--endpoint", metavar="URL", help="the S3 server, e.g. http://127.0.0.1:8333 "
                       "(default: AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, else Amazon's)")
    group.add_argument("--region", metavar="R", help="of the bucket (default: AWS_REGION, AWS_DEFAULT_REGION, "
                       "the profile's, else us-east-1)")


def _transfer(parser):
    group = parser.add_argument_group("transfer")
    group.add_argument("--threads", metavar="N", help="files at a time, or auto (the default)")
    group.add_argument("--max-speed", metavar="KB", help="limit in KB/s for all threads together; 0 is none")


def _record(parser):
    parser.add_argument("--no-record", action="store_true",
                        help="neither use nor write the record of what was sent: the storage is asked about each file")


def _landing(parser):
    parser.add_argument("--local-path", metavar="DIR", help="where files land (default: renderfarm_sdk in the home)")
    parser.add_argument("--flat", action="store_true", help="without the folder that is named after the task")


def _watching(parser):
    parser.add_argument("--interval", metavar="S", help="seconds between two looks at the farm "
                        "(default: 10, and 1 for a farm on this machine)")


def _manifest(parser):
    parser.add_argument("path", nargs="+", metavar="PATH", help="a file, or a folder with all that is in it")
    parser.add_argument("-o", "--output", default="upload.json", metavar="FILE", help="default: %(default)s")
    parser.add_argument("--exclude", action="append", default=[], metavar="PATH",
                        help="a file or folder to leave out; may be repeated")
    _links(parser)


def _links(parser):
    parser.add_argument("--follow-links", action="store_true", help="list what is in folders that links lead to, too")


def _cut(parser):
    parser.add_argument("path", metavar="MANIFEST", help="an upload.json")
    parser.add_argument("--assets", required=True, metavar="N", help="assets in each part")
    parser.add_argument("-o", "--output", metavar="DIR", help="folder for the parts (default: the manifest's)")


def _manifests(parser):
    parser.add_argument("manifest", nargs="+", metavar="MANIFEST", help="an upload.json, or parts of one")


def _config(parser):
    parser.add_argument("task_id", metavar="TASK_ID")
    parser.add_argument("path", nargs="+", metavar="FILE", help="task.json, tips.json, asset.json, upload.json")


def _submit(parser):
    parser.add_argument("path", nargs="*", metavar="PATH", help="files and folders that the scene needs")
    parser.add_argument("--scene", required=True, metavar="FILE")
    parser.add_argument("--frames", required=True, metavar="RANGE", help="e.g. 1-12, 1001-1120[2] or 1,3,5-9")
    parser.add_argument("--manifest", action="append", metavar="FILE",
                        help="an upload.json instead of PATHs; may be repeated")
    _links(parser)
    parser.add_argument("--layer", action="append", default=[], metavar="NAME", help="a render layer; may be repeated")
    parser.add_argument("--width", metavar="N", help="pixels")
    parser.add_argument("--height", metavar="N", help="pixels")
    parser.add_argument("--name", default="", metavar="PROJECT", help="project that the farm shows the task under")
    parser.add_argument("--prefix", default="", metavar="NAME", help="beginning of the frames' names")
    parser.add_argument("--software", choices=("maya", "max", "houdini", "blender"),
                        help="where the scene's ending does not tell")
    parser.add_argument("--software-version", default="", metavar="V", help="e.g. 2022")
    parser.add_argument("--task-id", metavar="N",
                        help="submit this task, which an earlier try created, instead of a new one")
    parser.add_argument("--send-anyway", action="store_true", help="submit even though some assets are missing")
    parser.add_argument("--watch", "--wait", action="store_true", dest="watch",
                        help="follow the task, and fetch each frame as soon as it is rendered")


def _download(parser):
    parser.add_argument("task_id", nargs="*", metavar="TASK_ID")
    parser.add_argument("--server-path", action="append", metavar="PATH",
                        help="a folder or file of the output storage; may be repeated")


def _watch(parser):
    parser.add_argument("task_id", nargs="*", metavar="TASK_ID")
    parser.add_argument("--server-path", action="append", metavar="PATH",
                        help="with --storage: a folder of it, or / for all; may be repeated")
    parser.add_argument("--until-idle", metavar="S",
                        help="with --storage: end when nothing new has come for so many seconds (default: Ctrl-C)")
    parser.add_argument("--after-completed", action="store_true", help="fetch nothing before a task has ended")


def _tasks(parser):
    parser.add_argument("task_id", nargs="*", metavar="TASK_ID", help="by default the newest tasks")


def _farm(parser):
    parser.add_argument("--root", required=True, metavar="DIR", help="the farm's folder, made if missing")
    parser.add_argument("--port", default="0", metavar="P", help="default: the last one, or a free one")
    parser.add_argument("--access-id", metavar="ID", help="default: kept in DIR/farm.json, random at first")
    parser.add_argument("--access-key", metavar="KEY", help="visible to other users of this machine for a moment; "
                        "with --access-id alone it is read from RAYVISION_API_KEY")
    parser.add_argument("--render", metavar="CMD", help="command that renders a frame, e.g. "
                        "\"blender -b {scene} -o {output} -f {frame}\" (default: built-in test pictures)")
    parser.add_argument("--s3", metavar="URL", help="keep the files in a bucket, e.g. "
                        "http://127.0.0.1:8333/bucket/prefix, with the keys of AWS_ACCESS_KEY_ID and "
                        "AWS_SECRET_ACCESS_KEY or of ~/.aws/credentials (default: the bucket that it had last, "
                        "else folders in DIR)")
    parser.add_argument("--cache-gb", metavar="N", help="with --s3: how much of the inputs is kept on this disk "
                        "for the renderer (default: 50)")
    parser.add_argument("--frame-seconds", default="0", metavar="S", help="a frame takes at least as long")


def _verify(parser):
    parser.add_argument("--quick", action="store_true", help="compare sizes and times only, not every byte")
    parser.add_argument("--fix", action="store_true",
                        help="correct the record, so that the next upload sends what is wrong")
    parser.add_argument("--clean", action="store_true",
                        help="end large uploads that broke off and were not gone on with for a day")


def _jobs(parser):
    parser.add_argument("action", nargs="?", default="list", choices=ACTIONS, metavar="ACTION",
                        help="one of %s (default: list)" % ", ".join(ACTIONS))
    parser.add_argument("job_id", nargs="*", metavar="JOB", help="numbers of transfers, as listed")
    parser.add_argument("--all", action="store_true", help="instead of numbers")
    parser.add_argument("--settings", metavar="FILE", help="settings file to use instead of the user's")


def _demo(parser):
    parser.add_argument("--root", default="demo", metavar="DIR", help="the demo's folder (default: %(default)s)")
    parser.add_argument("--frames", default="1-12", metavar="RANGE", help="default: %(default)s")
    parser.add_argument("--project", metavar="FOLDER", help="a project of your own instead of the sample; "
                        "nothing but its folder images is written to")
    parser.add_argument("--scene", metavar="FILE", help="of that project, where it is not found by itself")
    parser.add_argument("--s3", action="store_true", help="keep the farm's files in a store that speaks S3: SeaweedFS, "
                        "which the demo starts and ends")
    parser.add_argument("--weed", metavar="FILE", help="SeaweedFS's program, where it is not found by itself")
    parser.add_argument("--keep-farm", action="store_true", help="keep the farm running at the end, until Ctrl-C")
    parser.add_argument("--panel", action="store_true", help="open the panel on that farm, the scene chosen; "
                        "what it did the last time is shown again")
    parser.add_argument("--fresh", action="store_true", help="with --panel: forget what it did the last time")


_COMMANDS = (
    ("manifest", "list files and folders in an upload.json",
     "manifest D:/show/city --exclude D:/show/city/images -o upload.json", (_manifest, _shown)),
    ("cut", "cut an upload.json into parts", "cut upload.json --assets 800 -o parts", (_cut, _shown)),
    ("upload", "send the assets of upload.json files, those that the farm does not have yet",
     "upload upload.json --max-speed 20480", (_manifests, _record, _transfer, _account, _store, _shown)),
    ("config", "send the configuration files of a task", "config 18164087 task.json upload.json",
     (_config, _transfer, _account, _shown)),
    ("submit", "create a task, send its configuration and assets, and submit it",
     "submit --scene city.ma --frames 1001-1120 --manifest upload.json --watch --local-path images",
     (_submit, _landing, _watching, _record, _transfer, _account, _shown)),
    ("download", "fetch the files that tasks have put out so far", "download 18164087 --local-path images",
     (_download, _landing, _transfer, _account, _store, _shown)),
    ("watch", "fetch every frame as soon as it is rendered, until the tasks have ended",
     "watch 18164087 18164093 --local-path images", (_watch, _landing, _watching, _transfer, _account, _store, _shown)),
    ("tasks", "list tasks and how far they are", "tasks", (_tasks, _account, _shown)),
    ("verify", "compare upload.json files, sources, record and storage", "verify upload.json --quick",
     (_manifests, _verify, _account, _store, _shown)),
    ("jobs", "list, follow and steer the transfers that run by themselves", "jobs pause 12", (_jobs, _shown)),
    ("panel", "show the panel: submit, transfers, frames, settings", "panel", ()),
    ("farm", "run a farm on this machine, until Ctrl-C", "farm --root farm", (_farm, _shown)),
    ("demo", "show the whole main job on this machine", "demo --frames 1-12", (_demo,)),
)
