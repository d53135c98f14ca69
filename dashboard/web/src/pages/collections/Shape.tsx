import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Dices, Shapes } from 'lucide-react'
import { useMemo, type ReactNode } from 'react'
import { Button } from '../../design/Button'
import { EmptyState } from '../../design/PageHeader'
import { Rows } from '../../design/Rows'
import { pathTo } from '../../layout/paths'
import type { Database } from '../../layout/database'
import { ask } from '../../value/ask'
import { fqlOf } from '../../value/fql'
import { lineOf } from '../../value/text'
import type { Value } from '../../value/parse'
import { types, whereOf, type Operator } from './filters'
import { isTooMuch } from './found'
import { sampleOf, sampled, toldSample } from './sample'
import { shapeOf, shareTold, toldPath, type FieldShape } from './shape'
import './shape.css'

interface Props {
  database: Database
  collection: string
  /** What stands in place of a shape that cannot be read. */
  broken: (error: unknown, onRetry: () => void) => ReactNode
}

/** The fields of a collection, as a sample of its documents has them. A value leads to the
 *  documents that have it. */
export function Shape({ database, collection, broken }: Props) {
  const { path, names } = database
  const reading = useQuery({
    queryKey: [path, 'shape', collection],
    queryFn: async ({ signal }) => {
      const sample = await sampleOf((text) => ask(path, text, signal), collection, isTooMuch)
      return { sample, shape: shapeOf(sample.documents) }
    },
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  })
  if (reading.isError) return broken(reading.error, () => void reading.refetch())
  if (!reading.data) return <p className="collections-note" role="status">Taking a sample of up to {sampled.toLocaleString('en')} documents…</p>
  const { sample, shape } = reading.data
  const to = pathTo(names, 'collections', collection)
  if (sample.documents.length === 0)
    return (
      <EmptyState
        icon={<Shapes />}
        title="No documents"
        action={
          <Link className="button button-primary" to={to} search={{ new: 1 }}>
            Create the first
          </Link>
        }
      >
        The shape of a collection is told from its documents: which fields they have, of which types, with which values.
      </EmptyState>
    )
  return (
    <section className="panel collection-panel" aria-label={`Shape of ${collection}`} aria-busy={reading.isFetching}>
      <header className="panel-head shape-head">
        <span>{toldSample(sample)}</span>
        <Button icon={<Dices />} disabled={reading.isFetching} onClick={() => void reading.refetch()}>
          Take another sample
        </Button>
      </header>
      {shape.fields.length === 0 ? <p className="shape-none">The documents have no data.</p> : <Fields collection={collection} to={to} fields={shape.fields} documents={shape.documents} />}
      {shape.more > 0 && (
        <footer className="pager">
          <span className="pager-count">{shape.more.toLocaleString('en')} further fields are not shown: so many names are data rather than fields.</span>
        </footer>
      )}
    </section>
  )
}

function Fields({ collection, to, fields, documents }: { collection: string; to: string; fields: FieldShape[]; documents: number }) {
  const head = useMemo(
    () => (
      <>
        <th scope="col" className="rows-pinned">
          Field
        </th>
        <th scope="col">In</th>
        <th scope="col">Types</th>
        <th scope="col">Values</th>
      </>
    ),
    [],
  )
  return (
    <Rows
      label={`Fields of ${collection}. Arrow keys move between rows and inside them, Enter filters by what they stand on.`}
      className="rows-still shape"
      head={head}
      columns={4}
      count={fields.length}
      keyOf={(index) => fields[index]?.name ?? ''}
      row={(index, tabIndex) => <Field to={to} field={fields[index]!} documents={documents} tabIndex={tabIndex} />}
    />
  )
}

