import { useQuery } from '@tanstack/react-query'
import { CircleAlert, CircleCheck } from 'lucide-react'
import { PageHeader } from '../../design/PageHeader'
import { isFinal } from '../collections/Trouble'
import { OperatorTrouble } from '../metrics/OperatorTrouble'
import { toldBytes } from '../metrics/units'
import { Alone } from './Alone'
import { clusterQuery, type Cluster } from './api'
import { alarms, filled, isAlone, spare } from './judged'
import { Nodes } from './Nodes'
import { RoundTrips } from './RoundTrips'
import './cluster.css'

/** The cluster as this node sees it, looked at again every two seconds. */
export function ClusterPage() {
  const cluster = useQuery(clusterQuery)
  const { data, error } = cluster
  return (
    <div className="page">
      <PageHeader title="Cluster" window={['Cluster']} note={data && !isAlone(data) ? `as ${data.self} sees it` : undefined} />
      {error && <OperatorTrouble error={error} what="the nodes of the cluster" onRetry={() => void cluster.refetch()} />}
      {data && !(error && isFinal(error)) && <Shown cluster={data} />}
    </div>
  )
}

function Shown({ cluster }: { cluster: Cluster }) {
  const alone = isAlone(cluster)
  return (
    <>
      <Health cluster={cluster} />
      <Nodes cluster={cluster} />
      {!alone && cluster.nodes.length > 1 && <RoundTrips nodes={cluster.nodes} />}
      {!alone && <LogSize cluster={cluster} />}
      {alone && <Alone />}
    </>
  )
}

function Health({ cluster }: { cluster: Cluster }) {
  const all = alarms(cluster)
  if (all.length === 0)
    return (
      <p className="cluster-well" role="status">
        <CircleCheck aria-hidden="true" />
        <span>
          <strong>All is well.</strong> {spareText(cluster)}
        </span>
      </p>
    )
  return (
    <ul className="cluster-alarms" aria-label="Alarms" role="list">
      {all.map(({ level, title, text }) => (
        <li key={title} className={`cluster-alarm cluster-alarm-${level}`}>
          <CircleAlert aria-hidden="true" />
          <span>
            <strong>{title}.</strong> {text}
          </span>
        </li>
      ))}
    </ul>
  )
}

function spareText(cluster: Cluster): string {
  if (isAlone(cluster)) return 'This server is on its own.'
  const n = spare(cluster.nodes)
  if (n <= 0) return 'The loss of one more voter stops writes.'
  return `${n === 1 ? 'One voter' : `${n} voters`} may be lost and writes go on.`
}

function LogSize({ cluster: { log } }: { cluster: Cluster }) {
  const part = filled(log)
  return (
    <section className="panel" aria-label="The ordered log">
      <header className="panel-head">
        <h2>The ordered log</h2>
        {log.alarm !== '' && <span className="cluster-badge cluster-badge-bad">{log.alarm}</span>}
      </header>
      <div className="cluster-log">
        <div className="cluster-bar-head">
          <span>On the disk of each voter</span>
          <strong>
            {toldBytes(log.bytes)}
            {part !== undefined && ` of ${toldBytes(log.quotaBytes)}`}
          </strong>
        </div>
        {part !== undefined && <meter className="cluster-bar" min={0} max={log.quotaBytes} high={0.8 * log.quotaBytes} value={log.bytes} aria-label="The log against its quota" />}
        <dl className="cluster-facts">
          <div>
            <dt>Newest block</dt>
            <dd>{log.head.toLocaleString('en')}</dd>
          </div>
          <div>
            <dt>Oldest kept</dt>
            <dd>{log.oldest.toLocaleString('en')}</dd>
          </div>
          <div>
            <dt>Blocks kept</dt>
            <dd>{Math.max(0, log.head - log.oldest + 1).toLocaleString('en')}</dd>
          </div>
          <div>
            <dt>Begins after</dt>
            <dd>{log.base.toLocaleString('en')}</dd>
          </div>
        </dl>
      </div>
    </section>
  )
}
