"""Run the vendor's own API client against a farm on this machine; print what came out as JSON.

Started by tests/test_vendor_api.py as a program of its own, since its
dependencies are older than the tests'. Nothing but 127.0.0.1 can be reached:
an audit hook, which no library can take off again, refuses the rest.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import logging
import sys

refused = []


def only_loopback(event, args):
    """Refuse connections and questions about names that leave this machine."""
    if event == "socket.connect" or event == "socket.sendto":
        address = args[1]
        host = address[0] if isinstance(address, tuple) else "127.0.0.1"
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = args[0]
    else:
        return
    if host not in ("127.0.0.1", b"127.0.0.1", None):
        refused.append("%s %s" % (event, host))
        raise OSError("only this machine may be asked, not %s" % (host,))


def task_json(scene):
    """Return the text of a task.json for three frames."""
    return json.dumps({
        "task_info": {"input_cg_file": scene, "cg_id": "2000", "os_name": "0",
                      "stop_after_test": "2", "project_name": ""},
        "software_config": {"cg_name": "Maya", "cg_version": "2022", "plugins": {}},
        "scene_info_render": {"layer": {"renderable": "1", "common": {
            "frames": "1-3[1]", "width": "64", "height": "48", "start": "1", "end": "3",
            "by_frame": "1", "image_format": "png"}}}})


def everything(api, task):
    """Call what a plug-in asks of a farm, with an API object of ours or the vendor's.

    Args:
        api (RayvisionAPI): Either's.
        task (int): A task whose three frames are rendered.

    Returns:
        dict: Call -> what came back, without what differs from farm to farm.
    """
    frame = api.query.task_frames(task, page_num=2, page_size=1)["items"][0]
    listed = api.query.get_task_list(page_num=1, page_size=1, search_keyword="scene",
                                     start_time="2000-01-01 00:00:00", end_time="2100-01-01 00:00:00")
    found = {
        "task list": (listed["total"], listed["pageNum"], len(listed["items"])),
        "no task": api.query.get_task_list(search_keyword="no such scene")["items"],
        "old tasks": api.query.get_task_list(end_time="2000-01-01 00:00:00")["items"],
        "frame": (frame["frameIndex"], frame["frameStatus"]),
        "all frames": sorted(api.query.get_all_frames(task)),
        "small task id": api.query.get_small_task_id(task) or [task],  # The vendor's has none for one without layers.
        "statistics": api.query.all_frame_status()["doneFramesTotal"],
        "thumbnails": len(api.query.get_frame_thumbnall(frame["id"])),
        "log": isinstance(api.query.get_render_log(frame_id=frame["id"]), type("")),
        "pictures": len(api.query.get_task_processing_img(task)["grabInfo"]),
        "codes": [one["code"] for one in api.query.error_detail(code="15000", language=1)],
        "software": sorted(one["cgId"] for one in api.query.supported_software()["renderInfoList"]),
        "versions": "2022" in [one["cgVersion"] for one in api.query.supported_plugin("maya")["cgVersion"]],
        "hardware": sorted(one["ram"] for one in api.user.get_hardware_config()),
        "servers": sorted(api.query.get_transfer_server_msg()),
        "nodes": api.query.get_pack_node_info(),
    }
    api.user.update_user_settings(task_over_time=7200)
    found["over time"] = api.user.query_user_setting()["taskOverTimeSec"]
    api.tag.add_label("city", status=0)
    found["projects"] = [one["projectName"] for one in api.tag.get_project_list()]
    api.tag.delete_label("city")
    found["no projects"] = api.tag.get_label_list()["projectNameList"]
    api.tag.add_task_tag("urgent", [task])
    api.task.set_task_overtime_top([task], 1800)
    api.task.update_task_limit(task, 3)
    api.task.edit_task_hardware_config([task], ["2"], "Default", "1*GPU", "128GB")
    api.task.update_priority(task, 60)
    item = api.query.task_info([task])["items"][0]
    found["wishes"] = [item[name] for name in (
        "labels", "overTimeStop", "taskLimit", "hardwareConfigIds", "ram", "taskUserLevel")]
    api.tag.delete_task_tag([task], ["urgent"])
    found["labels"] = api.query.task_info([task])["items"][0]["labels"]
    env = {"cgId": 2000, "cgName": "Maya", "cgVersion": "2022", "renderLayerType": 0, "editName": "mine",
           "renderSystem": 1, "pluginIds": [7]}
    found["new environment"] = api.env.add_render_env(env)
    api.env.update_render_env(dict(env, cgVersion="2023"))
    api.env.set_default_render_env("mine")
    found["environments"] = [(one["editName"], one["cgVersion"], one["isDefault"], one["osName"])
                             for one in api.env.get_render_env()]
    api.env.delete_render_env("mine")
    found["no environments"] = api.env.get_render_env(os_name=0)
    api.query.frame_number_to_stop(task, ["1"])  # A done frame stays done.
    api.query.get_custome_frames(task, ["2"])
    api.query.restart_frame(task, select_all=0, ids_list=[frame["id"]])
    api.query.stop_frame(task)
    api.task.stop_task([task])
    api.task.start_task([task])
    api.task.full_speed([task])
    api.query.restart_failed_frames([task])
    api.task.abort_task([task])
    api.task.delete_task([task])
    found["deleted"] = [one["id"] == task for one in api.query.get_task_list(recycle_flag=1)["items"]]
    found["record"] = [one["operate"] for one in api.user.task_record(pageSize=5)["items"]]
    found["logins"] = api.user.login_record(startDate="2000-01-01", endDate="2000-01-02")["items"]
    found["new logins"] = api.user.login_record()["total"] > 0
    return json.loads(json.dumps(found))


def public_names():
    """Return what a script may call on the vendor's object, with the parameters' names; and the urls."""
    import inspect

    from rayvision_api import core, operators, url
    kinds = dict((name, getattr(operators, name)) for name in operators.__all__)
    kinds["RayvisionAPI"] = core.RayvisionAPI
    return {
        "urls": dict((one.name, one.value) for one in url.ApiUrl),
        "calls": dict((name, dict(
            (attribute, list(inspect.signature(value).parameters)[1:] if callable(value) else None)
            for attribute, value in vars(kind).items() if not attribute.startswith("_")))
            for name, kind in kinds.items())}


def run(domain, access_id, access_key, scene):
    """Return what the vendor's client and our reading of it say."""
    from rayvision_api import RayvisionAPI
    from rayvision_sync import tasks
    from rayvision_sync.cancel import Cancel

    silent = logging.getLogger("vendor")
    silent.addHandler(logging.NullHandler())
    silent.propagate = False
    api = RayvisionAPI(access_id=access_id, access_key=access_key, domain=domain, platform="2",
                       protocol="http", logger=silent, timeout=180)
    found = {"user_info": api.user_info, "config": api.transmit.get_transfer_config()}
    task = api.task.create_task(count=1)["taskIdList"][0]
    api.transmit.upload_json_content(task, task_json(scene), "task.json")
    found["submitted"] = api.submit(task)
    found["info"] = api.query.task_info([task])
    found["frames"] = api.query.task_frames(task)
    found["files"] = api.transmit.get_output_files(task_id=task)
    state = tasks.read_tasks(api, [task])[task]
    found["state"] = {"id": state.id, "text": state.text, "total": state.total}
    found["frame_indexes"] = [frame.index for frame in tasks.frames(api, state.leaves[0])]
    # The farm's 404; the vendor asks five times, with a pause of a second or two.
    found["unknown"] = tasks.read_tasks(api, [999999999])[999999999]
    found["task"] = task
    while api.query.task_info([task])["items"][0]["taskStatus"] != 25:
        Cancel().wait(0.02)
    found["everything"] = everything(api, task)
    found["names"] = public_names()
    return found


if __name__ == "__main__":
    sys.addaudithook(only_loopback)
    result = run(*sys.argv[1:])
    result["refused"] = refused
    print(json.dumps(result))
