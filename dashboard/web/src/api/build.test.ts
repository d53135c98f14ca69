import { expect, test, vi } from 'vitest'

const page = (own: string) => {
  vi.resetModules()
  vi.stubGlobal('document', { querySelector: () => ({ content: own }) })
  return import('./build')
}

test('another build is noticed, the same and none are not', async () => {
  const build = await page('0123456789abcdef')
  for (const theirs of [null, '', '0123456789abcdef']) build.noticeBuild(theirs)
  expect(build.isOutdated()).toBe(false)
  build.noticeBuild('fedcba9876543210')
  expect(build.isOutdated()).toBe(true)
})

test('a page that no server gave its build is never outdated', async () => {
  const build = await page('__BUILD__')
  build.noticeBuild('fedcba9876543210')
  expect(build.isOutdated()).toBe(false)
})

test('it is loaded again once, not in turns', async () => {
  const build = await page('0123456789abcdef')
  const kept = new Map<string, string>()
  const reload = vi.fn()
  vi.stubGlobal('sessionStorage', { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => kept.set(k, v) })
  vi.stubGlobal('location', { reload })
  expect([build.reloadOnce(), build.reloadOnce()]).toEqual([true, false])
  expect(reload).toHaveBeenCalledTimes(1)
})
