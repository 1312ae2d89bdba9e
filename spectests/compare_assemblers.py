#!/usr/bin/env python3
"""Compares the assembler with others over every module in the text format of the scripts.

usage: compare_assemblers.py --runner WASMI_WAST [--wat2wasm PROGRAM] [--jco DIR] [PATH...]

PATH: scripts and directories of them; by default all that the tests run. DIR: where `npm install
@bytecodealliance/jco` was run, by default $WASMI_JCO. Without a program or a directory that works
nothing is compared with it, which is said.

All sections are compared byte by byte, custom sections aside; with jco also the name section. Of
element segments, which have several encodings, the meaning is compared. A module that the other
assembler does not take is counted, no failure. KNOWN holds the differences that are known, with
their reasons: any other difference is a failure, and so is one of KNOWN that does not come up in a
script that was read.
"""
import argparse
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from spec_tests import GROUPS, SKIPPED, find

SECTIONS = {0: "custom", 1: "type", 2: "import", 3: "function", 4: "table", 5: "memory",
            6: "global", 7: "export", 8: "start", 9: "element", 10: "code", 11: "data",
            12: "data count", 13: "tag"}

COMPACT = "keeps imports in groups, which our assembler spells out"
SHORT_BLOCK = "shortens the type of a block with (type $t); jco agrees with us"
EMPTY_ELSE = "drops an else branch without instructions; jco agrees with us"
DRAFT = "writes (ref $t) in a draft encoding or without its first byte; jco agrees with us"
KNOWN = {
    "wat2wasm": {
        SHORT_BLOCK: ["block.wast:3", "block.wast:496", "if.wast:835", "loop.wast:3",
                      "loop.wast:613"],
        EMPTY_ELSE: ["if.wast:860", "if.wast:864", "if.wast:868", "if.wast:872", "if.wast:883",
                     "if.wast:908", "if.wast:933", "if.wast:939", "if.wast:952", "if.wast:958", "try_catch.wast:10",
                     "try_delegate.wast:3"],
        DRAFT: ["func.wast:659", "ref.wast:27", "ref.wast:31", "ref.wast:51", "ref.wast:55",
                "ref.wast:64", "ref.wast:68", "ref.wast:72", "ref.wast:77", "select.wast:383",
                "type-equivalence.wast:5", "type-equivalence.wast:16", "type-equivalence.wast:38",
                "type-equivalence.wast:76", "type-equivalence.wast:107",
                "type-equivalence.wast:195", "type-equivalence.wast:200",
                "type-equivalence.wast:208", "type-equivalence.wast:218", "type-rec.wast:21",
                "gc/array.wast:48", "gc/array.wast:52", "gc/struct.wast:36", "gc/struct.wast:40"],
        "drops the empty (result) of a select; jco agrees with us": ["select.wast:367"],
        "does not end a comment at a carriage return; jco agrees with us": ["comments.wast:83"],
        "writes no data count of 0 beside data.drop and memory.init; jco agrees with us": [
            "bulk-memory/memory_init.wast:189", "bulk-memory/memory_init.wast:265",
            "memory64/memory_init64.wast:189", "memory64/memory_init64.wast:265"],
    },
    "jco": {
        "takes a (sub (func)) for a type use without an index; the specification wants a final "
        "type without supertypes (text/types, type uses)": [
            "gc/type-subtyping.wast:344", "gc/type-subtyping.wast:373"],
        "writes a data count for code only; in this module, which is invalid, only the value of a "
        "global names a segment": ["gc/array.wast:302"],
        COMPACT: [f"imports-compact.wast:{line}"
                  for line in (16, 65, 66, 70, 75, 76, 80, 85, 89, 94, 102)],
    },
}

# One line of JSON for each path in the file: null if it was written, else the message.
JCO = """
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import fs from 'node:fs';
import path from 'node:path';
const require = createRequire(path.join(process.argv[1], 'package.json'));
const jco = await import(pathToFileURL(require.resolve('@bytecodealliance/jco')));
for (const line of fs.readFileSync(process.argv[2], 'utf8').split('\\n').filter(Boolean)) {
  let message = null;
  try {
    fs.writeFileSync(line + '.jco', await jco.parse(fs.readFileSync(line + '.wat', 'utf8')));
  } catch (error) {
    message = String(error);
  }
  console.log(JSON.stringify(message));
}
"""


