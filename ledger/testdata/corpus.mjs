// Holds verify.mjs to the corpus: node corpus.mjs DIRECTORY CHANGES
// It also changes as many random bytes of two exports and a receipt in turn, and none
// may be missed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { Refusal, readKeys, verify } from './verify.mjs';

const [directory, changes] = process.argv.slice(2);
const read = (name) => readFileSync(join(directory, name));
const keys = readKeys(read('keys.txt').toString());
let wrong = 0;

const verdict = (bytes, options) => {
  try {
    return verify(bytes, { keys, ...options });
  } catch (e) {
    if (!(e instanceof Refusal)) throw e;
    return e;
  }
};

const cases = JSON.parse(read('cases.json').toString());
for (const c of cases) {
  const v = verdict(read(c.name), { uni: c.uni, saved: (c.saved ?? []).map((n) => read(n).toString()) });
  if ((v.reason ?? '') === (c.reason ?? '') && (v.block === (c.block ?? '') || !c.reason)) continue;
  wrong++;
  console.log(`${c.name}: ${v.reason ?? 'accepted'} at ${v.block}: ${v.message}; wanted ${c.reason ?? 'accepted'} at ${c.block} (${c.why})`);
}
console.log(`${cases.length} files`);

for (let i = 0; i < changes; i++) {
  const name = ['honest.jsonl', 'redacted.jsonl', 'receipt.json'][i % 3];
  const bytes = read(name);
  const random = randomBytes(5);
  const at = random.readUInt32BE() % bytes.length;
  const was = bytes[at];
  bytes[at] ^= random[4] || 1;
  if (verdict(bytes, {}) instanceof Refusal) continue;
  wrong++;
  console.log(`${name}: byte ${at} changed from ${was} to ${bytes[at]} is not refused`);
}
console.log(`${changes} changes`);
process.exitCode = wrong ? 1 : 0;
