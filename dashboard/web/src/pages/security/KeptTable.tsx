import { useCallback, useMemo, type ReactNode } from 'react'
import { Button } from '../../design/Button'
import { FilterField } from '../../design/FilterField'
import { EmptyState } from '../../design/PageHeader'
import { Rows } from '../../design/Rows'
import { refOf, type Value } from '../../value/parse'
import { Written } from '../collections/DocumentTable'
import { useFilter } from '../collections/useDefinitions'
import type { useList } from './list'
import { Revoke } from './Revoke'

interface Props {
  /** keys, and what one of them is called. */
  what: string
  one: string
  set: 'Keys' | 'Tokens'
  list: ReturnType<typeof useList>
  columns: readonly { head: string; className?: string; cell: (each: Value) => ReactNode }[]
  /** What a filter looks at. */
  words: (each: Value) => string
  /** What can be done besides deleting it. */
  action?: (each: Value) => ReactNode
}

/** Keys or tokens as rows, as many as there are. */
export function KeptTable({ what, one, set, list, columns, words, action }: Props) {
  const { filter, setFilter } = useFilter()
  const { all, more, busy, readOn } = list
  const part = filter.trim().toLowerCase()
  const found = useMemo(() => (part === '' ? all : all.filter((each) => `${idOf(each)} ${words(each)}`.toLowerCase().includes(part))), [all, part, words])
  const onEnd = useCallback(() => void (more && !busy && part === '' && readOn()), [more, busy, part, readOn])
  const count = `${all.length.toLocaleString('en')}${more ? '+' : ''}`
  return found.length === 0 ? (
    <EmptyState title={`None of the ${count} ${what} read so far has “${filter}”`} action={more ? <Button onClick={readOn}>Read further</Button> : <Button onClick={() => setFilter('')}>Show all {count}</Button>} />
  ) : (
    <section className="panel" aria-label={what} aria-busy={busy}>
      <Rows
        label={`${what}. Arrow keys move between rows and inside them.`}
        className="rows-still kept-rows"
        head={
          <>
            <th scope="col">Id</th>
            {columns.map(({ head, className }) => (
              <th key={head} scope="col" className={className}>
                {head}
              </th>
            ))}
            <th scope="col">Made</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </>
        }
        columns={columns.length + 3}
        count={found.length}
        total={more ? -1 : found.length}
        keyOf={(index) => idOf(found[index])}
        onEnd={onEnd}
        row={(index, tabIndex) => {
          const each = found[index]!
          return (
            <>
              <td className="rows-time">{idOf(each)}</td>
              {columns.map(({ head, className, cell }) => (
                <td key={head} className={className}>
                  {cell(each)}
                </td>
              ))}
              <td className="rows-time">
                <Written of={each} />
              </td>
              <td className="kept-actions">
                {action?.(each)}
                <Revoke set={set} id={idOf(each)} what={`${one} ${idOf(each)}`} tabIndex={tabIndex} />
              </td>
            </>
          )
        }}
      />
      {(more || part !== '') && (
        <footer className="pager">
          <span className="pager-count" role="status">
            {part === '' ? `${count} ${what}` : `${found.length.toLocaleString('en')} of ${count} ${what}`}
          </span>
          {more && (
            <Button disabled={busy} onClick={readOn}>
              Read further
            </Button>
          )}
        </footer>
      )}
    </section>
  )
}

/** Narrows what is read of keys or tokens. */
export function KeptFilter({ what }: { what: string }) {
  const { filter, setFilter } = useFilter()
  return <FilterField label={`Filter the ${what}`} value={filter} onChange={setFilter} />
}

const idOf = (each: Value | undefined): string => refOf(each)?.id ?? ''
