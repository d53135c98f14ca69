/** Which build of the dashboard this page is, and whether the server has another by now. */

import { useSyncExternalStore } from 'react'

const own = typeof document === 'undefined' ? undefined : document.querySelector<HTMLMetaElement>('meta[name="build"]')?.content
let other = false
const listeners = new Set<() => void>()

/** To be called with the build that an answer names, null when it names none. */
export function noticeBuild(theirs: string | null): void {
  // While the dashboard is developed its pages come from elsewhere.
  if (other || !theirs || !own || !isDigest(own) || theirs === own) return
  other = true
  for (const listener of listeners) listener()
}

/** Whether a text is the digest of a build, not what stands for it in the sources. */
export const isDigest = (text: string): boolean => /^[0-9a-f]{16}$/.test(text)

/** Whether the server was seen to have another build than this page's. */
export const isOutdated = (): boolean => other

/** The same, for components. */
export function useOutdated(): boolean {
  return useSyncExternalStore((changed) => {
    listeners.add(changed)
    return () => listeners.delete(changed)
  }, isOutdated)
}

const reloadedAt = 'seriatim.reloaded'

/** Loads the page again, as the server's build has it. Not twice within ten seconds: servers
 *  of two builds may take turns in answering while a cluster is upgraded. Tells whether it did. */
export function reloadOnce(): boolean {
  try {
    if (Date.now() - Number(sessionStorage.getItem(reloadedAt)) < 10_000) return false
    sessionStorage.setItem(reloadedAt, String(Date.now()))
  } catch {
    return false // without a place to remember it, nobody would end the turns
  }
  location.reload()
  return true
}
