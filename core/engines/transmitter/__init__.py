"""The farm's storage, reached through the vendor's own transfer program.

`program` finds it, `line` decides where it connects, `command` makes its
arguments, `output` reads what it says, `run` starts one and never waits for
ever, an `errand` brings one list of files through in a few runs (a `delivery`
sends it, a `collection` fetches it into a `hideout`), `pool` has several of
them at work, `listing` knows what the farm has put out, and `engine` is what
the rest of the package sees. Nothing here goes through a shell, and nothing
outside this package's own folders is changed.
"""
from __future__ import absolute_import, division, print_function, unicode_literals
