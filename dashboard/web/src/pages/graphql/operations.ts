/** Which operation of a text runs. */

import { parse, separateOperations, type DocumentNode, type OperationDefinitionNode } from 'graphql'

/** An operation to run. */
export interface Chosen {
  /** The whole text with everything else blanked, so that places stay. */
  text: string
  kind: 'query' | 'mutation' | 'subscription'
  name?: string
}

/** The operation that the cursor stands in or behind, the first when it stands before
 *  all. A text that does not parse is left to the server, which says why. */
export function chosenAt(text: string, cursor: number): Chosen {
  const document = parsed(text)
  const operations = (document?.definitions ?? []).filter((d): d is OperationDefinitionNode => d.kind === 'OperationDefinition')
  const chosen = operations.findLast((o) => (o.loc?.start ?? 0) <= cursor) ?? operations[0]
  if (!document || !chosen) return { text, kind: kindOf(text) }
  const name = chosen.name?.value
  return { text: operations.length === 1 ? text : only(text, document, chosen), kind: chosen.operation as Chosen['kind'], ...(name === undefined ? {} : { name }) }
}

function parsed(text: string): DocumentNode | undefined {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

/** A broken text goes where one of its kind would. */
function kindOf(text: string): Chosen['kind'] {
  return /^\s*(#.*\n\s*)*subscription\b/.test(text) ? 'subscription' : 'query'
}

function only(text: string, document: DocumentNode, chosen: OperationDefinitionNode): string {
  const needed = separateOperations(document)[chosen.name?.value ?? '']?.definitions ?? [chosen]
  const kept = document.definitions.filter((d) => d === chosen || (d.kind === 'FragmentDefinition' && needed.includes(d)))
  let at = 0
  let out = ''
  for (const { loc } of kept) {
    if (!loc) continue
    out += blank(text.slice(at, loc.start)) + text.slice(loc.start, loc.end)
    at = loc.end
  }
  return out + blank(text.slice(at))
}

const blank = (text: string) => text.replace(/[^\n]/g, ' ')
