import { ConfigError, derangement, type RandomStream } from '@weft/core'
import {
  DEFAULT_DEMAND_CLASS,
  type DemandClass,
  type DemandMatrix,
  emptyDemand,
  meanPacketBytes,
} from './demand-matrix.ts'

export interface PatternOptions {
  /** Absent: IPv4 packets of 1500 bytes. */
  readonly class?: DemandClass
  /** New connections per second of every pair that sends; absent: 0. */
  readonly connectionsPerSecond?: number
}

/** Every host sends `ipBpsPerHost` in all, to all other hosts alike. */
export function uniformDemand(
  hosts: ArrayLike<number>,
  ipBpsPerHost: number,
  options: PatternOptions = {},
): DemandMatrix {
  const count = hosts.length
  requireHosts(count, 2)
  return fill(count * (count - 1), options, (add) => {
    const each = ipBpsPerHost / (count - 1)
    for (let from = 0; from < count; from++)
      for (let to = 0; to < count; to++) if (to !== from) add(hosts[from]!, hosts[to]!, each)
  })
}

/** A random derangement: every host sends `ipBpsPerHost` to one other, and receives from one other. */
export function permutationDemand(
  hosts: ArrayLike<number>,
  ipBpsPerHost: number,
  stream: RandomStream,
  options: PatternOptions = {},
): DemandMatrix {
  requireHosts(hosts.length, 2)
  const receivers = derangement(stream, hosts.length)
  return fill(hosts.length, options, (add) => {
    for (const [from, to] of receivers.entries()) add(hosts[from]!, hosts[to]!, ipBpsPerHost)
  })
}

/**
 * Every host sends `ipBpsPerHost`: the fraction `hotShare` of it to the hot hosts, the rest to the others, evenly within
 * each. A host that alone makes up a kind sends its part to the other kind.
 */
export function hotSpotDemand(
  hosts: ArrayLike<number>,
  hot: ArrayLike<number>,
  hotShare: number,
  ipBpsPerHost: number,
  options: PatternOptions = {},
): DemandMatrix {
  if (!(hotShare >= 0 && hotShare <= 1)) refuseShare(hotShare)
  const isHot = new Set(Array.from(hot))
  const all = Array.from(hosts)
  const count = all.length
  requireHosts(count, 2)
  return fill(count * (count - 1), options, (add) => {
    for (const from of all) {
      const others = all.filter((to) => to !== from)
      const hotCount = others.reduce((sum, to) => sum + (isHot.has(to) ? 1 : 0), 0)
      const coldCount = others.length - hotCount
      const share = hotCount === 0 ? 0 : coldCount === 0 ? 1 : hotShare
      for (const to of others) {
        const part = isHot.has(to) ? share / hotCount : (1 - share) / coldCount
        add(from, to, ipBpsPerHost * part)
      }
    }
  })
}

function refuseShare(hotShare: number): never {
  throw new ConfigError([{ path: ['hotShare'], message: `is ${hotShare}, expected a fraction from 0 to 1` }])
}

/** Lays out at most `entries` demands of one class. */
export function fill(
  entries: number,
  { class: of = DEFAULT_DEMAND_CLASS, connectionsPerSecond = 0 }: PatternOptions,
  give: (add: (from: number, to: number, ipBps: number) => void) => void,
): DemandMatrix {
  const matrix = emptyDemand(entries, [of])
  const packetBits = 8 * meanPacketBytes(of)
  let at = 0
  give((from, to, ipBps) => {
    matrix.source[at] = from
    matrix.destination[at] = to
    matrix.ipBps[at] = ipBps
    matrix.packetsPerSecond[at] = ipBps / packetBits
    matrix.connectionsPerSecond[at] = connectionsPerSecond
    at++
  })
  return matrix
}

export function requireHosts(count: number, least: number): void {
  if (count >= least) return
  throw new ConfigError([{ path: ['hosts'], message: `are ${count}, expected ${least} or more` }])
}
