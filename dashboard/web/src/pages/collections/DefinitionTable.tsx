import { Link } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../../design/Button'
import { FilterField } from '../../design/FilterField'
import { EmptyState } from '../../design/PageHeader'
import { Rows } from '../../design/Rows'
import { listed } from './definitions'
import { Reading } from './Reading'
import { Trouble } from './Trouble'
import type { useDefinitions } from './useDefinitions'

type Definitions<T> = ReturnType<typeof useDefinitions<T>>

/** A column besides the name. */
export interface DefinitionColumn<T> {
  head: ReactNode
  className?: string
  /** Explains the head. */
  title?: string
  cell: (one: T) => ReactNode
}

interface Props<T> {
  /** Functions, roles. */
  what: string
  definitions: Definitions<T>
  columns: readonly DefinitionColumn<T>[]
  /** The page of one. */
  to: (name: string) => string
}

/** Definitions as rows that open their pages. */
export function DefinitionTable<T>({ what, definitions, columns, to }: Props<T>) {
  const { found, filter, setFilter, onShown, at, more, failed, total } = definitions
  return (
    <>
      {found.length === 0 ? (
        <EmptyState icon={<Search />} title={`None of the ${what} has “${filter}”`} action={<Button onClick={() => setFilter('')}>Show all {total.toLocaleString('en')}</Button>} />
      ) : (
        <section className="panel collection-panel" aria-label={what}>
          <Rows
            label={`${what}. Arrow keys move between rows, Enter opens one.`}
            className="rows-wide"
            head={
              <>
                <th scope="col" className="rows-pinned">
                  Name
                </th>
                {columns.map(({ head, className, title }, i) => (
                  <th key={i} scope="col" className={className} title={title}>
                    {head}
                  </th>
                ))}
              </>
            }
            columns={columns.length + 1}
            count={found.length}
            keyOf={(index) => found[index]?.name ?? String(index)}
            onShown={onShown}
            row={(index, tabIndex) => {
              const { name } = found[index]!
              return (
                <>
                  <th scope="row" className="rows-pinned">
                    <Link className="rows-opener" data-opener="" to={to(name)} tabIndex={tabIndex} title={name} preload={false}>
                      {name}
                    </Link>
                  </th>
                  <Cells one={at(name)} columns={columns} />
                </>
              )
            }}
          />
        </section>
      )}
      {failed && <Trouble error={failed.error} what={`these ${what}`} onRetry={() => void failed.refetch()} />}
      {more && <p className="collections-note">Only the first {listed.toLocaleString('en')} {what} are listed.</p>}
    </>
  )
}

function Cells<T>({ one, columns }: { one: T | null | undefined; columns: readonly DefinitionColumn<T>[] }) {
  if (one === undefined || one === null)
    return (
      <td colSpan={columns.length} className="rows-hidden">
        {one === null ? 'gone' : '…'}
      </td>
    )
  return columns.map(({ className, cell }, i) => (
    <td key={i} className={className}>
      {cell(one)}
    </td>
  ))
}

/** As of when the list is, and its filter. */
export function DefinitionActions<T>({ definitions, filterLabel }: { definitions: Definitions<T>; filterLabel: string }) {
  const { readAt, txn, busy, names, refresh, total, filter, setFilter } = definitions
  return (
    <>
      <Reading at={readAt} txn={txn} busy={busy} stale={names.isError} onRefresh={refresh} />
      {total > 0 && <FilterField label={filterLabel} value={filter} onChange={setFilter} />}
    </>
  )
}

/** 5,000 or 100,000+, nothing for none. */
export const totalTold = <T,>({ total, more }: Definitions<T>): string | undefined => (total === 0 ? undefined : `${total.toLocaleString('en')}${more ? '+' : ''}`)
