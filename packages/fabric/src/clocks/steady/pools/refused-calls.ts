import type { Network } from '../../../build/network.ts'
import type { SteadyRefusal } from './admission.ts'
import { CONNECTIONS } from '../following/channels.ts'
import type { DemandIndex } from '../following/demand-index.ts'
import type { Filling, Retrying } from './filling.ts'
import type { WalkDrop } from '../../walk/probe.ts'
import { openingOf } from '../following/pair-opening.ts'
import type { Ports } from '../following/ports.ts'
import { APART, denialsOf, REFUSED, type Screen } from '../following/screen.ts'

/** Connections of a demand's entry that policies, services or edges refuse, whatever the load. */
export interface RefusedCall {
  readonly entry: number
  /** Who sends: a host's node. */
  readonly host: number
  readonly connectionsPerSecond: number
  readonly node: number
  readonly reason: string
  /** Of the entry's connections. */
  readonly share: number
  /** The sender is told, and does not ask again. */
  readonly isTold: boolean
}

/** By entry; of answers those that are never given, since nobody has been let through. */
export function refusedCalls(network: Network, index: DemandIndex, ports: Ports): RefusedCall[] {
  const screen = index.screen(network, ports)
  if (screen === undefined) return []
  const { source, entry, host, amounts, channels } = index
  return Array.from(entry).flatMap((of, demand) =>
    deniedOf(network, index, screen, demand).map(({ isRefused, ...denial }) => ({
      ...denial,
      entry: of,
      host: host[source[demand]!]!,
      connectionsPerSecond: amounts[demand * channels.count + CONNECTIONS]! * denial.share,
      isTold: isRefused === true,
    })),
  )
}

function deniedOf(network: Network, index: DemandIndex, screen: Screen, demand: number): readonly WalkDrop[] {
  if (screen.fates[demand] === REFUSED) return denialsOf(screen, demand)
  return screen.fates[demand] === APART ? openingOf(network, index.pairOf(demand)).denied : NOTHING
}

const NOTHING: readonly WalkDrop[] = []

/** By entry of a matrix, the share of connections that is let through; undefined where all are. */
export function openedShares(calls: readonly RefusedCall[], entries: number): Float64Array | undefined {
  if (calls.length === 0) return undefined
  const shares = new Float64Array(entries).fill(1)
  for (const { entry, share } of calls) shares[entry] = Math.max(0, shares[entry]! - share)
  return shares
}

/** Refused calls over time: their SYNs are sent again, once they have been refused for long enough. */
export class RefusedCalls {
  readonly #filling: Filling
  /** By part, node and reason: since when. */
  #since = new Map<string, number>()
  #nextSince = new Map<string, number>()

  constructor(filling: Filling) {
    this.#filling = filling
  }

  /** From here on the calls of an instant are told, of every part with some. */
  begin(): void {
    this.#since = this.#nextSince
    this.#nextSince = new Map()
  }

  /** What becomes of the SYNs of a part, times a factor: one where the sender is told, else all that are sent again too. */
  refusalsOf(
    calls: readonly RefusedCall[],
    part: number,
    factor: number,
    retrying: Retrying,
  ): SteadyRefusal[] {
    const attempts = new Map<string, number>()
    return calls.map(({ entry, node, reason, share, connectionsPerSecond, isTold }) => {
      const key = `${part}/${node}/${reason}`
      let asked = attempts.get(key)
      if (asked === undefined) {
        asked = isTold ? 1 : 1 + this.#filling.retriesOf(retrying, this.#sinceOf(key))
        attempts.set(key, asked)
      }
      return { part, entry, node, reason, share, perSecond: connectionsPerSecond * factor * asked }
    })
  }

  #sinceOf(key: string): number {
    const since = this.#since.get(key) ?? this.#filling.nowPs
    this.#nextSince.set(key, since)
    return since
  }
}
