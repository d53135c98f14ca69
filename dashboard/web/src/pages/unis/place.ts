import { useParams } from '@tanstack/react-router'
import { nameIn } from '../../layout/paths'
import { recall, remember } from '../../storage'
import type { Uni } from './api'

/** The uni, the node and the block of the URL; "" where there is none. */
export function useUniPlace(): { uni: string; node: string; block: string } {
  const { uni, node, block } = useParams({ strict: false }) as { uni?: string; node?: string; block?: string }
  return { uni: nameIn(uni), node: nameIn(node), block: nameIn(block) }
}

const keyOf = (database: string) => `seriatim.uni/${database}`

/** Keeps which uni and node were looked at last in a database. */
export function keepPlace(database: string, uni: string, node: string): void {
  remember(keyOf(database), JSON.stringify([uni, node]))
}

/** The uni and node to begin with: those looked at last, or the first that this machine
 *  can sign for. A secret that is a node's key has only its own. */
export function placeToBegin(database: string, unis: Uni[], own?: string): { uni: string; node: string } | undefined {
  const [lastUni, lastNode] = kept(database)
  const uni = unis.find((u) => u.name === lastUni) ?? unis[0]
  if (!uni) return undefined
  const node = own ?? uni.nodes.find((n) => n.name === lastNode)?.name ?? nodeToBegin(uni)
  return node === undefined ? undefined : { uni: uni.name, node }
}

/** The first node of a uni that this machine can sign for, or the first. */
export function nodeToBegin(uni: Uni): string | undefined {
  return (uni.nodes.find((n) => uni.local?.includes(n.name)) ?? uni.nodes[0])?.name
}

function kept(database: string): unknown[] {
  try {
    const last: unknown = JSON.parse(recall(keyOf(database)) ?? '[]')
    return Array.isArray(last) ? last : []
  } catch {
    return []
  }
}
