import { toldMillis } from '../metrics/units'
import type { Node } from './api'
import { heat, roundTrip } from './judged'

/** How long a message takes from each node to each other and back. */
export function RoundTrips({ nodes }: { nodes: Node[] }) {
  return (
    <section className="panel" aria-label="Round trips">
      <header className="panel-head">
        <h2>Round trips</h2>
        <span className="cluster-count">from the row to the column and back</span>
      </header>
      <div className="cluster-scroll" role="region" aria-label="Round trips between nodes" tabIndex={0}>
        <table className="cluster-trips">
          <thead>
            <tr>
              <td />
              {nodes.map((to) => (
                <th key={to.name} scope="col">
                  {to.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {nodes.map((from) => (
              <tr key={from.name}>
                <th scope="row">{from.name}</th>
                {nodes.map((to) => (
                  <Cell key={to.name} from={from} to={to} nodes={nodes} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Cell({ from, to, nodes }: { from: Node; to: Node; nodes: Node[] }) {
  if (from.name === to.name) return <td className="cluster-trip-self">·</td>
  const micros = roundTrip(from, to)
  if (micros === undefined) return <td title={`${from.name} has not measured it`}>–</td>
  return <td className={`cluster-trip cluster-trip-${heat(micros, nodes)}`}>{toldMillis(micros / 1000)}</td>
}