function Field({ to, field, documents, tabIndex }: { to: string; field: FieldShape; documents: number; tabIndex: 0 | -1 }) {
  const { path, name } = field
  const plain = path.every((step) => step !== null)
  const depth = path.filter((step) => step !== null).length - (path[0] === 'data' ? 2 : 1)
  const own = path as string[]
  const filter = (of: string[], operator: Operator, value: Value, children: ReactNode, title: string) => (
    <Link to={to} search={{ where: whereOf([{ path: of, operator, value }]) }} tabIndex={-1} title={title} preload={false}>
      {children}
    </Link>
  )
  // What an array has as an element is looked for in the array; deeper inside nothing leads there.
  const having = (value: Value, children: ReactNode) => {
    if (plain) return filter(own, 'is', value, children, `Documents whose ${name} equals ${fqlOf(value)}`)
    if (path.indexOf(null) === path.length - 1) return filter(own.slice(0, -1), 'has', value, children, `Documents whose ${toldPath(path.slice(0, -1))} contains ${fqlOf(value)}`)
    return <span title={fqlOf(value)}>{children}</span>
  }
  const missing = documents - field.documents
  return (
    <>
      <th scope="row" className="rows-pinned">
        <span className="shape-name" style={{ paddingLeft: `${Math.min(depth, 6) * 14}px` }}>
          {plain ? (
            <Link className="rows-opener" data-opener="" to={to} search={{ where: whereOf([{ path: path as string[], operator: 'there', value: null }]) }} tabIndex={tabIndex} title={`Documents that have ${name}`} preload={false}>
              {name}
            </Link>
          ) : (
            <span className="rows-opener shape-inside" data-opener="" tabIndex={tabIndex} title={name}>
              {name}
            </span>
          )}
        </span>
      </th>
      <td>
        <span className="shape-share" title={`${field.documents.toLocaleString('en')} of ${documents.toLocaleString('en')} documents`}>
          <meter className="shape-meter" aria-label={`Share of documents that have ${name}`} min={0} max={documents} value={field.documents} />
          <span>{shareTold(field.documents, documents)}</span>
          {plain && missing > 0 && filter(own, 'absent', null, 'missing', `Documents without ${name}`)}
        </span>
      </td>
      <td>
        <ul className="shape-types">
          {field.types.map(({ type, count }) => (
            <li key={type}>
              {plain && types[type] !== undefined ? filter(own, 'type', type, type, `Documents whose ${name} is: ${type}`) : type}
              {field.types.length > 1 && <span className="shape-quiet"> {shareTold(count, field.values)}</span>}
            </li>
          ))}
        </ul>
      </td>
      <td>
        <Values field={field} having={having} />
      </td>
    </>
  )
}

/** The share of values from which one stands out. */
const notable = 0.05

function Values({ field, having }: { field: FieldShape; having: (value: Value, children: ReactNode) => ReactNode }) {
  const { ranges, lengths, different, frequent } = field
  const few = different <= frequent.length
  const max = frequent[0]?.count ?? 1
  // Of many values none of which stands out some are examples.
  const repeated = max > 1 && (few || max >= notable * field.values)
  const shown = repeated || few ? frequent : frequent.slice(0, 5)
  return (
    <div className="shape-values">
      {(!few || ranges.length > 0 || lengths) && (
        <p className="shape-quiet">
          {[
            different > 0 && !few ? `${different.toLocaleString('en')} different` : '',
            ...ranges.flatMap(({ least, most }) => (fqlOf(least) === fqlOf(most) ? [] : [`${lineOf(least)} to ${lineOf(most)}`])),
            lengths ? lengthsTold(lengths) : '',
          ]
            .filter(Boolean)
            .join('; ')}
        </p>
      )}
      {shown.length > 0 && (
        <ul className={repeated ? 'shape-frequent' : 'shape-examples'}>
          {shown.map(({ value, count }) => (
            <li key={fqlOf(value)}>
              {having(value, <span className="shape-value">{lineOf(value, 60) || '""'}</span>)}
              {repeated && (
                <>
                  <meter className="shape-meter" aria-label="Frequency" min={0} max={max} value={count} />
                  <span className="shape-quiet">{count.toLocaleString('en')}</span>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function lengthsTold({ of, least, most, mean }: NonNullable<FieldShape['lengths']>): string {
  const word = most === 1 ? of.slice(0, -1) : of
  return least === most ? `${least.toLocaleString('en')} ${word}` : `${least.toLocaleString('en')} to ${most.toLocaleString('en')} ${word}, ${mean.toLocaleString('en', { maximumFractionDigits: 1 })} on average`
}
