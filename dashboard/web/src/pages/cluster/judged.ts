/** What there is to say of a cluster's state. */

import type { Cluster, Log, Node } from './api'

/** A thing to worry about, and what to do. */
export interface Alarm {
  /** bad: something does not work now; odd: it may not for long. */
  level: 'bad' | 'odd'
  title: string
  text: string
}

/** Whether the node that answers is in no cluster. */
export const isAlone = (c: Cluster): boolean => c.nodes.length === 1 && c.self === 'single'

/** Micros of a clock's offset above which sessions that move may have to wait. */
const clockFar = 1_000_000
const lagFar = 10_000

/** All there is to worry about, the worst first. */
export function alarms(c: Cluster): Alarm[] {
  const all = [...ofLog(c), ...c.nodes.flatMap(ofNode), ...ofDigests(c.nodes), ...ofVersions(c.nodes), ...ofVoters(c)]
  return all.sort((a, b) => Number(a.level === 'odd') - Number(b.level === 'odd'))
}

function ofLog({ log, leader, nodes }: Cluster): Alarm[] {
  const out: Alarm[] = []
  if (log.alarm === 'NOSPACE') out.push({ level: 'bad', title: 'The log is full', text: 'It takes no writes until it has been given room: see the runbook “The log is full”.' })
  else if (log.alarm !== '') out.push({ level: 'bad', title: `The log raises ${log.alarm}`, text: 'It takes no writes until an operator has acted.' })
  else if (log.quotaBytes > 0 && log.bytes > 0.8 * log.quotaBytes)
    out.push({ level: 'odd', title: 'The log is nearly full', text: 'It takes more than four fifths of its quota. A node that is down for long keeps it from being trimmed.' })
  if (leader === '' && nodes.some((n) => n.leader || n.role === 'voter'))
    out.push({ level: 'bad', title: 'No node leads the log', text: 'Writes wait until a majority of voters can reach each other. Plain reads go on.' })
  return out
}

function ofNode(n: Node): Alarm[] {
  const out: Alarm[] = []
  if (!n.live) out.push({ level: 'bad', title: `${n.name} is down`, text: 'It has not reported for some seconds. Start it, or remove it when it is lost for good.' })
  if (n.fenced !== '') out.push({ level: 'bad', title: `${n.name} has taken itself out of service`, text: n.fenced })
  if (n.live && n.lag > lagFar) out.push({ level: 'odd', title: `${n.name} falls behind`, text: `It has ${n.lag.toLocaleString('en')} blocks of the log to apply.` })
  if (n.live && Math.abs(n.clockOffset) > clockFar) out.push({ level: 'odd', title: `The clock of ${n.name} is off`, text: 'By more than a second against its peers. Look at its time service.' })
  return out
}

/** Nodes that differ in the digest at one position have diverged. */
function ofDigests(nodes: readonly Node[]): Alarm[] {
  const at = new Map<number, Node>()
  for (const n of nodes) {
    if (n.digest === '') continue
    const other = at.get(n.position)
    if (other && other.digest !== n.digest)
      return [{ level: 'bad', title: `${other.name} and ${n.name} have diverged`, text: 'They hold different data at one position of the log. Take one out of service and read the runbook.' }]
    at.set(n.position, n)
  }
  return []
}

function ofVersions(nodes: readonly Node[]): Alarm[] {
  const versions = [...new Set(nodes.filter((n) => n.live).map((n) => n.version))]
  if (versions.length < 2) return []
  return [{ level: 'odd', title: 'The nodes run different releases', text: `${versions.join(', ')}. That is meant to last no longer than a rolling upgrade.` }]
}

function ofVoters(c: Cluster): Alarm[] {
  if (isAlone(c)) return []
  const voters = c.nodes.filter((n) => n.role === 'voter')
  const up = voters.filter((n) => n.live).length
  if (voters.length >= 3 && up === Math.floor(voters.length / 2) + 1)
    return [{ level: 'odd', title: `${up} of ${voters.length} voters are up`, text: 'Writes go on. With one voter less they would wait, and plain reads go on.' }]
  if (voters.length === 0 || voters.length >= 3) return []
  return [{ level: 'odd', title: `Only ${voters.length} ${voters.length === 1 ? 'voter' : 'voters'}`, text: 'The cluster does not outlive the loss of one. Three voters do; add nodes with serve --join.' }]
}

/** How many voters may be lost before writes stop. */
export function spare(nodes: readonly Node[]): number {
  const voters = nodes.filter((n) => n.role === 'voter')
  return voters.filter((n) => n.live).length - (Math.floor(voters.length / 2) + 1)
}

/** The nodes by region, in the order of names; those without one last. */
export function byRegion(nodes: readonly Node[]): [string, Node[]][] {
  const regions = new Map<string, Node[]>()
  for (const node of nodes) regions.set(node.region, [...(regions.get(node.region) ?? []), node])
  return [...regions].sort(([a], [b]) => Number(a === '') - Number(b === '') || a.localeCompare(b))
}

/** The round trip between two nodes, in microseconds, as the first measured it. */
export const roundTrip = (from: Node, to: Node): number | undefined => from.roundTrips?.[to.name]

/** How slow a round trip is beside the slowest one, from 0 to 4. */
export function heat(micros: number, nodes: readonly Node[]): number {
  const most = Math.max(...nodes.flatMap((n) => Object.values(n.roundTrips ?? {})), 1)
  return Math.min(4, Math.floor((4.999 * micros) / most))
}

/** The part of its quota that the log takes, nothing where it has none. */
export const filled = (log: Log): number | undefined => (log.quotaBytes > 0 ? Math.min(1, log.bytes / log.quotaBytes) : undefined)
