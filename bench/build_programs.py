#!/usr/bin/env python3
# Compiles bench/programs to WebAssembly (WASI) and natively, and keeps
# expected.json: what the native programs print. Nothing binary is committed.
"""usage: build_programs.py [options] [NAME...]

Compiles bench/programs/*.c and *.cpp to OUT/NAME.wasm and OUT/native/NAME.
Needs clang with the WebAssembly target, lld, wasi-libc and compiler-rt for
wasm32 (Debian: clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32). Only
what is out of date is compiled.

options:
  --out DIR       default: build/bench-programs below the project
  --cc COMMAND    default: the first of clang-19, clang-20, clang, ... that can
  --no-native     leave out the native programs
  --expected      run the native programs and write bench/programs/expected.json
  --quiet         print errors only
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.join(HERE, "programs")
DEFAULT_OUT = os.path.join(os.path.dirname(HERE), "build", "bench-programs")
EXPECTED = os.path.join(SOURCES, "expected.json")

# -ffp-contract=off: the same roundings everywhere.
FLAGS = ["-O2", "-ffp-contract=off", "-Wall", "-Wextra"]
WASM_FLAGS = ["--target=wasm32-wasi", "-Wl,-z,stack-size=1048576", "-Wl,--strip-all"]
C_FLAGS = ["-std=gnu11"]
CXX_FLAGS = ["-std=c++20", "-fno-exceptions", "-fno-rtti", "-nostdlib++"]
# One source may be built in several ways: (name, source, additional flags).
VARIANTS = [("memops_bulk", "memops.c", ["-mbulk-memory"])] + [
    (name + "_simd", name + ".c", ["-msimd128", "-mbulk-memory"])
    for name in ("blend", "dilate", "gemm_f32")
]
COMPILERS = ["clang-19", "clang-20", "clang-21", "clang-18", "clang", "clang-17", "clang-16"]


def programs():
    """(name, source file, flags for WebAssembly) of every program, by name."""
    found = [
        (os.path.splitext(f)[0], f, [])
        for f in os.listdir(SOURCES)
        if f.endswith((".c", ".cpp"))
    ]
    return sorted(found + VARIANTS)


def can_compile(cc):
    """Whether cc makes WASI programs here."""
    if not shutil.which(shlex.split(cc)[0]):
        return False
    with tempfile.TemporaryDirectory() as tmp:
        source = os.path.join(tmp, "t.c")
        with open(source, "w") as f:
            f.write("#include <stdio.h>\nint main(void) { return puts(\"t\") < 0; }\n")
        r = subprocess.run(
            shlex.split(cc) + WASM_FLAGS + [source, "-o", os.path.join(tmp, "t.wasm")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return r.returncode == 0


def find_compiler():
    return next((c for c in COMPILERS if can_compile(c)), None)


def is_older(target, sources):
    if not os.path.exists(target):
        return True
    made = os.path.getmtime(target)
    return any(os.path.getmtime(s) > made for s in sources)


def build(out=DEFAULT_OUT, cc=None, names=None, native=True, quiet=False):
    """Builds what is out of date; returns the names of what there is. Raises OSError."""
    wanted = [p for p in programs() if not names or p[0] in names]
    deps = [os.path.join(SOURCES, "bench.h"), os.path.abspath(__file__)]
    jobs = []
    for name, source, extra in wanted:
        path = os.path.join(SOURCES, source)
        language = CXX_FLAGS if source.endswith(".cpp") else C_FLAGS
        wasm = os.path.join(out, name + ".wasm")
        if is_older(wasm, deps + [path]):
            jobs.append((WASM_FLAGS + language + FLAGS + extra, path, wasm))
        host = os.path.join(out, "native", name)
        if native and is_older(host, deps + [path]):
            jobs.append((language + FLAGS, path, host))
    if jobs:
        cc = cc or find_compiler()
        if not cc:
            raise OSError("no clang here makes WASI programs (Debian: clang-19 lld-19 "
                          "wasi-libc libclang-rt-19-dev-wasm32)")
        os.makedirs(os.path.join(out, "native"), exist_ok=True)
        for flags, path, target in jobs:
            if not quiet:
                print("%s -> %s" % (os.path.basename(path), os.path.relpath(target)), flush=True)
            partial = target + ".part"
            r = subprocess.run(shlex.split(cc) + flags + [path, "-o", partial, "-lm"])
            if r.returncode != 0:
                raise OSError("%s does not compile" % path)
            os.replace(partial, target)
    return [name for name, _, _ in wanted]


def write_expected(out, names):
    """Runs the native programs and keeps what they print."""
    expected = {}
    if os.path.exists(EXPECTED):
        with open(EXPECTED) as f:
            expected = json.load(f)
    for name in names:
        r = subprocess.run([os.path.join(out, "native", name)], stdout=subprocess.PIPE, timeout=60)
        if r.returncode != 0:
            raise OSError("%s natively: exit status %d" % (name, r.returncode))
        expected[name] = r.stdout.decode("ascii")
    known = {p[0] for p in programs()}
    with open(EXPECTED, "w") as f:
        json.dump({k: v for k, v in expected.items() if k in known}, f, indent=2, sort_keys=True)
        f.write("\n")


def main(argv):
    out, cc, native, keep, quiet, names = DEFAULT_OUT, None, True, False, False, []
    args = list(argv)
    while args:
        a = args.pop(0)
        if a == "--out" and args:
            out = args.pop(0)
        elif a == "--cc" and args:
            cc = args.pop(0)
        elif a == "--no-native":
            native = False
        elif a == "--expected":
            keep = True
        elif a == "--quiet":
            quiet = True
        elif re.match(r"\w+$", a):
            names.append(a)
        else:
            print(__doc__, end="")
            return 0 if a in ("-h", "--help") else 2
    unknown = sorted(set(names) - {p[0] for p in programs()})
    if unknown:
        print("no program %s" % ", ".join(unknown), file=sys.stderr)
        return 2
    try:
        made = build(out, cc, names, native, quiet)
        if keep:
            write_expected(out, made)
    except OSError as e:
        print("build_programs: %s" % e, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
