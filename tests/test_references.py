# -*- coding: utf-8 -*-
"""Files that are named inside files."""
from __future__ import absolute_import, division, print_function, unicode_literals

import base64
import gzip
import io
import os
import zlib

import pytest
from support_expansion import Tree
from support_farm import write

from rayvision_sync import compat, references
from rayvision_sync.cancel import Cancel
from rayvision_sync.errors import Cancelled
from rayvision_sync.jobs import assets
from rayvision_sync.references import reading, table


@pytest.fixture
def tree(tmpdir):
    return Tree(compat.text(tmpdir.mkdir("show").strpath))


@pytest.fixture
def named(tmpdir):
    """Return what a file of some text names, and the notes about it."""
    def look(name, content, cancel=None):
        path = os.path.join(compat.text(tmpdir.strpath), name)
        write(path, content if isinstance(content, bytes) else content.encode("utf-8"))
        notes = []
        found = [tuple(reference) for reference in references.of(path, notes.append, cancel)]
        return found, notes
    return look


MA = r'''//Maya ASCII 2024 scene
//Codeset: UTF-8
file -rdi 1 -ns "hero" -rfn "heroRN" -op "v=0;" -typ "mayaAscii" "refs/hero.ma";
file -rdi 2 -ns "eye" -rfn "hero:eyeRN"
		-typ "mayaBinary" "refs/eye.mb{2}";
file -r -ns "hero" -dr 1 -rfn "heroRN" -op "v=0;" -typ "mayaAscii" "refs/hero.ma";
requires maya "2024";
createNode mesh -n "plane" -p "x";
	setAttr ".vt[0:3]"  0 0 0 1 0 0
		0 1 0 1 1 0;
createNode file -n "file1";
	setAttr ".ftn" -type "string" "tex/wand \"alt\".exr";
	setAttr ".cs" -type "string" "sRGB";
createNode file -n "file2";
	setAttr ".ftn" -type "string" "tex/1042/wall_v1001.1001.exr";
	setAttr ".uvt" 3;
createNode file -n "file3";
	setAttr ".ufe" yes;
	setAttr ".ftn" -type "string" "plate.0001.exr";
createNode file -n "file4";
	setAttr ".uvt" 2;
	setAttr ".ftn" -type "string" "rock_u1_v1.tif";
createNode AlembicNode -n "abc1";
	setAttr ".fn" -type "string" "cache/a.abc";
createNode transform -n "t";
	setAttr ".fn" -type "string" "no file";
createNode aiStandIn -n "s";
	setAttr ".dso" -type "string"
		"crowd.ass";
createNode imagePlane -n "p";
	setAttr ".imn" -type "string" "";
createNode script -n "evil";
	setAttr ".b" -type "string" (
		"file -r \"/etc/passwd\";\n"
		+ "setAttr \".ftn\"");
select -ne :defaultRenderGlobals;
	setAttr ".ifp" -type "string" "out/beauty";
'''


def test_a_maya_scene_names_references_textures_and_caches(named):
    found, notes = named("a.ma", MA)
    assert found == [
        ("refs/hero.ma", "", "line 3"), ("refs/eye.mb", "", "line 4"), ("refs/hero.ma", "", "line 6"),
        ("tex/wand \"alt\".exr", "", "line 12"), ("tex/1042/wall_v1001.<UDIM>.exr", "", "line 15"),
        ("plate.<f>.exr", "", "line 19"), ("rock_u<U>_v<V>.tif", "", "line 22"), ("cache/a.abc", "", "line 24"),
        ("crowd.ass", "", "line 28")]
    assert notes == []


@pytest.mark.parametrize("codeset, encoding", [
    ("936", "gbk"), ("1252", "cp1252"), ("UTF-8", "utf-8"), ("nonsense", "utf-8")])
def test_a_maya_scene_says_what_it_is_written_in(named, codeset, encoding):
    path = "t\xe9x.exr" if codeset == "1252" else "贴图/墙.exr"
    content = ("//Maya ASCII 2018 scene\n//Codeset: %s\ncreateNode file -n \"f\";\n"
               "\tsetAttr \".ftn\" -type \"string\" \"%s\";\n")
    assert named("a.ma", (content % (codeset, path)).encode(encoding))[0] == [(path, "", "line 4")]


