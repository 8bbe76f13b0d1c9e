"""The Settings tab: what is wrong is marked where it stands, and what was typed can be taken back."""
from __future__ import absolute_import, division, print_function, unicode_literals

from support_panel import QtWidgets, Stage, click


def test_without_an_account_the_panel_says_what_to_fill_in(home):
    with Stage(tab="settings") as stage:
        tab = stage.page("settings")
        click(tab.test_button)
        stage.until(lambda: tab.test_button.isEnabled(), "the answer")
        assert tab.test_result.text() == "Fill in Access id and Access key, or choose a local farm."
        assert tab.test_result.property("look") == "bad"


def test_an_estimate_without_an_account_gives_no_advice_for_a_command_line(home, tmpdir):
    path = tmpdir.join("city_v042.ma")
    path.write("//Maya ASCII 2024 scene\n")
    with Stage() as stage:
        tab = stage.page("submit")
        tab.choose_scene("%s" % path)
        stage.until(lambda: "no account" in tab.estimate_card.message.text(), "the answer")
        assert "--" not in tab.estimate_card.message.text()


def test_every_wrong_field_is_marked_and_revert_takes_all_back(home):
    with Stage(tab="settings") as stage:
        tab = stage.page("settings")
        tab.findChild(QtWidgets.QLineEdit, "setting_max_speed").setText("fast")
        assert "timetable" in tab.hint.text()
        tab.findChild(QtWidgets.QLineEdit, "setting_keep_jobs_days").setText("x")
        tab._fields["path_mapping"][2].setPlainText("P:/ =")
        assert tab.hint.text() == "3 fields cannot be saved: they are marked." and not tab.save_button.isEnabled()
        marked = [name for name, row in tab._fields.items() if row[2].property("is_wrong")]
        assert sorted(marked) == ["keep_jobs_days", "max_speed", "path_mapping"]
        assert tab._notes["keep_jobs_days"][0].text() == "Days are a whole number."
        tab.findChild(QtWidgets.QLineEdit, "setting_max_speed").setText("2048")
        assert not tab._fields["max_speed"][2].property("is_wrong") and "timetable" in tab._notes["max_speed"][0].text()
        click(tab.revert)
        assert not any(row[2].property("is_wrong") for row in tab._fields.values())
        assert tab.changes() == {} and tab.hint.text() == ""


def test_revert_takes_back_what_was_typed_for_a_local_farm(home):
    with Stage(tab="settings") as stage:
        tab = stage.page("settings")
        assert not tab.revert.isEnabled()
        tab.local.choose_path("/no/farm/here")
        assert "no local farm" in tab.test_result.text() and tab.revert.isEnabled()
        click(tab.revert)
        assert (tab.local.text(), tab.test_result.text(), tab.revert.isEnabled()) == ("", "", False)
