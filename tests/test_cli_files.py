# -*- coding: utf-8 -*-
"""The commands manifest and cut; and errors that nobody foresaw."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import subprocess
import sys

from support_cli import CONTROL, assets, environment, events, folder, one_line, posix, report, run
from support_farm import write
from support_tree import native


def read(path):
    with io.open(path, encoding="utf-8") as source:
        return json.load(source)["asset"]


def test_a_folder_becomes_a_manifest_without_the_manifest_itself(tmpdir, home):
    project = folder(tmpdir)
    for name in ("a.ma", "tex/城市.tx"):
        write(os.path.join(project, name), b"x")
    target = os.path.join(project, "upload.json")
    for _ in range(2):
        result = run("manifest", project, "-o", target)
        assert (result.code, result.err) == (0, "")
        assert result.out == "%s: 2 assets\n" % target
    assert [asset["local"] for asset in read(target)] == ["%s/a.ma" % project, "%s/tex/城市.tx" % project]


def test_a_folder_without_files_makes_no_manifest(tmpdir, home):
    target = os.path.join(folder(tmpdir), "upload.json")
    result = run("manifest", folder(tmpdir, "empty"), "-o", target)
    assert result.code == 1
    assert "no files" in one_line(result.err)
    assert not os.path.exists(target)


def test_a_missing_folder_makes_no_manifest(tmpdir, home):
    target = os.path.join(folder(tmpdir), "upload.json")
    result = run("manifest", os.path.join(folder(tmpdir), "nowhere"), "-o", target)
    assert result.code == 1
    assert "nowhere does not exist: check the path. Nothing was written." in one_line(result.err)
    assert not os.path.exists(target)


def test_files_and_folders_are_left_out_of_a_manifest(tmpdir, home):
    project = folder(tmpdir)
    for name in ("a.ma", "a.ma.bak", "images/a.png", "images2/a.png", "tex/b.tx"):
        write(os.path.join(project, name), b"x")
    target = os.path.join(project, "upload.json")
    result = run("manifest", ".", "--exclude", "images", "--exclude", os.path.join(project, "a.ma.bak"), cwd=project)
    assert (result.code, result.err) == (0, "")
    assert [asset["local"] for asset in read(target)] == [
        "%s/%s" % (project, name) for name in ("a.ma", "images2/a.png", "tex/b.tx")]
    result = run("manifest", ".", "--exclude", project, "-o", "none.json", cwd=project)
    assert result.code == 1 and not os.path.exists(os.path.join(project, "none.json"))


@posix
def test_links_to_folders_are_followed_or_named(tmpdir, home):
    top = folder(tmpdir)
    write(os.path.join(top, "library", "a.tx"), b"x")
    project = os.path.join(top, "project")
    os.mkdir(project)
    os.symlink(os.path.join(top, "library"), os.path.join(project, "tex"))
    said = ("A link to a folder was left out: %s. With --follow-links what is in them is listed, too."
            % os.path.join(project, "tex"))
    result = run("manifest", ".", cwd=project)
    assert (result.code, one_line(result.out)) == (1, said) and os.listdir(project) == ["tex"]
    assert one_line(result.err) == "There are no files in %s. Nothing was written." % project
    write(os.path.join(project, "a.ma"), b"x")
    result = run("manifest", ".", "--quiet", cwd=project)
    assert (result.code, result.out, one_line(result.err)) == (0, "", said)
    assert "left out" not in run("manifest", ".", "--exclude", "tex", cwd=project).out
    assert "tex is a link to a folder" in [
        row for row in events(run("manifest", ".", "--json", cwd=project)) if row["event"] == "note"][0]["message"]
    result = run("manifest", ".", "--follow-links", cwd=project)
    assert (result.code, result.err) == (0, "")
    assert [asset["local"] for asset in read(os.path.join(project, "upload.json"))] == [
        "%s/%s" % (project, name) for name in ("a.ma", "tex/a.tx")]


def test_what_is_to_be_left_out_and_is_not_there_is_refused(tmpdir, home):
    project = folder(tmpdir)
    write(os.path.join(project, "images", "a.png"), b"x")
    result = run("manifest", ".", "--exclude", "images", "--exclude", "imgaes", cwd=project)
    assert result.code == 1 and result.out == ""
    assert one_line(result.err) == "--exclude: %s does not exist: check the path. Nothing was written." % (
        os.path.join(project, "imgaes"))
    assert os.listdir(project) == ["images"]


def test_a_manifest_is_cut_into_parts_that_are_named(tmpdir, home):
    source = assets(folder(tmpdir), ["%d.tx" % number for number in range(5)])
    result = run("cut", source, "--assets", "2", "-o", folder(tmpdir, "parts"))
    assert result.code == 0
    assert [len(read(part)) for part in result.out.splitlines()] == [2, 2, 1]
    result = run("cut", source, "--assets", "2", "--json")
    assert [event["event"] for event in events(result)] == ["part", "part", "part", "report"]


def test_a_small_manifest_is_left_alone(tmpdir, home):
    source = assets(folder(tmpdir))
    result = run("cut", source, "--assets", "100")
    assert result.code == 0
    assert "nothing to cut" in result.out and result.out.splitlines()[-1] == source


def test_a_broken_manifest_is_not_cut(tmpdir, home):
    source = os.path.join(folder(tmpdir), "upload.json")
    write(source, b'{"asset": [{"local": "/a", "server": "/a"}\n{}]}')
    result = run("cut", source, "--assets", "1")
    assert result.code == 1
    assert "line 2" in one_line(result.err)
    result = run("cut", source, "--assets", "1", "--json")
    assert result.code == 1 and result.err == ""
    assert [event["event"] for event in events(result)] == ["error"]


def test_an_unforeseen_error_is_one_sentence_and_its_traceback_is_in_the_log(home):
    code = ("import sys\n"
            "from rayvision_sync.cli import main, manifests\n"
            "def manifest(run):\n    raise KeyError('what nobody thought of')\n"
            "manifests.manifest = manifest\n"
            "sys.exit(main(['manifest', 'x']))\n")
    process = subprocess.Popen([sys.executable, native("-c"), native(code)], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, env=environment())
    out, err = process.communicate()
    assert process.returncode == 1 and out == b""
    message = one_line(err.decode("utf-8"))
    log = os.path.join(home, "rayvision_sync", "logs", "command.log")
    assert "KeyError" in message and log in message
    with io.open(log, encoding="utf-8") as lines:
        written = lines.read()
    assert "Traceback" in written and "what nobody thought of" in written


def test_no_log_is_made_where_nothing_went_wrong(tmpdir, home):
    assert run("cut", assets(folder(tmpdir)), "--assets", "5").code == 0
    assert not os.path.exists(os.path.join(home, "rayvision_sync"))


def test_a_closed_pipe_ends_the_command_quietly(tmpdir, home):
    source = assets(folder(tmpdir), ["%d.tx" % number for number in range(500)], size=3)
    reader, writer = os.pipe()
    os.close(reader)
    try:
        result = run("cut", source, "--assets", "1", stdout=writer)
    finally:
        os.close(writer)
    assert (result.code, result.err) == (1, "")


def test_names_that_a_terminal_would_obey_are_spelled_out(tmpdir, home):
    name = "a\x1b[2Jb\n$(c)'\".tx"
    result = run("manifest", os.path.join(folder(tmpdir), name), "-o", os.path.join(folder(tmpdir), "u.json"))
    assert result.code == 1
    assert "a\\x1b[2Jb\\n$(c)'\".tx" in one_line(result.err)
    assert not CONTROL.search(result.err)


def test_machines_always_read_a_report_last(tmpdir, home):
    result = run("manifest", assets(folder(tmpdir)), "-o", os.path.join(folder(tmpdir, "out"), "u.json"), "--json")
    assert result.code == 0
    assert report(result)["sent"] == 0
