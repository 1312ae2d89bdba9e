#!/usr/bin/env python3
"""Random modules, made by binaryen's fuzzer, run in all modes of the engine, by the reference
interpreter and by V8.

Usage: modes_agree.py [options] WASMI_MODES_AGREE
  --count N        modules (default 200)
  --seed N         the first; module i is made from seed + i (default 1)
  --keep DIR       where modules that differ are kept (default: the current folder)
  --wasm-opt FILE  another wasm-opt than that of the path
Needs wasm-opt (Debian: binaryen; npm: binaryen), and node for the comparison with V8.

Half of the modules have vectors, which JavaScript cannot pass: these are not compared with V8. Half
of these have later proposals, too: with binaryen from version 120 on all that both sides know, before
that those whose encoding is still the same. Two engines that disagree about the depth of recursion
are not compared beyond it.
"""
import argparse
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))
import shared_data  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
PLAIN = ["--enable-bulk-memory", "--enable-sign-ext", "--enable-nontrapping-float-to-int",
         "--enable-mutable-globals", "--enable-multivalue"]
VECTORS = ["--enable-simd", "--enable-relaxed-simd"]
LATER = [*VECTORS, "--enable-tail-call", "--enable-extended-const", "--enable-threads"]
LATEST = [*LATER, "--enable-reference-types", "--enable-gc", "--enable-exception-handling",
          "--enable-multimemory", "--enable-memory64", "--enable-wide-arithmetic"]
LATEST_VERSION = 120
BATCH = 50


def leb(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


class Reader:
    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def number(self):
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def take(self, size):
        self.at += size
        return self.data[self.at - size:self.at]


def export_globals(module):
    """Exports the globals that the module defines, for their values to be compared at the end."""
    sections = []
    r = Reader(module, 8)
    while r.at < len(module):
        number = r.take(1)[0]
        sections.append((number, r.take(r.number())))
    content = dict(sections)
    if 6 not in content or 7 not in content:
        return module
    globals_defined = Reader(content[6]).number()
    exports = Reader(content[7])
    count = exports.number()
    names, rest, kinds = set(), content[7][exports.at:], []
    for _ in range(count):
        names.add(exports.take(exports.number()))
        kinds.append(exports.take(1)[0])
        exports.number()
    imported = imported_globals(content.get(2))
    if imported is None:
        return module
    added = b""
    for i in range(globals_defined):
        name = b"the global %d" % i
        added += leb(len(name)) + name + b"\x03" + leb(imported + i)
    replaced = leb(count + globals_defined) + rest + added
    out = module[:8]
    for number, data in sections:
        data = replaced if number == 7 else data
        out += bytes([number]) + leb(len(data)) + data
    return out


def imported_globals(section):
    """How many; nothing if the types of the imports are beyond this small reader."""
    if section is None:
        return 0
    r = Reader(section)
    count = 0
    for _ in range(r.number()):
        r.take(r.number())
        r.take(r.number())
        kind = r.take(1)[0]
        if kind == 0:
            r.number()
        elif kind == 3:
            count += 1
            if r.take(1)[0] in (0x63, 0x64):
                r.number()
            r.take(1)
        elif kind == 4:
            r.take(1)
            r.number()
        else:
            return None
    return count


def version_of(wasm_opt):
    shown = subprocess.run([wasm_opt, "--version"], capture_output=True, text=True, check=True)
    return int(re.search(r"version (\d+)", shown.stdout).group(1))


def flags_of(seed, version):
    if seed % 2 == 0:
        return PLAIN
    if seed % 4 == 1:
        return PLAIN + VECTORS
    return PLAIN + (LATEST if version >= LATEST_VERSION else LATER)


def make(wasm_opt, version, seed, folder):
    """A module, or nothing: the fuzzer refuses some inputs and takes too long for others."""
    rng = random.Random(seed)
    source = folder / "bytes"
    source.write_bytes(rng.randbytes(rng.choice([300, 1000, 3000, 8000, 30000])))
    module = folder / f"{seed}.wasm"
    passes = rng.choice([[], ["-O1"], ["-O3"], ["--flatten", "--local-cse"]])
    command = [wasm_opt, "-ttf", str(source), *flags_of(seed, version), "--denan", *passes, "-o", str(module)]
    try:
        made = subprocess.run(command, capture_output=True, check=False, timeout=60)
    except subprocess.TimeoutExpired:
        return None
    if made.returncode != 0:
        return None
    module.write_bytes(export_globals(module.read_bytes()))
    return module


def by_module(trace):
    parts = trace.split("module ")[1:]
    return {part.split("\n", 1)[0]: part.split("\n", 1)[1] for part in parts}


def without_depth(trace):
    """What comes before the end of a stack; V8 does not show the values of globals."""
    lines = [line for line in trace.split("\n") if not line.startswith("global ")]
    for i, line in enumerate(lines):
        if line.endswith((" exhausted", " out_of_fuel")):
            return lines[:i]
    return lines


def agree(ours, theirs):
    a, b = without_depth(ours), without_depth(theirs)
    n = min(len(a), len(b))
    if a[-1:] == [""] and b[-1:] == [""]:
        return a == b
    return a[:n - 1] == b[:n - 1]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", default=".")
    parser.add_argument("--wasm-opt", default=shutil.which("wasm-opt"))
    parser.add_argument("tool")
    options = parser.parse_args()
    wasm_opt, node = options.wasm_opt, shutil.which("node")
    if wasm_opt is None:
        shared_data.skip("there is no wasm-opt (Debian: binaryen)")
    version = version_of(wasm_opt)
    if node is None:
        print("NOT COMPARED WITH V8: there is no node")
    tool = os.path.abspath(options.tool)
    ran = wrong = compared = whole = 0
    with shared_data.Scratch() as scratch:
        for first in range(options.seed, options.seed + options.count, BATCH):
            last = min(first + BATCH, options.seed + options.count)
            made = [make(wasm_opt, version, seed, scratch) for seed in range(first, last)]
            modules = [m for m in made if m is not None]
            run = subprocess.run([tool, "--trace", *map(str, modules)], capture_output=True,
                                 text=True, errors="replace", check=False)
            ours = by_module(run.stdout)
            counts = re.search(r"\((\d+) with the reference", run.stderr)
            whole += int(counts.group(1)) if counts else 0
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
    print(f"{compared} compared with V8, {whole} with the reference to the end")
    print(f"{ran - wrong} passed, {wrong} failed")
    return 1 if wrong or ran == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
