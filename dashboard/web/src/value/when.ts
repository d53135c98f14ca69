/** Times as a person reads them, here and to the last digit. */

/** A time of the protocol told twice. */
export interface Told {
  /** In the time zone of the browser, to the second: 2026-11-22 10:03:04. */
  local: string
  /** UTC with every digit that the server gave. */
  exact: string
}

/** An instant in microseconds since 1970, as documents have in `ts`. */
export function toldMicros(micros: number): Told {
  const date = new Date(Math.floor(micros / 1000))
  if (Number.isNaN(date.getTime())) return { local: String(micros), exact: String(micros) }
  const below = String(((micros % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, '0')
  return { local: local(date), exact: `${date.toISOString().slice(0, -5)}.${below}Z` }
}

/** An instant in ISO text, as a Time has. */
export function toldText(text: string): Told {
  const date = new Date(text.replace(/(\.\d{3})\d+/, '$1'))
  return { local: Number.isNaN(date.getTime()) ? text : local(date), exact: text }
}

/** Only the time of day of an instant in microseconds: 10:03:04. */
export function clock(micros: number): string {
  return local(new Date(micros / 1000)).slice(-8)
}

function local(date: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}
