"""What every part of the panel keeps to: words, names, icons, imports, formats."""
from __future__ import absolute_import, division, print_function, unicode_literals

import ast
import io
import json
import os
import subprocess
import sys

import pytest
import support_tree
from support_panel import Host, QtCore, QtGui, QtWidgets, Stage

from rayvision_sync import settings
from rayvision_sync.frames import verdict
from rayvision_sync.panel import (
    drawing, formats, frame_grid, frames_tab, job_list, job_texts, notices, texts, theme, window)
from rayvision_sync.panel.binding import text_width
from rayvision_sync.panel.memory import Memory

FILES = support_tree.modules("core/panel", "hosts")

TABS = ("submit", "transfers", "frames", "settings", "log")


def spoken_words():
    """Return every text that the panel's source gives to `tr`, and those that stand in its tables."""
    found = set()
    for _, path in FILES:
        with io.open(path, "rb") as source:
            tree = ast.parse(source.read())
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tr" and node.args:
                found.update(text_of(part) for part in ast.walk(node.args[0]))
    found.update(text for row in job_texts.LABELS.values() for text in row[1:])
    for table in (job_texts._KINDS, job_texts._STATES, job_texts._PENDING, job_texts.FILE_STATES, notices._TOLD,
                  frame_grid.STATE_NAMES):
        found.update(table.values())
    found.update(text for _, text, _ in job_list.FILTERS)
    found.update(row[1] for row in window._TABS)
    found.update(text for _, text in texts.LANGUAGES + frames_tab._SIZE_NAMES)
    found.update((verdict.TRUNCATED, verdict.UNREADABLE, verdict.OTHER_RESOLUTION, verdict.BLACK, verdict.NOT_INSIDE))
    return found - {None}


def text_of(node):
    value = getattr(node, "value", None) if type(node).__name__ == "Constant" else node.__dict__.get("s")
    return value if isinstance(value, type("")) else None


def test_every_text_stands_in_both_languages_and_none_is_left_over():
    known = set(texts.CHINESE)
    assert sorted(spoken_words() - known) == []
    assert all(text.strip() for text in texts.CHINESE.values())
    jobs_own = set(text for text in known if text.startswith(("Cancelled.", "Interrupted: ")))
    assert sorted(known - spoken_words() - jobs_own) == []


def test_texts_take_the_same_values_in_both_languages():
    import string
    for english, chinese in texts.CHINESE.items():
        fields = [sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)
                  for text in (english, chinese)]
        assert fields[0] == fields[1], english


@pytest.mark.parametrize("tab", TABS)
def test_whatever_takes_the_keyboard_has_a_name_and_bare_icons_have_a_tip(home, tab):
    with Stage(tab=tab) as stage:
        page = stage.page(tab)
        nameless = [widget for widget in page.findChildren(QtWidgets.QWidget)
                    if isinstance(widget, (QtWidgets.QAbstractButton, QtWidgets.QLineEdit, QtWidgets.QComboBox,
                                           QtWidgets.QAbstractItemView, QtWidgets.QPlainTextEdit, frame_grid.FrameGrid))
                    and not isinstance(widget.parent(), (QtWidgets.QLineEdit, QtWidgets.QComboBox))
                    and not widget.objectName().startswith("qt_") and is_ours(widget) and not widget.accessibleName()]
        assert [(type(widget).__name__, widget.objectName()) for widget in nameless] == []
        bare = [widget for widget in page.findChildren(QtWidgets.QToolButton)
                if widget.property("icon_name") and not widget.toolTip()]
        assert bare == []


def is_ours(widget):
    """Tell a widget from those inside a combo box."""
    while widget is not None:
        if type(widget).__name__ in ("QComboBoxPrivateContainer", "QComboBoxListView", "QFrame") and isinstance(
                widget.parent(), QtWidgets.QComboBox):
            return False
        widget = widget.parent()
    return True


