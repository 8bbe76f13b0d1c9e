# -*- coding: utf-8 -*-
"""The documented download calls, against a real local farm."""
from __future__ import absolute_import, division, print_function, unicode_literals

import inspect
import os
import subprocess
import sys

import pytest
import six
from support_download import TIME, Storage, parts, put
from support_farm import Farm, folder, read, tree, write
from support_limits import SOON_S, WAIT_S
from support_tree import native

from rayvision_sync import compat, crew, paths, watch
from rayvision_sync.api import RayvisionAPI
from rayvision_sync.cancel import Cancel
from rayvision_sync.download import RayvisionDownload
from rayvision_sync.errors import Cancelled, DownloadFailed, FarmError, FarmUnreachable, NameRefused, SettingsError
from rayvision_sync.settings import Settings

UNKNOWN = 999999999
CALLS = ("auto_download", "auto_download_after_task_completed", "download")


@pytest.fixture(autouse=True)
def short_polls(monkeypatch):
    monkeypatch.setattr(watch, "_SHORTEST_POLL_S", 0.01)


@pytest.fixture(scope="module")
def farm(tmpdir_factory):
    """A farm with one task of two layers, which is done."""
    with Farm(os.path.join(compat.text(tmpdir_factory.mktemp("download").strpath), "farm")) as running:
        running.city = running.task(scene="/show/city.ma", frames="1-3[1]", layers=("beauty", "shadow"))
        running.wait(running.city)
        running.frames = [name for name in running.outputs() if name.startswith("%d_" % running.city)]
        yield running


@pytest.fixture
def api(farm, home):
    return RayvisionAPI(access_id=farm.farm.access_id, access_key=farm.farm.access_key, domain=farm.farm.domain,
                        platform="2", protocol="http")


class Told(object):
    """A listener."""

    def __init__(self):
        self.events = []

    def __call__(self, event):
        self.events.append(event)

    def notes(self, kind):
        return [event.note for event in self.events if event.kind == kind]


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def download(api, told):
    return RayvisionDownload(api, listener=told)


@pytest.fixture
def here(tmpdir):
    return folder(tmpdir, "images")


def call(download, name, task_ids, **options):
    """Make a documented call with a short pause."""
    if name != "download":
        options.setdefault("sleep_time", 0)
    return getattr(download, name)(task_ids, **options)


def same(farm, here, names, drop=0):
    """The folder holds these frames and nothing else, byte for byte."""
    local = sorted("/".join(name.split("/")[drop:]) for name in names)
    return tree(here) == local and all(
        read(os.path.join(here, *name.split("/")[drop:])) == read(os.path.join(farm.farm.output.root, *name.split("/")))
        for name in names)


# ---------------------------------------------------------------- the contract

@pytest.mark.parametrize("name, expected", [
    ("auto_download", [("task_id_list", None), ("max_speed", None), ("print_log", False), ("sleep_time", 10),
                       ("download_filename_format", "true"), ("local_path", None)]),
    ("auto_download_after_task_completed", [
        ("task_id_list", None), ("max_speed", None), ("print_log", True), ("sleep_time", 10),
        ("download_filename_format", "true"), ("local_path", None)]),
    ("download", [("task_id_list", None), ("max_speed", None), ("print_log", True),
                  ("download_filename_format", "true"), ("local_path", None), ("server_path", None)])])
def test_the_arguments_are_the_documented_ones(name, expected):
    method = getattr(RayvisionDownload, name)
    spec = inspect.getargspec(method) if six.PY2 else inspect.getfullargspec(method)
    assert list(zip(spec.args[1:], spec.defaults))[:len(expected)] == expected


