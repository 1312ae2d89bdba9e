#!/usr/bin/env python3
"""Checks the direction of #include lines: a floor includes itself and floors below, never above.

Usage: check_layers.py [ROOT]      prints one line per wrong edge; exit code 1 if there is any.

Folders of one floor may include each other as long as they do not do so in a loop. src/wasi,
src/capi and tools are users of the library: they see the public headers and their own only.
tests/reference, beside which the library is compared, must have as little as possible of it.
"""
import pathlib
import re
import sys

FLOORS = {
    "core/types": 0,
    "core/decoder": 1,
    "core/text": 1,
    "core/validator": 2,
    "core/translator": 3,
    "core/memory": 4,
    "core/executor": 5,
    "core/linker": 6,
    "api": 7,
    "wasi": 8,
    "capi": 9,
}
# Public headers that are vocabulary (plain types, errors, options) belong to floor 0 and may be
# used everywhere; every other public header shows handles and belongs to the floor of src/api.
VOCABULARY = {
    "config.hpp", "error.hpp", "export.hpp", "features.def", "fwd.hpp", "limits.hpp", "result.hpp",
    "traps.def", "types.hpp", "value.hpp", "version.hpp",
}
PUBLIC_FLOOR = FLOORS["api"]
# Folders that use nothing but the public headers and their own files.
PUBLIC_ONLY = {"wasi", "capi"}
# Tools that look at the translator's insides, as tests do; nothing is installed of them.
DEVELOPER_TOOLS = {("tools", "fusion")}
# What the reference interpreter and its runner of scripts may use; of the public headers only the
# vocabulary.
REFERENCE = "tests/reference"
REFERENCE_MAY_USE = ("core/types/", "core/decoder/", "core/validator/", "core/text/",
                     "spectests/runner/script.hpp", "spectests/runner/files.hpp",
                     REFERENCE + "/")
SUFFIXES = {".hpp", ".cpp", ".h", ".c", ".def", ".inc"}
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


def includes(path):
    """Yields (line number, included name, quoted?) of a file."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1) or match.group(2), match.group(1) is not None


def folder_of(name):
    """The folder of FLOORS that a path written from src/ lies in, or None."""
    for folder in FLOORS:
        if name.startswith(folder + "/"):
            return folder
    return None


def check_file(root, path, edges):
    """Yields the problems of one file of src/, include/ or tools/; collects edges within a floor."""
    shown = path.relative_to(root).as_posix()
    source = folder_of(path.relative_to(root / "src").as_posix()) if shown.startswith("src/") else None
    public = shown.startswith("include/")
    if shown.startswith("src/") and source is None:
        yield f"{shown}:1: this folder has no floor in tools/check_layers.py"
        return
    for number, name, quoted in includes(path):
        where = f"{shown}:{number}"
        if name.startswith("wasmi/"):
            if source is None:
                continue
            vocabulary = name[len("wasmi/"):] in VOCABULARY
            if not vocabulary and FLOORS[source] < PUBLIC_FLOOR:
                yield f"{where}: {source} (floor {FLOORS[source]}) includes the handles of <{name}>"
            continue
        target = folder_of(name)
        if target is None:
            if quoted and source is not None:
                yield f'{where}: "{name}" is not written from src/ (or its folder has no floor)'
            elif quoted and public:
                yield f'{where}: a public header includes "{name}"; public headers use <wasmi/...>'
            continue
        if public:
            yield f'{where}: a public header includes the private "{name}"'
        elif source is None or (source in PUBLIC_ONLY and target != source):
            yield f'{where}: only public headers may be used here, not "{name}"'
        elif FLOORS[target] > FLOORS[source]:
            yield (f"{where}: {source} (floor {FLOORS[source]}) includes {target} "
                   f"(floor {FLOORS[target]}), which is above it")
        elif target != source and FLOORS[target] == FLOORS[source]:
            edges.setdefault((source, target), where)


def check_reference(root):
    """Yields the includes of the reference interpreter that would make it less independent."""
    for path in sorted((root / REFERENCE).rglob("*")):
        if path.suffix not in SUFFIXES:
            continue
        for number, name, quoted in includes(path):
            vocabulary = name.startswith("wasmi/") and name[len("wasmi/"):] in VOCABULARY
            if quoted and not name.startswith(REFERENCE_MAY_USE) or (
                    name.startswith("wasmi/") and not vocabulary):
                yield (f"{path.relative_to(root).as_posix()}:{number}: the reference interpreter "
                       f"must not use {name}")


def check(root):
    """Returns all problems of a source tree."""
    problems, edges = [], {}
    for top in ("include", "src", "tools"):
        for path in sorted((root / top).rglob("*")):
            inside = path.relative_to(root).parts[:2] in DEVELOPER_TOOLS
            if path.suffix in SUFFIXES and path.is_file() and not inside:
                problems.extend(check_file(root, path, edges))
    problems.extend(check_reference(root))
    for (source, target), where in sorted(edges.items()):
        if (target, source) in edges and source < target:
            problems.append(f"{where}: {source} and {target} include each other "
                            f"(see {edges[(target, source)]})")
    return problems


def main(arguments):
    root = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).parent.parent).resolve()
    if not (root / "src").is_dir():
        print(f"{root}: no src/ here")
        return 1
    problems = check(root)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
