#!/usr/bin/env python3
"""Every module of the scripts and of the corpus as text and back: the same module, the same output.

Usage: round_trip_test.py WASMI_RUN WASMI_WAST

The runner of scripts prints each module flat and folded, assembles both again and compares. Then the
modules of the corpus, assembled from their text, run one case each.
"""
import json
import os
import pathlib
import re
import subprocess
import sys

import shared_data

GROUPS = ["core", "custom", "legacy-exceptions", "proposals/compact-import-section",
          "proposals/custom-page-sizes", "proposals/threads", "proposals/wide-arithmetic"]
# How many modules there are: those of the scripts that are not asserted to be malformed.
IN_SCRIPTS = 5696
# The quickest case of each module.
CASES = ["assemblyscript", "awk-p48a", "bzip2-pipe", "cjson-test", "cmark-emscripten",
         "cmark-xml-files", "duktape-mandel", "figlet-env", "icebram-gen", "icemulti",
         "icepack-bitstream", "icepll", "jimtcl-misc", "kotlin-gc", "lua-legacy-eh-penlight",
         "lua-penlight", "lz4-bench-missing", "minigzip-unpack", "picosat-sat",
         "ripgrep-stdin-json", "sqlite-import-dump", "tcc-asm-preproc", "tinyxml2-test",
         "zlib-example"]
# sqlite-speedtest1.wasm has no quick case; its bytes are compared with the others.
WITHOUT_CASE = 1


def check_bytes(runner, paths, modules):
    """None, or what is wrong."""
    done = subprocess.run([runner, "--check-round-trips", *map(str, paths)], capture_output=True,
                          text=True, check=False)
    lines = done.stdout.splitlines()
    last = lines[-1] if lines else ""
    print(last)
    if done.returncode != 0:
        return "\n".join(line for line in lines if "shorter encoding" not in line)[-3000:]
    found = int(re.match(r"\d+", last).group())
    return None if found == modules else f"{found} modules, want {modules}"


def reassemble(engine, source, target, folded):
    text = target.with_suffix(".wat")
    subprocess.run([engine, "wat", *(["--folded"] if folded else []), str(source), "-o", str(text)],
                   check=True)
    subprocess.run([engine, "wasm", str(text), "-o", str(target)], check=True)
    text.unlink()


def check_corpus(engine, corpus, count):
    modules = sorted((corpus / "modules").glob("*.wasm"))
    with shared_data.Scratch() as scratch:
        (scratch / "modules").mkdir()
        for i, module in enumerate(modules):
            reassemble(engine, module, scratch / "modules" / module.name, folded=i % 2 == 1)
        used = set()
        for case in CASES:
            shared_data.copy_tree(corpus / "case" / case, scratch / "case" / case)
            used.add(json.loads((corpus / "case" / case / "cmd.json").read_text())["module"])
        count.add("each module of the corpus has a case",
                  None if len(used) == len(modules) - WITHOUT_CASE else f"{len(used)} modules")
        done = subprocess.run([sys.executable, str(corpus / "run_corpus.py"), "-C", str(scratch),
                               "-T", "10", "-v", engine], capture_output=True, text=True,
                              check=False)
        print(done.stdout[-2000:])
        want = f"{len(CASES)} passed, 0 failed"
        count.add("reassembled modules run as before",
                  None if done.stdout.rstrip().endswith(want) else f"not: {want}")


def main():
    engine, runner = sys.argv[1:3]
    count = shared_data.Count()
    scripts = os.environ.get("WASMI_SPEC_TESTS") or shared_data.shared("spec-tests")
    groups = [pathlib.Path(scripts) / group for group in GROUPS]
    count.add("modules of the scripts", check_bytes(runner, groups, IN_SCRIPTS))
    corpus = shared_data.shared("corpus")
    modules = len(list((corpus / "modules").glob("*.wasm")))
    count.add("modules of the corpus", check_bytes(runner, [corpus / "modules"], modules))
    check_corpus(engine, corpus, count)
    return count.finish(at_least=4)


if __name__ == "__main__":
    sys.exit(main())
