import type { SyntaxNode, Tree } from '@lezer/common'

/** What a result can name that may have a page. */
export type LinkKind = 'document' | 'collection' | 'index' | 'function' | 'database' | 'role'

/** A piece of a text that names something. */
export interface Named {
  from: number
  to: number
  kind: LinkKind
  /** Its name; of a document, the name of its collection. */
  name: string
  /** The id of a document. */
  id?: string
}

const kinds: Record<string, LinkKind> = {
  Collection: 'collection',
  Index: 'index',
  Function: 'function',
  Database: 'database',
  Role: 'role',
}

/**
 * The refs in a text, in order and outside each other, such as `Collection("a")` and
 * `Ref(Collection("a"), "1")`. What stands in a string is none, and neither is what
 * lies in another database, such as `Collection("a", Database("b"))`.
 */
export function refsIn(tree: Tree, text: string): Named[] {
  const found: Named[] = []
  tree.iterate({
    enter(node) {
      if (node.name !== 'Call') return true
      const call = callOf(node.node, text)
      const kind = call && kinds[call.name]
      const named = call?.name === 'Ref' ? documentOf(call, text) : call && kind ? definitionOf(call, kind, text) : null
      if (named) found.push({ from: node.from, to: node.to, ...named })
      // The pieces of a ref that has no page have none either.
      return !named && call?.name !== 'Ref' && !kind
    },
  })
  return found
}

interface CallOf {
  name: string
  args: SyntaxNode[]
}

function callOf(node: SyntaxNode, text: string): CallOf | null {
  const callee = node.firstChild
  const args = node.getChild('Arguments')
  if (callee?.name !== 'FunctionName' || !args || args.lastChild?.name !== ')') return null
  const inner = []
  for (let child = args.firstChild?.nextSibling; child; child = child.nextSibling) {
    if (/^[A-Z⚠]/.test(child.name)) inner.push(child)
  }
  return { name: text.slice(callee.from, callee.to), args: inner }
}

function definitionOf({ args }: CallOf, kind: LinkKind, text: string): { kind: LinkKind; name: string } | null {
  const name = args.length === 1 ? stringOf(args[0], text) : null
  return name === null ? null : { kind, name }
}

function documentOf({ args }: CallOf, text: string): { kind: LinkKind; name: string; id: string } | null {
  if (args.length !== 2 || args[0]?.name !== 'Call') return null
  const collection = callOf(args[0], text)
  const name = collection?.name === 'Collection' && collection.args.length === 1 ? stringOf(collection.args[0], text) : null
  const id = stringOf(args[1], text)
  return name === null || id === null ? null : { kind: 'document', name, id }
}

/** The string that a node spells as JSON, which is how results spell those in refs. */
function stringOf(node: SyntaxNode | undefined, text: string): string | null {
  if (node?.name !== 'String') return null
  try {
    const spelled = text.slice(node.from, node.to)
    const value: unknown = JSON.parse(spelled[0] === "'" ? `"${spelled.slice(1, -1).replace(/\\'/g, "'").replace(/"/g, '\\"')}"` : spelled)
    return typeof value === 'string' ? value : null
  } catch {
    return null
  }
}
