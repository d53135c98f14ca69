/** Numbers for people. */

const figures = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })

/** A number with three figures, or whole with its thousands apart. */
export function toldNumber(n: number): string {
  return Math.abs(n) >= 1000 ? Math.round(n).toLocaleString('en') : figures.format(n)
}

/** How often something happens. */
export const toldRate = (n: number): string => `${toldNumber(n)}/s`

/** A time in milliseconds. */
export function toldMillis(ms: number): string {
  if (ms >= 1000) return `${figures.format(ms / 1000)} s`
  return ms > 0 && ms < 1 ? `${figures.format(ms * 1000)} µs` : `${figures.format(ms)} ms`
}

/** A part of a whole. */
export const toldShare = (n: number): string => `${figures.format(100 * n)} %`

const steps = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** A number of bytes. */
export function toldBytes(bytes: number): string {
  let step = 0
  let n = bytes
  while (Math.abs(n) >= 1024 && step < steps.length - 1) {
    n /= 1024
    step++
  }
  return `${n >= 1000 ? Math.round(n) : figures.format(n)} ${steps[step]}`
}

/** Blocks of the log. */
export const toldBlocks = (n: number): string => `${toldNumber(n)} ${n === 1 ? 'block' : 'blocks'}`
