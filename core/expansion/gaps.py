"""What is lacking, as sentences."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import words

#: Ranges that a sentence names.
_MOST_RANGES = 20

_DO = "Restore %s or take it out of the scene."


def runs(numbers, wanted):
    """Join numbers that follow each other in what is wanted.

    Args:
        numbers (iterable of int): Some of `wanted`.
        wanted (list of int): Sorted.

    Returns:
        list of tuple: ``(first, last)``.
    """
    lacking, found, open_run = set(numbers), [], None
    for number in wanted:
        if number not in lacking:
            open_run = None
        elif open_run is None:
            open_run = [number, number]
            found.append(open_run)
        else:
            open_run[1] = number
    return [tuple(run) for run in found]


def ranges(numbers, wanted):
    """Return "1003, 1007-1010"."""
    found = runs(numbers, wanted)
    shown = ["%d" % first if first == last else "%d-%d" % (first, last) for first, last in found[:_MOST_RANGES]]
    if len(found) > _MOST_RANGES:
        shown.append("%s more" % words.plural(len(found) - _MOST_RANGES, "gap"))
    return ", ".join(shown)


def span(wanted):
    """Return "1001-1120" of all that is wanted."""
    return "%d" % wanted[0] if len(wanted) == 1 else "%d-%d" % (wanted[0], wanted[-1])


def frames(path, lacking, wanted, tile=""):
    """Return "Frames 1003, 1007-1010 of 1001-1120 are missing: ..."."""
    one = len(lacking) == 1
    subject = "Frame" if one else "Frames"
    if len(lacking) == len(wanted):
        which = span(wanted)
    else:
        which = "%s of %s" % (ranges(lacking, wanted), span(wanted))
    return "%s %s %s missing%s: %s. %s" % (subject, which, "is" if one else "are", " of tile " + tile if tile else "",
                                           path, _DO % ("it" if one else "them"))


def holes(tiles):
    """Return the tiles that a row of ten leaves out between others, of UDIM numbers."""
    rows = {}
    for number in tiles:
        rows.setdefault((number - 1001) // 10, []).append(number)
    return sorted(number for row in rows.values() for number in range(min(row), max(row)) if number not in tiles)


def tile_note(path, lacking):
    """Return "Tiles 1003, 1004 of ... are not there"."""
    one = len(lacking) == 1
    return "%s %s of %s %s not there: nothing is wrong where no object uses %s." % (
        "Tile" if one else "Tiles", ", ".join("%d" % number for number in lacking[:_MOST_RANGES]) + (
            " and more" if len(lacking) > _MOST_RANGES else ""), path, "is" if one else "are", "it" if one else "them")


def foreign(path):
    """Say that a path is another system's."""
    return ("%s cannot be found: it is a path of another system. Map it to a folder of this computer in the settings."
            % path)


def variables(path, names):
    """Say that variables have no value."""
    if len(names) == 1:
        return ("%s is missing: the variable %s has no value. Set it or correct the path in the scene."
                % (path, names[0]))
    return ("%s is missing: the variables %s have no value. Set them or correct the path in the scene."
            % (path, ", ".join(names)))


def token(path, text):
    """Say that a token is not known."""
    return ("%s is missing: %s is not known here, and no file is called so. Correct the path in the scene."
            % (path, text))


def gone(path, folder="", is_set=False):
    """Say that a file or set is not there, nor its folder where that is so."""
    if is_set:
        start = "%s is missing: no file of that pattern is there" % path
    else:
        start = "%s is missing" % path
    if folder:
        start += (", nor its folder %s" if is_set else ": there is no folder %s") % folder
    return "%s. %s" % (start, _DO % "it")


def unreadable(path, folder, reason):
    """Say that a folder cannot be listed."""
    return "%s cannot be found: the folder %s cannot be read (%s)." % (path, folder, reason)


def whole(path):
    """Say that a folder is too much."""
    return ("%s leads to the whole project, or above it: it is not sent. Name the folder that the scene needs." % path)


def link(path):
    """Say that a link to a folder is not followed."""
    return "%s is a link to a folder: what is in it is not sent. Add that folder itself where it is needed." % path


def folder_note(path, local):
    """Say that a folder is named where a file should be."""
    return "%s leads to the folder %s: what is in it is not sent." % (path, local)
