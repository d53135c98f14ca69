// A second verifier of Seriatim's ledgers, written from docs/ledger.md: exports and
// receipts, offline, by public keys alone. It uses nothing but Node's crypto.
//
//	node verify.mjs --keys KEYS [--uni NAME] [--saved CHECKPOINT]... FILE
//
// It prints what it found as JSON; the exit status is 1 when the file is refused.
import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

export class Refusal extends Error {
  constructor(block, reason, detail) {
    super(detail);
    Object.assign(this, { block, reason });
  }
}

const sha = (...parts) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest();
const be64 = (n) => { const b = Buffer.alloc(8); b.writeBigUInt64BE(BigInt(n)); return b; };
const be32 = (n) => be64(n).subarray(4);
const string = (s) => { const b = Buffer.from(s); return Buffer.concat([be32(b.length), b]); };
const unhex = (s) => Buffer.from(s, 'hex');
const zeros = '0'.repeat(64);

const leafHash = (...data) => sha(Buffer.of(0), ...data);
const nodeHash = (left, right) => sha(Buffer.of(1), left, right);

// Tree is RFC 6962's; it holds the roots of the perfect subtrees of the leaves so far.
class Tree {
  size = 0;
  peaks = [];
  add(leaf) {
    for (let n = this.size++; n % 2 === 1; n = Math.floor(n / 2)) leaf = nodeHash(this.peaks.pop(), leaf);
    this.peaks.push(leaf);
  }
  root() { return this.peaks.reduceRight((right, left) => nodeHash(left, right)); }
}

// included computes the root that an inclusion proof leads to; null if its length is wrong.
function included(leaf, index, size, proof) {
  if (index >= size) return null;
  let [fn, sn, r] = [BigInt(index), BigInt(size) - 1n, leaf];
  for (const p of proof) {
    if (sn === 0n) return null;
    if (fn & 1n || fn === sn) {
      r = nodeHash(p, r);
      while (!(fn & 1n) && fn !== 0n) { fn >>= 1n; sn >>= 1n; }
    } else r = nodeHash(r, p);
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n ? r : null;
}

// Canonical text: what was understood is written again and compared.
const fail = (reason, detail) => { throw new Refusal('', reason, detail); };
const ensure = (ok, reason, detail) => ok || fail(reason, detail);
const isHex = (s, bytes) => typeof s === 'string' && s.length === 2 * bytes && /^[0-9a-f]*$/.test(s);
const isText = (s) => typeof s === 'string' && s.isWellFormed();
const isName = (s) => isText(s) && /^[^\x00-\x1f\x7f]+$/.test(s) && Buffer.byteLength(s) <= 255;
const isInteger = (n, max = Number.MAX_SAFE_INTEGER) => Number.isSafeInteger(n) && n >= 0 && n <= max;
const isHashes = (a) => Array.isArray(a) && a.every((h) => isHex(h, 32));

// parse reads an object of these members.
function parse(bytes, shape) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value = JSON.parse(text);
    if (JSON.stringify(pick(value, shape)) === text) return value;
  } catch {}
  return fail('form', 'not the canonical text');
}

const pick = (value, members) => Object.fromEntries(members.map((m) => [m, value?.[m]]));

const fullChain = ['block', 'first', 'last', 'count', 'previous', 'root'];
const bothChains = [...fullChain, 'hash', 'previousRedacted', 'redactedRoot', 'redactedHash'];
const ofTransaction = ['transaction', 'ts', 'owner', 'submitted', 'parts', 'signature'];
const exact = (value, members) => ensure(value instanceof Object && JSON.stringify(pick(value, members)) === JSON.stringify(value), 'form', 'other members');

function checkBlock(b) {
  ensure(/^[0-9]{15,}$/.test(b.block) && String(Number(b.block)).padStart(15, '0') === b.block && isInteger(Number(b.block)), 'form', 'block');
  ensure(isInteger(b.first) && isInteger(b.last) && b.first <= b.last && isInteger(b.count, 2 ** 32 - 1) && b.count > 0, 'form', 'block');
  ensure(isHex(b.previous, 32) && isHex(b.root, 32), 'form', 'block');
}