@pytest.mark.parametrize("name", CALLS)
def test_a_tasks_frames_land_with_their_layers_and_the_answer_is_a_boolean(farm, download, here, name):
    assert call(download, name, [farm.city], local_path=here) is True
    assert len(farm.frames) == 6 and same(farm, here, farm.frames)
    report = download.report
    assert (report.sent, report.skipped, report.failed, report.missing) == (6, 0, 0, 0)
    assert report.bytes == sum(len(read(os.path.join(here, name))) for name in farm.frames)
    assert call(download, name, [farm.city], local_path=here) is True
    assert (download.report.sent, download.report.skipped) == (0, 6)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("style, drop", [("true", 0), (True, 0), ("false", 1), (False, 1), ("False", 1)])
def test_the_tasks_folder_is_kept_or_dropped(farm, download, here, name, style, drop):
    assert call(download, name, [farm.city], local_path=here, download_filename_format=style)
    assert same(farm, here, farm.frames, drop)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("style", ["yes", None, 0])
def test_another_style_is_an_error_and_nothing_is_fetched(farm, download, here, name, style):
    with pytest.raises(SettingsError):
        call(download, name, [farm.city], local_path=here, download_filename_format=style)
    assert not os.path.exists(here)


@pytest.mark.parametrize("name", CALLS)
def test_without_a_local_path_frames_land_in_the_documented_folder(farm, download, home, name):
    assert call(download, name, [farm.city])
    assert same(farm, os.path.join(home, "renderfarm_sdk"), farm.frames)


def test_without_a_home_there_is_a_clear_error(farm, download, monkeypatch):
    monkeypatch.delenv(native("HOME"))
    monkeypatch.delenv(native("USERPROFILE"))
    with pytest.raises(SettingsError) as error:
        download.download([farm.city])
    assert "give local_path" in error.value.message


def test_a_relative_local_path_is_below_the_working_folder(farm, download, tmpdir, monkeypatch):
    monkeypatch.chdir(tmpdir)
    assert download.download([farm.city], local_path=native("images"))
    assert same(farm, folder(tmpdir, "images"), farm.frames)


def test_a_local_path_with_any_characters_works(farm, download, tmpdir):
    here = folder(tmpdir, "it's \"$(x)\" 城市\nline")
    assert download.download([farm.city], local_path=native(here)) and same(farm, here, farm.frames)


# ---------------------------------------------------------------- tasks

@pytest.mark.parametrize("name", CALLS)
def test_the_callers_list_is_never_changed_and_may_be_anything_that_holds_numbers(farm, download, here, name):
    given = [farm.city, farm.city]
    assert call(download, name, given, local_path=here) and given == [farm.city, farm.city]
    for task_ids in ((farm.city,), {farm.city}, (task for task in [farm.city]), ["%d" % farm.city],
                     [native("%d" % farm.city)], "%d" % farm.city, farm.city):
        assert call(download, name, task_ids, local_path=here)
        assert download.report.skipped == 6


@pytest.mark.parametrize("name", CALLS)
def test_no_tasks_are_done_at_once_and_nothing_at_all_is_an_error(download, name):
    for nothing in ([], ()):
        assert call(download, name, nothing) is True
        assert download.report.sent == download.report.skipped == 0
    with pytest.raises(SettingsError) as error:
        call(download, name, None)
    assert "task_id_list" in error.value.message


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("wrong", [["soon"], [1.5], [None], [True], [-4]])
def test_what_is_no_number_of_a_task_is_an_error(download, name, wrong):
    with pytest.raises(SettingsError) as error:
        call(download, name, wrong)
    assert "whole number" in error.value.message


@pytest.mark.parametrize("name", CALLS)
def test_an_unknown_task_fails_by_name(farm, download, here, name):
    with pytest.raises(DownloadFailed) as error:
        call(download, name, iter([UNKNOWN, farm.city]), local_path=here)
    assert "does not know task %d" % UNKNOWN in error.value.message
    if name == "download":
        assert not os.path.exists(here)
    else:  # The other one was followed to its end.
        assert download.report.sent == 6 and same(farm, here, farm.frames)


