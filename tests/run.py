"""Run the linter and the whole suite on every interpreter of the matrix.

    python3 tests/run.py [--python 3.11,2.7] [--require-all] [--strict] [-k EXPR] [pytest arguments]

Needs any Python 3.7 or newer and a network for pip, the first time: each
interpreter gets an environment in the user's cache folder, named by its pins.
The last line is ``N passed, M failed, K skipped``; the exit code is 0 only if
nothing failed. The few tests that failed in a long run on a busy machine run once
more, alone: what passes then is named as unsteady, with what went wrong at first.
An unsteady test is a defect to mend, though not one of the change at hand;
--strict makes it a failure.
"""
from __future__ import absolute_import, division, print_function

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import namedtuple
from xml.etree import ElementTree

TESTS = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(TESTS)
sys.path.insert(0, ROOT)

import install  # noqa: E402
import libraries  # noqa: E402
from rayvision_sync_installer import environments, interpreters, system  # noqa: E402
from rayvision_sync_installer.errors import SetupFailed  # noqa: E402

MATRIX = ("2.7", "3.7", "3.9", "3.10", "3.11", "3.13")

#: Files of tests/requirements that every interpreter gets.
GROUPS = ("pytest", "hypothesis", "build", "qt")

LINTED = ("core", "hosts", "tests", "benchmarks", "install.py", "installer", "setup.py")

#: Syntax is checked where the language is oldest and newest.
SYNTAX = ("2.7", "3.13")

#: Group of packages that tests read or start, in a folder of their own -> the interpreters that may have it; the
#: first one at hand gets it. Tests find the folder by RAYVISION_TEST_VENDOR, RAYVISION_TEST_STUBS, ...
EXTRAS = {"vendor": ("3.11", "3.10"), "stubs": ("3.11", "3.13", "3.10", "3.9"),
          "transmitter": ("3.11", "3.13", "3.10", "3.9")}

#: Those of which nothing is imported: they get none of what they depend on.
ALONE = ("transmitter",)

#: Group of programs that every suite starts -> the interpreters that may have it. Tests find the environment by
#: RAYVISION_TEST_S3; without it they are skipped, which --require-all does not allow.
SHARED = {"s3": ("3.11", "3.13", "3.10", "3.12")}

#: Suites at a time: tests wait as much as they compute.
JOBS = (os.cpu_count() or 1) + 1

#: These come last: they leave costly modules out (tests/conftest.py), and end together sooner.
SHORT = ("3.9", "3.10")

#: A suite that runs longer hangs.
LIMIT_S = 45 * 60

#: So many tests of a suite at most run once more: more than these is no chance.
AGAIN = 3

Cases = namedtuple("Cases", "passed failed skipped")  # failed: their names
Cases.__new__.__defaults__ = (0, (), 0)

Result = namedtuple("Result", "name version passed failed unsteady skipped seconds")


def requirements(group):
    return os.path.join(TESTS, "requirements", group + ".txt")


def pins():
    return os.path.join(ROOT, "requirements.txt")


# ---------------------------------------------------------------- environments

def suite_environment(python):
    """Return the environment that a suite runs in."""
    files = [pins()] + [requirements(group) for group in GROUPS]
    folder = os.path.join(environments.cache_folder(), environments.environment_name("test", python, files))
    wanted = [part for path in files[1:] for part in ("-r", path)]
    return environments.make_environment(folder, python, [["--no-deps", "-r", pins()], ["-c", pins()] + wanted])


def extra_folder(group, python, environment):
    """Return the folder with one of `EXTRAS`, None where it cannot be had."""
    path = requirements(group)
    if not os.path.isfile(path):
        return None
    pip = interpreters.Python(environment.python, python.version, False, True, None)
    folder = os.path.join(environments.cache_folder(), environments.environment_name(group, pip, [path]))
    try:
        options = ["--no-deps"] if group in ALONE else []
        return environments.make_environment(folder, pip, [options + ["-r", path]]).path[0]
    except SetupFailed as error:
        print("tests/requirements/%s.txt cannot be installed, its tests are skipped. %s" % (group, error))
        return None


