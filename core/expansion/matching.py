"""Find what a pattern matches on the disk."""
from __future__ import absolute_import, division, print_function, unicode_literals

from collections import namedtuple

from . import locations, tokens

#: A file that is there. ``named``: as the scene's system reads it; ``values``: of the tokens; ``folds``: whether its
#: folder takes ``A`` for ``a``.
Match = namedtuple("Match", "local named values folds")


class Matcher(object):
    """Matches places against folders.

    Args:
        folders (Folders): Of the run.
    """

    def __init__(self, folders):
        self._folders = folders
        self._compiled = {}

    def literal(self, place):
        """Return the `Match` of a place taken as it is written, None where there is no such file."""
        folder, name = locations.parent(place.local)
        found = self._folders.look(folder) if name else None
        if found is None or not found.has_file(name):
            return None
        return Match(place.local, place.named, {}, found.folds)

    def is_folder(self, place):
        """Tell whether a place is a folder."""
        folder, name = locations.parent(place.local)
        if name in ("", ".", ".."):
            return True
        found = self._folders.look(folder)
        entry = found.entry(name) if found is not None else None
        return entry is not None and entry.is_dir()

    def pattern(self, place):
        """Return the `Match`es of a place with tokens, in order of names."""
        names = place.named.split("/")
        first = next(number for number, name in enumerate(names) if tokens.has_tokens(name))
        tail = names[first:]
        # A mapping between systems changes the front of a path only.
        levels = [(_head(place.local.split("/")[:-len(tail)]), _head(names[:first]), {})]
        for number, name in enumerate(tail):
            is_last = number == len(tail) - 1
            levels = [found for level in levels for found in self._level(level, name, is_last)]
        return levels

    def _level(self, level, name, is_last):
        local, named, known = level
        if not tokens.has_tokens(name):
            if not is_last:
                return [(locations.join(local, name), locations.join(named, name), known)]
            found = self.literal(locations.Place(locations.join(named, name), locations.join(local, name)))
            return [found._replace(values=known)] if found else []
        folder = self._folders.look(local)
        return self._inside(folder, level, name, is_last) if folder is not None else []

    def _inside(self, folder, level, name, is_last):
        """Return what of a folder a name with tokens matches. This loop runs for every file: it is kept bare."""
        local, named, known = level
        pattern = self._pattern(name, folder.folds)
        match, values, folds = tokens.match, tokens.values, folder.folds
        local, named = locations.join(local, ""), locations.join(named, "")
        found = []
        for entry in folder.starting(pattern.prefix):
            hit = match(pattern, entry.name)
            if hit is None:
                continue
            meant = values(pattern, hit, known)
            if meant is None or not (entry.is_file() if is_last else entry.is_dir()):
                continue
            if is_last:
                found.append(Match(local + entry.name, named + entry.name, meant, folds))
            else:
                found.append((local + entry.name, named + entry.name, meant))
        return found

    def _pattern(self, name, fold):
        key = name, fold
        if key not in self._compiled:
            self._compiled[key] = tokens.compile_name(name, fold)
        return self._compiled[key]


def _head(names):
    """Return the folder of some first parts of a path."""
    folder = "/".join(names)
    return folder if folder and not folder.endswith(":") else folder + "/"