@pytest.mark.parametrize("width", (300, 560, 1600))
@pytest.mark.parametrize("language", ("en", "zh"))
def test_every_tab_fits_from_narrow_to_wide(home, width, language):
    with Stage(language=language) as stage:
        stage.panel.resize(width, 700)
        for tab in TABS:
            page = stage.page(tab)
            for _ in range(4):  # Rows that become two ask for their height afterwards.
                stage.turn()
            assert stage.panel.width() == width, tab
            for area in page.findChildren(QtWidgets.QScrollArea):
                assert area.widget().width() <= area.viewport().width(), tab
            for button in page.findChildren(QtWidgets.QPushButton):
                if button.isVisible():
                    right = button.mapTo(stage.panel, button.rect().topRight()).x()
                    assert right <= width, button.text()
                    assert button.width() >= button.minimumSizeHint().width() - 2, button.text()


def test_icons_are_painted_light_and_dark_at_the_size_of_a_shelf(home):
    with Stage():
        for name in drawing.names():
            for color in ("#202020", "#f0f0f0"):
                image = drawing.pixmap(name, QtGui.QColor(color), 24).toImage()
                inked = sum((image.pixel(x, y) >> 24 & 255) > 100 for x in range(24) for y in range(24))
                assert 15 < inked < 420, name


def test_shelf_icons_keep_their_colours_on_light_and_dark():
    for name in ("submit", "transfers"):
        with io.open(drawing.path_of(name), encoding="utf-8") as source:
            assert "#4a97dc" in source.read()


def test_a_state_is_told_by_its_shape_as_well_as_by_its_colour():
    states = frame_grid.STATES
    assert len(set(repr(theme._MARKS[state]) for state in states)) == len(states)
    for is_dark in (False, True):
        assert len(set(theme.state_color(state, is_dark).name() for state in states)) == len(states)


def test_the_panels_process_loads_neither_network_nor_engines(home):
    code = ("import json, os, sys; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n"
            "from rayvision_sync import panel\n"
            "from rayvision_sync.hosts.standalone import StandaloneHost\n"
            "window = panel.open_panel(StandaloneHost())\n"
            "for name in %r.split(): window.show_tab(name)\n"
            "print(json.dumps(sorted(sys.modules)))" % str(" ".join(TABS)))
    lines = subprocess.check_output([sys.executable, "-c", code]).decode("utf-8").strip().splitlines()
    loaded = json.loads(lines[-1])
    assert "rayvision_sync.panel.log_tab" in loaded
    heavy = ("requests", "urllib3", "ssl", "_ssl", "http.client", "httplib")
    ours = ("engines", "transfer", "api", "farm", "session", "upload", "record")
    assert sorted(set(loaded) & set(heavy + tuple("rayvision_sync." + name for name in ours))) == []


def test_without_qt_the_panel_says_what_to_install(home, tmpdir):
    for name in ("PySide2", "PySide6", "PyQt5", "PyQt6", "PySide", "PyQt4"):
        tmpdir.join(name + ".py").write("raise ImportError('not here')")
    environ = dict(os.environ, PYTHONPATH=os.pathsep.join([str(tmpdir), os.environ["PYTHONPATH"]]),
                   QT_QPA_PLATFORM=str("offscreen"))
    process = subprocess.Popen([sys.executable, "-m", "rayvision_sync", "panel"], env=environ, stderr=subprocess.PIPE)
    said = process.communicate()[1].decode("utf-8")
    assert process.returncode == 1
    assert "pip install" in said and "Traceback" not in said


def test_what_the_studio_locked_is_shown_and_not_to_be_changed(home, tmpdir, monkeypatch):
    site = tmpdir.join("site.json")
    site.write('{"domain": "farm.studio", "locked": {"threads": "4"}, "defaults": {"platform": "7"}}')
    monkeypatch.setenv(str("RAYVISION_SYNC_SITE"), str(site))
    with Stage(tab="settings") as stage:
        tab = stage.page("settings")
        threads = tab.findChild(QtWidgets.QComboBox, "setting_threads")
        assert not threads.isEnabled() and threads.currentText() == "4"
        assert tab._notes["threads"][0].text() == "Set by your studio"
        assert tab.findChild(QtWidgets.QLineEdit, "setting_domain").text() == "farm.studio"
        assert tab.changes() == {}


