"""Run a command and say what it cost: python -S -E measured.py RESULT PROGRAM [ARGUMENT ...]

A small process between a benchmark and what it measures: the system counts
the memory of whoever starts a program as the least peak of that program.
"""
import os
import subprocess
import sys
import time

began = time.time()
process = subprocess.Popen(sys.argv[2:])
_, code, usage = os.wait4(process.pid, 0)
process.returncode = code
with open(sys.argv[1], "w") as out:
    out.write("%r %r %r" % (time.time() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024.0))
sys.exit(1 if code else 0)
