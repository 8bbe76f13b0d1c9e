"""The hosts: their names, their versions, and the Python of each."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

from .errors import SetupFailed

MAYA, HOUDINI, MAX = "maya", "houdini", "max"
TITLES = ((MAYA, "Maya"), (HOUDINI, "Houdini"), (MAX, "3ds Max"))
NAMES = tuple(name for name, _ in TITLES)

#: Host -> (version, Python), oldest first. A version that is newer than all of these is taken for one like the newest.
PYTHONS = {
    MAYA: (("2018", "2.7"), ("2019", "2.7"), ("2020", "2.7"), ("2022", "3.7"), ("2023", "3.9"), ("2024", "3.10"),
           ("2025", "3.11"), ("2026", "3.11"), ("2027", "3.13")),
    HOUDINI: (("17.5", "2.7"), ("18.0", "2.7"), ("18.5", "3.7"), ("19.0", "3.7"), ("19.5", "3.9"), ("20.0", "3.10"),
              ("20.5", "3.11"), ("21.0", "3.11")),
    MAX: (("2018", "2.7"), ("2019", "2.7"), ("2020", "2.7"), ("2021", "3.7"), ("2022", "3.7"), ("2023", "3.9"),
          ("2024", "3.10"), ("2025", "3.11"), ("2026", "3.11"), ("2027", "3.13")),
}

#: A version a year, or less: who names one of a later year has mistyped.
_YEARS_AHEAD = 5

_FORMS = {MAYA: r"20\d\d\Z", MAX: r"20\d\d\Z", HOUDINI: r"\d{2}\.\d\Z"}


def title(host, version=""):
    """Return a host's name for people, "Maya 2024"."""
    return (dict(TITLES)[host] + " " + version).strip()


def versions(host):
    """Return the versions of a host that are supported, oldest first."""
    return [version for version, _ in PYTHONS[host]]


def fits(host, version):
    """Tell whether a text looks like a version of a host."""
    return bool(re.match(_FORMS[host], version))


def order(version):
    """Return what versions are sorted by."""
    return [int(number) for number in version.split(".")]


def is_supported(host, version):
    """Tell whether the plug-in works in a version: from the oldest one on."""
    return fits(host, version) and order(version) >= order(versions(host)[0])


def is_known(host, version):
    """Tell whether a version is in the table, or of the few years after it."""
    newest = order(versions(host)[-1])
    return version in versions(host) or newest < order(version) <= [newest[0] + _YEARS_AHEAD] + [9] * (len(newest) - 1)


def short(host, version):
    """Return "20.5" of "20.5.332" and "2024" of "2024.2"; the text itself where it is no version."""
    found = re.match(r"(\d+\.\d+)" if host == HOUDINI else r"(20\d\d)", version)
    return found.group(1) if found else version


def choose(host, wanted):
    """Return those of the versions of a command line that are of a host.

    Raises:
        SetupFailed: One is too old, or is none.
    """
    chosen = [short(host, version) for version in wanted]
    chosen = [version for version in chosen if fits(host, version)]
    for version in chosen:
        if not is_supported(host, version):
            raise SetupFailed("%s is too old: the plug-in works from %s on."
                              % (title(host, version), title(host, versions(host)[0])))
        if not is_known(host, version):
            raise SetupFailed("There is no %s that is known here. The versions are %s, and those that come next."
                              % (title(host, version), ", ".join(versions(host))))
    return chosen
