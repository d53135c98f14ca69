import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { ChevronFirst, ChevronLeft, ChevronRight, Search } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../design/Button'
import { EmptyState } from '../../design/PageHeader'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { useSegment } from '../../layout/segments'
import { isArray } from '../../value/access'
import { ask } from '../../value/ask'
import { Cell } from '../../value/Cell'
import { fqlOf } from '../../value/fql'
import { parseValue, type Value } from '../../value/parse'
import { DefinitionHead } from '../collections/DefinitionHead'
import { FqlField } from '../collections/FqlField'
import { fresh } from '../collections/Reading'
import { ShowQuery } from '../collections/ShowQuery'
import { Trouble, codeOf } from '../collections/Trouble'
import { reasonsOf } from '../collections/writing'
import { browseIn, entriesOf, entriesText, indexOf, indexText, type Browse, type IndexDefinition } from './definition'
import { kindOf } from './IndexesPage'
import { State } from './State'
import '../collections/collections.css'
import './indexes.css'

/** An index: what it is, and what it has. */
export function IndexPage() {
  const database = useDatabase()
  const name = useSegment('index')
  const index = useQuery({
    queryKey: [database.path, 'index', name],
    queryFn: async ({ signal }) => {
      const { value, txn } = await ask(database.path, indexText(name), signal)
      return { definition: indexOf(value), txn }
    },
    ...fresh,
    refetchInterval: ({ state }) => (state.data && !state.data.definition.active ? 1500 : false),
  })
  return (
    <div className="page">
      <DefinitionHead kind="index" name={name} reading={index} />
      {index.data && !index.isError && (
        <>
          <Facts index={index.data.definition} />
          {index.data.definition.active ? <Entries key={name} index={index.data.definition} /> : <p className="form-warning">It is being built, and answers once that is done.</p>}
        </>
      )}
    </div>
  )
}

function Facts({ index }: { index: IndexDefinition }) {
  const { names } = useDatabase()
  return (
    <dl className="facts">
      <Fact name="Source">{index.collection === undefined ? index.sources.join(', ') : <Link to={pathTo(names, 'collections', index.collection)}>{index.collection}</Link>}</Fact>
      <Fact name="Terms">{index.terms.join(', ') || 'none'}</Fact>
      <Fact name="Values">{index.values.join(', ') || 'ref'}</Fact>
      <Fact name="Kind">{kindOf(index) || 'not serialized'}</Fact>
      <Fact name="State">
        <State index={index} />
      </Fact>
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>
        <span className="fact-text">{children}</span>
      </dd>
    </div>
  )
}

function Entries({ index }: { index: IndexDefinition }) {
  const { path, names } = useDatabase()
  const navigate = useNavigate()
  const browse = browseIn(useSearch({ strict: false }))
  const to = pathTo(names, 'indexes', index.name)
  const go = (next: Partial<Browse>) => void navigate({ to, search: Object.fromEntries(Object.entries(next).filter(([, part]) => part !== undefined)) })
  const asked = index.terms.length === 0 || browse.terms !== undefined
  const text = entriesText(index.name, browse)
  const entries = useQuery({
    queryKey: [path, 'entries', text],
    queryFn: async ({ signal }) => {
      const { value, json } = await ask(path, text, signal)
      return { ...entriesOf(value), cursors: JSON.parse(json) as { after?: unknown; before?: unknown }, json }
    },
    enabled: asked,
    placeholderData: keepPreviousData,
    ...fresh,
  })
  const page = asked ? entries.data : undefined
  return (
    <>
      {index.terms.length > 0 && <Terms index={index} browse={browse} onShow={(terms) => go({ terms })} />}
      {asked && <ShowQuery id="entries-query" names={names} text={text} />}
      {!asked && (
        <EmptyState icon={<Search />} title={`Which ${index.terms.join(' and ')}?`}>
          The index is searched by its terms. Write a value for each above, as FQL, and see what it has for them.
        </EmptyState>
      )}
      {asked && entries.isError && <Trouble error={entries.error} what={codeOf(entries.error) === 'permission denied' ? `what the index ${index.name} has` : 'the entries'} onRetry={() => void entries.refetch()} />}
      {page && page.rows.length === 0 && <EmptyState icon={<Search />} title="Nothing there">No document has these terms, or this secret may not read those that do.</EmptyState>}
      {page && page.rows.length > 0 && (
        <section className="panel collection-panel" aria-label="Entries" aria-busy={entries.isPlaceholderData}>
          <Rows index={index} rows={page.rows} />
          <footer className="pager">
            <span className="pager-count">{page.rows.length === 1 ? '1 entry' : `${page.rows.length} entries`}</span>
            <nav className="pager-steps" aria-label="Pages">
              <Button icon={<ChevronFirst />} aria-label="First page" disabled={page.before === undefined} onClick={() => go({ terms: browse.terms })} />
              <Button icon={<ChevronLeft />} aria-label="Previous page" disabled={page.before === undefined} onClick={() => go({ terms: browse.terms, before: wireOf(page.json, 'before') })} />
              <Button icon={<ChevronRight />} aria-label="Next page" disabled={page.after === undefined} onClick={() => go({ terms: browse.terms, after: wireOf(page.json, 'after') })} />
            </nav>
          </footer>
        </section>
      )}
    </>
  )
}

