import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Choice } from '../../design/Choice'
import { CopyButton } from '../../design/CopyButton'
import { PageHeader } from '../../design/PageHeader'
import { Highlighted } from '../../editor/Highlighted'
import { useDatabase, useThing, type Database } from '../../layout/database'
import { useLinks } from '../../layout/links'
import { pathTo } from '../../layout/paths'
import { ask, type Answer } from '../../value/ask'
import { get } from '../../value/access'
import { toldMicros } from '../../value/when'
import { ValueTree } from '../../value/Value'
import { CollectionsTrail } from './CollectionsTrail'
import { fresh, Reading } from './Reading'
import { CopyAs } from './CopyAs'
import { DeleteDocument } from './DeleteDocument'
import { DocumentHistory } from './DocumentHistory'
import { EditDocument } from './EditDocument'
import { OpenInShell } from './ShowQuery'
import { StagedTray } from './StagedTray'
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
  const show = showIn(useSearch({ strict: false }))
  const to = pathTo(database.names, 'collections', collection, id)
  const broken = reading.isError && (reading.data === undefined || isFinal(reading.error))
  return (
    <div className="page document-page">
      <PageHeader trail={<CollectionsTrail names={database.names} collection={collection} />} title={<span className="document-title">{id}</span>} window={[id, collection, database.label]} note={<CopyButton text={id} label="Copy the id" />}>
        <Reading at={reading.dataUpdatedAt} txn={reading.data?.txn} busy={reading.isFetching} stale={reading.isError} onRefresh={() => void reading.refetch()} />
        <OpenInShell names={database.names} text={documentText(ref)} />
        {!broken && reading.data && <DeleteDocument collection={collection} id={id} ts={numberOf(get(reading.data.value, 'ts')) ?? 0} />}
      </PageHeader>
      <StagedTray />
      <Parts show={show} to={to} />
      {show === 'history' && <DocumentHistory key={`${collection}/${id}`} collection={collection} id={id} />}
      {show !== 'history' && broken && <Broken database={database} collection={collection} id={id} error={reading.error} onRetry={() => void reading.refetch()} />}
      {show === 'document' && !broken && reading.data && <Document database={database} refText={ref} id={id} answer={reading.data} to={to} />}
      {show === 'edit' && !broken && reading.data && <EditDocument key={`${collection}/${id}`} collection={collection} id={id} answer={reading.data} to={to} />}
    </div>
  )
}

type Show = 'document' | 'edit' | 'history'

const showIn = (search: Search): Show => (search.show === 'edit' || search.show === 'history' ? search.show : 'document')

function Parts({ show, to }: { show: Show; to: string }) {
  const navigate = useNavigate()
  return (
    <div>
      <Choice
        label="Part"
        value={show}
        onChange={(next) => void navigate({ to, search: next === 'document' ? {} : { show: next } })}
        options={[
          { value: 'document', label: 'Document' },
          { value: 'edit', label: 'Edit' },
          { value: 'history', label: 'History' },
        ]}
      />
    </div>
  )
}

type View = 'tree' | 'fql' | 'json'

interface Search {
  show?: unknown
  view?: unknown
}

function Document({ database, refText, id, answer, to }: { database: Database; refText: string; id: string; answer: Answer; to: string }) {
  const search: Search = useSearch({ strict: false })
  const navigate = useNavigate()
  const view: View = search.view === 'fql' || search.view === 'json' ? search.view : 'tree'
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
            onChange={(next) => void navigate({ to, search: next === 'tree' ? {} : { view: next }, replace: true })}
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
        <Link className="button button-plain" to={pathTo(database.names, 'collections', collection, id)} search={{ show: 'history' }}>
          Its history
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
