/** Verifying a whole ledger while it is read (docs/ledger.md, "Verifying an export"). */

import { base64, unhex, type Bytes } from './bytes'
import { checkHashes, checkRoots, checkTransaction } from './block'
import { blockID, ensure, isName, isText, parse, parseBlock, parseTransaction, Refusal, type ChainedBlock, type Transaction } from './form'
import { leafHash, Tree } from './hash'
import { checkpointText } from './hashes'
import { openNote, type Keys } from './keys'

export interface Options {
  keys: Keys
  /** The uni that it has to be of. */
  uni?: string
  /** Checkpoints that were kept. */
  saved?: string[]
  /** Told after each block. */
  onProgress?: (blocks: number, transactions: number) => void
}

/** What was verified. */
export interface Report {
  uni: string
  blocks: number
  transactions: number
  /** How many parts this copy leaves out. */
  hidden: number
  signed: string[]
  /** The signed checkpoint at the end. */
  checkpoint: string
}

/** Lines of a text that comes in pieces. */
export class Lines {
  private rest: Bytes = new Uint8Array()
  constructor(private readonly source: AsyncIterator<Bytes>) {}

  /** The next line without its line feed; undefined when the text ends without one. */
  async next(): Promise<Bytes | undefined> {
    const pieces: Bytes[] = []
    for (;;) {
      const end = this.rest.indexOf(10)
      if (end >= 0) {
        pieces.push(this.rest.subarray(0, end) as Bytes)
        this.rest = this.rest.subarray(end + 1) as Bytes
        return pieces.length === 1 ? pieces[0]! : concat(pieces)
      }
      if (this.rest.length > 0) pieces.push(this.rest)
      const { value, done } = await this.source.next()
      this.rest = done ? new Uint8Array() : value
      if (done) return undefined
    }
  }

  /** Whether nothing follows. */
  async atEnd(): Promise<boolean> {
    while (this.rest.length === 0) {
      const { value, done } = await this.source.next()
      if (done) return true
      this.rest = value
    }
    return false
  }
}

function concat(pieces: Bytes[]): Bytes {
  const out = new Uint8Array(pieces.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const p of pieces) {
    out.set(p, at)
    at += p.length
  }
  return out
}

/** Verifies an export as it arrives. Throws Refusal, which names the block. */
export async function verifyExport(source: AsyncIterator<Bytes>, options: Options): Promise<Report> {
  const saved = await openSaved(options)
  const lines = new Lines(source)
  const v = new Verifier(lines, options, saved.notes)
  try {
    return await v.run(saved.uni ?? options.uni)
  } catch (thrown) {
    if (thrown instanceof Refusal && thrown.block === '') thrown.block = blockID(v.height)
    throw thrown
  }
}

/** Verifies the checkpoints that were kept, and gives their texts by size. */
async function openSaved({ saved = [], keys, uni }: Options): Promise<{ notes: Map<number, string>; uni?: string }> {
  const notes = new Map<number, string>()
  let of = uni
  for (const note of saved) {
    const c = await openNote(note, keys, false)
    of ??= c.uni
    ensure(c.uni === of, 'uni', 'A kept checkpoint is of another uni.')
    if ((notes.get(c.size) ?? c.text) !== c.text) throw new Refusal('fork', 'Two kept checkpoints of one size differ: that is evidence of two histories.', blockID(c.size - 1))
    notes.set(c.size, c.text)
  }
  return of === undefined ? { notes } : { notes, uni: of }
}

const early = 'The ledger ends early, without a checkpoint.'

class Verifier {
  height = 0
  private readonly tree = new Tree()
  private readonly seen = new Set<string>()
  private last: ChainedBlock | undefined
  private uni = ''
  private transactions = 0
  private hidden = 0
  private forked = 0

  constructor(
    private readonly lines: Lines,
    private readonly options: Options,
    private readonly saved: Map<number, string>,
  ) {}

  async run(wanted: string | undefined): Promise<Report> {
    const head = parse(await this.line(), ['seriatim', 'format', 'uni'])
    ensure(head['seriatim'] === 'ledger export' && head['format'] === 1 && isName(head['uni']), 'form', 'It is no export of a ledger that this page knows.')
    this.uni = head['uni']
    ensure(wanted === undefined || wanted === this.uni, 'uni', `It is the ledger of ${this.uni}.`)
    let line = await this.line()
    while (!this.last || !startsWith(line, '{"checkpoint":')) {
      await this.block(parseBlock(line))
      this.options.onProgress?.(this.height, this.transactions)
      line = await this.line()
    }
    this.height--
    return this.end(parse(line, ['checkpoint'])['checkpoint'])
  }

