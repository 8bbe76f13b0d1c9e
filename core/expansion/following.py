"""Files that are named inside files: followed from one to the next, each read once."""
from __future__ import absolute_import, division, print_function, unicode_literals

import collections

from .. import references
from ..model import Problem
from . import locations

#: So many files may lead from one to the next.
MOST_DEPTH = 64


def follow(expander, taken, cancel=None, scene=None):
    """Take what files name, and what those name, and so on.

    Args:
        expander (Expander): Takes the paths.
        taken (iterable of tuple): ``(Taken, File that named it)``.
        cancel (Cancel, optional): Of the run.
        scene (Taken, optional): The one of them that is the scene itself: relative paths in it are meant from its
            project, as those that a host tells.

    Raises:
        Cancelled: The run was ended.
    """
    todo = collections.deque((found, owner, 1) for found, owner in taken if references.reads(found.local))
    seen = set()
    while todo:
        found, owner, depth = todo.popleft()
        if found.local in seen:
            continue
        seen.add(found.local)
        folder, name = locations.parent(found.named)

        def note(reason, source=found.local):
            expander.notes.append(Problem("note", source, "", reason))

        if depth > MOST_DEPTH:
            note("%s is the %dth file in a chain of files that name each other: what it names is not looked for."
                 % (found.local, depth))
            continue
        for reference in references.of(found.local, note, cancel):
            named = owner._replace(path=reference.path, node=name, attribute=reference.where, kind=reference.kind,
                                   offset=0)
            for more in expander.take(named, None if found is scene else folder):
                if references.reads(more.local):
                    todo.append((more, named, depth + 1))
