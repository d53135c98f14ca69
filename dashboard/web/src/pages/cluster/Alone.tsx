import { useDatabase } from '../../layout/database'
import { CopyButton } from '../../design/CopyButton'
import { Link } from '@tanstack/react-router'
import { pathTo } from '../../layout/paths'

const steps = [
  {
    title: 'Make certificates by which nodes know each other',
    text: 'Once, on a machine that is yours alone; then copy ca.pem and each node’s two files to its machine.',
    command: 'seriatim cluster cert eu=eu.example.com us=us.example.com ap=ap.example.com',
  },
  {
    title: 'Restart this server as the first node',
    text: 'With the data directory it has: nothing is lost, and drivers go on as before.',
    command: 'seriatim serve --cluster --name eu --region eu --certs certs --advertise eu.example.com --listen :8443 --data DIR',
  },
  {
    title: 'Join the others, one on each machine',
    text: 'They fetch a copy of everything. With three voters the cluster outlives the loss of any one.',
    command: 'seriatim serve --cluster --name us --region us --certs certs --advertise us.example.com --listen :8443 --join eu.example.com',
  },
]

/** How a single server becomes a cluster. */
export function Alone() {
  const { names } = useDatabase()
  return (
    <section className="panel" aria-label="Make it a cluster">
      <header className="panel-head">
        <h2>Make it a cluster</h2>
        <Link to={pathTo(names, 'docs', 'cluster')}>Read more</Link>
      </header>
      <ol className="cluster-steps">
        {steps.map(({ title, text, command }) => (
          <li key={title}>
            <strong>{title}</strong>
            <span className="cluster-step-text">{text}</span>
            <span className="cluster-command">
              <code tabIndex={0}>{command}</code>
              <CopyButton text={command} label="Copy the command" />
            </span>
          </li>
        ))}
      </ol>
      <p className="cluster-try">
        To watch a cluster at work on this machine alone: <code>seriatim demo --regions 3</code>
      </p>
    </section>
  )
}
