"""The sample project's Maya ASCII scene: nodes that name the project's files."""
from __future__ import absolute_import, division, print_function, unicode_literals

WORKSPACE = """//Maya 2018 Project Definition

workspace -fr "scene" "scenes";
workspace -fr "images" "images";
workspace -fr "sourceImages" "sourceimages";
workspace -fr "alembicCache" "cache";
workspace -fr "mayaAscii" "scenes";
"""

_HEAD = """//Maya ASCII 2018 scene
//Name: city_v042.ma
//Codeset: UTF-8
requires maya "2018";
requires -nodeType "aiOptions" -nodeType "aiAOVDriver" "mtoa" "3.1.2";
requires -nodeType "AlembicNode" "AbcImport" "1.0";
currentUnit -l centimeter -a degree -t film;
fileInfo "application" "maya";
fileInfo "product" "Maya 2018";
fileInfo "version" "2018";
createNode transform -n "shotCam";
	setAttr ".t" -type "double3" 12 170 1400;
	setAttr ".r" -type "double3" -4 8 0;
createNode camera -n "shotCamShape" -p "shotCam";
	setAttr -k off ".v";
	setAttr ".rnd" yes;
	setAttr ".fl" 35;
createNode transform -n "city";
createNode mesh -n "cityShape" -p "city";
	setAttr -k off ".v";
"""

_TAIL = """createNode renderLayer -n "beauty";
createNode renderLayer -n "shadow";
select -ne :time1;
	setAttr ".o" 1001;
select -ne :defaultResolution;
	setAttr ".w" 1920;
	setAttr ".h" 1080;
select -ne :defaultRenderGlobals;
	setAttr ".ren" -type "string" "arnold";
	setAttr ".outf" 32;
	setAttr ".an" yes;
	setAttr ".fs" 1;
	setAttr ".ef" 12;
	setAttr ".bfs" 1;
	setAttr ".ifp" -type "string" "<RenderLayer>/city_v042";
	setAttr ".pff" yes;
// End of city_v042.ma
"""


def city(tiles, plate, textures, cache):
    """Return the scene as text.

    Args:
        tiles (list of str): The UDIM set, names below the project.
        plate (list of str): The image sequence.
        textures (list of str): Single textures.
        cache (str): The Alembic cache.

    Returns:
        str: Maya ASCII.
    """
    nodes = [_file(1, tiles[0].replace("1001", "<UDIM>"), "\tsetAttr \".uvt\" 3;\n"),
             _file(2, plate[0], "\tsetAttr \".ufe\" yes;\n")]
    nodes += [_file(number, name) for number, name in enumerate(textures, 3)]
    nodes.append("createNode AlembicNode -n \"crowd_AlembicNode\";\n"
                 "\tsetAttr \".fn\" -type \"string\" %s;\n" % _quoted(cache))
    links = ["connectAttr \"file%d.oc\" \"city_shader%d.c\";\n" % (number, number)
             for number in range(1, len(nodes))]
    return _HEAD + "".join(nodes) + _TAIL.replace("// End", "".join(links) + "// End")


def _file(number, name, more=""):
    return ("createNode lambert -n \"city_shader%d\";\n"
            "createNode file -n \"file%d\";\n%s"
            "\tsetAttr \".ftn\" -type \"string\" %s;\n" % (number, number, more, _quoted(name)))


def _quoted(name):
    return "\"%s\"" % name.replace("\\", "\\\\").replace("\"", "\\\"")
