/** Walking through a table by keyboard. */

/** A cell by its row and column, from 0. */
export interface Spot {
  row: number
  column: number
}

interface Press {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
}

/** Where a key leads from a cell, undefined when it leads nowhere else. From no cell every
 *  one of these keys leads to the first. `page` is how many rows PageDown goes. */
export function landed(from: Spot | undefined, { key, ctrlKey, metaKey, altKey }: Press, size: { rows: number; columns: number; page: number }): Spot | undefined {
  const { row, column } = from ?? { row: 0, column: 0 }
  const far = ctrlKey || metaKey
  const last = { row: size.rows - 1, column: size.columns - 1 }
  const steps: Record<string, Spot> = {
    ArrowDown: { row: far ? last.row : row + 1, column },
    ArrowUp: { row: far ? 0 : row - 1, column },
    ArrowRight: { row, column: far ? last.column : column + 1 },
    ArrowLeft: { row, column: far ? 0 : column - 1 },
    PageDown: { row: row + size.page, column },
    PageUp: { row: row - size.page, column },
    Home: { row: far ? 0 : row, column: 0 },
    End: { row: far ? last.row : row, column: last.column },
  }
  const step = altKey ? undefined : steps[key]
  if (!step) return undefined
  if (!from) return { row: 0, column: 0 }
  return { row: within(step.row, last.row), column: within(step.column, last.column) }
}

const within = (n: number, last: number) => Math.max(0, Math.min(last, n))
