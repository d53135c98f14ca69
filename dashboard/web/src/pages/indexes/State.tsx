import type { IndexDefinition } from './definition'

/** Whether an index answers yet. */
export function State({ index }: { index: IndexDefinition }) {
  if (index.active) return <span className="mark-state mark-good">active</span>
  const failed = index.build?.startsWith('failed') === true
  return (
    <>
      <span className={`mark-state ${failed ? 'mark-bad' : 'mark-warn'}`}>{failed ? 'failed' : 'building'}</span>
      {index.build !== undefined && <span className="form-note"> {index.build}</span>}
    </>
  )
}
