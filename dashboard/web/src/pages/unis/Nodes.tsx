import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Database } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { AddKey } from './AddKey'
import type { Uni, UniNode } from './api'
import { keyLine } from './keys'
import { Copied } from './MadeUni'

/** The nodes of a uni: where each is reached and what verifies it. */
export function Nodes({ database, uni, managed }: { database: Database; uni: Uni; managed: boolean }) {
  return (
    <section className="nodes" aria-label="Nodes">
      {uni.nodes.map((node) => (
        <article key={node.name} className="panel node">
          <header className="panel-head">
            <h2>
              <Link to={pathTo(database.names, 'graphql', uni.name, node.name)} title={`Open GraphQL as ${node.name}`}>
                {node.name}
              </Link>
              <span className="node-about">{[node.description, node.csp, node.region].filter(Boolean).join(' · ')}</span>
            </h2>
            {managed && <AddKey place={{ database: database.path, uni: uni.name, node: node.name }} />}
          </header>
          <dl className="node-facts">
            <div>
              <dt>API</dt>
              <dd>
                <Copied text={(node.address ?? location.origin).replace(/\/$/, '') + node.path} label={`Copy the URL of ${node.name}`} />
              </dd>
            </div>
            <PublicKey node={node} />
            <div>
              <dt>Signs</dt>
              <dd>{whereIs(uni, node)}</dd>
            </div>
          </dl>
        </article>
      ))}
    </section>
  )
}

function PublicKey({ node }: { node: UniNode }) {
  const line = useQuery({ queryKey: ['key line', node.name, node.publicKey], queryFn: async () => (await keyLine(node)) ?? null, staleTime: Infinity })
  if (line.data === undefined) return null
  return (
    <div>
      <dt>Public key</dt>
      <dd>
        <Copied text={line.data ?? node.publicKey} label={`Copy the public key of ${node.name}`} />
      </dd>
    </div>
  )
}

function whereIs(uni: Uni, { name, replica }: UniNode): string {
  if (uni.local?.includes(name)) return 'on this server, which has its private key'
  return replica ? `on ${replica}, which has its private key` : 'elsewhere: its private key is not on this server'
}