def test_frames_land_while_the_task_is_rendered(farm, download, here):
    task = farm.task(scene="/show/live.ma", frames="1-5[1]", layers=("a", "b"))
    assert download.auto_download([task], sleep_time=0.05, local_path=here)
    frames = [name for name in farm.outputs() if name.startswith("%d_" % task)]
    assert len(frames) == download.report.sent == 10 and same(farm, here, frames)


def test_a_single_layer_can_be_followed(farm, download, here):
    layers = farm.client.task(farm.city)["respRenderingTaskList"]
    beauty = next(layer for layer in layers if "beauty" in layer["outputFileName"])
    assert download.download([beauty["id"]], local_path=here)
    assert same(farm, here, [name for name in farm.frames if "/beauty/" in name])
    assert download.download([farm.city, beauty["id"]], local_path=here)
    assert (download.report.sent, download.report.skipped) == (3, 3)


def test_tasks_that_meet_under_one_local_name_are_refused_and_the_first_stays(farm, download, here, told):
    again = farm.task(scene="/show/city.ma", frames="1-3[1]", layers=("beauty", "shadow"))
    farm.wait(again)
    for name in CALLS:
        assert call(download, name, [farm.city, again], local_path=here, download_filename_format="false") is False
        assert download.report.failed == 6
        reason = download.report.problems[0].reason
        assert "/%d_city/" % farm.city in reason and "/%d_city/" % again in reason
        assert same(farm, here, farm.frames, 1)


# ---------------------------------------------------------------- server paths

def test_a_folder_of_the_storage_is_fetched_with_its_path_or_without(farm, download, here, tmpdir):
    beauty = [name for name in farm.frames if "/beauty/" in name]
    for given in ("%d_city/beauty", "/%d_city/beauty/", "%d_city\\beauty"):
        assert download.download(server_path=given % farm.city, local_path=here) is True
        assert same(farm, here, beauty)
    flat = folder(tmpdir, "flat")
    assert download.download(server_path="%d_city/beauty" % farm.city, local_path=flat,
                             download_filename_format="false")
    assert same(farm, flat, beauty, 2)


def test_several_paths_files_too_and_paths_within_each_other(farm, download, here):
    one = farm.frames[0]
    assert download.download(server_path=[one, "%d_city/shadow" % farm.city, "%d_city" % farm.city], local_path=here)
    assert download.report.sent == 6 and same(farm, here, farm.frames)
    assert download.download(server_path=(native(one),), local_path=here)
    assert download.report.skipped == 1


def test_a_path_wins_over_the_tasks(farm, download, here):
    shadow = [name for name in farm.frames if "/shadow/" in name]
    assert download.download([UNKNOWN], server_path="%d_city/shadow" % farm.city, local_path=here)
    assert same(farm, here, shadow)


def test_a_path_that_is_not_there_is_missing_and_the_others_land(farm, download, here, caplog):
    assert download.download(server_path="18164087_nothing", local_path=here) is False
    problem, = download.report.problems
    assert problem.kind == "missing" and "There is nothing under \"18164087_nothing\"" in problem.reason
    assert problem.reason in caplog.text and not os.path.exists(here)
    assert download.download(server_path=["nothing", "%d_city" % farm.city], local_path=here) is False
    assert (download.report.sent, download.report.missing) == (6, 1) and same(farm, here, farm.frames)


@pytest.mark.parametrize("path", ["../other", "a//b", "C:/x", ["x", ""], "a\x00b"])
def test_a_path_that_no_storage_has_is_an_error(download, here, path):
    with pytest.raises((SettingsError, NameRefused)):
        download.download(server_path=path, local_path=here)
    assert not os.path.exists(here)


# ---------------------------------------------------------------- the user's own files

