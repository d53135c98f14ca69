import { describe, expect, test } from 'vitest'
import type { Cluster, Node } from './api'
import { alarms, byRegion, filled, heat, isAlone, roundTrip, spare } from './judged'

const node = (name: string, more: Partial<Node> = {}): Node => ({
  name, region: `${name}-west`, role: 'voter', address: '', version: '1', fenced: '', number: 1, position: 7, flushed: 7, lag: 0, digest: '', live: true, leader: false, roundTrips: {}, clockOffset: 0, ts: 0, ...more,
})
const cluster = (nodes: Node[], more: Partial<Cluster> = {}): Cluster => ({
  self: 'eu', leader: 'eu', log: { head: 7, oldest: 1, base: 0, bytes: 10, quotaBytes: 100, alarm: '' }, nodes, ...more,
})
const three = [node('eu', { leader: true }), node('us'), node('ap')]
const titles = (c: Cluster) => alarms(c).map((a) => a.title)

describe('what to worry about', () => {
  test('nothing, when all is well', () => expect(titles(cluster(three))).toEqual([]))
  test('a node that is down, before one that is behind', () =>
    expect(titles(cluster([node('eu'), node('us', { lag: 20_000 }), node('ap', { live: false, lag: 90_000 })]))).toEqual(['ap is down', 'us falls behind', '2 of 3 voters are up']))
  test('no leader', () => expect(titles(cluster(three, { leader: '' }))).toEqual(['No node leads the log']))
  test('a full log', () => expect(titles(cluster(three, { log: { ...cluster(three).log, alarm: 'NOSPACE' } }))).toEqual(['The log is full']))
  test('a log that fills', () => expect(titles(cluster(three, { log: { ...cluster(three).log, bytes: 90 } }))).toEqual(['The log is nearly full']))
  test('nodes that differ at one position', () =>
    expect(titles(cluster([node('eu', { digest: 'aa' }), node('us', { digest: 'bb' }), node('ap', { digest: 'cc', position: 8 })]))).toEqual(['eu and us have diverged']))
  test('two releases', () => expect(titles(cluster([...three.slice(1), node('eu', { version: '2' })]))).toEqual(['The nodes run different releases']))
  test('too few voters', () => expect(titles(cluster(three.slice(1)))).toEqual(['Only 2 voters']))
})

test('a single server is no cluster to worry about', () => {
  const one = cluster([node('single', { region: '' })], { self: 'single', leader: 'single' })
  expect(isAlone(one)).toBe(true)
  expect(alarms(one)).toEqual([])
})

test('how many voters may go', () => {
  expect(spare(three)).toBe(1)
  expect(spare([...three.slice(1), node('eu', { live: false })])).toBe(0)
  expect(spare([three[0]!, node('us', { live: false }), node('ap', { live: false })])).toBe(-1)
})

test('regions, the one without a name last', () => {
  expect(byRegion([node('c', { region: '' }), node('b', { region: 'us' }), node('a', { region: 'eu' })]).map(([r]) => r)).toEqual(['eu', 'us', ''])
})

test('round trips and how warm they are', () => {
  const nodes = [node('eu', { roundTrips: { us: 100_000, ap: 5_000 } }), node('us', { roundTrips: null })]
  expect(roundTrip(nodes[0]!, nodes[1]!)).toBe(100_000)
  expect(roundTrip(nodes[1]!, nodes[0]!)).toBeUndefined()
  expect([heat(100_000, nodes), heat(5_000, nodes)]).toEqual([4, 0])
})

test('a log without a quota is not filled', () => {
  expect(filled({ ...cluster([]).log, quotaBytes: 0 })).toBeUndefined()
  expect(filled(cluster([]).log)).toBe(0.1)
})
