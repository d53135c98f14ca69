import { queryOptions } from '@tanstack/react-query'
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from 'graphql'
import { parseExact } from '../../value/exact'
import { errorsIn } from './answers'
import { run, type Caller } from './api'
import { entityOf, rowQuery, type Row } from './starting'

const introspection = getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true })

/** The schema of a node's API, as introspection tells it. */
export const schemaQuery = (caller: Caller) =>
  queryOptions({
    queryKey: [caller.place.database, 'graphql schema', caller.place.uni, caller.place.node, caller.key ?? ''],
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const { text } = await run(caller, { query: introspection }, {}, signal)
      const [first] = errorsIn(text)
      if (first) throw new Error(first.message)
      const schema = buildClientSchema((JSON.parse(text) as { data: IntrospectionQuery }).data)
      const entity = entityOf(schema)
      const row = entity === undefined ? undefined : await firstRow(caller, rowQuery(schema, entity), entity, signal)
      return { schema, row }
    },
  })

/** A row for the examples; they do without one that cannot be read. */
async function firstRow(caller: Caller, query: string, entity: string, signal: AbortSignal): Promise<Row | undefined> {
  try {
    const { text } = await run(caller, { query }, {}, signal)
    const { data } = parseExact(text) as { data?: Record<string, Record<string, (Row | null)[] | null> | null> }
    return data?.[`list_${entity}Items`]?.[`_${entity}Items`]?.[0] ?? undefined
  } catch {
    return undefined
  }
}
