import { RefreshCw } from 'lucide-react'
import { Button } from '../../design/Button'
import { clock, toldMicros } from '../../value/when'

interface Props {
  /** The snapshot that is shown, in microseconds; none before the first answer. */
  txn: number | undefined
  busy: boolean
  /** Whether the last attempt got no answer. */
  stale: boolean
  onRefresh: () => void
}

/** As of when the page is, and the button that reads again. */
export function Reading({ txn, busy, stale, onRefresh }: Props) {
  return (
    <span className="reading">
      {txn !== undefined && (
        <span className={stale ? 'reading-stale' : 'reading-time'} title={`The snapshot of ${toldMicros(txn).exact}`}>
          {stale ? 'No answer since ' : 'As of '}
          <time dateTime={toldMicros(txn).exact}>{clock(txn)}</time>
        </span>
      )}
      <Button className={busy ? 'reading-busy' : ''} icon={<RefreshCw />} aria-label="Refresh" title="Refresh" onClick={onRefresh} />
    </span>
  )
}
