"""The job store and its client: what readers see, whatever else writes; and what is left of old jobs."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import re
import sqlite3
import subprocess
import sys
import threading

import pytest
import support_farm
import support_stress
import support_tree
from support_jobs import Site, until

from rayvision_sync import compat, settings
from rayvision_sync.errors import SettingsError
from rayvision_sync.jobs import cleaning, lanes, process, schema, snapshot, spawn
from rayvision_sync.jobs.client import Client
from rayvision_sync.jobs.store import Store, StoreError

LATER = (("ALTER TABLE job ADD COLUMN mood TEXT NOT NULL DEFAULT 'fine'",),)


@pytest.fixture
def client(home, monkeypatch):
    """A client whose jobs are never begun."""
    monkeypatch.setattr(spawn, str("start"), lambda *_: process.token(os.getpid()))
    with Client() as found:
        yield found


def add(client, kind="upload", **options):
    return client.add(kind, {"manifests": ["/show/upload.json"]}, "st\xe4dt.ma", **options)


# -- rows

def test_a_job_comes_back_as_it_was_added(client):
    job = client.job(add(client, priority=3, threads=8, max_speed=100))
    assert (job.kind, job.title, job.state, job.lane, job.priority, job.threads, job.max_speed) == (
        "upload", "st\xe4dt.ma", "queued", "transfer", 3, "8", 100)
    assert compat.parse_json(job.params) == {"manifests": ["/show/upload.json"]}
    assert isinstance(job.title, compat.text_type)


def test_a_poll_finds_what_changed_and_what_is_gone(client):
    first, second = add(client), add(client)
    seen = client.poll()
    assert [job.id for job in seen.jobs] == seen.ids == [first, second]
    assert client.poll(seen.changed) == ([], [first, second], seen.changed)
    client.set_priority(second, 7)
    news = client.poll(seen.changed)
    assert [(job.id, job.priority) for job in news.jobs] == [(second, 7)]
    client.remove(first)
    assert client.poll(news.changed).ids == [second]
    assert client.poll(10 ** 15).jobs  # From a store that was begun anew since.


def test_unknown_kinds_and_secrets_are_refused(client):
    with pytest.raises(SettingsError):
        client.add("mine bitcoin", {}, "")
    with pytest.raises(SettingsError):
        client.add("upload", {"settings": [{"access_key": "0123456789"}]}, "")
    assert client.jobs() == []


def test_a_broken_settings_file_adds_nothing(client):
    support_farm.write(settings.default_path(), b"{")
    with pytest.raises(SettingsError):
        add(client)
    assert client.jobs() == []


def test_actions_on_what_is_not_there_are_said_to_do_nothing(client):
    for name in ("pause", "resume", "cancel", "retry", "remove", "send_anyway"):
        assert getattr(client, name)(99) is False


def test_events_are_bounded(client, monkeypatch):
    monkeypatch.setattr(schema, str("MOST_EVENTS"), 5)
    for number in range(9):
        with client.store.write() as db:
            client.store.tell(db, None, "note", "%d" % number)
    assert [event.text for event in client.events()] == list("45678")
    assert [event.text for event in client.events(client.events()[-2].id)] == ["8"]


def test_the_store_is_for_this_user_only(client):
    for tail in ("", "-wal", "-shm"):
        assert os.stat(client.store.path + tail).st_mode & 0o077 == 0


def test_a_worker_with_another_start_time_is_another_process():
    token = compat.parse_json(process.token(os.getpid()))
    assert process.is_alive(compat.dump_json(token)) is True
    assert process.is_alive(compat.dump_json(dict(token, start="0-dead"))) is False
    assert process.is_alive(compat.dump_json(dict(token, host="elsewhere"))) is None
    assert process.is_alive("nonsense") is False
    child = subprocess.Popen([sys.executable, "-c", ""])
    until(lambda: process.process_start(child.pid) is None)  # A zombie, which nobody has waited for.
    child.wait()


def test_a_worker_on_another_computer_is_dead_when_it_is_silent(client):
    job = add(client)
    other = compat.dump_json(dict(compat.parse_json(process.token(os.getpid())), host="elsewhere"))
    with client.store.write() as db:
        client.store.update(db, job, state="running", worker=other, heartbeat=client.store.now() - 30)
    assert client.sweep() == []
    with client.store.write() as db:
        client.store.update(db, job, heartbeat=client.store.now() - 90)
    assert client.sweep() == [job] and client.job(job).state == "interrupted"


# -- versions and damage

def test_an_older_store_is_upgraded_in_place_and_a_newer_one_is_used_or_refused(home, monkeypatch):
    path = os.path.join(home, "jobs.sqlite")
    with Store(path) as old:
        with old.write() as db:
            lanes.insert(old, db, "login", {}, "before")
        with Store(path, steps=schema.STEPS + LATER) as new:
            assert new.rows("SELECT title, mood FROM job") == [("before", "fine")]
        assert [job.title for job in old.jobs()] == ["before"]  # It is still open, and goes on.
        with old.write() as db:
            lanes.insert(old, db, "login", {}, "after")
    with Store(path) as old:  # What is newer and only adds can be used by an older program.
        assert [job.title for job in old.jobs()] == ["before", "after"]
    monkeypatch.setattr(schema, str("READABLE_BY"), 3)
    with Store(path, steps=schema.STEPS + LATER + (("SELECT 1",),)):
        pass
    with pytest.raises(StoreError) as caught:
        Store(path).open()
    assert "newer version" in caught.value.message
    assert not [name for name in os.listdir(home) if "damaged" in name]


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + b"\xff" * 4000, b"x" * 100000])
def test_a_damaged_store_is_set_aside_and_begun_anew(client, content):
    path = client.store.path
    job = add(client)
    client.close()
    support_farm.write(spawn.log_path(job), b"")
    support_farm.write(path, content)
    client.open()
    assert client.jobs() == [] and "damaged" in client.damage() and client.damage() is None
    aside = [name for name in os.listdir(os.path.dirname(path)) if "damaged" in name]
    assert len(aside) == 1 and support_farm.read(os.path.join(os.path.dirname(path), aside[0])) == content
    assert add(client) > job  # A number that has not been given out before.
    assert [event.kind for event in client.events()] == ["note"]


def test_many_who_find_the_damage_at_once_set_it_aside_once(home):
    with Store() as store:
        path = store.path
    support_farm.write(path, b"garbage" * 5000)
    code = ("from rayvision_sync.jobs.client import Client\nwith Client() as client:\n"
            "    client.store.set_meta('from', '1')\n    print(len(client.jobs()))")
    children = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                for _ in range(4)]
    for child in children:
        out, err = child.communicate()
        assert out.strip() == b"0", err
    assert len([name for name in os.listdir(os.path.dirname(path)) if "damaged" in name]) == 1


def test_a_store_that_is_removed_is_made_anew(client):
    add(client)
    for tail in ("", "-wal", "-shm"):
        compat.remove_file(client.store.path + tail)
    assert client.poll().jobs == []
    assert add(client)


def test_a_full_disk_is_a_sentence(client):
    client.store.rows("PRAGMA max_page_count = %d" % (client.store.value("PRAGMA page_count") + 1))
    with pytest.raises(StoreError) as caught:
        for _ in range(200):
            add(client, max_speed=1)
    assert "No space left for the job store" in caught.value.message


# -- several at once

def other_python():
    """Return an interpreter of the other major version, with six; None where there is none."""
    wanted = r"2\.7" if str is not bytes else r"3\.\d+"
    root = os.environ.get("PYENV_ROOT") or os.path.expanduser(str("~/.pyenv"))
    folder = os.path.join(root, "versions")
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        path = os.path.join(folder, name, "bin", "python")
        if re.match(wanted, name) and os.path.exists(path):
            return path
    return None


@pytest.mark.skipif(other_python() is None, reason="needs Python 2.7 and 3")
def test_python_2_and_3_share_a_store(client, tmpdir):
    import six
    job = add(client)
    folder = compat.text(tmpdir.strpath)
    support_farm.write(os.path.join(folder, "six.py"), support_farm.read(re.sub("pyc$", "py", six.__file__)))
    package = os.path.join(folder, "site")
    compat.make_folder(package)
    support_tree.link_package(package)
    code = ("import json, sys\nfrom rayvision_sync.jobs.client import Client\n"
            "from rayvision_sync.jobs import spawn, process\n"
            "spawn.start = lambda *_: process.token(1)\n"
            "with Client() as client:\n    client.add(u'login', {}, u'\\u4e2d\\u6587')\n"
            "    client.set_priority(%d, 5)\n    print(json.dumps([job.title for job in client.jobs()]))" % job)
    environ = dict(os.environ, PYTHONPATH=os.pathsep.join([str(package), str(folder)]))
    out = subprocess.check_output([other_python(), "-c", code], env=environ)
    assert json.loads(out.decode("ascii")) == ["st\xe4dt.ma", "\u4e2d\u6587"]
    assert [(row.title, row.priority) for row in client.jobs()] == [("st\xe4dt.ma", 5), ("\u4e2d\u6587", 0)]


def test_readers_and_writers_never_hear_of_a_lock(home):
    wrong, rounds = [], 150

    def write(number):
        with Store() as store:
            for value in range(rounds):
                with store.write() as db:
                    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", ("key%d" % number, "%d" % value))

    def read():
        with Store() as store:
            for _ in range(rounds):
                store.rows("SELECT * FROM meta")

    def guarded(work, *values):
        try:
            work(*values)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=guarded, args=(write, number)) for number in range(4)]
    threads += [threading.Thread(target=guarded, args=(read,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    with Store() as store:
        assert store.counter() == 4 * rounds


def test_two_panels_and_a_command_line_lose_no_action(home):
    seed, ledger = 20261, support_stress.Ledger()
    with Site(home) as site:
        for number in range(6):
            name = site.manifest(site.files(12, 8000, "d%d" % number), "%d.json" % number)
            ledger.note(site.add("upload", manifests=[name], max_speed=40, threads=1), "add")
        end = compat.monotonic() + 10
        actors = [support_stress.Actor(ledger, seed + number) for number in range(3)]
        for thread in support_stress.together((support_stress.panel_like, actors[0], end),
                                              (support_stress.panel_like, actors[1], end),
                                              (support_stress.commands, actors[2], end)):
            thread.join()
        assert ledger.check(site.client) == 6
        assert (ledger.wrong, ledger.locks, ledger.lost) == ([], [], [])
        for job in ledger.jobs():
            site.client.set_speed(job, None)
            site.client.resume(job)
        for job in ledger.jobs():
            assert site.wait(job).state == "done"
        assert len(site.stored()) == 12 and all("locked" not in site.log(job) for job in ledger.jobs())


# -- cleaning

def test_old_jobs_and_what_they_left_are_cleaned_up(client):
    now = client.store.now()
    kept, old, running, quick = add(client), add(client), add(client), add(client, "login")
    used, orphan = [snapshot.save(snapshot.make({"scene": "/a"})) for _ in range(2)]
    young = snapshot.save(snapshot.make({"scene": "/a"}))
    with client.store.write() as db:
        client.store.update(db, old, state="done", ended=now - 40 * 86400, worker=None)
        client.store.update(db, kept, state="interrupted", ended=now - 40 * 86400, worker=None,
                            params=compat.dump_json({"snapshot": used}))
        client.store.update(db, running, state="running", worker=process.token(os.getpid()))
        client.store.update(db, quick, state="failed", ended=now - 2 * 86400, worker=None)
        db.execute("INSERT INTO job_file (job, name, state) VALUES (?, 'x', 'failed')", (old,))
    works = os.path.join(os.path.dirname(snapshot.folder()), "jobs")
    for job in (kept, old, running):
        support_farm.write(spawn.log_path(job), b"log")
        support_farm.write(os.path.join(works, "job-%d" % job, "upload.json"), b"{}")
        os.utime(spawn.log_path(job), (now - 86400,) * 2)
        os.utime(os.path.join(works, "job-%d" % job), (now - 86400,) * 2)
    for path in (used, orphan):
        os.utime(path, (now - 86400,) * 2)
    assert cleaning.clean(client.store, client.settings) == 1  # The short job is gone, too: nobody ever saw it.
    assert client.poll().ids == [kept, running]
    assert client.files(old) == []
    assert [os.path.exists(path) for path in (used, orphan, young)] == [True, False, True]
    assert [os.path.exists(spawn.log_path(job)) for job in (kept, old, running)] == [True, False, True]
    assert sorted(os.listdir(works)) == ["job-%d" % job for job in (kept, running)]


def test_logs_beyond_the_size_go_the_oldest_first(client):
    settings.save({"keep_jobs_mb": 1})
    jobs = [add(client) for _ in range(3)]
    now = client.store.now()
    for age, job in enumerate(jobs):
        with client.store.write() as db:
            client.store.update(db, job, state="done", ended=now, worker=None)
        support_farm.write(spawn.log_path(job), b"x" * 600000)
        os.utime(spawn.log_path(job), (now - 90000 + age * 100,) * 2)
    assert cleaning.clean(client.store, client.settings) == 0
    assert [os.path.exists(spawn.log_path(job)) for job in jobs] == [False, False, True]


def test_clean_takes_all_ended_jobs_when_a_person_asks(client):
    ended, live = add(client), add(client)
    with client.store.write() as db:
        client.store.update(db, ended, state="failed", ended=client.store.now(), worker=None)
    assert cleaning.clean(client.store, client.settings, everything=True) == 1
    assert client.poll().ids == [live]


# -- starting workers

def test_a_workers_environment_has_nothing_of_the_host():
    host = {"PYTHONHOME": "/maya", "PYTHONPATH": "/maya/lib", "LD_LIBRARY_PATH": "/maya", "QT_PLUGIN_PATH": "/maya",
            "DYLD_INSERT_LIBRARIES": "x", "PATH": "/usr/bin", "HOME": "/home/ann", "RAYVISION_API_KEY": "k"}
    found = spawn.environment(["/a", "/b"], host)
    assert found["PYTHONPATH"] == os.pathsep.join(["/a", "/b"])
    assert sorted(found) == ["HOME", "PATH", "PYTHONIOENCODING", "PYTHONPATH", "PYTHONUNBUFFERED", "RAYVISION_API_KEY"]


@pytest.mark.parametrize("path, is_own", [
    ("/usr/bin/python3.11", True), ("C:/Python27/python.exe", True), ("C:/x/pythonw.exe", True), ("/opt/mayapy", True),
    ("/usr/autodesk/maya2024/bin/maya.bin", False), ("C:/3dsmax.exe", False), ("/opt/hfs20/bin/houdini-bin", False),
    ("/opt/hfs20/bin/hython", False)])
def test_only_a_plain_interpreter_is_taken_for_one(path, is_own):
    assert spawn.own_interpreter(path) == (path if is_own else None)


def test_on_windows_a_worker_is_detached_and_has_no_window():
    assert spawn.options(windows=True) == {"creationflags": 0x8 | 0x200 | 0x4000 | 0x8000000, "close_fds": False}


def test_what_lives_in_a_dcc_loads_nothing_heavy_to_add_a_job(home):
    code = """
