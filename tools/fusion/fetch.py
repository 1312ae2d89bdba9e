#!/usr/bin/env python3
"""usage: fetch.py [options] [GROUP...]

Fetches the modules that the fused runs are chosen from (corpus.json beside this
file: groups of npm packages with the files wanted of each), checks them, and has
wasmi-fusion-collect write the code of each group: the input of wasmi-fusion-choose.

  OUT/packages/         what npm packed, kept; OUT/modules/GROUP/*.wasm is taken from it
  OUT/blocks/GROUP.bin  what the collector wrote; GROUP.err the modules it refused

What is there and still right is not made again: stop it and start it as you like.
Needs npm, except where all packages are there, and
`cmake --build build/release --target wasmi-fusion-collect wasmi-fusion-choose`.

options:
  --out DIR          default: build/fusion-corpus below the project
  --collector FILE   default: build/release/bin/wasmi-fusion-collect below the project;
                     wasmi-fusion-choose is beside it
  --corpus DIR       a folder with modules/, for the groups that are taken from there
                     (default: ../shared/corpus if it exists; without it they are left out)
  --list FILE        another corpus.json
  --jobs N           groups at a time (default: the number of processors)
  --max-size MB      leave out larger modules (default 100)
  --fetch-only       do not collect
  --offline          leave out what is not there
  --pin              write the integrity of packages that have none yet into corpus.json
  --choose           run wasmi-fusion-choose with all of OUT/blocks
Exit status: 1 if a package could not be fetched or is not what was pinned, 2 on wrong usage.
"""
import argparse
import base64
import concurrent.futures
import fnmatch
import gzip
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
MAGIC = b"\0asm\1\0\0\0"
# The same eight bytes in base64: the last two bits of the eleventh digit belong to the ninth byte.
EMBEDDED = re.compile(rb"AGFzbQEAAA[A-D][A-Za-z0-9+/]+={0,2}")
PACKAGE = re.compile(r"(@[\w.-]+/)?[\w.-]+@\d+\.\d+\.\d+[\w.+-]*")


class CorpusError(Exception):
    pass


class Package:
    """One pinned npm package. `wasm` and `embedded` are patterns for names within it: modules
    (perhaps gzipped), and files that have modules in base64 in them."""

    def __init__(self, spec, entry):
        unknown = set(entry) - {"integrity", "wasm", "embedded"}
        if not PACKAGE.fullmatch(spec) or unknown:
            raise CorpusError(f"{spec}: not NAME@VERSION, or unknown keys {sorted(unknown)}")
        self.spec, self.integrity = spec, entry.get("integrity")
        self.wasm, self.embedded = entry.get("wasm", []), entry.get("embedded", [])
        if not self.wasm and not self.embedded:
            raise CorpusError(f"{spec}: nothing is wanted of it")
        self.file_name = spec.lstrip("@").replace("/", "-").replace("@", "-") + ".tgz"

    def entry(self):
        lists = {"wasm": self.wasm, "embedded": self.embedded}
        return {"integrity": self.integrity} | {key: some for key, some in lists.items() if some}


class Group:
    """Related modules: from packages, or files below CORPUS/modules."""

    def __init__(self, name, entry):
        if not re.fullmatch(r"[a-z0-9-]+", name) or set(entry) - {"about", "packages", "corpus"}:
            raise CorpusError(f"{name}: a wrong name, or unknown keys")
        self.name, self.about = name, entry["about"]
        self.packages = [Package(spec, e) for spec, e in entry.get("packages", {}).items()]
        self.corpus = entry.get("corpus", [])
        if not self.packages and not self.corpus:
            raise CorpusError(f"{name}: has no modules")


def load(path):
    with open(path, encoding="utf-8") as file:
        return [Group(name, entry) for name, entry in json.load(file)["groups"].items()]


def store(path, groups):
    """Writes corpus.json; lists of patterns stay on one line."""
    entries = {}
    for group in groups:
        entries[group.name] = {"about": group.about}
        if group.packages:
            entries[group.name]["packages"] = {p.spec: p.entry() for p in group.packages}
        if group.corpus:
            entries[group.name]["corpus"] = group.corpus
    text = json.dumps({"groups": entries}, indent=2, ensure_ascii=False)
    text = re.sub(r"\[\s+([^][]*?)\s+\]",
                  lambda m: "[" + re.sub(r",\s+", ", ", m.group(1)) + "]", text)
    pathlib.Path(path).write_text(text + "\n", encoding="utf-8")


