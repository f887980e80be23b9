import type { Network } from '../../../build/network.ts'
import { LOCAL_INGRESS } from '../../../model/decision.ts'
import type { DemandIndex } from './demand-index.ts'
import type { Ports } from './ports.ts'
import type { Probes } from './probes.ts'
import { NO_WAYS, type Ways } from './ways.ts'

/** How the traffic of every sending endpoint leaves its host. */
export interface Origins {
  /** What the host decides. */
  readonly decisions: Int32Array
  /** Where that leads: a range of `Ways`, or NO_WAYS. */
  readonly ranges: Int32Array
  /** 1 where the host, or a host behind its link, looks at more than the sender, so that pairs are followed one by one. */
  readonly pairwise: Uint8Array
}

export function findOrigins(
  network: Network,
  ports: Ports,
  ways: Ways,
  index: DemandIndex,
  probes: Probes,
): Origins {
  const { address, host } = index
  const decisions = new Int32Array(address.length)
  const ranges = new Int32Array(address.length).fill(NO_WAYS)
  const pairwise = new Uint8Array(address.length)
  calledByEach(network, index).forEach((called, x) => {
    if (called < 0) return
    const node = host[x]!
    if (!network.isLedByRoutes(node)) {
      pairwise[x] = 1
      return
    }
    const decision = probes.ask(node, LOCAL_INGRESS, address[x]!, called)
    const range = ways.rangeOf(node, decision)
    decisions[x] = decision
    ranges[x] = range
    if (range === NO_WAYS) return
    for (let way = ways.start[range]!; way < ways.start[range + 1]!; way++)
      if (network.topology.isHost(ports.neighbour[ways.row[way]!]!)) pairwise[x] = 1
  })
  return { decisions, ranges, pairwise }
}

/** An address that each sender calls, of another host or of a service; -1 for endpoints that send nothing. */
function calledByEach(network: Network, index: DemandIndex): Int32Array {
  const { address, host, start, source } = index
  const toward = new Int32Array(address.length).fill(-1)
  for (let d = 0; d < address.length; d++) {
    for (let i = start[d]!; i < start[d + 1]!; i++) {
      const x = source[i]!
      if (host[x] !== host[d]) toward[x] = address[d]!
      else if (toward[x]! < 0) toward[x] = network.addresses.intern(index.connectionsOf(i)!.address!)
    }
  }
  return toward
}
