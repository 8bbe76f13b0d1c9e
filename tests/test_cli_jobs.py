# -*- coding: utf-8 -*-
"""The command `jobs`, as people and programs type it, on real workers and a real farm."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import signal

import pytest
import support_jobs
from support_cli import CONTROL, events, finish, one_line, posix, report, run, start, until
from support_jobs import Site

from rayvision_sync import compat

SLOW = dict(max_speed=8)  # KB/s: it goes on for as long as a test needs it to.


@pytest.fixture
def site(home):
    """A farm and a job store."""
    with Site(home) as made:
        yield made


def jobs(*arguments):
    """Run it; returns its `Result`."""
    return run("jobs", *arguments)


def upload(site, title="city", count=3, size=1000, **options):
    """Add an upload; returns its number."""
    name = "list_%d" % len(site.client.jobs())
    return site.add("upload", title, manifests=[site.manifest(site.files(count, size, name), name + ".json")],
                    **options)


def followed(site, number, *arguments):
    """Follow a slow transfer that is let go once it was seen to move; returns the `Result`."""
    process = start("jobs", "follow", *arguments)
    lines = until(process, "running")
    site.moving(number)
    while not moves(lines[-1]):
        lines += until(process, "running")
    site.client.set_speed(number, None)
    result = finish(process)
    return result._replace(out="".join(lines) + result.out)


def moves(line):
    """Tell whether a line of ``--json`` tells of bytes; one for people tells no bytes."""
    return not line.startswith("{") or json.loads(line)["bytes"] > 0


def broken(site, title="broken"):
    """Return an upload that has failed: its list is not there."""
    number = site.add("upload", title, manifests=[os.path.join(site.home, "none.json")])
    assert site.wait(number).state == "failed"
    return number


def hidden(site):
    """Return a job that answered a question of a panel."""
    number = site.add("login", "login")
    assert site.wait(number).state == "done"
    return number


def rows(result):
    """Return the events of ``--json`` without the report, which is the last one."""
    report(result)
    return events(result)[:-1]


# -- list

@pytest.mark.parametrize("arguments", [(), ("list",), ("follow",)])
def test_where_there_is_nothing_it_says_so(home, arguments):
    result = jobs(*arguments)
    assert (result.code, result.out, result.err) == (0, "There are no transfers.\n", "")


def test_a_list_has_one_line_for_each_transfer(site):
    done, failed = upload(site, "城市 city\n\x1b[2J"), broken(site)
    site.wait(done)
    hidden(site)
    for arguments in ((), ("list",), ("list", "--all")):
        result = jobs(*arguments)
        assert (result.code, result.err) == (0, "")
        assert not CONTROL.search(result.out)
        lines = result.out.splitlines()
        assert len(lines) == 3 and lines[0].split() == ["JOB", "KIND", "STATE", "TITLE"]
        assert lines[1].split()[:6] == ["%d" % done, "upload", "done", "100", "%", "城市"]
        assert lines[2].split()[:3] == ["%d" % failed, "upload", "failed"] and "none.json" in lines[2]
    one = jobs("list", "%d" % failed).out.splitlines()
    assert len(one) == 2 and "failed" in one[1]


def test_a_list_for_programs_has_one_object_a_line(site):
    done, failed = upload(site), broken(site)
    site.wait(done)
    hidden(site)
    found = rows(jobs("--json"))
    assert [(row["event"], row["job"], row["kind"], row["state"]) for row in found] == [
        ("job", done, "upload", "done"), ("job", failed, "upload", "failed")]
    assert found[0]["files"] == found[0]["files_total"] == 3 and found[0]["title"] == "city"
    assert "none.json" in found[1]["message"]
    assert rows(jobs("list", "%d" % done, "--json")) == found[:1]


def test_quiet_lists_only_what_is_wrong(site):
    site.wait(upload(site))
    assert jobs("--quiet") == (0, "", "")
    broken(site)
    result = jobs("--quiet")
    assert (result.code, result.out) == (0, "") and "failed" in one_line(result.err)


@pytest.mark.parametrize("action", ["list", "follow", "pause", "resume", "cancel", "retry", "remove"])
def test_an_unknown_number_is_named(site, action):
    upload(site)
    result = jobs(action, "1", "77", "78")
    assert result.code == 1 and result.out == ""
    assert one_line(result.err) == "There is no transfer 77, 78. See them all: python -m rayvision_sync jobs list"
    assert jobs(action, "x").code == 2


@pytest.mark.parametrize("action", ["pause", "resume", "cancel", "retry", "remove"])
def test_an_action_wants_to_know_of_which_transfer(site, action):
    result = jobs(action)
    assert result.code == 2 and result.out == ""
    assert "jobs: name a transfer by its number" in one_line(result.err)


# -- follow

def test_follow_shows_transfers_until_they_have_ended(site):
    number = upload(site, count=4, size=300000, **SLOW)
    result = followed(site, number)
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[0] in ["%d city: %s" % (number, state) for state in ("queued", "running")]
    assert lines[-1].startswith("%d city: done, " % number)
    assert site.client.job(number).state == "done"
    assert one_line(jobs("follow").out) == (
        "No transfer runs or waits: there is nothing to follow. See them all: python -m rayvision_sync jobs list")
    again = jobs("follow", "%d" % number).out
    assert one_line(again).startswith("%d city: done, " % number)


def test_follow_tells_programs_each_state_and_the_progress(site):
    number = upload(site, count=8, size=200000, **SLOW)
    found = rows(followed(site, number, "--json"))
    assert set(row["job"] for row in found) == {number}
    states = [row["state"] for row in found]
    assert states[-1] == "done" and states.count("done") == 1 and "running" in states
    assert [row for row in found if row["state"] == "running" and 0 < row["bytes"] < found[-1]["bytes"]]


def test_follow_fails_with_a_transfer_that_fails(site):
    number = broken(site)
    result = jobs("follow", "%d" % number)
    assert result.code == 1 and "failed" in one_line(result.out)
    assert one_line(result.err) == ("1 transfer did not reach the end: %d. Go on with: jobs retry %d"
                                    % (number, number))
    quiet = jobs("follow", "%d" % number, "--quiet")
    assert (quiet.code, quiet.out, quiet.err.count("\n")) == (1, "", 2)
    told = events(jobs("follow", "%d" % number, "--json"))
    assert [row["event"] for row in told] == ["job", "error"]


@posix
def test_ctrl_c_ends_the_look_and_not_the_transfer(site):
    number = upload(site, count=2, size=900000, **SLOW)
    process = start("jobs", "follow")
    until(process, "%d city: running" % number)
    process.send_signal(signal.SIGINT)
    result = finish(process)
    assert result.code == 0 and result.out.endswith("The transfers go on. Look again: jobs follow\n")
    assert site.client.job(number).state == "running"


# -- act

def test_a_transfer_is_paused_resumed_and_cancelled(site):
    number = upload(site, count=3, size=300000, **SLOW)
    site.moving(number)
    assert jobs("pause", "%d" % number) == (0, "%d city: paused\n" % number, "")
    site.wait(number, "paused")
    wrong = jobs("pause", "%d" % number)
    assert (wrong.code, one_line(wrong.err)) == (1, "Transfer %d does not run: nothing was changed." % number)
    assert jobs("resume", "%d" % number) == (0, "%d city: goes on\n" % number, "")
    site.wait(number, "running")
    assert jobs("resume", "%d" % number).code == 1
    found = rows(jobs("cancel", "%d" % number, "--json"))
    assert [(row["event"], row["job"]) for row in found] == [("job", number)]
    assert site.wait(number).state == "cancelled"
    wrong = jobs("cancel", "%d" % number, "--quiet")
    assert (wrong.code, wrong.out) == (1, "") and "has ended" in one_line(wrong.err)


def test_a_failed_transfer_is_tried_again_when_its_list_is_back(site):
    number = broken(site)
    site.manifest(site.files(2, 1000), "none.json")
    assert jobs("retry", "%d" % number) == (0, "%d broken: tried again\n" % number, "")
    assert site.wait(number, "done").files == 2
    assert len(site.stored()) == 2


def test_a_job_goes_to_the_farm_that_it_was_added_for(site, monkeypatch):
    """The account of whoever types the command is another one, or none."""
    monkeypatch.setenv(str("RAYVISION_FARM"), compat.like(site.farm.root, str("")))
    number = site.client.add("upload", {"manifests": [os.path.join(site.home, "none.json")]}, "city")
    assert site.wait(number).state == "failed"
    monkeypatch.delenv(str("RAYVISION_FARM"))
    monkeypatch.setenv(str("RAYVISION_DOMAIN"), str("127.0.0.1:9"))
    site.manifest(site.files(2, 1000), "none.json")
    assert jobs("retry", "%d" % number).code == 0
    assert site.wait(number).state == "done"
    assert len(site.stored()) == 2


def test_remove_takes_a_transfer_off_the_list(site):
    running, done = upload(site, "one", 2, 900000, **SLOW), broken(site)
    site.moving(running)
    assert jobs("remove", "%d" % done) == (0, "%d broken: removed from the list\n" % done, "")
    assert site.client.job(done) is None
    assert rows(jobs("remove", "%d" % running, "--json")) == [{"event": "removed", "job": running}]
    assert jobs("list").out == "There are no transfers.\n", "its worker may need some seconds to end"
    support_jobs.until(lambda: site.client.job(running) is None, "it never ended")


def test_what_answers_a_panel_is_no_transfer_that_could_be_steered(site):
    number = hidden(site)
    for action in ("list", "retry", "remove"):
        wrong = jobs(action, "%d" % number)
        assert (wrong.code, wrong.out) == (1, "")
        assert one_line(wrong.err).startswith("There is no transfer %d." % number)


def test_all_means_those_that_an_action_concerns(site):
    failed, asked = broken(site), hidden(site)
    one, two = upload(site, "one", 2, 900000, **SLOW), upload(site, "two", 2, 900000, **SLOW)
    for number in (one, two):
        site.moving(number)
    result = jobs("pause", "--all")
    assert result == (0, "%d one: paused\n%d two: paused\n" % (one, two), "")
    for number in (one, two):
        site.wait(number, "paused")
    assert jobs("pause", "--all") == (0, "No transfer runs or waits: nothing was changed.\n", "")
    assert jobs("resume", "--all").out == "%d one: goes on\n%d two: goes on\n" % (one, two)
    assert jobs("cancel", "--all").out == "%d one: cancelled\n%d two: cancelled\n" % (one, two)
    for number in (one, two):
        assert site.wait(number).state == "cancelled"
    assert jobs("resume", "--all").out == "No transfer is paused or interrupted: nothing was changed.\n"
    assert jobs("retry", "--all").out == "%d broken: tried again\n" % failed
    site.wait(failed)
    assert jobs("remove", "--all").out.count("removed from the list") == 3
    assert [job.id for job in site.client.jobs()] == [asked]
    assert jobs("remove", "--all").out == "There are no transfers: nothing was changed.\n"


def test_clean_counts_what_a_person_saw(site):
    site.wait(upload(site))
    running = upload(site, "two", 2, 900000, **SLOW)
    for _ in range(2):
        hidden(site)
    past = site.client.store.now() - 10
    with site.client.store.write() as db:
        db.execute("UPDATE job SET ended = ? WHERE ended IS NOT NULL", (past,))
    assert jobs("clean") == (0, "1 ended transfer removed from the list.\n", "")
    assert [job.id for job in site.client.jobs()] == [running]
    assert jobs("clean").out == "No transfer has ended: nothing was removed.\n"
    assert rows(jobs("clean", "--json")) == [{"event": "clean", "removed": 0}]


def test_settings_that_cannot_be_read_are_named(site):
    path = os.path.join(site.home, "studio.json")
    with io.open(path, "w", encoding="utf-8") as target:
        target.write("{")
    result = jobs("clean", "--settings", path)
    assert result.code == 1 and "studio.json" in one_line(result.err)
