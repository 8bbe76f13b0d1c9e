"""The panel: its tabs, and what they share."""
from __future__ import absolute_import, division, print_function, unicode_literals

import importlib

from .. import settings as settings_module
from ..errors import SyncError
from ..jobs.schema import LIVE
from . import texts, theme
from .banner import Banner
from .binding import QtCore, QtGui, QtWidgets, later, restyle, text_width
from .link import TRANSFERS, link_for
from .memory import Memory
from .notices import Notices
from .refreshes import Refreshes
from .standalone import application
from .texts import tr

#: Tab -> (title, module, class): a tab is built when it is first shown.
_TABS = (("submit", "Submit", "submit_tab", "SubmitTab"), ("transfers", "Transfers", "transfers_tab", "TransfersTab"),
         ("frames", "Frames", "frames_tab", "FramesTab"), ("settings", "Settings", "settings_tab", "SettingsTab"),
         ("log", "Log", "log_tab", "LogTab"))

_KEEP_S = 5.0

#: Pixels left of the tabs, and those around the name of each, in `theme`: usual, in a narrow panel, in a narrower one.
_BAR_LEFT = 8
_AROUND = 22
_AROUND_NARROW = 12
_AROUND_TIGHT = 13


class Desk(object):
    """What all tabs share.

    Attributes:
        link (Link): The store.
        host: See `panel.make_panel`.
        memory (Memory): What the panel remembers.
        color (QColor): Of icons.
    """

    def __init__(self, panel, link, host, memory, color):
        self._panel = panel
        self.link = link
        self.host = host
        self.memory = memory
        self.color = color

    def settings(self):
        """Return the settings; None where they cannot be read, which is said."""
        try:
            return self.link.client.settings
        except SyncError as error:
            self.tell(error.message, "bad", stays=True)
            return None

    def save_settings(self, values):
        """Change the user's settings file. Returns False where that did not work, which is said."""
        try:
            settings_module.change(values)
        except SyncError as error:
            self.tell(error.message, "bad")
            return False
        return True

    def tell(self, text, look="good", stays=False):
        """Show a line at the panel's foot."""
        self._panel.banner.tell(text, look, stays)

    def show_tab(self, name):
        """Go to a tab, and return it."""
        return self._panel.show_tab(name)

    def ask_download(self):
        """Go to where a task's number is typed."""
        self.show_tab("transfers").ask_download()

    def set_language(self, name):
        """Use another language at once."""
        self.memory.set("language", name)
        self._panel.rebuild_soon()

    def open_path(self, path):
        """Open a file or folder with the system's own program; what does not work is said."""
        if not path:
            return
        if not QtCore.QFileInfo(path).exists():
            self.tell(tr("{path} is not there (yet).", path=path), "warn")
        elif not QtGui.QDesktopServices.openUrl(QtCore.QUrl.fromLocalFile(path)):
            self.tell(tr("This system has no program to open {path} with.", path=path), "warn")


