import type { Draft } from './registration'
import { pretty } from './registration'

const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: {
    Inventory: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          itemName: { type: 'string' },
          quantityWarehouse1: { type: 'integer', minimum: 0 },
          quantityWarehouse2: { type: 'integer', minimum: 0 },
        },
      },
    },
  },
}

/** A uni to try: one stock in two warehouses, which two parties share. */
export const example: Draft = {
  name: 'test-inventory',
  nodes: [
    { name: 'Warehouse', rest: {} },
    { name: 'Shop', rest: {} },
  ],
  schema: pretty(schema),
  state: pretty({ Inventory: [{ itemName: 'Fruit basket', quantityWarehouse1: 100, quantityWarehouse2: 0 }] }),
  rest: {},
}
