"""The commands that only read and write upload.json files: manifest, cut."""
from __future__ import absolute_import, division, print_function, unicode_literals

import itertools
import os

from .. import compat, manifest as manifests, words
from ..errors import SourceMissing


def manifest(run):
    """List files and folders in an upload.json."""
    target = compat.absolute(run.options.output)
    count = write(run, target, run.options.path)
    run.screen.say("%s: %s" % (target, words.plural(count, "asset")))
    run.screen.tell("manifest", path=target, assets=count)


def write(run, target, names):
    """Write the upload.json of files and folders; nothing is written where there are none.

    Returns:
        int: Number of assets.
    """
    pairs = _counted(run, manifests.build(names), target.replace(os.sep, "/"))
    first = next(pairs, None)
    if first is None:
        raise SourceMissing("There are no files in %s. No manifest was written." % ", ".join(names))
    count = manifests.write(target, itertools.chain([first], pairs))
    run.screen.line.clear()
    return count


def _counted(run, pairs, target):
    for number, pair in enumerate(pairs):
        if number % 100 == 0:
            run.cancel.check()
            run.screen.line.show("Listing", rest=words.plural(number, "file"), name=os.path.basename(pair[0]))
        if pair[0] != target:  # The manifest of an earlier run is no asset.
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
