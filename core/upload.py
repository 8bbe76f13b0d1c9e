"""The documented upload calls."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging

from . import manifest
from .errors import Cancelled, SourceMissing
from .model import Problem, add_reports, empty_report
from .session import Session

log = logging.getLogger(__name__)


class RayvisionUpload(object):
    """Upload configuration files and assets. The calls block; in a DCC, use the panel.

    Args:
        api (RayvisionAPI): Of this package, or the vendor's.
        logger (logging.Logger, optional): Hears what is not uploaded and why.
        settings (Settings, optional): By default the user's.
        listener (callable, optional): Hears `model.Event`s, in the calling thread.
        cancel (Cancel, optional): Ends a call early: it raises `errors.Cancelled`.

    Attributes:
        report (model.Report): Details of the last call: sent, skipped, missing,
            failed (counts), problems (with reasons), bytes, seconds.

    The other arguments of the vendor's class are accepted.
    """

    def __init__(self, api, db_config_path=None, transports_json="", transmitter_exe="", automatic_line=True,
                 internet_provider="", logger=None, log_folder=None, log_name=None, log_level="DEBUG",
                 settings=None, listener=None, cancel=None):
        self.api = api
        self.logger = logger or log
        self.report = empty_report()
        self._session = Session(api, settings, cancel, listener)

    def upload(self, task_id, task_json_path=None, tips_json_path=None, asset_json_path=None,
               upload_json_path=None, max_speed=None, is_db=True):
        """Upload a task's configuration, then the assets that upload.json lists.

        Args:
            task_id (str or int): Number of the task.
            task_json_path, tips_json_path, asset_json_path, upload_json_path (str, optional): The files.
            max_speed (str or int, optional): KB/s for all threads together; by default unlimited.
            is_db (bool): Whether the record of earlier uploads is used.

        Returns:
            bool: True if everything is on the farm.

        Raises:
            SyncError: Nothing could begin: a broken upload.json, a farm that refuses.
            Cancelled: `report` tells what was done.
        """
        if upload_json_path:
            manifest.count(upload_json_path)  # A broken list ends it here, before anything is sent.
        files = [path for path in (task_json_path, tips_json_path, asset_json_path, upload_json_path) if path]
        if not self.upload_config(task_id, files, max_speed):
            return False
        if not upload_json_path:
            return True
        config = self.report
        try:
            self.upload_asset(upload_json_path, max_speed, is_db)
        finally:
            self.report = add_reports(config, self.report)
        return self.report.ok

    def upload_config(self, task_id, config_file_list, max_speed=None):
        """Upload configuration files of a task.

        Args:
            task_id (str or int): Number of the task.
            config_file_list (list of str or str): Paths; if one is missing, none is sent.
            max_speed (str or int, optional): KB/s.

        Returns:
            bool: True if all are on the farm.
        """
        try:
            return self._run(self._session.upload_config, task_id, config_file_list, max_speed)
        except SourceMissing as error:
            problem = Problem("missing", "", "", error.message)
            return self._ended(empty_report()._replace(missing=1, problems=(problem,)))

    def upload_asset(self, upload_json_path, max_speed=None, is_db=True):
        """Upload the assets that one upload.json lists.

        Args:
            upload_json_path (str): Path.
            max_speed (str or int, optional): KB/s for all threads together; by default unlimited.
            is_db (bool): Whether the record of earlier uploads is used.

        Returns:
            bool: True if all are on the farm; details are on `report`.

        Raises:
            ManifestError: The file cannot be read; nothing was sent.
        """
        return self._run(self._session.upload, [upload_json_path], max_speed, is_db)

    def multi_thread_upload(self, upload_pool, thread_num=10, max_speed=None, is_db=True):
        """Upload the assets of several upload.json files with one set of threads.

        Args:
            upload_pool (list or tuple of str): Paths, e.g. from `cutting_upload`.
            thread_num (int): Threads over all files together.
            max_speed (str or int, optional): KB/s for all threads together.
            is_db (bool): Whether the record of earlier uploads is used.

        Returns:
            bool: True if all are on the farm. A file that cannot be read fails; the others are sent.
        """
        return self._run(self._session.upload, upload_pool, max_speed, is_db, thread_num)

    def thread_pool_upload(self, upload_pool, pool_size=10, max_speed=None, is_db=True):
        """Upload as `multi_thread_upload` does, with ``pool_size`` threads."""
        return self.multi_thread_upload(upload_pool, pool_size, max_speed, is_db)

    def _run(self, call, *values):
        self.report = empty_report()
        try:
            return self._ended(call(*values))
        except Cancelled as error:
            self.report = error.report or empty_report()
            raise

    def _ended(self, report):
        self.report = report
        for problem in report.problems:
            self.logger.error("%s", problem.reason)
        return report.ok
