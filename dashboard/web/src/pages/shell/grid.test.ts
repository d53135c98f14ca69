import { expect, test } from 'vitest'
import { landed } from './grid'

const size = { rows: 40, columns: 5, page: 15 }
const press = (key: string, far = false) => ({ key, ctrlKey: far, metaKey: false, altKey: false })

test.each([
  ['ArrowDown', false, [3, 2]],
  ['ArrowUp', false, [1, 2]],
  ['ArrowRight', false, [2, 3]],
  ['ArrowLeft', false, [2, 1]],
  ['ArrowDown', true, [39, 2]],
  ['ArrowLeft', true, [2, 0]],
  ['PageDown', false, [17, 2]],
  ['PageUp', false, [0, 2]],
  ['Home', false, [2, 0]],
  ['End', false, [2, 4]],
  ['Home', true, [0, 0]],
  ['End', true, [39, 4]],
])('%s, with Control %s', (key, far, [row, column]) => {
  expect(landed({ row: 2, column: 2 }, press(key, far), size)).toEqual({ row, column })
})

test('not past the end, not by other keys, and first to the first', () => {
  expect(landed({ row: 39, column: 4 }, press('ArrowDown'), size)).toEqual({ row: 39, column: 4 })
  expect(landed({ row: 0, column: 0 }, press('x'), size)).toBeUndefined()
  expect(landed(undefined, press('ArrowDown'), size)).toEqual({ row: 0, column: 0 })
  expect(landed({ row: 0, column: 0 }, { ...press('ArrowDown'), altKey: true }, size)).toBeUndefined()
})
