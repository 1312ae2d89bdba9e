// Runs a WASI command under node's own WASI, with the command line of the other engines:
//   node_run.mjs [--dir HOST::GUEST]... [--env NAME=VALUE]... MODULE [ARG...]
import {readFileSync} from 'node:fs';
import {basename} from 'node:path';
import {WASI} from 'node:wasi';

const words = process.argv.slice(2);
const preopens = {}, env = {};
while (words[0]?.startsWith('--')) {
    const [option, value] = words.splice(0, 2);
    const [name, rest] = value.split(option === '--dir' ? '::' : /=(.*)/s);
    if (option === '--dir') preopens[rest ?? name] = name;
    else env[name] = rest ?? '';
}
const module = new WebAssembly.Module(readFileSync(words[0]));
const wasi = new WASI({
    version: 'preview1', args: [basename(words[0]), ...words.slice(1)], env, preopens,
    returnOnExit: true,
});
const imports = {wasi_snapshot_preview1: {...wasi.wasiImport}};
for (const {module: from, name, kind} of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    if (kind === 'function') imports[from][name] ??= () => 52;  // ENOSYS
}
try {
    process.exitCode = wasi.start(new WebAssembly.Instance(module, imports));
} catch (error) {
    console.error(String(error?.stack ?? error));
    process.exitCode = 134;
}
