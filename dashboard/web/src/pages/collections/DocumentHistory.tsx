import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Clock, History } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../design/Button'
import { Choice } from '../../design/Choice'
import { Field } from '../../design/Field'
import { EmptyState } from '../../design/PageHeader'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { ask, type Answer } from '../../value/ask'
import { ValueTree } from '../../value/Value'
import { toldMicros } from '../../value/when'
import { Difference } from './Difference'
import { When } from './DocumentTable'
import { OpenInShell } from './ShowQuery'
import { documentRef } from './texts'
import { microsOf, olderThan, shownAt, stopOf, tsOf, type Against } from './slider'
import { Trouble } from './Trouble'
import { eventsText, versionsOf, versionText, type Version } from './versions'
import './history.css'

interface Search {
  at?: unknown
  against?: unknown
}

/** All versions of a document: one at a time, or with what differs between two. */
export function DocumentHistory({ collection, id }: { collection: string; id: string }) {
  const { path } = useDatabase()
  const events = useInfiniteQuery({
    queryKey: [path, 'events', collection, id],
    initialPageParam: undefined as Version | undefined,
    queryFn: async ({ pageParam, signal }) => versionsOf((await ask(path, eventsText(collection, id, pageParam), signal)).value),
    getNextPageParam: (last) => (last.more ? last.versions.at(-1) : undefined),
    staleTime: 0,
  })
  if (events.isError) return <Trouble error={events.error} what="the history of this document" onRetry={() => void events.refetch()} />
  if (!events.data) return null
  const versions = events.data.pages.flatMap((page) => page.versions)
  if (versions.length === 0)
    return (
      <EmptyState icon={<History />} title="No history">
        The collection keeps none of it any more, or there never was such a document.
      </EmptyState>
    )
  return <Versions collection={collection} id={id} versions={versions} {...(events.hasNextPage ? { onMore: () => void events.fetchNextPage() } : {})} />
}

interface VersionsProps {
  collection: string
  id: string
  versions: Version[]
  onMore?: () => void
}

function Versions({ collection, id, versions, onMore }: VersionsProps) {
  const { names } = useDatabase()
  const search: Search = useSearch({ strict: false })
  const navigate = useNavigate()
  const at = Number.isSafeInteger(Number(search.at)) && Number(search.at) > 0 ? Number(search.at) : versions[0]!.ts
  const against: Against = search.against === 'now' || search.against === 'alone' ? search.against : 'before'
  const go = (next: { at?: number; against?: Against }) => {
    const [toAt, toAgainst] = [next.at ?? at, next.against ?? against]
    void navigate({ to: pathTo(names, 'collections', collection, id), search: { show: 'history', at: toAt, ...(toAgainst === 'before' ? {} : { against: toAgainst }) }, replace: true })
  }
  // The newest version that was there at that time.
  const place = shownAt(versions, at)
  const shown = versions[place]
  const other = olderThan(versions, place, against)
  return (
    <section className="panel history-panel" aria-label="History">
      <Slider versions={versions} place={place} at={at} onChange={(ts) => go({ at: ts })} />
      <div className="history-columns">
        <nav className="history-list" aria-label="Versions">
          {versions.map((version, i) => (
            <button key={`${version.ts} ${version.action}`} type="button" className="history-version" aria-current={i === place || undefined} onClick={() => go({ at: version.ts })}>
              <When micros={version.ts} />
              <span className={`mark-state ${version.action === 'remove' || version.action === 'delete' ? 'mark-bad' : version.action === 'create' ? 'mark-good' : 'mark-warn'}`}>{version.action}</span>
            </button>
          ))}
          {onMore && (
            <Button kind="quiet" onClick={onMore}>
              Show older ones
            </Button>
          )}
        </nav>
        <div className="history-shown">
          <header className="history-head">
            <Choice
              label="Compare"
              value={against}
              onChange={(next) => go({ against: next })}
              options={[
                { value: 'before', label: 'What changed' },
                { value: 'now', label: 'Against now' },
                { value: 'alone', label: 'As it was' },
              ]}
            />
            <OpenInShell names={names} text={versionText(documentRef(collection, id), at)} />
          </header>
          {!shown && <p className="form-note">It was not there yet.</p>}
          {against === 'alone' && <AsItWas refText={documentRef(collection, id)} at={at} />}
          {against === 'before' && shown && <Compared refText={documentRef(collection, id)} before={other?.ts} after={at} older={other} />}
          {against === 'now' && shown && <Compared refText={documentRef(collection, id)} before={at} after={versions[0]!.ts} older={shown} />}
        </div>
      </div>
    </section>
  )
}

/** A stop for every version, and a field for any other time. */
function Slider({ versions, place, at, onChange }: { versions: Version[]; place: number; at: number; onChange: (ts: number) => void }) {
  const last = versions.length - 1
  const { local, exact } = toldMicros(at)
  const [typed, setTyped] = useState<{ text: string; of: number }>()
  const text = typed?.of === at ? typed.text : exact
  const micros = microsOf(text)
  return (
    <div className="history-slider">
      <label className="history-range">
        <span className="visually-hidden">Version, from the oldest to the newest</span>
        <input type="range" min={0} max={Math.max(last, 1)} disabled={last === 0} value={stopOf(versions, place)} aria-valuetext={local} onChange={(event) => onChange(tsOf(versions, Number(event.target.value)))} />
      </label>
      <form
        className="history-time"
        onSubmit={(event) => {
          event.preventDefault()
          if (micros !== undefined) onChange(micros)
        }}
      >
        <Field label="At" value={text} onChange={(event) => setTyped({ text: event.target.value, of: at })} error={micros === undefined ? 'ISO text, such as 2026-01-31T12:00:00Z, or microseconds.' : undefined} spellCheck={false} autoComplete="off" />
        <Button type="submit" icon={<Clock />} disabled={micros === undefined || micros === at}>
          Show
        </Button>
      </form>
    </div>
  )
}

/** The document at a time, from what is there for good: it is read once. */
function useVersion(refText: string, at: number | undefined) {
  const { path } = useDatabase()
  return useQuery({
    queryKey: [path, 'version', refText, at],
    queryFn: ({ signal }): Promise<Answer> | null => (at === undefined ? null : ask(path, versionText(refText, at), signal)),
    staleTime: Infinity,
  })
}

function AsItWas({ refText, at }: { refText: string; at: number }) {
  const { path } = useDatabase()
  const version = useVersion(refText, at)
  if (version.isError) return <Trouble error={version.error} what="this version" onRetry={() => void version.refetch()} />
  if (!version.data) return null
  if (version.data.value === null) return <p className="form-note">It was not there at that time.</p>
  return <ValueTree value={version.data.value} origin={{ database: path, text: versionText(refText, at) }} open={4} label="The document as it was" />
}

/** Every version has another time, which is told above. */
const withoutTime = (text: string) => text.replace(/^ {2}ts: \d+,\n/m, '')

function Compared({ refText, before, after, older }: { refText: string; before: number | undefined; after: number; older: Version | undefined }) {
  const [a, b] = [useVersion(refText, before), useVersion(refText, after)]
  const failed = a.isError ? a : b.isError ? b : undefined
  if (failed) return <Trouble error={failed.error} what="these versions" onRetry={() => void failed.refetch()} />
  if (a.data === undefined || b.data === undefined) return null
  const text = (answer: Answer | null) => (answer === null || answer.value === null ? '' : withoutTime(answer.shell))
  return <Difference before={text(a.data)} after={text(b.data)} from={older ? toldMicros(before ?? older.ts).local : 'before it was created'} to={toldMicros(after).local} />
}
