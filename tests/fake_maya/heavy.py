"""A scene of a show: 20 000 nodes, 6 000 of which name a file, deep references, and what is broken."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .graph import Attr

DEPTH, BRANCHES = 5, 3


def fill(maya, nodes=20000, files=6000, layers=40, broken=30):
    """Fill a scene.

    Args:
        maya (Maya): A new one.
        nodes (int): In all.
        files (int): How many of them name one.
        layers (int): Each with a sequence of 1 000 frames.
        broken (int): Nodes whose file cannot be read.

    Returns:
        dict: What a scan must find: ``files`` with the references, ``frames``, ``troubles``.
    """
    maya.nodes["defaultRenderGlobals"].attrs["startFrame"].value = 1.0
    maya.nodes["defaultRenderGlobals"].attrs["endFrame"].value = 1000.0
    for number in range(layers):
        name = "rs_layer%02d" % number
        maya.make(name, "renderLayer", renderable=True)
        maya.nodes["renderLayerManager"].inputs["renderLayerId"].append(name)
        maya.expression_for("expression%d" % number, "plate%d.frameExtension = frame;" % number)
        maya.texture("plate%d" % number, "/show/plates/layer%02d/plate.0001.exr" % number, animated=True,
                     driver="expression%d" % number, pattern="/show/plates/layer%02d/plate.<f>.exr" % number)
    for number in range(files - layers):
        _file(maya, number)
    for number in range(broken):
        maya.make("broken%d" % number, "network", fileName=Attr(filename=True, broken="The plug-in failed."))
    references = _refer(maya, "", 0)
    for number in range(nodes - len(maya.nodes)):
        kind = ("transform", "mesh", "lambert")[number % 3]
        maya.make("|group%d|node%d" % (number % 500, number), kind, translateX=0.0, note="/not/a/file.exr")
    return {"files": files + references, "frames": layers, "troubles": broken}


def _file(maya, number):
    name, path = "file%d" % number, "/show/tex/%03d/wall_%05d" % (number // 100, number)
    if number % 4 == 0:
        maya.texture(name, path + ".1001.exr", tiling=3, pattern=path + ".<UDIM>.exr")
    elif number % 4 == 1:
        maya.texture(name, path + ".tx")
    elif number % 4 == 2:
        maya.make(name, "aiImage", filename=Attr(path + ".<udim>.tx", filename=True))
    else:
        maya.make(name, "gpuCache", cacheFileName=path + ".abc")


def _refer(maya, space, depth):
    """Refer to three files, each of which refers to three, ...: returns how many that are."""
    if depth == DEPTH:
        return 0
    count = 0
    for branch in range(BRANCHES):
        node = "%sasset%d" % (space, branch)
        maya.refer(node + "RN", "/show/assets/%s.ma" % node.replace(":", "/"))
        count += 1 + _refer(maya, node + ":", depth + 1)
    return count
