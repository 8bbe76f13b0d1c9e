"""The API's calls, by url; those about the account stand here, too.

Source of urls and fields: the farm's public SDK. Answers that make sense on
one machine only in shape (prices, lines, hardware) are short but complete.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from ..errors import FarmError
from . import account_calls, fields, label_calls, task_calls, views
from .notes import noted

_SOFTWARE = ((2000, "Maya", "ma;mb"), (2001, "3ds Max", "max"), (2004, "Houdini", "hip;hipnc;hiplc"),
             (2007, "Blender", "blend"))
_VERSIONS = {2000: ("2018", "2019", "2020", "2022", "2023", "2024", "2025"),
             2001: ("2020", "2021", "2022", "2023", "2024", "2025"),
             2004: ("18.5", "19.0", "19.5", "20.0", "20.5"), 2007: ("2.93", "3.3", "3.6", "4.2")}
_MOST_CODES = 1000


def platforms(farm, body):
    """List the farm's platforms: this one."""
    fields.number(body, "zone", 1)
    return [{"platform": number, "name": "local farm", "type": 1, "status": 1, "taskPrefix": "L", "isShow": 1}
            for number in (farm.platform,)]


def user_profile(farm, body):
    """Show the account."""
    return {"userId": views.USER_ID, "userName": "local", "name": "local", "platform": farm.platform,
            "mainUserId": views.USER_ID, "shareMainCapital": 0, "downloadDisable": 0, "phone": "", "email": "",
            "company": "", "accountType": 1, "userType": 1, "status": 1, "infoStatus": 0, "businessType": 1,
            "subDeleteTask": 1}


def bids(farm, body):
    """Name the account's storages."""
    return {"config_bid": views.CONFIG_BID, "input_bid": views.INPUT_BID, "output_bid": views.OUTPUT_BID,
            "parent_input_bid": views.INPUT_BID, "sub_user_output_bids": []}


def transfer_config(farm, body):
    """Say how the storages are reached; ``syncStorage`` is this farm's own key."""
    found = {"inputBid": views.INPUT_BID, "outputBid": views.OUTPUT_BID, "configBid": views.CONFIG_BID,
             "parentInputBid": views.INPUT_BID, "subUserOutputBids": [], "resqEngines": []}
    if farm.line:
        server, port = farm.line
        found["resqEngines"] = [{"engineName": "aspera", "isDefault": 1, "resqEngineAccounts": [],
                                 "respTaskEngineLines": [{"name": "local", "server": server, "port": port,
                                                          "isDefault": 1, "lineId": 1, "type": 1}]}]
        return found
    return dict(found, syncStorage={"engine": farm.engine, "input": farm.input.describe(),
                                    "output": farm.output.describe(), "config": farm.config.describe()})


def raysync_key(farm, body):
    """There is no raysync here: the shape only."""
    return {"raySyncUserKey": "", "userName": "local", "platform": farm.platform}


def software_list(farm, body):
    """List the programs whose scenes may be sent."""
    return {"isAutoCommit": 2, "defaultCgId": 2000, "renderInfoList": [
        {"cgId": number, "cgName": name, "cgType": endings, "isNeedProjectPath": 3, "isNeedAnalyse": 1,
         "isSupportLinux": 1} for number, name, endings in _SOFTWARE]}


def software_detail(farm, body):
    """List the versions of a program; any scene is rendered the same way here."""
    wanted = fields.number(body, "cgId")
    fields.word(body, "osName", "linux", 20)
    for number, name, _ in _SOFTWARE:
        if number == wanted:
            return {"cgPlugin": [], "cgVersion": [
                {"id": number * 100 + index, "cgId": number, "cgName": name, "cgVersion": version}
                for index, version in enumerate(_VERSIONS[number])]}
    raise FarmError("Software %d is unknown to this farm." % wanted, fields.UNKNOWN)


def server_info(farm, body):
    """There is no raysync here: the shape only."""
    fields.number(body, "zone", 1)
    return {"raysyncTransfer": {"port": 0, "proxyIp": "", "proxyPort": 0, "serverIp": "", "serverPort": 0,
                                "sslPort": 0}}