import sys
class Refuse(object):
    names = ("requests", "urllib3", "ssl", "_ssl", "http", "httplib", "rayvision_sync.api", "rayvision_sync.session",
             "rayvision_sync.engines", "rayvision_sync.transfer", "rayvision_sync.jobs.desk",
             "rayvision_sync.jobs.work")
    def find_spec(self, name, path=None, target=None):
        if name in self.names:
            raise ImportError("%s is too heavy for a DCC" % name)
    def find_module(self, name, path=None):
        return self.find_spec(name)
sys.meta_path.insert(0, Refuse())
from rayvision_sync.jobs.client import Client
from rayvision_sync.jobs import snapshot
path = snapshot.save(snapshot.make({"scene": "/show/city.ma"}))
with Client() as client:
    job = client.add("estimate", {"snapshot": path}, "city")
    client.poll(), client.files(job), client.frames(1), client.events(), client.pause_all(), client.sweep()
    print(job)
"""
    job = int(subprocess.check_output([sys.executable, "-c", code]))
    with Client() as client:
        until(lambda: client.sweep() is not None and client.job(job).state == "failed")
        assert "There is no access id" in client.job(job).message


def test_a_store_is_plain_sqlite(client):
    add(client)
    db = sqlite3.connect(client.store.path)
    assert db.execute("SELECT COUNT(*) FROM job").fetchall() == [(1,)]
    db.close()
