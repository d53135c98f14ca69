/** How a pane shows its results. */

import { recall, remember } from '../../storage'
import { isArray } from '../../value/access'
import { Obj, parseValue, type Value } from '../../value/parse'

export type View = 'shell' | 'json' | 'table' | 'tree'

export const views: readonly { value: View; label: string }[] = [
  { value: 'shell', label: 'Shell' },
  { value: 'json', label: 'JSON' },
  { value: 'table', label: 'Table' },
  { value: 'tree', label: 'Tree' },
]

const keyOf = (pane: number) => `seriatim.view/${pane}`

/** The view that a text names, if it does. */
export const viewIn = (text: unknown): View | undefined => views.find(({ value }) => value === text)?.value

/** The view that was last chosen for a pane. */
export const keptView = (pane: number): View => viewIn(recall(keyOf(pane))) ?? 'shell'

export const keepView = (pane: number, view: View): void => remember(keyOf(pane), view)

const read = new WeakMap<object, Value | SyntaxError>()

/** The value of a result, read when it is first asked for: a table or a tree needs it,
 *  a text does not. Throws SyntaxError when it is none. */
export function valueOf(result: { json: string }): Value {
  let value = read.get(result)
  if (value === undefined) {
    value = parsed(result.json)
    read.set(result, value)
  }
  if (value instanceof SyntaxError) throw value
  return value
}

function parsed(json: string): Value | SyntaxError {
  try {
    return parseValue(json)
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return thrown
    throw thrown
  }
}

/** More members than this are folded away at first. */
const mostOpen = 300

/** How many levels of a tree are open at first: three, or fewer where that were too much
 *  to look at. */
export function openLevels(value: Value): number {
  let level: readonly Value[] = membersOf(value)
  let count = level.length
  for (let open = 0; open < 3; open++) {
    level = level.flatMap(membersOf)
    count += level.length
    if (count > mostOpen) return open
  }
  return 3
}

function membersOf(value: Value): readonly Value[] {
  return isArray(value) ? value : value instanceof Obj ? [...value.fields.values()] : []
}
