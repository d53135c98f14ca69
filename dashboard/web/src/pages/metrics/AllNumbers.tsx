import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Family } from './api'
import { found, labelsOf, toldSeries } from './numbers'

/** Every number that the server gives to Prometheus. The text that narrows them is in the URL. */
export function AllNumbers({ all }: { all: Family[] }) {
  const { find = '' } = useSearch({ strict: false }) as { find?: string }
  const navigate = useNavigate()
  const text = String(find)
  const families = found(all, text)
  return (
    <section className="panel" aria-label="All numbers">
      <header className="panel-head metrics-all-head">
        <h2>All numbers</h2>
        <input
          className="field-input metrics-find"
          type="search"
          aria-label="Find numbers"
          placeholder="Find: cache, door, go_…"
          value={text}
          onChange={(event) => void navigate({ to: '.', search: event.target.value === '' ? {} : { find: event.target.value }, replace: true, resetScroll: false })}
        />
      </header>
      {families.length === 0 ? (
        <p className="metrics-none">No number is called that.</p>
      ) : (
        <div className="metrics-all" role="region" aria-label="Numbers" tabIndex={0}>
          <table className="metrics-table">
            <caption className="visually-hidden">All numbers, as in GET /metrics</caption>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Of</th>
                <th scope="col" className="metrics-value">
                  Value
                </th>
              </tr>
            </thead>
            {families.map((family) => (
              <Rows key={family.name} family={family} />
            ))}
          </table>
        </div>
      )}
    </section>
  )
}

function Rows({ family }: { family: Family }) {
  const series = family.series ?? []
  return (
    <tbody>
      {series.map((one, i) => (
        <tr key={labelsOf(one)}>
          {i === 0 && (
            <th scope="rowgroup" rowSpan={series.length}>
              <code>{family.name}</code>
              <span className="metrics-help">{family.help}</span>
            </th>
          )}
          <td>
            <code className="metrics-labels">{labelsOf(one)}</code>
          </td>
          <td className="metrics-value">{toldSeries(family, one)}</td>
        </tr>
      ))}
    </tbody>
  )
}