/** A cursor of a page as the JSON that it came in, but for its white space: numbers keep
 *  their digits. */
export function wireOf(json: string, member: 'after' | 'before'): string | undefined {
  // Indented by the server: members of the page begin two spaces in.
  const begin = json.indexOf(`\n  "${member}": `)
  if (begin < 0) return undefined
  const from = begin + `\n  "${member}": `.length
  const end = /\n(?: {2}"|\})/.exec(json.slice(from))
  return json.slice(from, end ? from + end.index : undefined).replace(/,$/, '').replace(/\n\s*/g, '')
}

function Rows({ index, rows }: { index: IndexDefinition; rows: Value[][] }) {
  const { names } = useDatabase()
  const heads = index.values.length > 0 ? index.values : ['ref']
  return (
    <div className="rows-scroll" tabIndex={0} role="group" aria-label="Entries of the index">
      <table className="rows index-rows">
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {row.map((value, k) => (
                <td key={k}>
                  <div className="rows-cell">
                    <Cell value={value} names={names} />
                  </div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** A field for each term. What is written is evaluated, and the URL gets its value. */
function Terms({ index, browse, onShow }: { index: IndexDefinition; browse: Browse; onShow: (terms: string) => void }) {
  const { path } = useDatabase()
  const given = browse.terms === undefined ? undefined : parseValue(browse.terms)
  const [texts, setTexts] = useState(() => index.terms.map((_, i) => (isArray(given) && given[i] !== undefined ? fqlOf(given[i]) : '')))
  const evaluate = useMutation({
    mutationFn: () => ask(path, `[${texts.join(', ')}]`),
    onSuccess: ({ json }) => onShow(json.replace(/\n\s*/g, '')),
  })
  const missing = texts.some((text) => text.trim() === '')
  const show = () => !missing && evaluate.mutate()
  return (
    <section className="panel" aria-label="Terms">
      <div className="form">
        <div className="form-row">
          {index.terms.map((term, i) => (
            <FqlField key={term} label={term} room="line" value={texts[i] ?? ''} onChange={(text) => setTexts((before) => before.map((each, k) => (k === i ? text : each)))} onRun={show} placeholder='"Fred" or Ref(Collection("stores"), "1")' />
          ))}
        </div>
        {evaluate.isError && (
          <p className="field-error" role="alert">
            {reasonsOf(evaluate.error).join(' ')}
          </p>
        )}
        <div className="form-actions">
          <Button kind="primary" icon={<Search />} disabled={missing || evaluate.isPending} onClick={show}>
            Search
          </Button>
        </div>
      </div>
    </section>
  )
}
