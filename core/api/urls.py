"""The paths of the farm's calls.

Source: the farm's public SDK; the names are the SDK's, so that a script's
``api.connect.url.getBid`` works here too.
"""
from __future__ import absolute_import, division, print_function, unicode_literals


class ApiUrl(object):
    """One attribute for each call."""

    queryPlatforms = "/api/render/common/queryPlatforms"
    queryUserProfile = "/api/render/setUp/queryUserProfile"
    queryUserSetting = "/api/render/setUp/queryUserSetting"
    updateUserSetting = "/api/render/setUp/updateUserSetting"
    taskRecord = "/api/render/handle/operate/sdk/taskRecord"
    loginRecord = "/api/render/handle/operate/sdk/loginRecord"

    getBid = "/api/render/transfer/getBid"
    getConfig = "/api/render/transfer/getConfig"
    getRaySyncUserKey = "/api/render/transfer/getRaySyncUserKey"
    getServerInfo = "/api/render/transfer/getServerInfo"
    getOutputUserDirFile = "/api/render/file/operate/getOutputUserDirFile"

    createTask = "/api/render/submit/createTask"
    taskJsonFile = "/api/render/submit/taskJsonFile"
    task = "/api/render/submit/task"
    queryAnalyseErrorDetail = "/api/render/submit/queryAnalyseErrorDetail"
    getPackNode = "/api/render/submit/getUserPackNodeInfo"

    getTaskList = "/api/render/handle/getTaskList/v2"
    queryTaskInfo = "/api/render/handle/queryTaskInfo/v2"
    queryTaskFrames = "/api/render/handle/queryTaskFrames"
    queryAllFrameStats = "/api/render/handle/queryAllFrameStats"
    recommitTasks = "/api/render/handle/recommitTasks"
    recommitTaskFrames = "/api/render/handle/recommitTaskFrames"
    stopTaskFrames = "/api/render/handle/stopTaskFrames"
    abandonTask = "/api/render/handle/abandonTask"
    deleteTask = "/api/render/handle/deleteTask"
    fullSpeedRendering = "/api/render/handle/fullSpeedRendering"
    loadingFrameThumbnail = "/api/render/handle/loadingFrameThumbnail"
    showLog = "/api/render/handle/showLog"
    loadTaskProcessImg = "/api/render/handle/loadTaskProcessImg"
    setTaskOverTimeStop = "/api/render/handle/setTaskOverTimeStop"
    updateTaskLimit = "/api/render/handle/updateTaskLimit"
    editTaskHardwareConfig = "/api/render/handle/editTaskHardwareConfig"
    addTaskLabel = "/api/render/handle/addTaskLabel"
    deleteTaskLabel = "/api/render/handle/deleteTaskLabel"
    stopTask = "/api/rendering/task/renderingTask/stopTask"
    startTask = "/api/rendering/task/renderingTask/startTask"
    updateTaskUserLevel = "/api/rendering/task/renderingTask/updateTaskUserLevel"

    querySoftwareList = "/api/render/plugin/querySoftwareList"
    querySoftwareDetail = "/api/render/plugin/querySoftwareDetail"
    addUserPluginConfig = "/api/render/plugin/addUserPluginConfig"
    editUserPluginConfig = "/api/render/plugin/editUserPluginConfig"
    deleteUserPluginConfig = "/api/render/plugin/deleteUserPluginConfig"
    setDefaultUserPluginConfig = "/api/render/plugin/setDefaultUserPluginConfig"
    getUserPluginConfig = "/api/render/plugin/getUserPluginConfig"
    hardwareConfig = "/api/render/hardwareConfig/list"
    list = "/api/render/project/list"
    getList = "/api/render/project/getList"
    add = "/api/render/project/add"
    delete = "/api/render/project/delete"


#: Calls that do something more when they are done twice. Nobody can tell whether
#: a lost answer means a lost request, so these are sent once.
NOT_REPEATABLE = frozenset([
    ApiUrl.createTask, ApiUrl.task, ApiUrl.add, ApiUrl.recommitTasks, ApiUrl.recommitTaskFrames,
    ApiUrl.addUserPluginConfig])
