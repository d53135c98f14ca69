import { useParams } from '@tanstack/react-router'
import { nameIn } from './paths'

/** The name in a segment of the URL, such as `index`; "" where there is none. */
export function useSegment(segment: string): string {
  const params: Record<string, string | undefined> = useParams({ strict: false })
  return nameIn(params[segment])
}
