# The programs that bench/compare.py runs: those of bench/programs, the cases of
# bench/cases.json, and cases of a program corpus (a folder of case/NAME/cmd.json).
import fnmatch
import hashlib
import json
import os
import re
import shutil

import build_programs

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
# A corpus may lie beside the project.
DEFAULT_CORPUS = os.path.join(os.path.dirname(ROOT), "shared", "corpus")


class Case:
    """A program with its input, and what is known about its output."""

    def __init__(self, name, group, module, args):
        self.name = name
        self.group = group  # "own", "case" or "corpus"
        self.module = module
        self.args = args
        self.native = None
        self.env = []
        self.preopens = []  # (folder to be copied or "", guest path, copied?)
        self.stdin_parts = []  # (file, how many times)
        self.exit_status = 0  # None: any but 0
        self.stdout = None  # exact bytes
        self.stdout_sha256 = None
        self.stdout_words = []
        self.files = {}  # guest path -> sha256 or None (must not exist)
        self.timeout = None
        self.held_out = False

    def has_exact_output(self):
        return self.stdout is not None or self.stdout_sha256 is not None


class Prepared:
    """A case laid out in a scratch folder; see engines.py for how it becomes a command."""

    def __init__(self, case, folder):
        self.module = case.module
        self.args = case.args
        self.native = case.native
        self.env = case.env
        # Engines without folder options see the current folder as "/".
        self.root = os.path.join(folder, "root")
        self.stdin = os.path.join(folder, "stdin")
        self.dirs = []  # (folder, guest path)
        os.makedirs(self.root)
        for source, guest, copied in case.preopens:
            target = os.path.normpath(os.path.join(self.root, guest.strip("/") or "."))
            if source and copied:
                shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
            elif source:
                os.makedirs(os.path.dirname(target), exist_ok=True)
                os.symlink(source, target)
            else:
                os.makedirs(target, exist_ok=True)
            self.dirs.append((target, guest))
        with open(self.stdin, "wb") as out:
            for path, times in case.stdin_parts:
                with open(path, "rb") as f:
                    out.write(f.read() * times)

    def find(self, guest_path):
        """The file of the host that the guest calls guest_path."""
        return os.path.join(self.root, guest_path.strip("/"))


def own_cases(out_folder):
    """The programs of bench/programs, as built in out_folder."""
    expected = {}
    if os.path.exists(build_programs.EXPECTED):
        with open(build_programs.EXPECTED) as f:
            expected = json.load(f)
    found = []
    for name, _, _ in build_programs.programs():
        case = Case(name, "own", os.path.join(out_folder, name + ".wasm"), [])
        native = os.path.join(out_folder, "native", name)
        case.native = native if os.path.exists(native) else None
        if name in expected:
            case.stdout = expected[name].encode("ascii")
        found.append(case)
    return found


def described_cases(module_folders, corpus):
    """The cases of cases.json whose module and input are here; and the file itself."""
    with open(os.path.join(HERE, "cases.json")) as f:
        described = json.load(f)
    found, missing = [], []
    for name, d in described["cases"].items():
        places = [os.path.join(m, d["module"]) for m in module_folders]
        module = next((p for p in places if os.path.exists(p)), None)
        if not module:
            missing.append("%s: no %s" % (name, d["module"]))
            continue
        case = Case(name, "case", module, d.get("args", []))
        stdin = d.get("stdin", {})
        if "file" in stdin:
            case.stdin_parts = [(os.path.join(HERE, stdin["file"]), 1)]
        if "corpus" in stdin:
            path = os.path.join(corpus or "", stdin["corpus"])
            if not os.path.exists(path):
                missing.append("%s: no %s" % (name, stdin["corpus"]))
                continue
            case.stdin_parts = [(path, stdin.get("times", 1))]
        case.stdout_sha256 = d.get("stdout_sha256")
        found.append(case)
    return found, missing, described


def expand(text):
    return re.sub(r"\$\{(\w+)\}", lambda m: os.environ.get(m.group(1), m.group(0)), text)


def read_bytes(path):
    with open(path, "rb") as f:
        return f.read()


