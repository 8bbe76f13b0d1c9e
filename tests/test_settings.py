"""Settings: who wins, what is refused, what stays secret."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import stat

import pytest
from support_upload import folder_of, get, put

from rayvision_sync import compat, places, settings
from rayvision_sync.errors import SettingsError


def variables(**values):
    return lambda name, default=None: values.get(name, default)


def write(path, **values):
    return put(path, json.dumps(values).encode("ascii"))


def test_defaults_hold_where_nothing_is_set(home):
    found = settings.load()
    assert found.get("domain") == "task.renderbus.com" and found.get("threads") == "auto"
    assert found.get("access_key") is None and found.origin("protocol") == ("default", "https")


def test_options_win_over_variables_over_the_file_over_the_site(home, tmpdir):
    site = write(folder_of(tmpdir, "site.json"), domain="site", platform="9", defaults={"protocol": "http"})
    write(settings.default_path(), domain="file", platform="8", proxy="p")
    environ = variables(RAYVISION_SYNC_SITE=site, RAYVISION_DOMAIN="variable")
    found = settings.load({"domain": "option", "platform": None}, environ=environ)
    assert found.origin("domain") == ("option", "option")
    assert found.origin("platform") == ("settings file", "8")
    assert found.origin("protocol") == ("site", "http")
    assert settings.load(environ=environ).origin("domain") == ("environment", "variable")


def test_what_the_studio_locked_wins_over_everything(home, tmpdir):
    site = write(folder_of(tmpdir, "site.json"), locked={"max_speed": 512})
    found = settings.load({"max_speed": 9999}, environ=variables(RAYVISION_SYNC_SITE=site, RAYVISION_MAX_SPEED="7"))
    assert found.origin("max_speed") == ("site (locked)", 512) and found.is_locked("max_speed")


def test_an_empty_variable_is_not_set(home):
    assert settings.load(environ=variables(RAYVISION_DOMAIN="")).get("domain") == "task.renderbus.com"


def test_a_byte_order_mark_is_accepted(home):
    put(settings.default_path(), b"\xef\xbb\xbf" + b'{"domain": "d"}')
    assert settings.load().get("domain") == "d"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"5", b'{"domain": NaN}', b"\xff\xfe", b'{"acess_key": "x"}',
                                     b'{"locked": {}}'])
def test_a_wrong_file_is_a_clear_error(home, content):
    put(settings.default_path(), content)
    with pytest.raises(SettingsError) as caught:
        settings.load()
    assert settings.default_path() in caught.value.message


@pytest.mark.parametrize("values", [{"locked": []}, {"defaults": 5}, {"locked": {"treads": 4}}, {"defaults": {"x": 1}}])
def test_a_wrong_site_file_is_a_clear_error(home, tmpdir, values):
    site = write(folder_of(tmpdir, "site.json"), **values)
    with pytest.raises(SettingsError) as caught:
        settings.load(environ=variables(RAYVISION_SYNC_SITE=site))
    assert "site.json" in caught.value.message


def test_files_that_are_named_must_be_there(home, tmpdir):
    with pytest.raises(SettingsError):
        settings.load(path=folder_of(tmpdir, "none.json"))
    with pytest.raises(SettingsError):
        settings.load(environ=variables(RAYVISION_SYNC_SITE=folder_of(tmpdir, "none.json")))
    with pytest.raises(SettingsError):
        settings.load(path=folder_of(tmpdir))  # a folder


def test_saved_settings_are_read_again_and_private(home):
    settings.save({"domain": "d", "access_key": "s3cret"})
    settings.save({"domain": "\xfc", "access_key": "s3cret"})
    assert settings.load().get("domain") == "\xfc"
    assert os.listdir(places.home()) == ["settings.json"]
    if not compat.WINDOWS:
        assert stat.S_IMODE(os.stat(settings.default_path()).st_mode) == 0o600


@pytest.mark.skipif(compat.WINDOWS, reason="modes are POSIX")
def test_a_file_that_others_can_read_is_made_private(home):
    write(settings.default_path(), access_key="s3cret")
    os.chmod(settings.default_path(), 0o644)
    settings.load()
    assert stat.S_IMODE(os.stat(settings.default_path()).st_mode) == 0o600


def test_unknown_names_are_not_saved(home):
    with pytest.raises(SettingsError):
        settings.save({"acces_key": "x"})
    assert not os.path.exists(places.home())


def test_settings_that_cannot_be_written_change_nothing(home, tmpdir):
    write(settings.default_path(), domain="before")
    before = get(settings.default_path())
    with pytest.raises(SettingsError):
        settings.save({"domain": "d"}, folder_of(tmpdir, "none", "settings.json"))
    os.mkdir(folder_of(tmpdir, "taken"))
    with pytest.raises(SettingsError):
        settings.save({"domain": "d"}, folder_of(tmpdir, "taken"))
    assert get(settings.default_path()) == before
    assert sorted(os.listdir(folder_of(tmpdir))) == ["home", "taken"], "nothing is left behind"


def test_secrets_are_in_no_repr_and_no_error(home):
    found = settings.load({"access_key": "s3cret", "access_id": "i"})
    assert "s3cret" not in repr(found) and "s3cret" not in "%s" % found
    put(settings.default_path(), b'{"access_key": "s3cret", }')
    with pytest.raises(SettingsError) as caught:
        settings.load()
    assert "s3cret" not in caught.value.message
