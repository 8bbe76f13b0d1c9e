"""What the documented classes share: an account, a session, a log, and the report of the last call."""
from __future__ import absolute_import, division, print_function, unicode_literals

from . import logs, wishes
from .model import empty_report
from .session import Session


class Door(object):
    """Base of `RayvisionUpload` and `RayvisionDownload`. Their calls block; in a DCC, use the panel.

    Args:
        api (RayvisionAPI): Of this package, or the vendor's.
        logger (logging.Logger, optional): Hears what did not come through, and why.
        log_folder (str, optional): Without a `logger`: write this package's log into a file there.
        log_name (str, optional): Name of that file, "rayvision_sync.log" if not given.
        log_level (str): Its level.
        settings (Settings, optional): By default the user's.
        listener (callable, optional): Hears `model.Event`s, in the calling thread.
        cancel (Cancel, optional): Ends a call early: it raises `errors.Cancelled`.

    Attributes:
        report (model.Report): Details of the last call: sent, skipped, missing,
            failed (counts), problems (with reasons), bytes, seconds.

    ``transports_json``, ``transmitter_exe``, ``automatic_line``, ``internet_provider`` and ``log_folder`` are for a
    farm whose files only its own transfer program reaches, and so are ``engine_type``, ``server_ip``, ``server_port``
    and ``network_mode`` of the calls. What belongs to an engine that is not supported (``proxy_ip``, ``redis_flag``,
    ...) raises a `SettingsError` that names what to do instead. The vendor's other arguments are accepted.

    Raises:
        SettingsError: There can be no such log file.
    """

    def __init__(self, api, transports_json="", transmitter_exe="", automatic_line=True, internet_provider="",
                 logger=None, log_folder=None, log_name=None, log_level="DEBUG",
                 settings=None, listener=None, cancel=None, db_config_path=None):
        self.api = api
        self.logger = logs.logger_for(type(self).__module__, logger, log_folder, log_name, log_level)
        self.report = empty_report()
        self._session = Session(api, settings, cancel, listener)
        self._wishes = wishes.of_class(transports_json, transmitter_exe, automatic_line, internet_provider, log_folder)

    def _wish(self, *values):
        """Take what one call wants of the farm's own program: see `wishes.of_call`."""
        self._session.wishes = wishes.of_call(self._wishes, *values)

    def _ended(self, report):
        """Keep a report, log what came of it, and return whether everything came through."""
        self.report = report
        for problem in report.problems:
            self.logger.error("%s", problem.reason)
        self.logger.info("%d sent or fetched, %d skipped, %d missing, %d failed",
                         report.sent, report.skipped, report.missing, report.failed)
        return report.ok
