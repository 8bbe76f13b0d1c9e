"""Is the process that works on a job still there? Its number alone does not tell: numbers are used again."""
from __future__ import absolute_import, division, print_function, unicode_literals

import ctypes
import errno
import io
import os

from .. import compat


def host_name():
    """Return the name of this computer."""
    if hasattr(os, "uname"):
        return compat.text(os.uname()[1])
    return compat.environ("COMPUTERNAME", "")


def process_start(pid, proc="/proc"):
    """Return what tells a running process from a later one of the same number.

    Args:
        pid (int): Its number.
        proc (str): Where Linux shows processes.

    Returns:
        str or None: None where no such process runs (a zombie does not); empty
        where the system does not tell when it began.
    """
    if compat.WINDOWS:
        return _on_windows(pid)
    try:
        os.kill(pid, 0)
    except OSError as error:
        if error.errno != errno.EPERM:
            return None
    if compat.MACOS:
        return _on_macos(pid)
    return _on_linux(pid, proc)


def _on_linux(pid, proc):
    try:
        with io.open("%s/%d/stat" % (proc, pid), encoding="utf-8", errors="replace") as state:
            fields = state.read().rpartition(")")[2].split()
        if fields[0] in ("Z", "X"):
            return None
        with io.open("%s/sys/kernel/random/boot_id" % proc, encoding="ascii") as boot:
            return "%s-%s" % (fields[19], boot.read(8))
    except (IOError, OSError, IndexError) as error:
        # Gone while it was looked at, before its file was opened or before it was read; or a system without /proc.
        is_gone = getattr(error, "errno", None) in (errno.ENOENT, errno.ESRCH)
        return None if is_gone and os.path.isdir("%s/self" % proc) else ""


class _BsdInfo(ctypes.Structure):
    """``struct proc_bsdinfo`` of macOS's <sys/proc_info.h>."""

    _fields_ = [(str("head"), ctypes.c_uint32 * 12), (str("names"), ctypes.c_char * 48),
                (str("more"), ctypes.c_uint32 * 6), (str("start_s"), ctypes.c_uint64),
                (str("start_us"), ctypes.c_uint64)]


def _on_macos(pid):
    try:
        library = ctypes.CDLL(str("/usr/lib/libproc.dylib"))
        info = _BsdInfo()
        size = library.proc_pidinfo(pid, 3, ctypes.c_uint64(0), ctypes.byref(info), ctypes.sizeof(info))
    except (OSError, AttributeError):
        return ""
    if size != ctypes.sizeof(info):
        return ""
    return None if info.head[1] == 5 else "%d.%06d" % (info.start_s, info.start_us)  # 5 is a zombie.


def _on_windows(pid):
    kernel = ctypes.windll.kernel32
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
    if not handle:
        return "" if kernel.GetLastError() == 5 else None  # Access is denied to what exists.
    try:
        handle = ctypes.c_void_p(handle)
        code, times = ctypes.c_uint32(0), [ctypes.c_uint64(0) for _ in range(4)]
        if kernel.GetExitCodeProcess(handle, ctypes.byref(code)) and code.value != 259:  # STILL_ACTIVE
            return None
        if not kernel.GetProcessTimes(handle, *[ctypes.byref(time) for time in times]):
            return ""
        return "%d" % times[0].value
    finally:
        kernel.CloseHandle(handle)


def token(pid):
    """Return the text by which a job's row names its worker."""
    return compat.dump_json({"pid": pid, "start": process_start(pid) or "", "host": host_name()}, sort_keys=True)


def is_alive(worker):
    """Tell whether a worker runs, given by its `token`; a stopped or sleeping one does.

    Returns:
        bool or None: None where this computer cannot know: the worker is on another one.
    """
    try:
        found = compat.parse_json(worker)
        pid, start, host = int(found["pid"]), found["start"], found["host"]
    except (ValueError, KeyError, TypeError, OverflowError):
        return False
    if not 0 < pid < 1 << 31:
        return False  # No process has such a number.
    if host != host_name():
        return None
    now = process_start(pid)
    return now is not None and (not start or not now or start == now)
