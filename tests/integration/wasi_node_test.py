#!/usr/bin/env python3
"""Runs the WASI programs of wasi-tests/node in the shared data with wasmi-run.

Usage: wasi_node_test.py WASMI_RUN

expected.json beside the programs says how each is run and what it must do. Programs that it calls
not portable rest on habits of another host and are not run.
"""
import json
import os
import subprocess
import sys

import shared_data


def prepare(scratch, node, test, setups):
    """Makes the two preopened directories; returns them by guest name."""
    folders = {}
    if "setup" in test:
        setup = setups[test["setup"]]
        for name in setup["dirs"]:
            (scratch / name).mkdir(parents=True, exist_ok=True)
        for name, text in setup["files"].items():
            (scratch / name).write_text(text)
        for name, target in setup["symlinks"].items():
            os.symlink(target, scratch / name)
    else:
        shared_data.copy_tree(node / "fixtures", scratch / "sandbox")
        (scratch / "tmp").mkdir()
    for guest in test["preopens"]:
        folders[guest] = scratch / guest.strip("/")
    return folders


def run(engine, node, name, test, setups):
    with shared_data.Scratch() as scratch:
        command = [engine]
        for guest, host in prepare(scratch, node, test, setups).items():
            command += ["--dir", f"{host}::{guest}"]
        for variable, value in test["env"].items():
            command += ["--env", f"{variable}={value}"]
        args = test["args"]
        if args:
            command += ["--argv0", args[0]]
        command += [str(node / f"{name}.wasm"), *args[1:]]
        try:
            process = subprocess.run(command, input=test.get("stdin", "").encode(), timeout=60,
                                     capture_output=True, check=False)
        except subprocess.TimeoutExpired:
            return "does not end"
        return shared_data.compare(process, test["exit_code"], test["stdout"].encode())


def main():
    engine = os.path.abspath(sys.argv[1])
    node = shared_data.shared("wasi-tests") / "node"
    expected = json.loads((node / "expected.json").read_text(encoding="utf-8"))
    count = shared_data.Count()
    for name, test in sorted(expected["tests"].items()):
        if test["portable"]:
            count.add(name, run(engine, node, name, test, expected["setups"]))
        else:
            print(f"not portable: {name}: {test['note']}")
    return count.finish(at_least=22)


if __name__ == "__main__":
    sys.exit(main())
