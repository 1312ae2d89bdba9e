#!/usr/bin/env python3
"""Checks that the script runner fails every command of must_fail.wast, and broken scripts.

usage: self_test.py WASMI_WAST
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def run(runner, path):
    done = subprocess.run([runner, str(path)], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout


def main():
    runner = sys.argv[1]
    script = HERE / "must_fail.wast"
    lines = script.read_text().splitlines()
    first = lines.index(";; begin") + 1
    wanted = [i + 1 for i in range(first, len(lines)) if lines[i].startswith("(")]
    code, output = run(runner, script)
    failed = [int(n) for n in re.findall(r"^.*\.wast:(\d+): ", output, re.M)]
    passed = sorted(set(wanted) - set(failed))
    assert not passed, f"these lines should have failed: {passed}"
    assert failed == wanted, f"reported in another order or more: {failed}"
    assert output.splitlines()[-1] == f"0 passed, {len(wanted)} failed", output
    assert code != 0, "exit status 0 after failures"

    with tempfile.TemporaryDirectory() as temp:
        broken = Path(temp) / "broken.wast"
        for text, message in [("(module", "1:8"), ("(module)\n(assert_nothing)", "2:2"),
                              ("(module) \x01", "1:10"), ("(invoke)", "1:8"),
                              ("(" * 100000, "1:2"), ("(thread " * 100000, "nested")]:
            broken.write_text(text, newline="")
            code, output = run(runner, broken)
            assert code == 1, (text[:50], code)
            assert message in output, (text[:50], output)
        code, output = run(runner, Path(temp) / "missing.wast")
        assert code == 1 and "cannot be read" in output, output
        empty = Path(temp) / "empty"
        empty.mkdir()
        code, output = run(runner, empty)
        assert code == 1 and "no scripts found" in output, output


if __name__ == "__main__":
    main()
