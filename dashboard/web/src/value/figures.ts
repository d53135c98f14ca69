/** Numbers and sizes as text. */

import type { Bytes } from './types'

/** How many digits stand after the point. */
export function decimalsOf(text: string): number {
  return /^-?\d+\.(\d+)$/.exec(text)?.[1]?.length ?? 0
}

/** 1 byte, 12 bytes, 4.2 kB */
export function sizeOf(bytes: Bytes): string {
  const { length } = bytes
  if (length === 1) return '1 byte'
  return length < 1000 ? `${length} bytes` : `${(length / 1000).toLocaleString('en', { maximumFractionDigits: 1 })} kB`
}
