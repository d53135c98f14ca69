import { History } from 'lucide-react'
import type { Cost } from '../../api/run'
import { toldMicros } from '../../value/when'
import { spentOf } from './spent'

/** When an answer's transaction was, and what it cost. The time can be read at again. */
export function Spent({ answer: { txn, cost }, onAt }: { answer: { txn?: number; cost?: Cost }; onAt: ((at: string) => void) | undefined }) {
  if (!txn && !cost) return null
  return (
    <footer className="spent">
      {txn ? (
        <Instant txn={txn} onAt={onAt} />
      ) : null}
      {cost && spentOf(cost).map(({ text, name, marked }) => (
        <span key={name} className={marked ? 'spent-marked' : undefined}>
          {text}
        </span>
      ))}
    </footer>
  )
}

function Instant({ txn, onAt }: { txn: number; onAt: ((at: string) => void) | undefined }) {
  const { exact } = toldMicros(txn)
  if (!onAt) return <time dateTime={exact} title={`Transaction time ${txn} µs`}>{exact}</time>
  return (
    <button type="button" className="spent-time" title={`Transaction time ${txn} µs. A click reads at it from now on.`} aria-label={`Transaction time ${exact}. Read at it.`} onClick={() => onAt(String(txn))}>
      <History aria-hidden="true" />
      {exact}
    </button>
  )
}
