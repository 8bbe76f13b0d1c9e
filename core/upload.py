"""The documented upload calls."""
from __future__ import absolute_import, division, print_function, unicode_literals

from . import manifest
from .door import Door
from .errors import SourceMissing, SyncError
from .model import Problem, add_reports, empty_report


class RayvisionUpload(Door):
    """Upload configuration files and assets.

    Args:
        api (RayvisionAPI): Of this package, or the vendor's.
        db_config_path (str, optional): Accepted.
        *options: See `Door`, in its order.
        **named: See `Door`.
    """

    def __init__(self, api, db_config_path=None, *options, **named):
        super(RayvisionUpload, self).__init__(api, *options, db_config_path=db_config_path, **named)

    def upload(self, task_id, task_json_path=None, tips_json_path=None, asset_json_path=None,
               upload_json_path=None, max_speed=None, is_db=True, engine_type="aspera", server_ip=None,
               server_port=None, network_mode=0, **others):
        """Upload a task's configuration, then the assets that upload.json lists.

        Args:
            task_id (str or int): Number of the task.
            task_json_path, tips_json_path, asset_json_path, upload_json_path (str, optional): The files.
            max_speed (str or int, optional): KB/s for all threads together; by default unlimited.
            is_db (bool): Whether the record of earlier uploads is used.
            engine_type, server_ip, server_port, network_mode, **others: See `Door`.

        Returns:
            bool: True if everything is on the farm.

        Raises:
            SyncError: Nothing could begin: a broken upload.json, a farm that refuses.
            Cancelled: `report` tells what was done.
        """
        self._wish(engine_type, server_ip, server_port, network_mode, others)
        if upload_json_path:
            manifest.count(upload_json_path)  # A broken list ends it here, before anything is sent.
        files = [path for path in (task_json_path, tips_json_path, asset_json_path, upload_json_path) if path]
        if not self._send_config(task_id, files, max_speed):
            return False
        if not upload_json_path:
            return True
        config = self.report
        try:
            self._run(self._session.upload, [upload_json_path], max_speed, is_db)
        finally:
            self.report = add_reports(config, self.report)
        return self.report.ok

    def upload_config(self, task_id, config_file_list, max_speed=None, engine_type="aspera", server_ip=None,
                      server_port=None, network_mode=0, **others):
        """Upload configuration files of a task.

        Args:
            task_id (str or int): Number of the task.
            config_file_list (list of str or str): Paths; if one is missing, none is sent.
            max_speed (str or int, optional): KB/s.
            engine_type, server_ip, server_port, network_mode, **others: See `Door`.

        Returns:
            bool: True if all are on the farm.
        """
        self._wish(engine_type, server_ip, server_port, network_mode, others)
        return self._send_config(task_id, config_file_list, max_speed)

    def _send_config(self, task_id, config_file_list, max_speed):
        try:
            return self._run(self._session.upload_config, task_id, config_file_list, max_speed)
        except SourceMissing as error:
            problem = Problem("missing", "", "", error.message)
            return self._ended(empty_report()._replace(missing=1, problems=(problem,)))

    def upload_asset(self, upload_json_path, max_speed=None, is_db=True, engine_type="aspera", server_ip=None,
                     server_port=None, network_mode=0, **others):
        """Upload the assets that one upload.json lists.

        Args:
            upload_json_path (str): Path.
            max_speed (str or int, optional): KB/s for all threads together; by default unlimited.
            is_db (bool): Whether the record of earlier uploads is used.
            engine_type, server_ip, server_port, network_mode, **others: See `Door`.

        Returns:
            bool: True if all are on the farm; details are on `report`.

        Raises:
            ManifestError: The file cannot be read; nothing was sent.
        """
        self._wish(engine_type, server_ip, server_port, network_mode, others)
        return self._run(self._session.upload, [upload_json_path], max_speed, is_db)

    def multi_thread_upload(self, upload_pool, thread_num=10, max_speed=None, is_db=True, engine_type="aspera",
                            server_ip=None, server_port=None, network_mode=0, **others):
        """Upload the assets of several upload.json files with one set of threads.

        Args:
            upload_pool (list or tuple of str): Paths, e.g. from `cutting_upload`.
            thread_num (int): Threads over all files together; of the farm's own program, so many at a time.
            max_speed (str or int, optional): KB/s for all threads together.
            is_db (bool): Whether the record of earlier uploads is used.
            engine_type, server_ip, server_port, network_mode, **others: See `Door`.

        Returns:
            bool: True if all are on the farm. A file that cannot be read fails; the others are sent.
        """
        self._wish(engine_type, server_ip, server_port, network_mode, others)
        return self._run(self._session.upload, upload_pool, max_speed, is_db, thread_num)

    def thread_pool_upload(self, upload_pool, pool_size=10, max_speed=None, is_db=True, **others):
        """Upload as `multi_thread_upload` does, with ``pool_size`` threads."""
        return self.multi_thread_upload(upload_pool, pool_size, max_speed, is_db, **others)

    def _run(self, call, *values):
        self.report = empty_report()
        try:
            return self._ended(call(*values))
        except SyncError as error:
            self.report = error.report or empty_report()
            raise
