import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { Choice } from '../../design/Choice'
import { CopyButton } from '../../design/CopyButton'
import { PageHeader } from '../../design/PageHeader'
import { Highlighted } from '../../editor/Highlighted'
import { useDatabase, useThing, type Database } from '../../layout/database'
import { useLinks } from '../../layout/links'
import { pathTo, shellWith } from '../../layout/paths'
import { ask, type Answer } from '../../value/ask'
import { get } from '../../value/access'
import { toldMicros } from '../../value/when'
import { ValueTree } from '../../value/Value'
import { CollectionsTrail } from './CollectionsTrail'
import { fresh, Reading } from './Reading'
import { CopyAs } from './CopyAs'
import { OpenInShell } from './ShowQuery'
import { documentRef, documentText, numberOf } from './texts'
import { codeOf, isFinal, Trouble } from './Trouble'
import './collections.css'

/** A document with all that it holds. */
export function DocumentPage() {
  const database = useDatabase()
  const { collection, id } = useThing()
  const ref = documentRef(collection, id)
  const reading = useQuery({
    queryKey: [database.path, 'document', collection, id],
    queryFn: ({ signal }) => ask(database.path, documentText(ref), signal),
    ...fresh,
  })
  const broken = reading.isError && (reading.data === undefined || isFinal(reading.error))
  return (
    <div className="page document-page">
      <PageHeader trail={<CollectionsTrail names={database.names} collection={collection} />} title={<span className="document-title">{id}</span>} window={[id, collection, database.label]} note={<CopyButton text={id} label="Copy the id" />}>
        <Reading at={reading.dataUpdatedAt} txn={reading.data?.txn} busy={reading.isFetching} stale={reading.isError} onRefresh={() => void reading.refetch()} />
        <OpenInShell names={database.names} text={documentText(ref)} />
      </PageHeader>
      {broken && <Broken database={database} collection={collection} id={id} error={reading.error} onRetry={() => void reading.refetch()} />}
      {!broken && reading.data && <Document database={database} refText={ref} id={id} answer={reading.data} />}
    </div>
  )
}

type View = 'tree' | 'fql' | 'json'

function Document({ database, refText, id, answer }: { database: Database; refText: string; id: string; answer: Answer }) {
  const [view, setView] = useState<View>('tree')
  const ts = numberOf(get(answer.value, 'ts'))
  return (
    <>
      <dl className="facts">
        <Fact name="Ref" copy={refText}>
          {refText}
        </Fact>
        {ts !== undefined && <Written micros={ts} />}
      </dl>
      <section className="panel" aria-label="The document">
        <header className="panel-head">
          <Choice
            label="View"
            value={view}
            onChange={setView}
            options={[
              { value: 'tree', label: 'Tree' },
              { value: 'fql', label: 'Shell' },
              { value: 'json', label: 'JSON' },
            ]}
          />
          <span className="document-copy">
            <CopyAs text={answer.shell}>Copy as shell text</CopyAs>
            <CopyAs text={answer.json}>Copy as JSON</CopyAs>
          </span>
        </header>
        <div className="document-body">
          <Content view={view} answer={answer} database={database} text={documentText(refText, ts)} id={id} />
        </div>
      </section>
    </>
  )
}

function Content({ view, answer, database, text, id }: { view: View; answer: Answer; database: Database; text: string; id: string }) {
  const linkFor = useLinks()
  if (view === 'tree') return <ValueTree value={answer.value} origin={{ database: database.path, text }} open={4} label={`Document ${id}`} />
  return view === 'json' ? <Highlighted text={answer.json} language="json" /> : <Highlighted text={answer.shell} linkFor={linkFor} />
}

function Fact({ name, copy, children }: { name: string; copy: string; children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>
        <span className="fact-text">{children}</span>
        <CopyButton text={copy} label={`Copy the ${name.toLowerCase()}`} />
      </dd>
    </div>
  )
}

/** When this version was written: for people, and as `ts` has it. */
function Written({ micros }: { micros: number }) {
  const { local, exact } = toldMicros(micros)
  return (
    <Fact name="Written" copy={String(micros)}>
      <time dateTime={exact} title={exact}>
        {local}
      </time>
      <span className="fact-exact">ts {micros}</span>
    </Fact>
  )
}

function Broken({ database, collection, id, error, onRetry }: { database: Database; collection: string; id: string; error: unknown; onRetry: () => void }) {
  const gone = codeOf(error) === 'instance not found'
  const none = codeOf(error) === 'invalid ref'
  const actions = (
    <>
      <Link className="button button-plain" to={none ? pathTo(database.names, 'collections') : pathTo(database.names, 'collections', collection)}>
        {none ? 'All collections' : `All of ${collection}`}
      </Link>
      {gone && (
        <Link className="button button-plain" {...shellWith(database.names, `Paginate(Events(${documentRef(collection, id)}))`)}>
          Its history in the shell
        </Link>
      )}
    </>
  )
  const missing = none
    ? { title: `There is no collection ${collection}`, text: 'It may have been deleted or renamed.' }
    : gone
      ? { title: `There is no document ${id} in ${collection}`, text: 'It may have been deleted or have expired.' }
      : { title: `${id} is no id of a document`, text: 'Ids are whole numbers.' }
  return <Trouble error={error} what={`document ${id} of ${collection}`} missing={missing} action={actions} onRetry={onRetry} />
}