def test_an_xgen_file_names_its_folders(named):
    found, notes = named("hair.xgen", '''# XGen Version 1
FileVersion 18

Palette
	name			coll
	xgDataPath		${PROJECT}/xgen/collections/coll
	xgProjectPath		/show/
	endAttrs

Description
	name			hair
	length			map('${DESC}/paintmaps/length')
	mask			1.0
	regionMask		map('${DESC}/Region/')
	endAttrs

	RandomGenerator
		mask			map('/masks/m')
		pointDir		${DESC}/Points/
		cacheFileName		/caches/guides.abc
		cavityMask		$a=rand(0,1);$a
''')
    folder = "/show/xgen/collections/coll"
    assert [(path, kind) for path, kind, _ in found] == [
        (folder, "folder"), (folder + "/hair/Region/", "folder"), ("/masks/m", "folder"),
        (folder + "/hair/Points/", "folder"), ("/caches/guides.abc", "folder")]
    assert {where for _, _, where in found} == {"xgDataPath", "regionMask", "mask", "pointDir", "cacheFileName"}
    assert notes == []


USDA = '''#usda 1.0
(
    doc = "an @odd.usd@ text # no comment"
    subLayers = [
        @./light.usda@,
        @anim.usd@ (offset = 10) # @comment.usd@
    ]
)
def "a" (
    prepend references = @../assets/chair.usd@</Chair>
    payload = @@@./odd@name.usd@@@
    doc = """several lines
    @not.this.usd@ 'and this'
    """
)
{
    asset inputs:file = @tex/wall.<UDIM>.exr@
    asset[] more = [@a.exr@, @b.exr@]
    string text = 'it\\'s @not.exr@'
    asset inside = @pack.usdz[tex/a.png]@
    asset shader = @OmniPBR.mdl@
    asset own = @./my.mdl@
    asset empty = @@
    asset cached = @x.abc:SDF_FORMAT_ARGS:a=b@
    dictionary clips = {
        dictionary default = {
            asset manifestAssetPath = @./clip.manifest.usda@
            string templateAssetPath = "./clip.###.usd"
        }
    }
}
'''


def test_a_usd_layer_names_layers_clips_and_textures(named):
    found, notes = named("a.usda", USDA)
    assert [(path, kind) for path, kind, _ in found] == [
        ("./light.usda", ""), ("anim.usd", ""), ("../assets/chair.usd", ""), ("./odd@name.usd", ""),
        ("tex/wall.<UDIM>.exr", ""), ("a.exr", ""), ("b.exr", ""), ("pack.usdz", ""), ("OmniPBR.mdl", "optional"),
        ("./my.mdl", ""), ("x.abc", ""), ("./clip.manifest.usda", ""), ("./clip.###.usd", "")]
    assert found[0][2] == "line 5" and notes == []
    assert named("b.usd", USDA)[0] == found


def test_a_usd_layer_may_have_lines_without_end(named):
    points = "    point3f[] points = [" + "(1, 2, 3), " * 200000 + "]\n"
    text = "#usda 1.0\n" + points + "    asset a = @t.exr@\n    string s = \"" + "x" * 70000 + "@no.exr@\"\n"
    line = "    asset[] b = [" + ", ".join("@tex/%05d.exr@" % number for number in range(20000)) + "]\n"
    found, _ = named("a.usda", text + line)
    assert [path for path, _, _ in found] == ["t.exr"] + ["tex/%05d.exr" % number for number in range(20000)]


#: Written by usd-core 26.11, then zlib, base64: a sub-layer, a reference, five textures, a picture that is rendered.
USDC = """
eNqtU81u00AQ/hzHdJukP6ENgpaiFg6oSLWTcguIuEoDVJQ0bRKpByRw4k1jkcSWvVFaxIELEkf6Bj3wAPAMfQJeBKVAgQrUsnHWTZDgxkifZ+f7
dsbr2XFhe2upXFzNgsC3TRn/xaR/rAfWzQS8wjEfBKG/JnQzweqC8GMc4xwTHJMccY6LHNeErooiE0Gx49idpUXOaw1rp87Utmca8NqVdWOPul4E
XXWjVvMo87ACx7Wa2brVMF3agkdpet5umCrddWHa1XaTtpjBLJtLDq1aNYu6UJ/AqWjVumG5z3A0hSxcWqM8vUo9GKigChOUF7bNdpXljWYMBYe6
zFrAvsffCrbn0Bl8BqO7WsdoNNS75dW1x/de4GiS1ox2g6Fz+K5lqk5rB3XGHC+taXXbY9ruFEzNq9sdLYOFp0Ya0QTilQS648x+zo9vNY0d6mkV
arTZnppMJlP+h8hD7R7hiIhW9ixx3nW5JyuJkiJLktzbhtPtQJzf5veUXIY5wjuWwkuC1CIkgoWI3mNu6W9GkbqBDz4/zZ9R/RLB7Zh+mWDqCscM
xyxB/CrBQVSf84tG9VlR/vr5ISZ7NygpuXK5HMcv5YR8J6FvRD4m4a9E+TJ+NCo2Bj4WZB5I/nBJCJ2MBdz7M24JSFL409yA9L9axxk5ORX/gd8Q
3171qyAUDZi3cr9JSnhA9fs2cvYzmM/SxqNcvjiY4I/C3xTzWCxtreUfDDb8EPy0iO+v5dZXh/Jjob5//YeeKwVb9oW+LOLCSunhUDoOhZ4XcbGQ
yw7rcTERuoh/AwKElbE="""