def leb(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def sections(data):
    """[(id, content)] with the name section as ("name", content), without other custom ones."""
    found = []
    at = 8
    while at < len(data):
        kind = data[at]
        size, at = leb(data, at + 1)
        content = data[at:at + size]
        at += size
        if kind == 0:
            length, begin = leb(content, 0)
            if content[begin:begin + length] == b"name":
                found.append(("name", content[begin + length:]))
        else:
            found.append((SECTIONS.get(kind, str(kind)), content))
    return found


def skip_expression(data, at):
    """The place after a constant expression. Instructions it does not know: ValueError."""
    while True:
        op = data[at]
        at += 1
        if op == 0x0B:
            return at
        if op in (0x41, 0x42, 0x23, 0xD0, 0xD2):
            at = leb(data, at)[1]
        elif op in (0x43, 0x44):
            at += 4 if op == 0x43 else 8
        elif op == 0xFB:
            op, at = leb(data, at)
            for _ in range({0: 1, 1: 1, 6: 1, 7: 1, 8: 2, 26: 0, 27: 0, 28: 0}[op]):
                at = leb(data, at)[1]
        elif op not in (0x6A, 0x6B, 0x6C, 0x7C, 0x7D, 0x7E):
            raise ValueError


def element_segments(content):
    """What an element section means; the content itself if it is not understood."""
    try:
        count, at = leb(content, 0)
        segments = []
        for _ in range(count):
            flags, at = leb(content, at)
            mode, table, offset = "active", 0, b""
            if flags & 1:
                mode = "declarative" if flags & 2 else "passive"
            else:
                if flags & 2:
                    table, at = leb(content, at)
                begin, at = at, skip_expression(content, at)
                offset = content[begin:at]
            kind = b"\x70" if flags & 4 else b"\0"
            if flags & 3:
                begin = at
                at += 1
                if content[begin] in (0x63, 0x64):
                    at = leb(content, at)[1]
                kind = content[begin:at]
            length, at = leb(content, at)
            items = []
            for _ in range(length):
                begin = at
                if flags & 4:
                    at = skip_expression(content, at)
                    items.append(content[begin:at])
                else:
                    at = leb(content, at)[1]
                    items.append(b"\xd2" + content[begin:at] + b"\x0b")
            # Functions by index are (ref func); so much is lost where an assembler shortens
            # expressions that only name functions.
            indices = all(i[:1] == b"\xd2" for i in items)
            kind = b"functions" if indices and kind in (b"\0", b"\x70") else kind
            segments.append((mode, table, offset, kind, items))
        return segments if at == len(content) else content
    except (IndexError, KeyError, ValueError):
        return content


def difference(ours, theirs, wanted):
    """The names of the sections that differ, as a text; empty if none does."""
    left, right = dict(sections(ours)), dict(sections(theirs))
    for side in (left, right):
        if "element" in side:
            side["element"] = element_segments(side["element"])
    return " ".join(name for name in wanted if left.get(name) != right.get(name))


def with_wat2wasm(program, stems):
    messages = []
    for stem in stems:
        done = subprocess.run([program, "--enable-all", "--no-check", "-o", f"{stem}.wabt",
                               f"{stem}.wat"], capture_output=True, text=True,
                              errors="replace", timeout=60)
        messages.append(None if done.returncode == 0 else done.stderr or f"exit status {done.returncode}")
    return messages


def with_jco(directory, stems):
    with tempfile.NamedTemporaryFile("w") as paths:
        paths.write("\n".join(map(str, stems)))
        paths.flush()
        done = subprocess.run(["node", "--input-type=module", "-e", JCO, str(directory), paths.name],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=1200)
    if done.returncode != 0:
        sys.exit(f"error: jco: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def compare(title, suffix, wanted, stems, names, messages, verbose):
    reasons = {name: reason for reason, where in KNOWN[title].items() for name in where}
    files = {name.rsplit(":", 1)[0] for name in names}
    expected = {name for name in reasons if name.rsplit(":", 1)[0] in files}
    refused = equal = unknown = 0
    known = collections.Counter()
    for stem, name, message in zip(stems, names, messages):
        if message is not None:
            refused += 1
            if verbose:
                print(f"{name}: {title} refuses it: {message.strip().splitlines()[0]}")
            continue
        what = difference(stem.with_suffix(".wasm").read_bytes(),
                          stem.with_suffix(suffix).read_bytes(), wanted)
        if not what:
            equal += 1
        elif name in expected:
            expected.remove(name)
            known[reasons[name]] += 1
        else:
            unknown += 1
            print(f"{name}: {title} differs in: {what}")
    for name in sorted(expected):
        print(f"{name}: expected to differ from {title}, which {reasons[name]}")
    for reason, count in known.items():
        print(f"{title}, {count} modules: {reason}")
    print(f"{title}: {len(stems)} modules, {refused} refused by it, {equal} equal, "
          f"{known.total()} different for known reasons, {unknown} different")
    return unknown == 0 and not expected


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runner", required=True)
    parser.add_argument("--wat2wasm", default="wat2wasm")
    parser.add_argument("--jco", default=os.environ.get("WASMI_JCO"))
    parser.add_argument("--cache", default="spec-tests-cache")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("--keep", help="directory for the modules")
    parser.add_argument("paths", nargs="*")
    args = parser.parse_args()
    if not args.paths:
        found = [find(Path(args.cache).resolve(), group) for group in GROUPS]
        args.paths = [str(path) for path in found if path is not None]
        if not args.paths:
            print("NOTHING WAS COMPARED: there are no official scripts")
            return SKIPPED

    with tempfile.TemporaryDirectory() as temp:
        scratch = Path(args.keep or temp)
        scratch.mkdir(exist_ok=True)
        subprocess.run([args.runner, "--extract", str(scratch), *args.paths], check=True)
        stems, names = [], []
        for line in (scratch / "names.txt").read_text().splitlines():
            number, name = line.split(" ", 1)
            if (scratch / f"{number}.wat").exists():
                stems.append(scratch / number)
                names.append(name)
        good = True
        compared = False
        if shutil.which(args.wat2wasm):
            compared = True
            good = compare("wat2wasm", ".wabt", list(SECTIONS.values()), stems, names,
                           with_wat2wasm(args.wat2wasm, stems), args.verbose) and good
        else:
            print(f"NOT COMPARED WITH wat2wasm: {args.wat2wasm} is not installed")
        package = Path(args.jco or "") / "node_modules/@bytecodealliance/jco"
        if args.jco and package.is_dir() and shutil.which("node"):
            compared = True
            good = compare("jco", ".jco", [*SECTIONS.values(), "name"], stems, names, with_jco(Path(args.jco).resolve(), stems),
                           args.verbose) and good
        else:
            print("NOT COMPARED WITH jco: use --jco DIR after `npm install @bytecodealliance/jco` "
                  "there; needs node")
    if not compared:
        return SKIPPED
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
