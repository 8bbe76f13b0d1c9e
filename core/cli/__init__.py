"""The command line: ``python -m rayvision_sync COMMAND``."""
from __future__ import absolute_import, division, print_function, unicode_literals

import sys

from . import run, secret
from .out import Out
from .parser import UsageError, parse


def main(arguments=None):
    """Run a command.

    Args:
        arguments (list of str, optional): By default the process's.

    Returns:
        int: 0 for full success, 1 for anything missing, failed or wrong, 2 for wrong usage, 130 if it was ended.
    """
    secrets = []
    out, err = Out(sys.stdout, secrets), Out(sys.stderr, secrets)
    arguments = secret.arguments(sys.argv[1:] if arguments is None else arguments)
    if arguments[:1] == ["job"]:  # What a panel starts; no person types it.
        from ..jobs import runner
        return runner.main(arguments[1:])
    try:
        options = parse(arguments)
    except UsageError as error:
        err.write(error.message + "\n")
        return 2
    except SystemExit:  # From --help and --version: argparse has written them.
        return 0
    secrets.extend(secret.take(options))
    return run.command(options, out, err, secrets)
