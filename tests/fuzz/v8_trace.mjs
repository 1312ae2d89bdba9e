// Prints what wasmi-modes-agree --trace prints, as the engine of node does it.
import fs from 'node:fs';

const view = new DataView(new ArrayBuffer(8));
function word(v) {
    if (typeof v === 'bigint') return ` ${BigInt.asIntN(64, v)}`;
    return undefined;
}
function float(v) {
    if (Number.isNaN(v)) return ' nan';
    view.setFloat64(0, v);
    return ' ' + view.getBigUint64(0).toString(16).padStart(16, '0');
}
// Types are not known to JavaScript: they come from a small reader of the sections that matter.
function signatures(bytes) {
    let at = 8;
    const u = () => { let r = 0, s = 0, b; do { b = bytes[at++]; r += (b & 127) * 2 ** s; s += 7; } while (b & 128); return r; };
    const name = () => { const n = u(); at += n; return Buffer.from(bytes.subarray(at - n, at)).toString(); };
    const types = [], funcs = [], imports = [], exports = [], memories = [];
    while (at < bytes.length) {
        const id = bytes[at++], end = u() + at;
        if (id === 1) {
            for (let n = u(); n > 0; --n) {
                at++;
                const list = () => Array.from({length: u()}, () => bytes[at++]);
                types.push({params: list(), results: list()});
            }
        } else if (id === 2) {
            for (let n = u(); n > 0; --n) {
                const module = name(), field = name(), kind = bytes[at++];
                if (kind !== 0) throw new Error('only functions are imported');
                const type = types[u()];
                funcs.push(type);
                imports.push({module, field, type});
            }
        } else if (id === 3) {
            for (let n = u(); n > 0; --n) funcs.push(types[u()]);
        } else if (id === 7) {
            for (let n = u(); n > 0; --n) {
                const field = name(), kind = bytes[at++], index = u();
                if (kind === 0) exports.push({field, type: funcs[index]});
                if (kind === 2) memories.push(field);
            }
        }
        at = end;
    }
    return {imports, exports, memories};
}
const I32 = 0x7F, I64 = 0x7E, F32 = 0x7D, F64 = 0x7C;
const argument = {[I32]: 7, [I64]: -9n, [F32]: 1.5, [F64]: -0.25};
const show = (type, v) => word(v) ?? (type === I32 ? ` ${v | 0}` : float(v));

for (const file of process.argv.slice(2)) {
    const bytes = fs.readFileSync(file);
    const {imports, exports, memories} = signatures(bytes);
    let trace = `module ${file}\n`;
    const supplied = {};
    for (const {module, field, type} of imports) {
        (supplied[module] ??= {})[field] = (...values) => {
            trace += field + values.map((v, i) => show(type.params[i], v)).join('') + '\n';
        };
    }
    let instance;
    try {
        instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), supplied);
    } catch (e) {
        trace += e instanceof WebAssembly.RuntimeError ? 'start trap\n' : `refused ${e}\n`;
    }
    for (const {field, type} of instance ? exports : []) {
        let line = field;
        try {
            const result = instance.exports[field](...type.params.map((t) => argument[t]));
            const results = type.results.length > 1 ? result : [result];
            line += type.results.map((t, i) => show(t, results[i])).join('');
        } catch (e) {
            line += e instanceof WebAssembly.RuntimeError ? ' trap' : e instanceof RangeError ? ' exhausted' : ` ${e}`;
        }
        trace += line + '\n';
    }
    for (const field of instance ? memories : []) {
        const memory = new Uint8Array(instance.exports[field].buffer);
        let hash = 0x811C9DC5;
        for (const byte of memory) hash = Math.imul(hash ^ byte, 0x01000193);
        trace += `memory ${field} ${memory.length} ${hash >>> 0}\n`;
    }
    process.stdout.write(trace);
}
