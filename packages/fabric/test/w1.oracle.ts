/**
 * The open-loop fabric of 8 leaves, 8 spines and 64 hosts as plain queues and one list of events, without any of
 * Weft's own classes: an independent account of what FIFO links do. Times are in picoseconds.
 */
export interface Workload {
  /** Spine of the ordered pair of hosts. */
  readonly spineOf: (source: number, destination: number) => number
  /** Packets are handed over before this time. */
  readonly durationPs: number
  /** Host i sends to (i + offset) mod 64. */
  readonly offset: number
  /** Time between two packets of a host, and between the first packets of neighbours. */
  readonly intervalPs: number
  readonly staggerPs: number
  readonly wireBytes: number
  readonly queuePackets: number
}

export interface Counts {
  sent: number
  delivered: number
  dropped: number
  /** Link transmissions. */
  hops: number
}

const HOSTS = 64
const PER_LEAF = 8
const PS_PER_BYTE = 80
const DELAY_PS = 1_000_000

interface Link {
  /** Departure times of packets that have not left, the one in service first. */
  departures: number[]
}

interface Arrival {
  readonly atPs: number
  readonly order: number
  readonly path: readonly Link[]
  readonly hop: number
}

export function runOracle(workload: Workload): Counts {
  const counts: Counts = { sent: 0, delivered: 0, dropped: 0, hops: 0 }
  const links = new Map<string, Link>()
  const link = (name: string): Link => {
    const found = links.get(name) ?? { departures: [] }
    links.set(name, found)
    return found
  }
  const pathOf = (source: number, destination: number): Link[] => {
    const [from, to] = [Math.floor(source / PER_LEAF), Math.floor(destination / PER_LEAF)]
    const [first, last] = [link(`host ${source} up`), link(`host ${destination} down`)]
    if (from === to) return [first, last]
    const spine = workload.spineOf(source, destination)
    return [first, link(`leaf ${from} to spine ${spine}`), link(`spine ${spine} to leaf ${to}`), last]
  }
  // every hop takes at least the propagation delay, so arrivals can be sorted in batches shorter than that
  const batches: Arrival[][] = []
  let order = 0
  const schedule = (atPs: number, path: readonly Link[], hop: number) => {
    const batch = Math.floor(atPs / DELAY_PS)
    batches[batch] ??= []
    batches[batch]!.push({ atPs, order: order++, path, hop })
  }
  for (let host = 0; host < HOSTS; host++) {
    const path = pathOf(host, (host + workload.offset) % HOSTS)
    for (let at = host * workload.staggerPs; at < workload.durationPs; at += workload.intervalPs)
      schedule(at, path, 0)
  }
  const transmissionPs = workload.wireBytes * PS_PER_BYTE
  for (let batch = 0; batch < batches.length; batch++) {
    const arrivals = (batches[batch] ?? []).sort((a, b) => a.atPs - b.atPs || a.order - b.order)
    delete batches[batch]
    for (const { atPs, path, hop } of arrivals) {
      if (hop === 0) counts.sent++
      if (hop === path.length) {
        counts.delivered++
        continue
      }
      const { departures } = path[hop]!
      while (departures.length > 0 && departures[0]! <= atPs) departures.shift()
      // one in service, the rest waiting
      if (departures.length === workload.queuePackets + 1) {
        counts.dropped++
        continue
      }
      const depart = (departures.at(-1) ?? atPs) + transmissionPs
      departures.push(depart)
      counts.hops++
      schedule(depart + DELAY_PS, path, hop + 1)
    }
  }
  return counts
}

const MASK_64 = (1n << 64n) - 1n

export function splitmix64(seed: bigint): bigint {
  let x = (seed + 0x9e3779b97f4a7c15n) & MASK_64
  x = ((x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64
  x = ((x ^ (x >> 27n)) * 0x94d049bb133111ebn) & MASK_64
  return x ^ (x >> 31n)
}

export const hashedSpine = (source: number, destination: number): number =>
  Number(splitmix64((BigInt(source) << 32n) | BigInt(destination)) % 8n)
