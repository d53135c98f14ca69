import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useDatabase } from '../../layout/database'
import { pathTo } from '../../layout/paths'
import { useSegment } from '../../layout/segments'
import { ask } from '../../value/ask'
import { DefinitionHead } from '../collections/DefinitionHead'
import { fresh } from '../collections/Reading'
import { indexOf, indexText, type IndexDefinition } from './definition'
import { Entries } from './Entries'
import { kindOf } from './IndexesPage'
import { State } from './State'
import '../collections/collections.css'

/** An index: what it is, and what it has. */
export function IndexPage() {
  const database = useDatabase()
  const name = useSegment('index')
  const index = useQuery({
    queryKey: [database.path, 'index', name],
    queryFn: async ({ signal }) => {
      const { value, txn } = await ask(database.path, indexText(name), signal)
      return { definition: indexOf(value), txn }
    },
    ...fresh,
    refetchInterval: ({ state }) => (state.data && !state.data.definition.active ? 1500 : false),
  })
  return (
    <div className="page">
      <DefinitionHead kind="index" name={name} reading={index} />
      {index.data && !index.isError && (
        <>
          <Facts index={index.data.definition} />
          {index.data.definition.active ? <Entries key={name} index={index.data.definition} /> : <p className="form-warning">It is being built, and answers once that is done.</p>}
        </>
      )}
    </div>
  )
}

function Facts({ index }: { index: IndexDefinition }) {
  const { names } = useDatabase()
  return (
    <dl className="facts">
      <Fact name="Source">{index.collection === undefined ? index.sources.join(', ') : <Link to={pathTo(names, 'collections', index.collection)}>{index.collection}</Link>}</Fact>
      <Fact name="Terms">{index.terms.join(', ') || 'none'}</Fact>
      <Fact name="Values">{index.values.join(', ') || 'ref'}</Fact>
      <Fact name="Kind">{kindOf(index) || 'not serialized'}</Fact>
      <Fact name="State">
        <State index={index} />
      </Fact>
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>
        <span className="fact-text">{children}</span>
      </dd>
    </div>
  )
}
