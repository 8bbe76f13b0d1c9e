"""Transfers that outlive the program which asked for them: a store of jobs, workers, and a client.

`store`, `client`, `spawn`, `lanes` and `snapshot` are imported inside DCCs: they use the
standard library and this package's base only. `runner` and `kinds` are the worker's side.
"""
