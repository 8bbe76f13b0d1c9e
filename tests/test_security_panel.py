"""What the panel shows, and what a picture of it would show, holds no secret."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import uuid

from support_farm import Farm, folder, read, tree, write
from support_panel import QtCore, QtWidgets, Stage, click

from rayvision_sync import compat, settings

#: Of this run alone.
ID = "artist-%s" % uuid.uuid4().hex[:8]
KEY, WRONG = uuid.uuid4().hex, uuid.uuid4().hex


def shown(panel):
    """Return everything that the panel's widgets draw, say or would read out, on every tab."""
    found = []
    for widget in [panel] + panel.findChildren(QtWidgets.QWidget):
        kind = widget.metaObject()
        names = set(kind.property(number).name() for number in range(kind.propertyCount()))
        if isinstance(widget, QtWidgets.QLineEdit):
            names.discard("text")  # It draws its displayText.
        found += ["%s" % (widget.property(str(name)),) for name in sorted(names)]
        if isinstance(widget, QtWidgets.QAbstractItemView) and widget.model() is not None:
            found += told_by(widget.model())
    return found


def told_by(model):
    """Return what a list holds, for every role."""
    roles = list(range(15)) + list(range(256, 300))  # Qt's own, and those of an application.
    top = QtCore.QModelIndex()
    columns = range(1 if isinstance(model, QtCore.QAbstractListModel) else model.columnCount(top))
    cells = [model.index(row, column) for row in range(model.rowCount(top)) for column in columns]
    return ["%s" % (model.data(cell, role),) for cell in cells for role in roles]


def test_no_tab_shows_a_key_nor_do_jobs_that_fail_for_it(home, tmpdir):
    path, listed = os.path.join(folder(tmpdir, "src"), "a.tex"), os.path.join(folder(tmpdir, "src"), "upload.json")
    write(path, b"texture")
    write(listed, compat.dump_json({"asset": [{"local": path, "server": "/a.tex"}]}).encode("utf-8"))
    with Farm(folder(tmpdir), access_id=ID, access_key=KEY) as farm:
        settings.save({"access_id": ID, "access_key": KEY, "domain": farm.farm.domain, "protocol": "http"})
        with Stage(tab="settings") as stage:
            words = list(shown(stage.panel))
            tab = stage.page("settings")
            assert ID in words, "what is no secret is found"
            click(tab.test_button)
            stage.until(lambda: tab.test_button.isEnabled() and tab.test_result.text(), "the answer")
            stage.link.act("add", "upload", {"manifests": [listed]}, "city")
            stage.job("upload", "done")
            tab.findChild(QtWidgets.QLineEdit, "setting_access_key").setText(WRONG)
            words += shown(stage.panel)
            settings.change({"access_key": WRONG})
            number = stage.link.act("add", "upload", {"manifests": [listed]}, "refused")
            stage.until(lambda: stage.store.job(number).state == "failed", "the refusal")
            stage.poll()
            stage.page("transfers").act(number, "open")
            for name in ("submit", "transfers", "frames", "settings"):
                stage.page(name)
                words += shown(stage.panel)
            words.append(stage.page("log").report())
            rows = repr([job._asdict() for job in stage.store.jobs()]) + repr(stage.link.jobs)
        assert "611" in rows, "the refusal is told"
        assert not [text for text in words + [rows] if KEY in text or WRONG in text]
    top = compat.text(tmpdir.strpath)
    holding = set(os.path.basename(name) for name in tree(top) if any(
        key.encode("ascii") in read(os.path.join(top, name)) for key in (KEY, WRONG)))
    assert holding == set(["farm.json", "settings.json"])


def test_a_key_is_typed_unseen(home):
    with Stage(tab="settings") as stage:
        field = stage.page("settings").findChild(QtWidgets.QLineEdit, "setting_access_key")
        field.setText(KEY)
        assert field.echoMode() == QtWidgets.QLineEdit.EchoMode.Password and KEY not in field.displayText()
        field.selectAll()
        field.copy()
        assert KEY not in compat.text(QtWidgets.QApplication.clipboard().text())
