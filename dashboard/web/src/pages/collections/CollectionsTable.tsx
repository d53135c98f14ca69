import { Link } from '@tanstack/react-router'
import type { Database } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import type { Definition } from './definitions'
import { When } from './DocumentTable'
import { useRows } from './rows'
import { counted, countOf } from './texts'

interface Props {
  database: Database
  names: string[]
  /** Not there before the first answer. */
  definitions: Map<string, Definition> | undefined
}

/** Collections as rows. */
export function CollectionsTable({ database, names, definitions }: Props) {
  const rows = useRows()
  return (
    <div className="collection-scroll">
      <table className="rows rows-wide">
        <caption className="visually-hidden">Collections. Arrow keys move between rows, Enter opens one.</caption>
        <thead>
          <tr>
            <th scope="col" className="rows-pinned">
              Name
            </th>
            <th scope="col" className="rows-figures" title={`Counted up to ${counted.toLocaleString('en')}`}>
              Documents
            </th>
            <th scope="col">History</th>
            <th scope="col">Expiry</th>
            <th scope="col">Defined</th>
          </tr>
        </thead>
        <tbody {...rows}>
          {names.map((name, i) => (
            <tr key={name}>
              <th scope="row" className="rows-pinned">
                <Link className="rows-opener" data-opener="" to={pathTo(database.names, 'collections', name)} tabIndex={i === 0 ? 0 : -1} title={name}>
                  {name}
                </Link>
              </th>
              <Definitions of={definitions?.get(name)} known={definitions !== undefined} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Definitions({ of, known }: { of: Definition | undefined; known: boolean }) {
  // A name can be newer than the definitions of the page before: then it waits.
  if (!of) return <td colSpan={4} className="rows-hidden">{known ? '…' : ''}</td>
  return (
    <>
      <td className="rows-figures">{countOf(of.count)}</td>
      <td className={of.historyDays === 0 ? 'rows-faint' : undefined}>{historyOf(of.historyDays)}</td>
      <td className={of.ttlDays === undefined ? 'rows-faint' : undefined}>{of.ttlDays === undefined ? 'never' : `after ${daysOf(of.ttlDays)}`}</td>
      <td className="rows-time">{of.ts !== undefined && <When micros={of.ts} />}</td>
    </>
  )
}

function historyOf(days: number | undefined): string {
  if (days === undefined) return 'for ever'
  return days === 0 ? 'none' : daysOf(days)
}

const daysOf = (days: number) => `${days.toLocaleString('en')} ${days === 1 ? 'day' : 'days'}`
