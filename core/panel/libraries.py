"""The system's libraries that Qt needs on Linux and no wheel brings along: which are missing, and what brings them."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

#: File -> package of Debian and Ubuntu, package of Fedora and its kin.
PACKAGES = {
    "libxcb-cursor": ("libxcb-cursor0", "xcb-util-cursor"), "libxcb-icccm": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image": ("libxcb-image0", "xcb-util-image"), "libxcb-keysyms": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-render-util": ("libxcb-render-util0", "xcb-util-renderutil"), "libxcb-util": ("libxcb-util1", "xcb-util"),
    "libxcb-xinerama": ("libxcb-xinerama0", "libxcb"), "libxcb-xinput": ("libxcb-xinput0", "libxcb"),
    "libxcb-randr": ("libxcb-randr0", "libxcb"), "libxcb-render": ("libxcb-render0", "libxcb"),
    "libxcb-shape": ("libxcb-shape0", "libxcb"), "libxcb-shm": ("libxcb-shm0", "libxcb"),
    "libxcb-sync": ("libxcb-sync1", "libxcb"), "libxcb-xfixes": ("libxcb-xfixes0", "libxcb"),
    "libxcb-xkb": ("libxcb-xkb1", "libxcb"), "libxcb-glx": ("libxcb-glx0", "libxcb"), "libxcb": ("libxcb1", "libxcb"),
    "libX11-xcb": ("libx11-xcb1", "libX11-xcb"), "libX11": ("libx11-6", "libX11"),
    "libxkbcommon-x11": ("libxkbcommon-x11-0", "libxkbcommon-x11"), "libxkbcommon": ("libxkbcommon0", "libxkbcommon"),
    "libEGL": ("libegl1", "libglvnd-egl"), "libGL": ("libgl1", "libglvnd-glx"), "libSM": ("libsm6", "libSM"),
    "libICE": ("libice6", "libICE"), "libdbus-1": ("libdbus-1-3", "dbus-libs"),
    "libfontconfig": ("libfontconfig1", "fontconfig"), "libfreetype": ("libfreetype6", "freetype"),
    "libglib-2.0": ("libglib2.0-0", "glib2"), "libgthread-2.0": ("libglib2.0-0", "glib2"),
}

#: As the loader writes it, alone or among what Qt tells of a plug-in; and as ldd does.
_REFUSED = re.compile(r"\b(lib[\w.+-]+?\.so[.\d]*): (?:cannot open shared|file too short|invalid ELF|wrong ELF)")
_NOT_FOUND = re.compile(r"^\s*(lib\S+?\.so[.\d]*) => not found", re.M)


def missing(text):
    """Return the files of libraries that a loader's messages or ldd's lines call missing, sorted."""
    return sorted(set(_REFUSED.findall(text) + _NOT_FOUND.findall(text)))


def advice(names):
    """Return what brings libraries.

    Args:
        names (list of str): Their files, e.g. "libxcb-cursor.so.0".

    Returns:
        str: A sentence, "" where no package of them is known.
    """
    found = [PACKAGES[name] for name in (full.partition(".so")[0] for full in names) if name in PACKAGES]
    if not found:
        return ""
    debian, fedora = [" ".join(sorted(set(pair[place] for pair in found))) for place in (0, 1)]
    return "Debian, Ubuntu: sudo apt-get install %s. Fedora, Rocky: sudo dnf install %s." % (debian, fedora)


def complaint(names):
    """Return one or two sentences about missing libraries; "" without any."""
    if not names:
        return ""
    one = len(names) == 1
    return ("Qt cannot show windows: the librar%s %s %s missing on this computer. %s" % (
        "y" if one else "ies", ", ".join(names), "is" if one else "are", advice(names))).rstrip()
