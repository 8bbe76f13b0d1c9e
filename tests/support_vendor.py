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


def run(domain, access_id, access_key, scene):
    """Return what the vendor's client and our reading of it say."""
    from rayvision_api import RayvisionAPI
    from rayvision_sync import tasks

    silent = logging.getLogger("vendor")
    silent.addHandler(logging.NullHandler())
    silent.propagate = False
    api = RayvisionAPI(access_id=access_id, access_key=access_key, domain=domain, platform="2",
                       protocol="http", logger=silent, timeout=20)
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
    return found


if __name__ == "__main__":
    sys.addaudithook(only_loopback)
    result = run(*sys.argv[1:])
    result["refused"] = refused
    print(json.dumps(result))