def shared_folder(group):
    """Return the environment with one of `SHARED`, None where it cannot be had."""
    path = requirements(group)
    python = next(filter(None, map(interpreters.find_python, SHARED[group])), None)
    if python is None:
        print("tests/requirements/%s.txt needs Python %s: its tests are skipped." % (group, " or ".join(SHARED[group])))
        return None
    folder = os.path.join(environments.cache_folder(), environments.environment_name(group, python, [path]))
    try:
        environments.make_environment(folder, python, [["--no-deps", "-r", path]])
    except SetupFailed as error:
        print("tests/requirements/%s.txt cannot be installed, its tests are skipped. %s" % (group, error))
        return None
    return folder


def suite_environ(environment, folder, extras):
    """Return environment variables with a home and a temporary folder of the suite's own.

    Args:
        environment (environments.Environment): Of the suite.
        folder (str): For both.
        extras (dict): Group of `EXTRAS` or `SHARED` -> its folder or None.
    """
    environ = system.clean_environ(environment.path)
    # With another HOME, the shims on PATH would not find their interpreters.
    pyenv = os.path.join(os.path.expanduser("~"), ".pyenv")
    if os.path.isdir(pyenv):
        environ.setdefault("PYENV_ROOT", pyenv)
    home, temporary = os.path.join(folder, "home"), os.path.join(folder, "tmp")
    for path in (home, temporary):
        os.makedirs(path)
    environ.update(HOME=home, USERPROFILE=home, TMPDIR=temporary, TEMP=temporary, TMP=temporary)
    for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        environ.pop(name, None)
    environ.update(("RAYVISION_TEST_%s" % group.upper(), path) for group, path in extras.items() if path)
    return environ


# ---------------------------------------------------------------- one suite

