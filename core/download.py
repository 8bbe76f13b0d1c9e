"""The documented download calls."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import os
import sys

from . import compat, outputs, tasks
from .errors import DownloadFailed, SettingsError
from .model import Problem, empty_report
from .session import Session
from .watch import Options, Watch, parse_poll

log = logging.getLogger(__name__)


class RayvisionDownload(object):
    """Download rendered frames. The calls block; in a DCC, use the panel.

    Args:
        api (RayvisionAPI): Of this package, or the vendor's.
        logger (logging.Logger, optional): Hears what did not land and why.
        settings (Settings, optional): By default the user's.
        listener (callable, optional): Hears `model.Event`s, in the calling thread.
        cancel (Cancel, optional): Ends a call early: it raises `errors.Cancelled`.

    Attributes:
        report (model.Report): Details of the last call.

    The other arguments of the vendor's class are accepted.
    """

    def __init__(self, api, db_config_path=None, transports_json="", transmitter_exe="", automatic_line=True,
                 internet_provider="", logger=None, log_folder=None, log_name=None, log_level="DEBUG",
                 settings=None, listener=None, cancel=None):
        self.api = api
        self.logger = logger or log
        self.report = empty_report()
        self._session = Session(api, settings, cancel, listener)

    def auto_download(self, task_id_list=None, max_speed=None, print_log=False, sleep_time=10,
                      download_filename_format="true", local_path=None, is_test_stop=False):
        """Fetch every frame as soon as it is rendered, until all tasks have ended.

        Args:
            task_id_list (list of int): Numbers of tasks; the list is not changed.
            max_speed (str or int, optional): KB/s for all threads together; by default unlimited.
            print_log (bool): Write a line for every frame to the standard output.
            sleep_time (int): Seconds between two looks at the farm.
            download_filename_format (str): "true" keeps the folder ``<task id>_<scene>``, "false" drops it.
            local_path (str, optional): Download folder; by default ``renderfarm_sdk``
                below USERPROFILE (Windows) or HOME.
            is_test_stop (bool): Finished test frames are an end, too.

        Returns:
            bool: True if every frame is here; details are on `report`.

        Raises:
            DownloadFailed: The farm does not know a task; the others were followed to their end.
        """
        return self._watch(task_id_list, max_speed, print_log, sleep_time, download_filename_format, local_path,
                           is_test_stop, only_ended=False)

    def auto_download_after_task_completed(self, task_id_list=None, max_speed=None, print_log=True, sleep_time=10,
                                           download_filename_format="true", local_path=None, is_test_stop=False):
        """Fetch a task's frames when all of them are rendered. Arguments as for `auto_download`."""
        return self._watch(task_id_list, max_speed, print_log, sleep_time, download_filename_format, local_path,
                           is_test_stop, only_ended=True)

    def download(self, task_id_list=None, max_speed=None, print_log=True, download_filename_format="true",
                 local_path=None, server_path=None):
        """Fetch what is on the output storage now.

        Args:
            task_id_list (list of int, optional): Numbers of tasks.
            max_speed (str or int, optional): KB/s for all threads together; by default unlimited.
            print_log (bool): Write a line for every frame to the standard output.
            download_filename_format (str): "true" keeps the folder ``<task id>_<scene>``, "false" drops it.
            local_path (str, optional): As for `auto_download`.
            server_path (str or list of str, optional): Folders of the output storage, e.g.
                "18164087_test/l_layer"; they win over the tasks.

        Returns:
            bool: True if everything is here.

        Raises:
            SettingsError: Neither tasks nor a path.
            DownloadFailed: The farm does not know a task.
        """
        folder, keep = self._folder(local_path), outputs.keeps_task_folder(download_filename_format)
        names = _names(server_path)
        if not names and not task_id_list:
            raise SettingsError("There is nothing to download: give task_id_list or server_path.")
        if names:
            def wanted(engine):
                return outputs.of_paths(engine, names, folder, keep)
        else:
            states = self._states(task_id_list)

            def wanted(engine):
                return outputs.of_tasks(engine, states, folder, keep)
        with _Printed(self._session, print_log):
            report = self._session.download(wanted, max_speed)
        if names and not report.sent + report.skipped + report.failed:
            reason = "There is nothing under %s on the output storage." % ", ".join(names)
            report = report._replace(failed=1, problems=(Problem("missing", names[0], "", reason),))
        return self._ended(report)

    def _states(self, task_ids):
        found = tasks.read_tasks(self.api, list(task_ids))
        lost = [compat.text(task_id) for task_id in task_ids if found[task_id] is None]
        if lost:
            raise DownloadFailed("The farm does not know task %s: check the number, or whether it was deleted. "
                                 "Nothing was downloaded." % ", ".join(lost))
        return list(found.values())

    def _watch(self, task_ids, max_speed, print_log, sleep_time, style, local_path, stop_after_test, only_ended):
        options = Options(self._folder(local_path), outputs.keeps_task_folder(style), parse_poll(sleep_time),
                          max_speed, only_ended, stop_after_test)
        watch = Watch(self._session, task_ids or (), options)
        with _Printed(self._session, print_log):
            try:
                return self._ended(watch.run())
            except DownloadFailed as error:
                self.report = error.report
                raise

    def _folder(self, local_path):
        folder = compat.text(local_path) or self._session.settings.get("local_path") or outputs.default_folder()
        return os.path.abspath(folder)

    def _ended(self, report):
        self.report = report
        for problem in report.problems:
            self.logger.error("%s", problem.reason)
        return report.ok


def _names(server_path):
    if not server_path:
        return []
    if isinstance(server_path, (bytes, compat.text_type)):
        server_path = [server_path]
    return [compat.text(name) for name in server_path]


class _Printed(object):
    """While open, what a session tells its listener is also written to the standard output."""

    def __init__(self, session, wanted):
        self._session = session
        self._wanted = wanted
        self._listener = session.listener

    def __enter__(self):
        if self._wanted:
            self._session.listener = self._hear

    def __exit__(self, *_):
        self._session.listener = self._listener

    def _hear(self, event):
        line = None
        if event.kind == "done":
            line = "%s (%d bytes)" % (event.item.target, event.item.size)
        elif event.kind in ("failed", "note", "kept") and event.note:
            line = compat.text(event.note)
        if line is not None:
            sys.stdout.write(line + "\n" if not isinstance(line, bytes) else line)
            sys.stdout.flush()
        if self._listener:
            self._listener(event)
