import { useQuery } from '@tanstack/react-query'
import { useDatabase } from '../../layout/database'
import { get, isArray } from '../../value/access'
import { ask } from '../../value/ask'
import { fresh } from '../collections/Reading'

/** The documents that a query lists. */
export function useList(text: string) {
  const { path } = useDatabase()
  return useQuery({
    queryKey: [path, 'list', text],
    queryFn: async ({ signal }) => {
      const data = get((await ask(path, text, signal)).value, 'data')
      return isArray(data) ? [...data] : []
    },
    ...fresh,
  })
}