  private async line(): Promise<Bytes> {
    const line = await this.lines.next()
    ensure(line !== undefined, 'form', early)
    return line
  }

  private async block(b: ChainedBlock): Promise<void> {
    const before = this.last
    await checkHashes(this.uni, b)
    ensure(Number(b.block) === this.height && (!before || b.first > before.last), 'order', `Block ${b.block} stands in the place of ${blockID(this.height)}.`)
    const zeros = '0'.repeat(64)
    ensure(b.previous === (before?.hash ?? zeros) && b.previousRedacted === (before?.redactedHash ?? zeros), 'chain', 'The block does not follow the one before it.')
    await this.contents(b)
    await this.tree.add(await leafHash(unhex(b.hash)))
    this.last = b
    this.height++
    const kept = this.saved.get(this.height)
    if (kept !== undefined && kept !== (await this.here())) this.forked ||= this.height
  }

  /** Transactions are checked many at once: the browser does it in other threads. */
  private async contents(b: ChainedBlock): Promise<void> {
    const all: Transaction[] = []
    const leaves: { leaf: Bytes; redacted: Bytes }[] = []
    while (all.length < b.count) {
      const some: Transaction[] = []
      while (some.length < atOnce && all.length + some.length < b.count) {
        some.push(await this.transaction(b, all.length + some.length, some.at(-1) ?? all.at(-1), some))
      }
      leaves.push(...(await this.checked(some)))
      all.push(...some)
    }
    await checkRoots(b, all, leaves)
    this.transactions += all.length
    this.hidden += all.reduce((n, t) => n + t.parts.filter((p) => typeof p === 'object' && 'commitment' in p).length, 0)
  }

  /** Reads a transaction. When it is refused, those before it are checked first: what
   *  fails first is what is told. */
  private async transaction(b: ChainedBlock, i: number, before: Transaction | undefined, some: Transaction[]): Promise<Transaction> {
    try {
      const t = parseTransaction(await this.line())
      const after = before?.ts ?? b.first - 1
      ensure(t.ts > after && t.ts <= b.last && (i > 0 || t.ts === b.first) && (i < b.count - 1 || t.ts === b.last), 'order', `The transaction at ${t.ts} does not stand in its order.`)
      ensure(!this.seen.has(t.transaction), 'repeated', `Transaction ${t.transaction} stands in the ledger twice.`)
      this.seen.add(t.transaction)
      return t
    } catch (thrown) {
      await this.checked(some)
      throw thrown
    }
  }

  private async checked(some: Transaction[]): Promise<{ leaf: Bytes; redacted: Bytes }[]> {
    const outcomes = await Promise.allSettled(some.map((t) => checkTransaction(this.uni, t, this.options.keys)))
    return outcomes.map((o) => {
      if (o.status === 'rejected') throw o.reason
      return o.value
    })
  }

  private async here(): Promise<string> {
    return checkpointText(this.uni, this.tree.size, base64(await this.tree.root()), this.last!.hash, this.last!.redactedHash)
  }

  private async end(note: unknown): Promise<Report> {
    ensure(isText(note), 'form', 'The last line has no checkpoint.')
    const c = await openNote(note, this.options.keys, true)
    ensure(c.text === (await this.here()), 'checkpoint', 'The signed checkpoint is of another ledger.')
    ensure(await this.lines.atEnd(), 'form', 'The text goes on after the checkpoint.')
    if (this.forked) throw new Refusal('fork', 'A kept checkpoint has another history up to here.', blockID(this.forked - 1))
    if (Math.max(0, ...this.saved.keys()) > c.size) throw new Refusal('short', 'The ledger ends before a kept checkpoint: its end was cut off.', blockID(c.size))
    return { uni: this.uni, blocks: c.size, transactions: this.transactions, hidden: this.hidden, signed: c.signed, checkpoint: note }
  }
}

const atOnce = 64

function startsWith(line: Bytes, text: string): boolean {
  return line.length >= text.length && [...text].every((c, i) => line[i] === c.charCodeAt(0))
}
