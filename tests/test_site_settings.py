"""What a studio sets for all workstations: it works as documented, and what is locked is not got around."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import re

import pytest
from support_cli import run
from support_farm import folder, tree, write
from support_jobs import Site
from support_tree import ROOT, native

from rayvision_sync import compat, login, mapping, outputs, settings, timetable, tuner
from rayvision_sync.api import RayvisionAPI
from rayvision_sync.download import RayvisionDownload
from rayvision_sync.errors import SettingsError
from rayvision_sync.jobs import work
from rayvision_sync.session import Session

EVERYTHING = {
    "farm": "/studio/farm", "storage": {"engine": "folder"}, "proxy": "http://proxy:3128",
    "ca_bundle": "/studio/ca.pem", "threads": 3, "max_speed": "09:00-19:00 2048, else 0",
    "path_mapping": [["P:/", "/mnt/p"]],
    "interpreter": "/studio/python", "local_path": "/studio/frames", "domain": "farm.lan", "platform": "7",
    "protocol": "http", "access_id": "studio", "max_jobs": 4, "resume_on_open": False, "keep_jobs_days": 3,
    "keep_jobs_mb": 5}


@pytest.fixture
def studio(tmpdir, monkeypatch, home):
    """Return a function that writes the studio's file."""
    path = folder(tmpdir, "site.json")
    monkeypatch.setenv(native("RAYVISION_SYNC_SITE"), native(path))

    def put(**content):
        write(path, json.dumps(content).encode("ascii"))
        return path

    return put


def examples():
    """Return the JSON blocks of the documentation."""
    with io.open(os.path.join(ROOT, "docs", "site_settings.md"), encoding="utf-8") as page:
        return re.findall("```json\n(.*?)```", page.read(), re.S)


@pytest.mark.parametrize("name", sorted(EVERYTHING))
def test_each_setting_can_be_a_default_or_locked(studio, monkeypatch, name):
    other = "/own/value"
    studio(defaults={name: EVERYTHING[name]})
    assert settings.load().origin(name) == ("site", EVERYTHING[name])
    assert settings.load({name: other}).get(name) == other
    variable = settings.KNOWN[name][0]
    if variable:
        monkeypatch.setenv(native(variable), native(other))
        assert settings.load().origin(name) == ("environment", other)
    settings.save({name: other})
    assert settings.load().get(name) == other
    studio(locked={name: EVERYTHING[name]})
    assert settings.load({name: other}).origin(name) == ("site (locked)", EVERYTHING[name])
    assert settings.load({name: other}).choose(name, other) == EVERYTHING[name]


def test_all_that_is_documented_can_be_set():
    with io.open(os.path.join(ROOT, "docs", "site_settings.md"), encoding="utf-8") as page:
        text = page.read()
    assert [name for name in settings.KNOWN if "`%s`" % name not in text] == []


def test_the_documented_file_works_when_it_is_pasted(studio, tmpdir, home):
    path = studio()
    write(path, examples()[0].encode("utf-8"))
    found = settings.load({"max_speed": 9999, "domain": "elsewhere"})
    assert found.get("domain") == "task.renderbus.com" and found.is_locked("proxy")
    table = timetable.parse(found.get("max_speed"))
    assert (table.speed(10 * 60), table.speed(20 * 60)) == (2048, None)
    assert tuner.parse_threads(found.get("threads")) is None
    assert mapping.Mapping.parse(found.get("path_mapping")).to_here("P:/show/images", windows=False) == (
        "/mnt/projects/show/images")
    assert outputs.folder_for(None, found) == compat.absolute("/mnt/studio/frames")
    for text in examples()[1:]:
        write(path, text.encode("utf-8"))
        settings.load()


def test_speed_and_threads_of_a_call_give_way_to_a_lock(studio):
    studio(locked={"max_speed": 512, "threads": 3})
    session = Session(None, settings.load())
    assert session.threads(20) == 3 and session.gear(9999).throttle._rate == 512 * 1024
    studio(defaults={"max_speed": 512, "threads": 3})
    session = Session(None, settings.load())
    assert session.threads(20) == 20 and session.gear(9999).throttle._rate == 9999 * 1024


def test_a_locked_folder_takes_every_download(studio, tmpdir):
    locked = folder(tmpdir, "frames")
    studio(locked={"local_path": locked})
    assert outputs.folder_for("/own", settings.load()) == locked
    assert RayvisionDownload(object(), settings=settings.load())._folder("/own") == locked
    studio(defaults={"local_path": locked})
    assert outputs.folder_for("/own", settings.load()) == compat.absolute("/own")


