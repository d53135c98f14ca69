/** The logic of the slider over the versions of a document, which are the newest first. */

import type { Version } from './versions'

/** What a version is compared with: the one before, the newest, nothing. */
export type Against = 'before' | 'now' | 'alone'

/** The place of the version that was there at an instant, -1 before the first. */
export const shownAt = (versions: readonly Version[], at: number): number => versions.findIndex((version) => version.ts <= at)

/** The stop of a version: the oldest is at 0, and what was before it, too. */
export const stopOf = (versions: readonly Version[], place: number): number => (place < 0 ? 0 : versions.length - 1 - place)

/** The instant of a stop. */
export const tsOf = (versions: readonly Version[], stop: number): number => versions[versions.length - 1 - stop]!.ts

/** The version that the one at a place is compared with; none before the first. */
export const olderThan = (versions: readonly Version[], place: number, against: Against): Version | undefined => (against === 'now' || place < 0 ? undefined : versions[place + 1])

/** The instant of a text in microseconds. */
export function microsOf(text: string): number | undefined {
  if (/^\d{1,16}$/.test(text)) return Number(text)
  if (!/^\d{4}-\d\d-\d\dT/.test(text)) return undefined
  const millis = Date.parse(text.replace(/(\.\d{3})\d+/, '$1'))
  if (Number.isNaN(millis)) return undefined
  const below = /\.\d{3}(\d{1,3})/.exec(text)?.[1] ?? ''
  return millis * 1000 + Number(below.padEnd(3, '0'))
}
