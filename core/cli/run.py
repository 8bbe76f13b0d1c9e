"""Run a command: its session, its signals, its end."""
from __future__ import absolute_import, division, print_function, unicode_literals

import importlib
import logging
import os

from .. import compat, places, settings as settings_module, words
from ..cancel import Cancel
from ..errors import Cancelled, SettingsError, SyncError
from .feed import Feed
from .logfile import close_log, open_log
from .out import OutputClosed
from .screen import Screen
from .signals import Interrupts
from .tally import Tally

log = logging.getLogger(__name__)

#: Command -> the module that has a function of its name; imported when it is asked for.
MODULES = {"manifest": "manifests", "cut": "manifests", "upload": "transfers", "config": "transfers",
           "download": "transfers", "watch": "transfers", "submit": "farming", "tasks": "farming", "farm": "farming",
           "verify": "checking", "jobs": "jobs", "demo": "showing", "panel": "showing"}

_SETTINGS = ("access_id", "access_key", "domain", "platform", "protocol", "threads", "max_speed", "local_path")


#: What goes on where it was when the same command is run again.
_GO_ON = ("upload", "download")


class Run(object):
    """What a command works with.

    Args:
        options (Namespace): From `parser.parse`.
        screen (Screen or Feed): Who is told.
        cancel (Cancel): Ends it.
        secrets (list of str): Texts that are never shown; what the settings hold of them is added.

    Attributes:
        tally (Tally): Counts what the run tells.
        is_lacking (bool): Part of the command had no full success, whatever the last report says.
    """

    def __init__(self, options, screen, cancel, secrets):
        self._secrets = secrets
        self.options = options
        self.screen = screen
        self.cancel = cancel
        self.tally = Tally()
        self.is_lacking = False
        self._settings = self._session = None
        self._is_configuring = False

    @property
    def settings(self):
        """Settings: Options, environment, files."""
        if self._settings is None:
            # Not above: the commands that need no account are there at once.
            from .. import login
            given = dict((name, getattr(self.options, name, None)) for name in _SETTINGS)
            if self.is_farmless:
                self._settings = _with_storage(self.options, given)
            else:
                self._settings = login.settings_for(given, getattr(self.options, "farm", None), self.options.settings)
            self._secrets.extend(settings_module.secrets(self._settings))
        return self._settings

    @property
    def is_farmless(self):
        """bool: The command works on a storage that it names, and there is neither account nor farm."""
        return bool(getattr(self.options, "storage", None))

    def session(self):
        """Log in, once, and return a `Session` whose listener is the screen."""
        if self._session is None:
            self._session = self._connect()
        return self._session

    def _connect(self):
        from .. import login
        from ..session import Session
        if self.is_farmless:
            return Session(None, self.settings, self.cancel, self.hear)
        self.screen.line.show("Connecting to %s ..." % self.settings.get("domain"))
        api = login.connect(self.settings, self.cancel)
        self.screen.line.clear()
        return Session(api, self.settings, self.cancel, self.hear)

    def close(self):
        """Close the connections to the farm: 2.7 may write an error of its own where it is left to do so at its end."""
        if self._session is not None and self._session.api is not None:
            self._session.api.connect.close()

    def hear(self, event):
        """Pass an event on; a new task's configuration is no part of what is counted and shown."""
        if event.kind in ("created", "configured"):
            self._is_configuring = event.kind == "created"
        if self._is_configuring and event.kind not in ("created", "failed", "note"):
            return
        self.tally.hear(event)
        self.screen.hear(event)


def _with_storage(options, given):
    """Return the settings of a command that names its storage itself.

    Raises:
        SettingsError: It is no storage, or the studio has set one for everybody.
    """
    from ..engines import addresses
    try:
        given["storage"] = addresses.of_name(options.storage, options.endpoint, options.region)
    except SettingsError as error:
        raise SettingsError("--storage: %s." % error.message)
    settings = settings_module.load(given, options.settings)
    if settings.is_locked("storage"):
        raise SettingsError("The storage %s cannot be used: your studio has set one for everybody." % options.storage)
    return settings


def command(options, out, err, secrets):
    """Run a command to its end, whatever that is.

    Returns:
        int: Exit code.
    """
    screen = Feed(out) if getattr(options, "json", False) else Screen(out, err, getattr(options, "quiet", False))
    run = Run(options, screen, Cancel(), secrets)
    folder = os.path.join(compat.absolute(options.root), "state", "logs") if options.command == "demo" else (
        places.log_folder())
    handler = open_log(folder, secrets)
    try:
        with Interrupts(run.cancel) as interrupts:
            return _guarded(run, handler, interrupts)
    except OutputClosed:
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        run.close()
        close_log(handler)


def _guarded(run, handler, interrupts):
    """Run the command; every error becomes a sentence and an exit code."""
    screen = run.screen
    try:
        try:
            module = importlib.import_module(str("." + MODULES[run.options.command]), str(__name__.rpartition(".")[0]))
            report = getattr(module, run.options.command)(run)
        finally:
            interrupts.end()
    except (Cancelled, KeyboardInterrupt) as error:
        return _cancelled(run, error)
    except OutputClosed:
        raise
    except SyncError as error:
        if run.cancel.is_cancelled:
            return _cancelled(run, error)  # 2.7: the signal broke a system call off.
        screen.fail(error.message, getattr(error, "report", None) or run.tally.report())
        return 1
    except Exception as error:  # The last door: behind it is only the traceback that no artist should see.
        if run.cancel.is_cancelled:
            return _cancelled(run, error)
        log.exception("The command %s was ended by an error.", run.options.command)
        screen.fail("The command %s met an error that it does not know (%s) and was ended. The details are in %s: "
                    "send that file to whoever supports you." % (
                        run.options.command, type(error).__name__, handler.path), run.tally.report())
        return 1
    if report is None:
        screen.end()
        return 0
    screen.finish(report)
    return 0 if report.ok and not run.is_lacking else 1


def _cancelled(run, error):
    report = getattr(error, "report", None) or run.tally.report()
    if report is not None and run.options.command in _GO_ON:
        waiting = getattr(error, "waiting", 0)
        run.screen.last_word("Run it again to go on%s." % (
            ": %s of unfinished files wait on the storage" % words.size(waiting) if waiting else ""))
    run.screen.cancelled(report)
    return 130