try:
    from pxr import UsdUtils
except ImportError:
    UsdUtils = None


def test_a_binary_usd_layer_is_read_without_a_library(named, tree):
    layer = zlib.decompress(base64.b64decode(USDC))
    found, notes = named("a.usd", layer)
    if UsdUtils is None:
        assert [(path, kind) for path, kind, _ in found] == [
            ("./light.usda", ""), ("../lib/chair.usd", ""), ("tex/wall.<UDIM>.exr", "optional"),
            ("w\xe4nd.png", "optional"), ("https://host/x.png", "optional"), ("/show/tex/wall_a.exr", "optional"),
            ("/show/tex/wall_b.exr", "optional"), ("images/beauty.0001.exr", "optional")]
    assert notes == []
    write(tree.path("a.usdc"), layer)
    tree.make("tex/wall.1001.exr", "images/beauty.0001.exr")
    found = listing(tree, "a.usdc")
    assert tree.names(found)[1:] == ["a.usdc", "tex/wall.1001.exr"]
    if UsdUtils is None:
        assert [problem.source for problem in found.missing] == [tree.path("light.usda"), tree.path("../lib/chair.usd")]


@pytest.mark.skipif(UsdUtils is not None, reason="USD's own library reads it")
def test_a_damaged_binary_usd_layer_is_a_note(named):
    layer = zlib.decompress(base64.b64decode(USDC))
    for number in range(0, len(layer), 7):
        named("cut.usdc", layer[:number])
        named("bent.usdc", layer[:number] + b"\xff\xff\xff\x7f" + layer[number + 4:])
    found, notes = named("a.usdc", b"PXR-USDC\0\0\0\0")
    assert found == [] and "it is cut off" in notes[0]


ASS = '''### exported
include "sub/b.ass"
options
{
 AA_samples 3
 texture_searchpath "/tex"
}
driver_exr
{
 name out
 filename "out/beauty.exr"
}
image
{
 name file1
 filename "tex/wall.<udim>.exr"
}
procedural { filename "c.ass.gz" }
volume
{
 filename "smoke.0001.vdb"
 grids 1 1 STRING "density"
}
shader
{
 dso "mtoa_shaders"
}
many
{
 filename 2 1 STRING "x.tx" "y.tx"
}
'''


@pytest.mark.parametrize("name", ["a.ass", "a.ass.gz", "packed.ass"])
def test_an_arnold_source_names_what_is_read_not_what_is_written(named, tmpdir, name):
    content = ASS.encode("utf-8")
    if name != "a.ass":
        packed = io.BytesIO()
        with gzip.GzipFile(fileobj=packed, mode="wb") as target:
            target.write(content)
        content = packed.getvalue()
    found, notes = named(name, content)
    assert [(path, kind) for path, kind, _ in found] == [
        ("sub/b.ass", ""), ("tex/wall.<udim>.exr", ""), ("c.ass.gz", ""), ("smoke.0001.vdb", ""),
        ("mtoa_shaders", "optional"), ("x.tx", ""), ("y.tx", "")]
    assert notes == []


def test_a_vray_scene_names_textures_meshes_and_scenes(named):
    found, notes = named("a.vrscene", '''#include "nodes.vrscene"
SettingsOutput output { img_file="out.exr"; img_dir="/out"; }
SettingsLightCache lc { file="lc.vrlmap"; auto_save_file="x.vrlmap"; }
// BitmapBuffer old { file="old.exr"; }
BitmapBuffer bitmap@node1 {
  file="tex/wall.<UDIM>.exr";
  color_space=1; gamma=1.0;
}
GeomMeshFile mesh {
  file = "tree.vrmesh"; other="nothing.exr";
}
LightIES l { ies_file="l.ies"; }
VRayNode n { profile="none"; file=""; }
''')
    assert [(path, kind) for path, kind, _ in found] == [
        ("nodes.vrscene", ""), ("lc.vrlmap", "optional"), ("tex/wall.<UDIM>.exr", ""), ("tree.vrmesh", ""),
        ("l.ies", "")]
    assert notes == []


