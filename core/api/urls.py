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

    getBid = "/api/render/transfer/getBid"
    getConfig = "/api/render/transfer/getConfig"
    getRaySyncUserKey = "/api/render/transfer/getRaySyncUserKey"
    getOutputUserDirFile = "/api/render/file/operate/getOutputUserDirFile"

    createTask = "/api/render/submit/createTask"
    taskJsonFile = "/api/render/submit/taskJsonFile"
    task = "/api/render/submit/task"

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
    stopTask = "/api/rendering/task/renderingTask/stopTask"
    startTask = "/api/rendering/task/renderingTask/startTask"
    updateTaskUserLevel = "/api/rendering/task/renderingTask/updateTaskUserLevel"

    querySoftwareList = "/api/render/plugin/querySoftwareList"
    querySoftwareDetail = "/api/render/plugin/querySoftwareDetail"
    hardwareConfig = "/api/render/hardwareConfig/list"
    list = "/api/render/project/list"
    add = "/api/render/project/add"


#: Calls that do something more when they are done twice. Nobody can tell whether
#: a lost answer means a lost request, so these are sent once.
NOT_REPEATABLE = frozenset([
    ApiUrl.createTask, ApiUrl.task, ApiUrl.add, ApiUrl.recommitTasks, ApiUrl.recommitTaskFrames])
