"""The commands that only read and write upload.json files: manifest, cut."""
from __future__ import absolute_import, division, print_function, unicode_literals

import itertools
import os

from .. import compat, manifest as manifests, words
from ..errors import SourceError, SourceMissing

#: Links that are named in one line.
_SHOWN_LINKS = 5


def manifest(run):
    """List files and folders in an upload.json."""
    target = compat.absolute(run.options.output)
    try:
        count = write(run, target, run.options.path, run.options.exclude)
    except SourceError as error:
        error.message += " Nothing was written."
        raise
    run.screen.say("%s: %s" % (target, words.plural(count, "asset")))
    run.screen.tell("manifest", path=target, assets=count)


def write(run, target, names, exclude=()):
    """Write the upload.json of files and folders; nothing is written where there are none.

    Args:
        run (Run): Is told, and says whether links are followed.
        target (str): Path of the upload.json.
        names (list of str): Files and folders.
        exclude (list of str): Files and folders that are left out.

    Returns:
        int: Number of assets.

    Raises:
        SourceError: A name, or what is left out, does not exist or cannot be sent.
    """
    for path in exclude:
        # Mistyped, it would be uploaded.
        if not os.path.lexists(compat.fs(compat.absolute(path))):
            raise SourceMissing("--exclude: %s does not exist: check the path." % compat.absolute(path))
    links, is_excluded = [], _excluder([target] + list(exclude))
    pairs = _counted(run, manifests.build(names, run.options.follow_links, links.append), is_excluded)
    first = next(pairs, None)
    count = 0 if first is None else manifests.write(target, itertools.chain([first], pairs))
    run.screen.line.clear()
    _say_links(run, [path for path in links if not is_excluded(path)])
    if not count:
        raise SourceMissing("There are no files in %s." % ", ".join(compat.absolute(name) for name in names))
    return count


def _excluder(names):
    """Return a function that tells whether a path is one of those, or in one of them."""
    names = [os.path.normcase(compat.absolute(path)).rstrip(os.sep) for path in names]
    files, folders = set(names), tuple(path + os.sep for path in names)

    def is_excluded(path):
        path = os.path.normcase(path.replace("/", os.sep))
        return path in files or path.startswith(folders)

    return is_excluded


def _say_links(run, links):
    """Say which links to folders were left out: a library of textures is often one."""
    if not links:
        return
    shown = ", ".join(words.printable(path) for path in links[:_SHOWN_LINKS])
    run.screen.problem("%s left out: %s%s. With --follow-links what is in them is listed, too." % (
        "A link to a folder was" if len(links) == 1 else "%s links to folders were" % words.count(len(links)), shown,
        " ..." if len(links) > _SHOWN_LINKS else ""))
    for path in links:
        run.screen.tell("note", message="%s is a link to a folder: it was left out." % path)


def _counted(run, pairs, is_excluded):
    """Yield the pairs but for what is left out: the manifest of an earlier run, too, is no asset."""
    for number, pair in enumerate(pairs):
        if number % 100 == 0:
            run.cancel.check()
            run.screen.line.show("Listing", rest=words.plural(number, "file"), name=os.path.basename(pair[0]))
        if not is_excluded(pair[0]):
            yield pair


def cut(run):
    """Cut an upload.json into parts."""
    folder = run.options.output
    parts = manifests.cut(run.options.path, run.options.assets, compat.absolute(folder) if folder else None)
    if parts == [run.options.path]:
        run.screen.say("%s has no more than %s: there is nothing to cut." % (
            run.options.path, words.plural(run.options.assets, "asset")))
    for part in parts:
        run.screen.say(part)
        run.screen.tell("part", path=part)
