#!/usr/bin/env python3
"""Checks the relative links of all Markdown files: the file exists, and the heading if one is named.

Usage: check_doc_links.py [ROOT]
"""
import pathlib
import re
import sys

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^\s*(```|~~~)")
SKIPPED = {"build", ".git", ".cache"}


def prose(path):
    """Yields (line number, line) outside of fenced code."""
    fenced = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            yield number, line


def anchors(path):
    """The anchors that a renderer derives from the headings of a file."""
    found = set()
    for _, line in prose(path):
        if line.startswith("#"):
            text = line.lstrip("#").strip().lower().replace("`", "")
            found.add(re.sub(r"[^\w\- ]", "", text).replace(" ", "-"))
    return found


def check(root):
    problems = []
    for path in sorted(root.rglob("*.md")):
        if SKIPPED & set(path.relative_to(root).parts):
            continue
        for number, line in prose(path):
            for link in LINK.findall(line):
                if "://" in link or link.startswith("mailto:"):
                    continue
                where = f"{path.relative_to(root)}:{number}"
                name, _, anchor = link.partition("#")
                target = (path.parent / name) if name else path
                if not target.exists():
                    problems.append(f"{where}: {name} does not exist")
                elif anchor and target.suffix == ".md" and anchor not in anchors(target):
                    problems.append(f"{where}: {link}: no such heading")
    return problems


def main(arguments):
    root = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).parent.parent).resolve()
    problems = check(root)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
