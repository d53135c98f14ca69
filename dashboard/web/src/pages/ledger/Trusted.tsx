import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Download, Link2, ShieldCheck, Square } from 'lucide-react'
import { useState } from 'react'
import { messageOf } from '../../api/http'
import { Button } from '../../design/Button'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { toldMicros } from '../../value/when'
import { download } from '../unis/download'
import { FileDrop } from '../unis/FileDrop'
import { keepTrust, trustOf, withCheckpoint, type Kept } from './trust'
import { useKeys, type LedgerOf } from './useLedger'
import { Refusal } from './verify/form'
import { openNote, type Keys } from './verify/keys'
import { checkContinues, useWhole, type Whole } from './whole'

/** What this browser trusts of the uni, and the verification of the whole ledger. */
export function Trusted({ ledger, size }: { ledger: LedgerOf; size: number }) {
  const { keys, obstacle } = useKeys(ledger)
  const { whole, start, cancel } = useWhole(ledger, keys)
  const { checkpoints } = ledger.trust
  const running = whole?.state === 'running'
  return (
    <section className="panel trusted" aria-label="Verification">
      <header className="panel-head">
        <h2>Verification in this browser</h2>
        {running ? (
          <Button icon={<Square />} onClick={cancel}>
            Stop
          </Button>
        ) : (
          <Button kind="primary" icon={<ShieldCheck />} disabled={!keys} onClick={() => void start(checkpoints.map((c) => c.note))}>
            Verify the whole ledger
          </Button>
        )}
      </header>
      <div className="trusted-body">
        {obstacle !== undefined && (
          <p className="trusted-obstacle" role="alert">
            {obstacle}
          </p>
        )}
        <KeysLine ledger={ledger} />
        <div aria-live="polite">{whole && <Outcome whole={whole} size={size} ledger={ledger} />}</div>
        <Checkpoints ledger={ledger} keys={keys} />
      </div>
    </section>
  )
}

function KeysLine({ ledger }: { ledger: LedgerOf }) {
  const { uni, trust, changed } = ledger
  if (changed.length > 0)
    return (
      <div className="causes" role="alert">
        <p className="causes-headline">The server shows another key for {changed.join(' and ')} than when this browser first saw it.</p>
        <p>Nodes do not change their keys. What is verified here goes by the keys that were seen first; ask the other parties before you take new ones.</p>
        <Button onClick={() => keepTrust(uni.identity, { ...trust, keys: Object.fromEntries(uni.nodes.map((n) => [n.name, n.publicKey])), since: Date.now() })}>Take the new keys</Button>
      </div>
    )
  return (
    <p className="trusted-note">
      By the public keys of {uni.nodes.map((n) => n.name).join(', ')}, as this browser first saw them
      {trust.since > 0 && ` on ${toldMicros(trust.since * 1000).local}`}. Compare them with the other parties’: whoever has the keys need not trust the server.
    </p>
  )
}

function Outcome({ whole, size, ledger }: { whole: Whole; size: number; ledger: LedgerOf }) {
  const { names } = useDatabase()
  switch (whole.state) {
    case 'running':
      return (
        <div className="progress">
          <progress max={Math.max(size, whole.blocks)} value={whole.blocks} aria-label="Blocks verified" />
          <span>
            {whole.blocks.toLocaleString('en')} of {size.toLocaleString('en')} blocks, {whole.transactions.toLocaleString('en')} transactions
          </span>
        </div>
      )
    case 'right':
      return (
        <div className="verdict-good">
          <strong className="verdict verdict-right">Verified</strong> {counted(whole.report.blocks, 'block')} with {counted(whole.report.transactions, 'transaction')} in{' '}
          {whole.took < 1000 ? `${Math.round(whole.took)} ms` : `${(whole.took / 1000).toFixed(1)} s`}: every hash, every signature, and the checkpoint at the end, which {whole.report.signed.join(' and ')} signed.
          {whole.report.hidden > 0 && ` ${whole.report.hidden.toLocaleString('en')} parts are not shown to this node; what stands in their place is right.`} The checkpoint is kept below.
        </div>
      )
    case 'wrong':
      return (
        <div className="causes" role="alert">
          <p className="causes-headline">
            Refused <code>{whole.reason}</code>
          </p>
          <p>{whole.message}</p>
          {whole.block !== '' && (
            <p>
              <Link to={pathTo(names, 'ledger', ledger.uni.name, whole.block)} search={{ node: ledger.place.node }}>
                Block {Number(whole.block).toLocaleString('en')}
              </Link>
            </p>
          )}
        </div>
      )
    case 'broken':
      return (
        <div className="causes" role="alert">
          <p className="causes-headline">It could not be read to its end</p>
          <p>{whole.message}</p>
        </div>
      )
  }
}

