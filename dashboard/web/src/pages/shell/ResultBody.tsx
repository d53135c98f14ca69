import { lazy, Suspense, useMemo, type ReactNode } from 'react'
import type { ResultEvent } from '../../api/run'
import { messageOf } from '../../api/http'
import { Highlighted } from '../../editor/Highlighted'
import { useLinks } from '../../layout/links'
import { ValueTree } from '../../value/Value'
import { tableOf } from './table'
import { openLevels, valueOf, type View } from './views'

const ResultTable = lazy(() => import('./ResultTable').then(({ ResultTable }) => ({ default: ResultTable })))

/** A result as its pane shows results. What is no table says so and is a tree. */
export function ResultBody({ result, view, label }: { result: ResultEvent; view: View; label: string }) {
  const linkFor = useLinks()
  if (result.omitted) return <p className="answer-omitted">{result.omitted}</p>
  if (view === 'shell' || view === 'json') {
    const text = view === 'json' ? result.json : result.shell
    return <Highlighted text={text} linkFor={linkFor} language={view === 'json' ? 'json' : 'fql'} />
  }
  return view === 'table' ? <AsTable result={result} label={label} /> : <AsTree result={result} label={label} />
}

function AsTable({ result, label }: { result: ResultEvent; label: string }) {
  const shaped = useMemo(() => attempt(() => tableOf(valueOf(result))), [result])
  if ('trouble' in shaped) return <p className="answer-omitted">{shaped.trouble}</p>
  const table = shaped.value
  if (typeof table !== 'string')
    return (
      <Suspense fallback={<p className="answer-omitted">Reading…</p>}>
        <ResultTable table={table} label={label} />
      </Suspense>
    )
  return (
    <>
      <p className="answer-note">{table}</p>
      <AsTree result={result} label={label} />
    </>
  )
}

function AsTree({ result, label }: { result: ResultEvent; label: string }): ReactNode {
  const read = useMemo(
    () =>
      attempt(() => {
        const value = valueOf(result)
        return { value, open: openLevels(value) }
      }),
    [result],
  )
  if ('trouble' in read) return <p className="answer-omitted">{read.trouble}</p>
  return <ValueTree value={read.value.value} open={read.value.open} label={label} />
}

function attempt<T>(read: () => T): { value: T } | { trouble: string } {
  try {
    return { value: read() }
  } catch (thrown) {
    return { trouble: `This result cannot be shown so. ${messageOf(thrown)}` }
  }
}
