"""Maya runs this at its start, in the same namespace as the artist's own userSetup.py: no name of ours stays there."""
try:
    __import__("rayvision_sync_start").run()
except Exception:
    # Whatever is wrong with us, Maya starts.
    __import__("sys").stderr.write("Render Farm could not be started: %s\n" % (__import__("sys").exc_info()[1],))
