"""The commands that only read and write upload.json files: manifest, cut."""
from __future__ import absolute_import, division, print_function, unicode_literals

import itertools
import os

from .. import compat, manifest as manifests, words
from ..errors import SourceError, SourceMissing


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
        run (Run): Is told.
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
    pairs = _counted(run, manifests.build(names), [target] + list(exclude))
    first = next(pairs, None)
    if first is None:
        raise SourceMissing("There are no files in %s." % ", ".join(names))
    count = manifests.write(target, itertools.chain([first], pairs))
    run.screen.line.clear()
    return count


def _counted(run, pairs, excluded):
    """Yield the pairs but for what is left out: the manifest of an earlier run, too, is no asset."""
    excluded = [os.path.normcase(compat.absolute(path)).rstrip(os.sep) for path in excluded]
    files, folders = set(excluded), tuple(path + os.sep for path in excluded)
    for number, pair in enumerate(pairs):
        if number % 100 == 0:
            run.cancel.check()
            run.screen.line.show("Listing", rest=words.plural(number, "file"), name=os.path.basename(pair[0]))
        local = os.path.normcase(pair[0].replace("/", os.sep))
        if local not in files and not local.startswith(folders):
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
