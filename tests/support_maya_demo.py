"""The way of a Maya scene as the vendor's documentation demonstrates it, call by call; the analysis' files are ready.

Also a program that goes it with the vendor's API client: see tests/test_maya_demo.py.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import sys

import support_vendor
from support_tree import native

#: ``rayvision_api`` stands in it as in the documentation. What a user fills in are names that `go` puts in.
DEMO = """\
from rayvision_api.core import RayvisionAPI
from rayvision_api.task.check import RayvisionCheck
from rayvision_api.utils import update_task_info, append_to_task, append_to_upload
from rayvision_sync.upload import RayvisionUpload
from rayvision_sync.download import RayvisionDownload

api = RayvisionAPI(**account)

update_task_info({"pre_frames": "100", "stop_after_test": "2"}, analyze_obj.task_json)
append_to_task({"note": "from the pipeline"}, analyze_obj.task_json)
append_to_upload([extra], analyze_obj.upload_json)

hardware_config = {"model": "Default", "ram": "128GB", "gpuNum": None}
check_obj = RayvisionCheck(api, analyze_obj)
task_id = check_obj.execute(hardware_config, analyze_obj.task_json, analyze_obj.upload_json)

config = {"tips_json_path": analyze_obj.tips_json, "task_json_path": analyze_obj.task_json,
          "asset_json_path": analyze_obj.asset_json, "upload_json_path": analyze_obj.upload_json}
upload_obj = RayvisionUpload(api)
if upload_method == 1:
    uploaded = upload_obj.upload(str(task_id), **config)
else:
    uploaded = (upload_obj.upload_asset(upload_json_path=config["upload_json_path"])
                and upload_obj.upload_config(str(task_id), list(config.values())))

submitted = api.submit(int(task_id))

download = RayvisionDownload(api)
downloaded = download.auto_download([int(task_id)])
"""


class Analysed(object):
    """What an analysis leaves behind: four files, and their contents.

    Args:
        folder (str): The files' folder.
    """

    def __init__(self, folder):
        for name in ("task", "tips", "asset", "upload"):
            path = os.path.join(folder, name + ".json")
            setattr(self, name + "_json", path)
            with open(path) as source:
                setattr(self, name + "_info", json.load(source))


def go(values):
    """Run the demo.

    Args:
        values (dict): account, folder, extra (a file), method (1 or 2), vendor (bool).

    Returns:
        dict: What its calls returned.
    """
    text = DEMO if values["vendor"] else DEMO.replace("rayvision_api", "rayvision_sync.api")
    space = {"account": dict((str(name), native(value)) for name, value in values["account"].items()),
             "analyze_obj": Analysed(native(values["folder"])), "extra": native(values["extra"]),
             "upload_method": values["method"]}
    exec(compile(text, str("demo"), "exec", 0, True), space)
    return dict((name, space[name]) for name in ("task_id", "uploaded", "submitted", "downloaded"))


if __name__ == "__main__":
    sys.addaudithook(support_vendor.only_loopback)
    result = go(json.loads(sys.argv[1]))
    result["refused"] = support_vendor.refused
    print("\n" + json.dumps(result))
