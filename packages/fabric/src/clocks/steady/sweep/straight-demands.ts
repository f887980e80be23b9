import type { Network } from '../../../build/network.ts'
import { PRIVATE } from '../../../edge/address-scopes.ts'
import { INTERNET_TIER } from '../../../edge/internet-tier.ts'
import { IP_BPS } from '../channels.ts'
import type { DemandIndex } from '../demand-index.ts'
import { NOWHERE } from '../first-packets.ts'
import type { Ports } from '../ports.ts'
import { LET_THROUGH, REFUSED, type Screen } from '../screen.ts'

/** Demands as sweeps follow them: the columns of `DemandIndex`. */
export type StraightIndex = Pick<
  DemandIndex,
  'address' | 'host' | 'start' | 'source' | 'amounts' | 'channels'
>

export interface StraightDemands {
  readonly index: StraightIndex
  /** IP bit/s of what is never sent, whatever fails. */
  readonly refusedBps: number
}

/**
 * What of the demands goes straight to where it is sent to, inside regions; undefined where some does not: it meets something in
 * the middle, leaves for the internet, or follows more than routes.
 */
export function straightDemands(
  network: Network,
  index: DemandIndex,
  ports: Ports,
): StraightDemands | undefined {
  const screen = index.screen(network, ports)
  if (screen === undefined) return { index, refusedBps: 0 }
  const { fates, to, via } = screen
  for (let i = 0; i < fates.length; i++) {
    if (fates[i] === REFUSED) continue
    if (fates[i] !== LET_THROUGH || via[i] !== NOWHERE) return undefined
    if (network.edges !== undefined && network.scopes.of(to[i]!) !== PRIVATE) return undefined
  }
  return fates.includes(REFUSED) ? withoutRefused(index, screen) : { index, refusedBps: 0 }
}

function withoutRefused(index: DemandIndex, { fates }: Screen): StraightDemands {
  const { address, host, channels } = index
  const { count } = channels
  const sent = fates.reduce((sum, fate) => sum + (fate === REFUSED ? 0 : 1), 0)
  const start = new Int32Array(index.start.length)
  const source = new Int32Array(sent)
  const amounts = new Float64Array(sent * count)
  let refusedBps = 0
  let next = 0
  for (let d = 0; d < address.length; d++) {
    for (let i = index.start[d]!; i < index.start[d + 1]!; i++) {
      if (fates[i] === REFUSED) {
        refusedBps += index.amounts[i * count + IP_BPS]!
        continue
      }
      source[next] = index.source[i]!
      amounts.set(index.amounts.subarray(i * count, (i + 1) * count), next * count)
      next++
    }
    start[d + 1] = next
  }
  return { index: { address, host, start, source, amounts, channels }, refusedBps }
}

/** The directions by which gateways send to the internet: nothing that is private goes there. */
export function outwardDirections({ topology }: Network, { start, neighbour, direction }: Ports): Int32Array {
  const outward: number[] = []
  topology.nodes.forEach(({ kind }, node) => {
    if (kind !== 'gateway') return
    for (let row = start[node]!; row < start[node + 1]!; row++) {
      const other = topology.nodes[neighbour[row]!]!
      if (other.kind === 'switch' && other.tier === INTERNET_TIER) outward.push(direction[row]!)
    }
  })
  return Int32Array.from(outward)
}
