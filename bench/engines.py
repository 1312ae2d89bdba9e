# The engines that bench/compare.py knows: how each one is found, and how its
# command line names folders, variables, the module and the arguments.
import os
import shlex
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
# Where our own tool is built; searched before PATH.
OWN_BIN = os.path.join(ROOT, "build", "release", "bin")


class Engine:
    """One way to run programs. `style` is a key of STYLES, "native" or "template"."""

    def __init__(self, name, command, style):
        self.name = name
        self.command = command
        self.style = style
        self.version = ""

    def command_line(self, program):
        """The words that run `program` (a cases.Prepared), or None if they cannot be had."""
        if self.style == "native":
            return [program.native] + program.args if program.native else None
        if self.style == "template":
            return fill_template(self.command, program)
        return self.command + STYLES[self.style](program)


def fill_template(words, program):
    """{module}, {args}, {dirs} and {envs} in the words of a command."""
    lists = {
        "{args}": program.args,
        "{dirs}": [w for h, g in program.dirs for w in ("--dir", "%s::%s" % (h, g))],
        "{envs}": [w for e in program.env for w in ("--env", e)],
    }
    out = []
    for word in words:
        out += lists.get(word, [word.replace("{module}", program.module)])
    return out


def flags(option, values, joined=False):
    if joined:
        return ["%s=%s" % (option, v) for v in values]
    return [w for v in values for w in (option, v)]


def below_root(program):
    """The preopened folders as paths relative to the folder in which the engine is started."""
    return [g.strip("/") or "." for _, g in program.dirs]


# Common: --dir HOST::GUEST --env NAME=VALUE MODULE ARG...
def common(p):
    dirs = flags("--dir", ["%s::%s" % d for d in p.dirs])
    return dirs + flags("--env", p.env) + [p.module] + p.args


STYLES = {
    "common": common,
    # Has neither folders nor variables; "/" is the current folder.
    "wasm3": lambda p: ["--stack-size", "8388608", p.module] + p.args,
    "iwasm": lambda p: ["--stack-size=1048576"]
    + flags("--map-dir", ["%s::%s" % (g, h) for h, g in p.dirs], True)
    + flags("--env", p.env, True) + [p.module] + p.args,
    "wasmtime": lambda p: ["run"] + common(p),
    # These name a folder of the guest as it is called by the host.
    "wasmi": lambda p: flags("--dir", below_root(p)) + flags("--env", p.env) + [p.module] + p.args,
    "wasm-interp": lambda p: ["--wasi", "--enable-all"] + flags("--dir", below_root(p), True)
    + flags("--env", p.env, True) + [p.module] + (["--"] + p.args if p.args else []),
    "toywasm": lambda p: ["--wasi"] + flags("--wasi-dir", below_root(p))
    + flags("--wasi-env", p.env) + [p.module] + p.args,
    "wizeng": lambda p: [p.module] + p.args,
}

# (name, executables, further words, style), in the order of the tables.
KNOWN = [
    ("wasmi-run", ["wasmi-run"], [], "common"),
    ("wasm3", ["wasm3"], [], "wasm3"),
    ("iwasm", ["iwasm"], [], "iwasm"),
    ("wasmi", ["wasmi_cli", "wasmi"], [], "wasmi"),
    ("wasmtime", ["wasmtime"], [], "wasmtime"),
    ("wizeng", ["wizeng", "wizeng.x86-64-linux"], [], "wizeng"),
    ("toywasm", ["toywasm"], [], "toywasm"),
    ("wasm-interp", ["wasm-interp"], [], "wasm-interp"),
    ("liftoff", ["node"], ["--liftoff", "--no-wasm-tier-up"], "common"),
    ("turbofan", ["node"], ["--no-liftoff"], "common"),
    ("native", [], [], "native"),
]
# Engines that are left out unless asked for by name: far slower than the rest.
SLOW = {"wasm-interp"}


def node_words(node, further):
    """node with its flags and our runner; the flag for exceptions only where node knows it."""
    words = [node, "--no-warnings"] + further
    exnref = "--experimental-wasm-exnref"
    probe = subprocess.run([node, exnref, "-e", "0"], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=False)
    if probe.returncode == 0:
        words.append(exnref)
    return words + [os.path.join(HERE, "node_run.mjs")]


def find_known(name):
    """The engine of that name if it is here, else None."""
    for known, executables, further, style in KNOWN:
        if known != name:
            continue
        if style == "native":
            return Engine(name, [], style)
        for executable in executables:
            path = shutil.which(executable, path=OWN_BIN) if name == "wasmi-run" else None
            path = path or shutil.which(executable)
            if path:
                words = node_words(path, further) if executable == "node" else [path] + further
                return Engine(name, words, style)
    return None


def style_for(name, words):
    """The style of a command given by the user: by its name, then by its executable."""
    if any("{module}" in w for w in words):
        return "template"
    for candidate in (name, os.path.basename(words[0])):
        fitting = [k for k in KNOWN if candidate.startswith(k[0]) and k[3] != "native"]
        if fitting:
            return max(fitting, key=lambda k: len(k[0]))[3]
    return "common"


def parse_engine(text):
    """NAME=COMMAND, or the name of a known engine. Raises ValueError."""
    name, sign, command = text.partition("=")
    if not sign:
        engine = find_known(name)
        if not engine:
            raise ValueError("engine %s is not here" % name)
        return engine
    words = shlex.split(command)
    if not name or not words:
        raise ValueError("an engine is NAME=COMMAND, not '%s'" % text)
    path = shutil.which(words[0])
    if not path:
        raise ValueError("engine %s: no command %s" % (name, words[0]))
    # Engines are started in other folders, so the files that a command names are made absolute.
    words = [path] + [w if w.startswith(("-", "{")) or not os.path.exists(w) else os.path.abspath(w)
                      for w in words[1:]]
    return Engine(name, [os.path.abspath(path)] + words[1:], style_for(name, words))


def find_all():
    found = [find_known(k[0]) for k in KNOWN if k[0] not in SLOW]
    return [e for e in found if e]


def ask_version(engine):
    """The first line of --version, for the report only."""
    if engine.style == "native":
        return "the same sources, compiled for this machine"
    try:
        r = subprocess.run([engine.command[0], "--version"], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=10,
                           check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = r.stdout.decode("utf-8", "replace").strip().splitlines()
    return lines[0] if lines else ""
