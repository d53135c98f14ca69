import { RefreshCw } from 'lucide-react'
import { Button } from '../../design/Button'
import { clock, toldMicros } from '../../value/when'

/** Pages read again whenever they come in sight: the shell changes what they show. */
export const fresh = { staleTime: 0, refetchOnWindowFocus: 'always' } as const

interface Props {
  /** When it was read, in milliseconds, 0 for not yet. */
  at: number
  /** The snapshot that was read, in microseconds: when the newest change in it was
   *  made. */
  txn: number | undefined
  busy: boolean
  /** Whether the last attempt got no answer. */
  stale: boolean
  onRefresh: () => void
}

/** As of when the page is, and the button that reads again. */
export function Reading({ at, txn, busy, stale, onRefresh }: Props) {
  return (
    <span className="reading">
      {txn !== undefined && (
        <span className={stale ? 'reading-stale' : 'reading-time'} title={`One snapshot; the newest change in it is of ${toldMicros(txn).exact}`}>
          {stale ? 'No answer since ' : 'As of '}
          <time dateTime={new Date(at).toISOString()}>{clock(at * 1000)}</time>
        </span>
      )}
      <Button className={busy ? 'reading-busy' : ''} icon={<RefreshCw />} aria-label="Refresh" title="Refresh" onClick={onRefresh} />
    </span>
  )
}
