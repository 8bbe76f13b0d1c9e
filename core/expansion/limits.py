"""What is never an input: the folder that a render writes to, and a folder that is too much."""
from __future__ import absolute_import, division, print_function, unicode_literals

import posixpath

from . import locations

#: Attributes that say where a render writes to, in lower case: in the output folder they name no input, elsewhere the
#: file is taken if it is there. Hosts leave them out; one that does not must not send last week's frames.
_WRITES = frozenset((
    "picture vm_picture vm_dcmfilename vm_uvoutputpicture1 ar_picture rs_outputfilenameprefix "
    "settingsoutput_img_file_path sopoutput dopoutput lopoutput copoutput chopoutput outputimage soho_diskfile "
    "ri_display_0_name imagefileprefix renderoutput rendoutputfilename").split()
    # A binary layer does not tell the pictures that it reads from those that it writes.
    + ["binary layer"])


def is_written(found):
    """Tell whether the attribute that names a file says where something is written to."""
    return found.attribute.rsplit(".", 1)[-1].split("[")[0].lower() in _WRITES


class Limits(object):
    """The folders of a scene.

    Args:
        snapshot (jobs.snapshot.Snapshot): The scene.
        locator (Locator): Of its paths.
        windows (bool): Whose rules hold here.
    """

    def __init__(self, snapshot, locator, windows):
        self._locator = locator
        self._windows = windows
        self._output = self._folder(snapshot.output_folder)
        scene = locations.parent(snapshot.scene.replace("\\", "/"))[0]
        self._whole = [found for found in map(self._folder, (snapshot.project, scene, "~")) if found]

    def _folder(self, path):
        """Return a folder as the scene's system reads it, "" where there is none."""
        located = self._locator.locate(path) if path else None
        if not located or not located.places or located.unknown:
            return ""
        return self._plain(located.places[0].named)

    def _plain(self, path):
        """Return a path for comparisons: without ``..``, with one ``/`` at its end."""
        path = posixpath.normpath(path).rstrip("/") + "/"
        return path.lower() if self._windows else path

    def is_output(self, named):
        """Tell whether a path is the output folder or in it."""
        return bool(self._output) and self._plain(named).startswith(self._output)

    def is_whole(self, named):
        """Tell whether a folder is a root, a share, or holds the project, the scene or the user's home."""
        folder = self._plain(named)
        is_root = folder.count("/") < 2 or (folder.startswith("//") and folder.count("/") < 5)
        return is_root or any(other.startswith(folder) for other in self._whole)
