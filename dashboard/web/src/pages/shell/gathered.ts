/** Events that are handed on together: the first at once, those that come within some
 *  milliseconds of the last ones when that time is over. */
export class Gathered<T> {
  #waiting: T[] = []
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    readonly every: number,
    readonly hand: (events: T[]) => void,
  ) {}

  /** Takes an event. */
  add(event: T): void {
    this.#waiting.push(event)
    if (this.#timer === undefined) this.#pass()
  }

  /** Hands on what waits. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const events = this.#waiting
    this.#waiting = []
    if (events.length > 0) this.hand(events)
  }

  #pass() {
    this.flush()
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#waiting.length > 0) this.#pass()
    }, this.every)
  }
}
