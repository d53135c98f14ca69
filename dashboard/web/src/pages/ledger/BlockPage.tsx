import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronLeft, ChevronRight, Download, ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { messageOf } from '../../api/http'
import { Button } from '../../design/Button'
import { PageHeader } from '../../design/PageHeader'
import { useDatabase, type Database } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { toldMicros } from '../../value/when'
import { download } from '../unis/download'
import { Copied } from '../unis/MadeUni'
import { useUniPlace } from '../unis/place'
import { UnisTrail } from '../unis/UnisTrail'
import { UniTrouble } from '../unis/UniTrouble'
import { blockQuery, receiptText, sizeQuery } from './api'
import { Steps, Verdict } from './Steps'
import { useKeys, useLedgerOf, type LedgerOf } from './useLedger'
import { verifyPortion, type Portion } from './verify/block'
import { blockID, Refusal, type Part, type Transaction } from './verify/form'
import { receiptOf, verifyReceipt } from './verify/receipt'
import '../unis/unis.css'
import './ledger.css'

/** One block: its place in the chain, its transactions, and its verification. */
export function BlockPage() {
  const database = useDatabase()
  const { uni, block } = useUniPlace()
  const { ledger, error, refetch } = useLedgerOf(database, uni)
  const height = Number(block)
  return (
    <div className="page block-page">
      <PageHeader trail={<UnisTrail names={database.names} page="ledger" uni={uni} />} title={Number.isSafeInteger(height) ? `Block ${height.toLocaleString('en')}` : block} window={[`Block ${block}`, uni, database.label]}>
        {ledger && <Beside database={database} ledger={ledger} height={height} />}
      </PageHeader>
      {error && <UniTrouble error={error} what={uni} onRetry={() => void refetch()} />}
      {ledger && <Shown key={`${block} ${ledger.place.node}`} database={database} ledger={ledger} id={block} />}
    </div>
  )
}

function Beside({ database, ledger, height }: { database: Database; ledger: LedgerOf; height: number }) {
  const size = useQuery(sizeQuery(ledger.place))
  const way = (to: number, label: string, icon: React.ReactNode) =>
    to < 0 || (size.data !== undefined && to >= size.data) ? (
      <span className="button button-plain button-icon pager-none" role="link" aria-disabled="true" aria-label={label}>
        {icon}
      </span>
    ) : (
      <Link className="button button-plain button-icon" to={pathTo(database.names, 'ledger', ledger.uni.name, blockID(to))} search={{ node: ledger.place.node }} aria-label={label} title={label}>
        {icon}
      </Link>
    )
  return (
    <>
      {way(height - 1, 'The block before', <ChevronLeft />)}
      {way(height + 1, 'The block after', <ChevronRight />)}
    </>
  )
}

function Shown({ database, ledger, id }: { database: Database; ledger: LedgerOf; id: string }) {
  const reading = useQuery(blockQuery(ledger.place, id))
  const all = (
    <Link className="button button-plain" to={pathTo(database.names, 'ledger', ledger.uni.name)}>
      All blocks
    </Link>
  )
  if (reading.isError) return <UniTrouble error={reading.error} what="this block" action={all} onRetry={() => void reading.refetch()} />
  if (!reading.data) return null
  return (
    <>
      <Facts database={database} ledger={ledger} portion={reading.data} />
      <Verification ledger={ledger} portion={reading.data} />
      <Transactions ledger={ledger} portion={reading.data} />
    </>
  )
}