class Panel(QtWidgets.QWidget):
    """Everything the artist sees.

    Args:
        host: See `panel.make_panel`.
        link (Link): The store.
        memory (Memory): Loaded.
        parent (QWidget, optional): Of the panel.
    """

    def __init__(self, host, link, memory, parent=None):
        super(Panel, self).__init__(parent)
        self.host = host
        self.link = link
        self.memory = memory
        self.setObjectName("rayvision_sync_panel")
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_StyledBackground, True)
        self._look = None
        self._pages = {}
        self._typed = {}  # Of tabs that are built anew: what stands in their fields.
        self._box = QtWidgets.QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self._content = None
        self._kept_at = 0.0
        self._trouble = ""
        self.setMinimumWidth(280)
        self._build()
        link.trouble.connect(self._show_trouble)
        link.jobs_changed.connect(self._count)
        link.beat.connect(self._keep)

    # -- build

    def _build(self):
        texts.choose_language(self.memory.get("language", "auto"))
        self.setWindowTitle(tr("Render farm"))
        colors = theme.read(self.palette())
        self._look = self._colors_key()
        self._dress(colors)
        self.desk = Desk(self, self.link, self.host, self.memory, colors.muted)
        self._pages = {}
        self._content = QtWidgets.QWidget()
        self.banner = Banner(colors.text)
        self.tabs = QtWidgets.QTabWidget()
        self.tabs.setObjectName("tabs")
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setUsesScrollButtons(False)  # They would hide the last ones.
        self.tabs.setElideMode(QtCore.Qt.TextElideMode.ElideRight)
        self.tabs.tabBar().setAccessibleName(tr("Parts of the panel"))
        self.tabs.setIconSize(QtCore.QSize(16, 16))
        for _, title, _, _ in _TABS:
            holder = QtWidgets.QWidget()
            QtWidgets.QVBoxLayout(holder).setContentsMargins(0, 0, 0, 0)
            self.tabs.addTab(holder, tr(title))
        box = QtWidgets.QVBoxLayout(self._content)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.tabs, 1)
        box.addWidget(self.banner)
        self._box.addWidget(self._content)
        self.notices = Notices(self.link, self.host, self.desk.tell, self.isActiveWindow, self._content)
        self.refreshes = Refreshes(self.desk, self._content)
        self.tabs.currentChanged.connect(self._show_page)
        self._fit()
        self.show_tab(self.memory.get("tab", "submit"))
        self._show_page(self.tabs.currentIndex())
        self._count()

    def _dress(self, colors):
        self.setStyleSheet(theme.sheet(colors))

    def _colors_key(self):
        role = QtGui.QPalette.ColorRole
        return tuple(self.palette().color(name).rgba() for name in (
            role.Window, role.WindowText, role.Base, role.Highlight))

    def rebuild_soon(self):
        """Build all tabs anew, when the event that asked for it is over."""
        later(self._rebuild)

    def _rebuild(self):
        old, self._content = self._content, None
        if old is None:
            return
        for name, page in self._pages.items():
            if hasattr(page, "typed"):
                self._typed[name] = page.typed()
                page.leave()
        self._box.removeWidget(old)
        old.hide()
        old.setParent(None)
        old.deleteLater()
        self._build()

    def changeEvent(self, event):
        """See QWidget: hosts change their colours while they run."""
        super(Panel, self).changeEvent(event)
        kinds = QtCore.QEvent.Type
        if event.type() in (kinds.PaletteChange, kinds.ApplicationPaletteChange, kinds.StyleChange) and (
                self._look not in (None, self._colors_key())):
            self._look = self._colors_key()
            self.rebuild_soon()

    # -- tabs

    def show_tab(self, name):
        """Go to a tab by its name, and return its widget."""
        names = [row[0] for row in _TABS]
        place = names.index(name) if name in names else 0
        self.tabs.setCurrentIndex(place)
        return self.page(names[place])

    def call(self, what):
        """Show what a menu asks for: a tab, or "download", where a task's number is typed."""
        if what == "download":
            self.desk.ask_download()
            return
        page = self.show_tab(what)
        if what == "submit":
            page.look_again()

    def page(self, name):
        """Return a tab's widget, built if it was not."""
        if name not in self._pages:
            place = [row[0] for row in _TABS].index(name)
            _, _, module, kind = _TABS[place]
            # Imported when it is first shown: opening the panel takes a moment only.
            found = importlib.import_module(str("%s.%s" % (__name__.rpartition(".")[0], module)))
            page = getattr(found, kind)(self.desk)
            self.tabs.widget(place).layout().addWidget(page)
            self._pages[name] = page
            if name in self._typed:
                page.take(self._typed.pop(name))
        return self._pages[name]

    def _show_page(self, place):
        if place >= 0:
            name = _TABS[place][0]
            self.page(name)
            self.memory.set("tab", name)

    def _count(self, *_):
        moving = sum(job.kind in TRANSFERS and job.state in LIVE for job in self.link.jobs.values())
        place = [row[0] for row in _TABS].index("transfers")
        text = tr("Transfers") + (" (%d)" % moving if moving else "")
        if self.tabs.tabText(place) != text:
            self.tabs.setTabText(place, text)
            self._fit()

    def _show_trouble(self, text):
        if text:
            self.banner.tell(text, "bad", stays=True)
            self._trouble = text
        elif self._trouble:
            self.banner.take_back(self._trouble)
            self._trouble = ""

    # -- come and go

    def resizeEvent(self, event):
        """See QWidget: tabs stand closer where the panel is narrow."""
        super(Panel, self).resizeEvent(event)
        self._fit()
        if self.isWindow() and self.isVisible() and not self.isMaximized():
            self.memory.set("size", [self.width(), self.height()])  # Kept soon, also if the host is killed.

    def _fit(self):
        count, bar = self.tabs.count(), self.tabs.tabBar()
        names = sum(text_width(self.fontMetrics(), self.tabs.tabText(place)) for place in range(count))
        narrow, tight = [names + count * around > self.width() - _BAR_LEFT for around in (_AROUND, _AROUND_NARROW)]
        font = QtGui.QFont(self.font())
        share = (self.width() - _BAR_LEFT - count * _AROUND_TIGHT) / float(names or 1)
        if share < 1:
            if font.pixelSize() > 0:
                font.setPixelSize(max(8, int(font.pixelSize() * share)))
            else:
                font.setPointSizeF(max(6.0, int(font.pointSizeF() * share * 2) / 2.0))
        if (bool(self.tabs.property("narrow")), bool(self.tabs.property("tight"))) != (narrow, tight):
            restyle(self.tabs, narrow=narrow, tight=tight)
            restyle(bar, narrow=narrow, tight=tight)
        if bar.font().key() != font.key():
            bar.setFont(font)

    def sizeHint(self):
        """See QWidget."""
        return QtCore.QSize(560, 720)

    def showEvent(self, event):
        """See QWidget."""
        super(Panel, self).showEvent(event)
        self.link.attach(self)
        damage = self.link.act_quietly("damage")
        if damage:
            self.banner.tell(damage, "warn", stays=True)

    def closeEvent(self, event):
        """See QWidget: transfers go on."""
        self._remember()
        self.link.detach(self)
        super(Panel, self).closeEvent(event)

    def hideEvent(self, event):
        """See QWidget: a panel behind another tab of the host is polled more slowly."""
        self._remember()
        super(Panel, self).hideEvent(event)

    def _remember(self):
        if self.isWindow() and not self.isMaximized():
            self.memory.set("size", [self.width(), self.height()])
        self.memory.save()

    def _keep(self):
        # Not at each change: the splitter changes with every pixel.
        now = self.link.now()
        if now - self._kept_at > _KEEP_S:
            self._kept_at = now
            self.memory.save()

    def keyPressEvent(self, event):
        """See QWidget: Ctrl and a number go to a tab; Esc takes the message away."""
        number = event.key() - QtCore.Qt.Key.Key_1
        if event.modifiers() & QtCore.Qt.KeyboardModifier.ControlModifier and 0 <= number < len(_TABS):
            self.show_tab(_TABS[number][0])
        elif event.key() == QtCore.Qt.Key.Key_Escape and self.banner.isVisible():
            self.banner.hide()
        else:
            super(Panel, self).keyPressEvent(event)


def make_panel(host):
    """See `panel.make_panel`."""
    application()
    memory = Memory().load()
    panel = Panel(host, link_for(host), memory)
    size = memory.get("size", [0, 0])
    if len(size) == 2 and all(isinstance(side, int) and 200 <= side <= 10000 for side in size):
        panel.resize(*size)
    else:
        room = QtWidgets.QApplication.primaryScreen().availableGeometry()
        panel.resize(panel.sizeHint().boundedTo(QtCore.QSize(int(room.width() * 0.9), int(room.height() * 0.9))))
    return panel
