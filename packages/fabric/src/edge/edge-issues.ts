import { ConfigError, type Issue, randomStream } from '@weft/core'
import type { NetworkBlueprint } from '../blueprint/network.ts'
import { resolveConntrackOptions } from '../conntrack/conntrack-options.ts'
import { AddressTable } from '../model/address-table.ts'
import { Nat } from '../nat/nat.ts'
import type { EdgeBlueprint } from './edge-blueprint.ts'
import { edgeHosts } from './edges.ts'
import { edgePools, FAMILIES } from './make-translator.ts'
import { sharesOf } from './spread-edge.ts'

/** What is wrong with the options of an edge, which a network would throw for; in a network that has it. */
export function edgeIssues(edge: EdgeBlueprint, network: NetworkBlueprint): readonly Issue[] {
  const { nat } = edge
  try {
    resolveConntrackOptions(edge.conntrack ?? {})
    const pools = edgePools(nat, { addresses: new AddressTable() })
    const places = edge.place === 'hosts' ? sharesOf(edge, pools, edgeHosts(edge.region, network)) : [pools]
    if (nat === undefined) return []
    const { pool: _, shareSize: __, ...options } = nat
    for (const share of places.slice(0, 1))
      for (const family of FAMILIES)
        if (share[family].length > 0)
          new Nat({ now: 0 }, randomStream('edge', 'issues'), { ...options, pool: share[family] })
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.issues
    throw error
  }
}
