"""What the tests that run compiled programs share: where their data is, how they skip and count.

The programs are not part of the repository. They are looked for in the folder named by
WASMI_SHARED, else in ../shared beside the project.
"""
import os
import pathlib
import shutil
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SKIPPED = 77  # the exit code that ctest knows as "skipped"


def shared(name):
    """The folder `name` of the shared data; ends the program loudly if there is none."""
    base = pathlib.Path(os.environ.get("WASMI_SHARED") or ROOT.parent / "shared")
    folder = base / name
    if not folder.is_dir():
        skip(f"{folder} does not exist; set WASMI_SHARED to the folder that holds {name}/")
    return folder


def skip(reason):
    print(f"SKIPPED, NOTHING WAS TESTED: {reason}")
    sys.exit(SKIPPED)


class Scratch(tempfile.TemporaryDirectory):
    """A temporary directory as a path, with writable copies."""

    def __enter__(self):
        return pathlib.Path(super().__enter__())


def copy_tree(source, target):
    """Copies a tree and makes it writable: programs change what they are given."""
    shutil.copytree(source, target, symlinks=True)
    for folder, _, files in os.walk(target):
        os.chmod(folder, 0o755)
        for name in files:
            path = os.path.join(folder, name)
            if not os.path.islink(path):
                os.chmod(path, os.stat(path).st_mode | 0o600)
    return target


class Count:
    """Prints a line for each case and the sum at the end."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def add(self, name, problem):
        if problem is None:
            self.passed += 1
            print(f"PASS {name}")
        else:
            self.failed += 1
            print(f"FAIL {name}: {problem}")

    def finish(self, at_least):
        print(f"{self.passed} passed, {self.failed} failed")
        if self.passed + self.failed < at_least:
            print(f"error: only {self.passed + self.failed} cases were found, {at_least} expected")
            return 1
        return 1 if self.failed else 0


def compare(process, exit_code, stdout=None, stderr=None):
    """None, or what differs."""
    problems = []
    if process.returncode != exit_code:
        problems.append(f"exit code {process.returncode}, want {exit_code}")
    if stdout is not None and process.stdout != stdout:
        problems.append(f"stdout {process.stdout[:200]!r}, want {stdout[:200]!r}")
    if stderr is not None and process.stderr != stderr:
        problems.append(f"stderr {process.stderr[:200]!r}, want {stderr[:200]!r}")
    if not problems:
        return None
    return "; ".join(problems) + f"; stderr: {process.stderr[-300:]!r}"