@pytest.mark.parametrize("name", CALLS)
def test_the_users_own_file_is_kept_and_said(farm, download, here, told, capsys, name):
    own = os.path.join(here, *farm.frames[0].split("/"))
    write(own, b"painted by hand")
    assert call(download, name, [farm.city], local_path=here, print_log=True) is True
    assert read(own) == b"painted by hand" and len(tree(here)) == 7
    assert download.report.kept == (own,) and told.notes("kept") == [own]
    beside = paths.versioned(own, 1)
    assert download.report.beside == ((own, beside),) and read(beside) != b"painted by hand"
    assert "%s is your own file and was kept: the farm's version is %s" % (own, beside) in (
        compat.text(capsys.readouterr()[0]))
    assert call(download, name, [farm.city], local_path=here) is True
    assert download.report.sent == 0 and len(tree(here)) == 7


def test_no_version_is_said_to_lie_beside_where_the_farm_has_nothing_newer(farm, download, here, capsys):
    assert download.download([farm.city], local_path=here)
    own = os.path.join(here, *farm.frames[0].split("/"))
    write(own, b"painted over")
    capsys.readouterr()
    assert download.download([farm.city], local_path=here) and len(tree(here)) == 6
    assert (download.report.kept, download.report.beside) == ((own,), ())
    assert "%s is your own file and was kept.\n" % own in compat.text(capsys.readouterr()[0])


# ---------------------------------------------------------------- what is printed

@pytest.mark.parametrize("name", CALLS)
def test_a_line_for_every_frame_is_printed_where_it_is_wanted(farm, download, here, capsys, name):
    assert call(download, name, [farm.city], local_path=here, print_log=True)
    lines = compat.text(capsys.readouterr()[0]).splitlines()
    assert len(lines) == 6 and sorted(line.rpartition(" (")[0] for line in lines) == [
        os.path.join(here, *frame.split("/")) for frame in farm.frames]
    assert call(download, name, [farm.city], local_path=here + "2", print_log=False)
    assert not capsys.readouterr()[0]


def test_problems_are_printed_too(farm, download, here, capsys):
    assert not download.download(server_path="nothing", local_path=here)
    assert "There is nothing under" in compat.text(capsys.readouterr()[0])


