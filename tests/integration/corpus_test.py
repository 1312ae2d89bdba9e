#!/usr/bin/env python3
"""Runs the program corpus of the shared data with wasmi-run.

Usage: corpus_test.py WASMI_RUN [OPTION…]      options of run_corpus.py, as -x PATTERN
"""
import subprocess
import sys

import shared_data

# A case and a file without which its expected output cannot come about.
NEEDED = [("ripgrep-tree", "case/ripgrep-tree/fs/tree/cmark/cmark.py")]


def main():
    engine, options = sys.argv[1], sys.argv[2:]
    corpus = shared_data.shared("corpus")
    for case, file in NEEDED:
        if not (corpus / file).exists():
            print(f"LEFT OUT: {case}, because this copy of the corpus lacks {file}")
            options += ["-x", case]
    command = [sys.executable, str(corpus / "run_corpus.py"), *options, "-v", engine]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
