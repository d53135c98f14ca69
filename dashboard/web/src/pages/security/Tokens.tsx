import { Link } from '@tanstack/react-router'
import { Ticket } from 'lucide-react'
import { EmptyState } from '../../design/PageHeader'
import { useDatabase } from '../../layout/database'
import { pathTo, shellWith } from '../../layout/paths'
import { get } from '../../value/access'
import { Cell } from '../../value/Cell'
import { refOf } from '../../value/parse'
import { When } from '../collections/DocumentTable'
import { numberOf } from '../collections/texts'
import { Trouble } from '../collections/Trouble'
import { Revoke } from './Revoke'
import { useList } from './list'
import { tokensText } from './texts'

/** The tokens of the database: who is logged in as which document. */
export function Tokens() {
  const { names } = useDatabase()
  const tokens = useList(tokensText)
  if (tokens.isError) return <Trouble error={tokens.error} what="the tokens" onRetry={() => void tokens.refetch()} />
  if (!tokens.data) return null
  if (tokens.data.length === 0)
    return (
      <EmptyState
        icon={<Ticket />}
        title="No tokens"
        action={
          <Link className="button button-primary" {...shellWith(names, 'Login(Ref(Collection("customers"), "1"), {password: "…"})')}>
            Log in in the shell
          </Link>
        }
      >
        A token stands for a document that has logged in with its password. It has the roles that the document is a member of.
      </EmptyState>
    )
  return (
    <section className="panel" aria-label="Tokens">
      <div className="collection-scroll" tabIndex={0} role="group" aria-label="List of tokens">
        <table className="rows plain-rows">
          <thead>
            <tr>
              <th scope="col">Id</th>
              <th scope="col">Stands for</th>
              <th scope="col">Made</th>
              <th scope="col">
                <span className="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {tokens.data.map((token) => {
              const id = refOf(token)?.id ?? ''
              const ts = numberOf(get(token, 'ts'))
              const instance = refOf(get(token, 'instance'))
              const document = instance?.collection ? `${instance.collection.id}/${instance.id}` : undefined
              return (
                <tr key={id}>
                  <td className="rows-time">{id}</td>
                  <td>{instance && <Cell value={instance} names={names} />}</td>
                  <td className="rows-time">{ts !== undefined && <When micros={ts} />}</td>
                  <td className="plain-rows-actions">
                    {document !== undefined && (
                      <Link to={pathTo(names, 'security')} search={{ show: 'try', as: `document ${document}` }}>
                        What may it do?
                      </Link>
                    )}
                    <Revoke set="Tokens" id={id} what={`token ${id}`} />
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </section>
  )
}