def test_a_material_names_textures_with_their_prefix(named):
    found, notes = named("a.mtlx", '''<?xml version="1.0"?>
<materialx version="1.38" xmlns:xi="http://www.w3.org/2001/XInclude" fileprefix="tex/">
  <xi:include href="lib/b.mtlx"/>
  <nodegraph name="g" fileprefix="t\xebx/">
    <image name="i" type="color3">
      <input name="file" type="filename"
             value="wall.&lt;UDIM&gt;.exr" colorspace="srgb"/>
      <input name="other" type="string" value="not.exr"/>
    </image>
  </nodegraph>
  <input name="file" type="filename" value="a.exr"/>
</materialx>
''')
    assert [(path, where) for path, _, where in found] == [
        ("lib/b.mtlx", "line 3"), ("t\xebx/wall.<UDIM>.exr", "line 6"), ("tex/a.exr", "line 11")]
    assert notes == []


def test_image_lists_and_colour_configurations_are_read(named):
    found, _ = named("a.ifl", "a.jpg 10\nsub/b.jpg\n\n; nothing\n")
    assert found == [("a.jpg", "", "line 1"), ("sub/b.jpg", "", "line 2")]
    found, _ = named("config.ocio", '''ocio_profile_version: 1
search_path: luts
    to_reference: !<FileTransform> {src: a.spi1d, interpolation: linear}
    from: !<FileTransform>
      src: b.cube
''')
    assert [(path, kind) for path, kind, _ in found] == [("luts/a.spi1d", "optional"), ("luts/b.cube", "optional")]
    found, _ = named("config.ocio", "search_path:\n  - luts\n  - 'more'\nroles:\n  - {src: a.cube}\n")
    assert [path for path, _, _ in found] == ["luts/a.cube", "more/a.cube"]


