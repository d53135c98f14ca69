import { toldMillis, toldNumber } from '../metrics/units'
import { toldMicros } from '../../value/when'
import type { Cluster, Node } from './api'
import { byRegion, isAlone } from './judged'

/** The nodes by region: what each is and how far it has come. */
export function Nodes({ cluster }: { cluster: Cluster }) {
  const regions = byRegion(cluster.nodes)
  return (
    <div className="cluster-regions">
      {regions.map(([region, nodes]) => (
        <section key={region} className="panel" aria-label={region || 'Without a region'}>
          <header className="panel-head">
            <h2>{isAlone(cluster) ? 'This server' : region || 'Without a region'}</h2>
            {nodes.length > 1 && <span className="cluster-count">{nodes.length} nodes</span>}
          </header>
          <ul>
            {nodes.map((node) => (
              <NodeCard key={node.name} node={node} self={node.name === cluster.self} head={cluster.log.head} alone={isAlone(cluster)} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

function NodeCard({ node, self, head, alone }: { node: Node; self: boolean; head: number; alone: boolean }) {
  const { live, fenced, leader, role, lag, position, flushed, clockOffset, version, address, ts } = node
  const state = !live ? 'down' : fenced !== '' ? 'fenced' : 'live'
  const time = ts > 0 ? toldMicros(ts) : undefined
  return (
    <li className="cluster-node">
      <div className="cluster-node-head">
        <span className={`cluster-light cluster-light-${state}`} aria-hidden="true" />
        <strong>{node.name}</strong>
        <span className={state === 'live' ? 'cluster-state' : 'cluster-state cluster-state-bad'}>{state === 'fenced' ? 'out of service' : state}</span>
        {leader && !alone && <span className="cluster-badge cluster-badge-leader">leader</span>}
        {!alone && <span className="cluster-badge">{role}</span>}
        {self && !alone && <span className="cluster-badge">answers</span>}
      </div>
      <dl className="cluster-facts">
        <Fact name="Position" value={position.toLocaleString('en')} title={`The log is at ${head.toLocaleString('en')}`} />
        <Fact name="Lag" value={lag === 0 ? 'none' : `${toldNumber(lag)} blocks`} bad={lag > 10_000} />
        <Fact name="On disk" value={flushed.toLocaleString('en')} title="What its store will have after a crash; the rest it applies again from the log" />
        <Fact name="Clock" value={clockOffset === 0 ? 'even' : `${clockOffset > 0 ? '+' : '−'}${toldMillis(Math.abs(clockOffset) / 1000)}`} bad={Math.abs(clockOffset) > 1_000_000} title="Against the median of its peers" />
        {time && <Fact name="Newest transaction" value={time.local} title={time.exact} />}
        <Fact name="Release" value={version || 'unknown'} />
      </dl>
      {address && <code className="cluster-address">{address}</code>}
    </li>
  )
}

function Fact({ name, value, title, bad = false }: { name: string; value: string; title?: string; bad?: boolean }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={bad ? 'cluster-bad' : undefined} title={title}>
        {value}
      </dd>
    </div>
  )
}
