"""Hosts' calls checked against the stubs of their real APIs, by reading both as source.

The stubs are on one interpreter only, in a folder that tests/run.py names by RAYVISION_TEST_STUBS; see `folder`.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import ast
import io
import os
from collections import namedtuple

from support_tree import native

#: A use of a host's API. ``name``: "workspaceControl" or "ui.displayMessage", without the root. ``keywords``: of the
#: call, None where it is none. ``positional``: how many arguments without a name, None where nobody can say.
Use = namedtuple("Use", "place name keywords positional")

_MODES = (("query", "q"), ("edit", "e"))


def folder():
    """Return the folder with the stubs' packages, None where there are none."""
    path = os.environ.get(native("RAYVISION_TEST_STUBS"))
    return path if path and os.path.isdir(path) else None


def _parsed(path):
    with io.open(native(path), "rb") as source:
        return ast.parse(source.read(), native(path))


class Stub(object):
    """What a stub's module offers.

    Args:
        path (str): Of a .pyi file.

    Attributes:
        functions (dict): Name -> list of ``ast.FunctionDef``, one for each overload.
        classes (dict): Name -> ``ast.ClassDef``.
        names (set of str): All else that is assigned.
    """

    def __init__(self, path):
        self.functions, self.classes, self.names = {}, {}, set()
        for node in _parsed(path).body:
            if isinstance(node, ast.FunctionDef):
                self.functions.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.ClassDef):
                self.classes[node.name] = node
            elif isinstance(node, (ast.Assign, ast.AnnAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                self.names.update(target.id for target in targets if isinstance(target, ast.Name))

    def overloads(self, name):
        """Return the overloads of a function or, by "Class.method", of a method; None where there is none."""
        owner, dot, member = name.rpartition(".")
        if not dot:
            return self.functions.get(name)
        found = self.members(owner).get(member)
        return found if isinstance(found, list) else None

    def members(self, name):
        """Return the members of a class and its bases: name -> overloads, or None for what is no method."""
        node = self.classes.get(name)
        if node is None:
            return {}
        found = {}
        for base in node.bases:
            if isinstance(base, ast.Name):
                found.update(self.members(base.id))
        own = {}
        for part in node.body:
            if isinstance(part, ast.FunctionDef):
                own.setdefault(part.name, []).append(part)
            elif isinstance(part, (ast.Assign, ast.AnnAssign)):
                targets = part.targets if isinstance(part, ast.Assign) else [part.target]
                own.update((target.id, None) for target in targets if isinstance(target, ast.Name))
        found.update(own)
        return found

    def has(self, name):
        """Tell whether a dotted name is there, called or not."""
        owner, dot, member = name.rpartition(".")
        if dot:
            return member in self.members(owner)
        return name in self.functions or name in self.classes or name in self.names

    def methods(self):
        """Return the names of all members of all classes: for objects whose class a reader cannot know."""
        return {member for name in self.classes for member in self.members(name)}


def accepts(overloads, keywords):
    """Tell whether one overload takes all keywords, and return those that none takes.

    Args:
        overloads (list of ast.FunctionDef): Of one function.
        keywords (iterable of str): Of a call.

    Returns:
        list of str: Empty where the call fits.
    """
    keywords = set(keywords)
    best = None
    for node in overloads:
        if node.args.kwarg is not None:
            return []
        known = {argument.arg for argument in node.args.args + node.args.kwonlyargs}
        wrong = sorted(keywords - known)
        best = wrong if best is None or len(wrong) < len(best) else best
    return best or []


def flags(overloads):
    """Return the flags of one of Maya's commands: {"create": set, "query": set, "edit": set}.

    The stubs have an overload for each flag that can be queried; a call may have several.
    """
    found = {"create": set(), "query": set(), "edit": set()}
    for node in overloads:
        known = {argument.arg for argument in node.args.kwonlyargs}
        # Without a default: "e" is also short for flags of some commands.
        asked = {argument.arg for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults)
                 if default is None}
        mode = next((names[0] for names in _MODES if asked & set(names)), "create")
        found[mode] |= known
    return found


def wrong_flags(overloads, keywords):
    """Return the flags of a call that a command of Maya's does not have in the call's mode."""
    keywords = set(keywords)
    mode = next((names[0] for names in _MODES if keywords & set(names)), "create")
    return sorted(keywords - flags(overloads)[mode])


def uses(name, source, roots):
    """Yield the `Use`s of an API in a file.

    Args:
        name (str): Of the file, for `Use.place`.
        source (bytes): Its content.
        roots (iterable of str): Names that the API goes by in the file: "cmds", "hou".
    """
    tree = ast.parse(source)
    called = {}
    for scope in ast.walk(tree):
        if isinstance(scope, (ast.FunctionDef, ast.Module)):
            literals = _dicts(scope)
            for node in ast.walk(scope):
                if isinstance(node, ast.Call):
                    # The innermost function's wins: it comes last.
                    called[id(node.func)] = (node, literals)
    outer = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        dotted = _dotted(node) if isinstance(node, ast.Attribute) and id(node) not in outer else ""
        root, _, rest = dotted.partition(".")
        if root in roots and rest:
            call, literals = called.get(id(node), (None, {}))
            place = "%s:%d" % (name, node.lineno)
            if call is None:
                yield Use(place, rest, None, None)
            else:
                is_open = any(isinstance(argument, ast.Starred) for argument in call.args)
                yield Use(place, rest, _keywords(call, literals, place), None if is_open else len(call.args))


def _keywords(call, literals, place):
    found = []
    for keyword in call.keywords:
        if keyword.arg is not None:
            found.append(keyword.arg)
        elif isinstance(keyword.value, ast.Name) and keyword.value.id in literals:
            found.extend(literals[keyword.value.id])
        else:
            raise AssertionError("%s: these flags cannot be read: name them, or keep them in a dict beside" % place)
    return found


def _dicts(scope):
    """Return the dicts with constant keys that a function assigns: name -> keys."""
    found = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict) and all(
                isinstance(key, ast.Constant) for key in node.value.keys):
            found.update((target.id, [key.value for key in node.value.keys]) for target in node.targets
                         if isinstance(target, ast.Name))
    return found


def _dotted(node):
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return before + "." + node.attr if before else ""
    return ""