function checkTransaction(t) {
  ensure(isName(t.transaction) && isName(t.owner) && isInteger(t.ts) && isInteger(t.submitted), 'form', 'transaction');
  ensure(Array.isArray(t.parts) && t.parts.length > 0 && isHex(t.signature, 64), 'form', 'transaction');
  for (const p of t.parts) {
    const hidden = p?.commitment !== undefined;
    ensure(isText(p) || (hidden && isHex(p.commitment, 32)) || (isHex(p?.salt, 16) && isText(p.path) && isText(p.text)), 'form', 'part');
    if (typeof p !== 'string') exact(p, hidden ? ['commitment'] : ['salt', 'path', 'text']);
  }
}

// leaves are a transaction's two hashes: the full one, which is signed, and the redacted one.
function leaves(uni, t) {
  const header = Buffer.concat([Buffer.of(1), string(uni), string(t.transaction), string(t.owner), be64(t.submitted), be32(t.parts.length)]);
  const tree = new Tree();
  let text = '';
  for (const p of t.parts) {
    if (typeof p === 'string') {
      tree.add(leafHash(Buffer.of(0), sha('seriatim open part v1\n', p)));
      text += p;
    } else {
      const commitment = p.commitment ? unhex(p.commitment) : sha('seriatim guarded part v1\n', unhex(p.salt), string(p.path), p.text);
      tree.add(leafHash(Buffer.of(1), commitment));
      text += '$${' + commitment.toString('hex') + '}';
    }
  }
  return [leafHash(header, tree.root()), leafHash('seriatim redacted transaction v1\n', header, text)];
}

const stamped = (ts, leaf) => leafHash(be64(ts), leaf);
const blockHash = (tag, uni, b, previous, root) =>
  sha(tag, string(uni), be64(Number(b.block)), be64(b.first), be64(b.last), be32(b.count), unhex(previous), unhex(root)).toString('hex');
const fullHash = (uni, b) => blockHash('seriatim block v1\n', uni, b, b.previous, b.root);
const redactedHash = (uni, b) => blockHash('seriatim redacted block v1\n', uni, b, b.previousRedacted, b.redactedRoot);
const blockID = (height) => String(height).padStart(15, '0');

function checkSignature(keys, t, leaf) {
  ensure(keys.has(t.owner), 'owner', `no key was given for node ${t.owner}`);
  const message = Buffer.concat([Buffer.from('seriatim transaction v1\n'), leaf]);
  ensure(verifySignature(null, message, keys.get(t.owner).key, unhex(t.signature)), 'signature', `${t.owner} did not sign ${t.transaction}`);
}

// readKeys reads lines of name+hash+base64.
export function readKeys(text) {
  const keys = new Map();
  for (const line of text.split('\n').map((l) => l.trim()).filter((l) => l && !l.startsWith('#'))) {
    const [name, hash, ...rest] = line.split('+');
    const raw = Buffer.from(rest.join('+'), 'base64');
    const short = sha(name + '\n', raw).subarray(0, 4);
    if (raw.length !== 33 || raw[0] !== 1 || short.toString('hex') !== hash) throw new Error(`not a public key: ${line}`);
    const der = Buffer.concat([unhex('302a300506032b6570032100'), raw.subarray(1)]);
    keys.set(name, { short, key: createPublicKey({ key: der, format: 'der', type: 'spki' }) });
  }
  return keys;
}

// openNote verifies a signed checkpoint. A strict one may have no signature that
// cannot be checked.
function openNote(note, keys, strict) {
  const at = note.lastIndexOf('\n\n');
  ensure(at >= 0 && note.endsWith('\n') && !/[\x00-\x09\x0b-\x1f]/.test(note), 'checkpoint', 'not a signed note');
  const text = note.slice(0, at + 1);
  const signed = new Set();
  const lines = note.slice(at + 2).split('\n').slice(0, -1);
  ensure(lines.length > 0 && lines.length <= 100, 'checkpoint', 'no signatures, or too many');
  for (const line of lines) {
    const [, name, base64] = /^— ([^\s+]+) ([A-Za-z0-9+/]+=*)$/u.exec(line) ?? fail('checkpoint', 'a malformed signature');
    const raw = Buffer.from(base64, 'base64');
    const node = keys.get(name);
    const known = node !== undefined && node.short.equals(raw.subarray(0, 4));
    ensure(!strict || (known && !signed.has(name) && raw.toString('base64') === base64), 'checkpoint', 'a signature that cannot be checked');
    if (!known) continue;
    ensure(verifySignature(null, Buffer.from(text), node.key, raw.subarray(4)), 'checkpoint', `a wrong signature by ${name}`);
    signed.add(name);
  }
  ensure(signed.size > 0, 'checkpoint', 'no signature of a given key');
  const m = /^seriatim\/([^\n]+)\n([1-9][0-9]*)\n([A-Za-z0-9+/]{43}=)\nblock ([0-9a-f]{64})\nredacted ([0-9a-f]{64})\n$/u.exec(text);
  ensure(m && isName(m[1]) && isInteger(Number(m[2])) && Buffer.from(m[3], 'base64').toString('base64') === m[3], 'checkpoint', 'not a checkpoint');
  return { text, uni: m[1], size: Number(m[2]), root: Buffer.from(m[3], 'base64'), signed: [...signed] };
}