@pytest.mark.parametrize("name, content", [
    ("bomb.mtlx", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'),
    ("broken.mtlx", "<a><b></a>"), ("deep.mtlx", "<a>" * 5000), ("empty.mtlx", ""), ("cut.ass.gz", b"\x1f\x8b\x08\0\0"),
    ("broken.ass.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\3" + b"nonsense" * 9)])
def test_a_damaged_or_hostile_file_is_a_note(named, name, content):
    found, notes = named(name, content)
    assert found == [] and len(notes) == 1 and "is not looked for" in notes[0] and name in notes[0]


@pytest.mark.parametrize("ending", [".ma", ".usda", ".ass", ".vrscene", ".xgen", ".ifl", ".ocio", ".mtlx", ".usd"])
def test_noise_under_any_ending_is_survived(named, ending):
    noise = bytes(bytearray((number * number * 31 + number // 7) % 256 for number in range(200000)))
    named("noise" + ending, noise)
    named("zeros" + ending, b"\0" * 200000)
    named("quotes" + ending, b"\"@'" * 50000 + b"\n" + b"setAttr \".ftn\" " * 10000)
    named("open" + ending, b"file -r \"x\"\n" * 50000)


def test_a_file_that_is_gone_is_a_note():
    notes = []
    assert list(references.of("/none/a.ma", notes.append)) == []
    assert "/none/a.ma cannot be read" in notes[0]


def test_no_more_than_a_bound_is_read(named, monkeypatch):
    monkeypatch.setattr(table, "MOST_BYTES", 1000)
    found, notes = named("a.ifl", "a.jpg\n" * 1000)
    assert len(found) == 166 and "only its beginning" in notes[0]


def test_a_cancelled_run_ends_inside_a_file(named):
    cancel = Cancel()
    cancel.cancel()
    with pytest.raises(Cancelled):
        named("a.ma", "x" * (3 << 20), cancel)


@pytest.mark.parametrize("ending", [".ass", ".vrscene", ".ma"])
def test_lines_are_counted_over_all_blocks(named, ending):
    line = {".ass": ' filename "%s"', ".vrscene": '  file="%s";', ".ma": 'file -r "%s";'}[ending]
    filler = " 0.1 0.2 0.3 0.4 0.5" * 5 + "\n"
    text = "".join(filler * 5000 + line % ("%d.exr" % number) + "\n" for number in range(8)) + line % "last.exr"
    found, notes = named("a" + ending, text)
    assert [(path, where) for path, _, where in found] == [
        ("%d.exr" % number, "line %d" % (5001 * (number + 1))) for number in range(8)] + [("last.exr", "line 40009")]
    assert notes == []


def test_what_stands_behind_a_very_long_line_is_found(named):
    text = ' vlist 1 1 VECTOR ' + "0.1 0.2 0.3 " * 400000 + '\n filename "a.exr"\n'
    assert named("a.ass", text)[0] == [("a.exr", "", "line 2")]


@pytest.mark.parametrize("before", ["", "a", "ab"])
def test_letters_are_not_cut_at_the_end_of_a_piece(tree, before):
    put(tree, "a.ass", before + "\u96ea\xe9\U0001f3a8" * 30000)
    pieces = [piece for _, piece in reading.Lines(tree.path("a.ass"))]
    assert len(pieces) > 3 and "".join(pieces) == before + "\u96ea\xe9\U0001f3a8" * 30000


# ---------------------------------------------------------------- followed

def listing(tree, *files, **more):
    return assets.listing(tree.snapshot(*files, **more))


def put(tree, name, text):
    write(tree.path(name), text.encode("utf-8"))


def test_files_are_followed_from_one_to_the_next(tree):
    put(tree, "scenes/city.ma", "")
    put(tree, "refs/hero.ma", 'file -r -typ "mayaAscii" "sub/eye.ma";\ncreateNode file;\n'
                              '\tsetAttr ".ftn" -type "string" "tex/wall.<UDIM>.exr";\n')
    put(tree, "refs/sub/eye.ma", '\n\ncreateNode gpuCache;\n\tsetAttr ".cfn" -type "string" "../gone.abc";\n'
                                 '\tsetAttr ".dso" -type "string" "a.usda";\n')
    put(tree, "refs/sub/a.usda", "#usda 1.0\n@../../lib/b.usda@ @./t.exr@\n")
    put(tree, "lib/b.usda", "#usda 1.0\n@../refs/sub/a.usda@\n")
    tree.make("tex/wall.1001.exr", "tex/wall.1002.exr", "refs/sub/t.exr")
    found = listing(tree, "refs/hero.ma")
    assert tree.names(found) == ["scenes/city.ma", "refs/hero.ma", "refs/sub/eye.ma", "tex/wall.1001.exr",
                                 "tex/wall.1002.exr", "refs/sub/a.usda", "refs/sub/../../lib/b.usda", "refs/sub/t.exr"]
    assert [server for _, server in found.pairs][6] == tree.path("lib/b.usda")
    origin = found.origins[tree.path("tex/wall.1001.exr")][0]
    assert (origin.node, origin.attribute) == ("hero.ma", "line 3")
    assert [assets.named(problem, found.origins) for problem in found.missing] == [{
        "path": tree.path("refs/sub/../gone.abc"), "kind": "missing", "count": 1, "node": "eye.ma",
        "attribute": "line 4", "reason": found.missing[0].reason}]


def test_a_chain_of_files_ends(tree):
    for number in range(80):
        put(tree, "c/%d.usda" % number, "@./%d.usda@\n" % (number + 1))
    found = listing(tree, "c/0.usda")
    assert len(found.pairs) == 1 + 65 and "chain of files" in found.notes[0].reason


def test_each_file_is_read_once_in_a_run(tree, monkeypatch):
    read = []
    original = references.of
    monkeypatch.setattr(references, "of", lambda path, *more: read.append(path) or original(path, *more))
    put(tree, "a.ma", 'file -r "b.ma";\nfile -r "b.ma";\n')
    put(tree, "b.ma", 'file -r "a.ma";\n')
    listing(tree, "a.ma", "a.ma", tree.path("a.ma"), "b.ma")
    assert read == [tree.path("a.ma"), tree.path("b.ma")]


def test_the_scene_is_listed_first_and_is_not_read_again(tree):
    put(tree, "scenes/city.ma", 'file -r "gone.ma";\n')
    found = assets.listing(tree.snapshot(), scene_copy="/private/copy.ma")
    assert found.pairs == [("/private/copy.ma", tree.path("scenes/city.ma"))] and found.missing == []


def test_other_frames_than_the_snapshots_may_be_asked_for(tree):
    tree.make("scenes/city.ma", *["a.%04d.exr" % number for number in range(1, 10)])
    scene = tree.snapshot({"path": "a.####.exr", "kind": "frames"})
    assert len(assets.listing(scene).pairs) == 4
    assert tree.names(assets.listing(scene, frames="5-6,9"))[1:] == ["a.0005.exr", "a.0006.exr", "a.0009.exr"]
