#!/usr/bin/env python3
"""Checks (or with --fix makes) the clang-format 14 layout of every C++ and C source.

Usage: check_format.py [--fix]     .def files keep hand-made columns and are left alone.
"""
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOPS = ("include", "src", "tools", "tests", "spectests", "bench", "examples")
SUFFIXES = {".hpp", ".cpp", ".h", ".c"}


def find_formatter():
    """clang-format of version 14: other versions lay out some constructs differently."""
    for name in ("clang-format-14", "clang-format"):
        path = shutil.which(name)
        if path and " 14." in subprocess.run([path, "--version"], capture_output=True, text=True,
                                             check=True).stdout:
            return path
    return None


def main(arguments):
    formatter = find_formatter()
    if formatter is None:
        print("clang-format 14 is not installed (Debian package clang-format-14)")
        return 1
    files = [str(path.relative_to(ROOT)) for top in TOPS for path in sorted((ROOT / top).rglob("*"))
             if path.suffix in SUFFIXES and path.is_file()]
    if not files:
        print("no sources found")
        return 1
    mode = ["-i"] if "--fix" in arguments else ["--dry-run", "--Werror"]
    done = subprocess.run([formatter, *mode, *files], cwd=ROOT, capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        wrong = sorted({line.split(":")[0] for line in done.stderr.splitlines() if ": error:" in line})
        print("\n".join(wrong) or done.stderr)
        print(f"{len(wrong)} of {len(files)} files are not formatted: run ./dev format")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