@pytest.mark.parametrize("encoding", ["ascii", "utf-8", "cp1252"])
def test_a_console_that_cannot_show_a_name_stops_no_download(farm, home, tmpdir, encoding):
    code = ("import sys\nfrom rayvision_sync.api import RayvisionAPI\nfrom rayvision_sync.download import "
            "RayvisionDownload\napi = RayvisionAPI(sys.argv[1], sys.argv[2], sys.argv[3], '2', 'http')\n"
            "assert RayvisionDownload(api).download([sys.argv[4]], local_path=sys.argv[5]) is True")
    here = folder(tmpdir, "城市")
    environ = dict(os.environ, PYTHONIOENCODING=native(encoding))
    process = subprocess.Popen(
        [sys.executable, native("-c"), native(code)] + [native(value) for value in (
            farm.farm.access_id, farm.farm.access_key, farm.farm.domain, "%d" % farm.city, here)],
        env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output, complaints = process.communicate()
    assert process.returncode == 0, complaints
    assert len(output.splitlines()) == 6 and same(farm, here, farm.frames)
    assert ("城市" if encoding == "utf-8" else "??").encode("utf-8") in output


def test_a_closed_or_missing_output_stops_no_download(farm, download, here, monkeypatch):
    for stream in (None, open(os.devnull, "w")):
        if stream:
            stream.close()
        monkeypatch.setattr(sys, "stdout", stream)
        assert download.download([farm.city], local_path=here)


# ---------------------------------------------------------------- limits and ends

@pytest.mark.parametrize("speed", ["40", 40])
def test_a_speed_limit_bounds_all_threads_together(api, home, tmpdir, here, speed):
    storage = Storage(folder(tmpdir, "output"))
    for number in range(5):
        put(os.path.join(storage.root, "1_x", "%d.png" % number), b"x" * 4096, TIME)
    began = compat.monotonic()
    assert RayvisionDownload(api, settings=storage.settings()).download(server_path="1_x", local_path=here,
                                                                       max_speed=speed)
    assert compat.monotonic() - began > 0.9 * 20 / 40


@pytest.mark.parametrize("speed", ["fast", -1, 1.5, True])
def test_a_speed_that_is_none_is_an_error_before_anything_is_fetched(farm, download, here, speed):
    for name in CALLS:
        with pytest.raises(SettingsError):
            call(download, name, [farm.city], local_path=here, max_speed=speed)
    assert not os.path.exists(here)


def test_a_cancel_keeps_what_landed_and_reports_it(api, home, tmpdir, here, monkeypatch):
    monkeypatch.setattr(crew, "_PATIENCE_S", WAIT_S)  # A thread that gets no turn is none that hangs.
    storage = Storage(folder(tmpdir, "output"))
    for number in range(40):
        put(os.path.join(storage.root, "1_x", "%02d.png" % number), b"x" * 40960, TIME)
    cancel, when = Cancel(), []

    def listen(event):
        if event.kind == "done":
            when.append(compat.monotonic())
            cancel.cancel()
    download = RayvisionDownload(api, settings=storage.settings(), cancel=cancel, listener=listen)
    with pytest.raises(Cancelled):
        download.download(server_path="1_x", local_path=here, max_speed=400, print_log=False)
    assert compat.monotonic() - when[0] < SOON_S
    assert 1 <= download.report.sent < 40 and not parts(here)
    assert len(tree(here)) == download.report.sent


@pytest.mark.parametrize("name", CALLS)
def test_a_file_in_the_place_of_the_local_folder_is_one_sentence(farm, download, here, name):
    write(here, b"a file")
    for path, said in ((here, "it is a file"), (os.path.join(here, "images"), here + " is a file")):
        with pytest.raises(SettingsError) as refused:
            call(download, name, [farm.city], local_path=path)
        assert said in refused.value.message and path in refused.value.message and read(here) == b"a file"


@pytest.mark.parametrize("name", CALLS)
def test_a_place_that_cannot_be_written_is_said_for_every_frame(farm, download, here, told, name):
    taken = os.path.join(here, farm.frames[0].split("/")[0])
    write(taken, b"a file")
    assert call(download, name, [farm.city], local_path=here) is False
    assert (download.report.sent, download.report.failed) == (0, 6) and read(taken) == b"a file"
    assert "cannot be" in download.report.problems[0].reason and here in download.report.problems[0].reason
    assert len(told.notes("failed")) == 6  # Once each, however many looks there were.


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_key_is_a_clear_error_at_once(farm, home, here, name):
    api = RayvisionAPI(access_id=farm.farm.access_id, access_key=farm.farm.access_key, domain=farm.farm.domain,
                       platform="2", protocol="http")
    api.connect._sign = lambda message: "wrong"
    with pytest.raises(FarmError) as error:
        call(RayvisionDownload(api), name, [farm.city], local_path=here)
    assert error.value.code == 611 and not os.path.exists(here)


def test_a_farm_that_is_away_is_a_clear_error_for_a_single_download(tmpdir, home, here):
    with Farm(folder(tmpdir, "farm")) as away:
        api = RayvisionAPI(access_id=away.farm.access_id, access_key=away.farm.access_key, domain=away.farm.domain,
                           platform="2", protocol="http")
    api.connect.wait = lambda seconds: None
    with pytest.raises(FarmUnreachable) as error:
        RayvisionDownload(api).download([1], local_path=here)
    assert error.value.message.startswith(
        "%s cannot be reached: start the local farm again." % away.farm.domain)


def test_the_settings_may_name_the_download_folder(farm, api, home, here):
    download = RayvisionDownload(api, settings=Settings([("test", {"local_path": here})]))
    assert download.download([farm.city]) and same(farm, here, farm.frames)