const checkpointText = (uni, size, root, hash, redacted) =>
  `seriatim/${uni}\n${size}\n${root.toString('base64')}\nblock ${hash}\nredacted ${redacted}\n`;

// openSaved verifies the saved checkpoints and gives their texts by size.
function openSaved(options) {
  const saved = new Map();
  let { uni } = options;
  for (const note of options.saved ?? []) {
    const c = openNote(note, options.keys, false);
    uni ||= c.uni;
    ensure(c.uni === uni, 'uni', 'a saved checkpoint of another uni');
    if ((saved.get(c.size) ?? c.text) !== c.text) throw new Refusal(blockID(c.size - 1), 'fork', 'two saved checkpoints of one size differ');
    saved.set(c.size, c.text);
  }
  return { saved, uni };
}

function verifyExport(bytes, options) {
  const { saved, uni: wanted } = openSaved(options);
  const tree = new Tree(), seen = new Set();
  let offset = 0, height = 0, uni = '', transactions = 0, hidden = 0, last = null, forkAt = 0;
  const line = () => {
    const end = bytes.indexOf(10, offset);
    ensure(end >= 0, 'form', 'the text ends without a checkpoint');
    const l = bytes.subarray(offset, end);
    offset = end + 1;
    return l;
  };
  const here = () => checkpointText(uni, tree.size, tree.root(), last.hash, last.redactedHash);
  const block = (l) => {
    const b = parse(l, bothChains);
    checkBlock(b);
    ensure(isHex(b.hash, 32) && isHex(b.previousRedacted, 32) && isHex(b.redactedRoot, 32) && isHex(b.redactedHash, 32), 'form', 'block');
    ensure(b.hash === fullHash(uni, b) && b.redactedHash === redactedHash(uni, b), 'hash', 'the hash is not that of the header');
    ensure(Number(b.block) === height && (!last || b.first > last.last), 'order', `block ${b.block} stands here`);
    ensure(b.previous === (last?.hash ?? zeros) && b.previousRedacted === (last?.redactedHash ?? zeros), 'chain', 'it does not follow the block before');
    const full = new Tree(), redacted = new Tree();
    for (let i = 0, ts = b.first - 1; i < b.count; i++) {
      const t = parse(line(), ofTransaction);
      checkTransaction(t);
      ensure(t.ts > ts && t.ts <= b.last && (i || t.ts === b.first) && (i < b.count - 1 || t.ts === b.last), 'order', `transaction at ${t.ts}`);
      ts = t.ts;
      ensure(!seen.has(t.transaction), 'repeated', `transaction ${t.transaction} stands here again`);
      const [leaf, short] = leaves(uni, t);
      checkSignature(options.keys, t, leaf);
      seen.add(t.transaction);
      full.add(stamped(ts, leaf));
      redacted.add(stamped(ts, short));
      [transactions, hidden] = [transactions + 1, hidden + t.parts.filter((p) => p.commitment).length];
    }
    ensure(full.root().equals(unhex(b.root)) && redacted.root().equals(unhex(b.redactedRoot)), 'root', 'the transactions are not those that the block was made of');
    tree.add(leafHash(unhex(b.hash)));
    last = b;
    height++;
    if (saved.has(height) && saved.get(height) !== here()) forkAt ||= height;
  };
  try {
    const p = parse(line(), ['seriatim', 'format', 'uni']);
    ensure(p.seriatim === 'ledger export' && p.format === 1 && isName(p.uni), 'form', 'not an export that this program knows');
    ensure(!wanted || wanted === p.uni, 'uni', `the ledger of uni ${p.uni}`);
    uni = p.uni;
    let l = line();
    for (; !last || !l.subarray(0, 14).equals(Buffer.from('{"checkpoint":')); l = line()) block(l);
    height--;
    const { checkpoint } = parse(l, ['checkpoint']);
    ensure(isText(checkpoint), 'form', 'checkpoint');
    const c = openNote(checkpoint, options.keys, true);
    ensure(c.text === here(), 'checkpoint', 'the signed checkpoint is of another ledger');
    ensure(offset === bytes.length, 'form', 'the text goes on after the checkpoint');
    height = forkAt ? forkAt - 1 : c.size;
    ensure(!forkAt, 'fork', 'a saved checkpoint has another history up to here');
    ensure(Math.max(0, ...saved.keys()) <= c.size, 'short', 'the ledger ends before a saved checkpoint');
    return { uni, blocks: c.size, transactions, hidden, signed: c.signed };
  } catch (e) {
    if (e instanceof Refusal) e.block = blockID(height);
    throw e;
  }
}