def select(names, patterns, where):
    """The names that match, in order. A pattern that matches none is a mistake."""
    found = set()
    for pattern in patterns:
        matching = fnmatch.filter(names, pattern)
        if not matching:
            raise CorpusError(f"{where}: nothing is called {pattern}")
        found.update(matching)
    return sorted(found)


def integrity(path):
    """What npm calls the integrity of a package."""
    digest = hashlib.sha512(path.read_bytes()).digest()
    return "sha512-" + base64.b64encode(digest).decode()


def fetch(package, directory, offline):
    """The path of the packed package, checked; None if it is not there and may not be fetched."""
    path = directory / package.file_name
    if not path.exists():
        if offline:
            return None
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory) as fresh:
            ran = subprocess.run(["npm", "pack", package.spec, "--silent", "--ignore-scripts",
                                  "--pack-destination", fresh],
                                 capture_output=True, text=True, check=False)
            packed = list(pathlib.Path(fresh).glob("*.tgz"))
            if ran.returncode != 0 or len(packed) != 1:
                raise CorpusError(f"{package.spec}: npm pack failed: {ran.stderr.strip()}")
            packed[0].rename(path)
    if package.integrity and integrity(path) != package.integrity:
        raise CorpusError(f"{package.spec}: {path} is not the package that was pinned")
    return path


def unpack(package, path):
    """Yields (name, bytes) of the modules wanted of a package."""
    with tarfile.open(path) as tar:
        members = {m.name.partition("/")[2]: m for m in tar.getmembers() if m.isfile()}
        for name in select(members, package.wasm, package.spec):
            data = tar.extractfile(members[name]).read()
            yield name, gzip.decompress(data) if name.endswith(".gz") else data
        for name in select(members, package.embedded, package.spec):
            found = EMBEDDED.findall(tar.extractfile(members[name]).read())
            if not found:
                raise CorpusError(f"{package.spec}: {name} has no module in it")
            for number, text in enumerate(found):
                text = text.rstrip(b"=")
                yield f"{name}.{number}", base64.b64decode(text + b"=" * (-len(text) % 4))


def modules_of(group, options):
    """Yields (file name, bytes) of the modules of a group."""
    for package in group.packages:
        path = fetch(package, options.out / "packages", options.offline)
        if path is None:
            continue
        if not package.integrity:
            package.integrity = integrity(path)
        bare = re.sub(r"@[^@]*$", "", package.spec).lstrip("@").replace("/", "-")
        for name, data in unpack(package, path):
            name = re.sub(r"(\.wasm|\.gz)+$", "", name).replace("/", "-")
            yield f"{bare}-{name}.wasm", data
    if options.corpus:
        names = os.listdir(options.corpus / "modules")
        for name in select(names, group.corpus, group.name):
            yield name, (options.corpus / "modules" / name).read_bytes()


def lay_out(group, options):
    """Makes OUT/modules/GROUP hold the modules of the group and nothing else. Returns the names of
    those to collect from, and notes about the others."""
    directory = options.out / "modules" / group.name
    wanted, seen, notes = {}, set(), []
    for name, data in modules_of(group, options):
        digest = hashlib.sha256(data).digest()
        if data[:8] != MAGIC:
            notes.append(f"{name}: not a module")
        elif len(data) > options.max_size * 1_000_000:
            notes.append(f"{name}: left out, {len(data) / 1e6:.0f} MB")
        elif digest not in seen:
            seen.add(digest)
            wanted[name] = len(data)
            path = directory / name
            if not path.exists() or path.read_bytes() != data:
                directory.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
    if directory.exists():
        for path in directory.iterdir():
            if path.name not in wanted:
                path.unlink()
    return sorted(wanted), notes


def is_current(blocks, sources):
    """Whether the blocks are newer than the collector, the modules and their folder."""
    if not blocks.exists():
        return False
    made = blocks.stat().st_mtime_ns
    return all(path.stat().st_mtime_ns <= made for path in sources)


