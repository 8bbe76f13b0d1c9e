"""A job's own copy of a scene: whole, and as it was, whatever the artist saves meanwhile."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os

from .. import compat
from ..errors import SettingsError, SourceChanged, SourceError, SourceMissing

_BLOCK = 1 << 20
_TRIES = 5
_PAUSE_S = 1.0


def take(scene, folder, cancel, written=None):
    """Put a copy of a scene into a job's folder, once.

    Args:
        scene (str): Path.
        folder (str): The job's.
        cancel (Cancel): Ends the copying, and the pauses between attempts.
        written (str, optional): A copy that the host has written: it is moved instead.

    Returns:
        str: Path of the copy; the one that is there already, where a job goes on.

    Raises:
        SourceMissing: There is no scene.
        SourceChanged: It is written again and again.
        SourceError: It cannot be read, or its copy cannot be written.
    """
    target = os.path.join(folder, _name(scene))
    if os.path.isfile(compat.fs(target)):
        return target
    source = written or scene
    try:
        if written and _moved(written, target):
            return target
        for tries in range(_TRIES):
            if tries:
                cancel.wait(_PAUSE_S)
            if _copied(source, target, cancel):
                return target
    except (IOError, OSError) as error:
        if not os.path.lexists(compat.fs(source)):
            raise SourceMissing(_GONE % source if written else "The scene %s does not exist: nothing was sent." % scene)
        raise SourceError("The scene %s cannot be copied to %s (%s). Nothing was sent."
                          % (source, folder, compat.text(error.strerror or "unknown")))
    finally:
        compat.remove_file(target + ".part")
    raise SourceChanged("The scene %s changed while it was being copied (%d times). Nothing was sent: let the save "
                        "end, then submit it again." % (scene, _TRIES))


_GONE = "The copy of the scene, %s, is gone. Nothing was sent: submit the scene again."


def _name(scene):
    """Return a scene's name without its folder, whichever system named it."""
    return scene.replace("\\", "/").rpartition("/")[2] if compat.WINDOWS else os.path.basename(scene)


def _moved(source, target):
    try:
        compat.replace(source, target)
    except (IOError, OSError):
        return False  # Another disk, or it is gone: copying tells.
    try:
        os.rmdir(compat.fs(os.path.dirname(source)))  # It was made for this copy alone.
    except OSError:
        pass
    return True


def _copied(source, target, cancel):
    """Copy a file and its time; False if it changed meanwhile."""
    if os.path.isdir(compat.fs(source)):
        raise SettingsError("The scene %s is a folder: nothing was sent." % source)
    before = _state(os.stat(compat.fs(source)))
    part = target + ".part"
    with io.open(compat.fs(source), "rb") as reading:
        with compat.open_private(part, "wb") as writing:
            while True:
                cancel.check()
                block = reading.read(_BLOCK)
                if not block:
                    break
                writing.write(block)
                if writing.tell() > before[0]:
                    return False  # It grows: its end may never come.
    after = os.stat(compat.fs(source))
    if _state(after) != before or os.path.getsize(compat.fs(part)) != before[0]:
        return False
    compat.set_mtime_ns(part, compat.mtime_ns(after))
    compat.replace(part, target)
    return True


def _state(found):
    return found.st_size, compat.mtime_ns(found), found.st_ino
