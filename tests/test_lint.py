from __future__ import absolute_import, division, print_function, unicode_literals

import lint
import pytest

FUTURE = "from __future__ import absolute_import, division, print_function, unicode_literals\n"

OFFENCES = [
    ("core/a.py", "subprocess.call(x, shell=True)"),
    ("core/a.py", "os.system('ls')"),
    ("core/a.py", "try:\n    pass\nexcept:\n    pass"),
    ("core/a.py", "print('x')"),
    ("hosts/maya/a.py", "print('x')"),
    ("core/a.py", "x = six.PY2"),
    ("hosts/a.py", "x = sys.version_info >= (3,)"),
    ("tests/test_a.py", "time.sleep(1)"),
]


@pytest.mark.parametrize("name, code", OFFENCES)
def test_an_offence_is_found_with_its_line(name, code):
    found = lint.check(name, (FUTURE + code).encode("utf-8"))
    assert len(found) == 1
    assert found[0].startswith(name + ":")


def test_a_module_without_the_future_line_is_found():
    assert "__future__" in lint.check("core/a.py", b"import os\n")[0]
    assert lint.check("core/__init__.py", b'"""Only this."""\n__version__ = "1"\n') == []


def test_a_file_that_is_not_ascii_says_so():
    text = FUTURE + "x = '\u00fc'\n"
    assert "coding" in lint.check("core/a.py", text.encode("utf-8"))[-1]
    assert lint.check("core/a.py", ("# -*- coding: utf-8 -*-\n" + text).encode("utf-8")) == []


@pytest.mark.parametrize("name, code", [
    ("core/cli/bar.py", "print('x')"),
    ("core/compat.py", "x = six.PY2"),
    ("core/a.py", "time.sleep(1)"),
])
def test_what_is_allowed_is_not_found(name, code):
    assert lint.check(name, (FUTURE + code).encode("utf-8")) == []


def test_broken_syntax_is_found_with_its_line():
    assert lint.check_syntax("core/a.py", b"x = 1\ny = (\n")[0].startswith("core/a.py:")
    assert lint.check_syntax("core/a.py", b"x = 1\n") == []