function Facts({ database, ledger, portion }: { database: Database; ledger: LedgerOf; portion: Portion }) {
  const b = portion.block
  const height = Number(b.block)
  const [first, last] = [toldMicros(b.first), toldMicros(b.last)]
  return (
    <section className="panel block-facts" aria-label="Header">
      <dl className="node-facts">
        <Fact name="Block id">{b.block}</Fact>
        <Fact name="Time">
          <time dateTime={last.exact} title={b.first === b.last ? last.exact : `${first.exact} to ${last.exact}`}>
            {last.local}
          </time>
        </Fact>
        <Fact name="Hash">
          <Copied text={b.hash} label="Copy the hash" />
        </Fact>
        <Fact name="Previous">
          {height > 0 ? (
            <Link className="block-previous" to={pathTo(database.names, 'ledger', ledger.uni.name, blockID(height - 1))} search={{ node: ledger.place.node }}>
              <code>{b.previous}</code>
            </Link>
          ) : (
            'none: it is the genesis'
          )}
        </Fact>
        <Fact name="Root">
          <Copied text={b.root} label="Copy the root" />
        </Fact>
        <Fact name="Redacted">
          <Copied text={b.redactedHash} label="Copy the redacted hash" />
        </Fact>
      </dl>
    </section>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Verification({ ledger, portion }: { ledger: LedgerOf; portion: Portion }) {
  const { keys, obstacle } = useKeys(ledger)
  const checked = useQuery({
    queryKey: ['verified', portion.uni, portion.block.hash, portion.checkpoint, [...(keys?.keys() ?? [])], ledger.trust.keys],
    queryFn: () => verifyPortion(portion, keys!),
    enabled: keys !== undefined,
    staleTime: Infinity,
  })
  return (
    <section className="panel" aria-label="Verification">
      <header className="panel-head">
        <h2>Verification in this browser</h2>
        {checked.data && <Verdict steps={checked.data.steps} />}
      </header>
      <div className="trusted-body" aria-live="polite">
        {obstacle !== undefined && <p className="trusted-obstacle">{obstacle}</p>}
        {ledger.changed.length > 0 && <p className="trusted-obstacle">The server shows another key for {ledger.changed.join(' and ')} than when this browser first saw it; the first is used.</p>}
        {checked.isError && <p className="trusted-obstacle">{messageOf(checked.error)}</p>}
        {checked.data && <Steps steps={checked.data.steps} />}
        {portion.uni !== ledger.uni.identity && <p className="trusted-obstacle">The block is of {portion.uni}, which is not this uni.</p>}
      </div>
    </section>
  )
}

const atFirst = 25

function Transactions({ ledger, portion }: { ledger: LedgerOf; portion: Portion }) {
  const [shown, setShown] = useState(atFirst)
  const all = portion.transactions
  return (
    <section className="block-transactions" aria-label="Transactions">
      <h2>
        {all.length.toLocaleString('en')} {all.length === 1 ? 'transaction' : 'transactions'}
      </h2>
      {all.slice(0, shown).map((t) => (
        <One key={t.transaction} ledger={ledger} t={t} />
      ))}
      {all.length > shown && <Button onClick={() => setShown(shown + 100)}>Show {Math.min(100, all.length - shown)} more</Button>}
    </section>
  )
}

function One({ ledger, t }: { ledger: LedgerOf; t: Transaction }) {
  const { keys } = useKeys(ledger)
  const prove = useMutation({
    mutationFn: async () => {
      const text = await receiptText(ledger.place, t.transaction)
      try {
        return { text, steps: await verifyReceipt(receiptOf(text), keys!) }
      } catch (thrown) {
        if (!(thrown instanceof Refusal)) throw thrown
        return { text, steps: [{ what: 'The receipt can be read', problem: thrown.message, reason: thrown.reason }] }
      }
    },
  })
  const time = toldMicros(t.ts)
  return (
    <article className="panel">
      <header className="panel-head">
        <h3 className="transaction-title">
          <span className="transaction-owner">{t.owner}</span>
          <time dateTime={time.exact} title={time.exact}>
            {time.local}
          </time>
        </h3>
        <span className="transaction-ways">
          <Button icon={<ShieldCheck />} disabled={!keys || prove.isPending} onClick={() => prove.mutate()} title="Fetches a receipt, which proves this transaction alone, and verifies it">
            Prove it
          </Button>
          {prove.data && <Button icon={<Download />} aria-label="Download the receipt" title="Download the receipt" onClick={() => download(`${t.transaction}.receipt`, prove.data.text)} />}
        </span>
      </header>
      <Text parts={t.parts} />
      <div aria-live="polite">
        {prove.isError && <p className="field-error transaction-proof">{messageOf(prove.error)}</p>}
        {prove.data && (
          <div className="transaction-proof">
            <Verdict steps={prove.data.steps} />
            <Steps steps={prove.data.steps} />
          </div>
        )}
      </div>
      <dl className="node-facts transaction-facts">
        <Fact name="Id">
          <Copied text={t.transaction} label="Copy the id" />
        </Fact>
        <Fact name="Submitted">{toldMicros(t.submitted).exact}</Fact>
        <Fact name="Signature">
          <Copied text={t.signature} label="Copy the signature" />
        </Fact>
      </dl>
    </article>
  )
}

/** The text that was signed; what this node may not see is marked. */
function Text({ parts }: { parts: Part[] }) {
  return (
    <pre className="transaction-text">
      {parts.map((part, i) => {
        if (typeof part === 'string') return part
        if ('commitment' in part)
          return (
            <span key={i} className="part-hidden" title={`Left out; its commitment is ${part.commitment}`}>
              left out
            </span>
          )
        return (
          <span key={i} className="part-guarded" title={`Guarded: ${part.path}`}>
            {part.text}
          </span>
        )
      })}
    </pre>
  )
}
