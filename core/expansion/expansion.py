"""The files of a snapshot that are there, who names them, and what is lacking.

The name on the farm always comes from the path as the scene has it, after variables and relative folders were put in:
the farm's side reads the scene, not this computer's disk. A scene of Windows that names ``P:/show/a.exr`` is given
``/P/show/a.exr``, though a mapping between systems finds the file as ``/mnt/projects/show/a.exr`` here.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from collections import namedtuple

from .. import compat, paths, words
from ..errors import NameRefused, SourceError
from ..model import Problem
from . import gaps, locations, tokens
from .folders import Folders
from .frames import frame_numbers
from .limits import Limits, is_written
from .locations import Locator
from .matching import Match, Matcher
from .origins import Origins

#: ``pairs``: ``(local, server)``, each file once. ``origins``: see `Origins`. ``missing``, ``refused``: `Problem`s of
#: paths that the scene names. ``notes``: `Problem`s that are none: what is worth a look.
Expansion = namedtuple("Expansion", "pairs origins missing refused notes")

#: A file that was not known before. ``named``: its path as the scene's system reads it.
Taken = namedtuple("Taken", "local server named")

MOST_FILES = 2000000

_TEMPORARY = ".part"

def expand(snapshot, mapping=None, cancel=None):
    """Find the files that a snapshot names.

    Args:
        snapshot (jobs.snapshot.Snapshot): The scene.
        mapping (optional): Has ``to_here(path)``: another system's path -> this one's.
        cancel (Cancel, optional): Of the run.

    Returns:
        Expansion: Without the scene itself.
    """
    expander = Expander(snapshot, mapping, cancel)
    for found in snapshot.files:
        expander.take(found)
    return expander.expansion()


class Expander(object):
    """Takes one path after the other.

    Args:
        snapshot (jobs.snapshot.Snapshot): The scene.
        mapping (optional): See `expand`.
        cancel (Cancel, optional): Of the run.
        folders (Folders, optional): Other than the disk's.
        environ (callable): Variable -> text or None.
        windows (bool): Whose rules hold here.
    """

    def __init__(self, snapshot, mapping=None, cancel=None, folders=None, environ=compat.environ,
                 windows=compat.WINDOWS):
        self.pairs, self.missing, self.refused, self.notes = [], [], [], []
        self.origins = Origins()
        self.locator = Locator(snapshot, mapping, environ, windows)
        self._folders = folders or Folders()
        self._matcher = Matcher(self._folders)
        self._cancel = cancel
        self._windows = windows
        self._locals = {}
        self._servers = {}
        self._wanted = {}
        self._frames = snapshot.frames
        self._limits = Limits(snapshot, self.locator, windows)

    def expansion(self):
        """Return what was found so far."""
        return Expansion(self.pairs, self.origins, self.missing, self.refused, self.notes)

    def take_scene(self, scene, copy=None):
        """Take the scene itself, whether it is there or not.

        Args:
            scene (str): Its path, as its own system reads it.
            copy (str, optional): What is sent in its place, under its name.

        Returns:
            Taken or None: The scene; None where its name cannot stand on a storage.
        """
        named = scene.replace("\\", "/") if self._windows or locations.is_of_windows(scene) else scene
        local = self.locator.here(named)
        folder = self._folders.look(locations.parent(local)[0]) if locations.is_here(local, self._windows) else None
        taken = self._keep([Match(copy or local, named, {}, folder is not None and folder.folds)], (scene, "", 0, None))
        return taken[0] if taken else None

    def take(self, found, base=None):
        """Find the files of one path.

        Args:
            found (jobs.snapshot.File): The path, and who names it.
            base (str, optional): Folder of the file that names it, as the scene's system reads it.

        Returns:
            list of Taken: Those that no other path has led to before.

        Raises:
            Cancelled: The run was ended.
        """
        self._check()
        key = found.path, found.kind, found.offset, base
        owners = self.origins.owners(key)
        owners.append(found)
        if len(owners) > 1:
            return []
        located = self.locator.locate(found.path, base)
        # What cannot be written as UTF-8 would end in neither a result nor a log.
        source = words.printable(found.path if base is None or not located.places else located.places[0].named)
        self.origins.add(source, key)
        if not located.places:
            if locations.clean(found.path):
                self._note(source, "%s is not sent. %s" % (source, located.reason))
            return []
        kind = found.kind
        if is_written(found):
            if self._limits.is_output(located.places[0].named):
                return []
            kind = "optional"
        if kind == "folder":
            matches = self._walk(source, located)
        else:
            matches = self._find(source, located, kind, found.offset)
        return self._keep(matches, key)

    # -- one path

    def _find(self, source, located, kind, offset):
        """Return the `Match`es at the first place that has any, and say what is lacking."""
        for place in located.places:
            if not locations.is_here(place.local, self._windows):
                continue
            as_sequence = _as_sequence(place) if kind == "frames" else None
            if as_sequence is None:
                literal = self._matcher.literal(place)
                if literal is not None and tokens.is_weak(place.named):
                    return [literal]
            place = as_sequence or place
            if tokens.has_tokens(place.named):
                matches = self._matcher.pattern(place)
                matches = matches or ([literal] if as_sequence is None and literal is not None else [])
            else:
                matches = []
            if matches:
                return self._of_set(source, matches, kind, offset)
        if kind != "optional":
            self._lack(source, located, kind, offset)
        return []

    def _of_set(self, source, matches, kind, offset):
        if kind == "frames" and "frame" in matches[0].values:
            return self._of_range(source, matches, offset)
        numbers = set(match.values["udim"] for match in matches if "udim" in match.values)
        lacking = gaps.holes(numbers) if len(numbers) > 1 else ()
        if lacking:
            self._note(source, gaps.tile_note(source, lacking))
        return matches

    def _of_range(self, source, matches, offset):
        """Leave out frames that the scene does not render, and report those that are not there."""
        wanted, known = self.wanted(offset)
        tiles = {}
        for match in matches:
            tiles.setdefault(tokens.tile(match.values), set()).add(match.values["frame"])
        for tile in sorted(tiles):
            lacking = known - tiles[tile]
            if lacking:
                self._miss(source, gaps.frames(source, lacking, wanted, tile))
        return [match for match in matches if match.values["frame"] in known]

    def wanted(self, offset):
        """Return the numbers of files that the scene's frames need: ``(sorted list, set)``."""
        if offset not in self._wanted:
            numbers = [number + offset for number in frame_numbers(self._frames)]
            self._wanted[offset] = numbers, frozenset(numbers)
        return self._wanted[offset]

    def _lack(self, source, located, kind, offset):
        """Say why nothing was found."""
        here = [place for place in located.places if locations.is_here(place.local, self._windows)]
        if located.unknown:
            self._miss(source, gaps.variables(source, located.unknown))
            return
        if not here:
            self._miss(source, gaps.foreign(source))
            return
        for place in here:
            if not tokens.has_tokens(place.named) and self._matcher.is_folder(place):
                self._note(source, gaps.folder_note(source, place.local))
                return
        unknown = [piece.text for name in source.split("/") for piece in tokens.split(name)
                   if isinstance(piece, tokens.Token) and piece.kind == "unknown"]
        if unknown:
            self._miss(source, gaps.token(source, unknown[0]))
            return
        self._miss(source, self._gone(source, here[0]))

    def _gone(self, source, place):
        folder = locations.parent(place.local)[0]
        is_set = tokens.has_tokens(place.named)
        while tokens.has_tokens(folder):
            folder = locations.parent(folder)[0]
        if folder in self._folders.reasons:
            return gaps.unreadable(source, folder, self._folders.reasons[folder])
        return gaps.gone(source, folder if self._folders.look(folder) is None else "", is_set)

    # -- folders

    def _walk(self, source, located):
        """Return all files of a folder, but for the output folder's."""
        for place in located.places:
            if not locations.is_here(place.local, self._windows):
                continue
            if self._folders.look(place.local) is None:
                literal = self._matcher.literal(place)
                if literal is not None:
                    return [literal]
                continue
            if self._limits.is_whole(place.named):
                self.refused.append(Problem("refused", source, "", gaps.whole(source)))
                return []
            return self._below(source, place.local.rstrip("/"), place.named.rstrip("/"))
        self._lack(source, located, "folder", 0)
        return []

    def _below(self, source, local, named):
        found, todo = [], [(local, named)]
        while todo:
            self._check()
            local, named = todo.pop()
            if self._limits.is_output(named):
                continue
            folder = self._folders.look(local)
            if folder is None:
                self._miss(source, gaps.unreadable(source, local, self._folders.reasons.get(local, "it is gone")))
                continue
            for entry in folder.entries():
                if entry.is_file():
                    if not entry.name.endswith(_TEMPORARY):
                        found.append(Match(local + "/" + entry.name, named + "/" + entry.name, {}, folder.folds))
                elif entry.is_dir() and entry.is_symlink():  # It may lead round in a circle.
                    if not self._limits.is_output(named + "/" + entry.name):
                        self.note_link(local + "/" + entry.name)
                elif entry.is_dir():
                    todo.append((local + "/" + entry.name, named + "/" + entry.name))
        return found

    # -- what is kept

    def _keep(self, matches, key):
        """Add files that are not there yet; a file by two names counts once."""
        taken = []
        for match in matches:
            try:
                server = self._server(match.named)
            except NameRefused as error:
                shown = words.printable(match.local)
                self.origins.add(shown, key)
                self.refused.append(Problem("refused", shown, "", error.message))
                continue
            name = server.lower() if match.folds else server
            known = self._locals.get(name)
            if known is None:
                known = self._locals[name] = match.local
                self.pairs.append((known, server))
                taken.append(Taken(known, server, match.named))
            self.origins.add(known, key)
        if len(self.pairs) > MOST_FILES:
            raise SourceError("The scene leads to more than %d files: something in it names too much." % MOST_FILES)
        return taken

    def _server(self, named):
        """Return a path's name on the storage: the folder's part of it is found out once."""
        folder, _, name = named.rpartition("/")
        start = self._servers.get(folder)
        if start is None:
            server = paths.server_path(named)
            if server.endswith("/" + name):
                self._servers[folder] = server[:-len(name)]
            return server
        try:
            return paths.check_server(start + name)
        except NameRefused:
            return paths.server_path(named)

    def _check(self):
        if self._cancel is not None:
            self._cancel.check()

    def _miss(self, source, reason):
        self.missing.append(Problem("missing", source, "", reason))

    def note_link(self, path):
        """Say of a link to a folder that it is not followed."""
        shown = words.printable(path.replace("\\", "/") if self._windows else path)
        self._note(shown, gaps.link(shown))

    def _note(self, source, reason):
        self.notes.append(Problem("note", source, "", reason))


def _as_sequence(place):
    """Return the place of a whole sequence where a host names one frame of it; None where tokens tell already."""
    if tokens.has_tokens(place.named):
        return None
    folder, name = locations.parent(place.named)
    local_folder, local_name = locations.parent(place.local)
    pattern = tokens.as_sequence(name)
    if pattern == name or local_name != name:
        return None
    return locations.Place(locations.join(folder, pattern), locations.join(local_folder, pattern))
