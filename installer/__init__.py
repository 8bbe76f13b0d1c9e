"""What install.py does: find hosts and Pythons, place files, take them away again. Standard library only, 2.7 and 3.

It runs out of the download, also inside a DCC's own Python, and is never installed itself. install.py imports it
under the name rayvision_sync_installer: a DCC's modules may well have another "installer".
"""
