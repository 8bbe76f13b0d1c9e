"""Who has the demo: one program owns its farm, one shows its window. Nothing is left of a program that was killed."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os

from .. import compat

#: What is held. The farm's owner lets transfers go on when its window is closed; another one may be opened meanwhile.
FARM, WINDOW = "farm", "window"

_MOST = 4096


class Hold(object):
    """Use it as ``with``; that takes nothing yet.

    Args:
        root (str): The demo's folder.
        name (str): `FARM` or `WINDOW`.
        what (str): Who holds it, for others: "demo" or "panel".
    """

    def __init__(self, root, name, what):
        self._path = os.path.join(root, "state", "%s.hold" % name)
        self._what = what
        self._file = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.give_back()

    def take(self):
        """Take it, unless another program has it. Returns whether it is ours."""
        if self._file is None:
            compat.make_folder(os.path.dirname(self._path))
            held = io.open(compat.fs(self._path), "ab")
            if not compat.lock_file(held.fileno()):
                held.close()
                return False
            self._file = held
            held.truncate(0)
            held.write(compat.dump_json({"pid": os.getpid(), "what": self._what}).encode("ascii"))
            held.flush()
        return True

    def give_back(self):
        """Let others have it."""
        held, self._file = self._file, None
        if held is not None:
            held.close()

    def holder(self):
        """Return ``{"pid": number, "what": text}`` of the program that has it; empty values where that is unknown."""
        try:
            with io.open(compat.fs(self._path), "rb") as source:
                found = compat.parse_json(source.read(_MOST).decode("ascii"))
            return {"pid": int(found["pid"]), "what": found["what"]}
        except (EnvironmentError, ValueError, KeyError, TypeError):
            return {"pid": 0, "what": ""}
