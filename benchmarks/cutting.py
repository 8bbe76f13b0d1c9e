"""Cut a big upload.json: ours, json, orjson and the vendor's function, in one run.

    python3 benchmarks/cutting.py [--assets 500000] [--size 800] [--rounds 3] [--python2 PATH]

Every contender runs in a process of its own, in alternated rounds; the medians
of seconds and peak memory are printed, and their ratios to ours. Imports are
not timed. orjson and the vendor's wheel are fetched with pip into a temporary
folder; what cannot be had is skipped, and this is said. Of the vendor's code
only ``cutting_upload`` is run, with the network blocked. Nothing stays behind.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import glob
import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import types
import zipfile

CORE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "core")


# ---------------------------------------------------------------- contenders, each in its own process

def load_ours(tools):
    """Return our function, out of the copy of this checkout."""
    sys.path[:0] = [os.path.join(tools, "ours"), os.path.join(tools, "six")]
    from rayvision_sync import manifest
    return manifest.cut


def load_json(tools):
    """Return what a script with the standard library would do."""
    def load(data):
        return json.loads(data.decode("utf-8"))

    def dump(value):
        return json.dumps(value, ensure_ascii=False).encode("utf-8")
    return _cutter(load, dump)


def load_orjson(tools):
    """Return the same with orjson."""
    sys.path.insert(0, os.path.join(tools, "orjson"))
    import orjson
    return _cutter(orjson.loads, orjson.dumps)


def _cutter(load, dump):
    def cut(path, size, folder):
        with io.open(path, "rb") as source:
            document = load(source.read())
        assets = document["asset"]
        for start in range(0, len(assets), size):
            document["asset"] = assets[start:start + size]
            with io.open(os.path.join(folder, "upload_%d.json" % (start // size + 1)), "wb") as part:
                part.write(dump(document))
    return cut


def load_vendor(tools):
    """Return the vendor's function; what its module imports and the function does not use is empty."""
    def blocked(*_, **__):
        raise RuntimeError("The vendor's code may not reach a network.")
    import socket
    socket.socket = socket.create_connection = socket.getaddrinfo = blocked
    text = type("")
    for name, content in (("rayvision_sync", {}), ("rayvision_sync.constants", {"TASK_STATUS_DESCRIPTION": {}}),
                          ("rayvision_sync.exception", {"RayvisionError": RuntimeError}),
                          ("configparser", {}), ("builtins", {"str": text})):
        try:
            known = "." not in name and name != "rayvision_sync" and __import__(str(name))
        except ImportError:
            known = None
        if not known:
            sys.modules[str(name)] = module = types.ModuleType(str(name))
            module.__dict__.update((str(key), value) for key, value in content.items())
    path = os.path.join(tools, "vendor", "rayvision_sync", "utils.py")
    with io.open(path, "rb") as source:
        code = compile(source.read(), str(path), "exec", 0, True)
    space = {str("__name__"): str("vendor_utils")}
    exec(code, space)
    return space["cutting_upload"]


CONTENDERS = {"ours": load_ours, "json": load_json, "orjson": load_orjson, "vendor": load_vendor}


def run_contender(name, tools, source, size, folder):
    """Cut once and print seconds and peak memory as JSON."""
    cut = CONTENDERS[name](tools)
    start = time.time()
    cut(source, size, folder)
    seconds = time.time() - start
    print(json.dumps({"seconds": seconds, "megabytes": _peak_megabytes()}))


def _peak_megabytes():
    try:
        import resource
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1048576.0 if sys.platform == "darwin" else 1024.0)


def run_check(folder):
    """Print how many parts and assets a folder holds, and a digest of the assets."""
    digest, count = hashlib.sha256(), 0
    names = sorted(os.listdir(folder), key=lambda name: int(name[:-5].split("_")[-1]))
    for name in names:
        with io.open(os.path.join(folder, name), "rb") as part:
            assets = json.loads(part.read().decode("utf-8"))["asset"]
        count += len(assets)
        for asset in assets:
            digest.update(json.dumps(asset, sort_keys=True).encode("ascii"))
    print(json.dumps({"parts": len(names), "assets": count, "digest": digest.hexdigest()}))


# ---------------------------------------------------------------- the run

