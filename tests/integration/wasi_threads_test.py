#!/usr/bin/env python3
"""Runs the programs of wasi-tests/wasi-threads in the shared data with wasmi-run, as text modules.

Usage: wasi_threads_test.py WASMI_RUN

Standard input stays open without data, so that a read of it waits.
"""
import json
import os
import subprocess
import sys

import shared_data


def run(engine, module):
    expected = 0
    description = module.with_suffix(".json")
    if description.exists():
        expected = json.loads(description.read_text(encoding="utf-8")).get("exit_code", 0)
    reader, writer = os.pipe()
    try:
        process = subprocess.run([engine, str(module)], stdin=reader, timeout=60,
                                 capture_output=True, check=False)
    except subprocess.TimeoutExpired:
        return "does not end"
    finally:
        os.close(reader)
        os.close(writer)
    return shared_data.compare(process, expected)


def main():
    engine = os.path.abspath(sys.argv[1])
    folder = shared_data.shared("wasi-tests") / "wasi-threads"
    count = shared_data.Count()
    for module in sorted(folder.glob("*.wat")):
        count.add(module.stem, run(engine, module))
    return count.finish(at_least=14)


if __name__ == "__main__":
    sys.exit(main())
