#!/usr/bin/env python3
"""Tests tools/fusion/fetch.py without a network: the list, the packages, what is made again."""
import base64
import contextlib
import gzip
import io
import json
import os
import pathlib
import sys
import tarfile
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools" / "fusion"))
sys.dont_write_bytecode = True

import fetch  # noqa: E402

MODULE = fetch.MAGIC + b"\0\x05\x04namE"
OTHER = fetch.MAGIC + b"\0\x05\x04more"
COLLECTOR = """#!/bin/sh
for module; do
    case $module in
        *refused*) echo "$module: unsupported" >&2;;
        *) echo "module $module";;
    esac
done
"""


def pack(path, files):
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo("package/" + name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


class ListTest(unittest.TestCase):
    def test_every_package_is_pinned(self):
        groups = fetch.load(fetch.HERE / "corpus.json")
        for package in (package for group in groups for package in group.packages):
            self.assertRegex(package.integrity or "", r"^sha512-", package.spec)

    def test_the_list_is_as_the_script_writes_it(self):
        path = fetch.HERE / "corpus.json"
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder) / "copy.json"
            fetch.store(copy, fetch.load(path))
            self.assertEqual(copy.read_text(encoding="utf-8"), path.read_text(encoding="utf-8"))

    def test_no_benchmark_is_in_it(self):
        cases = json.loads((ROOT / "bench" / "cases.json").read_text(encoding="utf-8"))["cases"]
        measured = {case["module"] for case in cases.values()}
        for group in fetch.load(fetch.HERE / "corpus.json"):
            self.assertFalse(measured & set(group.corpus), group.name)

    def test_wrong_entries_are_errors(self):
        for spec in ("name", "name@latest", "@scope@1.0.0", "name@1.0.0 --global"):
            with self.assertRaises(fetch.CorpusError, msg=spec):
                fetch.Package(spec, {"wasm": ["*"]})
        with self.assertRaises(fetch.CorpusError):
            fetch.Package("name@1.0.0", {})
        with self.assertRaises(fetch.CorpusError):
            fetch.Group("../name", {"about": "", "corpus": ["*"]})

    def test_a_pattern_without_match_is_an_error(self):
        names = ["b/two.wasm", "a/one.wasm", "one.js"]
        self.assertEqual(fetch.select(names, ["*.wasm", "a/*"], ""), ["a/one.wasm", "b/two.wasm"])
        with self.assertRaises(fetch.CorpusError):
            fetch.select(names, ["*.wasm", "c/*"], "")


class RunTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = pathlib.Path(folder.name)
        self.list, self.collector = self.out / "corpus.json", self.out / "collector"
        self.collector.write_text(COLLECTOR, encoding="utf-8")
        self.collector.chmod(0o755)
        self.blocks = self.out / "blocks" / "group.bin"
        script = b"a='" + base64.b64encode(OTHER).rstrip(b"=") + b"';"
        pack(self.out / "packages" / "scope-name-1.0.0.tgz",
             {"a/one.wasm": MODULE, "a/same.wasm": MODULE, "two.wasm.gz": gzip.compress(OTHER),
              "refused.wasm": MODULE + b"\0\2\1r", "three.js": script, "text.wasm": b"text"})

    def write(self, **entry):
        group = {"about": "", "packages": {"@scope/name@1.0.0": entry}}
        self.list.write_text(json.dumps({"groups": {"group": group}}), encoding="utf-8")

    def run_it(self, *options):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            code = fetch.main(["--out", str(self.out), "--list", str(self.list), "--offline",
                               "--collector", str(self.collector), *options])
        return code, printed.getvalue()

    def test_modules_are_unpacked_once_each_and_collected(self):
        self.write(wasm=["a/*", "two*", "refused*", "text*"])
        code, printed = self.run_it()
        self.assertEqual(code, 0)
        self.assertIn("2 modules in 1 groups", printed)
        self.assertIn("text.wasm: not a module", printed)
        self.assertIn("refused.wasm: unsupported", printed)
        self.assertEqual(self.blocks.read_text(encoding="utf-8"),
                         "module scope-name-a-one.wasm\nmodule scope-name-two.wasm\n")

    def test_modules_embedded_in_scripts_are_found(self):
        self.write(embedded=["*.js"])
        self.assertEqual(self.run_it()[0], 0)
        module = self.out / "modules" / "group" / "scope-name-three.js.0.wasm"
        self.assertEqual(module.read_bytes(), OTHER)

    def test_another_package_than_the_pinned_one_is_refused(self):
        self.write(wasm=["a/*"])
        self.assertEqual(self.run_it("--pin", "--fetch-only")[0], 0)
        self.assertIn('"integrity": "sha512-', self.list.read_text(encoding="utf-8"))
        self.assertEqual(self.run_it()[0], 0)
        pack(self.out / "packages" / "scope-name-1.0.0.tgz", {"a/one.wasm": OTHER})
        code, printed = self.run_it()
        self.assertEqual(code, 1)
        self.assertIn("not the package that was pinned", printed)

    def test_blocks_are_made_again_only_when_something_changed(self):
        self.write(wasm=["a/*"])
        self.run_it()
        first = self.blocks.stat().st_mtime_ns
        self.run_it()
        self.assertEqual(self.blocks.stat().st_mtime_ns, first)
        later = first + 1_000_000_000
        os.utime(self.collector, ns=(later, later))
        self.run_it()
        self.assertNotEqual(self.blocks.stat().st_mtime_ns, first)
        self.write(wasm=["two*"])
        self.run_it()
        self.assertEqual(self.blocks.read_text(encoding="utf-8"), "module scope-name-two.wasm\n")

    def test_unknown_groups_are_wrong_usage(self):
        self.write(wasm=["a/*"])
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(self.run_it("nothing")[0], 2)


if __name__ == "__main__":
    unittest.main()