class Suite(object):
    """The suite on one interpreter.

    Args:
        name (str): "3.11".
        python (interpreters.Python): The interpreter.
        folder (str): For its home, temporary files and output.
        arguments (list of str): For pytest.
        live (bool): Print while it runs instead of at its end.
        again (int): So many failed tests run once more.

    Attributes:
        output (str): What it printed.
        unsteady (list of str): Tests that failed, and passed when they ran alone.
    """

    def __init__(self, name, python, folder, arguments, live, again=0):
        self.name = name
        self.python = python
        self._folder = folder
        self._arguments = arguments
        self._live = live
        self._again = again
        self._process = None
        self.output = ""
        self.unsteady = []

    def run(self, groups, shared):
        """Run it with some of `EXTRAS`, and the folders of `SHARED`; returns its Result."""
        began, code, cases = time.time(), 3, Cases()
        try:
            environment = suite_environment(self.python)
            extras = {group: extra_folder(group, self.python, environment) for group in groups}
            extras.update(shared)
            code, cases = self._pytest(environment, extras, "first", self._arguments)
            if 0 < len(cases.failed) <= self._again and not any(map(is_module, cases.failed)):
                code, cases = self._repeat(environment, extras, cases)
        except SetupFailed as error:
            self.output += "%s\n" % error
        failed = len(cases.failed)
        if code and not failed and not (code == 5 and self._arguments):
            self.output += "\npytest ended with exit code %s.\n" % code
            failed = 1
        return Result(self.name, "%d.%d.%d" % self.python.version, cases.passed, failed, len(self.unsteady),
                      cases.skipped, time.time() - began)

    def _repeat(self, environment, extras, cases):
        """Run the tests that failed alone; returns the exit code and the Cases of both runs."""
        only = ["--last-failed", "--last-failed-no-failures", "none"]
        code, second = self._pytest(environment, extras, "second", only)
        if second.passed + len(second.failed) < len(cases.failed):
            return code or 1, cases  # Not all could run again: what they said at first holds.
        self.unsteady = [name for name in cases.failed if name not in second.failed]
        return code, Cases(cases.passed + len(self.unsteady), second.failed, cases.skipped)

    def _pytest(self, environment, extras, name, arguments):
        folder = os.path.join(self._folder, name)
        report, log = os.path.join(self._folder, name + ".xml"), os.path.join(self._folder, name + ".log")
        command = [environment.python, "-m", "pytest", "-q", "-o", "cache_dir=" + os.path.join(self._folder, "cache"),
                   "--continue-on-collection-errors", "--junitxml", report]
        if self.python.version >= (3,):
            command += ["-o", "faulthandler_timeout=600"]
        environ = suite_environ(environment, folder, extras)
        with open(log, "wb") as out:
            self._process = subprocess.Popen(
                command + arguments, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL,
                stdout=None if self._live else out, stderr=None if self._live else subprocess.STDOUT,
                start_new_session=not system.WINDOWS)
            code = self._wait()
        with open(log, encoding="utf-8", errors="replace") as lines:
            self.output += lines.read()
        shutil.rmtree(folder, ignore_errors=True)  # While the other suites run.
        return code, read_report(report)

    def _wait(self):
        try:
            return self._process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            print("%s: still running after %d minutes, ended." % (self.name, LIMIT_S // 60))
            self.stop()
            return self._process.wait()

    def stop(self):
        """End its process and those in its group."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        if system.WINDOWS:
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def is_module(failed):
    """Tell whether this is a module that could not be imported: pytest does not find it among its tests again."""
    return failed.startswith("::")


def read_report(path):
    """Return the Cases of a JUnit file; none when there is no such file."""
    try:
        cases = list(ElementTree.parse(path).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return Cases()
    failed = ["%s::%s" % (case.get("classname"), case.get("name")) for case in cases
              if case.find("failure") is not None or case.find("error") is not None]
    skipped = sum(case.find("skipped") is not None for case in cases)
    return Cases(len(cases) - len(failed) - skipped, failed, skipped)


def run_suites(pythons, arguments, folder, shared, again):
    """Run the suite on each interpreter, a few at a time; returns the Results in order, and the unsteady tests."""
    live = len(pythons) == 1
    suites = [Suite(name, python, os.path.join(folder, name), arguments, live, again) for name, python in pythons]
    chosen = {group: next((name for name in names if name in dict(pythons)), None) for group, names in EXTRAS.items()}
    waiting, results, printing = sorted(suites, key=lambda one: one.name in SHORT), {}, threading.Lock()

    def work():
        while waiting:
            try:
                suite = waiting.pop(0)
            except IndexError:
                return
            os.makedirs(os.path.join(folder, suite.name))
            result = suite.run([group for group, name in chosen.items() if name == suite.name], shared)
            with printing:
                results[suite.name] = result
                print("\n%s Python %s, %.0f s %s\n%s" % (
                    "-" * 20, result.version, result.seconds, "-" * 20, suite.output))
                sys.stdout.flush()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(JOBS)]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            while thread.is_alive():
                thread.join(1.0)
    except KeyboardInterrupt:
        del waiting[:]
        for suite in suites:
            suite.stop()
        raise
    return ([results.get(suite.name) or Result(suite.name, "-", 0, 1, 0, 0, 0.0) for suite in suites],
            ["%s: %s" % (suite.name, test) for suite in suites for test in suite.unsteady])


# ---------------------------------------------------------------- lint

def lint(pythons):
    """Run the linter, our own rules and the syntax checks; each counts as one test."""
    began = time.time()
    rules = os.path.join(TESTS, "lint.py")
    checks = [("ruff", ruff(pythons)), ("rules", [sys.executable, rules])]
    for version in SYNTAX:
        python = pythons.get(version)
        checks.append(("syntax of %s" % version, python and [python.executable, rules, "--syntax"]))
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for name, command in checks:
        if command is None:
            outcome = "skipped"
        else:
            code = subprocess.call(command, cwd=ROOT, env=system.clean_environ())
            outcome = "failed" if code else "passed"
        counts[outcome] += 1
        print("lint: %s %s" % (name, outcome))
    return Result("lint", "", counts["passed"], counts["failed"], 0, counts["skipped"], time.time() - began)


def ruff(pythons):
    """Return the linter's command; one that fails if it cannot be installed."""
    path = requirements("lint")
    python = next((pythons[name] for name in ("3.11", "3.13", "3.10", "3.9", "3.7") if pythons.get(name)), None)
    if python is None:
        python = interpreters.probe([sys.executable])
    try:
        folder = os.path.join(environments.cache_folder(), environments.environment_name("lint", python, [path]))
        environment = environments.make_environment(folder, python, [["-r", path]])
    except SetupFailed as error:
        print(error)
        return [sys.executable, "-c", "raise SystemExit(1)"]
    linted = [name for name in LINTED if os.path.exists(os.path.join(ROOT, name))]
    return [environment.python, "-m", "ruff", "check", "--no-cache", "--quiet",
            "--output-format", "concise"] + linted


# ---------------------------------------------------------------- the command

def read_options(arguments):
    """Return ``(options, arguments for pytest)``."""
    parser = argparse.ArgumentParser(
        prog="tests/run.py", formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__,
        epilog="Everything else goes to pytest: file names, -x, --lf, ...")
    parser.add_argument("--python", default=",".join(MATRIX), metavar="VERSIONS",
                        help="interpreters, separated by commas (default: %(default)s)")
    parser.add_argument("--require-all", action="store_true",
                        help="an interpreter or a group of tests/requirements that is absent is a failure")
    parser.add_argument("--strict", action="store_true", help="an unsteady test is a failure")
    parser.add_argument("-k", metavar="EXPR", help="only tests whose names match")
    options, rest = parser.parse_known_args(arguments)
    return options, (["-k", options.k] if options.k else []) + rest


def print_table(results):
    """Print one line for each Result."""
    print("\n%-12s %-8s %7s %7s %9s %7s %8s" % (
        "interpreter", "version", "passed", "failed", "unsteady", "skipped", "seconds"))
    for result in results:
        print("%-12s %-8s %7d %7d %9d %7d %8.0f" % result)


def main(arguments=None):
    """Run the command line; returns the exit code."""
    if sys.version_info < install.OLDEST:
        print("tests/run.py needs Python 3.7 or newer, and this is %d.%d. Run it as: python3 tests/run.py"
              % sys.version_info[:2])
        return 2
    # In the background of a shell Ctrl-C is ignored, and children would inherit that: tests send it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    options, pytest_arguments = read_options(arguments)
    wanted = options.python.split(",")
    pythons = {name: interpreters.find_python(name) for name in set(wanted) | set(SYNTAX)}
    absent = [name for name in wanted if not pythons[name]]
    libraries.prepare()
    folder = tempfile.mkdtemp(prefix="rv-")
    os.chmod(folder, 0o711)  # Some tests give up root for a moment, and must still reach their files.
    try:
        results = [lint(pythons)]
        shared = {group: shared_folder(group) for group in SHARED}
        # Whoever names tests is at work on them, and wants to see each failure.
        again = 0 if options.strict or pytest_arguments else AGAIN
        suites, unsteady = run_suites([(name, pythons[name]) for name in wanted if pythons[name]], pytest_arguments,
                                      folder, shared, again)
        results += suites
    except KeyboardInterrupt:
        print("Stopped.")
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print_table(results)
    for test in unsteady:
        print("unsteady     failed once and passed alone, a defect to mend: %s" % test)
    for name in absent:
        print("%-12s absent: not found on this machine, %s" % (
            name, "which --require-all does not allow" if options.require_all else "skipped"))
    lacking = [group for group, path in shared.items() if not path]
    for group in lacking:
        print("%-12s absent: tests/requirements/%s.txt, %s" % (
            group, group, "which --require-all does not allow" if options.require_all else "its tests are skipped"))
    passed, failed, skipped = (sum(getattr(result, name) for result in results)
                               for name in ("passed", "failed", "skipped"))
    if options.require_all:
        failed += len(absent) + len(lacking)
    ran = sum(result.passed for result in results[1:])
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    return 0 if ran and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
