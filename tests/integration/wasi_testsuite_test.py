#!/usr/bin/env python3
"""Runs the compiled programs of the official WASI test suite with wasmi-run.

Usage: wasi_testsuite_test.py WASMI_RUN

The suite is a checkout of github.com/WebAssembly/wasi-testsuite, branch prod/testsuite-base, whose
path is given in the environment variable WASMI_WASI_TESTSUITE. All programs of preview 1 are run
twice: as they are, and with the stricter error numbers of Unix.
"""
import json
import os
import pathlib
import subprocess
import sys

import shared_data


def run(engine, program, strict):
    config = {}
    beside = program.with_suffix(".json")
    if beside.exists():
        config = json.loads(beside.read_text(encoding="utf-8"))
    with shared_data.Scratch() as scratch:
        command = [engine]
        if config.get("root"):
            root = shared_data.copy_tree(program.parent / config["root"], scratch / "root")
            command += ["--dir", f"{root}::/"]
        for name, value in config.get("env", {}).items():
            command += ["--env", f"{name}={value}"]
        if strict:
            command += ["--env", "ERRNO_MODE_UNIX=1"]
        command += [str(program), *config.get("args", [])]
        try:
            process = subprocess.run(command, stdin=subprocess.DEVNULL, timeout=60,
                                     capture_output=True, check=False)
        except subprocess.TimeoutExpired:
            return "does not end"
        stdout = config["stdout"].encode() if "stdout" in config else None
        stderr = config["stderr"].encode() if "stderr" in config else None
        return shared_data.compare(process, config.get("exit_code", 0), stdout, stderr)


def main():
    engine = os.path.abspath(sys.argv[1])
    suite = os.environ.get("WASMI_WASI_TESTSUITE")
    if not suite:
        shared_data.skip("WASMI_WASI_TESTSUITE does not name a checkout of the WASI test suite")
    programs = sorted(pathlib.Path(suite).glob("tests/*/testsuite/wasm32-wasip1/*.wasm"))
    programs = [p for p in programs if p.parts[-4] in ("rust", "c", "assemblyscript")]
    count = shared_data.Count()
    for strict in (False, True):
        for program in programs:
            if strict and (program.parts[-4] != "rust"):
                continue
            name = f"{program.parts[-4]}/{program.stem}" + (" (unix)" if strict else "")
            count.add(name, run(engine, program, strict))
    return count.finish(at_least=72)


if __name__ == "__main__":
    sys.exit(main())
