"""Cut, upload, submit and auto-download for render farms.

Importing this package costs nothing: it loads no network library, so that a
DCC may import it at start-up.
"""

__version__ = "0.1.0"