def collect(group, names, options):
    """Makes OUT/blocks/GROUP.bin. Returns (number of modules in it, the lines about refused ones)."""
    directory, blocks = options.out / "modules" / group.name, options.out / "blocks"
    binary, errors = blocks / f"{group.name}.bin", blocks / f"{group.name}.err"
    sources = [options.collector, directory] + [directory / name for name in names]
    if not is_current(binary, sources):
        blocks.mkdir(parents=True, exist_ok=True)
        part = blocks / f"{group.name}.part"
        with open(part, "wb") as out, open(errors, "wb") as err:
            ran = subprocess.run([options.collector, *names], cwd=directory, stdout=out,
                                 stderr=err, check=False)
        if ran.returncode != 0:
            raise CorpusError(f"{group.name}: {options.collector} failed ({ran.returncode})")
        part.rename(binary)
    refused = errors.read_text(encoding="utf-8", errors="replace").splitlines()
    return len(names) - len(refused), refused


def process(group, options):
    """Everything for one group. Returns (modules collected, notes)."""
    names, notes = lay_out(group, options)
    if not names:
        (options.out / "blocks" / f"{group.name}.bin").unlink(missing_ok=True)
        return 0, notes
    if options.fetch_only:
        return len(names), notes
    collected, refused = collect(group, names, options)
    return collected, notes + refused


def remove_others(groups, out):
    """Removes what was made for groups that are no longer in the list."""
    names = {group.name for group in groups}
    for path in (out / "blocks").glob("*.*"):
        if path.stem not in names:
            path.unlink()
    for path in (out / "modules").glob("*"):
        if path.name not in names:
            shutil.rmtree(path)


def parse(arguments):
    parser = argparse.ArgumentParser(usage=argparse.SUPPRESS, add_help=False)
    parser.add_argument("-h", "--help", action="store_true")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build" / "fusion-corpus")
    parser.add_argument("--collector", type=pathlib.Path,
                        default=ROOT / "build" / "release" / "bin" / "wasmi-fusion-collect")
    parser.add_argument("--corpus", type=pathlib.Path, default=CORPUS if CORPUS.is_dir() else None)
    parser.add_argument("--list", type=pathlib.Path, default=HERE / "corpus.json")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--max-size", type=float, default=100)
    parser.add_argument("--fetch-only", action="store_true")
    parser.add_argument("--offline", action="store_true")
    parser.add_argument("--pin", action="store_true")
    parser.add_argument("--choose", action="store_true")
    parser.add_argument("groups", nargs="*")
    options = parser.parse_args(arguments)
    options.out, options.collector = options.out.resolve(), options.collector.resolve()
    return options


def main(arguments):
    options = parse(arguments)
    if options.help:
        print(__doc__, end="")
        return 0
    groups = load(options.list)
    unknown = set(options.groups) - {group.name for group in groups}
    if unknown:
        print(f"no such group: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    if not options.fetch_only and not os.access(options.collector, os.X_OK):
        print(f"{options.collector} is missing: build the target wasmi-fusion-collect",
              file=sys.stderr)
        return 2
    if not options.offline and not shutil.which("npm"):
        print("npm is missing; --offline does without", file=sys.stderr)
        return 2
    chosen = [group for group in groups if not options.groups or group.name in options.groups]
    counts, failed = {}, 0
    with concurrent.futures.ThreadPoolExecutor(max(options.jobs, 1)) as pool:
        running = {pool.submit(process, group, options): group for group in chosen}
        for future in concurrent.futures.as_completed(running):
            name = running[future].name
            try:
                count, notes = future.result()
            except (CorpusError, OSError, tarfile.TarError) as error:
                print(f"{name}: FAILED: {error}", flush=True)
                failed += 1
                continue
            print(f"{name}: {count} modules", *notes, sep="\n    ", flush=True)
            if count:
                counts[name] = count
    if options.pin:
        store(options.list, groups)
    print(f"{sum(counts.values())} modules in {len(counts)} groups"
          + (f", {failed} groups failed" if failed else ""))
    if not options.groups:
        remove_others(groups, options.out)
    if options.fetch_only or failed:
        return int(failed > 0)
    if options.choose:
        chooser = options.collector.parent / "wasmi-fusion-choose"
        blocks = sorted((options.out / "blocks").glob("*.bin"))
        return subprocess.run([chooser, *blocks], cwd=ROOT, check=False).returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
