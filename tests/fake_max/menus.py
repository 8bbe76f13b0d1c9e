"""Both menu systems, toolbar and dock, and what of them the user's folders keep."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import re
import sys
from collections import namedtuple

from support_tree import native, text

from .values import Strict, Word, needs_text

HELP_ID = "cee8f758-2199-411b-81e7-d3ff4a80d143"
MACROS_TABLE = 647394
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.I)


class Session(object):
    """What is in the folders of the user and stays over the end of 3ds Max."""

    def __init__(self):
        self.macros = {}  # (category, name) -> (tip, label, body)
        self.menus = {}  # Of the .mnux: title -> list of items.
        self.bar = ["File", "Edit", "Help"]


class ClassicMenu(object):
    """A menu of `menuMan`."""

    def __init__(self, world, title, items):
        self._world, self._title, self._items = world, title, items

    def getTitle(self):
        return self._title

    def numItems(self):
        return len(self._items)

    def getItem(self, index):
        if not 1 <= index <= len(self._items):
            return None
        item = self._items[index - 1]
        title = self._world.session.macros[item][1] if isinstance(item, tuple) else item
        return Strict("MixinInterface:menuItem", getTitle=lambda: title)

    def addItem(self, item, position):
        if not isinstance(item, Item):
            raise RuntimeError("-- Unable to convert: %r to type: Interface" % (item,))
        # A number, no index of MAXScript: it counts from 0, while `getItem` counts from 1.
        if position != -1 and not 0 <= position <= len(self._items):
            raise RuntimeError("-- Runtime error: position is out of range")
        self._items.insert(len(self._items) if position == -1 else position, item.target)

    def removeItemByPosition(self, index):
        if not 1 <= index <= len(self._items):
            raise RuntimeError("-- Runtime error: position is out of range")
        del self._items[index - 1]


Item = namedtuple("Item", "target")


class CuiMenu(object):
    """A menu of 2025 and later: only to be changed while 3ds Max asks for menus."""

    def __init__(self, world, title):
        self._world, self.title, self.items = world, title, []

    def _add(self, guid, item, before):
        if self._world.asking is not True:
            raise RuntimeError("-- Runtime error: menus can only be created in the cuiRegisterMenus callback")
        if not isinstance(guid, (type(""), str)) or not GUID.match(guid):
            raise RuntimeError("-- Unable to convert: %r to type: GUID" % (guid,))
        if guid.lower() in self._world.guids:
            raise RuntimeError("-- Runtime error: id is in use: %s" % guid)
        ids = [known for known, _ in self.items]
        if before is not None and before not in ids:
            raise RuntimeError("-- Runtime error: no item has the id %s" % before)
        self._world.guids.add(guid.lower())
        self.items.insert(len(self.items) if before is None else ids.index(before), (guid, item))
        return item

    def CreateSubMenu(self, guid, title, beforeId=None):
        return self._add(guid, CuiMenu(self._world, title), beforeId)

    def CreateAction(self, guid, table, persistent, beforeId=None):
        if table != MACROS_TABLE:
            raise RuntimeError("-- Runtime error: no such action table: %r" % (table,))
        name, _, category = persistent.partition("`")
        return self._add(guid, (category, name), beforeId)

    createSubMenu, createAction = CreateSubMenu, CreateAction


class Menus(object):
    """The part of a world that has menus, macros, callbacks, a toolbar and a dock."""

    def ask_for_menus(self):
        """Build the menus, as 3ds Max 2025 and later does when it starts and when a configuration is loaded."""
        self.guids, self.asking = set(), True
        self.cui_bar = CuiMenu(self, "Main Menu")
        for title, guid in (("File", "eed3eaef-ea24-4342-aacc-9dfd87f9a4f4"), ("Help", HELP_ID)):
            self.cui_bar.CreateSubMenu(guid, title)
        try:
            self._notify("cuiregistermenus")
        finally:
            self.asking = False

    def _notify(self, event):
        for kind, script, _ in list(self.callbacks):
            if kind == event:
                script() if callable(script) else self.run_mxs(script)

    def bar(self):
        """Return the titles of the menu bar."""
        if self.year < 2025:
            return list(self.session.bar)
        return [item.title for _, item in self.cui_bar.items] if self.cui_bar else []

    def _menu_macros(self):
        from rayvision_sync.hosts.base.entries import MENU_TITLE
        if self.year < 2025:
            return list(self.session.menus.get(MENU_TITLE, ())) if MENU_TITLE in self.session.bar else []
        for _, item in self.cui_bar.items if self.cui_bar else ():
            if item.title == MENU_TITLE:
                return [macro for _, macro in item.items]
        return []

    def menu(self):
        """Return the labels under our menu."""
        return [self.session.macros[macro][1] for macro in self._menu_macros() if macro in self.session.macros]

    def _toolbar(self):
        qt = self.qt()
        return self.window.findChild(qt.QtWidgets.QToolBar, "rayvision_sync_toolbar") if self.window else None

    def shelf(self):
        """Return the labels of our toolbar."""
        self.idle()
        bar = self._toolbar()
        return [text(action.text()) for action in bar.actions()] if bar is not None else []

    def click(self, label):
        """Choose an entry: of the menu, else of the toolbar."""
        for macro in self._menu_macros():
            if self.session.macros[macro][1] == label:
                self.run_mxs(self.session.macros[macro][2])
                return
        self.press(label)

    def press(self, label):
        """Press a button of the toolbar."""
        [action] = [action for action in self._toolbar().actions() if text(action.text()) == label]
        action.trigger()

    def dock(self):
        """Return our dock, None where there is none."""
        qt = self.qt()
        found = self.window.findChildren(qt.QtWidgets.QDockWidget, "rayvision_sync_dock") if self.window else []
        assert len(found) < 2
        return found[0] if found else None

    def docked(self):
        """Tell whether the panel stands in 3ds Max's window."""
        dock = self.dock()
        return dock is not None and dock.widget() is not None and dock.isVisible()

    def run_mxs(self, script):
        """Run a macro's body: ours are all of this form."""
        found = re.match(r"\(try \(python\.Execute \"((?:[^\"\\]|\\.)*)\"\) catch \(format \"((?:[^\"\\]|\\.)*)\" "
                         r"\(getCurrentException\(\)\)\)\)\Z", script)
        assert found, "no MAXScript that would run: %s" % script
        code = re.sub(r"\\(.)", lambda match: {"n": "\n", "\"": "\"", "\\": "\\"}[match.group(1)], found.group(1))
        said, stdout = io.StringIO() if str is not bytes else __import__("StringIO").StringIO(), sys.stdout
        sys.stdout = said
        try:
            exec(compile(code, native("<macro>"), native("exec")), {})
        except Exception as error:
            self.listener.append(found.group(2).replace("%", "%s" % error))
        finally:
            sys.stdout = stdout
        self.listener.extend(text(said.getvalue()).splitlines())

    def _cui_manager(self):
        def load(name):
            if not self.has_ui:
                raise RuntimeError("-- Runtime error: menus are not there yet")
            if name != "C:/menus/Default.mnx":
                raise RuntimeError("-- Runtime error: no such configuration")
            self.reloads += 1
            self.ask_for_menus()
        return Strict("MixinInterface:CuiMenuMgr", LoadConfiguration=load,
                      GetCurrentConfiguration=lambda: "C:/menus/Default.mnx")

    def _menu_man(self):
        if not self.has_ui:
            raise RuntimeError("-- Runtime error: menus are not there yet")

        def find(title):
            needs_text(title)
            return ClassicMenu(self, title, self.session.menus[title]) if title in self.session.menus else None

        def create(title):
            needs_text(title)
            if title in self.session.menus:
                raise RuntimeError("-- Runtime error: a menu of this name is there twice now: %s" % title)
            self.session.menus[title] = []
            return find(title)

        def action(name, category):
            return Item((category, name)) if (category, name) in self.session.macros else None

        def unregister(menu):
            del self.session.menus[menu.getTitle()]

        def update():
            self.session.updates = getattr(self.session, "updates", 0) + 1

        return Strict("Interface:menuMan", findMenu=find, createMenu=create, createActionItem=action,
                      createSubMenuItem=lambda title, menu: Item(menu.getTitle() if title else None),
                      getMainMenuBar=lambda: ClassicMenu(self, "Main Menu", self.session.bar),
                      updateMenuBar=update, unRegisterMenu=unregister)

    def _new_macro(self, category, name, tip, label, body):
        for value in (category, name, tip, label, body):
            needs_text(value)
        if not re.match(r"\w+\Z", name):
            raise RuntimeError("-- Syntax error: a macro's name is a word: %s" % name)
        self.session.macros[category, name] = (tip, label, body)
        return len(self.session.macros)

    def _callbacks(self):
        def add(event, script, id=None):
            if not isinstance(event, Word) or not isinstance(id, Word):
                raise RuntimeError("-- Unable to convert: %r to type: Name" % (event,))
            known = {"postsystemstartup"} | ({"cuiregistermenus"} if self.year >= 2025 else set())
            if event.word.lower() not in known:
                raise RuntimeError("-- Runtime error: unknown callback: #%s" % event.word)
            self.callbacks.append((event.word.lower(), script, id.word))
            return True

        def remove(*event, **options):
            assert not event and list(options) == [native("id")], "this would remove callbacks of others"
            self.callbacks = [row for row in self.callbacks if row[2] != options["id"].word]
            return True

        def parameter():
            if not self.asking:
                return None
            return Strict("MixinInterface:CuiMenuMgr", mainMenuBar=self.cui_bar)

        return Strict("Struct:callbacks", addScript=add, removeScripts=remove, notificationParam=parameter)
