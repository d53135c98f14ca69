import { useQueries, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { Download } from 'lucide-react'
import { useMemo, useRef, useState, type FormEvent, type KeyboardEvent } from 'react'
import { Button } from '../../design/Button'
import { PageHeader } from '../../design/PageHeader'
import { useDatabase, type Database } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { toldMicros } from '../../value/when'
import { useUniPlace } from '../unis/place'
import { UnisTrail } from '../unis/UnisTrail'
import { UniTrouble } from '../unis/UniTrouble'
import { blocksQuery, chunk, exportUrl, sizeQuery } from './api'
import { Trusted } from './Trusted'
import { useLedgerOf, type LedgerOf } from './useLedger'
import { blockID, type ChainedBlock } from './verify/form'
import '../unis/unis.css'
import './ledger.css'

/** The blocks of a uni, and their verification. */
export function LedgerPage() {
  const database = useDatabase()
  const { uni } = useUniPlace()
  const { ledger, own, error, refetch } = useLedgerOf(database, uni)
  return (
    <div className="page ledger-page">
      <PageHeader trail={<UnisTrail names={database.names} page="ledger" />} title={uni} window={['Ledger', uni, database.label]}>
        {ledger && <NodeChoice ledger={ledger} fixed={own !== undefined} />}
        {ledger && (
          <a className="button button-plain" href={exportUrl(ledger.place)} download={`${uni}.jsonl`}>
            <Download />
            Export
          </a>
        )}
      </PageHeader>
      {error && (
        <UniTrouble
          error={error}
          what={uni}
          onRetry={() => void refetch()}
          action={
            <Link className="button button-plain" to={pathTo(database.names, 'unis')}>
              All unis
            </Link>
          }
        />
      )}
      {ledger && <Shown key={`${database.path} ${uni} ${ledger.place.node}`} database={database} ledger={ledger} />}
    </div>
  )
}

function NodeChoice({ ledger, fixed }: { ledger: LedgerOf; fixed: boolean }) {
  const navigate = useNavigate()
  return (
    <label className="graph-node">
      <span>As seen by</span>
      <select value={ledger.place.node} disabled={fixed} onChange={(event) => void navigate({ to: '.', search: { node: event.target.value }, replace: true })}>
        {ledger.uni.nodes.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  )
}

function Shown({ database, ledger }: { database: Database; ledger: LedgerOf }) {
  const size = useQuery(sizeQuery(ledger.place))
  if (size.isError && size.data === undefined) return <UniTrouble error={size.error} what="the ledger" onRetry={() => void size.refetch()} />
  if (size.data === undefined) return null
  return (
    <>
      <Trusted ledger={ledger} size={size.data} />
      <Blocks database={database} ledger={ledger} size={size.data} />
    </>
  )
}

const rowHeight = 38
/** A taller list than browsers can have would be cut; further down one goes by number. */
const mostRows = 400_000

function Blocks({ database, ledger, size }: { database: Database; ledger: LedgerOf; size: number }) {
  const scroll = useRef<HTMLDivElement>(null)
  const navigate = useNavigate()
  const count = Math.min(size, mostRows)
  const rows = useVirtualizer({ count, getScrollElement: () => scroll.current, estimateSize: () => rowHeight, overscan: 12 })
  const items = rows.getVirtualItems()
  const heightAt = (index: number) => size - 1 - index
  const chunks = useMemo(() => [...new Set(items.map((item) => Math.floor(heightAt(item.index) / chunk)))], [items, size])
  const read = useQueries({ queries: chunks.map((number) => blocksQuery(ledger.place, number, size)) })
  const known = (height: number) => read[chunks.indexOf(Math.floor(height / chunk))]?.data?.get(height)
  const to = (height: number) => pathTo(database.names, 'ledger', ledger.uni.name, blockID(height))
  const [focused, setFocused] = useState(0)
  const press = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -count, End: count }[event.key]
    if (event.key === 'Enter') return void navigate({ to: to(heightAt(focused)), search: { node: ledger.place.node } })
    if (by === undefined) return
    event.preventDefault()
    const next = Math.min(count - 1, Math.max(0, focused + by))
    setFocused(next)
    rows.scrollToIndex(next)
  }
  return (
    <section className="panel ledger-panel" aria-label="Blocks">
      <header className="panel-head">
        <h2>
          {size.toLocaleString('en')} {size === 1 ? 'block' : 'blocks'}
        </h2>
        <GoTo size={size} onGo={(height) => void navigate({ to: to(height), search: { node: ledger.place.node } })} />
      </header>
      <div className="ledger-row ledger-row-head" aria-hidden="true">
        <span>Block</span>
        <span>Time</span>
        <span className="ledger-figures">Transactions</span>
        <span>Hash</span>
      </div>
      <div className="ledger-scroll" ref={scroll} tabIndex={0} onKeyDown={press} aria-label="Blocks, the newest first. Arrow keys move, Enter opens one." role="group">
        <div className="ledger-rows" style={{ height: rows.getTotalSize() }}>
          {items.map((item) => {
            const height = heightAt(item.index)
            return (
              <Link
                key={height}
                to={to(height)}
                search={{ node: ledger.place.node }}
                preload={false}
                tabIndex={-1}
                className={item.index === focused ? 'ledger-row ledger-row-focused' : 'ledger-row'}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <Row height={height} block={known(height)} />
              </Link>
            )
          })}
        </div>
      </div>
    </section>
  )
}

function Row({ height, block }: { height: number; block: ChainedBlock | undefined }) {
  const time = block && toldMicros(block.last)
  return (
    <>
      <span className="ledger-height">
        {height.toLocaleString('en')}
        {height === 0 && <span className="ledger-genesis">genesis</span>}
      </span>
      <span className="ledger-time" title={time?.exact}>
        {time?.local ?? '…'}
      </span>
      <span className="ledger-figures">{block?.count.toLocaleString('en')}</span>
      <code className="ledger-hash">{block?.hash}</code>
    </>
  )
}

function GoTo({ size, onGo }: { size: number; onGo: (height: number) => void }) {
  const [text, setText] = useState('')
  const height = /^\d{1,15}$/.test(text.trim()) ? Number(text) : NaN
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (height < size) onGo(height)
  }
  return (
    <form className="ledger-go" onSubmit={submit}>
      <input className="field-input" aria-label="Number of a block" placeholder={`0 to ${size - 1}`} inputMode="numeric" value={text} onChange={(event) => setText(event.target.value)} />
      <Button type="submit" disabled={!(height < size)}>
        Go to block
      </Button>
    </form>
  )
}