def code_details(farm, body):
    """Show what codes of an analysis mean; this farm knows none, so each one is a warning."""
    codes = body.get("codes") or []
    if not isinstance(codes, list) or len(codes) > _MOST_CODES:
        raise FarmError("The field \"codes\" must be a list of at most %d texts." % _MOST_CODES, fields.MISSING)
    codes = [fields.word({"codes": code}, "codes", longest=100) for code in codes]
    if body.get("code") is not None:
        codes.insert(0, fields.word(body, "code", longest=100))
    language = fields.number(body, "language", 0)
    said = "The local farm does not know what this code means."
    return [{"id": number, "code": code, "type": 0, "languageFlag": language, "desDescriptionCn": said,
             "desDescriptionEn": said, "desSolutionCn": "", "desSolutionEn": "", "solutionPath": "", "isRepair": 0,
             "isDelete": 1, "isOpen": 1} for number, code in enumerate(codes, 1)]


CALLS = {
    "/api/render/common/queryPlatforms": platforms,
    "/api/render/setUp/queryUserProfile": noted("login", "login", user_profile),
    "/api/render/setUp/queryUserSetting": account_calls.user_setting,
    "/api/render/setUp/updateUserSetting": account_calls.change_setting,
    "/api/render/handle/operate/sdk/taskRecord": account_calls.task_record,
    "/api/render/handle/operate/sdk/loginRecord": account_calls.login_record,
    "/api/render/transfer/getBid": bids,
    "/api/render/transfer/getConfig": transfer_config,
    "/api/render/transfer/getRaySyncUserKey": raysync_key,
    "/api/render/submit/createTask": task_calls.create_task,
    "/api/render/submit/taskJsonFile": task_calls.keep_config,
    "/api/render/submit/task": noted("task", "submit", task_calls.submit),
    "/api/render/submit/queryAnalyseErrorDetail": code_details,
    "/api/render/submit/getUserPackNodeInfo": account_calls.pack_nodes,
    "/api/render/transfer/getServerInfo": server_info,
    "/api/render/handle/loadTaskProcessImg": label_calls.pictures,
    "/api/render/handle/setTaskOverTimeStop": label_calls.set_over_time,
    "/api/render/handle/updateTaskLimit": label_calls.set_limit,
    "/api/render/handle/editTaskHardwareConfig": label_calls.set_hardware,
    "/api/render/handle/addTaskLabel": label_calls.add_label,
    "/api/render/handle/deleteTaskLabel": label_calls.delete_label,
    "/api/render/plugin/addUserPluginConfig": account_calls.add_environment,
    "/api/render/plugin/editUserPluginConfig": account_calls.edit_environment,
    "/api/render/plugin/deleteUserPluginConfig": account_calls.delete_environment,
    "/api/render/plugin/setDefaultUserPluginConfig": account_calls.set_default_environment,
    "/api/render/plugin/getUserPluginConfig": account_calls.environments,
    "/api/render/handle/queryTaskInfo/v2": task_calls.task_info,
    "/api/render/handle/getTaskList/v2": task_calls.task_list,
    "/api/render/handle/queryTaskFrames": task_calls.task_frames,
    "/api/render/handle/queryAllFrameStats": task_calls.frame_stats,
    "/api/render/file/operate/getOutputUserDirFile": task_calls.output_files,
    "/api/rendering/task/renderingTask/stopTask": noted("task", "stop", task_calls.stop_task),
    "/api/rendering/task/renderingTask/startTask": noted("task", "start", task_calls.start_task),
    "/api/render/handle/recommitTasks": task_calls.recommit_tasks,
    "/api/render/handle/recommitTaskFrames": task_calls.recommit_frames,
    "/api/render/handle/stopTaskFrames": task_calls.stop_frames,
    "/api/render/handle/abandonTask": noted("task", "abandon", task_calls.abandon_task),
    "/api/render/handle/deleteTask": noted("task", "delete", task_calls.delete_task),
    "/api/render/handle/fullSpeedRendering": task_calls.full_speed,
    "/api/render/handle/showLog": task_calls.show_log,
    "/api/render/handle/loadingFrameThumbnail": task_calls.thumbnail,
    "/api/rendering/task/renderingTask/updateTaskUserLevel": task_calls.set_level,
    "/api/render/plugin/querySoftwareList": software_list,
    "/api/render/plugin/querySoftwareDetail": software_detail,
    "/api/render/hardwareConfig/list": label_calls.hardware,
    "/api/render/project/list": label_calls.project_list,
    "/api/render/project/add": label_calls.project_add,
    "/api/render/project/delete": label_calls.project_delete,
    "/api/render/project/getList": label_calls.project_list,
}