def corpus_cases(corpus):
    """Every case of a corpus whose module is here."""
    folder = os.path.join(corpus, "case")
    found = []
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        here = os.path.join(folder, name)
        if not os.path.exists(os.path.join(here, "cmd.json")):
            continue
        with open(os.path.join(here, "cmd.json")) as f:
            d = json.load(f)
        module = os.path.normpath(os.path.join(here, expand(d.get("module", "module.wasm"))))
        if not os.path.exists(module):
            continue
        case = Case(name, "corpus", module, d.get("args", []))
        case.env = ["%s=%s" % e for e in sorted(d.get("env", {}).items())]
        for p in d.get("preopens", []):
            host = expand(p["host"])
            source = os.path.normpath(os.path.join(here, host)) if host else ""
            case.preopens.append((source, p["guest"], not p.get("link")))
        if d.get("stdin"):
            case.stdin_parts = [(os.path.join(here, d["stdin"]), 1)]
        status = d.get("expected_exit", 0)
        case.exit_status = None if status == "nonzero" else status
        stdout = os.path.join(here, d.get("expected_stdout") or "expected_stdout")
        if os.path.exists(stdout):
            case.stdout = read_bytes(stdout)
        case.stdout_words = [w.encode() for w in d.get("stdout_contains", [])]
        for guest, want in d.get("expected_files", {}).items():
            if want is not None and want.startswith("sha256:"):
                case.files[guest] = want[7:]
            elif want is not None:
                case.files[guest] = hashlib.sha256(read_bytes(os.path.join(here, want))).hexdigest()
            else:
                case.files[guest] = None
        case.timeout = d.get("timeout_s")
        found.append(case)
    return found


def matches(name, patterns):
    """Comma-separated patterns of names (* and ?); '!PATTERN' takes names away again."""
    chosen = False
    words = [w for w in patterns.split(",") if w]
    if words and words[0].startswith("!"):
        chosen = True
    for word in words:
        if word.startswith("!"):
            if fnmatch.fnmatchcase(name, word[1:]):
                chosen = False
        elif fnmatch.fnmatchcase(name, word):
            chosen = True
    return chosen


def collect(out_folder, corpus, module_folders, patterns):
    """(cases, notes): what `patterns` names; without patterns, the usual choice."""
    own = own_cases(out_folder)
    some, missing, described = described_cases(module_folders, corpus)
    whole = corpus_cases(corpus) if corpus else []
    if patterns:
        chosen = [c for c in own + some + whole if matches(c.name, patterns)]
        missing = [m for m in missing if matches(m.split(":")[0], patterns)]
    else:
        chosen = own + some + [c for c in whole if c.name in described["corpus"]]
    for case in chosen:
        case.held_out = case.name in described["held_out"]
    return chosen, missing


# What differs from run to run in the output of programs that time themselves.
TIMES = [
    (re.compile(rb"\b\d+\.\d+ ?(s|ms|us|seconds|milliseconds)\b"), b"TIME"),
    (re.compile(rb"\b\d+ ?(ms|us|ns|milliseconds)\b"), b"TIME"),
]


def without_times(output):
    for pattern, word in TIMES:
        output = pattern.sub(word, output)
    return output


def check(case, prepared, status, output):
    """Why the run was wrong, or ''."""
    if case.exit_status is None and status == 0:
        return "exit status 0"
    if case.exit_status is not None and status != case.exit_status:
        return "exit status %d" % status
    if case.stdout is not None and output != case.stdout:
        return "wrong output"
    if case.stdout_sha256 and hashlib.sha256(output).hexdigest() != case.stdout_sha256:
        return "wrong output"
    for word in case.stdout_words:
        if word not in output:
            return "output lacks %r" % word.decode("utf-8", "replace")
    for guest, want in case.files.items():
        path = prepared.find(guest)
        if want is None and os.path.lexists(path):
            return "left the file %s" % guest
        if want is None:
            continue
        if not os.path.isfile(path):
            return "did not write the file %s" % guest
        if hashlib.sha256(read_bytes(path)).hexdigest() != want:
            return "wrong file %s" % guest
    return ""
