/** A tree of databases as the lines that are in sight. */

import type { Names } from '../../layout/paths'

/** What is known of the inside of a database. */
export type Inside = { names: readonly string[]; more: boolean } | { failure: string } | undefined

/** A line of the tree: a database, or what there is to say where its inside would be. */
export type Line = { kind: 'database'; names: Names; open: boolean } | { kind: 'note'; names: Names; text: string }

/** The lines of a tree of which some databases are open, by their paths. `shown` is how many
 *  of the databases of one are listed at most. */
export function linesOf(open: readonly string[], inside: (path: string) => Inside, shown: number): Line[] {
  const lines: Line[] = []
  const add = (names: Names) => {
    const here = inside(names.join('/'))
    const note = (text: string) => lines.push({ kind: 'note', names, text })
    if (!here) return
    if ('failure' in here) return void note(`Cannot be listed. ${here.failure}`)
    if (here.names.length === 0) return void note('No databases inside')
    for (const name of here.names) {
      const below = [...names, name]
      const isOpen = open.includes(below.join('/'))
      lines.push({ kind: 'database', names: below, open: isOpen })
      if (isOpen) add(below)
    }
    if (here.more) note(`The first ${shown.toLocaleString('en')} are shown.`)
  }
  add([])
  return lines
}

/** Those lines of databases that hold the text. */
export function linesWith(lines: readonly Line[], text: string): readonly Line[] {
  const part = text.trim().toLowerCase()
  return part === '' ? lines : lines.filter((line) => line.kind === 'database' && line.names.at(-1)!.toLowerCase().includes(part))
}
