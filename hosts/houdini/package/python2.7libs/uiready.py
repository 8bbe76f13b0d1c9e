"""Show the shelf tab, as soon as Houdini's windows are there and idle. Houdini runs every uiready.py that it finds."""
from __future__ import absolute_import, division, print_function, unicode_literals

try:
    import rayvision_sync.hosts.houdini as adapter
except ImportError:
    pass  # Uninstalled, with this file still on somebody's path.
else:
    adapter.start()
