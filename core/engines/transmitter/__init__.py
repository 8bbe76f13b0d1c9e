"""The farm's storage, reached through the vendor's own transfer program.

`program` finds it, `line` decides where it connects, `command` makes its
arguments, `output` reads what it says, `run` starts one and never waits for
ever, `delivery` brings one list of files through in a few runs, and `pool`
has several of them at work. Nothing here goes through a shell, and nothing
outside this package's own folders is changed.
"""
from __future__ import absolute_import, division, print_function, unicode_literals
