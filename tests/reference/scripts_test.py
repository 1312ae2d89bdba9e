#!/usr/bin/env python3
"""Runs the official scripts in the reference interpreter, and checks that it can fail.

Usage: scripts_test.py WASMI_REFERENCE_WAST [CACHE]

Modules that are asserted to be malformed or invalid are no business of an interpreter; of every
other assertion the numbers below are what there is, and all must hold.
"""
import re
import subprocess
import sys
from pathlib import Path

SPECTESTS = Path(__file__).resolve().parent.parent.parent / "spectests"
sys.path.insert(0, str(SPECTESTS))
import spec_tests  # noqa: E402

# Assertions of each group, or of one script, that execute something. The other scripts of the
# threads proposal start threads.
ASSERTIONS = {
    "core": 57935,
    "legacy-exceptions": 70,
    "proposals/custom-page-sizes": 33,
    "proposals/threads/atomic.wast": 209,
    "proposals/wide-arithmetic": 99,
}


def check_failures(runner):
    """All commands of must_fail.wast fail but those that are not executed."""
    script = SPECTESTS / "self" / "must_fail.wast"
    lines = script.read_text().splitlines()
    first = lines.index(";; begin") + 1
    not_run = ("(assert_invalid", "(assert_malformed", "(module definition")
    wanted = [i + 1 for i in range(first, len(lines))
              if lines[i].startswith("(") and not lines[i].startswith(not_run)]
    run = subprocess.run([runner, str(script)], capture_output=True, text=True, timeout=60)
    failed = [int(n) for n in re.findall(r"^.*\.wast:(\d+): ", run.stdout, re.M)]
    missing = sorted(set(wanted) - set(failed))
    assert not missing, f"these lines should have failed: {missing}"
    assert run.returncode == 1 and len(wanted) > 30, run.stdout
    too_few = subprocess.run([runner, "--at-least", "1", "/dev/null"], capture_output=True)
    assert too_few.returncode == 1, "no assertion was run, and nobody minds"


def main():
    runner, cache = sys.argv[1], Path(sys.argv[2] if len(sys.argv) > 2 else "spec-tests-cache")
    check_failures(runner)
    worst = spec_tests.SKIPPED
    for name, assertions in ASSERTIONS.items():
        group, script = name, ""
        if name.endswith(".wast"):
            group, script = name.rsplit("/", 1)
        directory = spec_tests.find(cache.resolve(), group)
        if directory is None:
            print(f"NOT RUN: {name}: set WASMI_SPEC_TESTS to a directory of the official scripts")
            continue
        print(name, flush=True)
        done = subprocess.run([runner, "--at-least", str(assertions), str(directory / script)])
        worst = done.returncode if worst in (0, spec_tests.SKIPPED) else worst
    return worst


if __name__ == "__main__":
    sys.exit(main())
