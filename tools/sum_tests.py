#!/usr/bin/env python3
"""Adds up the JUnit files that ctest wrote and prints `N passed, N failed` as its last line.

Usage: sum_tests.py NAME=FILE...   A file that is missing or unreadable counts as one failed test
(the build or ctest itself failed). Exit code 0 only if something passed and nothing failed.
"""
import sys
import xml.etree.ElementTree as ElementTree


OUTPUT_LINES = 40


def describe(case):
    """Name of a failed test and the end of what it printed."""
    output = (case.findtext("system-out") or "").rstrip().splitlines()
    shown = ["    " + line for line in output[-OUTPUT_LINES:]]
    return "\n".join([case.get("name")] + shown)


def count(path):
    """Returns (passed, descriptions of the failed, skipped) of one report."""
    passed, failed, skipped = 0, [], 0
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        note = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(describe(case))
        elif case.get("status") == "disabled":
            skipped += 1
        elif note is not None:
            # ctest also says "skipped" of a test that could not be started: that is a failure.
            if (note.get("message") or "").startswith("SKIP_"):
                skipped += 1
            else:
                failed.append(describe(case))
        else:
            passed += 1
    return passed, failed, skipped


def main(arguments):
    total_passed = total_failed = 0
    for argument in arguments:
        name, _, path = argument.partition("=")
        try:
            passed, failed, skipped = count(path)
        except (OSError, ElementTree.ParseError):
            print(f"{name}: no test report: the build or ctest failed")
            total_failed += 1
            continue
        for test in failed:
            print(f"FAILED {name}: {test}")
        print(f"{name}: {passed} passed, {len(failed)} failed, {skipped} skipped")
        if passed + len(failed) == 0:
            print(f"{name}: no tests ran")
            total_failed += 1
        total_passed += passed
        total_failed += len(failed)
    print(f"{total_passed} passed, {total_failed} failed")
    return 0 if total_passed > 0 and total_failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
