import { ConfigError, type Issue, randomStream } from '@weft/core'
import type { NetworkBlueprint } from '../blueprint/network.ts'
import { resolveConntrackOptions } from '../conntrack/conntrack-options.ts'
import { AddressTable } from '../model/address-table.ts'
import type { PoolAddress } from '../nat/nat-pool.ts'
import { Nat } from '../nat/nat.ts'
import type { EdgeBlueprint } from './edge-blueprint.ts'
import { edgeHosts } from './edges.ts'
import { edgeNatOptions, edgePools, FAMILIES } from './make-translator.ts'
import { sharesOf } from './spread-edge.ts'

/** What is wrong with the options of an edge, which a network would throw for; in a network that has it. */
export function edgeIssues(edge: EdgeBlueprint, network: NetworkBlueprint): readonly Issue[] {
  const { nat } = edge
  try {
    resolveConntrackOptions(edge.conntrack ?? {})
    const context = { addresses: new AddressTable() }
    const pools = edgePools(nat, context)
    const hosts = edgeHosts(edge, network)
    const places = edge.place === 'hosts' ? sharesOf(edge, pools, hosts) : [pools]
    if (nat === undefined) return []
    // shares are alike, but for whose blocks they have
    for (const [place, share] of places.slice(0, nat.blocks?.hosts === undefined ? 1 : undefined).entries())
      for (const family of FAMILIES) {
        if (share[family].length === 0) continue
        if (nat.blocks !== undefined && !holdsBlock(share[family], nat.blocks.size))
          return [{ path: ['blocks', 'size'], message: noBlock(nat.blocks.size) }]
        const inside = edge.place === 'hosts' ? hosts[place]!.inside : undefined
        const options = edgeNatOptions(nat, share[family], context, inside)
        new Nat({ now: 0 }, randomStream('edge', 'issues'), options)
      }
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.issues
    throw error
  }
}

const holdsBlock = (addresses: readonly PoolAddress[], size: number): boolean =>
  addresses.some(({ ports }) => ports.tcp.some(([from, to]) => to - from + 1 >= size))

const noBlock = (size: number) =>
  `got ${size}, but no place of the region has so many consecutive ports; take smaller blocks, or larger shares`