function verifyReceipt(bytes, options) {
  const { saved, uni } = openSaved(options);
  const members = ['seriatim', 'format', 'uni', 'block', 'transaction', 'index', 'inclusion', 'blockInclusion', 'checkpoint'];
  ensure(bytes.at(-1) === 10, 'form', 'no line feed at the end');
  const r = parse(bytes.subarray(0, -1), members);
  ensure(r.seriatim === 'ledger receipt' && r.format === 1 && isName(r.uni), 'form', 'not a receipt that this program knows');
  exact(r.block, fullChain);
  exact(r.transaction, ofTransaction);
  checkBlock(r.block);
  checkTransaction(r.transaction);
  ensure(isInteger(r.index, 2 ** 32 - 1) && isHashes(r.inclusion) && isHashes(r.blockInclusion) && isText(r.checkpoint), 'form', 'receipt');
  try {
    const { block: b, transaction: t } = r;
    ensure(!uni || uni === r.uni, 'uni', `a receipt of uni ${r.uni}`);
    const [leaf] = leaves(r.uni, t);
    checkSignature(options.keys, t, leaf);
    const c = openNote(r.checkpoint, options.keys, true);
    ensure(c.uni === r.uni, 'checkpoint', 'a checkpoint of another uni');
    const root = included(stamped(t.ts, leaf), r.index, b.count, r.inclusion.map(unhex));
    ensure(root?.toString('hex') === b.root && t.ts >= b.first && t.ts <= b.last, 'proof', 'the transaction is not in the block');
    const top = included(leafHash(unhex(fullHash(r.uni, b))), Number(b.block), c.size, r.blockInclusion.map(unhex));
    ensure(top?.equals(c.root), 'proof', 'the block is not in the tree');
    if ((saved.get(c.size) ?? c.text) !== c.text) throw new Refusal(blockID(c.size - 1), 'fork', 'a saved checkpoint of this size differs');
    return { uni: r.uni, block: b.block, transaction: t.transaction, hidden: t.parts.filter((p) => p.commitment).length, signed: c.signed };
  } catch (e) {
    if (e instanceof Refusal) e.block ||= r.block.block;
    throw e;
  }
}

// verify checks an export or a receipt by {keys, uni, saved}. It throws a Refusal.
export const verify = (bytes, options) =>
  (bytes.subarray(0, 28).includes('"ledger receipt"') ? verifyReceipt : verifyExport)(bytes, options);

function main(args) {
  const options = { saved: [] };
  let file;
  while (args.length > 0) {
    const a = args.shift();
    if (a === '--keys') options.keys = readKeys(readFileSync(args.shift(), 'utf8'));
    else if (a === '--uni') options.uni = args.shift();
    else if (a === '--saved') options.saved.push(readFileSync(args.shift(), 'utf8'));
    else file = a;
  }
  try {
    console.log(JSON.stringify({ accepted: true, ...verify(readFileSync(file), options) }));
  } catch (e) {
    if (!(e instanceof Refusal)) throw e;
    console.log(JSON.stringify({ accepted: false, block: e.block, reason: e.reason, detail: e.message }));
    process.exitCode = 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) main(process.argv.slice(2));