def write_source(path, count):
    """Write a manifest as the vendor's SDK does: four spaces of indent, paths as in a project."""
    with io.open(path, "w", encoding="utf-8", newline="\n") as target:
        target.write('{\n    "asset": [')
        for number in range(count):
            name = "projects/show_city/assets/environment/textures/wall_%06d/wall_diffuse_v012.%04d.exr" % (
                number // 100, 1001 + number % 100)
            target.write('%s\n        {\n            "local": "D:/%s",\n            "server": "/D/%s"\n        }' % (
                "," if number else "", name, name))
        target.write("\n    ]\n}")


def pip(*arguments):
    """Run pip; True if it succeeded."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"] + list(arguments)
    return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def fetch(tools):
    """Fetch what the contenders need; return the names of those that can run."""
    shutil.copytree(CORE, os.path.join(tools, "ours", "rayvision_sync"),
                    ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    pip("install", "--no-deps", "--target", os.path.join(tools, "six"), "six")
    names = ["ours", "json"]
    if pip("install", "--no-deps", "--target", os.path.join(tools, "orjson"), "orjson"):
        names.append("orjson")
    if pip("download", "--no-deps", "-d", os.path.join(tools, "wheel"), "rayvision_sync"):
        wheels = glob.glob(os.path.join(tools, "wheel", "*.whl"))
        with zipfile.ZipFile(wheels[0]) as wheel:
            wheel.extract("rayvision_sync/utils.py", os.path.join(tools, "vendor"))
        names.append("vendor")
    return names


def find_python2(given):
    """Return a Python 2.7 that starts, or None."""
    places = [given] if given else [shutil.which("python2.7")] + sorted(
        glob.glob(os.path.expanduser("~/.pyenv/versions/2.7*/bin/python")))
    for place in places:
        try:
            version = subprocess.check_output([place, "-c", "import sys; print(sys.version_info[:2])"],
                                              stderr=subprocess.DEVNULL) if place else b""
        except (OSError, subprocess.CalledProcessError):
            continue
        if version.strip() == b"(2, 7)":
            return place
    return None


def ask(python, *arguments):
    """Run this script in a process of its own and return what it reports."""
    command = [python, os.path.abspath(__file__)] + [str(argument) for argument in arguments]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return json.loads(subprocess.check_output(command, env=environment).decode("utf-8"))


def measure(runs, options, work):
    """Run all contenders, round after round.

    Args:
        runs (list of tuple): (label, interpreter, contender).
        options (argparse.Namespace): Command line.
        work (str): Folder to work in.

    Returns:
        tuple: {label: [{"seconds", "megabytes"}]} and {label: what `run_check` found}.
    """
    source = os.path.join(work, "upload.json")
    write_source(source, options.assets)
    print("%d assets, %.0f MB, parts of %d, %d rounds" % (
        options.assets, os.path.getsize(source) / 1e6, options.size, options.rounds))
    results, checks = {}, {}
    for number in range(options.rounds):
        for label, python, name in runs:
            folder = os.path.join(work, "parts")
            os.mkdir(folder)
            results.setdefault(label, []).append(
                ask(python, "--contender", name, work, source, options.size, folder))
            if not number:
                checks[label] = ask(sys.executable, "--check", folder)
            shutil.rmtree(folder)
    return results, checks


def median(values):
    """Return the median."""
    values = sorted(values)
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def report(runs, results, checks):
    """Print the table; each ratio is to ours on the same Python."""
    print("%-14s %9s %9s %7s %8s  %s" % ("", "seconds", "peak MB", "parts", "x ours", "of each round"))
    middle = {label: median([run["seconds"] for run in found]) for label, found in results.items()}
    for label, python, _ in runs:
        ours = next(other for other, same, name in runs if name == "ours" and same == python)
        # Round by round first: what disturbed one round disturbed both.
        ratios = [run["seconds"] / base["seconds"] for run, base in zip(results[label], results[ours])]
        print("%-14s %9.2f %9.0f %7d %8.2f  %s" % (
            label, middle[label], median([run["megabytes"] for run in results[label]]),
            checks[label]["parts"], middle[label] / middle[ours], " ".join("%.2f" % ratio for ratio in ratios)))


def main():
    """Run the benchmark; the exit code is 1 where the contenders disagree about the assets."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--assets", type=int, default=500000)
    parser.add_argument("--size", type=int, default=800, help="assets in a part")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--python2", help="a Python 2.7, by default one that is found")
    options = parser.parse_args()
    work = tempfile.mkdtemp(prefix="cutting-")
    try:
        names = fetch(work)
        for name in sorted(set(CONTENDERS) - set(names)):
            print("%s is skipped: pip cannot fetch it." % name)
        version = ".".join(platform.python_version_tuple()[:2])
        runs = [("%s, %s" % (name, version), sys.executable, name) for name in names]
        python2 = find_python2(options.python2)
        if python2:
            runs += [("%s, 2.7" % name, python2, name) for name in names if name in ("ours", "vendor")]
        else:
            print("Python 2.7 is skipped: none was found, --python2 names one.")
        results, checks = measure(runs, options, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    report(runs, results, checks)
    same = len({(check["assets"], check["digest"]) for check in checks.values()}) == 1
    print("All wrote the same %d assets." % options.assets if same else "They do NOT agree about the assets.")
    return 0 if same else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--contender"]:
        run_contender(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]), sys.argv[6])
    elif sys.argv[1:2] == ["--check"]:
        run_check(sys.argv[2])
    else:
        sys.exit(main())