const counted = (n: number, what: string) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`

function Checkpoints({ ledger, keys }: { ledger: LedgerOf; keys: Keys | undefined }) {
  const { uni, trust } = ledger
  const [problem, setProblem] = useState<string>()
  const add = async (files: { name: string; text: string }[]) => {
    setProblem(undefined)
    for (const { name, text } of files) {
      try {
        if (!keys) return
        const c = await openNote(text, keys, false)
        if (c.uni !== uni.identity) throw new Error(`It is of ${c.uni}.`)
        keepTrust(uni.identity, withCheckpoint(trustOf(uni.identity), { size: c.size, note: text, at: Date.now() }))
      } catch (thrown) {
        setProblem(`${name}: ${messageOf(thrown)}`)
      }
    }
  }
  return (
    <details className="checkpoints" open={trust.checkpoints.length > 0 && trust.checkpoints.length <= 3}>
      <summary>
        {trust.checkpoints.length === 0 ? 'No checkpoints kept yet' : `${trust.checkpoints.length} ${trust.checkpoints.length === 1 ? 'checkpoint' : 'checkpoints'} kept in this browser`}
      </summary>
      <p className="trusted-note">A checkpoint is the whole ledger in a few lines that nodes signed. With one kept, changed history is found. Keep one elsewhere, too, and compare with the other parties’.</p>
      <ul className="checkpoint-list">
        {[...trust.checkpoints].reverse().map((kept) => (
          <Checkpoint key={`${kept.size} ${kept.at}`} ledger={ledger} kept={kept} keys={keys} />
        ))}
      </ul>
      <FileDrop label="Add a checkpoint that you or another party kept" accept="" onFiles={(files) => void add(files)} />
      {problem !== undefined && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
    </details>
  )
}

function Checkpoint({ ledger, kept, keys }: { ledger: LedgerOf; kept: Kept; keys: Keys | undefined }) {
  const check = useMutation({ mutationFn: () => checkContinues(ledger, keys!, kept) })
  const refused = check.error instanceof Refusal
  return (
    <li>
      <span className="checkpoint-size">
        {counted(kept.size, 'block')}
      </span>
      <time dateTime={new Date(kept.at).toISOString()}>{toldMicros(kept.at * 1000).local}</time>
      <span className="checkpoint-said" role="status">
        {check.data !== undefined && `The ledger of ${counted(check.data, 'block')} continues it.`}
        {check.isError && <span className="field-error">{refused ? `Refused: ${check.error.message}` : messageOf(check.error)}</span>}
      </span>
      <Button kind="quiet" icon={<Link2 />} disabled={!keys || check.isPending} onClick={() => check.mutate()} title="Asks the server for a proof that the ledger continues this checkpoint">
        Still so?
      </Button>
      <Button kind="quiet" icon={<Download />} aria-label={`Download the checkpoint of ${kept.size} blocks`} title="Download" onClick={() => download(`${ledger.uni.name}-${kept.size}.note`, kept.note)} />
    </li>
  )
}
