#!/usr/bin/env python3
"""Checks the public headers as text: all are installed, they include only the standard library and
each other, and every macro they define starts with WASMI_. That each compiles alone and twice is
checked by the build (target wasmi_header_checks).

Usage: check_headers.py INCLUDE_DIR INSTALLED_HEADER...
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
DEFINE = re.compile(r"^\s*#\s*define\s+(\w+)")


def check(include_dir, installed):
    present = {path for path in (include_dir / "wasmi").rglob("*") if path.is_file()}
    if not present:
        yield f"{include_dir}: no public headers"
    for path in sorted(present - installed):
        yield f"{path.relative_to(include_dir)}: not listed in CMakeLists.txt, so not installed"
    for path in sorted(present):
        shown = path.relative_to(include_dir)
        c_header = path.suffix == ".h"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            include, define = INCLUDE.match(line), DEFINE.match(line)
            if include:
                quote, name = include.groups()
                own = name.startswith("wasmi/") and (include_dir / name).exists()
                standard = "/" not in name and ("." not in name or (c_header and name.endswith(".h")))
                if quote == '"' or not (own or standard):
                    yield f"{shown}:{number}: {name} is neither standard nor public"
            elif define and not define.group(1).startswith("WASMI_"):
                yield f"{shown}:{number}: macro {define.group(1)} does not start with WASMI_"


def main(arguments):
    problems = list(check(pathlib.Path(arguments[0]).resolve(),
                          {pathlib.Path(name).resolve() for name in arguments[1:]}))
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
