"""Renders frames with a command of the user's, e.g. "blender -b {scene} -f {frame} -o {output}"."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import re
import stat
import subprocess
import threading

from .. import compat
from ..errors import Cancelled, SettingsError, SyncError

#: Seconds after which a frame that is still rendering is ended.
TIMEOUT_S = 6 * 3600.0

_FIELD = re.compile(r"\{([a-z]*)\}")
_FIELDS = ("scene", "frame", "output", "outdir", "layer", "width", "height", "start", "end")
_PATIENCE_S = 0.7
_pause = threading.Event()  # Never set: a wait that is no sleep.
#: Not for a program that opens files of strangers.
_SECRETS = ("RAYVISION_API_ACCESS_ID", "RAYVISION_API_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN")


class RenderFailed(SyncError):
    """A frame could not be rendered; the message is for the frame's status."""


class CommandRenderer(object):
    """Runs one command a frame, without a shell, in a process group of its own.

    Args:
        template (str): Split once, like a shell does; then each ``{field}`` of
            an argument is filled in, so that a name with spaces or ``$(x)``
            stays what it is, one argument. Fields: scene, frame, output,
            outdir, layer, width, height, start, end.
        timeout_s (float): A frame that takes longer fails.

    Raises:
        SettingsError: The command cannot be read, has a field that does not exist or none for where the frame goes,
            or its program cannot be found.
    """

    reads_assets = True

    def __init__(self, template, timeout_s=TIMEOUT_S):
        self._arguments = _split(template)
        self._timeout_s = timeout_s
        unknown = set(name for argument in self._arguments for name in _FIELD.findall(argument)) - set(_FIELDS)
        if unknown:
            raise SettingsError("The render command knows no {%s}. It may hold: %s." % (
                sorted(unknown)[0], " ".join("{%s}" % name for name in sorted(_FIELDS))))
        if not any(field in argument for argument in self._arguments for field in ("{output}", "{outdir}")):
            raise SettingsError("The render command names neither {output} nor {outdir}: add the one that its program "
                                "shall write the frame to.")
        _look_for_program(self._arguments[0])

    def render(self, job, scene, folder, name, log_path, cancel):
        """Render a frame.

        Args:
            job (FrameJob): The frame.
            scene (str): Local path of the scene.
            folder (str): An empty folder to write into.
            name (str): What the file should be called, without folder.
            log_path (str): The command's output goes there.
            cancel (threading.Event): Ends the command.

        Returns:
            str: Path of the finished file.

        Raises:
            RenderFailed: Exit code, time-out, or no output file.
            Cancelled: `cancel` was set.
        """
        output = os.path.join(folder, name)
        values = {"scene": scene, "frame": "%d" % job.number, "output": output, "outdir": folder,
                  "layer": job.layer, "width": "%d" % job.width, "height": "%d" % job.height,
                  "start": "%d" % job.first, "end": "%d" % job.last}
        argv = [_FIELD.sub(lambda found: values[found.group(1)], argument) for argument in self._arguments]
        try:
            code = self._run(argv, log_path, cancel)
            if not code:
                return _finished(output, folder)
        except RenderFailed as error:
            with io.open(compat.fs(log_path), "ab") as log:  # The program itself could not say it.
                log.write(("%s\n" % error.message).encode("utf-8", "replace"))
            raise
        raise RenderFailed("The render command ended with code %d: see the frame's log." % code)

    def _run(self, argv, log_path, cancel):
        environment = dict((key, value) for key, value in os.environ.items() if key not in _SECRETS)
        with io.open(compat.fs(log_path), "wb") as log:
            log.write(("%s\n" % " ".join(argv)).encode("utf-8", "replace"))
            log.flush()
            try:
                process = subprocess.Popen([compat.fs(argument) for argument in argv], stdin=_nothing(), stdout=log,
                                           stderr=subprocess.STDOUT, env=environment,
                                           **compat.group_options())
            except (EnvironmentError, ValueError) as error:
                number = getattr(error, "errno", None)  # 3.7 writes the program's name into ``strerror``.
                reason = os.strerror(number) if number else "it cannot be used as a command"
                raise RenderFailed("The render command \"%s\" cannot be started: %s."
                                   % (argv[0], compat.text(reason)))
        return self._watch(process, cancel)

    def _watch(self, process, cancel):
        """Return the exit code; whatever happens, nothing of the process group is left."""
        end = compat.monotonic() + self._timeout_s
        pause = 0.002
        try:
            while process.poll() is None:
                if cancel.wait(pause):
                    raise Cancelled()
                if compat.monotonic() > end:
                    raise RenderFailed("The frame took longer than %d s and was ended." % self._timeout_s)
                pause = min(0.1, pause * 1.5)
            return process.returncode
        finally:
            end_process(process)


def end_process(process):
    """End a process and everything it started: politely, then for good."""
    if process.poll() is None:
        compat.signal_group(process, force=False)
        end = compat.monotonic() + _PATIENCE_S
        while process.poll() is None and compat.monotonic() < end:
            _pause.wait(0.01)
    compat.signal_group(process, force=True)
    process.wait()


def _split(template):
    try:
        parts = compat.split_command(template)
    except ValueError as error:
        raise SettingsError("The render command cannot be read (%s): check its quotes." % compat.text(error.args[0]))
    if not parts:
        raise SettingsError("The render command is empty.")
    return parts


def _look_for_program(name):
    if _FIELD.search(name) or compat.find_program(name):
        return
    if os.path.basename(name) != name:
        raise SettingsError("The render command's program %s is not there, or may not be run: check its path." % name)
    raise SettingsError("The render command's program %s is in no folder of PATH: give its whole path, or correct its "
                        "name." % name)


def _nothing():
    return getattr(subprocess, "DEVNULL", None) or io.open(os.devnull, "rb")


def _finished(output, folder):
    """Return the file that the command wrote: `output`, or the only one in its folder.

    Some renderers add the frame number or an extension of their own.
    """
    found = [entry.path for entry in compat.scan_folder(folder)
             if stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode)]
    found = [compat.from_fs(path) for path in found]
    path = output if output in found else found[0] if len(found) == 1 else None
    if path is None:
        raise RenderFailed("The render command ended well but wrote no {output}%s." % (
            "" if not found else ": there are %d other files" % len(found)))
    if not os.stat(compat.fs(path)).st_size:
        raise RenderFailed("The render command wrote an empty file.")
    return path
