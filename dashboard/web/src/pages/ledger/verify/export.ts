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

/** How many blocks are checked at once, and how many transactions of one: the browser
 *  hashes in other threads, and each answer takes its time to come. */
const blocksAtOnce = 32
const transactionsAtOnce = 64
/** When so many transactions wait, nothing more is read. */
const mostWaiting = 2_000

/** A block that was read and is being checked. */
interface Task {
  block: ChainedBlock
  transactions: Transaction[]
  /** What reading it found wrong: nothing after it is read. */
  wrong?: Refusal
  checked: Promise<void>
}

class Verifier {
  /** The block that an error is about. */
  height = 0
  private readonly tree = new Tree()
  private readonly seen = new Set<string>()
  private read: ChainedBlock | undefined
  private done: ChainedBlock | undefined
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
    const last = await this.blocks()
    this.height--
    return this.end(parse(last, ['checkpoint'])['checkpoint'])
  }

  private async line(): Promise<Bytes> {
    const line = await this.lines.next()
    ensure(line !== undefined, 'form', early)
    return line
  }

  /** Reads blocks ahead of what is checked, and returns the line behind them. What is
   *  wrong first in the ledger is told, whatever is found first. */
  private async blocks(): Promise<Bytes> {
    const waiting: Task[] = []
    let trouble: unknown
    try {
      for (let line = await this.line(); ; line = await this.line()) {
        if (this.read && startsWith(line, '{"checkpoint":')) {
          for (const task of waiting) await this.settle(task)
          return line
        }
        const task = await this.task(parseBlock(line))
        waiting.push(task)
        if (task.wrong) break
        this.read = task.block
        this.height++
        while (waiting.length >= blocksAtOnce || waiting.reduce((n, t) => n + t.transactions.length, 0) > mostWaiting) await this.settle(waiting.shift()!)
      }
    } catch (thrown) {
      trouble = thrown
      if (thrown instanceof Refusal) thrown.block ||= blockID(this.height)
    }
    for (const task of waiting) await this.settle(task)
    throw trouble
  }

  /** Reads a block's transactions and begins to check it. */
  private async task(block: ChainedBlock): Promise<Task> {
    const transactions: Transaction[] = []
    const misplaced = this.misplaced(block)
    let wrong: Refusal | undefined
    try {
      while (!misplaced && transactions.length < block.count) transactions.push(await this.transaction(block, transactions.length, transactions.at(-1)))
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown
      wrong = thrown
    }
    const checked = this.check(block, transactions, misplaced, wrong)
    checked.catch(() => undefined) // it is told when its turn comes
    const found = misplaced ?? wrong
    return { block, transactions, checked, ...(found === undefined ? {} : { wrong: found }) }
  }

  /** Why a block may not stand here, if so. */
  private misplaced(b: ChainedBlock): Refusal | undefined {
    const before = this.read
    const zeros = '0'.repeat(64)
    if (Number(b.block) !== this.height || (before && b.first <= before.last)) return new Refusal('order', `Block ${b.block} stands in the place of ${blockID(this.height)}.`)
    if (b.previous !== (before?.hash ?? zeros) || b.previousRedacted !== (before?.redactedHash ?? zeros)) return new Refusal('chain', 'The block does not follow the one before it.')
    return undefined
  }

  private async transaction(b: ChainedBlock, i: number, before: Transaction | undefined): Promise<Transaction> {
    const t = parseTransaction(await this.line())
    const after = before?.ts ?? b.first - 1
    ensure(t.ts > after && t.ts <= b.last && (i > 0 || t.ts === b.first) && (i < b.count - 1 || t.ts === b.last), 'order', `The transaction at ${t.ts} does not stand in its order.`)
    ensure(!this.seen.has(t.transaction), 'repeated', `Transaction ${t.transaction} stands in the ledger twice.`)
    this.seen.add(t.transaction)
    return t
  }

  /** The checks of a block that take hashing, among those that reading it has made. */
  private async check(b: ChainedBlock, transactions: Transaction[], misplaced: Refusal | undefined, wrong: Refusal | undefined): Promise<void> {
    const height = blockID(this.height)
    try {
      await checkHashes(this.uni, b)
      if (misplaced) throw misplaced
      const leaves: { leaf: Bytes; redacted: Bytes }[] = []
      for (let at = 0; at < transactions.length; at += transactionsAtOnce) leaves.push(...(await this.leaves(transactions.slice(at, at + transactionsAtOnce))))
      if (wrong) throw wrong
      await checkRoots(b, transactions, leaves)
    } catch (thrown) {
      if (thrown instanceof Refusal) thrown.block = height
      throw thrown
    }
  }

  private async leaves(some: Transaction[]): Promise<{ leaf: Bytes; redacted: Bytes }[]> {
    const outcomes = await Promise.allSettled(some.map((t) => checkTransaction(this.uni, t, this.options.keys)))
    return outcomes.map((o) => {
      if (o.status === 'rejected') throw o.reason
      return o.value
    })
  }

  /** Waits for a block, and adds it to what is verified. */
  private async settle({ block, transactions, checked }: Task): Promise<void> {
    await checked
    await this.tree.add(await leafHash(unhex(block.hash)))
    this.done = block
    this.transactions += transactions.length
    this.hidden += transactions.reduce((n, t) => n + t.parts.filter((p) => typeof p === 'object' && 'commitment' in p).length, 0)
    const { size } = this.tree
    const kept = this.saved.get(size)
    if (kept !== undefined && kept !== (await this.here())) this.forked ||= size
    this.options.onProgress?.(size, this.transactions)
  }

  private async here(): Promise<string> {
    return checkpointText(this.uni, this.tree.size, base64(await this.tree.root()), this.done!.hash, this.done!.redactedHash)
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

function startsWith(line: Bytes, text: string): boolean {
  return line.length >= text.length && [...text].every((c, i) => line[i] === c.charCodeAt(0))
}
