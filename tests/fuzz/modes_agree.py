#!/usr/bin/env python3
"""Random modules, made by binaryen's fuzzer, run in all modes of the engine and by V8.

Usage: modes_agree.py [options] WASMI_MODES_AGREE
  --count N      modules (default 200)
  --seed N       the first; module i is made from seed + i (default 1)
  --keep DIR     where modules that differ are kept (default: the current folder)
Needs wasm-opt (Debian: binaryen), and node for the comparison with V8.

Half of the modules have vectors, which JavaScript cannot pass: these are compared between the modes
only. Two engines that disagree about the depth of recursion are not compared beyond it.
"""
import argparse
import os
import pathlib
import random
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))
import shared_data  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
PLAIN = ["--enable-bulk-memory", "--enable-sign-ext", "--enable-nontrapping-float-to-int",
         "--enable-mutable-globals", "--enable-multivalue"]
BATCH = 50


def make(wasm_opt, seed, folder):
    """A module, or nothing: the fuzzer refuses some inputs and takes too long for others."""
    rng = random.Random(seed)
    source = folder / "bytes"
    source.write_bytes(rng.randbytes(rng.choice([300, 1000, 3000, 8000, 30000])))
    module = folder / f"{seed}.wasm"
    flags = PLAIN + (["--enable-simd"] if seed % 2 else [])
    passes = rng.choice([[], ["-O1"], ["-O3"], ["--flatten", "--local-cse"]])
    command = [wasm_opt, "-ttf", str(source), *flags, "--denan", *passes, "-o", str(module)]
    try:
        made = subprocess.run(command, capture_output=True, check=False, timeout=60)
    except subprocess.TimeoutExpired:
        return None
    return module if made.returncode == 0 else None


def by_module(trace):
    parts = trace.split("module ")[1:]
    return {part.split("\n", 1)[0]: part.split("\n", 1)[1] for part in parts}


def without_depth(trace):
    """What comes before the end of a stack."""
    lines = trace.split("\n")
    for i, line in enumerate(lines):
        if line.endswith((" exhausted", " out_of_fuel")):
            return lines[:i]
    return lines


def agree(ours, theirs):
    a, b = without_depth(ours), without_depth(theirs)
    n = min(len(a), len(b))
    if len(a) == len(ours.split("\n")) and len(b) == len(theirs.split("\n")):
        return a == b
    return a[:n - 1] == b[:n - 1]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", default=".")
    parser.add_argument("tool")
    options = parser.parse_args()
    wasm_opt, node = shutil.which("wasm-opt"), shutil.which("node")
    if wasm_opt is None:
        shared_data.skip("there is no wasm-opt (Debian: binaryen)")
    if node is None:
        print("NOT COMPARED WITH V8: there is no node")
    tool = os.path.abspath(options.tool)
    ran = wrong = compared = 0
    with shared_data.Scratch() as scratch:
        for first in range(options.seed, options.seed + options.count, BATCH):
            last = min(first + BATCH, options.seed + options.count)
            made = [make(wasm_opt, seed, scratch) for seed in range(first, last)]
            modules = [m for m in made if m is not None]
            run = subprocess.run([tool, "--trace", *map(str, modules)], capture_output=True,
                                 text=True, errors="replace", check=False)
            ours = by_module(run.stdout)
            bad = set()
            if run.returncode != 0:
                sys.stdout.write(run.stderr[-20000:])
                bad = {m for m in modules if str(m) in run.stderr} or set(modules)
            plain = [m for m in modules if int(m.stem) % 2 == 0]
            if node is not None and plain:
                v8 = subprocess.run([node, str(HERE / "v8_trace.mjs"), *map(str, plain)],
                                    capture_output=True, text=True, errors="replace", check=False)
                theirs = by_module(v8.stdout)
                for m in plain:
                    compared += 1
                    if not agree(ours.get(str(m), ""), theirs.get(str(m), "")):
                        print(f"{m.name} differs from V8:\n{ours.get(str(m))}--- V8\n"
                              f"{theirs.get(str(m))}{v8.stderr[-500:]}")
                        bad.add(m)
            for m in bad:
                shutil.copy(m, options.keep)
            ran += len(modules)
            wrong += len(bad)
            for m in modules:
                m.unlink()
    print(f"{compared} compared with V8")
    print(f"{ran - wrong} passed, {wrong} failed")
    return 1 if wrong or ran == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
