import { useMemo } from 'react'
import { linesBetween } from './versions'
import './history.css'

const signs = { same: ' ', removed: '-', added: '+' } as const
const words = { same: '', removed: 'removed: ', added: 'added: ' } as const

/** Two texts as one, with the lines that go and that come. */
export function Difference({ before, after, from, to }: { before: string; after: string; from: string; to: string }) {
  const lines = useMemo(() => linesBetween(before, after), [before, after])
  const changed = lines.filter((line) => line.kind !== 'same').length
  return (
    <>
      <p className="form-note">
        {from} to {to}: {changed === 0 ? 'nothing differs.' : `${changed} ${changed === 1 ? 'line differs' : 'lines differ'}.`}
      </p>
      <pre className="difference" tabIndex={0} role="group" aria-label="What differs">
        {lines.map((line, i) => (
          <span key={i} className={`difference-line difference-${line.kind}`}>
            <span className="difference-sign" aria-hidden="true">
              {signs[line.kind]}
            </span>
            {line.kind !== 'same' && <span className="visually-hidden">{words[line.kind]}</span>}
            {line.text}
            {'\n'}
          </span>
        ))}
      </pre>
    </>
  )
}
