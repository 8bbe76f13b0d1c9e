"""What to render, and where it goes: as the host says, and as the artist changes it."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import compat
from ..errors import SettingsError
from ..frame_range import parse_frames
from . import fields
from .binding import QtCore, QtWidgets, Signal, restyle
from .name_picker import NamePicker
from .texts import number_of, sentence, tr


def frames_are_readable(text):
    """Tell whether a text is a range of frames: "1001-1120[2],7"."""
    return _look_at(text)[0] is not None


def _look_at(text):
    """Return ``(how many frames, "")``, or ``(None, what is wrong)``."""
    try:
        return parse_frames(text).count, ""
    except SettingsError as error:
        return None, error.message


class RenderForm(QtCore.QObject):
    """Rows of a grid.

    Args:
        grid (QGridLayout): Two columns: names and fields.
        color (QColor): Of icons.
        memory (Memory): What was typed last, for hosts that do not say.
    """

    changed = Signal()

    def __init__(self, grid, color, memory):
        super(RenderForm, self).__init__()
        self._grid = grid
        self._memory = memory
        self._shown = {}  # What the host said last: name -> text. What differs is the artist's own.
        self._is_known = False
        self._seen = None, None, ""  # A text, how many frames that is, what is wrong with it.
        self.frame_count = fields.label("", "muted", name="frame_count")
        self.frame_count.hide()
        self.frames = QtWidgets.QLineEdit()
        self.frames.setMinimumWidth(60)
        self.frames.setPlaceholderText("1001-1120")
        self.frames.setAccessibleName(tr("Frames"))
        self.frames.setToolTip(tr("A range, e.g. 1001-1120, every second one 1001-1120[2], or single ones 1,3,5-9"))
        self.layer_names = QtWidgets.QLineEdit()
        self.layer_names.setAccessibleName(tr("Layers"))
        self.layer_names.setPlaceholderText(tr("all; or names with commas between"))
        self.layer_names.setToolTip(tr("Render layers, e.g. beauty, shadow; empty is the whole scene"))
        self.layers = NamePicker(tr("Layers"))
        self.cameras = NamePicker(tr("Cameras"))
        self.renderer = fields.label("", "muted", wrap=True)
        self.output = fields.PathField(tr("Output"), color, placeholder=tr("Folder that finished frames land in"))
        self.output.edit.setToolTip(tr("Finished frames land here one by one, also when this window is closed"))
        rows = ((tr("Frames"), self.frames), (tr("Layers"), self.layer_names), (tr("Layers"), self.layers),
                (tr("Cameras"), self.cameras), (tr("Renderer"), self.renderer), (tr("Output"), self.output))
        self._labels = dict((field, self._add(text, field)) for text, field in rows)
        self.frames.textChanged.connect(self._count_frames)
        for signal in (self.frames.textChanged, self.layer_names.textChanged, self.layers.changed,
                       self.cameras.changed, self.output.edit.textChanged):
            signal.connect(self._tell)

    def _add(self, text, field):
        return add_row(self._grid, text, field, self.frame_count if field is self.frames else None,
                       top=isinstance(field, NamePicker))

    def _tell(self, *_):
        self.changed.emit()

    def _show_row(self, field, is_shown):
        field.setVisible(is_shown)
        self._labels[field].setVisible(is_shown)

    # -- what the host says

    def show_told(self, told, is_new):
        """Show what the host says; what the artist has typed or ticked is kept while the scene is the same.

        Args:
            told (scene.Told): From the host.
            is_new (bool): Another scene than before.
        """
        settings = told.settings
        self._show_text("frames", self.frames, settings.get("frames") or self._kept("submit_frames"), is_new)
        self._show_text("output", self.output, told.output or self._kept("submit_output"), is_new)
        layers, cameras = [tuple(settings.get(name) or ()) for name in ("layers", "cameras")]
        chosen = settings.get("chosen") or {}
        self._show_names(self.layers, layers, chosen.get("layers", layers), is_new)
        self._show_names(self.cameras, cameras, chosen.get("cameras", cameras[:1]), is_new)
        self._show_row(self.layers, bool(layers))
        self._show_row(self.layer_names, not layers)
        self._show_row(self.cameras, bool(cameras))
        renderer = " ".join(part for part in (settings.get("renderer"), settings.get("renderer_version")) if part)
        self.renderer.setText(renderer)
        self._show_row(self.renderer, bool(renderer))
        self._is_known = True

    def _kept(self, name):
        return "" if self._is_known else self._memory.get(name, "")

    def _show_text(self, name, field, text, is_new):
        text = compat.text(text)
        before = self._shown.get(name, "")
        self._shown[name] = text
        if is_new and text or compat.text(field.text()) in ("", before):
            field.setText(text or compat.text(field.text()))

    @staticmethod
    def _show_names(picker, names, chosen, is_new):
        if not is_new and picker.names():
            ticked, known = picker.chosen(), picker.names()
            # What is new in the scene is ticked as the host says; all else stays as it is.
            chosen = [name for name in names if name in ticked or (name not in known and name in chosen)]
        picker.show_names(names, chosen)

    # -- what holds

    def _look_at_frames(self):
        """Return ``(how many frames, "")``, or ``(None, what is wrong)``: read once, and asked for often."""
        text = self.range()
        if self._seen[0] != text:
            self._seen = (text,) + _look_at(text)
        return self._seen[1:]

    def _count_frames(self, *_):
        count, wrong = self._look_at_frames()
        self.frame_count.setText("" if wrong else number_of(count, "frame"))
        self.frame_count.setVisible(not wrong)
        restyle(self.frames, is_wrong=self.is_nonsense())

    def range(self):
        """Return the frames as they are typed, without spaces."""
        return compat.text(self.frames.text()).replace(" ", "")

    def is_nonsense(self):
        """Tell whether something stands there that is no range of frames."""
        return bool(self.range()) and not self.is_readable()

    def is_readable(self):
        """Tell whether it is known which frames are wanted."""
        return self._look_at_frames()[0] is not None

    def chosen_layers(self):
        """Return the layers to render; none is the whole scene."""
        if self.layers.names():
            return self.layers.chosen()
        return [part.strip() for part in compat.text(self.layer_names.text()).split(",") if part.strip()]

    def wrong(self):
        """Return what keeps this from being rendered, "" where nothing does."""
        if not self.range():
            return tr("Say which frames to render, e.g. 1001-1120.")
        wrong = self._look_at_frames()[1]
        if wrong:
            return sentence(wrong)
        if self.layers.names() and not self.layers.chosen():
            return tr("Choose a layer.")
        if self.cameras.names() and not self.cameras.chosen():
            return tr("Choose a camera.")
        return ""

    def keep(self):
        """Remember what was sent."""
        self._memory.set("submit_frames", compat.text(self.frames.text()))
        self._memory.set("submit_output", self.output.text())

    def typed(self):
        """Return all that is typed and ticked, for `take`."""
        return {"frames": compat.text(self.frames.text()), "output": self.output.text(), "shown": dict(self._shown),
                "layer_names": compat.text(self.layer_names.text()), "layers": self.layers.chosen(),
                "cameras": self.cameras.chosen()}

    def take(self, typed):
        """Show what another form had."""
        self._shown = dict(typed["shown"])
        self.frames.setText(typed["frames"])
        self.output.setText(typed["output"])
        self.layer_names.setText(typed["layer_names"])
        self.layers.choose(typed["layers"])
        self.cameras.choose(typed["cameras"])


def add_row(grid, text, field, beside=None, top=False):
    """Add a name and its field to a grid; returns the QLabel.

    Args:
        grid (QGridLayout): Of two columns.
        text (str): The name.
        field (QWidget): Beside it.
        beside (QWidget, optional): At the field's right.
        top (bool): The name stands at the field's first line.
    """
    row = grid.rowCount()
    name = fields.label(text, "muted")
    side = QtCore.Qt.AlignmentFlag
    name.setBuddy(field)
    if top:
        name.setContentsMargins(0, 4, 0, 0)
    grid.addWidget(name, row, 0, side.AlignRight | (side.AlignTop if top else side.AlignVCenter))
    if beside is None:
        grid.addWidget(field, row, 1)
    else:
        box = fields.row(field, beside)
        box.setStretch(0, 1)
        grid.addLayout(box, row, 1)
    return name
