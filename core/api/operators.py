"""The farm's calls by subject, under the names of the vendor's SDK.

Every method returns the ``data`` of the farm's answer. Which fields it has is
documented by the farm; `tasks` reads what this package needs of it.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import re
import threading

import six

from .. import compat
from ..errors import FarmError, SettingsError

#: The farm's numbers of the programs whose scenes it renders.
CG_IDS = {"maya": 2000, "3ds max": 2001, "lightwave": 2002, "arnold": 2003, "houdini": 2004,
          "cinema4d": 2005, "softimage": 2006, "blender": 2007, "vr_standalone": 2008,
          "mr_standalone": 2009, "sketchup": 2010, "vue": 2011, "keyshot": 2012,
          "clarisse": 2013, "octane_render": 2014, "nuke": 2015, "katana": 2016,
          "unreal engine": 2020}

_HUMP = re.compile("([a-z0-9])([A-Z])")

if compat.WINDOWS:
    LOCAL_OS = "windows"
else:
    LOCAL_OS = "darwin" if compat.MACOS else "linux"


def whole_number(value, what="task id"):
    """Return a number that a caller gave as int or as text.

    Raises:
        SettingsError: It is something else.
    """
    try:
        if not isinstance(value, (bool, float)):
            return int(value)
    except (TypeError, ValueError):
        pass
    raise SettingsError("A %s is a whole number, not \"%s\"." % (what, value))


def _numbers(values):
    if isinstance(values, six.integer_types + (bytes, compat.text_type)):
        values = [values]
    return [whole_number(value) for value in values]


def _filled(**values):
    """Return the values that are there: the farm takes no empty ones."""
    return dict((key, value) for key, value in values.items() if value)


class _Operator(object):
    """Calls of one subject.

    Args:
        connect (Connect): The way to the farm.
    """

    def __init__(self, connect):
        self._connect = connect

    def _post(self, name, data=None, kind=None):
        return self._connect.post(getattr(self._connect.url, name), data, kind=kind)


class UserOperator(_Operator):
    """The account."""

    def __init__(self, connect):
        super(UserOperator, self).__init__(connect)
        self.info = {"local_os": LOCAL_OS, "domain": connect.domain,
                     "platform": connect.platform}

    @property
    def user_id(self):
        """int: The account's number."""
        if self.info.get("user_id") is None:
            self._add_info(self.query_user_profile())
        if self.info.get("user_id") is None:
            raise FarmError("The farm did not tell the number of the account. Log in again, or ask its support.")
        return self.info["user_id"]

    def query_user_profile(self):
        """Return the account: dict with userId, userName, mainUserId..."""
        return self._post("queryUserProfile", kind=dict)

    def query_user_setting(self):
        """Return the account's settings: dict with shareMainCapital, taskOverTime..."""
        return self._post("queryUserSetting", kind=dict)

    def update_user_settings(self, task_over_time):
        """Set after how many seconds the account's tasks are stopped."""
        return self._post("updateUserSetting",
                          {"taskOverTimeSec": whole_number(task_over_time, "time in seconds")})

    def task_record(self, pageNum=1, pageSize=10, startDate="", endDate=""):
        """Return a page of what was done with tasks: dict with items, total...

        Args:
            pageNum (int): Page, from 1.
            pageSize (int): Entries on a page.
            startDate (str): "2026-01-31", or "" for all.
            endDate (str): Likewise.
        """
        return self._record("taskRecord", pageNum, pageSize, startDate, endDate,
                            platform=whole_number(self.info["platform"], "platform"))

    def login_record(self, pageNum=1, pageSize=10, startDate="", endDate=""):
        """Return a page of the account's logins; arguments as for `task_record`."""
        return self._record("loginRecord", pageNum, pageSize, startDate, endDate)

    def _record(self, call, page, size, start, end, **more):
        return self._post(call, dict(more, pageNum=page, pageSize=size, startDate=start, endDate=end))

    def get_transfer_bid(self):
        """Return the storages: dict with config_bid, input_bid, output_bid, parent_input_bid..."""
        return self._post("getBid", kind=dict)

    def get_hardware_config(self, task_ids=None):
        """Return the kinds of render nodes: list of dict with id, model, ram, gpuNum...

        Args:
            task_ids (list of int, optional): Only what these tasks may use.
        """
        return self._post("hardwareConfig", dict(_filled(taskIds=task_ids), cloneTask="false"))

    def _login(self):
        for part in (self.query_user_profile(), self.query_user_setting(),
                     self.get_transfer_bid()):
            self._add_info(part)

    def _add_info(self, values):
        for name, value in values.items():
            name = _HUMP.sub("\\1_\\2", name).lower()
            # The zone is what the caller chose, whatever the profile says.
            if name not in ("platform", "domain", "local_os"):
                self.info[name] = value


