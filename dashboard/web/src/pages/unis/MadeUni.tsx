import { Link } from '@tanstack/react-router'
import { Download, Waypoints } from 'lucide-react'
import { Button } from '../../design/Button'
import { CopyButton } from '../../design/CopyButton'
import { PageHeader } from '../../design/PageHeader'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import type { Uni } from './api'
import { download } from './download'
import { UnisTrail } from './UnisTrail'
import { pretty } from './registration'

/** A uni that was just made, with what is shown only now. */
export function MadeUni({ uni }: { uni: Uni }) {
  const { names, label } = useDatabase()
  const secrets = uni.nodes.map((n) => ({ node: n.name, url: location.origin + n.path, apiKey: n.apiKey ?? '' }))
  return (
    <div className="page">
      <PageHeader trail={<UnisTrail names={names} page="unis" />} title={`${uni.name} is there`} window={[uni.name, label]} />
      <div className="once" role="status">
        The API keys are shown this once. Only their hashes are kept: copy or download them now. Each opens its own node, and signs nothing.
      </div>
      <section className="nodes" aria-label="Nodes">
        {secrets.map(({ node, url, apiKey }) => (
          <article key={node} className="panel">
            <header className="panel-head">
              <h2>{node}</h2>
            </header>
            <dl className="node-facts">
              <div>
                <dt>API</dt>
                <dd>
                  <Copied text={url} label={`Copy the URL of ${node}`} />
                </dd>
              </div>
              <div>
                <dt>API key</dt>
                <dd>
                  <Copied text={apiKey} label={`Copy the API key of ${node}`} />
                </dd>
              </div>
            </dl>
          </article>
        ))}
      </section>
      <div className="new-uni-actions">
        <Link className="button button-primary" to={pathTo(names, 'graphql', uni.name, uni.nodes[0]?.name ?? '')}>
          <Waypoints />
          Open GraphQL
        </Link>
        <Link className="button button-plain" to={pathTo(names, 'unis', uni.name)}>
          Go to the uni
        </Link>
        <Button icon={<Download />} onClick={() => download(`${uni.name}-keys.json`, pretty(secrets), 'application/json')}>
          Download the keys
        </Button>
      </div>
    </div>
  )
}

/** A text on one line, with a button that copies it. */
export function Copied({ text, label }: { text: string; label: string }) {
  return (
    <span className="copied">
      <code title={text}>{text}</code>
      <CopyButton text={text} label={label} />
    </span>
  )
}