def test_only_what_was_changed_is_written_and_the_rest_of_the_file_stays(home):
    settings.save({"access_key": "s3cret", "local_path": "/show/images"})
    with Stage(tab="settings") as stage:
        tab = stage.page("settings")
        tab.findChild(QtWidgets.QLineEdit, "setting_max_speed").setText("09:00-19:00 2048, else x")
        assert not tab.save_button.isEnabled() and "timetable" in tab.hint.text()
        tab.findChild(QtWidgets.QLineEdit, "setting_max_speed").setText("09:00-19:00 2048, else 0")
        assert tab.save() and tab.hint.text() == "Saved."
    with io.open(settings.default_path(), encoding="utf-8") as source:
        assert json.load(source) == {"access_key": "s3cret", "local_path": "/show/images",
                                     "max_speed": "09:00-19:00 2048, else 0"}


def test_a_damaged_settings_file_is_a_sentence_and_the_panel_opens(home):
    settings.save({})
    with io.open(settings.default_path(), "w", encoding="utf-8") as target:
        target.write("{ not json")
    with Stage(tab="settings") as stage:
        assert "not valid JSON" in stage.panel.banner.text.text()


def test_the_language_changes_at_once(home):
    with Stage(tab="settings") as stage:
        stage.panel.desk.set_language("zh")
        stage.until(lambda: stage.panel.tabs.tabText(0) == "\u63d0\u4ea4", "Chinese")
        assert Memory().load().get("language") in ("en", "zh")


def test_a_host_that_turns_dark_takes_the_panel_along(home):
    with Stage() as stage:
        before, light = stage.panel.styleSheet(), stage.app.palette()
        palette = QtGui.QPalette(light)
        palette.setColor(QtGui.QPalette.ColorRole.Window, QtGui.QColor("#444444"))
        palette.setColor(QtGui.QPalette.ColorRole.WindowText, QtGui.QColor("#dddddd"))
        try:
            stage.app.setPalette(palette)
            stage.until(lambda: stage.panel.styleSheet() != before, "the dark colours")
        finally:
            stage.app.setPalette(light)


def test_a_scene_of_the_host_fills_in_the_fields(home):
    render = {"frames": "1001-1120", "layers": ["beauty", "shadow"], "cameras": ["shotCam"], "renderer": "arnold",
              "renderer_version": "5.3.4"}
    host = Host("/show/city_v042.ma", [], render, "/show/images")
    with Stage(host) as stage:
        tab = stage.page("submit")
        tab.form.layers.checks[1].setChecked(False)
        scene = tab._scene()
        assert (scene.path, scene.frames, scene.layers, scene.cameras, scene.output_folder, scene.host) == (
            "/show/city_v042.ma", "1001-1120", ("beauty",), ("shotCam",), "/show/images", "maya")
        tab.frames.setText("abc")
        assert not tab.go.isEnabled() and "is no frame range" in tab.hint.text()
        tab.frames.setText(" ")
        assert not tab.go.isEnabled() and "Say which frames" in tab.hint.text()


def test_long_paths_lose_their_middle_only(home):
    with Stage() as stage:
        metrics = QtGui.QFontMetrics(stage.panel.font())
        path = "/mnt/show/city/sequences/0100/plates/v012/exr/linear/city_0100_plate_v012.1001.exr"
        short = formats.elide(metrics, path, 200, text_width)
        assert text_width(metrics, short) <= 200 and short.startswith("/mnt") and short.endswith("1001.exr")
        assert formats.elide(metrics, "a.ma", 200, text_width) == "a.ma"


def test_times_and_rates_read_as_people_say_them(home):
    texts.choose_language("en")
    assert [formats.left(seconds) for seconds in (3, 59.6, 130, 3600 * 3 + 600, 3600 * 70)] == [
        "3 s", "1 min", "2 min", "3 h 10 min", "2 days"]
    assert (formats.rate(41e6), formats.rate(0), formats.percent(999, 1000), formats.percent(5, 0)) == (
        "41 MB/s", "", "99 %", "")
    assert QtCore.QLocale.system() is not None
