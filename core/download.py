"""The documented download calls."""
from __future__ import absolute_import, division, print_function, unicode_literals

import sys

import six

from . import compat, outputs, tasks, words
from .door import Door
from .errors import DownloadFailed, SettingsError, SyncError
from .model import empty_report
from .watch import Options, Watch, parse_poll


class RayvisionDownload(Door):
    """Download rendered frames. The constructor is `Door`'s."""

    def auto_download(self, task_id_list=None, max_speed=None, print_log=False, sleep_time=10,
                      download_filename_format="true", local_path=None, engine_type="aspera", server_ip=None,
                      server_port=None, network_mode=0, is_test_stop=False, **others):
        """Fetch every frame as soon as it is rendered, until all tasks have ended.

        Args:
            task_id_list (list of int): Numbers of tasks; the list is not changed.
            max_speed (str or int, optional): KB/s for all threads together; by default unlimited.
            print_log (bool): Write a line for every frame to the standard output.
            sleep_time (int): Seconds between two looks at the farm.
            download_filename_format (str): "true" keeps the folder ``<task id>_<scene>``, "false" drops it.
            local_path (str, optional): Download folder; by default ``renderfarm_sdk``
                below USERPROFILE (Windows) or HOME.
            engine_type, server_ip, server_port, network_mode, **others: See `Door`.
            is_test_stop (bool): Finished test frames are an end, too.

        Returns:
            bool: True if every frame is here; details are on `report`.

        Raises:
            DownloadFailed: The farm does not know a task; the others were followed to their end.
            SettingsError: A value that cannot work; there are no tasks.
            FarmError: The farm refuses the account.
        """
        self._wish(engine_type, server_ip, server_port, network_mode, others)
        return self._watch(task_id_list, max_speed, print_log, sleep_time, download_filename_format, local_path,
                           is_test_stop, only_ended=False)

    def auto_download_after_task_completed(self, task_id_list=None, max_speed=None, print_log=True, sleep_time=10,
                                           download_filename_format="true", local_path=None, engine_type="aspera",
                                           server_ip=None, server_port=None, network_mode=0, is_test_stop=False,
                                           **others):
        """Fetch a task's frames when all of them are rendered. Arguments as for `auto_download`."""
        self._wish(engine_type, server_ip, server_port, network_mode, others)
        return self._watch(task_id_list, max_speed, print_log, sleep_time, download_filename_format, local_path,
                           is_test_stop, only_ended=True)

    def download(self, task_id_list=None, max_speed=None, print_log=True, download_filename_format="true",
                 local_path=None, server_path=None, engine_type="aspera", server_ip=None, server_port=None,
                 network_mode=0, **others):
        """Fetch what is on the output storage now.

        Args:
            task_id_list (list of int, optional): Numbers of tasks.
            max_speed (str or int, optional): KB/s for all threads together; by default unlimited.
            print_log (bool): Write a line for every frame to the standard output.
            download_filename_format (str): "true" keeps the folder ``<task id>_<scene>``, "false" drops it.
            local_path (str, optional): As for `auto_download`.
            server_path (str or list of str, optional): Folders of the output storage, e.g.
                "18164087_test/l_layer"; they win over the tasks.
            engine_type, server_ip, server_port, network_mode, **others: See `Door`.

        Returns:
            bool: True if everything is here.

        Raises:
            SettingsError: Neither tasks nor a path, or no names of any.
            DownloadFailed: The farm does not know a task.
        """
        self._wish(engine_type, server_ip, server_port, network_mode, others)
        folder, keep = self._folder(local_path), outputs.keeps_task_folder(download_filename_format)
        names = outputs.server_names(server_path)
        if not names and task_id_list is None:
            raise SettingsError("There is nothing to download: give task_id_list or server_path.")
        if names:
            def wanted(engine):
                return outputs.of_paths(engine, names, folder, keep)
        else:
            states = self._states(_ids(task_id_list))

            def wanted(engine):
                return outputs.of_tasks(engine, states, folder, keep)
        return self._run(lambda: self._session.download(wanted, max_speed), print_log)

    def _states(self, task_ids):
        found = self._session.ask(lambda: tasks.read_tasks(self.api, task_ids))
        lost = [compat.text(task_id) for task_id in task_ids if found[task_id] is None]
        if lost:
            raise DownloadFailed("The farm does not know task %s: check the number, or whether it was deleted. "
                                 "Nothing was downloaded." % ", ".join(lost))
        return list(found.values())

    def _watch(self, task_ids, max_speed, print_log, sleep_time, style, local_path, stop_after_test, only_ended):
        options = Options(self._folder(local_path), outputs.keeps_task_folder(style), parse_poll(sleep_time),
                          max_speed, only_ended, stop_after_test)
        if task_ids is None:
            raise SettingsError("There is nothing to wait for: give task_id_list.")
        return self._run(Watch(self._session, _ids(task_ids), options).run, print_log)

    def _run(self, call, print_log):
        self.report = empty_report()
        with _Printed(self._session, print_log):
            try:
                report = call()
            except SyncError as error:
                self.report = error.report or self.report
                raise
        return self._ended(report)

    def _folder(self, local_path):
        return outputs.folder_for(local_path, self._session.settings)


def _ids(task_ids):
    """Return a list of its own of whatever holds numbers of tasks, or of the one number that was given."""
    if isinstance(task_ids, six.integer_types + (bytes, compat.text_type)):
        return [task_ids]
    return list(task_ids)


class _Printed(object):
    """While open, what a session tells its listener is also written to the standard output."""

    def __init__(self, session, wanted):
        self._session = session
        self._wanted = wanted
        self._listener = None

    def __enter__(self):
        self._listener = self._session.listener
        if self._wanted:
            self._session.listener = self._hear

    def __exit__(self, *_):
        self._session.listener = self._listener

    def _hear(self, event):
        line = _line(event)
        if line:
            compat.write_line(sys.stdout, words.printable(line))
        if self._listener is not None:
            self._listener(event)


def _line(event):
    """Return what is printed of an event, or None."""
    if event.kind == "done":
        return "%s (%s)" % (event.item.target, words.size(event.item.size))
    if event.kind == "kept":
        return "%s is your own file and was kept%s." % (
            event.note, ": the farm's version is %s" % event.item.target if event.item else "")
    if event.kind in ("refused", "missing", "problem"):
        return event.note.reason
    return compat.text(event.note) if event.kind in ("failed", "note") else None
