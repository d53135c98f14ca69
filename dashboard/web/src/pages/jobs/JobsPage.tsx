import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ListChecks } from 'lucide-react'
import { Button } from '../../design/Button'
import { FilterField } from '../../design/FilterField'
import { Listed } from '../../design/Listed'
import { EmptyState, PageHeader } from '../../design/PageHeader'
import { Trail } from '../../layout/Trail'
import { topLabel, useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { isFinal, Trouble } from '../collections/Trouble'
import { useFilter } from '../collections/useDefinitions'
import { progressText, useRate } from './pace'
import { jobsQuery, looked, totalQuery, type Job } from './walk'
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
          {data.jobs.length === 0 ? <Nothing databases={data.databases} to={pathTo(database.names, 'indexes')} /> : <List jobs={data.jobs} read={jobs.dataUpdatedAt} />}
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

function List({ jobs, read }: { jobs: Job[]; read: number }) {
  const { filter, setFilter } = useFilter()
  const part = filter.trim().toLowerCase()
  const found = jobs.filter(({ names, index }) => `${names.join('/')} ${index.name} ${index.sources.join(' ')}`.toLowerCase().includes(part))
  return (
    <>
      {(jobs.length > few || part !== '') && <FilterField label="Filter by index or source" value={filter} onChange={setFilter} />}
      {found.length === 0 ? (
        <EmptyState icon={<ListChecks />} title={`No job has “${filter}”`} action={<Button onClick={() => setFilter('')}>Show all {jobs.length.toLocaleString('en')}</Button>} />
      ) : (
        <section className="panel">
          <Listed label="Builds of indexes" className="jobs-list" count={found.length} keyOf={(i) => `${found[i]?.names.join('/')} ${found[i]?.index.name}`} height={92} entry={(i) => <One job={found[i]!} read={read} />} />
        </section>
      )}
    </>
  )
}

/** So many are seen at a glance. */
const few = 6

function One({ job: { names, index, failed }, read }: { job: Job; read: number }) {
  const total = useQuery({ ...totalQuery(names, index.collection), enabled: !failed && index.collection !== undefined }).data
  const rate = useRate(index.built, read)
  const told = failed ? `${index.build} Mend the documents that it names, delete the index and create it again.` : index.built === undefined ? 'It waits for its turn.' : progressText(index.built, total, rate)
  return (
    <div className="jobs-job">
      <div className="jobs-head">
        <Link to={pathTo(names, 'indexes', index.name)}>{index.name}</Link>
        <span className="jobs-where">
          {names.join(' / ') || topLabel}, over {index.sources.join(', ')}
        </span>
        <span className={failed ? 'jobs-state jobs-state-failed' : 'jobs-state'}>{failed ? 'failed' : percent(index.built, total)}</span>
      </div>
      {!failed && <progress className="jobs-bar" aria-label={`Build of ${index.name}`} {...(index.built !== undefined && total ? { value: Math.min(index.built, total), max: total } : {})} />}
      <p className={failed ? 'jobs-text jobs-state-failed' : 'jobs-text'}>{told}</p>
    </div>
  )
}

/** 100 % only when it is complete, and then it is no job any more. */
const percent = (done: number | undefined, total: number | undefined) => (done !== undefined && total ? `${Math.min(99, Math.floor((100 * done) / total))} %` : 'under way')
