"""The examples of the documentation of `rayvision_sync`, as they stand there, and what is put in for their values.

Also a program that runs them with the vendor's API client: see tests/test_documented_examples.py.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import sys

import support_vendor
from support_tree import native, text

_LOGIN = """\
from rayvision_api import RayvisionAPI
from rayvision_sync.{module} import Rayvision{name}

api = RayvisionAPI(access_id="xxx",
                   access_key="xxx",
                   domain="task.renderbus.com",
                   platform="2")

"""

_UPLOAD = _LOGIN.format(module="upload", name="Upload")
_DOWNLOAD = _LOGIN.format(module="download", name="Download")

_CONFIG = """
CONFIG_PATH = [
    r"C:\\workspace\\work\\tips.json",
    r"C:\\workspace\\work\\task.json",
    r"C:\\workspace\\work\\asset.json",
    r"C:\\workspace\\work\\upload.json",
]

"""

#: Name -> text. `cutting` is the first of them; its `upload_pool` is what two others take.
EXAMPLES = [
    ("cutting", """
from rayvision_sync.utils import cutting_upload
upload_pool = cutting_upload(r"D:\\test\\test_upload\\1586250829\\upload.json", max_resources_number=800)
"""),
    ("multi_thread_upload", _UPLOAD + """
UPLOAD = RayvisionUpload(api)
UPLOAD.multi_thread_upload(upload_pool, thread_num=20)
"""),
    ("thread_pool_upload", _UPLOAD + """
UPLOAD = RayvisionUpload(api)
UPLOAD.thread_pool_upload(upload_pool, pool_size=20)
"""),
    ("upload_asset", _UPLOAD + """
UPLOAD = RayvisionUpload(api)
UPLOAD.upload_asset(r"D:\\test\\test_upload\\1586250829\\upload.json")
"""),
    ("upload_config", _UPLOAD + _CONFIG + """
UPLOAD = RayvisionUpload(api)
UPLOAD.upload_config("5165465", CONFIG_PATH)
"""),
    ("upload", _UPLOAD + _CONFIG + """
upload_obj = RayvisionUpload(api)
upload_obj.upload("5165465", **CONFIG_PATH)
"""),
    ("auto_download", _DOWNLOAD + """
download = RayvisionDownload(api)
download.auto_download([18164087], download_filename_format="false")
"""),
    ("auto_download_after_task_completed", _DOWNLOAD + """
download = RayvisionDownload(api)
download.auto_download_after_task_completed([18164087], download_filename_format="false")
"""),
    ("download", _DOWNLOAD + """
download = RayvisionDownload(api)
download.download(download_filename_format="true", server_path="18164087_muti_layer_test/l_ayer2")
"""),
]

#: What a list is unpacked with ** for in one example; a mistake of the documentation.
_NAMES = {"tips": "tips_json_path", "task": "task_json_path", "asset": "asset_json_path", "upload": "upload_json_path"}


def adapt(example, values):
    """Put the values of a farm on this machine in: keys, domain, protocol, paths and numbers; nothing else."""
    values = dict((name, native(value) if name != "vendor" else value) for name, value in values.items())
    for before, after in (
            ('access_id="xxx"', "access_id=%r" % values["access_id"]),
            ('access_key="xxx"', "access_key=%r" % values["access_key"]),
            ('domain="task.renderbus.com"', 'protocol="http", domain=%r' % values["domain"]),
            ('r"D:\\test\\test_upload\\1586250829\\upload.json"', "%r" % values["upload.json"]),
            ("5165465", text(values["new task"])), ("18164087_muti_layer_test/l_ayer2", text(values["layer"])),
            ("18164087", text(values["task"]))):
        example = example.replace(before, after)
    if "**CONFIG_PATH" in example:
        example = example.replace("**CONFIG_PATH", "**dict(zip(%r, CONFIG_PATH))" % [
            _NAMES[name] for name in ("tips", "task", "asset", "upload")])
    for name in _NAMES:
        example = example.replace('r"C:\\workspace\\work\\%s.json"' % name, "%r" % values[name + ".json"])
    if values["vendor"]:
        return example
    return example.replace("from rayvision_api import", "from rayvision_sync.api import")


def run(values):
    """Run all examples, each with the names of the ones before it, as in a session.

    Returns:
        dict: Example -> what its last line returned, and the counts of the report.
    """
    found, space = {}, {}
    for name, example in EXAMPLES:
        body, _, last = adapt(example, values).strip().rpartition("\n")
        exec(compile(body + "\n", str(name), "exec", 0, True), space)
        target = last.split(" = ")[-1] if name == "cutting" else last
        result = eval(compile(target, str(name), "eval", 0, True), space)
        if name == "cutting":
            space["upload_pool"] = result
            found[name] = {"result": len(result)}
        else:
            report = space[target.split(".")[0]].report
            found[name] = dict(report.as_dict(), result=result)
    return found


if __name__ == "__main__":
    sys.addaudithook(support_vendor.only_loopback)
    results = run(json.loads(sys.argv[1]))
    from rayvision_api import RayvisionAPI
    results["module"] = RayvisionAPI.__module__
    results["refused"] = support_vendor.refused
    print("\n" + json.dumps(results))
