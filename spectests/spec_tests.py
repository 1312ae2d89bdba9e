#!/usr/bin/env python3
"""Runs the official scripts of groups (core, custom, ...) and compares the counts.

usage: spec_tests.py --runner WASMI_WAST [--cache DIR] [--group GROUP]... [OPTION...]

Without a group it runs all of them. Other options, as --no-fuse, go to the runner. The scripts are
looked for in $WASMI_SPEC_TESTS, in ../shared/spec-tests beside the project, and at last fetched by
git at the pinned revision into the cache directory. Where none of these works, the test says so and
counts as skipped: the scripts in spectests/own have a test of their own.
"""
import argparse
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = "https://github.com/WebAssembly/spec"
GROUPS = ["core", "custom", "legacy-exceptions", "proposals/compact-import-section",
          "proposals/custom-page-sizes", "proposals/threads", "proposals/wide-arithmetic"]
SKIPPED = 77  # the exit status that CTest knows as "skipped"
REVISION = "285a9032950cbad6a9f84de11183008e286092a2"
# Where the groups are in that repository. The others belong to proposals elsewhere.
IN_REPOSITORY = {
    "core": "test/core",
    "custom": "test/custom",
    "legacy-exceptions": "test/legacy/exceptions/core",
}


def fetch(cache: Path, group: str):
    if group not in IN_REPOSITORY:
        return None
    clone = cache / ("spec-" + REVISION[:12])
    wanted = clone / IN_REPOSITORY[group]
    if wanted.is_dir():
        return wanted
    clone.mkdir(parents=True, exist_ok=True)
    steps = [
        ["git", "init", "--quiet"],
        ["git", "fetch", "--quiet", "--depth", "1", REPOSITORY, REVISION],
        ["git", "-c", "advice.detachedHead=false", "checkout", "--quiet", "FETCH_HEAD"],
    ]
    for step in steps:
        try:
            done = subprocess.run(step, cwd=clone, timeout=300, stdin=subprocess.DEVNULL,
                                  env=dict(os.environ, GIT_TERMINAL_PROMPT="0"))
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"cannot fetch the official scripts: {error}", file=sys.stderr)
            return None
        if done.returncode != 0:
            print(f"cannot fetch the official scripts: {' '.join(step)} failed", file=sys.stderr)
            return None
    return wanted if wanted.is_dir() else None


def find(cache: Path, group: str):
    named = os.environ.get("WASMI_SPEC_TESTS")
    if named is not None:
        directory = Path(named) / group
        if not directory.is_dir():
            sys.exit(f"error: WASMI_SPEC_TESTS is {named}, but {directory} is no directory")
        return directory
    beside = HERE.parent.parent / "shared" / "spec-tests" / group
    if beside.is_dir():
        return beside
    return fetch(cache, group)


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--runner", required=True)
    parser.add_argument("--group", dest="groups", action="append", choices=GROUPS)
    parser.add_argument("--cache", default="spec-tests-cache")
    args, options = parser.parse_known_args()

    worst = SKIPPED
    for group in args.groups or GROUPS:
        directory = find(Path(args.cache).resolve(), group)
        if directory is None:
            print("=" * 80)
            print(f"THE OFFICIAL SCRIPTS ({group}) WERE NOT RUN: set WASMI_SPEC_TESTS to a "
                  "directory of them")
            print("=" * 80, flush=True)
            continue
        print(f"{group} {' '.join(options)}", flush=True)
        done = subprocess.run([args.runner, "-v", "--expect", str(HERE / "expected_counts.csv"),
                               "--prefix", group + "/", *options, str(directory)])
        worst = done.returncode if worst in (0, SKIPPED) else worst
    return worst


if __name__ == "__main__":
    sys.exit(main())
