"""The open scene: its textures, what the asset tracker knows of it, how it is saved."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import re

from support_tree import native

from .values import Array, Reference, Strict, Word, needs_text


class Scene(object):
    """The part of a world that has a scene."""

    def set_changed(self, value):
        """Choose whether the scene has unsaved changes."""
        self.changed = value

    def add_file(self, path, node, attribute="filename", kind="BitmapTexture", **others):
        """Let a texture of the scene name a file; the asset tracker knows it, too."""
        name = {"BitmapTexture": "filename"}.get(kind, attribute)
        members = dict(others, name=node)
        members[name] = path
        self.textures.setdefault(kind, []).append(Strict(kind, **members))
        self.track(path)

    def add_broken(self, node):
        """Add a texture whose file cannot be asked for."""
        fault = RuntimeError("-- Runtime error: plug-in is missing: %s" % node)
        self.textures["BitmapTexture"].append(Strict("BitmapTexture", name=node, filename=fault))

    def track(self, path, kind="Bitmap", is_used=True):
        """Let the asset tracker know a file.

        Args:
            path (str): As the scene has it.
            kind (str): Type of the asset.
            is_used (bool): It is among `usedMaps`, too.
        """
        self.tracked.append(path)
        self.assets.append((path, kind))
        if is_used and kind == "Bitmap":
            self.maps.append(path)

    def _save(self, path, clearNeedSaveFlag=True, useNewFile=True, quiet=False, saveAsVersion=None):
        needs_text(path)
        assert quiet, "3ds Max would ask something"
        target = native(path)
        if not os.path.isdir(os.path.dirname(target)) or (
                os.path.exists(target) and not os.stat(target).st_mode & 0o200):
            return False
        with io.open(target, "w", encoding="utf-8") as scene:
            scene.write("scene %d" % (self.save_count + 1))
        if useNewFile:
            self.scene_path, self.save_count = path, self.save_count + 1
        else:
            self.copy_count += 1
        if clearNeedSaveFlag:
            self.changed = False
        return True

    @staticmethod
    def _class_of(thing):
        kind = "%s" % thing
        found = re.match(r"\$(\w+):", kind)
        if found:
            return {"Target": "Targetobject"}.get(found.group(1), found.group(1))
        return kind

    def _items(self, name):
        if name != "Used Plug-Ins":
            raise RuntimeError("-- Runtime error: no such property: %s" % name)
        return Array(self.used_plugins) if self.used_plugins else None

    def _element_manager(self):
        return Strict("Interface:renderElementMgr", NumRenderElements=lambda: len(self.elements),
                      GetRenderElement=lambda index: self.elements[index][0],
                      GetRenderElementFilename=lambda index: self.elements[index][1])

    def _refresh(self):
        if self.broken_tracker:
            raise RuntimeError("-- Runtime error: asset tracking is disabled")
        self.known = ([self.scene_path] if self.scene_path else []) + list(self.tracked)

    def _files(self, reference):
        return self._by_reference(reference, self.known)

    @staticmethod
    def _by_reference(reference, values):
        if not isinstance(reference, Reference):
            raise TypeError("-- Argument is not a reference: %r" % (reference,))
        return len(values), Array(values) if values else None

    def _inside(self, path, deep):
        if deep is not False:
            raise RuntimeError("-- Unable to convert: %r to type: Boolean" % (deep,))
        values = self.dependent.get(path, [])
        if isinstance(values, Exception):
            raise values
        return values

    def _dependent(self, path, deep, reference):
        return self._by_reference(reference, self._inside(path, deep))

    def _execute(self, script):
        if script == "(local found = #(); ATSOps.GetFiles &found; found)":
            return Array(self.known)
        found = re.match(r'\(local found = #\(\); ATSOps\.GetDependentFiles @"([^"]*)" false &found; found\)\Z', script)
        assert found, "no MAXScript that would run: %s" % script
        return Array(self._inside(found.group(1), False))

    def _asset(self, index):
        if not 1 <= index <= len(self.assets):
            raise RuntimeError("-- Runtime error: index is out of range")
        path, kind = self.assets[index - 1]
        return Strict("IObject:AssetUser", getFileName=lambda: path, getType=lambda: Word(kind))

    def _instances(self, kind):
        if kind not in self.textures:
            raise RuntimeError("-- Unable to convert: %r to type: MAXClass" % (kind,))
        return Array(self.textures[kind])

    def _xref(self, index):
        found = self.scene_xrefs[index - 1]
        return Strict("XRefScene", filename=found)


def heavy(world, files=6000, nodes=20000, broken=30):
    """Fill a scene: textures, UDIM sets, sequences, references within references, broken nodes.

    Args:
        world (MaxWorld): To fill.
        files (int): How many files textures name.
        nodes (int): How many textures there are in all; the rest share files.
        broken (int): How many of them cannot be asked.
    """
    for number in range(files):
        world.add_file("/show/tex/%03d/wall_%05d.<UDIM>.exr" % (number // 100, number), "map%d" % number)
    for number in range(files, nodes - broken):
        path = "/show/tex/%03d/wall_%05d.<UDIM>.exr" % (number % files // 100, number % files)
        world.textures["BitmapTexture"].append(Strict("BitmapTexture", name="map%d" % number, filename=path))
    for number in range(broken):
        world.add_broken("broken%d" % number)
    for number in range(40):
        world.track("/show/plates/layer%02d/plate.####.exr" % number)
    parent = "/show/sets/level0.max"
    world.scene_xrefs.append(parent)
    for level in range(1, 6):
        child = "/show/sets/level%d.max" % level
        world.dependent[parent] = [child, "maps\\level%d.png" % level]
        world.track(parent, "XRef")
        parent = child
    world.track(parent, "XRef")
