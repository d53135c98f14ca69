import { useQueries, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import { useCallback, useMemo, useState, type FormEvent } from 'react'
import { Button } from '../../design/Button'
import { PageHeader } from '../../design/PageHeader'
import { Rows } from '../../design/Rows'
import { useDatabase, type Database } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { toldMicros } from '../../value/when'
import { useUniPlace } from '../unis/place'
import { NodeChoice } from '../unis/NodeChoice'
import { UnisTrail } from '../unis/UnisTrail'
import { UniTrouble } from '../unis/UniTrouble'
import { blocksQuery, chunk, chunksBetween, exportUrl, sizeQuery } from './api'
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
        {ledger && <SeenBy ledger={ledger} fixed={own !== undefined} />}
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

function SeenBy({ ledger, fixed }: { ledger: LedgerOf; fixed: boolean }) {
  const navigate = useNavigate()
  return (
    <NodeChoice label="As seen by" nodes={ledger.uni.nodes} value={ledger.place.node} fixed={fixed} onChange={(node) => void navigate({ to: '.', search: { node }, replace: true })} />
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

/** A taller list than browsers can have would be cut; further down one goes by number. */
const mostRows = 400_000

function Blocks({ database, ledger, size }: { database: Database; ledger: LedgerOf; size: number }) {
  const navigate = useNavigate()
  const count = Math.min(size, mostRows)
  const [[first, last], setShown] = useState([0, 0])
  const onShown = useCallback((from: number, to: number) => setShown((now) => (now[0] === from && now[1] === to ? now : [from, to])), [])
  const heightAt = (index: number) => size - 1 - index
  const chunks = useMemo(() => chunksBetween(size - 1 - Math.min(Math.max(first, last), size - 1), size - 1 - first), [first, last, size])
  const read = useQueries({ queries: chunks.map((number) => blocksQuery(ledger.place, number, size)) })
  const known = (height: number) => read[chunks.indexOf(Math.floor(height / chunk))]?.data?.get(height)
  const to = (height: number) => pathTo(database.names, 'ledger', ledger.uni.name, blockID(height))
  return (
    <section className="panel ledger-panel" aria-label="Blocks">
      <header className="panel-head">
        <h2>
          {size.toLocaleString('en')} {size === 1 ? 'block' : 'blocks'}
        </h2>
        <GoTo size={size} onGo={(height) => void navigate({ to: to(height), search: { node: ledger.place.node } })} />
      </header>
      <Rows
        label="Blocks, the newest first. Arrow keys move between rows, Enter opens one."
        className="ledger-rows"
        head={
          <>
            <th scope="col" className="rows-pinned">
              Block
            </th>
            <th scope="col">Time</th>
            <th scope="col" className="rows-figures">
              Transactions
            </th>
            <th scope="col" className="ledger-hash">
              Hash
            </th>
          </>
        }
        columns={4}
        count={count}
        total={size}
        keyOf={(index) => String(heightAt(index))}
        onShown={onShown}
        row={(index, tabIndex) => <Row ledger={ledger} to={to(heightAt(index))} height={heightAt(index)} block={known(heightAt(index))} tabIndex={tabIndex} />}
      />
    </section>
  )
}

function Row({ ledger, to, height, block, tabIndex }: { ledger: LedgerOf; to: string; height: number; block: ChainedBlock | undefined; tabIndex: 0 | -1 }) {
  const time = block && toldMicros(block.last)
  return (
    <>
      <th scope="row" className="rows-pinned">
        <span className="ledger-height">
          <Link className="rows-opener" data-opener="" to={to} search={{ node: ledger.place.node }} preload={false} tabIndex={tabIndex}>
            {height.toLocaleString('en')}
          </Link>
          {height === 0 && <span className="ledger-genesis">genesis</span>}
        </span>
      </th>
      <td className="rows-time" title={time?.exact}>
        {time?.local ?? '…'}
      </td>
      <td className="rows-figures">{block?.count.toLocaleString('en')}</td>
      <td className="ledger-hash">
        <code>{block?.hash}</code>
      </td>
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
