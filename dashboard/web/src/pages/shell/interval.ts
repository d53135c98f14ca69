/** Microseconds as a person reads them. */
export function interval(micros: number): string {
  if (micros < 1000) return `${micros} µs`
  const ms = micros / 1000
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en')} ms`
}
