"""What the farm can be asked about tasks, frames and software, under the vendor's names."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import compat
from ..errors import SettingsError
from .environment import cg_id
from .operators import LOCAL_OS, _filled, _numbers, _Operator, whole_number

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

    def get_custome_frames(self, task_id, restartframes):
        """Render frames again that are given by what the farm calls them. Never repeated by itself.

        Args:
            task_id (int): A task without layers, or one layer.
            restartframes (list of str): e.g. ["2-4[1]", "10"].

        Raises:
            SettingsError: The task has no such frame; nothing was ordered.
        """
        return self.restart_frame(task_id, select_all=0, ids_list=self._ids_of(task_id, restartframes))

    def frame_number_to_stop(self, task_id, stop_frame):
        """Stop frames; arguments and errors as for `get_custome_frames`."""
        return self.stop_frame(task_id, select_all=0, ids_list=self._ids_of(task_id, stop_frame))

    def _ids_of(self, task_id, indexes):
        found = dict((compat.text(index), frame.get("id")) for index, frame in self.get_all_frames(task_id).items())
        wanted = [compat.text(index) for index in indexes]
        lost = [index for index in wanted if found.get(index) is None]
        if lost or not wanted:
            raise SettingsError("Task %s has no frame %s: nothing was ordered." % (task_id, ", ".join(lost) or "\"\""))
        return [found[index] for index in wanted]

    def get_small_task_id(self, task_id):
        """Return the numbers of a task's layers; of the task itself where it has none."""
        answer = self.task_info([task_id])
        items = answer.get("items") if isinstance(answer, dict) else None
        layers = items[0].get("respRenderingTaskList") if items else None
        return [layer["id"] for layer in layers or []] or [whole_number(task_id)]

    def error_detail(self, code=None, codes=None, language=0):
        """Return what codes of an analysis mean: list of dict with code, type (0 warning, 1 error), descriptions.

        Args:
            code (str, optional): One code.
            codes (list of str, optional): Several.
            language (int or str): 0 Chinese, 1 English.

        Raises:
            SettingsError: There is no code.
        """
        if not code and not codes:
            raise SettingsError("Which code? Give code or codes.")
        return self._post("queryAnalyseErrorDetail", dict(
            _filled(code=code and compat.text(code), codes=codes and [compat.text(one) for one in codes]),
            language=language))

    def get_task_processing_img(self, task_id, frame_type=None):
        """Return pictures of a task in the making: dict with grabInfo... The farm has them for 3ds Max.

        Args:
            task_id (int): The task.
            frame_type (int, optional): 2 light maps, 5 the pictures.
        """
        return self._post("loadTaskProcessImg", dict(_filled(frameType=frame_type), taskId=whole_number(task_id)))

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

    def get_transfer_server_msg(self):
        """Return the servers of one kind of transfer: dict with raysyncTransfer."""
        return self._post("getServerInfo", {"zone": 2 if "renderbus" in self._connect.domain.lower() else 1})

    def get_pack_node_info(self):
        """Return the render nodes that the account has hired."""
        return self._post("getPackNode")

    def supported_software(self):
        """Return the programs of the farm: dict with renderInfoList."""
        return self._post("querySoftwareList")

    def supported_plugin(self, name, os_name="default"):
        """Return plug-ins and versions of a program: dict with cgPlugin, cgVersion.

        Args:
            name (str): One of `CG_IDS`, e.g. "maya".
            os_name (str): "windows", "linux", or "default" for this computer's.
        """
        if os_name == "default":
            os_name = "windows" if LOCAL_OS == "windows" else "linux"
        return self._post("querySoftwareDetail", {"cgId": cg_id(name), "osName": os_name})


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
