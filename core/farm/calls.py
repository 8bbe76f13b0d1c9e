"""The API's calls, by url; those about the account stand here, too.

Source of urls and fields: the farm's public SDK. Answers that make sense on
one machine only in shape (prices, lines, hardware) are short but complete.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import sqlite3

from ..errors import FarmError
from . import fields, task_calls, views

_SOFTWARE = ((2000, "Maya", "ma;mb"), (2001, "3ds Max", "max"), (2004, "Houdini", "hip;hipnc;hiplc"),
             (2007, "Blender", "blend"))
_VERSIONS = {2000: ("2018", "2019", "2020", "2022", "2023", "2024", "2025"),
             2001: ("2020", "2021", "2022", "2023", "2024", "2025"),
             2004: ("18.5", "19.0", "19.5", "20.0", "20.5"), 2007: ("2.93", "3.3", "3.6", "4.2")}
_MOST_PROJECTS = 10000


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


def user_setting(farm, body):
    """Show the account's settings."""
    return {"shareMainCapital": 0, "downloadDisable": 0, "taskOverTime": 12, "taskOverTimeSec": 12 * 3600,
            "subDeleteTask": 1, "useMainBalance": 0, "singleNodeRenderFrames": "1", "autoCommit": "2",
            "infoStatus": 0, "accountType": 1}


def bids(farm, body):
    """Name the account's storages."""
    return {"config_bid": views.CONFIG_BID, "input_bid": views.INPUT_BID, "output_bid": views.OUTPUT_BID,
            "parent_input_bid": views.INPUT_BID, "sub_user_output_bids": []}


def transfer_config(farm, body):
    """Say how the storages are reached; ``syncStorage`` is this farm's own key."""
    return {"inputBid": views.INPUT_BID, "outputBid": views.OUTPUT_BID, "configBid": views.CONFIG_BID,
            "parentInputBid": views.INPUT_BID, "subUserOutputBids": [], "resqEngines": [],
            "syncStorage": {"engine": farm.engine, "input": farm.input.describe(),
                            "output": farm.output.describe(), "config": farm.config.describe()}}


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


def hardware(farm, body):
    """List the machines: this one."""
    return [{"id": 1, "model": "Default", "ram": "64GB", "gpuNum": None, "platform": farm.platform, "status": 1,
             "notSupportCgId": None, "notSupportCode": [], "notSupportCgVersions": [], "notSupportPluginList": []}]


def project_list(farm, body):
    """List the projects."""
    fields.number(body, "flag", 0)
    return {"projectNameList": [{"projectId": row["id"], "projectName": row["name"]} for row in farm.store.rows(
        "SELECT id, name FROM project ORDER BY id")]}


def project_add(farm, body):
    """Add a project."""
    name = fields.word(body, "newName", longest=200)
    if not name.strip():
        raise FarmError("The field \"newName\" is empty.", fields.MISSING)
    with farm.store.writing() as db:
        if db.execute("SELECT COUNT(*) AS projects FROM project").fetchone()["projects"] >= _MOST_PROJECTS:
            raise FarmError("The farm has %d projects: that is all it takes." % _MOST_PROJECTS, fields.BAD_STATE)
        try:
            db.execute("INSERT INTO project(name) VALUES (?)", (name,))
        except sqlite3.IntegrityError:
            raise FarmError("There is a project of that name already.", fields.BAD_STATE)


CALLS = {
    "/api/render/common/queryPlatforms": platforms,
    "/api/render/setUp/queryUserProfile": user_profile,
    "/api/render/setUp/queryUserSetting": user_setting,
    "/api/render/transfer/getBid": bids,
    "/api/render/transfer/getConfig": transfer_config,
    "/api/render/transfer/getRaySyncUserKey": raysync_key,
    "/api/render/submit/createTask": task_calls.create_task,
    "/api/render/submit/taskJsonFile": task_calls.keep_config,
    "/api/render/submit/task": task_calls.submit,
    "/api/render/handle/queryTaskInfo/v2": task_calls.task_info,
    "/api/render/handle/getTaskList/v2": task_calls.task_list,
    "/api/render/handle/queryTaskFrames": task_calls.task_frames,
    "/api/render/handle/queryAllFrameStats": task_calls.frame_stats,
    "/api/render/file/operate/getOutputUserDirFile": task_calls.output_files,
    "/api/rendering/task/renderingTask/stopTask": task_calls.stop_task,
    "/api/rendering/task/renderingTask/startTask": task_calls.start_task,
    "/api/render/handle/recommitTasks": task_calls.recommit_tasks,
    "/api/render/handle/recommitTaskFrames": task_calls.recommit_frames,
    "/api/render/handle/stopTaskFrames": task_calls.stop_frames,
    "/api/render/handle/abandonTask": task_calls.abandon_task,
    "/api/render/handle/deleteTask": task_calls.delete_task,
    "/api/render/handle/fullSpeedRendering": task_calls.full_speed,
    "/api/render/handle/showLog": task_calls.show_log,
    "/api/render/handle/loadingFrameThumbnail": task_calls.thumbnail,
    "/api/rendering/task/renderingTask/updateTaskUserLevel": task_calls.set_level,
    "/api/render/plugin/querySoftwareList": software_list,
    "/api/render/plugin/querySoftwareDetail": software_detail,
    "/api/render/hardwareConfig/list": hardware,
    "/api/render/project/list": project_list,
    "/api/render/project/add": project_add,
    "/api/render/project/getList": project_list,
}
