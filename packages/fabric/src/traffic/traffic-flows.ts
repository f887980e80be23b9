import { InvariantError } from '@weft/core'
import type { TrafficBlueprint } from '../blueprint/traffic.ts'
import type { Network } from '../build/network.ts'
import type { FlowExchange } from './flow-arrivals.ts'
import type { FlowIndex, FlowTable } from '../transport/flow-table.ts'

const FIRST_SERVICE_PORT = 5001

/** The port that a traffic's flows go to, under every clock alike: five-tuples decide on paths. `index` is the traffic's. */
export const servicePort = ({ port }: TrafficBlueprint, index: number): number =>
  port ?? FIRST_SERVICE_PORT + index

/** In place of an address that is not known (RFC 1122 §3.2.1.3, RFC 4291 §2.5.2). */
const UNSPECIFIED = { ipv4: '0.0.0.0', ipv6: '::' } as const

/** A flow of a traffic that starts. */
export interface FlowStart {
  readonly from: string
  readonly to: string
  /** What the sender sends; Infinity for a stream. */
  readonly bytes: number
  readonly exchange?: FlowExchange | undefined
}

/**
 * Enters a flow that starts now, from a host's address of the traffic's family to a host's, or to an address that is none's; to a
 * name it has no destination yet.
 */
export function addTrafficFlow(
  network: Network,
  flows: FlowTable,
  { family, pairs }: TrafficBlueprint,
  flow: FlowStart & { readonly traffic: number },
): FlowIndex {
  const { traffic, from, to, exchange } = flow
  const bytes = flow.bytes + (exchange?.responseBytes ?? 0)
  const source = network.sourceOf(from, family)
  if (pairs.kind === 'to-name' && source !== undefined)
    return flows.add({
      traffic,
      source,
      destination: network.addresses.intern(UNSPECIFIED[family]),
      bytes,
      ...exchange,
      startPs: network.sim.now,
    })
  const destination = network.topology.hasNode(to)
    ? network.addressOf(to, family)
    : network.addresses.intern(to)
  if (source === undefined) throw new InvariantError(`${from} has no ${family} address`)
  if (destination === undefined) throw new InvariantError(`${to} has no ${family} address`)
  const ends = {
    source: network.facing(source, destination),
    destination: network.facing(destination, source),
  }
  return flows.add({ traffic, ...ends, bytes, ...exchange, startPs: network.sim.now })
}
