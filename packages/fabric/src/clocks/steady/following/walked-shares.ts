import type { Network } from '../../../build/network.ts'
import { PROTOCOL_UDP } from '../../../model/packet-table.ts'
import type { LinkState } from '../../../routing/topology.ts'
import { walk } from '../../walk/walk.ts'
import type { DemandIndex } from './demand-index.ts'
import type { Ports } from './ports.ts'

/** Shares by direction, then by pair: sending endpoint × endpoints + receiving endpoint. */
export type WalkedShares = ReadonlyMap<number, ReadonlyMap<number, number>>

/** Which share of every pair's traffic crosses which direction, pair by pair through the walk. */
export function walkedShares(
  network: Network,
  { address, host }: DemandIndex,
  ports: Ports,
  state: LinkState,
): WalkedShares {
  const shares = new Map<number, Map<number, number>>()
  const linkUsable = (link: number) => state.usable(link)
  const nodeUp = (node: number) => state.nodeUp[node] === 1
  for (const [i, source] of address.entries()) {
    for (const [j, destination] of address.entries()) {
      if (host[i] === host[j]) continue
      const probe = {
        source,
        destination,
        protocol: PROTOCOL_UDP,
        destinationPort: 0,
        sizeBytes: 0,
        isAnswer: true,
      }
      for (const { node, outcome } of walk(network, probe, linkUsable, nodeUp).hops) {
        if (outcome.kind !== 'forwarded') continue
        for (const { port, share } of outcome.members) {
          const row = ports.start[node]! + port
          if (state.usable(ports.link[row]!))
            addShare(shares, ports.direction[row]!, i * host.length + j, share)
        }
      }
    }
  }
  return shares
}

function addShare(
  shares: Map<number, Map<number, number>>,
  direction: number,
  pair: number,
  share: number,
): void {
  let pairs = shares.get(direction)
  if (pairs === undefined) {
    pairs = new Map<number, number>()
    shares.set(direction, pairs)
  }
  pairs.set(pair, (pairs.get(pair) ?? 0) + share)
}
