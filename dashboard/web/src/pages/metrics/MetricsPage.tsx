import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChartLine } from 'lucide-react'
import { isFinal } from '../collections/Trouble'
import { EmptyState, PageHeader } from '../../design/PageHeader'
import { useDatabase, type Database } from '../../layout/database'
import { shellWith } from '../../layout/paths'
import { AllNumbers } from './AllNumbers'
import { metricsQuery, type Metrics, type Point } from './api'
import { Chart } from './Chart'
import { isIdle, plots, six } from './numbers'
import { OperatorTrouble } from './OperatorTrouble'
import './metrics.css'

/** The server's numbers: the six of now, their last quarter of an hour, and all others. */
export function MetricsPage() {
  const database = useDatabase()
  const metrics = useQuery(metricsQuery)
  const { data, error } = metrics
  return (
    <div className="page">
      <PageHeader title="Metrics" window={['Metrics']} note="of this server, the last minute" />
      {error && <OperatorTrouble error={error} what="the numbers of this server" onRetry={() => void metrics.refetch()} />}
      {data && !(error && isFinal(error)) && <Shown data={data} database={database} />}
    </div>
  )
}

function Shown({ data, database }: { data: Metrics; database: Database }) {
  return (
    <>
      <Six now={data.now} />
      <Charts data={data} database={database} />
      <AllNumbers all={data.all} />
    </>
  )
}

function Six({ now }: { now: Point }) {
  return (
    <ul className="metrics-six" aria-label="The six numbers to look at first">
      {six.map(({ field, label, what, told, worry }) => {
        const trouble = worry?.(now[field])
        return (
          <li key={field} className={trouble ? 'metrics-number metrics-number-worry' : 'metrics-number'}>
            <span className="label">{label}</span>
            <strong className="metrics-figure">{told(now[field])}</strong>
            <span className="metrics-what">{trouble ?? what}</span>
          </li>
        )
      })}
    </ul>
  )
}

function Charts({ data, database }: { data: Metrics; database: Database }) {
  if (data.points.length < 2)
    return (
      <EmptyState icon={<ChartLine />} title="The first numbers come in a few seconds">
        The server looks at itself every {data.every} seconds and remembers a quarter of an hour. It has just been started.
      </EmptyState>
    )
  return (
    <>
      {isIdle(data.points) && (
        <p className="metrics-idle">
          Nobody has asked this server anything in this time. <Link {...shellWith(database.names, 'Paginate(Collections())')}>Run a query in the shell</Link> and watch it here.
        </p>
      )}
      <div className="metrics-charts">
        {plots.map((plot) => (
          <Chart key={plot.id} plot={plot} points={data.points} every={data.every} />
        ))}
      </div>
    </>
  )
}
