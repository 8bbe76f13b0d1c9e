"""What the benchmarks share: a copy of the package, children that measure, alternated rounds, medians."""
from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

CHECKOUT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


@contextlib.contextmanager
def workbench(folder=None):
    """Make a folder with this checkout's package and six in ``site``; remove it afterwards."""
    top = tempfile.mkdtemp(prefix="rayvision-bench-", dir=folder)
    try:
        site = os.path.join(top, "site")
        shutil.copytree(os.path.join(CHECKOUT, "core"), os.path.join(site, "rayvision_sync"))
        shutil.copytree(os.path.join(CHECKOUT, "hosts"), os.path.join(site, "rayvision_sync", "hosts"))
        subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", "--target", site, "six", "requests"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        yield top
    finally:
        shutil.rmtree(top, ignore_errors=True)


def environment(**more):
    """Return the environment of a child: compiled modules are kept, as they are where the package is installed."""
    found = dict(os.environ, **more)
    found.pop("PYTHONDONTWRITEBYTECODE", None)
    return found


def measure(script, top, *arguments):
    """Run ``script --child ARGUMENT...`` on its own and return the JSON object it prints."""
    out = subprocess.check_output(
        [sys.executable, script, "--child"] + list(arguments),
        env=environment(PYTHONPATH=os.path.join(top, "site"), RAYVISION_SYNC_HOME=os.path.join(top, "home")))
    return json.loads(out.decode("utf-8"))


def python_with_qt():
    """Return ``(interpreter, folders for its PYTHONPATH)`` that has a Qt: this one, or install.py's private one."""
    with open(os.devnull, "wb") as nothing:
        if subprocess.call([sys.executable, "-c", "import Qt.QtWidgets"], stdout=nothing, stderr=nothing) == 0:
            return sys.executable, []
    sys.path.insert(0, CHECKOUT)
    import install  # noqa: F401  Not above: most benchmarks need no Qt. It gives its parts their name:
    from rayvision_sync_installer import environments
    print("Preparing a Python with Qt ...")
    sys.stdout.flush()
    return environments.private_python(with_panel=True)


def prepared_python(name, files):
    """Return an interpreter with what requirement files list, made in the user's cache folder once."""
    sys.path.insert(0, CHECKOUT)
    import install  # noqa: F401  It gives its parts their name:
    from rayvision_sync_installer import environments, interpreters
    python = interpreters.probe([sys.executable])
    folder = os.path.join(environments.cache_folder(), environments.environment_name(name, python, files))
    return environments.make_environment(folder, python, [["--no-deps", "-r", path] for path in files]).python


def median(values):
    """Return the middle value, the lower one of an even number."""
    return sorted(values)[(len(values) - 1) // 2]


def table(rows):
    """Print rows of text in columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) if column == 0 else cell.rjust(width)
                        for column, (cell, width) in enumerate(zip(row, widths))))