class TaskOperator(_Operator):
    """The life of tasks."""

    TASK_PARAM = "taskIds"

    def __init__(self, connect):
        super(TaskOperator, self).__init__(connect)
        self._lock = threading.Lock()
        self._task_id = None

    def create_task(self, count=1, task_user_level=50, out_user_id=None, labels=None,
                    clone_original_id=None, artist=None):
        """Create tasks. Never repeated by itself: the farm would make more of them.

        Args:
            count (int): How many.
            task_user_level (int): Priority, 50 or 60.
            out_user_id (int, optional): Number of a user of the caller's own.
            labels (list of str, optional): Labels of the task.
            clone_original_id (int, optional): Task to copy.
            artist (str, optional): Who made it.

        Returns:
            dict: With taskIdList, aliasTaskIdList, userId.
        """
        data = _filled(outUserId=out_user_id, labels=labels and list(labels), artist=artist,
                       cloneOriginalId=clone_original_id and whole_number(clone_original_id))
        return self._post("createTask", dict(data, count=count, taskUserLevel=task_user_level),
                          kind=dict)

    @property
    def task_id(self):
        """int: A task that was created but not submitted; created by the first look."""
        with self._lock:
            if self._task_id is None:
                created = self.create_task().get("taskIdList")
                if not created or not isinstance(created, list):
                    raise FarmError("The farm created no task. Try again, or ask its support.")
                self._task_id = created[0]
            return self._task_id

    def submit_task(self, task_id, producer=None, only_id=False):
        """Hand a task over for rendering. Never repeated by itself.

        Args:
            task_id (int): Its configuration and assets must be there.
            producer (str, optional): Who submits.
            only_id (bool): Return the number and keep `task_id` as it is.

        Returns:
            None or int: The farm's answer, or the number.
        """
        answer = self._post("task", dict(_filled(producer=producer), taskId=whole_number(task_id)))
        if only_id:
            return task_id
        with self._lock:
            self._task_id = None
        return answer

    def stop_task(self, task_param_list):
        """Stop tasks, given by a list of numbers."""
        return self._post("stopTask", {"taskIds": _numbers(task_param_list)})

    def start_task(self, task_param_list):
        """Start stopped tasks, given by a list of numbers."""
        return self._post("startTask", {"taskIds": _numbers(task_param_list)})

    def abort_task(self, task_param_list):
        """Give tasks up for good, given by a list of numbers."""
        return self._post("abandonTask", {"taskIds": _numbers(task_param_list)})

    def delete_task(self, task_param_list):
        """Delete tasks, given by a list of numbers."""
        return self._post("deleteTask", {"taskIds": _numbers(task_param_list)})

    def update_priority(self, task_id, priority):
        """Set the priority of a task: 50 or 60."""
        return self._post("updateTaskUserLevel",
                          {"taskId": whole_number(task_id), "taskUserLevel": priority})

    def set_task_overtime_top(self, task_id_list, overtime):
        """Set after how many seconds tasks are stopped.

        Args:
            task_id_list (list of int): Their numbers.
            overtime (int): Seconds.
        """
        return self._post("setTaskOverTimeStop", {"taskIds": _numbers(task_id_list),
                                                  "overTime": whole_number(overtime, "time in seconds")})

    def update_task_limit(self, taskId, taskLimit):
        """Set on how many nodes a task is rendered at a time."""
        return self._post("updateTaskLimit", {"taskId": whole_number(taskId),
                                              "taskLimit": whole_number(taskLimit, "number of nodes")})

    def edit_task_hardware_config(self, taskIds, hardwareConfigIds, model, gpuNum, ram):
        """Choose the render nodes of tasks, out of what `UserOperator.get_hardware_config` offers.

        Args:
            taskIds (list of int): Their numbers.
            hardwareConfigIds (list of str): Numbers of the nodes' kinds.
            model (str): e.g. "1080Ti", "Default".
            gpuNum (str): e.g. "2*GPU".
            ram (str): e.g. "64GB".
        """
        return self._post("editTaskHardwareConfig", {
            "taskIds": _numbers(taskIds), "hardwareConfigIds": list(hardwareConfigIds), "model": model,
            "gpuNum": gpuNum, "ram": ram})

    def full_speed(self, task_id_list):
        """Render all frames of tasks whose test frames are done."""
        return self._post("fullSpeedRendering", {"taskIds": _numbers(task_id_list)})


class TransmitOperator(_Operator):
    """Storages and what lies there."""

    def get_transfer_config(self):
        """Return the ways to the storages: dict with inputBid, outputBid, configBid, resqEngines..."""
        return self._post("getConfig", kind=dict)

    def get_output_files(self, task_id=None, tree_path="/"):
        """List a folder of the output storage.

        Args:
            task_id (int, optional): Task whose folder is listed; `tree_path` is "/" then.
            tree_path (str): Folder.

        Returns:
            list of dict: With fileName, fileSize, lastModify, filePath, directory...
        """
        if task_id:
            return self._post("getOutputUserDirFile",
                              {"treePath": "/", "taskId": whole_number(task_id)})
        return self._post("getOutputUserDirFile", {"treePath": tree_path})

    def upload_json_content(self, task_id, content, file_name="task.json"):
        """Give the farm a configuration file by way of the API.

        Args:
            task_id (int): Task it belongs to.
            content (str): The JSON text.
            file_name (str): task.json, upload.json, asset.json or tips.json.
        """
        return self._post("taskJsonFile", {"taskId": whole_number(task_id), "content": content,
                                           "fileName": file_name})
