#!/usr/bin/env python3
"""Runs clang-tidy 14 on the sources that changed since the main branch, or with --all on all.

Usage: run_tidy.py --build DIR [--jobs N] [--all | FILE...]
DIR holds compile_commands.json. A changed header is looked at through the source of the same name.
"""
import argparse
import concurrent.futures
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def git(*arguments):
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.splitlines() if done.returncode == 0 else []


def changed_files():
    """Files that differ from where this branch left main, committed or not."""
    base = git("merge-base", "HEAD", "origin/main") or git("merge-base", "HEAD", "main") or ["HEAD"]
    if base == git("rev-parse", "HEAD"):
        base = git("rev-parse", "HEAD~1") or base
    names = git("diff", "--name-only", base[0]) + git("ls-files", "--others", "--exclude-standard")
    return {(ROOT / name).resolve() for name in names}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    options = parser.parse_args()

    commands = json.loads((options.build / "compile_commands.json").read_text(encoding="utf-8"))
    known = {pathlib.Path(command["file"]).resolve() for command in commands}
    known = {path for path in known if path.is_relative_to(ROOT) and "build" not in
             path.relative_to(ROOT).parts}
    if options.all:
        chosen = known
    else:
        wanted = {path.resolve() for path in options.files} or changed_files()
        stems = {path.with_suffix("") for path in wanted if path.suffix in (".hpp", ".h")}
        chosen = {path for path in known if path in wanted or path.with_suffix("") in stems}

    def tidy(path):
        return path, subprocess.run(
            ["clang-tidy-14", "-p", str(options.build), "--quiet", "--warnings-as-errors=*", str(path)],
            capture_output=True, text=True, check=False)

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for path, done in pool.map(tidy, sorted(chosen)):
            if done.returncode != 0:
                failed += 1
                print(done.stdout, end="")
                if "error:" not in done.stdout:
                    print(f"{path.relative_to(ROOT)}: {done.stderr}", end="")
    print(f"clang-tidy: {len(chosen)} files, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
