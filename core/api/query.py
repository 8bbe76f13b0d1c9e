"""What the farm can be asked about tasks, frames and software, under the vendor's names."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ..errors import SettingsError
from .operators import CG_IDS, LOCAL_OS, _filled, _numbers, _Operator, whole_number

MAX_PAGES = 2000


class QueryOperator(_Operator):
    """Questions; and the restart and stop of frames, which the SDK has here."""

    def platforms(self):
        """Return the farm's zones: list of dict with platform, name..."""
        zone = 1 if "renderbus" in self._connect.domain.lower() else 2
        return self._post("queryPlatforms", {"zone": zone})

    def task_info(self, task_ids_list):
        """Return tasks: dict with items.

        Args:
            task_ids_list (list of int): Their numbers.
        """
        return self._post("queryTaskInfo", {"taskIds": _numbers(task_ids_list)})

    def get_task_list(self, page_num=1, page_size=100, status_list=None, search_keyword=None,
                      start_time=None, end_time=None, recycle_flag=None):
        """Return a page of the account's tasks, newest first: dict with items, total...

        Args:
            page_num (int): Page, from 1.
            page_size (int): Tasks on a page.
            status_list (list of int, optional): Only these states.
            search_keyword (str, optional): Part of a scene's name, or a number.
            start_time (str, optional): "2026-01-31 00:00:00".
            end_time (str, optional): Likewise.
            recycle_flag (int, optional): 1 lists deleted tasks.
        """
        return self._post("getTaskList", dict(_filled(
            statusList=status_list, searchKeyword=search_keyword, startTime=start_time,
            endTime=end_time, recycleFlag=recycle_flag), pageNum=page_num, pageSize=page_size))

    def task_frames(self, task_id, page_num=1, page_size=100, search_keyword=None):
        """Return a page of a task's frames: dict with items.

        Args:
            task_id (int): A task without layers, or one layer.
            page_num (int): Page, from 1.
            page_size (int): Frames on a page.
            search_keyword (str, optional): Part of a frame's name.
        """
        return self._post("queryTaskFrames", dict(
            _filled(searchKeyword=search_keyword), taskId=whole_number(task_id),
            pageNum=page_num, pageSize=page_size))

    def get_all_frames(self, task_id, start_page=1, end_page=MAX_PAGES, page_size=100):
        """Return all frames of a task: dict of frameIndex to the frame's dict."""
        frames = {}
        for page in range(int(start_page), int(end_page) + 1):
            answer = self.task_frames(task_id, page_num=page, page_size=page_size)
            items = answer.get("items") if isinstance(answer, dict) else None
            known = len(frames)
            for item in items if isinstance(items, list) else ():
                if isinstance(item, dict):
                    frames[item.get("frameIndex")] = item
            if len(frames) == known:  # An empty page, or one that we had.
                break
        return frames

    def all_frame_status(self):
        """Return the numbers of the account's frames by state: a dict."""
        return self._post("queryAllFrameStats")

    def restart_failed_frames(self, task_param_list, status=None):
        """Render failed frames of tasks again. Never repeated by itself.

        Args:
            task_param_list (list of int): The tasks.
            status (list of int, optional): Frames of these states instead.
        """
        return self._post("recommitTasks",
                          dict(_filled(status=status), taskIds=_numbers(task_param_list)))

    def restart_frame(self, task_id, select_all=1, ids_list=None, status=None):
        """Render frames again. Never repeated by itself.

        Args:
            task_id (int): The task.
            select_all (int): 1 all its frames, 0 those in `ids_list`.
            ids_list (list of int, optional): Numbers of frames.
            status (list of int, optional): Only frames of these states.
        """
        return self._post("recommitTaskFrames", _frames(task_id, select_all, ids_list, status))

    def stop_frame(self, task_id, select_all=1, ids_list=None, status=None):
        """Stop frames; arguments as for `restart_frame`."""
        return self._post("stopTaskFrames", _frames(task_id, select_all, ids_list, status))

    def get_frame_thumbnall(self, frame_id, frame_status=4):
        """Return paths of a frame's thumbnails; only a done frame (4) has some."""
        return self._post("loadingFrameThumbnail", {"id": whole_number(frame_id, "frame id"),
                                                    "frameStatus": frame_status})

    def get_render_log(self, renderingType="render", pageNum=1, pageSize=1, frame_id=None):
        """Return pages of a frame's render log."""
        return self._post("showLog", {"renderingType": renderingType, "pageNum": pageNum,
                                      "pageSize": pageSize, "id": frame_id})

    def get_raysync_user_key(self):
        """Return the secret for one kind of transfer: dict with raySyncUserKey, userName."""
        return self._post("getRaySyncUserKey")

    def supported_software(self):
        """Return the programs of the farm: dict with renderInfoList."""
        return self._post("querySoftwareList")

    def supported_plugin(self, name, os_name="default"):
        """Return plug-ins and versions of a program: dict with cgPlugin, cgVersion.

        Args:
            name (str): One of `CG_IDS`, e.g. "maya".
            os_name (str): "windows", "linux", or "default" for this computer's.
        """
        name = name.strip()
        if name not in CG_IDS:
            raise SettingsError("\"%s\" is no program that the farm knows. Choose from: %s."
                                % (name, ", ".join(sorted(CG_IDS))))
        if os_name == "default":
            os_name = "windows" if LOCAL_OS == "windows" else "linux"
        return self._post("querySoftwareDetail", {"cgId": CG_IDS[name], "osName": os_name})


def _frames(task_id, select_all, ids_list, status):
    if select_all == 1 and not task_id:
        raise SettingsError("All frames of which task? task_id is missing.")
    if select_all != 1 and not ids_list:
        raise SettingsError("Which frames? ids_list is empty and select_all is not 1.")
    data = dict(_filled(status=status), selectAll=select_all)
    if task_id:
        data["taskId"] = whole_number(task_id)
    if select_all != 1:
        data["ids"] = list(ids_list)
    return data
