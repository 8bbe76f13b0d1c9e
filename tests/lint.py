"""Rules of this repository that no general linter knows, and the syntax check.

    python3 tests/lint.py             the rules
    python2.7 tests/lint.py --syntax  does every file compile on this Python?
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import ast
import io
import sys
import warnings

import support_tree

FOLDERS = ("core", "hosts", "installer", "tests", "install.py", "setup.py")

#: Who may print: everything that a person runs in a terminal.
PRINTERS = ("core/cli", "core/__main__.py", "core/demo/", "install.py", "installer/", "benchmarks/",
            "tests/")

#: Who may ask which Python this is.
VERSION_READERS = ("core/compat.py", "install.py", "installer/", "setup.py", "tests/", "benchmarks/")

FUTURE = ("absolute_import", "division", "print_function", "unicode_literals")


def calls(tree, *names):
    """Yield calls of a dotted name, e.g. "time.sleep"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and dotted(node.func) in names:
            yield node


def dotted(node):
    """Return "a.b.c" of an expression, "" where it is none."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return before + "." + node.attr if before else ""
    return ""


def no_shell(name, tree):
    """No shell is ever started: a file name would be read by it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "shell":
            yield node.value, "shell= is not used: pass a list of arguments"
    for node in calls(tree, "os.system", "os.popen"):
        yield node, "%s starts a shell: use subprocess with a list of arguments" % dotted(node.func)


def no_bare_except(name, tree):
    """Errors are caught by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield node, "except: catches everything: name the errors"


def no_print(name, tree):
    """A library prints nothing."""
    if not name.startswith(PRINTERS):
        for node in calls(tree, "print"):
            yield node, "print belongs to the command line: use logging"


def no_version_checks(name, tree):
    """What differs between versions lives in compat.py."""
    if name.startswith(VERSION_READERS):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and dotted(node) in ("sys.version_info", "six.PY2", "six.PY3"):
            yield node, "%s belongs to core/compat.py" % dotted(node)


def no_sleep_in_tests(name, tree):
    """A test waits for something, never for the clock."""
    if name.startswith("tests/"):
        for node in calls(tree, "time.sleep"):
            yield node, "a test does not sleep: wait for an event, a file or an answer"


def future_line(name, tree):
    """Modules mean the same on 2.7 and on 3."""
    # Maya runs this one in the artist's own namespace, where such names would stay.
    if not name.startswith(("core/", "hosts/")) or name.endswith("/userSetup.py"):
        return
    named = {alias.name for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"
             for alias in node.names}
    # A package that only holds its docstring and constants needs no such line.
    empty = all(isinstance(node, (ast.Expr, ast.Assign)) for node in tree.body)
    missing = sorted(set(FUTURE) - named)
    if missing and not empty:
        yield None, "from __future__ import %s is missing" % ", ".join(missing)


def readable_encoding(name, source):
    """Return the findings of a file that Python 2.7 would not read."""
    head = b"".join(source.splitlines(True)[:2])
    if b"coding: utf-8" in head or all(byte < 128 for byte in bytearray(source)):
        return []
    return ["%s:1: not ASCII, so its first line is # -*- coding: utf-8 -*-" % name]


RULES = (no_shell, no_bare_except, no_print, no_version_checks, no_sleep_in_tests, future_line)


def check(name, source):
    """Return what is wrong with a file.

    Args:
        name (str): In the checkout, e.g. "core/api/urls.py".
        source (bytes): Its content.

    Returns:
        list of str: "core/api/urls.py:12: ..." for each finding.
    """
    tree = ast.parse(source, support_tree.native(name))
    return ["%s:%d: %s" % (name, getattr(node, "lineno", 1), message)
            for rule in RULES for node, message in rule(name, tree)] + readable_encoding(name, source)


def check_syntax(name, source):
    """Return why a file does not compile on this Python, as a list."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)
            warnings.simplefilter("error", DeprecationWarning)
            compile(source, support_tree.native(name), "exec", 0, True)
    except (SyntaxError, ValueError, Warning) as error:
        return ["%s:%s: %s" % (name, getattr(error, "lineno", 1), getattr(error, "msg", error))]
    return []


def main(arguments):
    """Print what is wrong; returns the exit code."""
    one = check_syntax if "--syntax" in arguments else check
    folders = FOLDERS if "--syntax" in arguments else FOLDERS + ("benchmarks",)
    wrong = []
    for name, path in support_tree.modules(*folders):
        with io.open(path, "rb") as source:
            wrong.extend(one(name, source.read()))
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
