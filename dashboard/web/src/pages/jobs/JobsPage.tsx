import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ListChecks } from 'lucide-react'
import { EmptyState, PageHeader } from '../../design/PageHeader'
import { Trail } from '../../layout/Trail'
import { topLabel, useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { isFinal, Trouble } from '../collections/Trouble'
import { jobsQuery, looked, type Job } from './walk'
import './jobs.css'

/** The builds of large indexes, which go on by themselves. */
export function JobsPage() {
  const database = useDatabase()
  const client = useQueryClient()
  const jobs = useQuery(jobsQuery(client, database.names))
  const { data, error } = jobs
  return (
    <div className="page">
      <PageHeader trail={<Trail names={database.names} />} title="Jobs" window={['Jobs', database.label]} note={data?.jobs.length || undefined} />
      {error && <Trouble error={error} what="the indexes of this database" onRetry={() => void jobs.refetch()} />}
      {data && !(error && isFinal(error)) && (
        <>
          {data.jobs.length === 0 ? <Nothing databases={data.databases} to={pathTo(database.names, 'indexes')} /> : <List jobs={data.jobs} />}
          {data.more && <p className="jobs-note">The first {looked} databases were looked at. Open one further down to see its jobs.</p>}
        </>
      )}
    </div>
  )
}

function Nothing({ databases, to }: { databases: number; to: string }) {
  return (
    <EmptyState icon={<ListChecks />} title="Nothing is under way" action={<Link to={to}>Indexes</Link>}>
      All indexes of {databases === 1 ? 'this database' : `these ${databases.toLocaleString('en')} databases`} are complete. An index over a collection with many documents is built in the background: it
      shows here until it is complete, also after a restart.
    </EmptyState>
  )
}

function List({ jobs }: { jobs: Job[] }) {
  return (
    <ul className="panel jobs-list" aria-label="Builds of indexes">
      {jobs.map(({ names, index, failed }) => (
        <li key={`${names.join('/')} ${index.name}`} className="jobs-job">
          <div className="jobs-head">
            <Link to={pathTo(names, 'indexes', index.name)}>{index.name}</Link>
            <span className="jobs-where">
              {names.join(' / ') || topLabel}, over {index.sources.join(', ')}
            </span>
            <span className={failed ? 'jobs-state jobs-state-failed' : 'jobs-state'}>{failed ? 'failed' : 'under way'}</span>
          </div>
          {!failed && <progress className="jobs-bar" aria-label={`Build of ${index.name}`} />}
          <p className={failed ? 'jobs-text jobs-state-failed' : 'jobs-text'}>
            {index.build ?? 'It waits for its turn.'}
            {failed && ' Mend the documents that it names, delete the index and create it again.'}
          </p>
        </li>
      ))}
    </ul>
  )
}
