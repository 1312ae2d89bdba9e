#!/usr/bin/env python3
"""Checks that code in the Markdown files is code that is compiled and run.

Usage: check_doc_code.py [ROOT]    prints one line per problem; exit code 1 if there is any.

A block that follows the line <!-- from PATH --> must be a run of whole lines of that file.
"""
import pathlib
import re
import sys

SKIPPED = {"build", ".git", "third_party"}
FROM = re.compile(r"^<!-- from (\S+) -->$")


def check(root):
    problems = []
    for path in sorted(root.rglob("*.md")):
        if SKIPPED & set(path.relative_to(root).parts):
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            match = FROM.match(line)
            if not match:
                continue
            where = f"{path.relative_to(root)}:{number + 1}"
            source = root / match.group(1)
            if not source.is_file():
                problems.append(f"{where}: {match.group(1)} does not exist")
                continue
            rest = lines[number + 1:]
            if not rest or not rest[0].startswith("```") or "```" not in rest[1:]:
                problems.append(f"{where}: no code block follows")
                continue
            block = rest[1:1 + rest[1:].index("```")]
            text = "\n" + source.read_text(encoding="utf-8")
            if "\n" + "\n".join(block) + "\n" not in text:
                problems.append(f"{where}: the block is not in {match.group(1)}")
    return problems


def main(arguments):
    root = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).parent.parent).resolve()
    problems = check(root)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