def test_a_locked_local_farm_is_the_one_that_is_used(studio, home):
    with Site(home) as site:
        studio(locked={"farm": site.farm.root})
        for found in (login.settings_for(), login.settings_for({"domain": "elsewhere"}, "/another/farm"),
                      work.settings_of({"farm": "/another/farm", "settings": {"domain": "elsewhere"}})):
            assert found.get("domain") == site.farm.domain and found.get("access_key") == site.farm.access_key
        asset = os.path.join(home, "a.tx")
        write(asset, b"x")
        done = run("upload", site.manifest([asset]), "--domain", "elsewhere")
        assert done.code == 0, done
        assert tree(site.farm.input.root)[-1].endswith("a.tx")


def test_a_default_farm_gives_way_to_what_the_artist_names(studio, home):
    with Site(home) as site:
        studio(defaults={"farm": site.farm.root})
        assert login.settings_for().get("domain") == site.farm.domain
        assert login.settings_for({"domain": "own.farm"}).get("domain") == "own.farm"
        settings.save({"domain": "own.farm"})
        assert login.settings_for().get("domain") == "own.farm"


def test_a_locked_domain_rules_out_local_farms(studio, home):
    with Site(home) as site:
        studio(locked={"domain": "farm.lan"})
        with pytest.raises(SettingsError) as caught:
            login.settings_for(farm=site.farm.root)
        assert "your studio has set the farm (domain)" in caught.value.message
        settings.save({"farm": site.farm.root})
        assert login.settings_for().get("domain") == "farm.lan"


def test_proxy_and_certificates_of_the_studio_reach_the_farms_client(studio, monkeypatch, home):
    bundle = os.path.join(home, "ca.pem")
    write(bundle, b"")
    monkeypatch.setenv(native("RAYVISION_CA_BUNDLE"), native("/no/such/file"))
    monkeypatch.setenv(native("RAYVISION_PROXY"), native("http://own:1"))
    studio(locked={"ca_bundle": bundle, "proxy": "http://studio:3128"})
    given = {}
    monkeypatch.setattr("rayvision_sync.api.RayvisionAPI", lambda **options: given.update(options))
    login.connect(settings.load({"access_id": "i", "access_key": "k"}))
    assert (given["ca_bundle"], given["proxy"]) == (bundle, "http://studio:3128")


def test_a_script_trusts_the_certificates_that_the_studio_names(studio, home):
    with Site(home) as site:
        def user_of(**options):
            return RayvisionAPI(site.farm.access_id, site.farm.access_key, domain=site.farm.domain, platform="2",
                                protocol="http", **options).user_info["user_id"]

        missing = os.path.join(home, "no.pem")
        studio(locked={"ca_bundle": missing})
        with pytest.raises(SettingsError) as caught:
            user_of(ca_bundle=None)
        assert missing in caught.value.message
        studio(defaults={"ca_bundle": missing})
        with pytest.raises(SettingsError):
            user_of()
        own = os.path.join(home, "own.pem")
        write(own, b"")
        assert user_of(ca_bundle=own)


def test_what_the_studio_changes_reaches_running_transfers(studio):
    from rayvision_sync.jobs.desk import FreshSettings
    studio(locked={"max_speed": 1})
    fresh = FreshSettings()
    assert fresh().get("max_speed") == 1
    path = studio(locked={"max_speed": 2048})
    assert fresh().get("max_speed") == 2048
    for broken in (lambda: write(path, b"{"), lambda: os.remove(path)):
        broken()
        assert fresh().get("max_speed") == 2048, "what runs goes on as before"
        with pytest.raises(SettingsError):
            FreshSettings()()
    studio(locked={"max_speed": 77})
    assert fresh().get("max_speed") == 77


def test_threads_of_a_job_give_way_to_a_lock(studio, home):
    with Site(home) as site:
        studio(locked={"threads": 2, "local_path": os.path.join(home, "locked")})
        job = site.wait(site.add("submit", snapshot=site.snapshot(), threads=7, poll_s=0.2))
        watch = site.wait(compat.parse_json(job.result)["watch"])
        assert watch.state == "done", watch
        # Below the locked folder each task has its own.
        assert tree(os.path.join(home, "locked")) == [
            "%d_city/city.%04d.png" % (job.task_id, number) for number in (1, 2, 3)]
        assert not os.path.exists(os.path.join(home, "images"))
