# -*- coding: utf-8 -*-
"""The command line: help, and what is wrong usage."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import re
import subprocess
import sys

import pytest
from support_cli import KEY, one_line, run
from support_tree import ROOT, modules, native

COMMANDS = ("manifest", "cut", "upload", "config", "submit", "download", "watch", "tasks", "farm", "verify", "demo")


def called(*arguments):
    """Run commands inside one process; returns the exit code and the modules it has loaded."""
    code = ("import json, sys\n"
            "from rayvision_sync.cli import main\n"
            "code = main(%r)\n"
            "sys.stdout.write('\\n' + json.dumps([code, sorted(sys.modules)]))" % (list(map(native, arguments)),))
    out = subprocess.check_output([sys.executable, native("-c"), native(code)])
    return json.loads(out.decode("utf-8").splitlines()[-1])


def test_the_help_names_every_command():
    result = run("--help")
    assert result.code == 0
    assert all("\n    %s " % command in result.out for command in COMMANDS)


def test_every_command_has_help_with_an_example():
    code = ("from rayvision_sync.cli import main\n"
            "for name in %r.split():\n    assert main([name, '--help']) == 0\n" % native(" ".join(COMMANDS)))
    out = subprocess.check_output([sys.executable, native("-c"), native(code)]).decode("utf-8")
    assert out.count("Example:") == len(COMMANDS)


def test_the_documentation_has_every_event_that_is_told():
    told = set()
    for _, path in modules("core/cli"):
        with io.open(path, encoding="utf-8") as source:
            told.update(re.findall(r'\btell\("(\w+)"', source.read()))
    with io.open(os.path.join(ROOT, "docs", "command_line.md"), encoding="utf-8") as source:
        table = source.read().partition("| event | |")[2].partition("\n\n")[0]
    assert len(told) > 10 and sorted(name for name in told if "`%s`" % name not in table) == []


def test_the_help_names_each_source_of_the_region():
    said = " ".join(run("upload", "--help").out.split())
    assert "(default: AWS_REGION, AWS_DEFAULT_REGION, the profile's, else us-east-1)" in said


def test_the_version_is_told():
    result = run("--version")
    assert result.code == 0
    assert (result.out + result.err).startswith("rayvision_sync ")


@pytest.mark.parametrize("arguments, said", [
    ([], "Help:"),
    (["uplaod", "x"], "uplaod"),
    (["upload"], "upload --help"),
    (["upload", "u.json", "--threads", "0"], "--threads"),
    (["upload", "u.json", "--max-speed", "fast"], "--max-speed"),
    (["upload", "u.json", "--protocol", "ftp"], "--protocol"),
    (["cut", "u.json", "--assets", "0"], "--assets"),
    (["cut", "u.json", "--assets", "ten"], "--assets"),
    (["submit", "--frames", "1-4", "a"], "--scene"),
    (["submit", "--scene", "a.ma", "--frames", "1-x", "a"], "--frames"),
    (["submit", "--scene", "a.ma", "--frames", "1-4"], "--manifest"),
    (["submit", "--scene", "a.ma", "--frames", "1-4", "--manifest", "u.json", "a"], "not both"),
    (["watch", "城市"], "TASK_ID"),
    (["watch", "18164087", "--interval", "-3"], "--interval"),
    (["download"], "--server-path"),
    (["farm"], "--root"),
    (["farm", "--root", "x", "--port", "66000"], "--port"),
])
def test_wrong_usage_is_one_sentence_and_2(arguments, said):
    result = run(*arguments)
    assert result.code == 2
    assert result.out == ""
    assert said in one_line(result.err)


@pytest.mark.parametrize("arguments", [["--acess-key", KEY], ["--acess-key=" + KEY], ["--access=" + KEY],
                                       ["--protocol=ftp", "--access-key=" + KEY], [KEY, "--wrong"]])
def test_wrong_usage_never_repeats_a_key(arguments):
    result = run("upload", "u.json", *arguments)  # `run` looks for the key.
    assert result.code == 2


@pytest.mark.parametrize("arguments", [["--help"], ["upload", "--help"], ["cut", "no such.json", "--assets", "5"],
                                       ["manifest", "no such folder"]])
def test_what_needs_no_farm_loads_no_network(arguments):
    code, loaded = called(*arguments)
    assert code in (0, 1)
    assert [name for name in loaded if name.split(".")[0] in ("requests", "urllib3", "sqlite3")
            or name.startswith(("rayvision_sync.farm", "rayvision_sync.api"))] == []


def test_main_says_the_exit_code():
    assert called("cut", "no such.json", "--assets", "5")[0] == 1
    assert called("cut")[0] == 2
