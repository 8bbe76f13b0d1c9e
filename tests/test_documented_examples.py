"""Every example of the documentation runs, with our API object and with the vendor's."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os

import pytest
import support_examples
from support_farm import Farm, folder, read, tree, write
from support_tree import text
from support_vendor_run import run_program

HERE = os.path.dirname(os.path.abspath(__file__))
ASSETS = 1700  # Cut by 800, as in the example: three parts.


@pytest.fixture
def farm(tmpdir):
    with Farm(folder(tmpdir, "farm")) as running:
        yield running


def prepare(tmpdir, farm, vendor):
    """Return the values of the examples: a manifest, configuration files, a rendered task and a new one."""
    work = folder(tmpdir, "work")
    assets = []
    for number in range(ASSETS):
        path = os.path.join(work, "tex", "%04d.tx" % number)
        write(path, b"%04d" % number)
        assets.append({"local": path, "server": "/tex/%04d.tx" % number})
    values = {"vendor": vendor, "domain": farm.farm.domain, "access_id": farm.farm.access_id,
              "access_key": farm.farm.access_key}
    for name, content in (("tips", {}), ("task", {"task_info": {}}), ("asset", {}), ("upload", {"asset": assets})):
        values[name + ".json"] = os.path.join(work, name + ".json")
        write(values[name + ".json"], json.dumps(content).encode("ascii"))
    task = farm.task(scene="/show/muti_layer_test.ma", frames="1-2[1]", layers=("l_ayer1", "l_ayer2"))
    farm.wait(task)
    values.update({"task": "%d" % task, "layer": "%d_muti_layer_test/l_ayer2" % task,
                   "new task": "%d" % farm.client("createTask", count=1, taskUserLevel=50)["taskIdList"][0]})
    return dict((name, text(value)) for name, value in values.items())


def check(found, values, farm, home, again=0):
    """All calls said yes, and what they promise is there; `again` configuration files are sent twice."""
    assert found["cutting"]["result"] == 3
    sent = dict((name, (result["result"], result["sent"], result["skipped"])) for name, result in found.items()
                if isinstance(result, dict) and name != "cutting")
    assert sent == {
        "multi_thread_upload": (True, ASSETS, 0), "thread_pool_upload": (True, 0, ASSETS),
        "upload_asset": (True, 0, ASSETS), "upload_config": (True, 4, 0), "upload": (True, again, ASSETS + 4 - again),
        "auto_download": (True, 4, 0), "auto_download_after_task_completed": (True, 0, 4), "download": (True, 2, 0)}
    assert read(os.path.join(farm.farm.input.root, "tex", "1699.tx")) == b"1699"
    assert [name for name in tree(farm.farm.config.root) if name.startswith(values["new task"])] == [
        "%s/cfg/%s.json" % (values["new task"], name) for name in ("asset", "task", "tips", "upload")]
    here = os.path.join(home, "renderfarm_sdk")
    frames = farm.outputs()
    layer = [name for name in frames if name.startswith(values["layer"] + "/")]
    assert len(frames) == 4 and len(layer) == 2
    # Without the task's folder, and with it.
    assert tree(here) == sorted([name.partition("/")[2] for name in frames] + layer)
    for name in frames:
        assert read(os.path.join(here, *name.split("/")[1:])) == read(os.path.join(farm.farm.output.root, name))


def test_every_documented_example_runs_with_our_api_object(tmpdir, farm, home):
    values = prepare(tmpdir, farm, vendor=False)
    check(support_examples.run(values), values, farm, home)


def run_with_the_vendors_client(values, home):
    """Run the examples with the vendor's client; return what came out."""
    found = run_program("support_examples.py", values, home)
    assert found.pop("module").startswith("rayvision_api")
    return found


def test_every_documented_example_runs_with_the_vendors_api_object(tmpdir, farm, home):
    values = prepare(tmpdir, farm, vendor=True)
    check(run_with_the_vendors_client(values, home), values, farm, home)
