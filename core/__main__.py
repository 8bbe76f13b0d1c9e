"""``python -m rayvision_sync``: see `cli`."""
from __future__ import absolute_import, division, print_function, unicode_literals

import sys

from . import vendored

vendored.add()

from .cli import main  # noqa: E402  Only now: it needs what was added.

if __name__ == "__main__":
    sys.exit(main())
